/**
 * A list of any length, sent as it is read: `POST /v1/campaigns/import` in gzip. Some 100 kB of it are held, and its source is
 * read as fast as the ledger at the other end takes it.
 */
import { pipeline, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { given } from '../../core/given.ts';
import { ProblemError, problem } from '../../core/problem.ts';
import type { Enqueued } from '../answers.ts';
import type { EnqueueInput } from '../input.ts';
import { isPassing } from '../until-it-rests.ts';
import { enqueuedOf, type WireEnqueued } from './answers.ts';
import type { Line } from './line.ts';

const PIECE_CHARACTERS = 65_536;
// Lists are wordy: the cheapest level makes a fifth of them.
const LEVEL = 1;
const TRIES = 5;
const FIRST_MS = 500;

/** Hands a list over. One that can be read again (an array) is sent again where its key makes that safe. */
export async function upload(
  line: Line,
  input: EnqueueInput,
  p: { readonly sender: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<Enqueued> {
  const mayRepeat = Array.isArray(input.recipients) && input.idempotencyKey !== undefined;
  for (let tries = 1; ; tries += 1) {
    try {
      return enqueuedOf(await once(line, input, p));
    } catch (error) {
      p.signal?.throwIfAborted();
      if (!mayRepeat || tries === TRIES || !isPassing(error)) throw error;
      await sleep(FIRST_MS * 2 ** (tries - 1), undefined, given({ signal: p.signal }));
    }
  }
}

async function once(
  line: Line,
  { recipients, idempotencyKey, ...options }: EnqueueInput,
  p: { readonly sender: string | undefined; readonly signal: AbortSignal | undefined },
): Promise<WireEnqueued> {
  let broke: { readonly error: unknown } | undefined;
  const gzip = createGzip({ level: LEVEL });
  // Whichever end breaks off ends the other, and tells the source that nobody reads on.
  pipeline(
    Readable.from(
      linesOf(recipients, (error) => {
        broke = { error };
      }),
    ),
    gzip,
    () => {},
  );
  try {
    const response = await line.open({
      ...{ method: 'POST', path: '/v1/campaigns/import', missing: 'body/sender' },
      query: queryOf({ ...options, sender: options.sender ?? p.sender }),
      headers: { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
      body: gzip,
      idempotencyKey: asciiKey(idempotencyKey),
      signal: p.signal,
    });
    return (await response.json()) as WireEnqueued;
  } catch (error) {
    throw broke === undefined ? error : broke.error;
  } finally {
    gzip.destroy();
  }
}

/** A header holds no other characters. */
export function asciiKey(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x20-\x7e]{1,255}$/.test(key)) return key;
  const where = 'idempotencyKey';
  throw new ProblemError(
    problem('USAGE', `${where}: Expected 1 to 255 printable ASCII characters.`, {
      where,
      next: 'Over HTTP a key is a header, which holds no others.',
    }),
  );
}

async function* linesOf(
  recipients: EnqueueInput['recipients'],
  onBreak: (error: unknown) => void,
): AsyncGenerator<string, void> {
  let piece = '';
  try {
    for await (const one of recipients) {
      piece += `${JSON.stringify(one)}\n`;
      if (piece.length < PIECE_CHARACTERS) continue;
      yield piece;
      piece = '';
    }
  } catch (error) {
    onBreak(error);
    throw error;
  }
  if (piece !== '') yield piece;
}

/** The options by the names of the query, as texts. */
function queryOf(options: Omit<EnqueueInput, 'recipients' | 'idempotencyKey'>) {
  const { sender, startAt, expireAt, map, ignoreColumns, ...others } = options;
  return {
    ...others,
    sender: sender === undefined ? undefined : [sender].flat().join(','),
    startAt: instant(startAt),
    expireAt: instant(expireAt),
    map: map === undefined ? undefined : JSON.stringify(map),
    ignoreColumns:
      ignoreColumns === undefined || ignoreColumns === 'all'
        ? ignoreColumns
        : ignoreColumns.map((one) => `"${one.replaceAll('"', '""')}"`).join(','),
  };
}

/** A point in time as a text. */
export function instant(time: string | Date | undefined): string | undefined {
  return time instanceof Date ? time.toISOString() : time;
}
