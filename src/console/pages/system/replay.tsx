/** Tells events again, from a time on. */
import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { asNumber } from '../../format.ts';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';

const DAY_MS = 86_400_000;

/** The button and its dialog. */
export function Replay() {
  const { system } = texts;
  return (
    <DialogButton label={system.replay} title={system.replayTitle}>
      {() => <Form />}
    </DialogButton>
  );
}

function Form() {
  const queries = useQueryClient();
  const [since, setSince] = useState(() => localTime(new Date(Date.now() - DAY_MS)));
  const replaying = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/v1/events/replay', { body: { since: new Date(since).toISOString() } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['events'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    replaying.mutate();
  };
  const { system } = texts;
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{system.replayHint}</Text>
        <TextInput
          label={system.replaySince}
          type="datetime-local"
          required
          withAsterisk={false}
          value={since}
          onChange={(event) => setSince(event.currentTarget.value)}
        />
        {replaying.error !== null && <ProblemAlert error={replaying.error} />}
        <Text aria-live="polite">
          {replaying.data !== undefined &&
            system.replayed(replaying.data.deliveries, asNumber(replaying.data.deliveries))}
        </Text>
        <Button type="submit" loading={replaying.isPending}>
          {system.replay}
        </Button>
      </Stack>
    </form>
  );
}

/** As the field has it: the reader's own time, without a zone. */
function localTime(at: Date): string {
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
