/**
 * Batches in hand: from their job to the last of their outcomes. A batch ends when nobody waits in it any more and each
 * of its claims is done with. What its job says of itself bounds what this process takes on, and nothing else.
 */
import type { BatchJob, BatchToClaim, ClaimedRequest, Clock, JobEnd } from '../core/ports/index.ts';
import { CampaignTurns } from './campaign-turns.ts';

/** A row that is unclaimed so long after its job was fetched goes back, ms: another process may have room for it. */
const CLAIMED_WITHIN_MS = 2_000;
/** A single request stays for so long where the next send time is near: it goes before all others, whoever has it. */
const SINGLE_WITHIN_MS = 10_000;
/** People who look at the queue are told how far a batch is so often at most, ms. */
const TELL_MS = 500;

/** One batch in hand. */
export interface HeldBatch {
  readonly job: BatchJob;
  /** Monotonic ms. */
  readonly takenAt: number;
  /** The turn of the campaigns in hand at which it came. */
  readonly since: number;
  /** Known from its first claim on. */
  campaignId: string | undefined;
  /** Nobody waits in it: all are claimed, decided or given back. */
  isDone: boolean;
  /** Its claims in hand. */
  open: number;
  /** How many came to which state. */
  readonly counts: Record<string, number>;
  /** Of those who were not accepted, not told yet. */
  readonly lines: string[];
  toldAt: number;
  readonly end: (counts: JobEnd) => void;
}

/** The batches of one dispatcher. */
export class Batches {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #onRoom: () => void;
  readonly #held = new Set<HeldBatch>();
  readonly #turns = new CampaignTurns();

  /** @param onRoom called when rows have left */
  constructor(clock: Pick<Clock, 'now'>, onRoom: () => void) {
    this.#clock = clock;
    this.#onRoom = onRoom;
  }

  /** Takes a batch in hand; resolves when it ends, with how many came to which state. */
  take(job: BatchJob): Promise<JobEnd> {
    return new Promise((end) => {
      this.#held.add(newBatch(job, { now: this.#clock.now(), since: this.#turns.least() }, end));
    });
  }

  /** Rows in hand, of campaigns or of single requests: as their jobs say, until the ledger knows better. */
  rows(single: boolean): number {
    let rows = 0;
    for (const batch of this.#held)
      if (batch.job.single === single)
        rows += batch.isDone ? batch.open : Math.max(batch.open, batch.job.size - ended(batch), 1);
    return rows;
  }

  /** Those in which somebody may wait. */
  waiting(): readonly HeldBatch[] {
    return [...this.#held].filter((batch) => !batch.isDone);
  }

  /**
   * Those that should have been claimed by now.
   * @param nextMs the next send time that was not given out, monotonic ms
   */
  overdue(nextMs: number): readonly HeldBatch[] {
    const now = this.#clock.now();
    const isNear = nextMs <= now + CLAIMED_WITHIN_MS;
    return this.waiting().filter(({ job, takenAt }) => {
      return now - takenAt >= (job.single && isNear ? SINGLE_WITHIN_MS : CLAIMED_WITHIN_MS);
    });
  }

  /** What to claim of, and how their campaigns take turns. */
  toClaim(): readonly BatchToClaim[] {
    this.#turns.keep(new Set([...this.#held].map(({ campaignId }) => campaignId)));
    const waiting = this.waiting();
    const unknown = waiting.filter(({ campaignId }) => campaignId === undefined);
    const least = Math.min(this.#turns.least(), ...unknown.map(({ since }) => since));
    return waiting.map(({ job: { batch }, campaignId }) => ({
      batch,
      served: this.#turns.served(campaignId, least),
    }));
  }

  /** The batch of a claim that is in hand from now on; one whose job has ended already ends nothing. */
  claimed(claim: ClaimedRequest): HeldBatch {
    const all = [...this.#held].filter(({ job }) => job.batch === claim.batch);
    const batch = all.find((one) => !one.isDone) ?? all[0] ?? jobless(claim, this.#clock.now());
    this.#turns.add(claim.campaignId, claim.weight, batch.since);
    batch.campaignId = claim.campaignId;
    batch.open += 1;
    return batch;
  }

  /**
   * One of its claims is done with.
   * @param line why it was not accepted, for people who look at the queue
   */
  settle(batch: HeldBatch, state: string, line?: string): void {
    batch.open -= 1;
    count(batch, state, 1);
    if (line !== undefined) batch.lines.push(line);
    this.#look(batch);
  }

  /** One of its rows came to a state without being claimed. */
  decided(number: number, state: string): void {
    const batch = [...this.#held].find(({ job }) => job.batch === number);
    if (batch !== undefined) count(batch, state, 1);
  }

  /** Nobody waits in these any more; gives those in which nobody ever did. */
  done(numbers: ReadonlySet<number>): readonly number[] {
    const empty: number[] = [];
    for (const batch of this.waiting()) {
      if (!numbers.has(batch.job.batch)) continue;
      batch.isDone = true;
      if (batch.open + ended(batch) === 0) empty.push(batch.job.batch);
      this.#look(batch);
    }
    return empty;
  }

  #look(batch: HeldBatch): void {
    const isOver = batch.isDone && batch.open === 0;
    this.#tell(batch, isOver);
    if (isOver && this.#held.delete(batch)) batch.end(batch.counts);
    this.#onRoom();
  }

  #tell(batch: HeldBatch, isOver: boolean): void {
    const now = this.#clock.now();
    const isNews = batch.lines.length > 0 || batch.toldAt > batch.takenAt;
    if (isOver ? !isNews : now - batch.toldAt < TELL_MS) return;
    batch.toldAt = now;
    const share = isOver ? 1 : Math.min(1, ended(batch) / batch.job.size);
    batch.job.tell(Math.round(100 * share), batch.lines.splice(0));
  }
}

function newBatch(
  job: BatchJob,
  { now, since }: { readonly now: number; readonly since: number },
  end: (counts: JobEnd) => void,
): HeldBatch {
  const nothing = { campaignId: undefined, isDone: false, open: 0 };
  return { job, takenAt: now, since, ...nothing, counts: {}, lines: [], toldAt: now, end };
}

/** For a claim that was answered after its job had ended: at a stop, or for a forged number. */
function jobless({ batch }: ClaimedRequest, now: number): HeldBatch {
  const job = { batch, size: 1, single: false, tell: () => undefined };
  return { ...newBatch(job, { now, since: 0 }, () => undefined), isDone: true };
}

function ended({ counts }: HeldBatch): number {
  return Object.values(counts).reduce((sum, n) => sum + n, 0);
}

function count({ counts }: HeldBatch, state: string, n: number): void {
  counts[state] = (counts[state] ?? 0) + n;
}
