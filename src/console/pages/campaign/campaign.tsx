/** One campaign, live: how it goes, who stands where, and what can be done about it. */
import { Alert, Badge, Stack, Tabs } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { isAway } from '../../api/client.ts';
import { nameOf } from '../../campaigns/name.tsx';
import { shownState } from '../../campaigns/shown.ts';
import { asNumber } from '../../format.ts';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { CampaignBadge } from '../../parts/state-badge.tsx';
import { PageLoading } from '../../shell/page-states.tsx';
import { texts } from '../../texts.ts';
import { Actions } from './actions.tsx';
import classes from './overview.module.css';
import { Overview } from './overview.tsx';
import { People } from './people.tsx';
import { RefusedLines } from './refused-lines.tsx';
import { Uncertain } from './uncertain.tsx';
import { type LiveCampaign, useLiveCampaign } from './use-live-campaign.ts';

const VIEWS = ['overview', 'people', 'uncertain', 'refused'] as const;
type View = (typeof VIEWS)[number];

/** The page. */
export function Campaign() {
  const { id } = useParams({ from: '/campaigns/$id' });
  const { view } = useSearch({ from: '/campaigns/$id' });
  const navigate = useNavigate();
  const { campaign, error, stream, isLive } = useLiveCampaign(id);
  if (campaign === undefined)
    return error === null ? <PageLoading /> : <ProblemAlert error={error} />;
  const shown = VIEWS.find((one) => one === view) ?? 'overview';
  const show = (to: string | null) =>
    void navigate({
      to: '/campaigns/$id',
      params: { id },
      search: to === null || to === 'overview' ? {} : { view: to },
      resetScroll: false,
    });
  return (
    <Page
      title={nameOf(campaign)}
      beside={
        <>
          <CampaignBadge state={shownState(campaign)} />
          {stream === 'lost' && (
            <Badge color="orange" variant="outline" role="status">
              {texts.app.reconnecting}
            </Badge>
          )}
        </>
      }
      actions={<Actions campaign={campaign} />}
    >
      {error !== null && !isAway(error) && <ProblemAlert error={error} />}
      <Standing campaign={campaign} />
      <Tabs value={shown} onChange={show} keepMounted={false}>
        <Tabs.List className={`scrolls ${classes.tabs}`} aria-label={texts.campaign.viewsLabel}>
          {VIEWS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {titleOf(one, campaign)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="overview" pt="md">
          <Overview campaign={campaign} isLive={isLive} />
        </Tabs.Panel>
        <Tabs.Panel value="people" pt="md">
          <People campaign={campaign} />
        </Tabs.Panel>
        <Tabs.Panel value="uncertain" pt="md">
          <Uncertain campaign={campaign} />
        </Tabs.Panel>
        <Tabs.Panel value="refused" pt="md">
          <RefusedLines campaign={campaign} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function titleOf(view: View, { counts, refusedLines }: LiveCampaign): string {
  const { views } = texts.campaign;
  if (view === 'uncertain') return views.uncertain(asNumber(counts.uncertain));
  if (view === 'refused') return views.refused(asNumber(refusedLines));
  return views[view];
}

/** Why it stands, in words. */
function Standing({
  campaign: { state, reason, pausedQueues },
}: {
  readonly campaign: LiveCampaign;
}) {
  if (reason === null && pausedQueues.length === 0) return null;
  const step = state === 'cancelled' ? state : 'paused';
  return (
    <Stack gap="xs">
      {/* Of a person the message says no more than the title does. */}
      {reason?.by === 'person' && <Alert color="orange">{texts.campaign.by.person[step]}</Alert>}
      {reason?.by === 'us' && (
        <Alert color="orange" title={texts.campaign.by.us[step]}>
          {reason.message}
          {reason.code !== undefined && ` (${texts.problem.code} ${reason.code})`}
        </Alert>
      )}
      {pausedQueues.length > 0 && (
        <Alert color="orange">{texts.campaigns.pausedQueue(pausedQueues.join(', '))}</Alert>
      )}
    </Stack>
  );
}
