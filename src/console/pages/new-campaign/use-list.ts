/** The list that somebody chose, with its beginning read. */
import { useRef, useState } from 'react';
import { withHeader } from '../../list/first-line.ts';
import { type Charset, type ListHead, readHead } from '../../list/read-head.ts';
import { randomKey } from '../../random-key.ts';
import { texts } from '../../texts.ts';

/** A list. */
export interface ChosenList {
  /** Another one with each choice, whatever page it was made on: what is known of one list is never told of another. */
  readonly id: string;
  readonly list: Blob;
  readonly name: string;
  readonly head: ListHead;
  /** Lines of ours above those of the file. */
  readonly added: number;
}

/** Chooses one, and how its letters are read. */
export function useList(): {
  readonly chosen: ChosenList | undefined;
  readonly error: Error | undefined;
  readonly choose: (list: Blob, name: string) => void;
  readonly readAs: (charset: Charset) => void;
  /** Its first line is a person, too. */
  readonly nameColumns: () => void;
} {
  const [chosen, setChosen] = useState<ChosenList>();
  const [error, setError] = useState<Error>();
  const last = useRef('');
  const read = async (list: Blob, name: string, charset?: Charset, added = 0) => {
    const id = randomKey();
    last.current = id;
    try {
      const head = await readHead(list, charset);
      // Another one may have been chosen meanwhile.
      if (id === last.current) setChosen({ id, list, name, head, added });
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
      if (chosen !== undefined) void read(chosen.list, chosen.name, charset, chosen.added);
    },
    nameColumns: () => {
      if (chosen === undefined) return;
      const { list, head, name } = chosen;
      const names = { numbers: 'to', nameOf: texts.newCampaign.columnAt };
      void withHeader(list, head, names).then((named) => read(named, name, head.charset, 1));
    },
  };
}
