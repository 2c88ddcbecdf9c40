/** What a line of the list says in numbers. Only what runs is asked how it will go on. */
import { Progress as Bar, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { forecastEveryMs, forecastQuery, funnelQuery } from '../../api/campaign-queries.ts';
import { type Campaign, isOver, openOf, shownState, totalOf } from '../../campaigns/shown.ts';
import { useAskedRate } from '../../campaigns/use-asked-rate.ts';
import { asDecimal, asNumber, asShare, shortSpan } from '../../format.ts';
import { texts } from '../../texts.ts';

interface OfCampaign {
  readonly campaign: Campaign;
}

const LOOK_MS = 5_000;
/** What is over hardly changes: answers come for days. */
const SELDOM_MS = 60_000;

/** Per cent of a bar. */
const LEAST_SEEN = 4;

/** How many are done with, and of how many it is not known. */
export function Progress({ campaign }: OfCampaign) {
  const all = totalOf(campaign.counts);
  const done = all - openOf(campaign.counts);
  const { uncertain } = campaign.counts;
  const text = texts.campaigns;
  // One of a thousand is no pixel: it is seen all the same.
  const doubtful = uncertain === 0 ? 0 : Math.max(LEAST_SEEN, (uncertain / all) * 100);
  return (
    <div>
      <Bar.Root miw={90} my={6}>
        <Bar.Section
          value={all === 0 ? 0 : Math.min((done / all) * 100, 100 - doubtful)}
          aria-label={text.progress}
        />
        {doubtful > 0 && (
          <Bar.Section value={doubtful} color="orange" aria-label={texts.requestStates.uncertain} />
        )}
      </Bar.Root>
      <Text size="sm" c="dimmed">
        {text.done(asNumber(done), asNumber(all))}
      </Text>
      {uncertain > 0 && <Text size="sm">{text.uncertain(asNumber(uncertain))}</Text>}
    </div>
  );
}

/** How many granted a permission, and which share of the list that is, as on the page of the campaign. */
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
        {texts.campaigns.ofList(asShare(granted, totalOf(counts)))}
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
      {rate !== undefined
        ? perSecond(asDecimal(rate))
        : shownState(campaign) === 'running'
          ? texts.campaigns.measuring
          : texts.app.none}
      {allowed != null && (
        <Text size="sm" c="dimmed">
          {allowedRate(perSecond(asDecimal(allowed)))}
        </Text>
      )}
    </>
  );
}

/** How long it will take; a number and its unit stay on one line. */
export function TimeLeft({ campaign }: OfCampaign) {
  return shortSpan(useForecast(campaign)?.secondsLeft).map((part, i) => (
    <span key={part}>
      {i > 0 && ' '}
      <span className="numbers">{part}</span>
    </span>
  ));
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
