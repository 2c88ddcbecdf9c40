/** All uncertain outcomes of a run: each is explained, or was resolved by its own answer, or is wrong. */
import type { RequestResult } from '../../src/core/request.ts';
import type { RequestRecord } from '../../src/simulator/index.ts';
import type { Books, Verdicts } from './books.ts';
import { explain, isPlain } from './explain.ts';

/** `doubted`: a refusal that was recorded, and may have been another request's. */
const UNCERTAIN = new Set(['uncertain', 'doubted']);
/** An unwritten claim is given back within this time, where the database takes it; a connection that died counts to it. */
const GIVEN_BACK_MS = 5_000;
const MIXES = new Set(['second-answer', 'foreign-answer']);

/** Weighs them. */
export function weighUncertain(books: Books): {
  readonly wrong: readonly string[];
  readonly figures: Pick<
    Verdicts,
    'everUncertain' | 'resolved' | 'faulted' | 'poisoned' | 'explained'
  >;
} {
  const byRow = new Map(books.exported.map((result) => [result.row, result]));
  const byRef = new Map(books.server.map((post) => [post.callbackData, post]));
  const mixed = books.server
    .filter((post) => post.faults.some((kind) => MIXES.has(kind)))
    .map((post) => Date.parse(post.at));
  const wrong: string[] = [];
  const explained: Record<string, number> = {};
  const seen = new Set<string>();
  const ever = new Set<number>();
  const lastFence = new Map<number, number>();
  /** What was recorded last of each attempt: a later one may have become uncertain for reasons of its own. */
  const lastWord = new Map(books.attempts.map(({ ref, outcome }) => [ref, outcome]));
  for (const { row, ref } of books.attempts)
    lastFence.set(row, Math.max(lastFence.get(row) ?? 0, fenceOf(ref)));
  for (const attempt of books.attempts) {
    if (!UNCERTAIN.has(attempt.outcome)) continue;
    ever.add(attempt.row);
    if (seen.has(attempt.ref)) continue;
    seen.add(attempt.ref);
    const post = byRef.get(attempt.ref);
    const result = byRow.get(attempt.row);
    // Asked again under a later fence, or not uncertain any more, whatever became of it since.
    const isOver =
      (lastFence.get(attempt.row) ?? 0) > fenceOf(attempt.ref) || result?.status !== 'uncertain';
    const why =
      explain({ attempt, post, mixed, deeds: books }) ??
      (isKept(post, result) ||
      (post?.outcome === 'refused' && lastWord.get(attempt.ref) === 'refused')
        ? 'its answer was written later'
        : undefined) ??
      (isOver && isGivenBack(attempt, post, result, books)
        ? 'given back after an outage'
        : undefined);
    explained[why ?? 'nothing'] = (explained[why ?? 'nothing'] ?? 0) + 1;
    if (why === undefined) wrong.push(unexplained(attempt, post));
  }
  for (const { row, status } of books.exported)
    if (status === 'uncertain' && !ever.has(row))
      wrong.push(`row ${row}: is uncertain, and no attempt says why`);
  return {
    wrong,
    figures: {
      everUncertain: ever.size,
      resolved: [...ever].filter((row) => byRow.get(row)?.status !== 'uncertain').length,
      faulted: books.server.filter((post) => !isPlain(post)).length,
      poisoned: books.server.filter((post) => post.faults.includes('poison')).length,
      explained,
    },
  };
}

/** Whether what the server said of this very POST is what the ledger says now. */
function isKept(post: RequestRecord | undefined, result: RequestResult | undefined): boolean {
  if (post === undefined || result === undefined) return false;
  if (post.outcome === 'refused') return result.status !== 'uncertain';
  const isOwn = result.wamid === post.wamid || post.faults.includes('poison');
  return result.status === 'accepted' && isOwn;
}

/**
 * Claims that are held and not written when the database goes away is given back when it is there again; a sweep may be
 * faster, and then the request is uncertain until its process has said so.
 */
function isGivenBack(
  { atMs }: Books['attempts'][number],
  post: RequestRecord | undefined,
  result: RequestResult | undefined,
  { outages }: Books,
): boolean {
  if (post !== undefined || result === undefined) return false;
  return outages.some(({ from, to }) => from <= atMs && atMs <= to + GIVEN_BACK_MS);
}

function fenceOf(ref: string): number {
  return Number(ref.split('.')[1]);
}

function unexplained(
  { row, ref, detail }: Books['attempts'][number],
  post: RequestRecord | undefined,
): string {
  const said =
    post === undefined
      ? 'it was never sent, and no process was lost with it'
      : `the server answered it (${post.code ?? post.outcome}) at ${post.at}, and no process was lost then`;
  return `row ${row} (${ref}): became uncertain (${detail}), but ${said}`;
}
