/** How the service is set up: as long as it runs nothing of it changes. */
import { api, dataOf } from './client.ts';

/** The query. */
export const SETUP = {
  queryKey: ['setup'],
  queryFn: () => dataOf(api.GET('/v1/setup')),
  staleTime: Number.POSITIVE_INFINITY,
} as const;
