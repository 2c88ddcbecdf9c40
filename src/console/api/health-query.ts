/** What is wrong and what to do, looked at under one name by all pages that show some of it. */
import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from './client.ts';

const LOOK_MS = 10_000;

/** Database, queue, webhooks, token and numbers; the service asks Meta once a minute at most, however many look. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => dataOf(api.GET('/v1/health', { signal })),
  refetchInterval: LOOK_MS,
});
