/**
 * What is known of a run from outside the code under test: read off the ledger's rows as they change, and
 * off the wire. The invariants are judged by it.
 */
import type { CampaignState } from '../../src/core/campaign.ts';
import { namesOf } from './model/change-state.ts';
import type { Row, Tables } from './model/tables.ts';
import type { Post } from './wire.ts';

/** How things stood when a claim was committed. */
export interface ClaimFact {
  readonly at: number;
  readonly worker: string;
  readonly campaign: CampaignState | undefined;
  readonly isSuppressed: boolean;
  /** A proof that the person was asked was in the ledger. */
  readonly isProven: boolean;
}

/** The facts; all times are virtual ms. */
export interface Facts {
  /** By `<request>.<fence>`. */
  readonly claims: ReadonlyMap<string, ClaimFact>;
  /** An operator's last word that a request is to be asked again. */
  readonly retriedAt: ReadonlyMap<string, number>;
  /** An operator, or a check, found that a request had not gone out. */
  readonly clearedAt: ReadonlyMap<string, number>;
  /** Settled by an operator. */
  readonly settled: ReadonlySet<string>;
  readonly cancelledAt: ReadonlyMap<string, number>;
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
  const proven = new Set<string>();
  const toldClosed = new Set<string>();
  const owed = new Set<string>();
  let before = new Map<string, Row>();

  function forget(request: string): void {
    for (const post of p.postsOf(request)) owed.delete(`${request}.${post.fence}`);
  }

  function changed(name: string, old: Row | undefined, row: Row): void {
    const at = p.now();
    if (row.state === 'sending' && row.fence !== old?.fence)
      claims.set(`${row.id}.${row.fence}`, {
        at,
        worker: row.claimedBy ?? '',
        campaign: tables.campaigns.get(row.campaign)?.state,
        isSuppressed: namesOf(tables, row.to).some((person) => tables.suppressed.has(person)),
        isProven: proven.has(row.id),
      });
    if (old === undefined) return;
    if (row.epoch !== old.epoch) {
      retriedAt.set(row.id, at);
      settled.delete(row.id);
      forget(row.id);
    }
    if (name === 'settle' && row.state !== old.state) {
      settled.add(row.id);
      if (row.state === 'rejected') forget(row.id);
    }
    if (name === 'recordCheck' && old.state === 'uncertain' && row.state === 'pending') {
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
    toldClosed,
    owed,
    committed(name, proves) {
      for (const row of tables.rows.values()) {
        const old = before.get(row.id);
        if (old !== row) changed(name, old, row);
      }
      before = new Map(tables.rows);
      for (const request of proves) proven.add(request);
      for (const { id, state } of tables.campaigns.values())
        if (state === 'cancelled' && !cancelledAt.has(id)) cancelledAt.set(id, p.now());
      if (name === 'reopen') toldClosed.clear();
    },
  };
}
