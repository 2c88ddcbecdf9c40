/** Who is on the list and how each of them stands, a page at a time. */
import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { allOf } from '../../api/campaign-queries.ts';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { isOver } from '../../campaigns/shown.ts';
import { asNumber } from '../../format.ts';
import { given } from '../../given.ts';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { PageLink } from '../../parts/links.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { STANDING_COLUMNS } from '../../parts/person-columns.tsx';
import { texts } from '../../texts.ts';
import type { LiveCampaign } from './use-live-campaign.ts';

type Person = Schema<'RequestResult'>;

const ON_A_PAGE = 50;
const LOOK_MS = 10_000;
const STATES = Object.keys(texts.requestStates) as (keyof typeof texts.requestStates)[];

/** The view. */
export function People({ campaign }: { readonly campaign: LiveCampaign }) {
  const { id } = campaign;
  const { state, code } = useSearch({ from: '/campaigns/$id' });
  const errorCode = code !== undefined && /^-?\d{1,9}$/.test(code) ? Number(code) : undefined;
  const pages = useCursorPages<Person>({
    key: [...allOf(id), 'people', state, errorCode],
    ...(isOver(campaign) ? {} : { everyMs: LOOK_MS }),
    load: async (after, signal) => {
      const query = { limit: ON_A_PAGE, ...given({ after, state, code: errorCode }) };
      const params = { path: { id }, query };
      const answer = api.GET('/v1/campaigns/{id}/requests', { params, signal });
      const { requests, next } = await dataOf(answer);
      return { items: requests, next };
    },
  });
  return (
    <>
      <PeopleFilters id={id} state={state} code={code} />
      <PagedTable
        what={texts.line.what}
        pages={pages}
        columns={columnsFor(id)}
        keyOf={({ row }) => String(row)}
      />
    </>
  );
}

function columnsFor(id: string): readonly Column<Person>[] {
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
    ...STANDING_COLUMNS,
  ];
}

function PeopleFilters({
  id,
  state,
  code,
}: {
  readonly id: string;
  readonly state: string | undefined;
  readonly code: string | undefined;
}) {
  const navigate = useNavigate();
  const show = (change: { state?: string; code?: string }) => {
    const all = { state, code, ...change };
    void navigate({
      to: '/campaigns/$id',
      params: { id },
      search: {
        view: 'people',
        ...given({ state: all.state || undefined, code: all.code || undefined }),
      },
      replace: true,
      resetScroll: false,
    });
  };
  const { line: text } = texts;
  return (
    <Group role="group" aria-label={text.filters} align="flex-end" gap="sm" mb="md">
      <NativeSelect
        label={text.filterState}
        value={state ?? ''}
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
        value={code ?? ''}
        onChange={({ currentTarget: { value } }) => show({ code: value })}
      />
    </Group>
  );
}
