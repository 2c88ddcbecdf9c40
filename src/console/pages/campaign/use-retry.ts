/** People of a campaign are asked again, by an operator's explicit word. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { allOf } from '../../api/campaign-queries.ts';
import { api, dataOf, type Schema } from '../../api/client.ts';

/** Whom. */
export type Retry = Schema<'Retry'>;

/** Asks them. */
export function useRetry(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Retry) =>
      dataOf(api.POST('/v1/campaigns/{id}/retry', { params: { path: { id } }, body })),
    onSettled: () => queries.invalidateQueries({ queryKey: allOf(id) }),
  });
}
