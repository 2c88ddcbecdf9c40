/** How fast a campaign really asks, while it is on a page. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { latencyQuery } from '../api/campaign-queries.ts';
import { useIsAway } from '../api/presence.ts';
import { rateOf, type Seen, withLook } from './asked-lately.ts';
import { type Campaign, sentOf } from './shown.ts';

const LOOK_MS = 1_000;
const ASK_MS = 5_000;
/** What the service said so long ago is not so now. */
const OLD_MS = 12_000;

/**
 * Asked a second by a campaign, in the last minute or since its page was opened, and until that is long enough what the service
 * says of the last ones; `undefined` unless it runs and it is known.
 */
export function useAskedRate(campaign: Pick<Campaign, 'id' | 'state' | 'counts' | 'scheduledFor'>) {
  const { id, state, counts, scheduledFor } = campaign;
  const [seen, setSeen] = useState<Seen>();
  const sent = sentOf(counts);
  const isAway = useIsAway();
  useEffect(() => {
    // What was asked meanwhile nobody saw: it is measured anew.
    if (isAway) {
      setSeen(undefined);
      return undefined;
    }
    const look = () => setSeen((before) => withLook(before, { at: Date.now(), sent }));
    look();
    const timer = window.setInterval(look, LOOK_MS);
    return () => window.clearInterval(timer);
  }, [sent, isAway]);
  const isAsking = state === 'running' && scheduledFor === null && !isAway;
  const measured = isAsking && seen !== undefined ? rateOf(seen, Date.now()) : undefined;
  const { data, dataUpdatedAt } = useQuery({
    ...latencyQuery(id),
    enabled: isAsking && measured === undefined,
    refetchInterval: ASK_MS,
  });
  if (measured !== undefined || !isAsking) return measured;
  return Date.now() - dataUpdatedAt < OLD_MS ? (data?.askedPerSecond ?? undefined) : undefined;
}
