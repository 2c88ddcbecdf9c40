/** What sending does in the ledger: feed, claim, release, record, sweep. The rules are in the SQL. */

import type { Secret } from '../config/config.ts';
import {
  ABSENT_MS,
  CATCH_UP_MS,
  HORIZON_MS,
  SHARE_LEAST,
  SHARE_STEP_FACTOR,
  STEP_FACTOR,
} from '../core/pace/pacing.ts';
import type {
  ClaimAnswer,
  ClaimedRequest,
  ClaimRef,
  FedBatch,
  QueuedRow,
  SendingStore,
  UnclaimedRow,
} from '../core/ports/index.ts';
import type { Database } from './database.ts';
import { recordOutcomes } from './record.ts';
import { statement } from './sql.ts';

const FEED = statement('feed');
const CLAIM = statement('claim');
const DECIDE_UNCLAIMED = statement('decide_unclaimed');
const RELEASE_CLAIM = { name: 'release_claim', text: 'select release_claim($1, $2) as released' };
const SWEEP = statement('sweep_leases');
const STALE = statement('stale_batches');
const GIVE_BACK = statement('give_back');
const WITHDRAW = statement('withdraw');
const STREAK = { name: 'streak', text: 'select count_streak($1, $2, $3, $4, $5) as paused' };
const BLOCKED = statement('pause_blocked');
const COMPLETE = { name: 'complete_campaigns', text: 'select complete_campaigns() as id' };
const CANCEL_LEFT = { name: 'cancel_left', text: 'select cancel_requests(null, $1)' };
const BURY = {
  name: 'forget_dead_claims',
  text: "delete from dead_claims where at < clock_timestamp() - interval '24 hours'",
};
const EXPIRE = statement('expire');
/** A night's worth of people put off to the end of their quiet hours, at once and not forever. */
const FEED_TURNS = 20;
/** People of cancelled campaigns that a sweep takes along at once. */
const LEFT_MOST = 1_000;

const CLOSED: ClaimAnswer = {
  claimed: [],
  left: [],
  done: [],
  again: [],
  lost: [],
  databaseNowMs: 0,
  nextSlotMs: 0,
  rate: 0,
  closed: true,
};

/** What the claim needs to know beside the rows. */
export interface LedgerSettings {
  readonly pairLimit: { readonly perDay: number; readonly perWeek: number };
  /** Of the hashes that stay of people who were forgotten. */
  readonly forgetKey?: Secret | undefined;
  /** How long rows of the audit log are kept; 0, or left out: for good. */
  readonly auditRetentionDays?: number | undefined;
}

/** What `claim_batches` answers; nothing but `closed` where the sender is. */
interface ClaimJson {
  readonly closed: boolean;
  readonly clock_ms: number;
  readonly left: readonly QueuedRow[];
  readonly done: readonly number[];
  readonly share: number | null;
  readonly begins_ms: number | null;
  readonly falls_at_ms: number | null;
  readonly falls_to: number | null;
  readonly since_ms: number | null;
  readonly rested: boolean;
  readonly rate: number;
  readonly next_slot_ms: number;
  readonly again: readonly {
    readonly request: string;
    readonly fence: number;
    readonly slot_ms: number;
  }[];
  readonly lost: readonly ClaimRef[];
  readonly claimed: readonly {
    readonly request: string;
    readonly batch: number;
    readonly row: number;
    readonly weight: number;
    readonly fence: number;
    readonly epoch: number;
    readonly campaign_id: string;
    readonly to_number: string;
    readonly language: string;
    readonly parameters: Record<string, string>;
    readonly attempts: number;
    readonly template: string;
    readonly parameter_format: 'positional' | 'named';
    readonly header_parameters: string[];
    readonly body_parameters: string[] | null;
    readonly slot_ms: number;
    readonly lease_left_ms: number;
    readonly expires_ms: number | null;
  }[];
}

