/** Requests whose outcome is not known, with the evidence there is; an operator says what became of each. */
import { Text } from '@mantine/core';
import { allOf } from '../../api/campaign-queries.ts';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { useMay } from '../../api/session.ts';
import { asNumber } from '../../format.ts';
import { given } from '../../given.ts';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { PageLink } from '../../parts/links.tsx';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { Why } from '../../parts/person-columns.tsx';
import { texts } from '../../texts.ts';
import { Settle } from '../person/settle.tsx';
import type { LiveCampaign } from './use-live-campaign.ts';

type Person = Schema<'RequestResult'>;

const ON_A_PAGE = 50;

/** The view. */
export function Uncertain({ campaign: { id, counts } }: { readonly campaign: LiveCampaign }) {
  const mayAct = useMay('operator');
  const pages = useCursorPages<Person>({
    key: [...allOf(id), 'uncertain'],
    version: counts.uncertain,
    load: async (after, signal) => {
      const query = { limit: ON_A_PAGE, state: 'uncertain', ...given({ after }) };
      const params = { path: { id }, query };
      const answer = api.GET('/v1/campaigns/{id}/requests', { params, signal });
      const { requests, next } = await dataOf(answer);
      return { items: requests, next };
    },
  });
  return (
    <>
      <Text mb="md" maw="48rem">
        {texts.uncertain.intro}
      </Text>
      <PagedTable
        what={texts.campaign.views.uncertain(asNumber(counts.uncertain))}
        pages={pages}
        columns={columnsFor(id, mayAct)}
        keyOf={({ row }) => String(row)}
        empty={texts.uncertain.empty}
      />
    </>
  );
}

function columnsFor(id: string, mayAct: boolean): readonly Column<Person>[] {
  const { line: text, uncertain } = texts;
  return [
    { key: 'row', title: text.row, isNumber: true, of: ({ row }) => asNumber(row) },
    {
      key: 'to',
      title: text.to,
      of: ({ to, row }) => (
        <PageLink to="/campaigns/$id/people/$row" params={{ id, row: String(row) }} search={{}}>
          {to}
        </PageLink>
      ),
    },
    {
      key: 'reference',
      title: text.reference,
      of: ({ reference }) => reference ?? texts.app.none,
    },
    { key: 'evidence', title: uncertain.evidence, of: (line) => <Why line={line} /> },
    ...(mayAct
      ? [
          {
            key: 'settle',
            title: uncertain.settle,
            of: ({ row }: Person) => (
              <Settle
                campaign={id}
                row={row}
                name={uncertain.settleRow(String(row))}
                title={uncertain.settleTitle(String(row))}
                button={{ size: 'compact-sm', variant: 'default' }}
              />
            ),
          },
        ]
      : []),
  ];
}
