/** Reads the three books of a run, each where it lies, and has them compared. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RefusedLine } from '../../src/core/people/recipient.ts';
import type { RequestResult } from '../../src/core/request.ts';
import type { Deeds } from './acts.ts';
import { compareBooks, type Verdicts } from './books.ts';
import type { Ground } from './ground.ts';
import type { LoadedList } from './load.ts';
import type { ChaosOptions } from './options.ts';
import type { PersonVerdicts } from './persons.ts';
import { compareReturned, type Returned } from './returned.ts';
import type { KeptAttempt, KeptRequest, Witness } from './witness.ts';

/** What the comparison came to, with the figures around it. */
export interface Reckoning extends Verdicts, PersonVerdicts {
  /** Absent where nothing comes back. */
  readonly returned?: Returned;
  /** Lines of all lists. */
  readonly lines: number;
  /** Rows of the ledger by state. */
  readonly counts: Readonly<Record<string, number>>;
  readonly refusedLines: number;
  /** POSTs that came to the server, and the most of them in one sliding second, over all numbers. */
  readonly posts: number;
  readonly worstSecond: number;
  /** Errors that processes logged, with how often; to be looked at, no failure by themselves. */
  readonly errors: readonly string[];
}

/** Reads and compares; nothing may be sending any more. */
export async function readBooks(p: {
  readonly options: ChaosOptions;
  readonly lists: readonly LoadedList[];
  readonly ground: Ground;
  readonly witness: Witness;
  readonly deeds: Deeds;
}): Promise<Reckoning> {
  const { ground, witness } = p;
  const exported: RequestResult[] = [];
  const refused: RefusedLine[] = [];
  const attempts: KeptAttempt[] = [];
  const requests: KeptRequest[] = [];
  for (const { id, list } of p.lists) {
    const before = (list[0]?.row ?? 1) - 1;
    const inRun = <T extends { readonly row: number }>(rows: readonly T[]) =>
      rows.map((row) => ({ ...row, row: row.row + before }));
    const read = async (...args: readonly string[]) =>
      (await ground.run(['export', id, ...args, '--format', 'ndjson'])).out;
    exported.push(...inRun(ndjson<RequestResult>(await read())));
    refused.push(...inRun(ndjson<RefusedLine>(await read('--refused'))));
    attempts.push(...inRun(await witness.attempts(id)));
    requests.push(...inRun(await witness.requests(id)));
  }
  const server = await ground.server.requests();
  const { rate } = await ground.server.stats();
  const list = p.lists.flatMap((loaded) => loaded.list);
  const verdicts = compareBooks({
    ...p.deeds,
    list,
    exported,
    refused,
    server,
    attempts,
    requests: new Map(requests.map((request) => [request.row, request])),
    numbers: ground.numbers.map(({ phoneNumberId }) => phoneNumberId),
    policy: p.options.policy,
  });
  const persons = p.options.webhooks
    ? await compareReturned({
        ground,
        witness,
        seed: p.options.seed,
        exported: withAnswers(exported, requests),
        server,
      })
    : { personsWrong: [], personsCompared: 0, personsLeftOut: 0 };
  const counts: Record<string, number> = {};
  for (const { status } of exported) counts[status] = (counts[status] ?? 0) + 1;
  return {
    ...verdicts,
    ...persons,
    counts,
    lines: list.length,
    refusedLines: refused.length,
    posts: server.length,
    worstSecond: Object.values(rate).reduce((sum, figure) => sum + figure.worstSecond, 0),
    errors: await loggedErrors(ground.dir),
  };
}

/** What people said to their requests stands in the rows, whatever the export shows of it. */
function withAnswers(
  exported: readonly RequestResult[],
  requests: readonly KeptRequest[],
): readonly RequestResult[] {
  const answers = new Map(requests.map(({ row, answer }) => [row, answer]));
  return exported.map((row) => ({ ...row, answer: answers.get(row.row) ?? null }));
}

/** pino's levels: 50 is error, 60 is fatal. */
async function loggedErrors(dir: string): Promise<readonly string[]> {
  const counts = new Map<string, number>();
  for (const file of (await readdir(dir)).filter((name) =>
    /^(sender|api|receiver).*\.log$/.test(name),
  )) {
    for (const line of (await readFile(join(dir, file), 'utf8')).split('\n')) {
      const error = /"level":(50|60|"error"|"fatal")/.test(line) ? ofLine(line) : undefined;
      if (error !== undefined) counts.set(error, (counts.get(error) ?? 0) + 1);
    }
  }
  return [...counts].map(([what, n]) => `${n} x ${what}`);
}

function ofLine(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } };
    return `${msg ?? ''}${err?.message === undefined ? '' : `: ${err.message}`}`;
  } catch {
    return line;
  }
}

function ndjson<T>(text: string): readonly T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
