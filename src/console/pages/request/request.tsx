/** A request by its id: one that was made alone. One of a list is shown among its campaign. */
import { Button, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf, isAway } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { asNearTime } from '../../format.ts';
import { Page } from '../../parts/page.tsx';
import { Answer, Why } from '../../parts/person-columns.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { RequestBadge } from '../../parts/state-badge.tsx';
import { PageLoading } from '../../shell/page-states.tsx';
import { texts } from '../../texts.ts';
import { RawWebhooks } from '../person/raw-webhooks.tsx';
import { Settling } from '../person/settle-dialog.tsx';

const LOOK_MS = 5_000;

const keyOf = (id: string) => ['request', id] as const;

/** The page. */
export function RequestPage() {
  const { id } = useParams({ from: '/requests/$id' });
  const { data, error } = useQuery({
    queryKey: keyOf(id),
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/requests/{id}', { params: { path: { id } }, signal })),
    refetchInterval: LOOK_MS,
  });
  const mayAct = useMay('operator');
  const [isSettling, setIsSettling] = useState(false);
  const { line: text } = texts;
  if (data === undefined) return error === null ? <PageLoading /> : <ProblemAlert error={error} />;
  const { campaign, row, waits_for: waits, due_at: dueAt } = data;
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
    <Page
      title={data.reference ?? data.to}
      beside={<RequestBadge state={data.status} />}
      actions={
        data.status === 'uncertain' &&
        mayAct && <Button onClick={() => setIsSettling(true)}>{texts.uncertain.settle}</Button>
      }
    >
      {error !== null && !isAway(error) && <ProblemAlert error={error} />}
      <section className="card">
        <Text>{data.to}</Text>
        {waits !== null && (
          <Text>
            {text.waitsFor[waits]} {dueAt !== null && asNearTime(dueAt)}
          </Text>
        )}
        <div>
          {text.why}: <Why line={data} />
        </div>
        <div>
          {text.answer}: <Answer line={data} />
        </div>
        {data.wamid !== null && (
          <Text>
            {text.wamid}: <code>{data.wamid}</code>
          </Text>
        )}
      </section>
      {mayAct && (
        <section className="card">
          <Title order={2} size="h4" mb="sm">
            {text.raw}
          </Title>
          <RawWebhooks requestId={id} />
        </section>
      )}
      {isSettling && (
        <Settling
          title={texts.uncertain.settleOne(data.to)}
          id={id}
          evidence={<Why line={data} />}
          renews={keyOf(id)}
          onClose={() => setIsSettling(false)}
        />
      )}
    </Page>
  );
}
