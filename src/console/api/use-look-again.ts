/** What was counted is looked at anew once the numbers beside it have moved: two parts of a page must not contradict each other for long. */
import { useEffect, useRef, useState } from 'react';

/** A look as the store of looks tells of it. */
interface Look {
  readonly dataUpdatedAt: number;
  readonly errorUpdatedAt: number;
  readonly isFetching: boolean;
  readonly refetch: () => unknown;
}

/**
 * Looks again where what it rests on is another than when it was asked.
 *
 * @param of what it rests on, as a text
 * @param restMs so long after a look the next one comes at the earliest; `false`: it is not looked at any more
 * @returns whether it is behind: what it rests on has moved since
 */
export function useLookAgain(look: Look, of: string, restMs: number | false): boolean {
  const { dataUpdatedAt, errorUpdatedAt, isFetching, refetch } = look;
  const lastAt = Math.max(dataUpdatedAt, errorUpdatedAt);
  const asked = useRef<string>(undefined);
  const wasFetching = useRef(false);
  const [told, setTold] = useState<string>();
  // By what it was when it was asked, not when it was answered: what moved in between may be missing in the answer.
  useEffect(() => {
    if (isFetching && !wasFetching.current) asked.current = of;
    if (!isFetching) setTold(asked.current);
    wasFetching.current = isFetching;
  }, [isFetching, of]);
  const isBehind = told !== of;
  useEffect(() => {
    if (restMs === false || !isBehind || isFetching || lastAt === 0) return;
    const timer = window.setTimeout(refetch, Math.max(0, lastAt + restMs - Date.now()));
    return () => window.clearTimeout(timer);
  }, [isBehind, isFetching, lastAt, restMs, refetch]);
  return isBehind;
}
