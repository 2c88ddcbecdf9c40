/** The road in the ledger: feed, claim, turn away, release, record, sweep. The rules are in the SQL. */

import {
  ABSENT_MS,
  CATCH_UP_MS,
  HORIZON_MS,
  SHARE_LEAST,
  SHARE_STEP_FACTOR,
  STEP_FACTOR,
} from '../core/pacing.ts';
import type {
  ClaimedRequest,
  QueueJob,
  RecordEntry,
  RoadStore,
  TurnedAway,
} from '../core/ports.ts';
import type { RequestState } from '../core/request.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const FEED = statement('feed');
const CLAIM = statement('claim');
const TURN_AWAY = statement('turn_away');
const RELEASE = statement('release');
const LOST = statement('release_lost');
const RECORD = statement('record');
const SWEEP = statement('sweep_leases');
const STALE = statement('stale_queued');
const REFEED = statement('refeed');
const GIVE_BACK = statement('give_back');
const WITHDRAW = statement('withdraw');
const STREAK = statement('streak');
const BLOCKED = statement('pause_blocked');
const COMPLETE = statement('complete_campaigns');
const EXPIRE = statement('expire');
/** A night's worth of people put off to the end of their quiet hours, at once and not for ever. */
const FEED_TURNS = 20;

/** What the claim needs to know beside the rows. */
export interface RoadSettings {
  readonly pairLimit: { readonly perDay: number; readonly perWeek: number };
}

interface ClaimRow {
  readonly clock_ms: string | null;
  readonly free: number | null;
  readonly again: number | null;
  readonly first_slot_ms: string | null;
  readonly step_ms: string | null;
  readonly share: number | null;
  readonly rate: number | null;
  readonly next_slot_ms: string | null;
  readonly closed: boolean;
  readonly claimed: readonly {
    readonly request: string;
    readonly feed: number;
    readonly lane: number;
    readonly fence: number;
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
    readonly expires_ms: number | null;
  }[];
}

/** Makes the {@link RoadStore} over a database. */
export function roadStore(database: Database, settings: RoadSettings): RoadStore {
  const { perDay, perWeek } = settings.pairLimit;
  return {
    async feed({ senderId, limit, singlesOnly }) {
      const jobs: QueueJob[] = [];
      for (let turn = 0; turn < FEED_TURNS; turn += 1) {
        const [row] = await database.run<{ jobs: QueueJob[]; put_off: number }>(FEED, [
          senderId,
          limit - jobs.length,
          singlesOnly === true,
        ]);
        jobs.push(...(row?.jobs ?? []));
        if (jobs.length >= limit || (row?.put_off ?? 0) === 0) break;
      }
      return jobs;
    },

    async claim({ senderId, jobs, worker, leaseMs, again, horizonMs, reachBackMs }) {
      const [row] = await database.run<ClaimRow>(CLAIM, [
        senderId,
        jobs.map((job) => job.request),
        jobs.map((job) => job.feed),
        worker,
        horizonMs ?? HORIZON_MS,
        leaseMs,
        perDay,
        perWeek,
        STEP_FACTOR,
        again ?? 0,
        SHARE_LEAST,
        reachBackMs ?? CATCH_UP_MS,
        SHARE_STEP_FACTOR,
        ABSENT_MS,
      ]);
      if (row === undefined) throw new Error('claim.sql gave no row');
      const claimed = row.claimed.map(
        (c): ClaimedRequest => ({
          request: c.request,
          fence: c.fence,
          job: { request: c.request, feed: c.feed, lane: c.lane },
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
          slotAtMs: Number(c.slot_ms),
          ...(c.expires_ms === null ? {} : { expiresMs: Number(c.expires_ms) }),
        }),
      );
      return {
        claimed,
        room: row.free ?? 0,
        againSlotsMs: Array.from(
          { length: row.again ?? 0 },
          (_, i) => Number(row.first_slot_ms) + i * Number(row.step_ms),
        ),
        ...(row.share === null ? {} : { share: row.share }),
        databaseNowMs: Number(row.clock_ms ?? 0),
        nextSlotMs: Number(row.next_slot_ms ?? 0),
        rate: row.rate ?? 0,
        closed: row.closed,
      };
    },

    async turnAway({ senderId, jobs }) {
      const rows = await database.run<{ n: number; fate: TurnedAway['fate'] }>(TURN_AWAY, [
        senderId,
        jobs.map((job) => job.request),
        jobs.map((job) => job.feed),
        perDay,
        perWeek,
      ]);
      return rows.flatMap(({ n, fate }) => {
        const job = jobs[n - 1];
        return job === undefined ? [] : [{ job, fate }];
      });
    },

    async release({ worker, claims }) {
      if (claims.length === 0) return;
      await database.run(RELEASE, [
        claims.map((c) => c.request),
        claims.map((c) => c.fence),
        worker,
      ]);
    },

    async giveBack(jobs) {
      if (jobs.length === 0) return;
      await database.run(GIVE_BACK, [jobs.map((job) => job.request), jobs.map((job) => job.feed)]);
    },

    async withdraw({ senderId }) {
      await database.run(WITHDRAW, [senderId]);
    },

    async streak({ campaignId, key, requests, enough, reason }) {
      const [row] = await database.run<{ paused: boolean }>(STREAK, [
        campaignId,
        key,
        requests,
        enough,
        JSON.stringify(reason),
      ]);
      return row?.paused === true;
    },

    async releaseLost({ worker, held }) {
      const lost = await database.run<{ request: string; fence: number }>(LOST, [worker, held]);
      if (lost.length > 0) await this.release({ worker, claims: lost });
      return lost.length;
    },

    async record(entries) {
      if (entries.length === 0) return [];
      return database.run<{
        request: string;
        fence: number;
        applied: boolean;
        state: RequestState;
      }>(RECORD, [JSON.stringify(entries.map(toRow))]);
    },

    async sweepLeases({ checkAfterMs }) {
      return (await database.run<{ id: string }>(SWEEP, [checkAfterMs])).length;
    },

    staleQueued: ({ senderId, olderThanMs, limit }) =>
      database.run<QueueJobRow>(STALE, [senderId, olderThanMs, limit]),

    refeed: (jobs) =>
      database.run<QueueJobRow>(REFEED, [
        jobs.map((job) => job.request),
        jobs.map((job) => job.feed),
      ]),

    async pauseBlocked() {
      return (await database.run<{ id: string }>(BLOCKED, [])).map((row) => row.id);
    },

    async expire() {
      return (await database.run<{ id: string }>(EXPIRE, [])).length;
    },

    async completeCampaigns() {
      return (await database.run<{ id: string }>(COMPLETE, [])).map((row) => row.id);
    },
  };
}

type QueueJobRow = { request: string; feed: number; lane: number } & QueueJob;

function toRow(entry: RecordEntry) {
  return {
    id: entry.request,
    fence: entry.fence,
    state: entry.state,
    outcome: entry.outcome,
    delay_ms: entry.delayMs ?? null,
    count_attempt: entry.countAttempt,
    give_back: entry.giveBackAllowance,
    wamid: entry.wamid ?? null,
    message_status: entry.messageStatus ?? null,
    wa_id: entry.waId ?? null,
    error_code: entry.errorCode ?? null,
    error_message: entry.errorMessage ?? null,
    reason: entry.reason ?? null,
  };
}
