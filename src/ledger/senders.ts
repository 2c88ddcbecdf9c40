/** Senders in the ledger: one rate and one breaker each, shared by all processes. */
import type { PauseReason } from '../core/campaign.ts';
import type { SenderStatus, SenderStore } from '../core/ports/index.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const ENSURE = statement('ensure_sender');
const BUDGET = statement('budget');
const BEAT = statement('heartbeat');
const READ = statement('senders');
const CLOSE_SENDER = statement('close_sender');
const CLOSE_TEMPLATE = statement('close_template');
const PAUSE_OF_BREAKER = statement('pause_of_breaker');
const SLOW = statement('slow_sender');
const PROBES = statement('take_probe');
const REOPEN = statement('reopen');
const SOON = {
  name: 'probe_sender_soon',
  text: `update senders set probe_at = now_() where id = $1 and closed_at is not null and probe_at is not null`,
};
const SOON_TEMPLATE = {
  name: 'probe_soon',
  text: `update template_breakers t set probe_at = now_() from senders s
    where s.id = $1 and t.account = s.account and t.name = $2 and t.language = $3 and t.closed_at is not null and t.probe_at is not null`,
};
const LEAVE = {
  name: 'worker_leaves',
  text: 'delete from workers where sender_id = $1 and id = $2',
};

interface SenderRow {
  readonly id: string;
  readonly rate_allowed: number;
  readonly rate_now: number;
  readonly rate_reason: string | null;
  readonly closed_reason: PauseReason | null;
  readonly closed_at: Date | null;
  readonly probe_at: Date | null;
  readonly in_flight: number;
  readonly processes: number;
  readonly portfolio: string | null;
  readonly daily_limit: number | null;
  readonly remaining: number | null;
  readonly frees_at: Date | null;
  readonly silent_since: Date | null;
  readonly silent_why: string | null;
}

/** Makes the {@link SenderStore} over a database. */
export function senderStore(database: Database): SenderStore {
  return {
    async ensure({ senderId, businessAccountId, messagesPerSecond }) {
      await database.run(ENSURE, [senderId, businessAccountId ?? senderId, messagesPerSecond]);
    },
    async budget({ senderId, portfolio, limit, keepLower = false }) {
      await database.run(BUDGET, [senderId, portfolio, limit, keepLower]);
    },
    async heartbeat({ worker, senderId, messagesPerSecond, inFlight }) {
      await database.run(BEAT, [senderId, worker, messagesPerSecond, inFlight]);
      const [row] = await database.run<SenderRow>(READ, [senderId]);
      if (row === undefined) throw new Error(`sender ${senderId} is not in the ledger`);
      return toStatus(row);
    },
    async leave({ worker, senderId }) {
      await database.run(LEAVE, [senderId, worker]);
    },
    async list() {
      return (await database.run<SenderRow>(READ, [null])).map(toStatus);
    },
    async slow({ senderId, reason, waitMs, cutAgainMs }) {
      await database.run(SLOW, [senderId, reason, waitMs ?? null, cutAgainMs]);
    },
    async close({ senderId, template, reason, probeAfterMs }) {
      // First the breaker, which waits for nobody; a sweep pauses the campaigns too, should this process die.
      const [close, which] =
        template === undefined
          ? [CLOSE_SENDER, []]
          : [CLOSE_TEMPLATE, [template.name, template.language]];
      const why = JSON.stringify(reason);
      await database.run(close, [senderId, ...which, why, probeAfterMs ?? null]);
      const paused = await database.run<{ id: string }>(PAUSE_OF_BREAKER, [
        senderId,
        template?.name ?? null,
        template?.language ?? null,
        why,
      ]);
      return paused.map((row) => row.id);
    },
    async reopen({ senderId, template, templateOnly, resume }) {
      const rows = await database.run<{ id: string }>(REOPEN, [
        senderId,
        template?.name ?? null,
        template?.language ?? null,
        resume === true,
        templateOnly !== true,
      ]);
      return rows.map((row) => row.id);
    },
    async probeSoon({ senderId, template }) {
      if (template === undefined) await database.run(SOON, [senderId]);
      else await database.run(SOON_TEMPLATE, [senderId, template.name, template.language]);
    },
    async takeProbes({ senderId, pauseMs }) {
      const rows = await database.run<{ name: string | null; language: string | null }>(PROBES, [
        senderId,
        pauseMs,
      ]);
      return rows.map(({ name, language }) =>
        name === null || language === null ? null : { name, language },
      );
    },
  };
}

function toStatus(row: SenderRow): SenderStatus {
  return {
    senderId: row.id,
    rateAllowed: row.rate_allowed,
    rateNow: row.rate_now,
    rateReason: row.rate_reason,
    breaker: row.closed_reason,
    breakerSince: row.closed_at,
    nextLookAt: row.closed_at === null ? null : row.probe_at,
    inFlight: row.in_flight,
    processes: row.processes,
    budget:
      row.portfolio === null || row.daily_limit === null
        ? null
        : {
            portfolio: row.portfolio,
            limit: row.daily_limit,
            remaining: row.remaining ?? 0,
            freesAt: row.frees_at,
          },
    silence: row.silent_why === null ? null : { since: row.silent_since, why: row.silent_why },
  };
}
