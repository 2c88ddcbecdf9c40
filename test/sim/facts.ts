/**
 * What is known of a run from outside the code under test: read off the ledger's rows as they change, and
 * off the wire. The invariants are judged by it.
 */
import type { CampaignState } from '../../src/core/campaign.ts';
import { namesOf } from './model/people.ts';
import type { Row, Tables } from './model/tables.ts';
import type { Post } from './wire.ts';

/** How things stood when a claim was committed. */
export interface ClaimFact {
  readonly at: number;
  /** Begins with the name of the process. */
  readonly claimId: string;
  readonly campaign: CampaignState | undefined;
  readonly isSuppressed: boolean;
  /** A proof that the person was asked was in the ledger. */
  readonly isProven: boolean;
  /** All names of the person, as far as they were known. */
  readonly people: readonly string[];
}

/** The facts; all times are virtual ms. */
export interface Facts {
  /** By `<request>.<fence>`. */
  readonly claims: ReadonlyMap<string, ClaimFact>;
  /** When an operator last decided that a request is to be asked again. */
  readonly retriedAt: ReadonlyMap<string, number>;
  /** An operator, or a check, found that a request had not gone out. */
  readonly clearedAt: ReadonlyMap<string, number>;
  /** Settled by an operator. */
  readonly settled: ReadonlySet<string>;
  readonly cancelledAt: ReadonlyMap<string, number>;
  /** By digits of a number, or wa_id. */
  readonly optedOutAt: ReadonlyMap<string, number>;
  /** A process was told that a template is closed, by `<worker> <sender> <template>`. */
  readonly toldClosed: Set<string>;
  /** POSTs whose allowance must be held, `<request>.<fence>`. */
  readonly owed: Set<string>;
  /** Looks at the ledger after a commit. */
  committed(name: string, proves: readonly string[]): void;
}

/** Begins to take note of facts. */
export function createFacts(p: {
  readonly tables: Tables;
  readonly now: () => number;
  readonly postsOf: (request: string) => readonly Post[];
}): Facts {
  const { tables } = p;
  const claims = new Map<string, ClaimFact>();
  const retriedAt = new Map<string, number>();
  const clearedAt = new Map<string, number>();
  const settled = new Set<string>();
  const cancelledAt = new Map<string, number>();
  const optedOutAt = new Map<string, number>();
  const proven = new Set<string>();
  const toldClosed = new Set<string>();
  const owed = new Set<string>();

  function forget(request: string): void {
    for (const post of p.postsOf(request)) owed.delete(`${request}.${post.fence}`);
  }

  function changed(name: string, old: Row | undefined, row: Row): void {
    const at = p.now();
    if (row.state === 'sending' && row.fence !== old?.fence) {
      const people = namesOf(tables, row.to);
      claims.set(`${row.id}.${row.fence}`, {
        ...{ at, claimId: row.claimId ?? '', people },
        campaign: tables.campaigns.get(row.campaign)?.state,
        isSuppressed: people.some((person) => tables.suppressed.has(person)),
        isProven: proven.has(row.id),
      });
    }
    if (old === undefined) return;
    const isBack = row.state === 'pending' && old.state !== 'pending';
    if (name === 'retry' && isBack) {
      retriedAt.set(row.id, at);
      settled.delete(row.id);
      forget(row.id);
    }
    if (name === 'settle' && row.state !== old.state) {
      settled.add(row.id);
      if (row.state === 'rejected') forget(row.id);
    }
    if (
      name === 'recordCheck' &&
      old.state === 'uncertain' &&
      (isBack || row.state === 'cancelled')
    ) {
      clearedAt.set(row.id, at);
      forget(row.id);
    }
  }

  return {
    claims,
    retriedAt,
    clearedAt,
    settled,
    cancelledAt,
    optedOutAt,
    toldClosed,
    owed,
    committed(name, proves) {
      for (const [id, old] of tables.changes.rows) {
        const row = tables.rows.get(id);
        if (row !== undefined) changed(name, old, row);
      }
      for (const person of tables.suppressed)
        if (!optedOutAt.has(person)) optedOutAt.set(person, p.now());
      for (const request of proves) proven.add(request);
      if (tables.changes.campaigns)
        for (const { id, state } of tables.campaigns.values())
          if (state === 'cancelled' && !cancelledAt.has(id)) cancelledAt.set(id, p.now());
      if (name === 'reopen') toldClosed.clear();
    },
  };
}
