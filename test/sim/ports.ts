/**
 * The ports of the ledger over the model: what each method of a port is as a statement, and by which rules
 * the model goes. The only file that knows the shape of the ports.
 */
import type { CampaignSummary } from '../../src/core/campaign.ts';
import type {
  CampaignStore,
  EvidenceStore,
  IntakeStore,
  PeopleStore,
  QueueJob,
  RoadStore,
  SenderStore,
} from '../../src/core/ports.ts';
import { problem } from '../../src/core/problem.ts';
import { noCounts } from '../../src/core/request.ts';
import { err, ok } from '../../src/core/result.ts';
import type { Store } from './database.ts';
import * as campaigns from './model/campaigns.ts';
import * as claims from './model/claim.ts';
import * as evidence from './model/evidence.ts';
import * as outcomes from './model/outcomes.ts';
import type { Rules } from './model/rules.ts';
import { type CampaignRow, snapshot, type Tables, type Turn } from './model/tables.ts';
import type { Life } from './timeline.ts';

/** What the ports promise today. */
const RULES: Rules = {
  claimReads: 'as-of-its-start',
  olderProof: 'kept-as-evidence',
  backInCompleted: 'stays',
  lists: 'compared-by-row',
};

/** What the sending side, operators and loaders are given. */
export interface Ledger {
  readonly road: RoadStore;
  readonly senders: SenderStore;
  readonly evidence: EvidenceStore;
  readonly campaigns: CampaignStore;
  readonly intake: IntakeStore;
  readonly people: Pick<PeopleStore, 'suppress'>;
}

/** Makes the ledger of one process over the model. */
export function modelLedger(p: {
  readonly life: Life;
  readonly store: Store;
  readonly tables: Tables;
  /** The database's clock, ms since the epoch. */
  readonly clock: () => number;
}): Ledger {
  const { tables } = p;
  /** One statement. */
  function run<T>(
    name: string,
    touches: readonly string[],
    rule: (turn: Turn) => T,
    proves: readonly string[] = [],
  ): Promise<T> {
    return p.store.run({
      life: p.life,
      name,
      touches,
      proves,
      begin: () => {
        const seen = snapshot(tables);
        return () => rule({ now: tables, seen, clock: p.clock() });
      },
    });
  }
  const idsOf = (list: readonly { readonly request: string }[]) => list.map((one) => one.request);
  const of = (jobs: readonly QueueJob[]) => idsOf(jobs);
  const none: readonly string[] = [];
  const summary = (c: CampaignRow): CampaignSummary => ({
    ...c.spec,
    id: c.id,
    senderIds: c.senderIds,
    state: c.state,
    reason: c.reason,
    createdAt: new Date(0),
    startedAt: null,
    endedAt: null,
    counts: noCounts(),
    refusedLines: 0,
  });
  const unused = (name: string) => () => {
    throw new Error(`${name} is not part of the simulation`);
  };

  const road: RoadStore = {
    feed: ({ senderId, limit, singlesOnly }) =>
      run('feed', none, (turn) =>
        singlesOnly === true ? [] : claims.feed(turn, { senderId, limit }),
      ),
    claim: async ({ senderId, jobs, worker, again, horizonMs, leaseMs }) => {
      const answer = await run('claim', of(jobs), (turn) => ({
        ...claims.claim(turn, RULES, {
          senderId,
          jobs,
          worker,
          again: again ?? 0,
          horizonMs: horizonMs ?? 200,
          leaseMs,
        }),
        at: turn.clock,
      }));
      return {
        claimed: answer.claimed,
        room: answer.room,
        againSlotsMs: answer.againSlots,
        databaseNowMs: answer.at,
        nextSlotMs: answer.nextSlot,
        rate: answer.rate,
        closed: answer.closed,
      };
    },
    turnAway: ({ senderId, jobs }) =>
      run('turnAway', of(jobs), (turn) => claims.turnAway(turn, { senderId, jobs })),
    release: async ({ worker, claims: refs }) => {
      await run('release', idsOf(refs), (turn) =>
        outcomes.release(turn, RULES, refs, (row) => row.claimedBy === worker),
      );
    },
    giveBack: (jobs) => run('giveBack', of(jobs), (turn) => outcomes.giveBack(turn, jobs)),
    withdraw: ({ senderId }) => run('withdraw', none, (turn) => outcomes.withdraw(turn, senderId)),
    streak: ({ campaignId, key, requests, enough, reason }) =>
      run('streak', requests, (turn) =>
        outcomes.streak(turn, RULES, {
          campaignId,
          key,
          marks: requests.map((request) => ({
            request,
            fence: turn.now.rows.get(request)?.fence ?? 0,
          })),
          enough,
          reason,
        }),
      ),
    async releaseLost({ worker, held }) {
      const lost = await run('releaseLost', none, ({ seen }) =>
        [...seen.rows.values()]
          .filter(
            (row) =>
              row.claimedBy === worker &&
              !held.includes(row.id) &&
              (row.state === 'sending' ||
                (row.state === 'uncertain' && row.reason === 'lease-ended')),
          )
          .map((row) => ({ request: row.id, fence: row.fence })),
      );
      if (lost.length > 0) await road.release({ worker, claims: lost });
      return lost.length;
    },
    record: (entries) =>
      run(
        'record',
        idsOf(entries),
        (turn) => outcomes.record(turn, RULES, entries),
        idsOf(entries.filter((entry) => entry.outcome === 'accepted')),
      ),
    sweepLeases: ({ checkAfterMs }) =>
      run('sweepLeases', none, (turn) => outcomes.sweepLeases(turn, checkAfterMs)),
    staleQueued: (q) => run('staleQueued', none, (turn) => outcomes.staleQueued(turn, q)),
    refeed: (jobs) => run('refeed', of(jobs), (turn) => outcomes.refeed(turn, jobs)),
    pauseBlocked: () => run('pauseBlocked', none, outcomes.pauseBlocked),
    // No line of the simulation has an end of its own.
    expire: async () => 0,
    completeCampaigns: () => run('completeCampaigns', none, outcomes.completeCampaigns),
  };

  return {
    road,
    senders: senderPort(run, unused),
    evidence: {
      takeCheck: (q) => run('takeCheck', none, (turn) => evidence.takeCheck(turn, q)),
      recordCheck: (q) =>
        run('recordCheck', [q.request], (turn) => evidence.recordCheck(turn, RULES, q)),
      applyStatus: (status) =>
        run(
          'applyStatus',
          [status.request ?? ''],
          (turn) => evidence.applyStatus(turn, RULES, status),
          [status.request ?? ''],
        ),
      settle: (q) => run('settle', none, (turn) => evidence.settle(turn, q)),
      retry: (q) => run('retry', none, (turn) => evidence.retry(turn, q)),
    },
    campaigns: {
      create: async (spec) => {
        const made = await run('create', none, (turn) => campaigns.createCampaign(turn, spec));
        if (made === undefined) return err(problem('IDEMPOTENCY_MISMATCH', 'Another campaign.'));
        return ok({ campaign: summary(made.campaign), created: made.created });
      },
      get: (id) =>
        run('get', none, ({ seen }) => {
          const campaign = seen.campaigns.get(id);
          return campaign && summary(campaign);
        }),
      list: unused('list'),
      progress: (id) =>
        run('progress', none, ({ seen }) => {
          const campaign = seen.campaigns.get(id);
          return (
            campaign && {
              ...{ state: campaign.state, reason: campaign.reason, counts: noCounts() },
              ...{ refusedLines: 0, nextDueAt: null, later: 0, uncertainOpen: 0, budgetWait: null },
            }
          );
        }),
      transition: (q) => run('transition', none, (turn) => campaigns.transition(turn, q)),
      reassign: unused('reassign'),
      discard: (id) => run('discard', none, (turn) => campaigns.discard(turn, id)),
      reasons: unused('reasons'),
      forecast: unused('forecast'),
      results: unused('results'),
      refusedLines: unused('refusedLines'),
    },
    intake: {
      addLines: async (q) => {
        const { mismatch, ...added } = await run('addLines', none, (turn) =>
          campaigns.addLines(turn, q),
        );
        return mismatch === undefined
          ? ok(added)
          : err(problem('IDEMPOTENCY_MISMATCH', 'Another list.', { where: `row ${mismatch}` }));
      },
      finishLoading: async (q) => {
        const bound = await run('finishLoading', none, (turn) => campaigns.finishLoading(turn, q));
        return bound === q.listSha256
          ? ok(undefined)
          : err(problem('IDEMPOTENCY_MISMATCH', 'Another list.'));
      },
    },
    people: {
      suppress: ({ people }) =>
        run('suppress', none, ({ now }) => {
          const before = now.suppressed.size;
          for (const { to } of people) now.suppressed.add(to.replace('+', ''));
          return now.suppressed.size - before;
        }),
    },
  };
}

