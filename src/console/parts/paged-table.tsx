/** A list in pages as a table. On a small screen each line is a card of its own, with the name of each column before its value. */
import { Button, Group, Skeleton, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { isAway } from '../api/client.ts';
import { asNumber } from '../format.ts';
import { texts } from '../texts.ts';
import type { CursorPages } from './cursor-pages.ts';
import classes from './paged-table.module.css';
import { ProblemAlert } from './problem-alert.tsx';

/** One column. */
export interface Column<Item> {
  readonly key: string;
  readonly title: string;
  readonly isNumber?: boolean;
  /** A time, or something as short: it stands on one line where there is room for a table. */
  readonly isShort?: boolean;
  /** What somebody chose to call it, which may be one long word. */
  readonly isName?: boolean;
  readonly of: (item: Item) => ReactNode;
}

const WAITING_LINES = 5;

/**
 * The table with the buttons to its other pages.
 *
 * @param p.what names the list to screen readers
 * @param p.empty said in place of the lines: what would be there
 * @param p.isDense on a small screen what is said of one stands side by side, and what is not known is left out
 */
export function PagedTable<Item>({
  what,
  pages,
  columns,
  keyOf,
  empty,
  isDense = false,
}: {
  readonly what: string;
  readonly pages: CursorPages<Item>;
  readonly columns: readonly Column<Item>[];
  readonly keyOf: (item: Item) => string;
  readonly empty: ReactNode;
  readonly isDense?: boolean;
}) {
  const { items, isFirstLoad, error, page, toNext, toPrevious } = pages;
  const isEmpty = items.length === 0 && !isFirstLoad;
  const alert = error !== null && (isEmpty || !isAway(error)) && (
    <ProblemAlert error={error} onRetry={pages.retry} />
  );
  // A page that failed has ways to the others.
  if (alert && isEmpty && toPrevious === undefined) return alert;
  return (
    <div className={`card ${classes.frame}`}>
      {alert}
      {isEmpty && alert ? null : isEmpty ? (
        <Text c="dimmed" p="md">
          {empty}
        </Text>
      ) : (
        <div className="scrolls">
          <Table
            className={classes.table ?? ''}
            data-dense={isDense || undefined}
            aria-label={what}
            aria-busy={isFirstLoad}
          >
            <Table.Thead>
              <Table.Tr>
                {columns.map(({ key, title, isNumber }) => (
                  <Table.Th key={key} data-number={isNumber || undefined}>
                    {title}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {isFirstLoad && <WaitingLines columns={columns.length} />}
              {items.map((item) => (
                <Table.Tr key={keyOf(item)}>
                  {columns.map((column) => (
                    <Cell key={column.key} column={column} shown={column.of(item)} />
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {(toNext !== undefined || toPrevious !== undefined) && (
        <nav aria-label={texts.table.pages(what)} className={classes.pages}>
          <Group gap="sm" justify="flex-end">
            <Text size="sm" c="dimmed" aria-live="polite">
              {page === undefined ? texts.table.later : texts.table.page(asNumber(page))}
            </Text>
            <Button size="xs" variant="default" disabled={!toPrevious} onClick={toPrevious}>
              {page === undefined ? texts.table.first : texts.table.previous}
            </Button>
            <Button size="xs" variant="default" disabled={!toNext} onClick={toNext}>
              {texts.table.next}
            </Button>
          </Group>
        </nav>
      )}
    </div>
  );
}

function Cell<Item>({
  column: { title, isNumber, isShort, isName },
  shown,
}: {
  readonly column: Column<Item>;
  readonly shown: ReactNode;
}) {
  return (
    <Table.Td
      data-title={title}
      data-number={isNumber || undefined}
      data-short={isShort || undefined}
      data-name={isName || undefined}
      data-none={shown === texts.app.none || undefined}
    >
      {/* One part, whatever it holds: on a small screen its name stands beside it. */}
      <div>{shown}</div>
    </Table.Td>
  );
}

function WaitingLines({ columns }: { readonly columns: number }) {
  return Array.from({ length: WAITING_LINES }, (_, line) => (
    <Table.Tr key={line}>
      <Table.Td colSpan={columns}>
        <Skeleton height={18} />
      </Table.Td>
    </Table.Tr>
  ));
}
