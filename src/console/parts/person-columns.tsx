/** How people of campaigns stand in tables: the same columns wherever they are listed. */
import { Text } from '@mantine/core';
import type { Schema } from '../api/client.ts';
import { asNearTime } from '../format.ts';
import { texts } from '../texts.ts';
import type { Column } from './paged-table.tsx';
import { RequestBadge } from './state-badge.tsx';

/** What the columns need of one. */
export type PersonLine = Pick<
  Schema<'RequestResult'>,
  | 'row'
  | 'reference'
  | 'to'
  | 'status'
  | 'due_at'
  | 'error_code'
  | 'error_message'
  | 'advice'
  | 'delivery'
  | 'answer'
  | 'permission_expires_at'
>;

/** State, reason, due, delivery and answer. */
export const STANDING_COLUMNS: readonly Column<PersonLine>[] = [
  {
    key: 'reference',
    title: texts.person.reference,
    of: ({ reference }) => reference ?? texts.app.none,
  },
  {
    key: 'state',
    title: texts.person.state,
    of: ({ status }) => <RequestBadge state={status} />,
  },
  { key: 'why', title: texts.person.why, of: (line) => <Why line={line} /> },
  { key: 'due', title: texts.person.due, of: ({ due_at }) => asNearTime(due_at) },
  {
    key: 'delivery',
    title: texts.person.delivery,
    of: ({ delivery }) =>
      delivery === null ? texts.app.none : (texts.person.deliveries[delivery] ?? delivery),
  },
  { key: 'answer', title: texts.person.answer, of: (line) => <Answer line={line} /> },
];

/** Why somebody waits or ended so. */
export function Why({ line }: { readonly line: PersonLine }) {
  const { error_code: code, error_message: message, advice } = line;
  if (code === null && message === null && advice === null) return texts.app.none;
  return (
    <>
      {message !== null && <div>{message}</div>}
      {advice !== null && (
        <Text size="sm" c="dimmed">
          {advice}
        </Text>
      )}
      {code !== null && <code>{code}</code>}
    </>
  );
}

/** What somebody answered, and until when it holds. */
export function Answer({ line }: { readonly line: PersonLine }) {
  const { answer, permission_expires_at: until } = line;
  if (answer === null) return texts.app.none;
  const { person } = texts;
  return (
    <>
      {person.answers[answer] ?? answer}
      {answer === 'granted' && (
        <Text size="sm" c="dimmed">
          {until === null ? person.permanent : person.grantedUntil(asNearTime(until))}
        </Text>
      )}
    </>
  );
}
