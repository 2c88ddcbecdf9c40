/** Who is logged in here, and the ways in and out. */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, api, BASE, dataOf, type Schema } from './client.ts';
import { keepCsrfToken } from './session-token.ts';

/** Somebody in this browser. */
export type Session = Schema<'Session'>;
/** What they may do. */
export type Role = Session['role'];

/** The tabs of this browser have one session. */
const tabs = new BroadcastChannel(`callpermit session at ${BASE}`);

const KEY = ['session'] as const;
const LOOK_AGAIN_MS = 3_000;
const RANK: Readonly<Record<Role, number>> = { viewer: 0, operator: 1, admin: 2 };

/** Who is logged in; `null`: nobody; `undefined`: not known yet. */
export function useSession() {
  return useQuery({
    ...{ queryKey: KEY, queryFn: look, staleTime: 60_000 },
    ...{ retry: retryUnlessRefused, retryDelay: LOOK_AGAIN_MS },
  });
}

async function look(): Promise<Session | null> {
  try {
    return keep(await dataOf(api.GET('/v1/session')));
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 401) return keep(null);
    throw error;
  }
}

function retryUnlessRefused(_times: number, error: Error): boolean {
  return error instanceof ApiError && error.problem.status !== 401;
}

function keep<T extends Session | null>(session: T): T {
  keepCsrfToken(session?.csrfToken);
  return session;
}

/** Whether whoever is logged in may do what needs a role. */
export function useMay(role: Role): boolean {
  const { data } = useSession();
  return data != null && RANK[data.role] >= RANK[role];
}

/** Looks again who is logged in, until it is known: what was refused, or not answered, may be for that. */
export function lookAtSession(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: KEY });
}

/**
 * Something was refused for want of a session: it has ended, or, where somebody logged in in another tab while that was on its
 * way, it was the one before.
 */
export async function recheckSession(queries: QueryClient): Promise<void> {
  const before = queries.getQueryData<Session | null>(KEY)?.csrfToken;
  await queries.invalidateQueries({ queryKey: KEY });
  const now = queries.getQueryData<Session | null>(KEY);
  if (now === null) {
    forgetSession(queries);
    // A cookie of a log-in elsewhere may still be on its way.
    window.setTimeout(() => lookAtSession(queries), LOOK_AGAIN_MS);
  }
  if (now != null && now.csrfToken !== before)
    await queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
}

/** Looks again where another tab says that there is another one; gives back how to end that. */
export function followTabs(queries: QueryClient): () => void {
  const look = () => lookAtSession(queries);
  tabs.addEventListener('message', look);
  return () => tabs.removeEventListener('message', look);
}

/** Logs in. */
export async function logIn(
  queries: QueryClient,
  given: { readonly user: string; readonly password: string },
): Promise<void> {
  const session = await dataOf(api.POST('/v1/session', { body: given }));
  forgetRest(queries);
  queries.setQueryData(KEY, keep(session));
  tabs.postMessage('changed');
}

/** Another password of one's own; the session of this browser goes on under another cookie and token. */
export async function changePassword(
  queries: QueryClient,
  given: { readonly password: string; readonly newPassword: string },
): Promise<void> {
  const session = await dataOf(api.PATCH('/v1/session', { body: given }));
  queries.setQueryData(KEY, keep(session));
}

/** Logs out, here or in all browsers of this user; what was looked at is forgotten. */
export function useLogOut() {
  const queries = useQueryClient();
  return async (where: 'here' | 'everywhere') => {
    if (where === 'here') await api.DELETE('/v1/session');
    else await api.DELETE('/v1/sessions');
    forgetSession(queries);
  };
}

/** Nobody is logged in any more, whoever ended it. */
function forgetSession(queries: QueryClient): void {
  keep(null);
  queries.setQueryData(KEY, null);
  forgetRest(queries);
}

/** All but the session itself, which is looked at by whoever shows the log-in. */
function forgetRest(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
}
