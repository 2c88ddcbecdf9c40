/** One person: what they allow each number, what happened, and what can be done. */
import { Alert, Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf, isAway, type Schema } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { asNumber, asTime } from '../../format.ts';
import { ConfirmButton } from '../../parts/confirm-button.tsx';
import { PageLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { PageLoading } from '../../shell/page-states.tsx';
import { texts } from '../../texts.ts';
import { AskPerson } from './ask-person.tsx';
import { BookBadge, sourceText } from './book-badge.tsx';
import { PersonHistory } from './person-history.tsx';

const LOOK_MS = 10_000;
/** Who said no is not asked again for a while. */
const NO = new Set(['declined', 'revoked']);

/** The page of whoever has this number or user id. */
export function PersonPage({ to }: { readonly to: string }) {
  const path = { to };
  const { data, error, refetch } = useQuery({
    queryKey: ['person', to],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/permissions/{to}', { params: { path }, signal })),
    refetchInterval: LOOK_MS,
  });
  const { person } = texts;
  const back = (
    <PageLink to="/permissions" search={{}}>
      {person.back}
    </PageLink>
  );
  if (data === undefined)
    return (
      <Page title={person.title(to)} actions={back}>
        {error === null ? (
          <PageLoading />
        ) : (
          <ProblemAlert error={error} onRetry={() => void refetch()} />
        )}
      </Page>
    );
  const isUnknown = data.permissions.length === 0 && data.history.length === 0;
  return (
    <Page title={person.title(data.to)} actions={back}>
      {data.optOut !== null && (
        <Alert color="orange" title={person.optedOut}>
          {data.optOut.reason !== null && <Text>{person.optOutReason(data.optOut.reason)}</Text>}
          <Text size="sm">
            {texts.optOuts.sources[data.optOut.source]}, {asTime(data.optOut.addedAt)}
          </Text>
        </Alert>
      )}
      {error !== null && !isAway(error) && <ProblemAlert error={error} />}
      {isUnknown && <Text>{person.unknown}</Text>}
      <Actions person={data} />
      {data.permissions.length > 0 && (
        <Section title={person.permissions}>
          {data.permissions.map((one) => (
            <Allowed key={one.sender} one={one} calls={data.calls} />
          ))}
        </Section>
      )}
      {data.history.length > 0 && (
        <Section title={person.history}>
          <PersonHistory history={data.history} />
        </Section>
      )}
    </Page>
  );
}

function Allowed({
  one,
  calls,
}: {
  readonly one: Schema<'Permission'>;
  readonly calls: Schema<'Person'>['calls'];
}) {
  const { state, until, source, sender } = one;
  const call = calls.find((each) => each.sender === sender);
  return (
    <div>
      <Group gap="sm">
        <BookBadge state={state} />
        <Text>
          {texts.book.columns.sender} <code>{sender}</code>
        </Text>
        {until !== null && <Text>{texts.person.until(asTime(until))}</Text>}
        <Text c="dimmed">{sourceText(source)}</Text>
      </Group>
      {call !== undefined && (
        <Text size="sm" c="dimmed">
          {texts.person.calls(asNumber(call.connectedDay), asNumber(call.unanswered))}
        </Text>
      )}
    </div>
  );
}

function Actions({ person }: { readonly person: Schema<'Person'> }) {
  const queries = useQueryClient();
  const mayAct = useMay('operator');
  const { to, optOut } = person;
  const asking = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/permissions/check', { body: { to } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['person'] }),
  });
  const params = { params: { path: { to } } };
  const bar = () =>
    optOut === null
      ? api.PUT('/v1/suppressions/{to}', { ...params, body: {} })
      : api.DELETE('/v1/suppressions/{to}', params);
  if (!mayAct) return null;
  const words = texts.person;
  const isYes = person.permissions.some(({ mayCall }) => mayCall);
  const isNo = person.permissions.some(({ state }) => NO.has(state));
  return (
    <>
      <Group gap="xs">
        {optOut === null && !isNo && !isYes && <AskPerson to={to} />}
        <Button variant="default" loading={asking.isPending} onClick={() => asking.mutate()}>
          {words.askMeta}
        </Button>
        <ConfirmButton
          label={optOut === null ? words.optOut : words.optIn}
          sure={optOut === null ? words.optOutSure : words.optInSure}
          isDangerous={optOut !== null}
          act={bar}
          renews={['person']}
        />
      </Group>
      {isNo && <Text c="dimmed">{words.mayNotAsk}</Text>}
      <div aria-live="polite">
        {asking.data !== undefined && <Text>{words.askedMeta(asking.data.changed)}</Text>}
        {asking.data?.reasons.map(({ why }) => (
          <Text key={why}>{why}</Text>
        ))}
      </div>
      {asking.error !== null && <ProblemAlert error={asking.error} />}
    </>
  );
}
