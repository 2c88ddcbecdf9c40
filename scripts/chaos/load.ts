/**
 * How a list gets in. What goes wrong on the way is drawn: lists that break off under the key (killed,
 * stopped, cut), other people and other names on them, the right one killed while it is read, and two
 * lists under one key at the same moment. Which list was accepted in the end is told by exit codes.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../../src/cli/run/exit-code.ts';
import type { Random } from '../../src/simulator/prng.ts';
import type { Ground } from './ground.ts';
import { brokenJson, decoyCsv, type ListRow, type ListShape, makeList, toCsv } from './list.ts';
import { TEMPLATE } from './profile.ts';
import type { Witness } from './witness.ts';

/** What may go wrong with a list. */
export const LIST_TROUBLES = ['killed', 'cut-off', 'broken', 'raced'] as const;

/** One of {@link LIST_TROUBLES}. */
export type ListTrouble = (typeof LIST_TROUBLES)[number];

/** A list that is in. */
export interface LoadedList {
  /** Its campaign's. */
  readonly id: string;
  readonly list: readonly ListRow[];
}

/** What a load needs. */
export interface LoadSetup {
  readonly ground: Ground;
  readonly witness: Witness;
  readonly random: Random;
  /** Idempotency key. */
  readonly key: string;
  readonly people: number;
  readonly shape: ListShape;
  /** In this order; `raced` comes last. */
  readonly troubles: readonly ListTrouble[];
  /** Leaves the campaign a draft until the list is in and all else refused; else it starts with it. */
  readonly isDraft: boolean;
  readonly odd: (what: string) => void;
  readonly signal: AbortSignal;
}

/** Kills of `enqueue` fall into this time after its start: it reads by then. */
const ENQUEUE_MS = [400, 2_400] as const;
/** Longer than what `enqueue` writes at once, so that some of it is in the ledger. */
const DECOY_LINES = 2_500;
/** A list that does not end is broken off by then, also where nothing of it was written. */
const CUT_OFF_MS = 10_000;
/** The second loader of a campaign waits for up to 30 s. */
const STOP_LIMIT_MS = 40_000;
const TRIES = 20;
/** Refused so often in a row, a list will not be taken any more. */
const REFUSALS = 3;

/**
 * Draws what goes wrong with a list: everything, or one thing, or nothing. Of everything those lists
 * come first that must not be taken: the right one may be in before it is killed.
 */
export function drawListTroubles(random: Random, all: boolean): readonly ListTrouble[] {
  const drawn = Math.floor(random() * 6);
  if (!all) return LIST_TROUBLES.filter((_, i) => i === drawn);
  const foul: readonly ListTrouble[] = ['cut-off', 'broken'];
  return [...(drawn % 2 === 0 ? foul : foul.toReversed()), 'killed', 'raced'];
}

/** Loads a list, whatever goes wrong. */
export async function loadList(p: LoadSetup): Promise<LoadedList> {
  const right = makeList(p.people, p.shape);
  const path = await write(p, 'right.csv', toCsv(right));
  for (const trouble of p.troubles) {
    if (trouble === 'killed') await p.ground.run(enqueue(p, path), between(p.random, ENQUEUE_MS));
    else if (trouble === 'cut-off') await cutOff(p, right);
    else if (trouble === 'broken') await broken(p, right);
  }
  const loaded = p.troubles.includes('raced')
    ? await raced(p, path, right)
    : await accepted(p, [{ path, list: right }]);
  if (p.isDraft) await start(p, loaded.id);
  return loaded;
}

async function raced(p: LoadSetup, path: string, right: readonly ListRow[]): Promise<LoadedList> {
  const shape = { ...p.shape, prefix: 'other ' };
  const other = makeList(Math.ceil(p.people * 0.9), shape);
  const otherPath = await write(p, 'other.csv', toCsv(other));
  return race(p, [
    { path, list: right },
    { path: otherPath, list: other },
  ]);
}

interface Candidate {
  readonly path: string;
  readonly list: readonly ListRow[];
}

