/**
 * What the model of the ledger holds. Rows are never changed in place: a new one takes their place, so
 * that what a statement saw when it began is a copy of a few maps.
 */
import type { CampaignSpec, CampaignState, PauseReason } from '../../../src/core/campaign.ts';
import type { ClaimRef } from '../../../src/core/ports/index.ts';
import type { RequestState } from '../../../src/core/request.ts';

/** One request. Times are ms since the epoch, by the database's clock. */
export interface Row {
  readonly id: string;
  readonly campaign: string;
  readonly sender: string;
  readonly row: number;
  readonly to: string;
  readonly language: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly state: RequestState;
  readonly isDouble: boolean;
  readonly fence: number;
  /** Counts while it is queued. */
  readonly batch: number | null;
  readonly epoch: number;
  /** Fences above it are of the present epoch. */
  readonly epochFence: number;
  /** Meta took this attempt, as was learned while a later one was being sent. */
  readonly proofFence: number | null;
  readonly attempts: number;
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
  readonly finding: string | null;
}

/** One campaign. */
export interface CampaignRow {
  readonly id: string;
  readonly spec: CampaignSpec;
  readonly fingerprint: string;
  readonly body: string | null;
  readonly senderIds: readonly string[];
  readonly state: CampaignState;
  readonly reason: PauseReason | null;
  /** The streak that paused it. */
  readonly pausedBy: string | null;
  readonly listSha256: string | null;
  readonly streak: { readonly key: string; readonly marks: readonly ClaimRef[] } | null;
  readonly errors: number;
  /** Who reads its list, until when by itself. */
  readonly loader: string | null;
  readonly loaderUntil: number;
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
  /** The lowest setting of the living processes, and what throttling has left of it. */
  readonly rateAllowed: number;
  readonly rate: number;
  readonly rateReason: string | null;
  readonly throttledAt: number;
  readonly climbedAt: number;
  readonly nextSlot: number;
  /** Up to here send times were given out to all in turn. */
  readonly sharedSlot: number;
  readonly claimedAt: number;
  readonly sharers: readonly Sharer[];
  /** Batches of single requests that processes have, while they take turns, until when by themselves. */
  readonly singles: readonly { readonly batch: number; readonly until: number }[];
  readonly holdUntil: number;
  readonly nextCheck: number;
  readonly breaker: Breaker | null;
}

/** A process at work, until it has surely forfeited its send times; `slot`: the next of its share, which it has from `begins` on. */
export interface Sharer {
  readonly id: string;
  readonly until: number;
  readonly slot: number | null;
  /** null: it had it before. */
  readonly begins: number | null;
}

/** One reservation of a person's allowance: whose it is, never only when. */
export interface Ask {
  readonly request: string;
  readonly fence: number;
  readonly at: number;
}

/** What of the tables was changed, and not looked at since. */
export interface Changes {
  /** Requests with what they were before. */
  readonly rows: Map<string, Row | undefined>;
  campaigns: boolean;
  pairs: boolean;
}

/** All of it. */
export interface Tables {
  /** Grows with each change that a statement's snapshot holds. */
  version: number;
  /** A rule is tried out: it must not change anything. */
  isTrial: boolean;
  readonly changes: Changes;
  readonly rows: Map<string, Row>;
  readonly campaigns: Map<string, CampaignRow>;
  readonly senders: Map<string, SenderRow>;
  /** By `<account> <name> <language>`. */
  readonly templates: Map<string, Breaker>;
  /** How often each sender and template was closed or looked at since a person's command, by its key. */
  readonly probes: Map<string, number>;
  /** By `<sender> <person>`. */
  readonly pairs: Map<string, readonly Ask[]>;
  /** wa_id by number (with plus), where it is not the number's digits. */
  readonly waIds: Map<string, string>;
  readonly suppressed: Set<string>;
  /** `<sender> <person>` of those who have granted for good. */
  readonly granted: Set<string>;
  /** When each process of a sender was last heard of, by `<sender> <worker>`. */
  readonly workers: Map<string, { readonly seenAt: number; readonly rate: number }>;
  /** Claim ids that nothing may be claimed under any more. */
  readonly deadClaims: Set<string>;
  /** Held claims whose process was told that they are no longer its own, `<request>.<fence>`. */
  readonly lost: Set<string>;
}

/** What a statement reads without a lock: as it was when the statement began. */
export type Seen = Pick<Tables, 'rows' | 'campaigns' | 'senders' | 'templates'>;

/** What each rule of the model is given. */
export interface Turn {
  /** What is committed now: what a statement locks and changes. */
  readonly now: Tables;
  /** What was committed when the statement began. */
  readonly seen: Seen;
  /** The database's clock, ms since the epoch. */
  readonly clock: number;
}

/** Makes empty tables. */
export function emptyTables(): Tables {
  const noted = <V>(note: (key: string, before: V | undefined) => void): Map<string, V> => {
    const map = new Map<string, V>();
    return Object.assign(map, {
      set(key: string, value: V) {
        if (tables.isTrial) throw WOULD_CHANGE;
        note(key, map.get(key));
        return Map.prototype.set.call(map, key, value);
      },
      delete(key: string) {
        if (tables.isTrial) throw WOULD_CHANGE;
        note(key, map.get(key));
        return Map.prototype.delete.call(map, key);
      },
    });
  };
  const tables: Tables = {
    version: 0,
    isTrial: false,
    changes: { rows: new Map(), campaigns: false, pairs: false },
    rows: noted((key, before) => {
      tables.version += 1;
      const { rows } = tables.changes;
      if (!rows.has(key)) rows.set(key, before);
    }),
    campaigns: noted(() => {
      tables.version += 1;
      tables.changes.campaigns = true;
    }),
    senders: noted(() => {
      tables.version += 1;
    }),
    templates: noted(() => {
      tables.version += 1;
    }),
    pairs: noted(() => {
      tables.changes.pairs = true;
    }),
    probes: new Map(),
    waIds: new Map(),
    suppressed: new Set(),
    granted: new Set(),
    workers: new Map(),
    deadClaims: new Set(),
    lost: new Set(),
  };
  return tables;
}

const WOULD_CHANGE = new Error('this would change the tables');

/** What a rule gives where it changes nothing; `undefined`: it would. */
export function unchanged<T>(t: Tables, rule: () => T): { readonly value: T } | undefined {
  t.isTrial = true;
  try {
    return { value: rule() };
  } catch (error) {
    if (error === WOULD_CHANGE) return undefined;
    throw error;
  } finally {
    t.isTrial = false;
  }
}

/** Makes what sees the tables as they are now; statements that begin at the same state share a copy. */
export function snapshots(t: Tables): () => Seen {
  let last: { readonly version: number; readonly seen: Seen } | undefined;
  return () => {
    if (last?.version === t.version) return last.seen;
    const seen = {
      rows: new Map(t.rows),
      campaigns: new Map(t.campaigns),
      senders: new Map(t.senders),
      templates: new Map(t.templates),
    };
    last = { version: t.version, seen };
    return seen;
  };
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

/** Whether a request has work before it still. */
export function isOpen(row: Row): boolean {
  return (
    row.state === 'pending' ||
    row.state === 'queued' ||
    row.state === 'sending' ||
    (row.state === 'uncertain' && row.checkAt !== null)
  );
}
