/**
 * Whether each outcome that became uncertain had to. An answer that was never whole, a process that
 * died or froze while it held the claim, and a connection that said more than it was asked explain it;
 * an outage of the database does not, since answers that came are written when it is back.
 */
import type { RequestRecord } from '../../src/simulator/index.ts';
import type { Deeds } from './acts.ts';
import type { KeptAttempt } from './witness.ts';

/** An answer is written within this time, where the database takes it. */
const WRITTEN_MS = 5_000;
/** A mix-up spoils what is read on its connection within the time-out of a request. */
const SPOILT_MS = 4_000;

/** What explains an uncertain outcome; `undefined`: nothing does. */
export function explain(p: {
  readonly attempt: KeptAttempt;
  /** The POST of that claim, if it was ever written. */
  readonly post: RequestRecord | undefined;
  /** When connections had a second answer or somebody else's, in ms of the epoch. */
  readonly mixed: readonly number[];
  readonly deeds: Pick<Deeds, 'inFlight' | 'outages'>;
}): string | undefined {
  const { post, deeds } = p;
  if (post !== undefined && !isPlain(post)) return 'badly answered';
  const lostAt = deeds.inFlight.get(p.attempt.ref);
  if (post === undefined) return lostAt === undefined ? undefined : 'lost before it was written';
  const at = Date.parse(post.at);
  if (lostAt !== undefined && lostAt <= writtenBy(at, deeds)) return 'lost with its process';
  // A refusal is doubted for what its connection says after it, too.
  const after = p.attempt.outcome === 'doubted' ? SPOILT_MS : 0;
  if (p.mixed.some((mix) => mix - at <= after && at - mix <= SPOILT_MS))
    return 'on a connection that said too much';
  // A process that had no turn for so long on a busy machine has an answer before it that is too late.
  if (TIMED_OUT.test(p.attempt.detail ?? '')) return 'timed out beside its answer';
  return undefined;
}

/** Whether the client was given one whole answer, its own. */
export function isPlain(post: RequestRecord): boolean {
  return post.answered === 'json' && !post.faults.some((kind) => ODD.has(kind));
}

const TIMED_OUT = /^no answer within \d+ ms$/;
const ODD = new Set(['foreign-answer']);

/** By when an answer to a POST of `at` is written: outages that follow on one another put it off. */
function writtenBy(at: number, { outages }: Pick<Deeds, 'outages'>): number {
  let by = at + WRITTEN_MS;
  for (const { from, to } of [...outages].sort((a, b) => a.from - b.from))
    if (from <= by && to > at) by = Math.max(by, to + WRITTEN_MS);
  return by;
}
