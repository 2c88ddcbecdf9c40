/** A list is dropped, chosen or pasted; its first lines are shown as they were read. */
import { Alert, Button, Group, NativeSelect, Table, Text, Textarea } from '@mantine/core';
import { type DragEvent, useRef, useState } from 'react';
import { asNumber } from '../../format.ts';
import { beginsWithPerson } from '../../list/first-line.ts';
import { CHARSETS, type Charset, type ListHead } from '../../list/read-head.ts';
import { ReadingFields } from '../../list/reading-fields.tsx';
import { Section } from '../../parts/section.tsx';
import { texts } from '../../texts.ts';
import classes from './new-campaign.module.css';
import type { Settings } from './settings.ts';
import type { ChosenList } from './use-list.ts';

const KINDS = '.csv,.tsv,.txt,.ndjson,.jsonl,.json,text/csv,application/json';

/** The step. */
export function ListStep({
  chosen,
  onChoose,
  onCharset,
  onNameColumns,
  numbers,
  settings,
  onSettings,
}: {
  readonly chosen: ChosenList | undefined;
  readonly onChoose: (list: Blob, name: string) => void;
  readonly onCharset: (charset: Charset) => void;
  readonly onNameColumns: () => void;
  /** The column that was chosen for the numbers. */
  readonly numbers: string | undefined;
  readonly settings: Settings;
  readonly onSettings: (change: Partial<Settings>) => void;
}) {
  const text = texts.newCampaign;
  return (
    <Section title={text.list}>
      <DropZone onChoose={onChoose} />
      <Paste onChoose={onChoose} />
      {chosen !== undefined && (
        <>
          <Group align="flex-end" gap="sm">
            <Text fw={600}>
              {text.chosen(chosen.name, asNumber(Math.ceil(chosen.list.size / 1_024)))}
            </Text>
            <NativeSelect
              label={text.charset}
              value={chosen.head.charset}
              data={CHARSETS.map((value) => ({ value, label: text.charsets[value] }))}
              onChange={({ currentTarget: { value } }) => onCharset(value as Charset)}
            />
          </Group>
          <FirstLines head={chosen.head} />
          {beginsWithPerson(chosen.head, numbers) && (
            <Alert color="orange" title={text.firstIsPerson} role="alert">
              <Text size="sm">{text.firstIsPersonNext}</Text>
              <Button size="xs" mt="xs" onClick={onNameColumns}>
                {text.nameColumns}
              </Button>
            </Alert>
          )}
          <Group align="flex-start" gap="sm">
            <ReadingFields settings={settings} onChange={onSettings} />
          </Group>
        </>
      )}
    </Section>
  );
}

function DropZone({ onChoose }: { readonly onChoose: (list: Blob, name: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  const text = texts.newCampaign;
  const take = (file: File | undefined) => {
    if (file !== undefined) onChoose(file, file.name);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <section
      aria-label={text.drop}
      className={classes.drop}
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={drop}
    >
      <Text>{text.drop}</Text>
      <Button variant="default" onClick={() => input.current?.click()}>
        {text.choose}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept={KINDS}
        aria-label={text.choose}
        onChange={({ currentTarget }) => {
          take(currentTarget.files?.[0]);
          // The same file once more is a change, too.
          currentTarget.value = '';
        }}
      />
      <Text size="sm" c="dimmed">
        {text.kinds}
      </Text>
    </section>
  );
}

function Paste({ onChoose }: { readonly onChoose: (list: Blob, name: string) => void }) {
  const [typed, setTyped] = useState('');
  const text = texts.newCampaign;
  return (
    <details>
      <summary>{text.paste}</summary>
      <Textarea
        label={text.pasteLabel}
        placeholder={text.pasteExample}
        rows={6}
        spellCheck={false}
        value={typed}
        onChange={({ currentTarget: { value } }) => setTyped(value)}
      />
      <Button
        mt="xs"
        variant="default"
        disabled={typed.trim() === ''}
        onClick={() => onChoose(new Blob([typed]), text.pasted)}
      >
        {text.usePasted}
      </Button>
    </details>
  );
}

function FirstLines({ head: { columns, lines } }: { readonly head: ListHead }) {
  const text = texts.newCampaign;
  if (columns.length === 0) return <Alert color="red">{text.noColumns}</Alert>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
    <section className={`scrolls ${classes.lines}`} aria-label={text.firstLines} tabIndex={0}>
      <Table aria-label={text.firstLines} withColumnBorders>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name, i) => (
              <Table.Th key={`${i} ${name}`}>{name}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((cells, row) => (
            <Table.Tr key={`${row} ${cells.join()}`}>
              {columns.map((name, i) => (
                <Table.Td key={`${i} ${name}`}>{cells[i]}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
