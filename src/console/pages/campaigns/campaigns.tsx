/** All campaigns, the newest first, with how far each is. */
import { Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Fragment } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { CampaignLink } from '../../campaigns/name.tsx';
import { type Campaign, shownState } from '../../campaigns/shown.ts';
import { asNumber, asTime } from '../../format.ts';
import { given } from '../../given.ts';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { ButtonLink, PageLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { CampaignBadge } from '../../parts/state-badge.tsx';
import { texts } from '../../texts.ts';
import { Granted, Progress, Rate, TimeLeft } from './figures.tsx';
import { CampaignFilters } from './filters.tsx';

const ON_A_PAGE = 20;
const LOOK_MS = 5_000;

/** The page. */
export function Campaigns() {
  const { state, name, template } = useSearch({ from: '/campaigns' });
  const navigate = useNavigate();
  const mayAsk = useMay('operator');
  const filters = { state, name, template };
  const isFiltered = Object.values(filters).some((filter) => filter !== undefined);
  const pages = useCursorPages<Campaign>({
    key: ['campaigns', filters],
    everyMs: LOOK_MS,
    load: async (after, signal) => {
      const query = { limit: ON_A_PAGE, ...given({ after, ...filters }) };
      const answer = api.GET('/v1/campaigns', { params: { query }, signal });
      const { campaigns, next } = await dataOf(answer);
      return { items: campaigns, next };
    },
  });
  return (
    <Page
      title={texts.campaigns.title}
      actions={
        mayAsk && (
          <ButtonLink to="/campaigns/new" search={{}}>
            {texts.nav.newCampaign}
          </ButtonLink>
        )
      }
    >
      <CampaignFilters
        filters={filters}
        onChange={(search) =>
          void navigate({ to: '/campaigns', search, replace: true, resetScroll: false })
        }
      />
      <PagedTable
        what={texts.campaigns.what}
        pages={pages}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={
          isFiltered ? (
            <>
              {texts.campaigns.emptyFiltered}{' '}
              <PageLink to="/campaigns" search={{}}>
                {texts.campaigns.noFilters}
              </PageLink>
            </>
          ) : (
            <>
              {texts.campaigns.empty}{' '}
              <PageLink to="/first-steps" search={{}}>
                {texts.nav.firstSteps}
              </PageLink>
            </>
          )
        }
      />
    </Page>
  );
}

const COLUMNS: readonly Column<Campaign>[] = [
  {
    key: 'name',
    title: texts.campaigns.name,
    isName: true,
    of: (campaign) => (
      <>
        <CampaignLink campaign={campaign} />
        <Text size="sm" c="dimmed">
          {asTime(campaign.createdAt)}
        </Text>
      </>
    ),
  },
  {
    key: 'state',
    title: texts.campaigns.state,
    of: (campaign) => (
      <>
        <CampaignBadge state={shownState(campaign)} />
        {campaign.reason !== null && (
          <Text size="sm">
            {campaign.reason.by === 'person' ? texts.campaign.byPerson : campaign.reason.message}
          </Text>
        )}
        {campaign.scheduledFor !== null && <Text size="sm">{asTime(campaign.scheduledFor)}</Text>}
      </>
    ),
  },
  {
    key: 'template',
    title: texts.campaigns.template,
    isName: true,
    of: ({ template, language, senders }) => (
      <>
        <code>{template}</code> ({language})
        <Text size="sm" c="dimmed">
          {texts.campaigns.sender}:{' '}
          {senders.map((id, i) => (
            <Fragment key={id}>
              {i > 0 && ', '}
              <span className="numbers">{id}</span>
            </Fragment>
          ))}
        </Text>
      </>
    ),
  },
  {
    key: 'progress',
    title: texts.campaigns.progress,
    of: (campaign) => <Progress campaign={campaign} />,
  },
  {
    key: 'accepted',
    title: texts.campaigns.accepted,
    isNumber: true,
    of: ({ counts }) => asNumber(counts.accepted),
  },
  {
    key: 'granted',
    title: texts.campaigns.granted,
    isNumber: true,
    of: (campaign) => <Granted campaign={campaign} />,
  },
  {
    key: 'rate',
    title: texts.campaigns.rate,
    isNumber: true,
    of: (campaign) => <Rate campaign={campaign} />,
  },
  {
    key: 'left',
    title: texts.campaigns.timeLeft,
    of: (campaign) => <TimeLeft campaign={campaign} />,
  },
];
