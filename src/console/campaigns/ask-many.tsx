/** A great many people are asked by one click: it is asked once more whether that is meant, with their number. */
import { Text } from '@mantine/core';
import { asNumber } from '../format.ts';
import { Confirm } from '../parts/confirm.tsx';
import { texts } from '../texts.ts';

/** Up to so many a click does. */
const MOST_BY_A_CLICK = 10_000;

/** Whether it is asked once more. */
export function isMany(people: number): boolean {
  return people > MOST_BY_A_CLICK;
}

/** The question. @param p.action what its button says, as the one did that was clicked */
export function AskMany({
  people,
  action,
  ...dialog
}: {
  readonly people: number;
  readonly action: string;
  readonly isOpen: boolean;
  readonly isBusy: boolean;
  readonly error: Error | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}) {
  const { askMany } = texts;
  return (
    <Confirm
      {...dialog}
      title={askMany.title(texts.people(people, asNumber(people)))}
      action={action}
      isByKey
    >
      <Text>{askMany.text}</Text>
    </Confirm>
  );
}
