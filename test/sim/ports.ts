/**
 * The ports of the ledger over the model: what each method of a port is as statements, and by which rules
 * the model goes. With `sql/ledger.ts` the only file that knows the shape of the ports. Statements have the
 * names of the real ones.
 */
import type { CampaignSummary } from '../../src/core/campaign.ts';
import type {
  CampaignStore,
  EvidenceStore,
  IntakeStore,
  Loading,
  PeopleStore,
  ReplyStore,
  SenderStore,
  SendingStore,
  SilenceStore,
} from '../../src/core/ports/index.ts';
import { problem } from '../../src/core/problem.ts';
import { noCounts } from '../../src/core/request.ts';
import { err, ok } from '../../src/core/result.ts';
import { untilDone } from '../../src/ledger/database.ts';
import type { Store } from './database.ts';
import * as campaigns from './model/campaigns.ts';
import * as claims from './model/claim.ts';
import * as evidence from './model/evidence.ts';
import * as lists from './model/lists.ts';
import * as outcomes from './model/outcomes.ts';
import * as senders from './model/senders.ts';
import {
  type CampaignRow,
  type Seen,
  type SenderRow,
  type Tables,
  type Turn,
  unchanged,
} from './model/tables.ts';
import type { Life } from './timeline.ts';

/** What the sending side, operators and loaders are given. */
export interface Ledger {
  readonly sending: SendingStore;
  readonly senders: SenderStore;
  readonly evidence: EvidenceStore;
  readonly silence: SilenceStore;
  readonly campaigns: CampaignStore;
  readonly intake: IntakeStore;
  readonly people: Pick<PeopleStore, 'suppress'>;
  readonly replies: Pick<ReplyStore, 'setPreferences' | 'bookAnswers'>;
}

type Run = <T>(
  name: string,
  rule: (turn: Turn) => T,
  p?: {
    readonly touches?: readonly string[];
    readonly proves?: readonly string[];
    readonly isLook?: boolean;
  },
) => Promise<T>;

/** Makes the ledger of one process over the model. */
export function modelLedger(p: {
  readonly life: Life;
  readonly store: Store;
  readonly tables: Tables;
  readonly snapshot: () => Seen;
  /** The database's clock, ms since the epoch. */
  readonly clock: () => number;
  readonly newCampaignId: () => string;
}): Ledger {
  const turn = (): Turn => ({ now: p.tables, seen: p.snapshot(), clock: p.clock() });
  const run: Run = (name, rule, { isLook = false, ...about } = {}) =>
    untilDone(() =>
      p.store.run({
        ...{ life: p.life, name, ...about },
        ...(isLook ? { look: () => unchanged(p.tables, () => rule(turn())) } : {}),
        begin: () => {
          const { now, seen } = turn();
          return () => rule({ now, seen, clock: p.clock() });
        },
      }),
    );
  return {
    sending: sendingPort(run, p.tables),
    senders: senderPort(run, p),
    evidence: evidencePort(run),
    silence: {
      standing: (id) => run('standing', (turn) => campaigns.standing(turn, id), LOOK),
      note: () => run('noteSilence', () => undefined, LOOK),
    },
    campaigns: campaignPort(run, p.newCampaignId),
    intake: intakePort(run),
    replies: {
      setPreferences: () => Promise.reject(new Error('nobody sets one')),
      bookAnswers: () => Promise.reject(new Error('nobody answers')),
    },
    people: {
      suppress: ({ people }) =>
        run('suppress', ({ now }) => {
          const before = now.suppressed.size;
          for (const { to } of people) now.suppressed.add(to.replace('+', ''));
          now.version += 1;
          return now.suppressed.size - before;
        }),
    },
  };
}

const touching = (refs: readonly { readonly request: string }[]) => ({
  touches: refs.map((one) => one.request),
});

/** Asked again and again, and mostly in vain. */
const LOOK = { isLook: true };

