/** One person of a campaign. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { campaignQuery } from '../../api/campaign-queries.ts';
import { nameOf } from '../../campaigns/name.tsx';
import { PageLink } from '../../parts/links.tsx';
import { texts } from '../../texts.ts';
import { PersonView } from './person-view.tsx';

/** The page. */
export function Person() {
  const { id, row } = useParams({ from: '/campaigns/$id/people/$row' });
  const { data: campaign } = useQuery(campaignQuery(id));
  return (
    <PersonView
      campaign={id}
      row={Number(row)}
      isPaused={campaign?.state === 'paused'}
      title={(person) => texts.uncertain.settleTitle(String(person.row))}
    >
      <PageLink to="/campaigns/$id" params={{ id }} search={{ view: 'people' }}>
        {texts.line.toCampaign(campaign === undefined ? id : nameOf(campaign))}
      </PageLink>
    </PersonView>
  );
}
