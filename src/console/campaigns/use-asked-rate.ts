/** How fast a campaign really asks, while it is on a page. */
import { useEffect, useState } from 'react';
import { useIsAway } from '../api/presence.ts';
import { rateOf, type Seen, withLook } from './asked-lately.ts';
import { type Campaign, sentOf } from './shown.ts';

const LOOK_MS = 1_000;

/** Asked a second by a campaign, in the last minute or since its page was opened; `undefined` unless it runs and it is known. */
export function useAskedRate({ state, counts }: Pick<Campaign, 'state' | 'counts'>) {
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
  return state === 'running' && seen !== undefined ? rateOf(seen, Date.now()) : undefined;
}
