/** How people of campaigns stand in tables: the same columns wherever they are listed. */
import { Text } from '@mantine/core';
import type { Schema } from '../api/client.ts';
import { adviceOf } from '../campaigns/advice.ts';
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

/** State, reason, due, delivery and answer. @param p.isPaused their campaign is */
export const standingColumns = ({
  isPaused,
}: {
  readonly isPaused: boolean;
}): readonly Column<PersonLine>[] => [
  {
    key: 'reference',
    title: texts.line.reference,
    of: ({ reference }) => reference ?? texts.app.none,
  },
  {
    key: 'state',
    title: texts.line.state,
    of: ({ status, delivery }) => <RequestBadge state={status} isFailed={delivery === 'failed'} />,
  },
  { key: 'why', title: texts.line.why, of: (line) => <Why line={line} isPaused={isPaused} /> },
  { key: 'due', title: texts.line.due, isShort: true, of: ({ due_at }) => asNearTime(due_at) },
  {
    key: 'delivery',
    title: texts.line.delivery,
    of: ({ delivery }) =>
      delivery === null ? texts.app.none : (texts.line.deliveries[delivery] ?? delivery),
  },
  { key: 'answer', title: texts.line.answer, of: (line) => <Answer line={line} /> },
];

/** Why somebody waits or ended so. */
export function Why({
  line,
  isPaused = false,
}: {
  readonly line: PersonLine;
  readonly isPaused?: boolean;
}) {
  const { error_code: code, error_message: message, status: state } = line;
  const advice = adviceOf({ ...line, state }, { isPaused });
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
  const { line: text } = texts;
  return (
    <>
      {text.answers[answer] ?? answer}
      {answer === 'granted' && (
        <Text size="sm" c="dimmed">
          {until === null ? text.permanent : text.grantedUntil(asNearTime(until))}
        </Text>
      )}
    </>
  );
}