/** Makes the {@link SendingStore} over a database. */
export function sendingStore(database: Database, settings: LedgerSettings): SendingStore {
  const { perDay, perWeek } = settings.pairLimit;
  return {
    async feed({ senderId, limit, batchSize, singlesOnly }) {
      const batches: FedBatch[] = [];
      let left = limit;
      for (let turn = 0; turn < FEED_TURNS; turn += 1) {
        const [row] = await database.run<{ batches: FedBatch[]; put_off: number }>(FEED, [
          senderId,
          left,
          singlesOnly === true,
          batchSize,
        ]);
        const fed = row?.batches ?? [];
        batches.push(...fed);
        for (const { size } of fed) left -= size;
        if (left <= 0 || (row?.put_off ?? 0) === 0) break;
      }
      return batches;
    },

    async claim({ senderId, batches, worker, claimId, leaseMs, again, horizonMs, reachBackMs }) {
      const [row] = await database.run<{ answer: ClaimJson }>(CLAIM, [
        senderId,
        batches.map(({ batch }) => batch),
        batches.map(({ served }) => served),
        worker,
        claimId,
        horizonMs ?? HORIZON_MS,
        leaseMs,
        perDay,
        perWeek,
        STEP_FACTOR,
        (again ?? []).map((one) => one.request),
        (again ?? []).map((one) => one.fence),
        SHARE_LEAST,
        reachBackMs ?? CATCH_UP_MS,
        SHARE_STEP_FACTOR,
        ABSENT_MS,
      ]);
      if (row === undefined) throw new Error('claim.sql gave no row');
      const { answer } = row;
      if (answer.closed) return CLOSED;
      const claimed = answer.claimed.map(
        (c): ClaimedRequest => ({
          request: c.request,
          fence: c.fence,
          epoch: c.epoch,
          leaseLeftMs: c.lease_left_ms,
          batch: c.batch,
          row: c.row,
          weight: c.weight,
          campaignId: c.campaign_id,
          senderId,
          to: c.to_number,
          template: c.template,
          language: c.language,
          parameterFormat: c.parameter_format,
          headerParameters: c.header_parameters,
          bodyParameters: c.body_parameters,
          parameters: c.parameters,
          attempts: c.attempts,
          slotAtMs: c.slot_ms,
          ...(c.expires_ms === null ? {} : { expiresMs: c.expires_ms }),
        }),
      );
      return {
        claimed,
        left: answer.left,
        done: answer.done,
        again: answer.again.map(({ slot_ms, ...ref }) => ({ ...ref, slotAtMs: slot_ms })),
        lost: answer.lost,
        ...(answer.share === null ? {} : { share: answer.share }),
        ...(answer.begins_ms === null ? {} : { beginsMs: answer.begins_ms }),
        ...(answer.falls_at_ms === null || answer.falls_to === null
          ? {}
          : { falls: { atMs: answer.falls_at_ms, to: answer.falls_to } }),
        ...(answer.since_ms === null ? {} : { sinceMs: answer.since_ms }),
        ...(answer.rested ? { rested: true } : {}),
        databaseNowMs: answer.clock_ms,
        nextSlotMs: answer.next_slot_ms,
        rate: answer.rate,
        closed: false,
      };
    },

    async decideUnclaimed({ senderId, rows }) {
      const decided = await database.run<{ n: number; fate: UnclaimedRow['fate'] }>(
        DECIDE_UNCLAIMED,
        [
          senderId,
          rows.map(({ request }) => request),
          rows.map(({ batch }) => batch),
          perDay,
          perWeek,
        ],
      );
      return decided.flatMap(({ n, fate }) => {
        const row = rows[n - 1];
        return row === undefined ? [] : [{ ...row, fate }];
      });
    },

    async giveBack({ senderId, batches }) {
      if (batches.length === 0) return [];
      const rows = await database.run<{ batch: number }>(GIVE_BACK, [senderId, batches]);
      return rows.map(({ batch }) => batch);
    },

    async withdraw({ senderId }) {
      await database.run(WITHDRAW, [senderId]);
    },

    async streak({ campaignId, key, attempts, enough, reason }) {
      const [row] = await database.run<{ paused: boolean }>(STREAK, [
        campaignId,
        key,
        attempts.map(({ request, fence }) => `${request}.${fence}`),
        enough,
        JSON.stringify(reason),
      ]);
      return row?.paused === true;
    },

    async releaseClaim({ senderId, claimId }) {
      const [row] = await database.run<{ released: number }>(RELEASE_CLAIM, [senderId, claimId]);
      return row?.released ?? 0;
    },

    record: async (entries) => (entries.length === 0 ? [] : recordOutcomes(database, entries)),

    async sweepLeases({ checkAfterMs }) {
      return (await database.run<{ id: string }>(SWEEP, [checkAfterMs])).length;
    },

    async staleBatches({ senderId, olderThanMs, limit }) {
      const rows = await database.run<{ batch: number }>(STALE, [senderId, olderThanMs, limit]);
      return rows.map(({ batch }) => batch);
    },

    async pauseBlocked() {
      return (await database.run<{ id: string }>(BLOCKED, [])).map((row) => row.id);
    },

    async expire() {
      return (await database.run<{ id: string }>(EXPIRE, [])).length;
    },

    async completeCampaigns() {
      await database.run(CANCEL_LEFT, [LEFT_MOST]);
      await database.run(BURY, []);
      return (await database.run<{ id: string }>(COMPLETE, [])).map((row) => row.id);
    },
  };
}
