/**
 * A list of the API, one page at a time. Only the page that is shown is held, and the places of those before it: memory
 * stays flat, however long the list is. The place stands in the address (`after`), so that a page that is loaded again, or come
 * back to, is at the same place, and can be sent to somebody; the way to it stays with the browser's history.
 */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { given } from '../given.ts';

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
  /** From 1 on; not known of a place that somebody was sent to. */
  readonly page: number | undefined;
  readonly toNext?: () => void;
  /** Where the page is not known this is the way to the first one. */
  readonly toPrevious?: () => void;
  readonly retry: () => void;
}

/** The way to a page: the places of those before it, and its own. The browser keeps 50 of these at most. */
declare module '@tanstack/react-router' {
  interface HistoryState {
    readonly way?: readonly string[];
  }
}

/**
 * Looks at a list. Whoever shows another list at the same address, by a filter or a view, leaves `after` out.
 *
 * @param p.key names the list with its filters
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
  const { after } = useSearch({ strict: false });
  const { state } = useLocation();
  const navigate = useNavigate();
  const list = JSON.stringify(p.key);
  const known = after === undefined ? [] : (state.way ?? []);
  const way = known.at(-1) === after ? known : undefined;
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
  const go = (to: readonly string[]) =>
    void navigate({
      to: '.',
      search: ({ after: _, ...rest }) => ({ ...rest, ...given({ after: to.at(-1) }) }),
      state: { way: to },
      resetScroll: false,
    });
  const next = data?.next ?? null;
  const goOn = () => {
    // What is behind the page that is coming is not known yet.
    if (next !== null && !isPlaceholderData)
      go([...(way ?? (after === undefined ? [] : [after])), next]);
  };
  return {
    items: data?.items ?? [],
    isFirstLoad: isPending,
    error,
    page: way === undefined ? undefined : way.length + 1,
    retry: () => void refetch(),
    ...(next === null ? {} : { toNext: goOn }),
    ...(after === undefined ? {} : { toPrevious: () => go((way ?? []).slice(0, -1)) }),
  };
}
