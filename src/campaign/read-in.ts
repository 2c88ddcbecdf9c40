/**
 * The lines of a list into the ledger, in batches: while one is written the next one is read and made
 * ready, so that neither waits for the other. Memory holds two batches, however long the list is.
 */
import type { CampaignSpec } from '../core/campaign.ts';
import { chooseSender, type SenderShare } from '../core/pace/choose-sender.ts';
import type { ListLine, RefusedLine } from '../core/people/recipient.ts';
import { shortestSpelling } from '../core/people/spellings.ts';
import type { Clock, IntakeStore, ListTerms, Loading } from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { ok, type Result } from '../core/result.ts';

/** How far a load is. */
export interface LoadProgress {
  readonly lines: number;
  /** Lines that this load wrote as requests. */
  readonly added: number;
  readonly refused: number;
  /** Refused ones that are counted and not kept. */
  readonly unkept: number;
}

/** Refused lines of a list that are kept, and characters of them: a list of nothing else must not fill the database. */
const REFUSED_KEPT = 100_000;
const REFUSED_KEPT_CHARACTERS = 50_000_000;

/** A list under its hold, and whom its lines go to. */
export interface Reading {
  readonly batches: AsyncIterable<readonly ListLine[]>;
  readonly spec: Pick<CampaignSpec, 'senderId' | 'senderIds' | 'language'>;
  readonly terms: ListTerms;
  /** How people are shared out where the campaign has several senders; evenly without it. */
  readonly shares?: readonly SenderShare[];
  readonly onProgress?: (progress: LoadProgress) => void;
}

// A commit is a fifth of the work of so many lines; nothing gets faster with more.
const BATCH = 2_000;
// A batch of long texts is as small as one of short ones: two of them are in memory at once.
const BATCH_CHARACTERS = 100_000;
// A list that comes slowly keeps its hold, which lasts 15 s, by smaller batches.
const WRITE_EVERY_MS = 5_000;

/** Writes the list, one batch while the next one is read and made ready. */
export async function readIn(
  { intake, clock }: { readonly intake: IntakeStore; readonly clock: Clock },
  loading: Loading,
  p: Reading,
): Promise<Result<LoadProgress, Problem>> {
  const { terms } = p;
  const { language, senderId, senderIds = [senderId] } = p.spec;
  const shares = p.shares ?? senderIds.map((id) => ({ id, weight: 1 }));
  const progress = { lines: 0, added: 0, refused: 0, unkept: 0 };
  const kept = { lines: 0, characters: 0 };
  let unkept = 0;

  // No async function: it would keep the lines until they are written.
  function write(lines: readonly ListLine[]): Promise<Result<void, Problem>> {
    const counted = unkept;
    const n = lines.length + counted;
    unkept = 0;
    const batch = { ...loading, terms, senderIds, language, lines };
    return intake.addLines(batch).then((written) => {
      if (!written.ok) return written;
      progress.lines += n;
      progress.added += written.value.added;
      progress.refused += written.value.refused + counted;
      progress.unkept += counted;
      p.onProgress?.({ ...progress });
      return ok(undefined);
    });
  }

  let batch: ListLine[] = [];
  let characters = 0;
  let beganAt = clock.now();
  const writing: Promise<Result<void, Problem>>[] = [];

  function take(line: ListLine): void {
    if (line.kind === 'refused') {
      if (!isKept(line.refused)) {
        unkept += 1;
        return;
      }
      characters += lengthOf(line.refused);
    }
    batch.push(shares.length > 1 ? sharedOut(line, shares) : line);
    if (line.kind === 'refused') return;
    const { parameters } = line.recipient;
    for (const name in parameters) characters += parameters[name]?.length ?? 0;
  }
  function isKept(line: RefusedLine): boolean {
    kept.lines += 1;
    kept.characters += lengthOf(line);
    return kept.lines <= REFUSED_KEPT && kept.characters <= REFUSED_KEPT_CHARACTERS;
  }
  const isFull = () =>
    batch.length >= BATCH ||
    characters >= BATCH_CHARACTERS ||
    clock.now() - beganAt >= WRITE_EVERY_MS;

  /** Waits until so many batches at most are on their way. */
  async function drained(to: number): Promise<Result<void, Problem>> {
    while (writing.length > to) {
      const written = await (writing[0] as Promise<Result<void, Problem>>);
      void writing.shift();
      if (!written.ok) return written;
    }
    return ok(undefined);
  }
  async function handIn(): Promise<Result<void, Problem>> {
    const written = write(batch);
    // Looked at with the next batch; until then a failure is nobody's.
    written.catch(() => {});
    writing.push(written);
    batch = [];
    characters = 0;
    const before = await drained(1);
    beganAt = clock.now();
    return before;
  }

  try {
    for await (const lines of p.batches) {
      for (const line of lines) {
        take(line);
        if (!isFull()) continue;
        const before = await handIn();
        if (!before.ok) return before;
      }
    }
    if (batch.length + unkept > 0) {
      const before = await handIn();
      if (!before.ok) return before;
    }
    const last = await drained(0);
    return last.ok ? ok(progress) : last;
  } finally {
    // The hold is not let go while a batch is on its way.
    await Promise.allSettled(writing);
  }
}

function lengthOf({ value = '', column = '', message }: RefusedLine): number {
  return value.length + column.length + message.length;
}

function sharedOut(line: ListLine, shares: readonly SenderShare[]): ListLine {
  if (line.kind !== 'recipient') return line;
  // All spellings of a number go to one sender: its allowance is counted for each sender.
  const senderId = chooseSender(shortestSpelling(line.recipient.to), shares);
  return { kind: 'recipient', recipient: { ...line.recipient, senderId } };
}
