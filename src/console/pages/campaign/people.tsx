/** Who is on the list and how each of them stands, a page at a time. */
import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { allOf, reasonsQuery } from '../../api/campaign-queries.ts';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { isOver } from '../../campaigns/shown.ts';
import { asNumber } from '../../format.ts';
import { given } from '../../given.ts';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { PageLink } from '../../parts/links.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { standingColumns } from '../../parts/person-columns.tsx';
import { texts } from '../../texts.ts';
import type { LiveCampaign } from './use-live-campaign.ts';

type Person = Schema<'RequestResult'>;

const ON_A_PAGE = 50;
const LOOK_MS = 10_000;
const STATES = Object.keys(texts.requestStates) as (keyof typeof texts.requestStates)[];

/** The view. */
export function People({ campaign }: { readonly campaign: LiveCampaign }) {
  const { id } = campaign;
  const { state, code, reason } = useSearch({ from: '/campaigns/$id' });
  const errorCode = code !== undefined && /^-?\d{1,9}$/.test(code) ? Number(code) : undefined;
  const pages = useCursorPages<Person>({
    key: [...allOf(id), 'people', state, errorCode, reason],
    ...(isOver(campaign) ? {} : { everyMs: LOOK_MS }),
    load: async (after, signal) => {
      const query = { limit: ON_A_PAGE, ...given({ after, state, code: errorCode, reason }) };
      const params = { path: { id }, query };
      const answer = api.GET('/v1/campaigns/{id}/requests', { params, signal });
      const { requests, next } = await dataOf(answer);
      return { items: requests, next };
    },
  });
  return (
    <>
      <PeopleFilters id={id} shown={given({ state, code, reason })} />
      <PagedTable
        what={texts.line.what}
        pages={pages}
        columns={columnsFor(campaign)}
        keyOf={({ row }) => String(row)}
        empty={texts.line.empty}
      />
    </>
  );
}

function columnsFor({ id, state }: Pick<LiveCampaign, 'id' | 'state'>): readonly Column<Person>[] {
  return [
    {
      key: 'row',
      title: texts.line.row,
      isNumber: true,
      of: ({ row }) => asNumber(row),
    },
    {
      key: 'to',
      title: texts.line.to,
      of: ({ to, row }) => (
        <PageLink
          to="/campaigns/$id/people/$row"
          params={{ id, row: String(row) }}
          search={{}}
          className="numbers"
          aria-label={`${to}: ${texts.line.open(String(row))}`}
        >
          {to}
        </PageLink>
      ),
    },
    ...standingColumns({ isPaused: state === 'paused' }),
  ];
}

interface Shown {
  readonly state?: string;
  readonly code?: string;
  readonly reason?: string;
}

/** A code is Meta's, a reason ours: nobody has both. */
function PeopleFilters({ id, shown }: { readonly id: string; readonly shown: Shown }) {
  const navigate = useNavigate();
  const show = (change: Shown) => {
    const { state, code, reason } = { ...shown, ...change };
    const filled = (text: string | undefined) => text || undefined;
    void navigate({
      to: '/campaigns/$id',
      params: { id },
      search: {
        view: 'people',
        ...given({ state: filled(state), code: filled(code), reason: filled(reason) }),
      },
      replace: true,
      resetScroll: false,
    });
  };
  const { line: text } = texts;
  return (
    <Group
      className="boxes"
      role="group"
      aria-label={text.filters}
      align="flex-end"
      gap="sm"
      mb="md"
    >
      <NativeSelect
        label={text.filterState}
        value={shown.state ?? ''}
        data={[
          { value: '', label: text.anyState },
          ...STATES.map((value) => ({ value, label: texts.requestStates[value] })),
        ]}
        onChange={({ currentTarget: { value } }) => show({ state: value })}
      />
      <TextInput
        label={text.filterCode}
        inputMode="numeric"
        maxLength={10}
        value={shown.code ?? ''}
        onChange={({ currentTarget: { value } }) => show({ code: value, reason: '' })}
      />
      <NativeSelect
        label={text.filterReason}
        value={shown.reason ?? ''}
        data={[{ value: '', label: text.anyReason }, ...useReasons(id, shown.reason)]}
        onChange={({ currentTarget: { value } }) => show({ reason: value, code: '' })}
      />
    </Group>
  );
}

/** Those that somebody of this campaign has, and the one that is filtered by. */
function useReasons(id: string, shown: string | undefined) {
  const { data } = useQuery(reasonsQuery(id));
  const found = (data?.reasons ?? []).flatMap(({ reason, errorCode }) =>
    reason === null || errorCode !== null ? [] : [reason],
  );
  const words: Readonly<Record<string, string>> = texts.line.reasons;
  return [...new Set([...found, ...(shown === undefined ? [] : [shown])])].map((value) => ({
    value,
    label: words[value] ?? value,
  }));
}
