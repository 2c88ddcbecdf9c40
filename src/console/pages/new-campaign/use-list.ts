/** The list that somebody chose, with its beginning read. */
import { useRef, useState } from 'react';
import { randomKey } from '../../random-key.ts';
import { type Charset, type ListHead, readHead } from './list/read-head.ts';

/** A list. */
export interface ChosenList {
  /** Another one with each choice, whatever page it was made on: what is known of one list is never told of another. */
  readonly id: string;
  readonly list: Blob;
  readonly name: string;
  readonly head: ListHead;
}

/** Chooses one, and how its letters are read. */
export function useList(): {
  readonly chosen: ChosenList | undefined;
  readonly error: Error | undefined;
  readonly choose: (list: Blob, name: string) => void;
  readonly readAs: (charset: Charset) => void;
} {
  const [chosen, setChosen] = useState<ChosenList>();
  const [error, setError] = useState<Error>();
  const last = useRef('');
  const read = async (list: Blob, name: string, charset?: Charset) => {
    const id = randomKey();
    last.current = id;
    try {
      const head = await readHead(list, charset);
      // Another one may have been chosen meanwhile.
      if (id === last.current) setChosen({ id, list, name, head });
      setError(undefined);
    } catch (cause) {
      // It was moved or changed on the disk.
      setError(cause instanceof Error ? cause : new Error(String(cause)));
    }
  };
  return {
    ...{ chosen, error },
    choose: (list, name) => void read(list, name),
    readAs: (charset) => {
      if (chosen !== undefined) void read(chosen.list, chosen.name, charset);
    },
  };
}
