/**
 * Bytes to text. Bytes that are not of their encoding become U+FFFD, and any cell that holds one is
 * refused later (`core/template/parameter-text.ts`), so that one bad byte costs one line and is never sent.
 */
import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import { ProblemError, problem } from '../core/problem.ts';

/** Anything a list can be read from: a stream of bytes (or of strings, which are taken as UTF-8). */
export type ByteSource = AsyncIterable<Uint8Array | string>;

/** The text of a list, and the fingerprint of the bytes that were read so far. */
export interface ListText {
  readonly chunks: AsyncGenerator<string, void>;
  /** SHA-256 of the bytes read so far, in hex; of the whole list once `chunks` has ended. */
  sha256(): string;
}

/**
 * Reads bytes as UTF-8, or as UTF-16 where a byte order mark or the first letters say so.
 * @param charset what they are said to be in instead (a name of the WHATWG Encoding Standard)
 */
export function readText(source: ByteSource, name: string, charset?: string): ListText {
  const hash = createHash('sha256');
  return {
    chunks: decode(source, hash, { name, charset }),
    sha256: () => hash.copy().digest('hex'),
  };
}

interface Naming {
  readonly name: string;
  readonly charset: string | undefined;
}

async function* decode(
  source: ByteSource,
  hash: Hash,
  naming: Naming,
): AsyncGenerator<string, void> {
  let decoder: TextDecoder | undefined;
  let head = Buffer.alloc(0);
  let held = '';
  for await (const chunk of source) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    hash.update(bytes);
    if (decoder !== undefined) {
      for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
        if (at > 0) await setImmediate();
        const text = decoder.decode(bytes.subarray(at, at + SLICE_BYTES), { stream: true });
        held = held === '' ? text : held + text;
        if (held.length < LEAST_CHARACTERS && !/[\n\r]/.test(text)) continue;
        yield held;
        held = '';
      }
      continue;
    }
    head = Buffer.concat([head, bytes]);
    if (head.length < HEAD_BYTES) continue;
    decoder = decoderFor(head, naming);
    yield decoder.decode(head, { stream: true });
  }
  if (decoder === undefined) yield decoderFor(head, naming).decode(head);
  else yield held + decoder.decode();
}

/**
 * Read before others have their turn: some 200 lines, 2 ms. A chunk of 64 KiB is 15 ms, and twice in each batch
 * Postgres waited so long for an answer of this process: a quarter of the time that a list took.
 */
const SLICE_BYTES = 8_192;

/**
 * Fewer are held until a line ends: what is done for each piece of a long line that comes a byte at a time would else cost
 * its square.
 */
const LEAST_CHARACTERS = 1_024;

/** Enough for every mark below. */
const HEAD_BYTES = 4;

/** Files people take for lists, by their first bytes. */
const NOT_TEXT: readonly (readonly [readonly number[], string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'an Excel workbook or a zip archive'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook'],
  [[0x1f, 0x8b], 'compressed by gzip'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF'],
];

function decoderFor(head: Buffer, { name, charset }: Naming): TextDecoder {
  const found = encodingOf(head, name);
  const isMarked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  // What the bytes themselves say is believed more.
  if (charset === undefined || isMarked || found !== 'utf-8') return new TextDecoder(found);
  try {
    return new TextDecoder(charset.trim());
  } catch {
    throw new ProblemError(
      problem(
        'LIST_UNREADABLE',
        `The list "${name}" says that it is in "${charset}", which is no known encoding.`,
        {
          where: 'charset',
          next: 'Send it in UTF-8, or name the encoding as browsers do, like windows-1252.',
        },
      ),
    );
  }
}

function encodingOf(head: Buffer, name: string): 'utf-8' | 'utf-16le' | 'utf-16be' {
  for (const [bytes, what] of NOT_TEXT) {
    if (bytes.every((byte, i) => head[i] === byte)) throw notText(name, `is ${what}`);
  }
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  // No mark, but two letters of ASCII in two bytes each.
  if (a && b === 0 && c && d === 0) return 'utf-16le';
  if (a === 0 && b && c === 0 && d) return 'utf-16be';
  if (head.subarray(0, HEAD_BYTES).includes(0)) throw notText(name, 'holds binary data');
  return 'utf-8';
}

function notText(name: string, what: string): ProblemError {
  return new ProblemError(
    problem('LIST_UNREADABLE', `The list "${name}" ${what}, not text.`, {
      where: name,
      next: 'Save it as CSV (UTF-8) with a header line, or give NDJSON or a JSON array.',
    }),
  );
}
