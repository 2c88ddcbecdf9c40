/** How far a new operator is. */
import { useQuery } from '@tanstack/react-query';
import { ApiError, api, dataOf, type Schema } from '../../api/client.ts';

/** What there is of each step. */
export interface Standing {
  readonly setup: Schema<'Setup'>;
  /** What is wrong with token and number. */
  readonly number: readonly Schema<'Finding'>[];
  readonly lastWebhookAt: string | null;
  /** Names of those that can be sent, and of those that Meta still reviews. */
  readonly template: { readonly approved: readonly string[]; readonly waiting: readonly string[] };
  /** So many, or more. */
  readonly campaigns: number;
}

/** More campaigns than these are not counted. */
export const MOST_COUNTED = 10;
const LOOK_MS = 10_000;
/** What a number that is not reachable shows in. */
const OF_NUMBERS = new Set(['token', 'number', 'calling']);

/** Looks at it now and then. */
export function useStanding(): { readonly standing?: Standing; readonly error: Error | null } {
  const { data, error } = useQuery({
    queryKey: ['first-steps'],
    queryFn: ({ signal }) => look(signal),
    refetchInterval: LOOK_MS,
  });
  return { ...(data === undefined ? {} : { standing: data }), error };
}

async function look(signal: AbortSignal): Promise<Standing> {
  const [setup, health, senders, found, templates] = await Promise.all([
    dataOf(api.GET('/v1/setup', { signal })),
    dataOf(api.GET('/v1/health', { signal })),
    dataOf(api.GET('/v1/senders', { params: { query: { limit: 100 } }, signal })),
    dataOf(api.GET('/v1/campaigns', { params: { query: { limit: MOST_COUNTED } }, signal })),
    templatesOrNone(signal),
  ]);
  const namesOf = (status: string) => [
    ...new Set(
      templates.filter((one) => one.asksForCalls && one.status === status).map(({ name }) => name),
    ),
  ];
  return {
    setup,
    number: health.findings.filter(({ check, level }) => OF_NUMBERS.has(check) && level === 'fail'),
    lastWebhookAt: senders.lastWebhookAt,
    template: { approved: namesOf('APPROVED'), waiting: namesOf('PENDING') },
    campaigns: found.campaigns.length,
  };
}

/** Without token or account Meta cannot be asked: the steps before say so. */
async function templatesOrNone(signal: AbortSignal): Promise<readonly Schema<'Template'>[]> {
  try {
    const query = { limit: 1_000 };
    return (await dataOf(api.GET('/v1/templates', { params: { query }, signal }))).templates;
  } catch (error) {
    if (error instanceof ApiError && error.problem.status !== 401) return [];
    throw error;
  }
}
