/** What a line of the list says in numbers. Only what runs is asked how it will go on. */
import { Progress as Bar, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { forecastEveryMs, forecastQuery, funnelQuery } from '../../api/campaign-queries.ts';
import { type Campaign, isOver, openOf, totalOf } from '../../campaigns/shown.ts';
import { useAskedRate } from '../../campaigns/use-asked-rate.ts';
import { asDecimal, asNumber, asShare, asSpan } from '../../format.ts';
import { texts } from '../../texts.ts';

interface OfCampaign {
  readonly campaign: Campaign;
}

const LOOK_MS = 5_000;
/** What is over hardly changes: answers come for days. */
const SELDOM_MS = 60_000;

/** How many are done with. */
export function Progress({ campaign }: OfCampaign) {
  const all = totalOf(campaign.counts);
  const done = all - openOf(campaign.counts);
  const text = texts.campaigns.done(asNumber(done), asNumber(all));
  return (
    <div>
      <Bar
        value={all === 0 ? 0 : (done / all) * 100}
        aria-label={texts.campaigns.progress}
        miw={90}
        my={6}
      />
      <Text size="sm" c="dimmed">
        {text}
      </Text>
    </div>
  );
}

/** How many granted a permission, and of those whom Meta took a message for. */
export function Granted({ campaign: { id, state, counts } }: OfCampaign) {
  const everyMs = state === 'running' ? LOOK_MS : SELDOM_MS;
  const { data } = useQuery({
    ...funnelQuery(id),
    staleTime: everyMs,
    refetchInterval: everyMs,
    enabled: counts.accepted > 0,
  });
  if (data === undefined) return counts.accepted > 0 ? '' : asNumber(0);
  const granted = data.granted.temporary + data.granted.permanent;
  return (
    <>
      {asNumber(granted)}
      <Text size="sm" c="dimmed">
        {asShare(granted, data.accepted)}
      </Text>
    </>
  );
}

/** What it asked a second of late, and what its senders may send now, of all campaigns together. */
export function Rate({ campaign }: OfCampaign) {
  const rate = useAskedRate(campaign);
  const allowed = useForecast(campaign)?.rate;
  const { perSecond, allowedRate } = texts.campaigns;
  return (
    <>
      {rate === undefined ? texts.app.none : perSecond(asDecimal(rate))}
      {allowed != null && (
        <Text size="sm" c="dimmed">
          {allowedRate(perSecond(asDecimal(allowed)))}
        </Text>
      )}
    </>
  );
}

/** How long it will take. */
export function TimeLeft({ campaign }: OfCampaign) {
  return asSpan(useForecast(campaign)?.secondsLeft);
}

function useForecast(campaign: Campaign) {
  const { data } = useQuery({
    ...forecastQuery(campaign.id),
    staleTime: forecastEveryMs(campaign.counts),
    refetchInterval: forecastEveryMs(campaign.counts),
    enabled: campaign.state === 'running' && !isOver(campaign),
  });
  return campaign.state === 'running' ? data : undefined;
}
