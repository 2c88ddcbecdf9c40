/**
 * A campaign that is told of by a stream: its counts as they change, at most once a second. What the stream does not tell (when
 * it begins, paused queues) is looked at now and then; what is counted from other tables has intervals of its own.
 */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { allOf, campaignQuery } from '../../api/campaign-queries.ts';
import type { Schema } from '../../api/client.ts';
import { useIsAway } from '../../api/presence.ts';
import { type Counts, isOver } from '../../campaigns/shown.ts';
import { type StreamState, useEventStream } from '../../live/event-stream.ts';

/** A campaign as its page looks at it. */
export type LiveCampaign = Schema<'CampaignLookedAt'>;

interface Told {
  readonly state: LiveCampaign['state'];
  readonly reason: LiveCampaign['reason'];
  readonly counts: Counts;
  readonly refusedLines: number;
}

const EVENTS = ['progress'];
const LOOK_MS = 10_000;

/** The campaign, and how the stream is. */
export function useLiveCampaign(id: string): {
  readonly campaign: LiveCampaign | undefined;
  readonly error: Error | null;
  readonly stream: StreamState;
  /** The counts are those of now: the stream has told some since it is there. */
  readonly isLive: boolean;
} {
  const queries = useQueryClient();
  const { queryKey } = campaignQuery(id);
  const { data, error } = useQuery({
    ...campaignQuery(id),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isOver(state.data) ? false : LOOK_MS,
  });
  const isAway = useIsAway();
  const [isTold, setIsTold] = useState(false);
  const renew = () => void queries.invalidateQueries({ queryKey: allOf(id) });
  const stream = useEventStream(
    `/v1/campaigns/${encodeURIComponent(id)}/events?only=progress`,
    EVENTS,
    {
      onOpen: () => {
        setIsTold(false);
        renew();
      },
      onEvent: (_type, told) => {
        const { state, reason, counts, refusedLines } = told as Told;
        const before = queries.getQueryData(queryKey);
        const now = { state, reason, counts, refusedLines };
        queries.setQueryData(queryKey, before && { ...before, ...now });
        setIsTold(true);
        if (before === undefined) return;
        const hasBegun = before.scheduledFor !== null && before.counts.pending !== counts.pending;
        if (before.state !== state || hasBegun) renew();
      },
    },
  );
  return { campaign: data, error, stream, isLive: stream === 'open' && isTold && !isAway };
}
