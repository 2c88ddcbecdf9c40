/** One request, of a list or made alone: how it stands, what happened, and what Meta told of it. */
import { Alert, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { personQuery } from '../../api/campaign-queries.ts';
import { isAway, type Schema } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { adviceOf } from '../../campaigns/advice.ts';
import { asNearTime, asNumber } from '../../format.ts';
import { PageLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { Answer } from '../../parts/person-columns.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { RequestBadge } from '../../parts/state-badge.tsx';
import { PageLoading } from '../../shell/page-states.tsx';
import { texts } from '../../texts.ts';
import overview from '../campaign/overview.module.css';
import { RawWebhooks } from './raw-webhooks.tsx';
import { Settle } from './settle.tsx';
import { Timeline } from './timeline.tsx';

const LOOK_MS = 5_000;

/**
 * The view.
 *
 * @param p.campaign of a request that was made alone its own id
 * @param p.title of the dialog that settles it
 * @param p.isPaused its campaign, or the request that was made alone
 * @param p.children what stands above its history
 */
export function PersonView({
  campaign,
  row,
  title,
  isPaused,
  children,
}: {
  readonly campaign: string;
  readonly row: number;
  readonly title: (person: PersonOf) => string;
  readonly isPaused: boolean;
  readonly children?: ReactNode;
}) {
  const { data, error } = useQuery({ ...personQuery(campaign, row), refetchInterval: LOOK_MS });
  const mayAct = useMay('operator');
  const { line: text } = texts;
  if (data === undefined) return error === null ? <PageLoading /> : <ProblemAlert error={error} />;
  return (
    <Page
      title={data.reference ?? data.to}
      beside={<RequestBadge state={data.status} isFailed={data.delivery === 'failed'} />}
      actions={
        data.status === 'uncertain' &&
        mayAct && <Settle campaign={campaign} row={row} title={title(data)} />
      }
    >
      {children}
      {error !== null && !isAway(error) && <ProblemAlert error={error} />}
      <Advice person={data} isPaused={isPaused} />
      <div className={overview.parts}>
        <section className="card">
          <Title order={2} size="h4" mb="sm">
            {text.history}
          </Title>
          <Timeline steps={data.history} />
        </section>
        <Facts person={data} />
        {/* What a person wrote may stand in it. */}
        {mayAct && (
          <section className={`card ${overview.wide}`}>
            <Title order={2} size="h4" mb="sm">
              {text.raw}
            </Title>
            <RawWebhooks requestId={data.id} />
          </section>
        )}
      </div>
    </Page>
  );
}

type PersonOf = Schema<'RequestWithHistory'>;

function Advice({ person, isPaused }: { readonly person: PersonOf; readonly isPaused: boolean }) {
  const { error_message: message, error_code: code, check_at: checkAt, due_at } = person;
  const advice = adviceOf({ ...person, state: person.status }, { isPaused });
  if (message === null && advice === null && checkAt === null) return null;
  return (
    <Alert color={person.status === 'rejected' ? 'red' : 'orange'} title={message ?? undefined}>
      {advice}
      {person.advice?.includes('`callpermit request`') === true && (
        <Text size="sm">
          <PageLink to="/permissions" search={{ q: person.to }}>
            {texts.line.toPerson}
          </PageLink>
        </Text>
      )}
      {code !== null && <Text size="sm">{texts.line.code(String(code))}</Text>}
      {checkAt !== null && <Text size="sm">{texts.line.checkAt(asNearTime(checkAt))}</Text>}
      {due_at !== null && checkAt === null && (
        <Text size="sm">
          {texts.line.due}: {asNearTime(due_at)}
        </Text>
      )}
    </Alert>
  );
}

function Facts({ person: p }: { readonly person: PersonOf }) {
  const { line: text } = texts;
  const facts: readonly (readonly [string, ReactNode])[] = [
    [
      text.to,
      <PageLink key="to" to="/permissions" search={{ q: p.to }} className="numbers">
        {p.to}
      </PageLink>,
    ],
    [text.row, asNumber(p.row)],
    [text.reference, p.reference ?? texts.app.none],
    [text.answer, <Answer key="answer" line={p} />],
    [text.waId, p.wa_id ?? texts.app.none],
    [text.userId, p.user_id ?? texts.app.none],
    [text.wamid, p.wamid === null ? texts.app.none : <code key="wamid">{p.wamid}</code>],
    [text.sender, p.sender],
    [text.language, p.language],
    [text.attempts, asNumber(p.attempts)],
  ];
  return (
    <section className="card">
      <Title order={2} size="h4" mb="sm">
        {text.facts}
      </Title>
      <dl className={overview.facts}>
        {facts.map(([name, value]) => (
          <div key={name} className={overview.fact}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
