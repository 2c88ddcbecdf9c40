/**
 * A job of the intake queue into the ledger: checked, written once, answered. A job may be begun twice, after a crash or
 * a lost lock, and the second time finds what the first one wrote: what it is bound to is its key in the ledger.
 */
import { createHash } from 'node:crypto';
import { INTAKE_JOB } from '../core/intake-queue.ts';
import type { IntakeEnd, IntakeJob } from '../core/ports/index.ts';
import {
  InfrastructureError,
  PROBLEMS,
  type Problem,
  ProblemError,
  problem,
} from '../core/problem.ts';
import { err, type Result } from '../core/result.ts';
import { type IntakeAnswer, type IntakeJobData, readIntakeJob } from './intake-job.ts';
import { problemForPrograms } from './option-names.ts';
import { type MadeRequest, makeRequest, type RequestTarget } from './request-one.ts';

/** Between two tries: a second, and twice as long each time, up to a minute. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** What is out of reach for so long is told to who added the job: it fails, and can be retried by hand. */
const PATIENCE_MS = 24 * 3_600_000;
/** An idempotency key has 255 characters at most. */
const KEY_LIMIT = 255;

/** What a job is bound to. */
interface Key {
  readonly kind: 'idempotencyKey' | 'reference' | 'job id';
  readonly text: string;
}

/** Takes one job. Throws only what is a bug. */
export async function takeIntakeJob(
  target: RequestTarget,
  job: IntakeJob,
  now: number = Date.now(),
): Promise<IntakeEnd> {
  if (job.name !== INTAKE_JOB)
    return refused(
      problem('USAGE', 'There is no job of this name here.', {
        where: 'name',
        next: `Name it ${INTAKE_JOB}.`,
      }),
    );
  const read = readIntakeJob(job.data);
  if (!read.ok) return refused(read.error);
  const key = keyOf(job, read.value);
  const made = await make(target, read.value, key);
  if (made.ok) {
    const { id, created, state, warnings } = made.value;
    const answer = { id, created, state, warnings } satisfies IntakeAnswer;
    return { kind: 'done', answer };
  }
  const { code } = made.error;
  const told = code === 'IDEMPOTENCY_MISMATCH' ? mismatch(key) : problemForPrograms(made.error);
  // Settings, Meta or the database are at fault, not the job: it is as good as before.
  if (PROBLEMS[code].http < 500 || now - job.addedAt > PATIENCE_MS) return refused(told);
  return { kind: 'later', waitMs: waitOf(job.starts), reason: reasonOf(told) };
}

/** The key in the ledger. A reference is in it as it is, so that who is forgotten is not found by it. */
export function keyOf(job: Pick<IntakeJob, 'id' | 'addedAt'>, data: IntakeJobData): Key {
  const { idempotencyKey, reference } = data;
  if (idempotencyKey !== undefined) return { kind: 'idempotencyKey', text: idempotencyKey };
  if (reference !== undefined && String(reference).trim() !== '')
    return { kind: 'reference', text: fitting(`intake reference ${reference}`) };
  // BullMQ counts its own ids from 1, and again from 1 once its data is lost; an id of the adder's is no such number.
  const isCounted = /^\d+$/.test(job.id);
  const text = isCounted ? `${job.id} of ${job.addedAt}` : job.id;
  return { kind: 'job id', text: fitting(`intake job ${text}`) };
}

async function make(
  target: RequestTarget,
  { to, user_id, ...data }: IntakeJobData,
  key: Key,
): Promise<Result<MadeRequest, Problem>> {
  const whom = to ?? user_id ?? '';
  try {
    return await makeRequest(target, { ...data, to: whom, idempotencyKey: key.text });
  } catch (error) {
    if (error instanceof ProblemError) return err(error.problem);
    if (error instanceof InfrastructureError) return err(outOfReach(error));
    throw error;
  }
}

function outOfReach({ service }: InfrastructureError): Problem {
  return service === 'graph'
    ? problem('GRAPH_UNREACHABLE', 'The Graph API does not answer.')
    : problem('DATABASE_UNREACHABLE', 'The database does not answer.');
}

/** The key may hold a number, so it is not said. */
function mismatch({ kind }: Key): Problem {
  return problem('IDEMPOTENCY_MISMATCH', `This ${kind} belongs to another request.`, {
    where: kind,
    next: `Take another ${kind} for another request, or repeat the first one unchanged.`,
  });
}

function refused(p: Problem): IntakeEnd {
  return { kind: 'refused', reason: reasonOf(p) };
}

/** For programs the code stands first, for people the rest. */
function reasonOf({ code, message, next }: Problem): string {
  return [`${code}: ${message}`, ...(next === undefined ? [] : [next])].join(' ');
}

function waitOf(starts: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(starts - 1, 10));
}

function fitting(key: string): string {
  if (key.length <= KEY_LIMIT && !/[\p{Cc}\p{Cs}]/u.test(key)) return key;
  return `intake sha256 ${createHash('sha256').update(key).digest('hex')}`;
}
