/** Where refused rows stand in the file that was chosen. */
import { useEffect, useState } from 'react';
import { fileLinesOf } from '../../list/file-lines.ts';
import type { ChosenList } from './use-list.ts';

/** Lines by row, once they are known. */
export function useFileLines(
  { list, head, added }: ChosenList,
  refused: readonly { readonly row: number }[],
): ReadonlyMap<number, number> {
  const [found, setFound] = useState<ReadonlyMap<number, number>>(new Map());
  const rows = refused.map(({ row }) => row).join();
  useEffect(() => {
    let isCurrent = true;
    const wanted = rows === '' ? [] : rows.split(',').map(Number);
    // A file that cannot be read any more is told where it is sent.
    fileLinesOf(list, head, wanted, { added })
      .then((lines) => isCurrent && setFound(lines))
      .catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [list, head, added, rows]);
  return found;
}
