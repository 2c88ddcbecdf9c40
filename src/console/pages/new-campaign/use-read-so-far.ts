/**
 * What has been read of a list that is being sent. Until it is judged it is a campaign that loads, under a name of its own, by
 * which it is found in the ledger, whichever process reads it.
 */
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { totalOf } from '../../campaigns/shown.ts';
import type { RefusedLine } from '../campaign/refused-lines.tsx';

/** So much of it. */
export interface ReadSoFar {
  readonly lines: number;
  readonly refused: number;
  /** The first ones. */
  readonly refusedLines: readonly RefusedLine[];
}

const LOOK_MS = 700;
const SHOWN = 20;

/** Looks at it while it is read; `undefined` before something was. @param name which no other campaign has */
export function useReadSoFar(name: string): ReadSoFar | undefined {
  const { data } = useQuery({
    queryKey: ['read so far', name],
    queryFn: ({ signal }) => look(name, signal),
    refetchInterval: LOOK_MS,
    gcTime: 0,
    // It may just have been judged, and be gone.
    retry: false,
  });
  return data ?? undefined;
}

async function look(name: string, signal: AbortSignal): Promise<ReadSoFar | null> {
  const query = { name, limit: 1 };
  const { campaigns } = await dataOf(api.GET('/v1/campaigns', { params: { query }, signal }));
  const [found] = campaigns;
  if (found === undefined) return null;
  const { id, counts, refusedLines: refused } = found;
  const params = { path: { id }, query: { limit: SHOWN } };
  const shown =
    refused === 0
      ? []
      : (await dataOf(api.GET('/v1/campaigns/{id}/refused', { params, signal }))).refused;
  return { lines: totalOf(counts) + refused, refused, refusedLines: shown };
}
