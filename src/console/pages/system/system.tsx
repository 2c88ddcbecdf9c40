/** What is wrong and what to do, live: database, queue, webhooks, token and numbers; queues; events out. */
import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, BASE, dataOf, type Schema } from '../../api/client.ts';
import { asAgo } from '../../format.ts';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { useTicks } from '../../parts/use-ticks.ts';
import { PageLoading } from '../../shell/page-states.tsx';
import { texts } from '../../texts.ts';
import { EventsOut } from './events-out.tsx';
import classes from './system.module.css';

type Finding = Schema<'Finding'>;
type Level = Finding['level'];

const LOOK_MS = 10_000;
const COLOURS: Readonly<Record<Level, string>> = { ok: 'green', warn: 'orange', fail: 'red' };
const WORST: readonly Level[] = ['fail', 'warn', 'ok'];

/** The page. */
export function System() {
  const { data, error, refetch } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => dataOf(api.GET('/v1/health', { signal })),
    refetchInterval: LOOK_MS,
  });
  const { system } = texts;
  const worst = data === undefined ? undefined : worstOf(data.findings);
  return (
    <Page
      title={system.title}
      beside={worst !== undefined && <StateBadge color={COLOURS[worst]} text={system[worst]} />}
    >
      {error !== null && <ProblemAlert error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null && <PageLoading />}
      {data !== undefined && <Findings diagnosis={data} />}
      <Section
        title={system.queues}
        actions={
          <Button component="a" variant="default" href={`${BASE}/queues`}>
            {system.queuesOpen}
          </Button>
        }
      >
        <Text c="dimmed">{system.queuesAbout}</Text>
      </Section>
      <EventsOut />
    </Page>
  );
}

function Findings({ diagnosis }: { readonly diagnosis: Schema<'Diagnosis'> }) {
  useTicks();
  const { system } = texts;
  const sorted = WORST.flatMap((level) => diagnosis.findings.filter((one) => one.level === level));
  return (
    <Section title={system.findings}>
      <Text size="sm" c="dimmed">
        {system.lookedAt(asAgo(diagnosis.at), asAgo(diagnosis.metaAt))}
      </Text>
      <ul className={classes.findings}>
        {sorted.map(({ check, code, level, message, next, sender }) => (
          <li key={`${check} ${code} ${sender} ${message}`} className={classes.finding}>
            <StateBadge color={COLOURS[level]} text={system.levels[level]} />
            <div className={classes.text}>
              <Group gap="xs">
                <Text fw={600}>{check}</Text>
                {sender !== null && <code>{sender}</code>}
              </Group>
              <Text>{message}</Text>
              {next !== null && <Text c="dimmed">{next}</Text>}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function worstOf(findings: readonly Finding[]): Level {
  return WORST.find((level) => findings.some((one) => one.level === level)) ?? 'ok';
}
