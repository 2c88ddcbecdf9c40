/** Puts one person on the opt-out list. */
import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { type Reading, readingQuery } from '../../list/reading.ts';
import { ReadingFields } from '../../list/reading-fields.tsx';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { inWordsOfPage } from '../../words-of-page.ts';

/** The button and its dialog. */
export function AddOptOut() {
  return <DialogButton label={texts.optOuts.add}>{() => <Add />}</DialogButton>;
}

function Add() {
  const queries = useQueryClient();
  const [to, setTo] = useState('');
  const [reason, setReason] = useState('');
  const [reading, setReading] = useState<Reading>({ defaultCountry: '', numbers: '' });
  const adding = useMutation({
    mutationFn: () => {
      const why = reason.trim();
      const path = { to: to.trim() };
      const body = why === '' ? {} : { reason: why };
      const query = readingQuery(reading);
      return dataOf(api.PUT('/v1/suppressions/{to}', { params: { path, query }, body }));
    },
    onSuccess: async () => {
      setTo('');
      await queries.invalidateQueries({ queryKey: ['opt-outs'] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    adding.mutate();
  };
  const { optOuts } = texts;
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label={optOuts.number}
          type="tel"
          required
          withAsterisk={false}
          maxLength={200}
          autoComplete="off"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <TextInput
          label={optOuts.reason}
          description={optOuts.reasonHint}
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        <ReadingFields
          settings={reading}
          onChange={(by) => setReading((before) => ({ ...before, ...by }))}
        />
        {adding.error !== null && <ProblemAlert error={inWordsOfPage(adding.error)} />}
        <Text aria-live="polite">
          {adding.data !== undefined &&
            `${adding.data.to}: ${adding.data.added ? optOuts.added : optOuts.known}`}
        </Text>
        <Button type="submit" loading={adding.isPending}>
          {optOuts.add}
        </Button>
      </Stack>
    </form>
  );
}
