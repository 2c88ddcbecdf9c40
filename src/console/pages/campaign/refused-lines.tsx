/** Lines of the list that could not be asked: where each stands, and what is wrong with it. */
import { Code, Text } from '@mantine/core';
import { allOf } from '../../api/campaign-queries.ts';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { asNumber } from '../../format.ts';
import { given } from '../../given.ts';
import { useCursorPages } from '../../parts/cursor-pages.ts';
import { type Column, PagedTable } from '../../parts/paged-table.tsx';
import { texts } from '../../texts.ts';
import { wordsOfPage } from '../../words-of-page.ts';
import type { LiveCampaign } from './use-live-campaign.ts';

/** A line that was refused. */
export type RefusedLine = Schema<'RefusedLine'>;

const ON_A_PAGE = 50;

/** Where it stands, what stands there, and why it cannot be. @param lines of the file, by row, as far as they are known */
export const refusedColumns = (
  lines: ReadonlyMap<number, number> = new Map(),
): readonly Column<RefusedLine>[] => [
  {
    key: 'row',
    title: texts.line.row,
    isNumber: true,
    of: ({ row }) => {
      const line = lines.get(row);
      if (line === undefined) return asNumber(row);
      return (
        <>
          {asNumber(row)}
          <Text size="sm" c="dimmed">
            {texts.refused.fileLine(asNumber(line))}
          </Text>
        </>
      );
    },
  },
  {
    key: 'column',
    title: texts.refused.column,
    of: ({ column }) => column ?? texts.app.none,
  },
  {
    key: 'value',
    title: texts.refused.value,
    of: ({ value }) => (value === undefined ? texts.app.none : <Code>{value}</Code>),
  },
  {
    key: 'why',
    title: texts.refused.why,
    of: ({ message, code }) => (
      <>
        {wordsOfPage(message)} <code>{code}</code>
      </>
    ),
  },
];

const COLUMNS = refusedColumns();

/** The view. */
export function RefusedLines({ campaign: { id, refusedLines } }: { campaign: LiveCampaign }) {
  const pages = useCursorPages<RefusedLine>({
    key: [...allOf(id), 'refused'],
    version: refusedLines,
    load: async (after, signal) => {
      const params = { path: { id }, query: { limit: ON_A_PAGE, ...given({ after }) } };
      const answer = api.GET('/v1/campaigns/{id}/refused', { params, signal });
      const { refused, next } = await dataOf(answer);
      return { items: refused, next };
    },
  });
  return (
    <>
      {refusedLines > 0 && (
        <Text size="sm" c="dimmed" mb="sm">
          {texts.refused.rows}
        </Text>
      )}
      <PagedTable
        what={texts.refused.what}
        pages={pages}
        columns={COLUMNS}
        keyOf={({ row, column }) => `${row} ${column}`}
        empty={texts.refused.empty}
      />
    </>
  );
}
