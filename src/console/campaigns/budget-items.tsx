/** What a campaign takes of the daily budget of its senders: how many can be asked today, and when the rest. */
import { List } from '@mantine/core';
import type { Schema } from '../api/client.ts';
import { asNearTime, asNumber } from '../format.ts';
import { texts } from '../texts.ts';

/** Lines of a list. */
export function BudgetItems({
  forecast: { willAsk, budgets },
}: {
  readonly forecast: Pick<Schema<'Forecast'>, 'willAsk' | 'budgets'>;
}) {
  const { budget: text } = texts;
  if (willAsk === 0) return null;
  if (budgets.length === 0) return <List.Item>{text.none}</List.Item>;
  return budgets.map(({ portfolio, limit, remaining, waiting, waitsUntil }) => (
    <List.Item key={portfolio}>
      {text.left(asNumber(remaining), asNumber(limit))}{' '}
      {waiting === 0
        ? text.enough
        : text.waits(
            asNumber(willAsk - waiting),
            waiting,
            asNumber(waiting),
            asNearTime(waitsUntil),
          )}
    </List.Item>
  ));
}
