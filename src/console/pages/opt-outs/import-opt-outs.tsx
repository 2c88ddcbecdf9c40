/** Puts a whole list of people on the opt-out list. The file goes up as it is, with the encoding that it seems to be in. */
import { Button, Input, List, NativeSelect, Stack, Text, Textarea } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useMemo, useState } from 'react';
import { ApiError, BASE, errorOf, type Schema, unreachable } from '../../api/client.ts';
import { csrfToken } from '../../api/session-token.ts';
import { asNumber } from '../../format.ts';
import { fileLinesOf } from '../../list/file-lines.ts';
import { beginsWithPerson, withHeader } from '../../list/first-line.ts';
import { guessMapping } from '../../list/mapping.ts';
import { type ListHead, readHead } from '../../list/read-head.ts';
import { type Reading, readingQuery } from '../../list/reading.ts';
import { ReadingFields } from '../../list/reading-fields.tsx';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { inWordsOfPage, wordsOfPage } from '../../words-of-page.ts';

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
  const [reading, setReading] = useState<Reading>({ defaultCountry: '', numbers: '' });
  const [column, setColumn] = useState<{ of: Blob; name: string }>();
  const list = useMemo(
    () => file ?? new Blob([text], { type: 'text/csv;charset=utf-8' }),
    [file, text],
  );
  const head = useHead(list);
  const numbers = column?.of === list ? column.name : head && numbersIn(head);
  const isColumnMissing =
    head !== undefined && hasColumns(head) && !numbers && !head.columns.some(isUserIds);
  const taking = useMutation({
    mutationFn: () => upload(list, { numbers, reading }),
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
        {head !== undefined && hasColumns(head) && (
          <NativeSelect
            label={optOuts.column}
            value={numbers ?? ''}
            data={[
              { value: '', label: texts.newCampaign.chooseColumn },
              ...new Set(head.columns.filter((name) => name !== '')),
            ]}
            onChange={(event) => setColumn({ of: list, name: event.currentTarget.value })}
          />
        )}
        <ReadingFields
          settings={reading}
          onChange={(by) => setReading((before) => ({ ...before, ...by }))}
        />
        {taking.error !== null && <ProblemAlert error={inWordsOfPage(taking.error)} />}
        <div aria-live="polite">
          {taking.data !== undefined && <Text>{takenText(taking.data)}</Text>}
          <Refused
            {...{ list, head }}
            refusedLines={taking.data?.refusedLines ?? refusedOf(taking.error)}
          />
        </div>
        <Button
          type="submit"
          loading={taking.isPending}
          disabled={(file === undefined && text.trim() === '') || isColumnMissing}
        >
          {optOuts.send}
        </Button>
      </Stack>
    </form>
  );
}

function Refused({
  list,
  head,
  refusedLines,
}: {
  readonly list: Blob;
  readonly head: ListHead | undefined;
  readonly refusedLines: Taken['refusedLines'];
}) {
  const [lines, setLines] = useState<ReadonlyMap<number, number>>(new Map());
  useEffect(() => {
    if (head === undefined) return;
    const rows = refusedLines.map(({ row }) => row);
    void fileLinesOf(list, head, rows, { hasHeader: hasColumns(head) }).then(setLines);
  }, [list, head, refusedLines]);
  return (
    <List size="sm">
      {refusedLines.slice(0, MOST_NAMED).map(({ row, message }) => {
        const line = lines.get(row);
        return (
          <List.Item key={row}>
            {line === undefined
              ? texts.optOuts.refusedRow(row, wordsOfPage(message))
              : texts.optOuts.refusedLine(line, wordsOfPage(message))}
          </List.Item>
        );
      })}
    </List>
  );
}

/** Of a list without a good line, too. */
function refusedOf(error: Error | null): Taken['refusedLines'] {
  const lines = error instanceof ApiError ? error.problem.refusedLines : undefined;
  return Array.isArray(lines) ? lines : NONE;
}

const NONE: Taken['refusedLines'] = [];

function takenText({ added, known, refused }: Taken): string {
  return texts.optOuts.taken(asNumber(added), asNumber(known), asNumber(refused));
}

/** The beginning of what is to be sent; `undefined` before it was read. */
function useHead(list: Blob): ListHead | undefined {
  const [head, setHead] = useState<{ of: Blob; head: ListHead }>();
  useEffect(() => {
    void readHead(list).then((read) => setHead({ of: list, head: read }));
  }, [list]);
  return head?.of === list ? head.head : undefined;
}

/** Numbers alone, or people without names of columns, are read as they stand. */
function hasColumns(head: ListHead): boolean {
  return head.columns.length > 0 && !beginsWithPerson(head);
}

/** Lists of Meta's ids of people have no numbers. */
function isUserIds(column: string): boolean {
  return column.toLowerCase() === 'user_id';
}

/** The column that probably holds the numbers. */
function numbersIn(head: ListHead): string | undefined {
  return hasColumns(head) ? guessMapping(head, []).to : undefined;
}

async function upload(
  list: Blob,
  p: { readonly numbers: string | undefined; readonly reading: Reading },
): Promise<Taken> {
  const head = await readHead(list);
  const { format, charset, columns } = head;
  const names = { numbers: 'to', nameOf: texts.newCampaign.columnAt };
  // Numbers alone the service reads itself.
  const isBare = beginsWithPerson(head) && columns.length > 1;
  const body = isBare ? await withHeader(list, head, names) : list;
  const isNamed = p.numbers !== undefined && p.numbers !== '' && p.numbers.toLowerCase() !== 'to';
  const query = new URLSearchParams({
    ...readingQuery(p.reading),
    ...(isNamed && hasColumns(head) ? { map: JSON.stringify({ [p.numbers ?? '']: 'to' }) } : {}),
  });
  const answer = await fetch(`${BASE}/v1/suppressions/import?${query}`, {
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
