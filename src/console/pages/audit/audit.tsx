/** Who did what, the newest first. */
import { Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { asExactTime, asNumber } from '../../format.ts';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { PageLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import type { PageSearch } from '../../search-params.ts';
import { texts } from '../../texts.ts';
import { ACTIONS, nameOfAction, wordsOf } from './actions.ts';

type Entry = Schema<'AuditEntry'>;
type Outcome = Entry['outcome'];

const LIMIT = 50;
const COLOURS: Readonly<Record<Outcome, string>> = {
  done: 'green',
  refused: 'orange',
  failed: 'red',
};

/** The page. */
export function Audit() {
  const mayLook = useMay('operator');
  const search = useSearch({ strict: false });
  if (!mayLook)
    return (
      <Page title={texts.audit.title}>
        <Text>{texts.mayNot(texts.roles.operator)}</Text>
      </Page>
    );
  return <Log search={search} />;
}

function Log({ search }: { readonly search: PageSearch }) {
  const { who, what, state } = search;
  const outcome = state !== undefined && state in COLOURS ? (state as Outcome) : undefined;
  const filter = {
    ...(who === undefined ? {} : { who }),
    ...(what === undefined ? {} : { what }),
    ...(outcome === undefined ? {} : { outcome }),
  };
  const pages = useCursorPages<Entry>({
    key: ['audit', filter],
    load: async (after, signal) => {
      const query = { limit: LIMIT, ...filter, ...(after === undefined ? {} : { after }) };
      const found = await dataOf(api.GET('/v1/audit', { params: { query }, signal }));
      return { items: found.entries, next: found.next };
    },
  });
  return (
    <Page title={texts.audit.title}>
      <Filter search={search} />
      <PagedTable
        what={texts.audit.what}
        pages={pages}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        empty={texts.audit.empty}
      />
    </Page>
  );
}

function Filter({ search }: { readonly search: PageSearch }) {
  const navigate = useNavigate();
  const [who, setWho] = useState(search.who ?? '');
  const words = shownOf(search.what);
  const [what, setWhat] = useState(words);
  const actions = useId();
  const [state, setState] = useState(search.state ?? '');
  // By a link to this page, or the way back, it is another filter.
  useEffect(() => {
    setWho(search.who ?? '');
    setWhat(words);
    setState(search.state ?? '');
  }, [search.who, words, search.state]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({
      to: '/audit',
      search: { who: who.trim(), what: nameOfAction(what), state },
      resetScroll: false,
    });
  };
  const { audit } = texts;
  return (
    <form onSubmit={submit}>
      <datalist id={actions}>
        {ACTIONS.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <Group className="boxes" align="flex-end" gap="xs">
        <TextInput
          label={audit.who}
          maxLength={200}
          value={who}
          onChange={(event) => setWho(event.currentTarget.value)}
        />
        <TextInput
          label={audit.action}
          maxLength={200}
          list={actions}
          w="18rem"
          maw="100%"
          value={what}
          onChange={(event) => setWhat(event.currentTarget.value)}
        />
        <NativeSelect
          label={audit.outcome}
          data={[
            { value: '', label: audit.anyOutcome },
            ...Object.entries(audit.outcomes).map(([value, label]) => ({ value, label })),
          ]}
          value={state}
          onChange={(event) => setState(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          {audit.filter}
        </Button>
      </Group>
    </form>
  );
}

/** What the filter says, as somebody would choose it. */
function shownOf(what: string | undefined): string {
  return what === undefined ? '' : (wordsOf(what) ?? what);
}

/** In words; of a command as it is typed, of a page that has no words as it is called. */
function Action({ what, isCommand }: { readonly what: string; readonly isCommand: boolean }) {
  const { command } = texts.audit;
  return isCommand ? <code>{command(what)}</code> : (wordsOf(what) ?? <code>{what}</code>);
}

/** A person, a campaign by its name, or what it was told by. */
function Target({ entry: { target, person, campaignName } }: { readonly entry: Entry }) {
  if (person !== null)
    return (
      <PageLink to="/permissions" search={{ q: person }}>
        {person}
      </PageLink>
    );
  if (target === null) return texts.app.none;
  if (campaignName === null) return target;
  return (
    <PageLink to="/campaigns/$id" params={{ id: target }} search={{}}>
      {campaignName}
    </PageLink>
  );
}

const { columns } = texts.audit;
const COLUMNS: readonly Column<Entry>[] = [
  { key: 'at', title: columns.at, isShort: true, of: ({ at }) => asExactTime(at) },
  {
    key: 'who',
    title: columns.who,
    of: ({ who, kind, role }) => (
      <>
        {who}
        <Text size="sm" c="dimmed">
          {[texts.audit.kinds[kind], role].filter((one) => one !== null).join(', ')}
        </Text>
      </>
    ),
  },
  {
    key: 'what',
    title: columns.what,
    of: ({ what, kind, times }) => (
      <>
        <Action what={what} isCommand={kind === 'command'} />
        {times > 1 && <Text size="sm">{texts.audit.times(asNumber(times))}</Text>}
      </>
    ),
  },
  {
    key: 'target',
    title: columns.target,
    isName: true,
    of: (entry) => <Target entry={entry} />,
  },
  {
    key: 'outcome',
    title: columns.outcome,
    of: ({ outcome, status }) => (
      <Group gap="xs">
        <StateBadge color={COLOURS[outcome]} text={texts.audit.outcomes[outcome]} />
        {status !== null && outcome !== 'done' && <Text size="sm">{status}</Text>}
      </Group>
    ),
  },
];
