/**
 * What the ledger should do, as a small model in memory: states, fences, and whose allowance is held.
 * `properties.test.ts` drives it and the real statements by the same random steps.
 */
import type { ClaimRef, RecordEntry } from '../../src/core/ports/index.ts';
import type { RequestState } from '../../src/core/request.ts';
import { accepted, rejected, uncertain } from './support.ts';

/** One row of the model. */
export interface ModelRow {
  readonly request: string;
  readonly campaign: ModelCampaign;
  readonly row: number;
  readonly person: string;
  state: RequestState;
  fence: number;
  /** It may be fed now; a row that waits for its pair is not. */
  due: boolean;
  leaseEnded: boolean;
  /** Uncertain because its lease ended: then its holder may still say that nothing was sent. */
  swept: boolean;
  checkOpen: boolean;
  hasWamid: boolean;
}

/** One campaign of the model. */
export interface ModelCampaign {
  readonly id: string;
  state: 'running' | 'paused' | 'cancelled' | 'completed';
}

/** The outcomes a claim can have. */
export const OUTCOMES = [
  'accepted',
  'uncertain',
  'rejected',
  'retry',
  'pair-limit',
  'already-granted',
] as const;

/** How often one person may be asked while the model's time stands still. */
export const PAIR_LIMIT = 2;

/** The record of an outcome, as `react` would make it. */
export function entryOf(claim: ClaimRef, outcome: (typeof OUTCOMES)[number]): RecordEntry {
  switch (outcome) {
    case 'accepted':
      return accepted(claim);
    case 'uncertain':
      return uncertain(claim, 60_000);
    case 'rejected':
      return rejected(claim);
    case 'retry':
      return { ...rejected(claim, 131000), state: 'pending', delayMs: 0 };
    case 'pair-limit':
      return { ...rejected(claim, 138009), state: 'pending', delayMs: 0, giveBackAllowance: false };
    case 'already-granted':
      return { ...rejected(claim, 138017), state: 'already-granted', giveBackAllowance: false };
  }
}

/** The model: every method does what the statement of that name should do, and says what it should answer. */
export class LedgerModel {
  /** Reservations held, by person: `<request>.<fence>`. */
  readonly held = new Map<string, Set<string>>();
  /** People of whom a refusal told that they have granted for good. */
  readonly granted = new Set<string>();
  /** Rows of which an earlier claim was accepted while a later one was on its way. */
  readonly #proved = new Set<ModelRow>();
  readonly rows: readonly ModelRow[];
  readonly campaigns: readonly ModelCampaign[];

  constructor(rows: readonly ModelRow[]) {
    this.rows = rows;
    this.campaigns = [...new Set(rows.map((row) => row.campaign))];
    for (const row of rows) this.held.set(row.person, new Set());
  }

  feed(): readonly ModelRow[] {
    const fed = this.rows.filter(
      (row) => row.state === 'pending' && row.due && row.campaign.state === 'running',
    );
    for (const row of fed) Object.assign(row, { state: 'queued' });
    return fed;
  }

  claim(jobs: readonly ModelRow[], leaseEnded: boolean): readonly ModelRow[] {
    const people = new Set<string>();
    const claimed = jobs.filter((row) => {
      const open = row.state === 'queued' && row.campaign.state === 'running';
      if (!open || people.has(row.person) || this.granted.has(row.person)) return false;
      people.add(row.person);
      return this.#reservations(row).size < PAIR_LIMIT;
    });
    for (const row of claimed) {
      Object.assign(row, { state: 'sending', fence: row.fence + 1, leaseEnded });
      this.#reservations(row).add(token(row));
    }
    return claimed;
  }

  decideUnclaimed(jobs: readonly ModelRow[]): readonly string[] {
    return jobs.map((row) => {
      if (row.state !== 'queued') return 'not-queued';
      const paused = row.campaign.state !== 'running';
      if (!paused && this.granted.has(row.person)) return this.#skip(row);
      const full = this.#reservations(row).size >= PAIR_LIMIT;
      if (!paused && !full) return 'later';
      Object.assign(row, { state: 'pending', ...(paused ? {} : { due: false }) });
      return 'pending';
    });
  }

