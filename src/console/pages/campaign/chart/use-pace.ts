/** Takes down how a campaign goes, once a second, while its page is open. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { forecastEveryMs, forecastQuery, latencyQuery } from '../../../api/campaign-queries.ts';
import { silence, useIsAway } from '../../../api/presence.ts';
import { sentOf } from '../../../campaigns/shown.ts';
import type { LiveCampaign } from '../use-live-campaign.ts';
import { type PacePoint, withoutSince, withPoint } from './pace-history.ts';

const POINT_MS = 1_000;
const LOOK_MS = 5_000;

/** The last minutes, the newest last. @param isLive the counts are those of now */
export function usePace(
  { id, state, counts }: LiveCampaign,
  isLive: boolean,
): readonly PacePoint[] {
  const [history, setHistory] = useState<readonly PacePoint[]>([]);
  const refetchInterval = forecastEveryMs(counts);
  const { data: forecast } = useQuery({ ...forecastQuery(id), refetchInterval });
  const { data: latency } = useQuery({
    ...latencyQuery(id),
    refetchInterval: LOOK_MS,
    enabled: state === 'running',
  });
  const isAway = useIsAway();
  const take = useEffectEvent(() => {
    const point = {
      at: Date.now(),
      sent: isLive ? sentOf(counts) : null,
      allowed: isLive ? (forecast?.rate ?? null) : null,
      latencyMs: isLive ? (latency?.medianMs ?? null) : null,
    };
    const toldAt = Date.now() - (performance.now() - silence.heardAt());
    setHistory((before) => withPoint(isAway ? withoutSince(before, toldAt) : before, point));
  });
  useEffect(() => {
    take();
    const timer = window.setInterval(() => take(), POINT_MS);
    return () => window.clearInterval(timer);
  }, []);
  return history;
}