function senderPort(
  run: <T>(name: string, touches: readonly string[], rule: (turn: Turn) => T) => Promise<T>,
  unused: (name: string) => () => never,
): SenderStore {
  return {
    ensure: ({ senderId, businessAccountId, messagesPerSecond }) =>
      run('ensure', [], ({ now, clock }) => {
        if (now.senders.has(senderId)) return;
        now.senders.set(senderId, {
          id: senderId,
          account: businessAccountId ?? senderId,
          rate: messagesPerSecond,
          nextSlot: clock,
          holdUntil: 0,
          nextCheck: 0,
          breaker: null,
        });
      }),
    budget: () => run('budget', [], () => undefined),
    heartbeat: ({ worker, senderId }) =>
      run('heartbeat', [], ({ now, clock }) => {
        now.workers.set(`${senderId} ${worker}`, clock);
        const sender = now.senders.get(senderId);
        const alive = [...now.workers].filter(
          ([key, at]) => key.startsWith(`${senderId} `) && at > clock - 15_000,
        );
        return {
          senderId,
          rateAllowed: sender?.rate ?? 1,
          rateNow: sender?.rate ?? 1,
          rateReason: null,
          breaker: sender?.breaker?.reason ?? null,
          inFlight: 0,
          processes: alive.length,
          budget: null,
        };
      }),
    leave: ({ worker, senderId }) =>
      run('leave', [], ({ now }) => void now.workers.delete(`${senderId} ${worker}`)),
    list: unused('list'),
    slow: ({ senderId, waitMs }) =>
      run('slow', [], ({ now, clock }) => {
        const sender = now.senders.get(senderId);
        if (sender !== undefined && waitMs !== undefined)
          now.senders.set(senderId, {
            ...sender,
            holdUntil: Math.max(sender.holdUntil, clock + waitMs),
          });
      }),
    close: (q) => run('close', [], (turn) => campaigns.close(turn, q)),
    reopen: (q) => run('reopen', [], (turn) => campaigns.reopen(turn, q)),
    takeProbes: (q) => run('takeProbes', [], (turn) => campaigns.takeProbes(turn, q)),
  };
}
