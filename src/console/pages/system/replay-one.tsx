/** Tells one event again, to those with whom it was given up. */
import { Button, Stack } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';

/** The button. The event is then among those that are still to be told. */
export function ReplayOne({ id }: { readonly id: string }) {
  const queries = useQueryClient();
  const replaying = useMutation({
    mutationFn: () => dataOf(api.POST('/v1/events/replay', { body: { event: id } })),
    onSettled: () =>
      Promise.all(
        [['events'], ['subscriptions']].map((queryKey) => queries.invalidateQueries({ queryKey })),
      ),
  });
  const { system } = texts;
  return (
    <Stack gap="xs" align="flex-start">
      <Button
        size="xs"
        variant="default"
        aria-label={system.replayOne(id)}
        loading={replaying.isPending}
        onClick={() => replaying.mutate()}
      >
        {system.replay}
      </Button>
      {replaying.error !== null && <ProblemAlert error={replaying.error} />}
    </Stack>
  );
}
