/** What is looked at of one campaign, each by one name, so that pages share what was looked at and a live stream can renew it. */
import { queryOptions } from '@tanstack/react-query';
import { api, dataOf } from './client.ts';

const of = (id: string, what: string) => ['campaign', id, what] as const;
const path = (id: string) => ({ params: { path: { id } } });

/** The campaign itself. */
export const campaignQuery = (id: string) =>
  queryOptions({
    queryKey: of(id, 'itself'),
    queryFn: ({ signal }) => dataOf(api.GET('/v1/campaigns/{id}', { ...path(id), signal })),
  });

/** How far its messages came, and what was answered. */
export const funnelQuery = (id: string) =>
  queryOptions({
    queryKey: of(id, 'funnel'),
    queryFn: ({ signal }) => dataOf(api.GET('/v1/campaigns/{id}/funnel', { ...path(id), signal })),
  });

/** How it will go on. */
export const forecastQuery = (id: string) =>
  queryOptions({
    queryKey: of(id, 'forecast'),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/campaigns/{id}/forecast', { ...path(id), signal })),
  });

const FORECAST_MS = 10_000;
/** A second or so of 200,000 people is a database's, and not to be asked for all the time: they are looked at every 40 s. */
const FORECAST_MS_A_PERSON = 0.2;

/** How often it is looked at how it goes on: it looks at everybody who waits. */
export function forecastEveryMs({ pending }: { readonly pending: number }): number {
  return Math.max(FORECAST_MS, pending * FORECAST_MS_A_PERSON);
}

/** Where the counts moved away from it; a list that is asked moves all the time. */
const FORECAST_AGAIN_MS = 3_000;

/** How soon it is looked at again where what it rests on has moved. */
export function forecastRestMs({ pending }: { readonly pending: number }): number {
  return Math.max(FORECAST_AGAIN_MS, pending * FORECAST_MS_A_PERSON);
}

const REASONS_MS = 10_000;
const REASONS_AGAIN_MS = 3_000;
/** Of 200,000 people as often as it is looked at anyway. */
const REASONS_MS_A_PERSON = 0.05;
/** Of one that is over, too: a look that others share may be from before its end. */
const REASONS_OVER_MS = 60_000;

/** How often it is looked at why people wait: it is counted over the whole list. */
export function reasonsEveryMs(isOver: boolean): number {
  return isOver ? REASONS_OVER_MS : REASONS_MS;
}

/** How soon it is counted again where the counts have moved. @param total everybody on the list */
export function reasonsRestMs(total: number): number {
  return Math.min(REASONS_MS, Math.max(REASONS_AGAIN_MS, total * REASONS_MS_A_PERSON));
}

/** Why its people wait or ended. */
export const reasonsQuery = (id: string) =>
  queryOptions({
    queryKey: of(id, 'reasons'),
    queryFn: ({ signal }) => dataOf(api.GET('/v1/campaigns/{id}/reasons', { ...path(id), signal })),
  });

/** All that is known of it here. */
export const allOf = (id: string) => ['campaign', id] as const;

/** How long its last messages took. */
export const latencyQuery = (id: string) =>
  queryOptions({
    queryKey: of(id, 'latency'),
    queryFn: ({ signal }) => dataOf(api.GET('/v1/campaigns/{id}/latency', { ...path(id), signal })),
  });

/** One person of it, by row, with what happened. */
export const personQuery = (id: string, row: number) =>
  queryOptions({
    queryKey: [...allOf(id), 'person', row],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/v1/campaigns/{id}/requests/{row}', { params: { path: { id, row } }, signal }),
      ),
  });
