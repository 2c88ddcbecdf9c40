/**
 * The book on disk, for runs in which the simulator itself may die. A line is written synchronously
 * before the answer goes out: about 5 us, and after `kill -9` the kernel still has every line, so
 * nothing a client heard of is missing from it.
 */
import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { RequestRecord } from './record.ts';

/** An append-only NDJSON file of records. */
export interface RecordFile {
  append(record: RequestRecord): void;
  /** Marks a `POST /_sim/reset`: what stands before it is not restored. */
  mark(): void;
  close(): void;
}

/** Opens (or makes) the file at `path`. */
export function openRecordFile(path: string): RecordFile {
  const file = openSync(path, 'a');
  return {
    append: (record) => {
      writeSync(file, `${JSON.stringify(record)}\n`);
    },
    mark: () => {
      writeSync(file, '{"reset":true}\n');
    },
    close: () => closeSync(file),
  };
}

/** The records since the last reset; half a last line, left by a crash of the machine, is skipped. */
export function readRecordFile(path: string): readonly RequestRecord[] {
  if (!existsSync(path)) return [];
  let records: RequestRecord[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const entry = parseLine(line);
    if (entry === undefined) continue;
    if ('reset' in entry) records = [];
    else records.push(entry);
  }
  return records;
}

function parseLine(line: string): RequestRecord | { readonly reset: true } | undefined {
  if (line === '') return undefined;
  try {
    return JSON.parse(line) as RequestRecord | { readonly reset: true };
  } catch {
    return undefined;
  }
}