function sendingPort(run: Run, tables: Tables): SendingStore {
  const inBatches = (batches: readonly number[]) => ({ touches: claims.rowsIn(tables, batches) });
  return {
    feed: (q) => run('feed', (turn) => claims.feed(turn, q), LOOK),
    claim: (q) =>
      run('claim', (turn) => claims.claim(turn, q), inBatches(q.batches.map(({ batch }) => batch))),
    decideUnclaimed: (q) =>
      run('decideUnclaimed', (turn) => claims.decideUnclaimed(turn, q), touching(q.rows)),
    giveBack: async (q) =>
      q.batches.length === 0
        ? []
        : run('giveBack', (turn) => claims.giveBack(turn, q), inBatches(q.batches)),
    withdraw: ({ senderId }) => run('withdraw', (turn) => claims.withdraw(turn, senderId)),
    streak: (q) => run('streak', (turn) => outcomes.streak(turn, q), touching(q.attempts)),
    releaseClaim: ({ claimId }) =>
      run('releaseClaim', (turn) => outcomes.releaseClaim(turn, claimId)),
    async record(entries) {
      if (entries.length === 0) return [];
      const proofs = entries.filter((entry) => entry.outcome === 'accepted');
      const { answers, campaigns: watched } = await run(
        'record',
        (turn) => ({
          campaigns: outcomes.watched(turn, entries),
          answers: outcomes.record(turn, entries),
        }),
        { ...touching(entries), proves: proofs.map((one) => one.request) },
      );
      // As the real one: a count too low is nobody's loss.
      for (const one of outcomes.talliesOf(answers, watched))
        await run('tally', (turn) => outcomes.tally(turn, one)).catch(() => undefined);
      return answers;
    },
    sweepLeases: ({ checkAfterMs }) =>
      run('sweepLeases', (turn) => outcomes.sweepLeases(turn, checkAfterMs), LOOK),
    staleBatches: (q) => run('staleBatches', (turn) => claims.staleBatches(turn, q), LOOK),
    pauseBlocked: () => run('pauseBlocked', campaigns.pauseBlocked, LOOK),
    // No line of the simulation has an end of its own.
    expire: async () => 0,
    async completeCampaigns() {
      await run('cancelLeft', (turn) => campaigns.cancelRequests(turn), LOOK);
      return run('completeCampaigns', campaigns.completeCampaigns, LOOK);
    },
  };
}

function evidencePort(run: Run): EvidenceStore {
  return {
    takeCheck: (q) => run('takeCheck', (turn) => evidence.takeCheck(turn, q), LOOK),
    recordCheck: (q) => run('recordCheck', (turn) => evidence.recordCheck(turn, q), touching([q])),
    applyStatuses: (statuses) => {
      const requests = statuses.flatMap(({ request }) => request ?? []);
      return run(
        'applyStatuses',
        (turn) => statuses.flatMap((status) => evidence.applyStatus(turn, status) ?? []),
        { touches: requests, proves: requests },
      );
    },
    applyWaiting: async () => [],
    waitingDone: async () => undefined,
    settle: (q) => run('settle', (turn) => evidence.settle(turn, q)),
    retry: (q) => run('retry', (turn) => evidence.retry(turn, q)),
  };
}

const summary = (c: CampaignRow): CampaignSummary => ({
  ...c.spec,
  ...{ id: c.id, senderIds: c.senderIds, state: c.state, reason: c.reason },
  ...{ createdAt: new Date(0), startedAt: null, endedAt: null },
  ...{ counts: noCounts(), refusedLines: 0, scheduledFor: null, messageStatuses: {} },
});

function unused(name: string): () => never {
  return () => {
    throw new Error(`${name} is not part of the simulation`);
  };
}

