/** Puts a whole list of people on the opt-out list. The file goes up as it is, with the encoding that it seems to be in. */
import { Button, Input, List, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { BASE, errorOf, type Schema, unreachable } from '../../api/client.ts';
import { csrfToken } from '../../api/session-token.ts';
import { asNumber } from '../../format.ts';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { readHead } from '../new-campaign/list/read-head.ts';

type Taken = Schema<'TakenSuppressions'>;

const TYPES = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
} as const;
/** Of refused lines so many are named. */
const MOST_NAMED = 20;

/** The button and its dialog. */
export function ImportOptOuts() {
  return (
    <DialogButton label={texts.optOuts.import} size="lg">
      {() => <Import />}
    </DialogButton>
  );
}

function Import() {
  const queries = useQueryClient();
  const id = useId();
  const [file, setFile] = useState<File>();
  const [text, setText] = useState('');
  const taking = useMutation({
    mutationFn: () => upload(file ?? new Blob([text], { type: 'text/csv;charset=utf-8' })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['opt-outs'] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    taking.mutate();
  };
  const { optOuts } = texts;
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">{optOuts.importHint}</Text>
        <Input.Wrapper id={id} label={optOuts.file}>
          <Input
            id={id}
            type="file"
            accept=".csv,.txt,.ndjson,.json,text/csv,text/plain"
            onChange={(event) => setFile(event.currentTarget.files?.[0])}
          />
        </Input.Wrapper>
        {file === undefined && (
          <Textarea
            label={optOuts.paste}
            rows={5}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {taking.error !== null && <ProblemAlert error={taking.error} />}
        <div aria-live="polite">{taking.data !== undefined && <Result taken={taking.data} />}</div>
        <Button
          type="submit"
          loading={taking.isPending}
          disabled={file === undefined && text.trim() === ''}
        >
          {optOuts.send}
        </Button>
      </Stack>
    </form>
  );
}

function Result({ taken }: { readonly taken: Taken }) {
  const { added, known, refused, refusedLines } = taken;
  return (
    <>
      <Text>{texts.optOuts.taken(asNumber(added), asNumber(known), asNumber(refused))}</Text>
      <List size="sm">
        {refusedLines.slice(0, MOST_NAMED).map(({ row, message }) => (
          <List.Item key={row}>{texts.optOuts.refusedLine(row, message)}</List.Item>
        ))}
      </List>
    </>
  );
}

async function upload(body: Blob): Promise<Taken> {
  const { format, charset } = await readHead(body);
  const answer = await fetch(`${BASE}/v1/suppressions/import`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': `${TYPES[format]}; charset=${charset}`,
      'x-csrf-token': csrfToken() ?? '',
    },
    body,
  }).catch((cause: unknown) => Promise.reject(unreachable(cause)));
  if (!answer.ok) throw await errorOf(answer);
  return answer.json();
}
