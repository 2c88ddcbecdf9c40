/** What other services are told: what waits, what was given up, who is told; and telling it again. */
import { Text } from '@mantine/core';
import { useSearch } from '@tanstack/react-router';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { asExactTime, asNearTime, asNumber } from '../../format.ts';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { Section } from '../../parts/section.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { Views } from '../../parts/views.tsx';
import { texts } from '../../texts.ts';
import { Replay } from './replay.tsx';
import { ReplayOne } from './replay-one.tsx';
import { Subscribers } from './subscribers.tsx';

type ListedEvent = Schema<'ListedEvent'>;
type View = keyof typeof texts.system.eventViews;

const LIMIT = 20;
const LOOK_MS = 15_000;
const COLOURS = { pending: 'blue', delivered: 'green', dead: 'red' } as const;

/** The part of the page. */
export function EventsOut() {
  const { view = 'dead' } = useSearch({ strict: false });
  const mayManage = useMay('admin');
  const { system } = texts;
  const current: View = view in system.eventViews ? (view as View) : 'dead';
  const filter = current === 'all' ? {} : { state: current };
  const pages = useCursorPages<ListedEvent>({
    key: ['events', current],
    everyMs: LOOK_MS,
    load: async (after, signal) => {
      const query = { limit: LIMIT, ...filter, ...(after === undefined ? {} : { after }) };
      const found = await dataOf(api.GET('/v1/events', { params: { query }, signal }));
      return { items: found.events, next: found.next };
    },
  });
  return (
    <Section title={system.events} {...(mayManage ? { actions: <Replay /> } : {})}>
      <Text c="dimmed">{system.eventsAbout}</Text>
      {mayManage && <Subscribers />}
      <Views
        label={system.eventFilter}
        views={system.eventViews}
        current={current}
        search={(one) => ({ view: one })}
      />
      <PagedTable
        what={system.eventsWhat}
        pages={pages}
        columns={mayManage ? [...COLUMNS, AGAIN] : COLUMNS}
        keyOf={({ id }) => id}
        empty={system.noEvents[current]}
      />
    </Section>
  );
}

const { eventColumns: columns } = texts.system;
const COLUMNS: readonly Column<ListedEvent>[] = [
  { key: 'at', title: columns.at, of: ({ occurredAt }) => asExactTime(occurredAt) },
  { key: 'type', title: columns.type, of: ({ type }) => <code>{type}</code> },
  {
    key: 'state',
    title: columns.state,
    of: ({ state, nextAt }) => (
      <>
        <StateBadge color={COLOURS[state]} text={texts.system.eventStates[state]} />
        {nextAt !== null && <Text size="sm">{texts.system.nextTry(asNearTime(nextAt))}</Text>}
      </>
    ),
  },
  { key: 'tries', title: columns.tries, isNumber: true, of: ({ tries }) => asNumber(tries) },
  { key: 'error', title: columns.error, of: ({ lastError }) => lastError ?? texts.app.none },
];
const AGAIN: Column<ListedEvent> = {
  key: 'action',
  title: columns.action,
  of: ({ id, state }) => state === 'dead' && <ReplayOne id={id} />,
};
