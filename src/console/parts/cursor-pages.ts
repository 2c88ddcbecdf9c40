/**
 * A list of the API, one page at a time. Only the page that is shown is held, and the places of those before it: memory
 * stays flat, however long the list is.
 */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';

/** One page as the API answers it. */
export interface OnePage<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** The page that is shown, and the ways to the others. */
export interface CursorPages<Item> {
  readonly items: readonly Item[];
  /** Nothing has come yet. */
  readonly isFirstLoad: boolean;
  readonly error: Error | null;
  /** From 1 on. */
  readonly page: number;
  readonly toNext?: () => void;
  readonly toPrevious?: () => void;
  readonly retry: () => void;
}

/**
 * Looks at a list.
 *
 * @param p.key names the list with its filters; another one begins at its first page
 * @param p.load gives the page behind a place
 * @param p.everyMs looks again after so long
 * @param p.version of what is on it: the page that is shown is looked at again with another one
 */
export function useCursorPages<Item>(p: {
  readonly key: readonly unknown[];
  readonly load: (after: string | undefined, signal: AbortSignal) => Promise<OnePage<Item>>;
  readonly everyMs?: number;
  readonly version?: number;
}): CursorPages<Item> {
  const list = JSON.stringify(p.key);
  const [place, setPlace] = useState<{ list: string; before: readonly string[] }>({
    list,
    before: [],
  });
  const before = place.list === list ? place.before : [];
  const after = before.at(-1);
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery({
    queryKey: [...p.key, 'page', after ?? '', p.version ?? 0],
    queryFn: ({ signal }) => p.load(after, signal),
    placeholderData: (last, query) =>
      // Of the same list: the old page stays until the new one is there.
      JSON.stringify(query?.queryKey.slice(0, p.key.length)) === list
        ? keepPreviousData(last)
        : undefined,
    gcTime: 5_000,
    ...(p.everyMs === undefined ? {} : { refetchInterval: p.everyMs }),
  });
  const next = data?.next ?? null;
  const goOn = () => {
    // What is behind the page that is coming is not known yet.
    if (next !== null && !isPlaceholderData) setPlace({ list, before: [...before, next] });
  };
  return {
    items: data?.items ?? [],
    isFirstLoad: isPending,
    error,
    page: before.length + 1,
    retry: () => void refetch(),
    ...(next === null ? {} : { toNext: goOn }),
    ...(before.length === 0
      ? {}
      : { toPrevious: () => setPlace({ list, before: before.slice(0, -1) }) }),
  };
}
