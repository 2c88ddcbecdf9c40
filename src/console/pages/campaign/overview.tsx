/** What is seen first of a campaign: how it stands, how it goes, what waits and why. */
import { Text, Title } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useIsAway } from '../../api/presence.ts';
import { isOver, openOf, shownState, totalOf } from '../../campaigns/shown.ts';
import { useAskedRate } from '../../campaigns/use-asked-rate.ts';
import { asDecimal, asNumber, asShare } from '../../format.ts';
import { tenthsOf } from '../../rounded.ts';
import { texts } from '../../texts.ts';
import { Facts } from './facts.tsx';
import { Files } from './files.tsx';
import { Funnel } from './funnel.tsx';
import { Outlook } from './outlook.tsx';
import classes from './overview.module.css';
import { Reasons } from './reasons.tsx';
import type { LiveCampaign } from './use-live-campaign.ts';

// The library that draws is loaded by those who see something move.
const PaceChart = lazy(() =>
  import('./chart/pace-chart.tsx').then(({ PaceChart: chart }) => ({ default: chart })),
);

/** The view. */
export function Overview({
  campaign,
  isLive,
}: {
  readonly campaign: LiveCampaign;
  readonly isLive: boolean;
}) {
  return (
    <div className={classes.parts}>
      <Numbers campaign={campaign} />
      {!isOver(campaign) && (
        <section className={`card ${classes.wide}`}>
          <Title order={2} size="h4" mb="sm">
            {texts.campaign.chart}
          </Title>
          <Suspense fallback={<div className={classes.chartSpace} />}>
            <PaceChart campaign={campaign} isLive={isLive} />
          </Suspense>
        </section>
      )}
      <Funnel campaign={campaign} />
      <Outlook campaign={campaign} />
      <Reasons campaign={campaign} />
      <Facts campaign={campaign} />
      <Files campaign={campaign} />
    </div>
  );
}

/** The counts, as they change. */
function Numbers({ campaign: live }: { readonly campaign: LiveCampaign }) {
  const { counts } = live;
  const { campaign, requestStates } = texts;
  const rate = useAskedRate(live);
  const isAway = useIsAway();
  const shown = [
    [campaign.total, totalOf(counts)],
    [campaign.waiting, counts.pending + counts.queued],
    [campaign.sending, counts.sending],
    [requestStates.accepted, counts.accepted],
    [requestStates['already-granted'], counts['already-granted']],
    [requestStates.rejected, counts.rejected],
    [requestStates.skipped, counts.skipped + counts.expired],
    ...(counts.cancelled > 0 ? [[requestStates.cancelled, counts.cancelled] as const] : []),
    [requestStates.uncertain, counts.uncertain],
  ] as const;
  const all = totalOf(counts);
  return (
    <section className={`card ${classes.wide}`} aria-label={campaign.numbers}>
      <dl className={classes.numbers}>
        {shown.map(([name, n]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{asNumber(n)}</dd>
          </div>
        ))}
        {shownState(live) === 'running' && (
          <div>
            <dt>{campaign.askedRate}</dt>
            <dd>
              {rate !== undefined
                ? texts.campaigns.perSecond(asDecimal(rate))
                : isAway
                  ? texts.app.none
                  : texts.campaigns.measuring}
            </dd>
          </div>
        )}
      </dl>
      <Text className="hidden" role="status">
        {doneOf(all - openOf(counts), all, isOver(live))}
      </Text>
    </section>
  );
}

/** While it goes on it is said aloud at each tenth, and not each second. */
function doneOf(done: number, all: number, isAll: boolean): string {
  const { campaign } = texts;
  const tenths = tenthsOf(done, all);
  if (isAll || done === 0 || done === all) return campaign.share(asShare(done, all));
  return tenths === 0
    ? campaign.shareUnder(asShare(1, 10))
    : campaign.shareOver(asShare(tenths, 10));
}