/** A list of other people and other names that never ends; its reader is killed, or stopped. */
async function cutOff(p: LoadSetup, right: readonly ListRow[]): Promise<void> {
  const before = await p.witness.rowsUnder(p.key);
  const child = p.ground.start(enqueue(p, '-'), decoyCsv(right, DECOY_LINES));
  const deadline = performance.now() + CUT_OFF_MS;
  while (performance.now() < deadline && (await p.witness.rowsUnder(p.key)) === before)
    await sleep(50);
  if (p.random() < 0.5) child.kill('SIGTERM');
  else child.kill('SIGKILL');
  const timer = setTimeout(() => {
    p.odd(`enqueue did not stop within ${STOP_LIMIT_MS} ms`);
    child.kill('SIGKILL');
  }, STOP_LIMIT_MS);
  await child.exited;
  clearTimeout(timer);
}

/** A list that is cut off, and refused whole for it. */
async function broken(p: LoadSetup, right: readonly ListRow[]): Promise<void> {
  const path = await write(p, 'broken.json', brokenJson(right, DECOY_LINES));
  const { code } = await p.ground.run([...enqueue(p, path), '--format', 'json', '--strict']);
  if (code === EXIT.done || code === EXIT.someLeft) p.odd('a list that breaks off was taken');
}

/** Two at once: one is taken, the other must be refused, then and ever after. */
async function race(
  p: LoadSetup,
  candidates: readonly [Candidate, Candidate],
): Promise<LoadedList> {
  const ends = await Promise.all(candidates.map(({ path }) => p.ground.run(enqueue(p, path))));
  const isTaken = ({ code }: { code: number | null }) =>
    code === EXIT.done || code === EXIT.someLeft;
  const taken = candidates.filter((_, i) => isTaken(ends[i] ?? { code: null }));
  if (taken.length === 2) p.odd('two lists were taken under one key');
  const winner = await accepted(p, taken.length > 0 ? taken : candidates);
  const loser = candidates.find(({ list }) => list !== winner.list);
  const again = await p.ground.run(enqueue(p, loser?.path ?? ''));
  if (isTaken(again)) p.odd('another list was taken under the key of one that is in');
  return winner;
}

/** Tries the candidates until one is in: that of the first exit code that says so. */
async function accepted(p: LoadSetup, candidates: readonly Candidate[]): Promise<LoadedList> {
  let latest = '';
  let refusals = 0;
  for (let attempt = 0; attempt < TRIES && refusals < REFUSALS; attempt += 1) {
    let isRefused = true;
    for (const { path, list } of candidates) {
      p.signal.throwIfAborted();
      const { code, out } = await p.ground.run(enqueue(p, path));
      isRefused &&= code === EXIT.wrong;
      latest = `${code}: ${out.trim().split('\n').at(-1) ?? ''}`;
      if (code === EXIT.done || code === EXIT.someLeft)
        return { id: (JSON.parse(latest.slice(3)) as { id: string }).id, list };
    }
    refusals = isRefused ? refusals + 1 : 0;
    await sleep(500);
  }
  throw new Error(`no list was taken under ${p.key}; enqueue ended with ${latest}`);
}

async function start(p: LoadSetup, id: string): Promise<void> {
  for (
    let attempt = 1;
    (await p.ground.run(['campaign', 'start', id])).code !== EXIT.done;
    attempt += 1
  )
    if (attempt === TRIES) throw new Error(`campaign ${id} does not start`);
}

function enqueue(p: LoadSetup, path: string): readonly string[] {
  const { name, language } = TEMPLATE;
  return [
    ...['enqueue', path, '--template', name, '--language', language],
    ...p.ground.numbers.flatMap(({ phoneNumberId }) => ['--sender', phoneNumberId]),
    ...['--idempotency-key', p.key],
    ...['--json', ...(p.isDraft ? ['--no-start'] : [])],
  ];
}

async function write(p: LoadSetup, name: string, text: string): Promise<string> {
  const path = join(p.ground.dir, `${p.key}-${name}`);
  await writeFile(path, text);
  return path;
}

function between(random: Random, [from, below]: readonly [number, number]): number {
  return Math.round(from + random() * (below - from));
}
