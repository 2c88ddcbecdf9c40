/**
 * What the model of the ledger holds. Rows are never changed in place: a new one takes their place, so
 * that what a statement saw when it began is a copy of a few maps.
 */
import type { CampaignSpec, CampaignState, PauseReason } from '../../../src/core/campaign.ts';
import type { RequestState } from '../../../src/core/request.ts';

/** One request. Times are ms since the epoch, by the database's clock. */
export interface Row {
  readonly id: string;
  readonly campaign: string;
  readonly sender: string;
  readonly row: number;
  readonly to: string;
  readonly language: string;
  readonly words: Readonly<Record<string, string>>;
  readonly state: RequestState;
  readonly isDouble: boolean;
  readonly fence: number;
  readonly feed: number;
  readonly epoch: number;
  readonly attempts: number;
  readonly claimedBy: string | null;
  readonly claimId: string | null;
  readonly leaseUntil: number;
  readonly dueAt: number;
  readonly queuedAt: number;
  readonly checkAt: number | null;
  readonly checks: number;
  readonly reservedAt: number;
  readonly wamid: string | null;
  readonly waId: string | null;
  readonly errorCode: number | null;
  readonly reason: string | null;
}

/** One campaign. */
export interface CampaignRow {
  readonly id: string;
  readonly spec: CampaignSpec;
  readonly fingerprint: string;
  readonly senderIds: readonly string[];
  readonly state: CampaignState;
  readonly reason: PauseReason | null;
  readonly listSha256: string | null;
  readonly streak: { readonly key: string; readonly marks: readonly Mark[] } | null;
}

/** A refusal that counts in a streak. */
export interface Mark {
  readonly request: string;
  readonly fence: number;
}

/** One sender, or one template of an account: its breaker. */
export interface Breaker {
  readonly reason: PauseReason;
  readonly probeAt: number;
}

/** One sender. */
export interface SenderRow {
  readonly id: string;
  readonly account: string;
  readonly rate: number;
  readonly nextSlot: number;
  readonly holdUntil: number;
  readonly nextCheck: number;
  readonly breaker: Breaker | null;
}

/** One reservation of a person's allowance: whose it is, never only when. */
export interface Ask {
  readonly request: string;
  readonly fence: number;
  readonly at: number;
}

/** All of it. */
export interface Tables {
  /** Grows with each change but to `workers`, so that what looks at all of it need not do so for nothing. */
  readonly version: { n: number };
  readonly rows: Map<string, Row>;
  readonly campaigns: Map<string, CampaignRow>;
  readonly senders: Map<string, SenderRow>;
  /** By `<account> <name> <language>`. */
  readonly templates: Map<string, Breaker>;
  /** By `<sender> <person>`. */
  readonly pairs: Map<string, readonly Ask[]>;
  /** wa_id by number (with plus), where it is not the number's digits. */
  readonly waIds: Map<string, string>;
  readonly suppressed: Set<string>;
  /** `<sender> <person>` of those who have granted for good. */
  readonly granted: Set<string>;
  /** When each process of a sender was last heard of, by `<sender> <worker>`. */
  readonly workers: Map<string, number>;
  /** Claim ids that nothing may be claimed under any more. */
  readonly deadClaims: Set<string>;
}

/** Makes empty tables. */
export function emptyTables(): Tables {
  const version = { n: 0 };
  return {
    version,
    rows: counted(new Map(), version),
    campaigns: counted(new Map(), version),
    senders: counted(new Map(), version),
    templates: counted(new Map(), version),
    pairs: counted(new Map(), version),
    waIds: counted(new Map(), version),
    suppressed: new Set(),
    granted: new Set(),
    workers: new Map(),
    deadClaims: new Set(),
  };
}

function counted<V>(map: Map<string, V>, version: { n: number }): Map<string, V> {
  return Object.assign(map, {
    set(key: string, value: V) {
      version.n += 1;
      return Map.prototype.set.call(map, key, value);
    },
    delete(key: string) {
      version.n += 1;
      return Map.prototype.delete.call(map, key);
    },
  });
}

/** What is committed now, as a statement that begins now sees it to its end. */
export function snapshot(t: Tables): Tables {
  const n = t.version.n + t.suppressed.size + t.granted.size;
  if (t === last?.of && n === last.n) return last.seen;
  const seen = {
    version: { n: t.version.n },
    rows: new Map(t.rows),
    campaigns: new Map(t.campaigns),
    senders: new Map(t.senders),
    templates: new Map(t.templates),
    pairs: new Map(t.pairs),
    waIds: new Map(t.waIds),
    suppressed: new Set(t.suppressed),
    granted: new Set(t.granted),
    workers: t.workers,
    deadClaims: t.deadClaims,
  };
  last = { of: t, n, seen };
  return seen;
}

/** Statements that begin at the same state share what they see: it is never changed. */
let last: { readonly of: Tables; readonly n: number; readonly seen: Tables } | undefined;

/** What each rule of the model is given. */
export interface Turn {
  /** What is committed now: what a statement locks and changes. */
  readonly now: Tables;
  /** What was committed when the statement began: what it reads without a lock. */
  readonly seen: Tables;
  /** The database's clock, ms since the epoch. */
  readonly clock: number;
}

/** Puts a changed row in the place of the old one. */
export function change(t: Tables, id: string, patch: Partial<Row>): Row {
  const old = t.rows.get(id);
  if (old === undefined) throw new Error(`there is no request ${id}`);
  const row = { ...old, ...patch };
  t.rows.set(id, row);
  return row;
}

/** Puts a changed campaign in the place of the old one. */
export function changeCampaign(t: Tables, id: string, patch: Partial<CampaignRow>): void {
  const old = t.campaigns.get(id);
  if (old !== undefined) t.campaigns.set(id, { ...old, ...patch });
}

/** Who stands behind a number, as far as Meta has told. */
export function personOf(t: Tables, to: string): string {
  return t.waIds.get(to) ?? to.replace('+', '');
}

/** Whether a request has work before it still. */
export function isOpen(row: Row): boolean {
  return (
    row.state === 'pending' ||
    row.state === 'queued' ||
    row.state === 'sending' ||
    (row.state === 'uncertain' && row.checkAt !== null)
  );
}