  record(row: ModelRow, fence: number, entry: RecordEntry): boolean {
    const isAcceptance = entry.outcome === 'accepted';
    if (isAcceptance && fence < row.fence) return this.#acceptOlder(row, fence);
    const applies =
      fence === row.fence &&
      (row.state === 'sending' ||
        (row.state === 'uncertain' && entry.outcome !== 'uncertain') ||
        (isAcceptance && !(row.state === 'accepted' && row.hasWamid)));
    if (!applies) return false;
    if (entry.giveBackAllowance) this.#reservations(row).delete(token(row));
    if (entry.state === 'already-granted') this.granted.add(row.person);
    if (isAcceptance) this.#accept(row, true);
    else if (entry.state === 'pending') this.#putBack(row);
    else
      this.#move(row, {
        state: entry.state,
        checkOpen: entry.state === 'uncertain',
        swept: false,
      });
    return true;
  }

  sweep(): void {
    for (const row of this.rows)
      if (row.state === 'sending' && row.leaseEnded)
        this.#move(row, { state: 'uncertain', swept: true, checkOpen: true });
  }

  release(row: ModelRow, fence: number): void {
    const mine = row.state === 'sending' || (row.state === 'uncertain' && row.swept);
    if (fence !== row.fence || !mine) return;
    this.#reservations(row).delete(token(row));
    this.#putBack(row, row.due);
  }

  recordCheck(row: ModelRow, fence: number, found: 'accepted' | 'pending' | 'uncertain'): boolean {
    if (fence !== row.fence || row.state !== 'uncertain') return false;
    if (found === 'accepted') this.#accept(row, false);
    else if (found === 'uncertain') row.checkOpen = false;
    else {
      this.#reservations(row).delete(token(row));
      this.#putBack(row);
    }
    return true;
  }

  status(row: ModelRow, fence: number): boolean {
    if (fence < row.fence) {
      this.#acceptOlder(row, fence);
      return row.state === 'accepted';
    }
    this.#accept(row, true);
    return true;
  }

  settle(row: ModelRow, as: 'accepted' | 'rejected'): boolean {
    if (row.state !== 'uncertain') return false;
    if (as === 'accepted') this.#accept(row, false);
    else {
      this.#reservations(row).delete(token(row));
      this.#move(row, { state: 'rejected', checkOpen: false });
    }
    return true;
  }

  retry(campaign: ModelCampaign): number {
    const chosen = this.rows.filter(
      (row) => row.campaign === campaign && (row.state === 'uncertain' || row.state === 'rejected'),
    );
    for (const row of chosen) {
      this.#reservations(row).delete(token(row));
      Object.assign(row, { state: 'pending', due: true, checkOpen: false, swept: false });
    }
    if (chosen.length > 0 && campaign.state === 'completed') campaign.state = 'running';
    return chosen.length;
  }

  cancel(campaign: ModelCampaign): void {
    campaign.state = 'cancelled';
    for (const row of this.rows)
      if (row.campaign === campaign && (row.state === 'pending' || row.state === 'queued'))
        row.state = 'cancelled';
  }

  complete(): readonly string[] {
    const done = this.campaigns.filter(
      (campaign) =>
        campaign.state === 'running' &&
        this.rows.every(
          (row) =>
            row.campaign !== campaign ||
            !(
              ['pending', 'queued', 'sending'].includes(row.state) ||
              (row.state === 'uncertain' && row.checkOpen)
            ),
        ),
    );
    for (const campaign of done) campaign.state = 'completed';
    return done.map((campaign) => campaign.id);
  }

  #skip(row: ModelRow): 'skipped' {
    row.state = 'skipped';
    return 'skipped';
  }

  #reservations(row: ModelRow): Set<string> {
    return this.held.get(row.person) as Set<string>;
  }

  /** Meta took an earlier claim: the person was asked, though a later claim may be on its way. */
  #acceptOlder(row: ModelRow, fence: number): boolean {
    const known = row.state === 'accepted' && row.hasWamid;
    if (fence === 0 || known) return false;
    this.#reservations(row).add(`${row.request}.${fence}`);
    row.hasWamid = true;
    if (row.state === 'sending') {
      this.#proved.add(row);
      return false;
    }
    Object.assign(row, { state: 'accepted', checkOpen: false, swept: false });
    return true;
  }

  /** Moves a row; one that was proved to be accepted is not asked again, whatever is said of its later claim. */
  #move(row: ModelRow, to: Partial<ModelRow>): void {
    Object.assign(
      row,
      to,
      this.#proved.has(row) ? { state: 'accepted', checkOpen: false, swept: false } : {},
    );
  }

  #accept(row: ModelRow, hasWamid: boolean): void {
    // Whatever was given back meanwhile is used after all.
    if (row.fence > 0) this.#reservations(row).add(token(row));
    Object.assign(row, {
      state: 'accepted',
      checkOpen: false,
      swept: false,
      hasWamid: row.hasWamid || hasWamid,
    });
  }

  #putBack(row: ModelRow, due = true): void {
    const state = row.campaign.state === 'cancelled' ? 'cancelled' : 'pending';
    this.#move(row, { state, due, checkOpen: false, swept: false });
  }
}

function token(row: ModelRow): string {
  return `${row.request}.${row.fence}`;
}
