/**
 * A campaign that is told of by a stream: its counts as they change, at most once a second. What is counted from other tables
 * (the funnel, the reasons) is looked at again every few seconds while it moves.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { allOf, campaignQuery, reasonsQuery } from '../../api/campaign-queries.ts';
import type { Schema } from '../../api/client.ts';
import type { Counts } from '../../campaigns/shown.ts';
import { type StreamState, useEventStream } from '../../live/event-stream.ts';

/** A campaign as its page looks at it. */
export type LiveCampaign = Schema<'CampaignLookedAt'>;

interface Told {
  readonly state: LiveCampaign['state'];
  readonly counts: Counts;
  readonly refusedLines: number;
}

const EVENTS = ['progress'];
/** The reasons are counted over the whole list; the rest has intervals of its own. */
const RENEW_MS = 10_000;

/** The campaign, and how the stream is. */
export function useLiveCampaign(id: string): {
  readonly campaign: LiveCampaign | undefined;
  readonly error: Error | null;
  readonly stream: StreamState;
} {
  const queries = useQueryClient();
  const { data, error } = useQuery(campaignQuery(id));
  const counted = useRef(0);
  const renew = (queryKey: readonly unknown[]) => {
    counted.current = Date.now();
    void queries.invalidateQueries({ queryKey });
  };
  const stream = useEventStream(
    `/v1/campaigns/${encodeURIComponent(id)}/events?only=progress`,
    EVENTS,
    {
      onOpen: () => renew(allOf(id)),
      onEvent: (_type, told) => {
        const { state, counts, refusedLines } = told as Told;
        const { queryKey } = campaignQuery(id);
        const before = queries.getQueryData(queryKey);
        queries.setQueryData(queryKey, before && { ...before, state, counts, refusedLines });
        if (before !== undefined && before.state !== state) renew(allOf(id));
        else if (Date.now() - counted.current > RENEW_MS) renew(reasonsQuery(id).queryKey);
      },
    },
  );
  return { campaign: data, error, stream };
}
