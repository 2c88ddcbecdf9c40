/** Puts a whole list of people on the opt-out list. The file goes up as it is, in whatever encoding: it is read there. */
import { Button, Input, List, Modal, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useId, useState } from 'react';
import { BASE, errorOf, type Schema, unreachable } from '../../api/client.ts';
import { csrfToken } from '../../api/session-token.ts';
import { asNumber } from '../../format.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';

type Taken = Schema<'TakenSuppressions'>;

/** Of refused lines so many are named. */
const MOST_NAMED = 20;

/** The button and its dialog. */
export function ImportOptOuts() {
  const [isOpen, setIsOpen] = useState(false);
  const { optOuts } = texts;
  return (
    <>
      <Button variant="default" onClick={() => setIsOpen(true)}>
        {optOuts.import}
      </Button>
      <Modal
        opened={isOpen}
        onClose={() => setIsOpen(false)}
        title={optOuts.import}
        size="lg"
        closeButtonProps={{ 'aria-label': texts.app.close }}
      >
        {isOpen && <Import />}
      </Modal>
    </>
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
  const name = body instanceof File ? body.name : '';
  const type = /\.ndjson$/i.test(name)
    ? 'application/x-ndjson'
    : /\.json$/i.test(name)
      ? 'application/json'
      : 'text/csv';
  const answer = await fetch(`${BASE}/v1/suppressions/import`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': type, 'x-csrf-token': csrfToken() ?? '' },
    body,
  }).catch((cause: unknown) => Promise.reject(unreachable(cause)));
  if (!answer.ok) throw await errorOf(answer);
  return answer.json();
}
