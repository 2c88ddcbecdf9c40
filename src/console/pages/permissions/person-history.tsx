/** What happened between a person and your numbers, by time. */
import { Text, Timeline } from '@mantine/core';
import type { Schema } from '../../api/client.ts';
import { asExactTime, asTime } from '../../format.ts';
import { PageLink } from '../../parts/links.tsx';
import { texts } from '../../texts.ts';
import { sourceText } from './book-badge.tsx';

type Entry = Schema<'Person'>['history'][number];

const COLOURS = { word: 'green', call: 'violet', request: 'blue' } as const;

/** The timeline; the newest stands first. */
export function PersonHistory({ history }: { readonly history: readonly Entry[] }) {
  return (
    <Timeline bulletSize={14} lineWidth={2} active={history.length}>
      {history.toReversed().map((entry, i) => (
        <Timeline.Item key={`${entry.at} ${i}`} title={titleOf(entry)} color={COLOURS[entry.kind]}>
          <Text size="sm">{asExactTime(entry.at)}</Text>
          <Text size="sm" c="dimmed">
            {entry.kind === 'request' ? (
              <FromCampaign id={entry.source} name={entry.campaignName} />
            ) : (
              sourceText(entry.source)
            )}
            {entry.until !== null && `, ${texts.person.until(asTime(entry.until))}`}
            {entry.code !== null && ` (${entry.code})`}
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}

function titleOf({ kind, what }: Entry): string {
  const { person, book } = texts;
  const states: Readonly<Record<string, string>> = book.states;
  if (kind === 'word') return person.permission(states[what] ?? what);
  return (kind === 'call' ? person.happenedCalls : person.happenedRequests)[what] ?? what;
}

function FromCampaign({ id, name }: { readonly id: string | null; readonly name: string | null }) {
  if (id === null) return texts.app.none;
  return (
    <PageLink to="/campaigns/$id" params={{ id }} search={{}} size="sm">
      {name ?? id}
    </PageLink>
  );
}
