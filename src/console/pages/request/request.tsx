/** A request by its id: one that was made alone. One of a list is shown among its campaign. */
import { Alert, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import { allOf } from '../../api/campaign-queries.ts';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { asNearTime } from '../../format.ts';
import { PageLink } from '../../parts/links.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { PageLoading } from '../../shell/page-states.tsx';
import { texts } from '../../texts.ts';
import { PersonView } from '../person/person-view.tsx';

const LOOK_MS = 5_000;

/** The page. */
export function RequestPage() {
  const { id } = useParams({ from: '/requests/$id' });
  const { data, error } = useQuery({
    // Beside what is looked at of the campaign that it is in the ledger, so that both are renewed together.
    queryKey: [...allOf(id), 'standing'],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/requests/{id}', { params: { path: { id } }, signal })),
    refetchInterval: LOOK_MS,
  });
  if (data === undefined) return error === null ? <PageLoading /> : <ProblemAlert error={error} />;
  const { campaign, row } = data;
  if (campaign !== null)
    return (
      <Navigate
        to="/campaigns/$id/people/$row"
        params={{ id: campaign, row: String(row) }}
        search={{}}
        replace
      />
    );
  return (
    <PersonView
      campaign={id}
      row={row}
      isPaused={data.state === 'paused'}
      title={({ to }) => texts.uncertain.settleOne(to)}
    >
      <Text>
        {texts.campaigns.single} ·{' '}
        <PageLink to="/permissions" search={{ q: data.to }}>
          {texts.line.toPerson}
        </PageLink>
      </Text>
      <Waits standing={data} />
    </PersonView>
  );
}

/** What it waits for, and what stopped it. */
function Waits({ standing }: { readonly standing: Schema<'RequestStanding'> }) {
  const { waits_for: waits, due_at: dueAt, reason, state } = standing;
  if (waits === null) return null;
  return (
    <Alert color="orange" title={texts.line.waitsFor[waits] ?? waits}>
      {dueAt !== null && <Text size="sm">{`${texts.line.due}: ${asNearTime(dueAt)}`}</Text>}
      {state === 'paused' && reason !== null && <Text size="sm">{reason.message}</Text>}
    </Alert>
  );
}
