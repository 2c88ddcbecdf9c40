/** What is wrong and what to do, live: database, queue, webhooks, token and numbers; queues; events out. */
import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { BASE, type Schema } from '../../api/client.ts';
import { healthQuery } from '../../api/health-query.ts';
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

const COLOURS: Readonly<Record<Level, string>> = { ok: 'green', warn: 'orange', fail: 'red' };
const WORST: readonly Level[] = ['fail', 'warn', 'ok'];

/** The page. */
export function System() {
  const { data, error, refetch } = useQuery(healthQuery);
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
  return (
    <Section title={system.findings}>
      <Text size="sm" c="dimmed">
        {system.lookedAt(asAgo(diagnosis.at), asAgo(diagnosis.metaAt))}
      </Text>
      <ul className={classes.findings}>
        {byCheck(diagnosis.findings).map((found) => (
          <Check key={`${found[0].check} ${found[0].sender}`} found={found} />
        ))}
      </ul>
    </Section>
  );
}

/** What one check found, the worst first; each with its own level where they differ from that of the check. */
function Check({ found }: { readonly found: Found }) {
  const { system } = texts;
  const [{ check, sender, level: worst }] = found;
  return (
    <li className={classes.finding}>
      <StateBadge color={COLOURS[worst]} text={system.levels[worst]} />
      <div className={classes.text}>
        <Group gap="xs">
          <Text fw={600}>{check}</Text>
          {sender !== null && <code>{sender}</code>}
        </Group>
        {found.map(({ code, level, message, next }) => (
          <div key={`${code} ${message}`}>
            <Text>
              {level !== worst && `${system.levels[level]}: `}
              {message}
            </Text>
            {next !== null && <Text c="dimmed">{next}</Text>}
          </div>
        ))}
      </div>
    </li>
  );
}

/** Findings of one check and sender, of which there is one at least. */
type Found = readonly [Finding, ...Finding[]];

/** Each check once, the one that found the worst first. */
function byCheck(findings: readonly Finding[]): readonly Found[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const one of WORST.flatMap((level) => findings.filter((each) => each.level === level))) {
    const name = `${one.check} ${one.sender}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function worstOf(findings: readonly Finding[]): Level {
  return WORST.find((level) => findings.some((one) => one.level === level)) ?? 'ok';
}