function campaignPort(run: Run, newId: () => string): CampaignStore {
  const other = () => err(problem('IDEMPOTENCY_MISMATCH', 'Another campaign.'));
  return {
    create: async (spec) => {
      const id = newId();
      const made = await run('createCampaign', (turn) =>
        lists.createCampaign(turn, { ...spec, id }),
      );
      if (made === undefined) return other();
      return ok({ campaign: summary(made.campaign), created: made.created });
    },
    get: (id) =>
      run('campaigns', ({ seen }) => {
        const campaign = seen.campaigns.get(id);
        return campaign && summary(campaign);
      }),
    progress: (id) =>
      run('progress', ({ seen }) => {
        const campaign = seen.campaigns.get(id);
        return (
          campaign && {
            ...{ state: campaign.state, reason: campaign.reason, counts: noCounts() },
            ...{
              refusedLines: 0,
              nextDueAt: null,
              later: 0,
              laterChecks: 0,
              uncertainOpen: 0,
              budgetWait: null,
            },
          }
        );
      }),
    async transition(q) {
      const moved = await run('moveCampaign', (turn) => campaigns.moveCampaign(turn, q));
      if (moved?.state === 'cancelled')
        await run('cancelRequests', (turn) => campaigns.cancelRequests(turn, q.id));
      return moved;
    },
    names: unused('names'),
    list: unused('list'),
    reassign: unused('reassign'),
    reasons: unused('reasons'),
    forecast: unused('forecast'),
    results: unused('results'),
    refusedLines: unused('refusedLines'),
  };
}

function intakePort(run: Run): IntakeStore {
  const notHeld = ({ campaignId }: Loading) =>
    err(problem('CONFLICT', `Campaign ${campaignId} is another load's.`));
  return {
    admit: () => Promise.resolve(ok(undefined)),
    hold: (q) => run('holdLoading', (turn) => lists.hold(turn, q)),
    clear: async (q) => {
      const { held } = await run('clearLines', (turn) => lists.clear(turn, q));
      return held ? ok(undefined) : notHeld(q);
    },
    addLines: async (q) => {
      const done = await run('addLines', (turn) => lists.addLines(turn, q));
      return done.held ? ok(done.value) : notHeld(q);
    },
    skipDoubles: unused('skipDoubles'),
    finishLoading: async (q) => {
      const done = await run('finishLoading', (turn) => lists.finishLoading(turn, q));
      return done.held && done.value !== undefined ? ok(done.value) : notHeld(q);
    },
    letGo: (q) => run('letGo', (turn) => lists.letGo(turn, q)),
    discard: unused('discard'),
    makeSingle: unused('makeSingle'),
  };
}

function senderPort(run: Run, { tables, clock }: Parameters<typeof modelLedger>[0]): SenderStore {
  return {
    ensure: ({ senderId, businessAccountId, messagesPerSecond: rate }) =>
      run('ensureSender', ({ now }) =>
        senders.ensure(now, { id: senderId, account: businessAccountId ?? senderId, rate }),
      ),
    probeSoon: () => Promise.reject(new Error('nobody tells of templates')),
    budget: () => run('budget', () => undefined, LOOK),
    async heartbeat(q) {
      await run('heartbeat', (turn) => senders.heartbeat(turn, q), LOOK);
      // Read back by a statement of its own there: as things are by now.
      const sender = tables.senders.get(q.senderId) as SenderRow;
      const { id, rateAllowed, rate, rateReason, breaker } = sender;
      return {
        ...{ senderId: id, rateAllowed, rateNow: rate, rateReason, inFlight: 0 },
        processes: senders.living(tables, id, clock()).length,
        ...{
          breaker: breaker?.reason ?? null,
          breakerSince: null,
          nextLookAt: null,
          budget: null,
          silence: null,
        },
      };
    },
    leave: ({ worker, senderId }) =>
      run('workerLeaves', ({ now }) => void now.workers.delete(`${senderId} ${worker}`)),
    slow: (q) => run('slowSender', (turn) => senders.slow(turn, q)),
    async close(q) {
      const of = q.template === undefined ? 'Sender' : 'Template';
      await run(`close${of}`, (turn) => campaigns.close(turn, q));
      return run(`pauseOf${of}`, (turn) => campaigns.pauseOf(turn, q));
    },
    reopen: (q) => run('reopen', (turn) => campaigns.reopen(turn, q)),
    takeProbes: (q) => run('takeProbe', (turn) => campaigns.takeProbes(turn, q), LOOK),
    list: unused('list'),
  };
}
