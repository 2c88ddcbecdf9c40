/** The store of what was looked at. What is refused for want of a session leads to the log-in, wherever it was asked for. */
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './client.ts';
import { lookAtSession, recheckSession } from './session.ts';

const STALE_MS = 5_000;
/** What no page shows any more goes soon: a console is open all day. */
const KEPT_MS = 60_000;
const MOST_TRIES = 3;
/** What failed because nobody answered is looked at again: a page comes back by itself. */
const LOOK_AGAIN_MS = 3_000;

/** Makes it. */
export function createQueries(): QueryClient {
  const onError = (error: Error) => {
    if (!(error instanceof ApiError)) return;
    if (error.problem.status === 401) void recheckSession(queries);
    // The token is of another session than the cookie: somebody else has logged in in another tab.
    if (error.problem.code === 'CSRF_TOKEN') lookAtSession(queries);
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    // The service may be on this machine, or on a network that the browser knows nothing of: what it holds of being online stops nothing.
    defaultOptions: {
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        staleTime: STALE_MS,
        gcTime: KEPT_MS,
        refetchInterval: ({ state }) =>
          state.error !== null && isPassing(state.error) ? LOOK_AGAIN_MS : false,
        retry: (times, error) => times < MOST_TRIES && isPassing(error),
      },
    },
  });
  return queries;
}

/** Whether it may be otherwise soon: nobody answered, or it was a failure of the service. */
function isPassing(error: Error): boolean {
  return !(error instanceof ApiError) || error.problem.status === 0 || error.problem.status >= 500;
}
