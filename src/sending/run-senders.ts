/**
 * One process's share of the work: for each sender it feeds, sends, sweeps and says that it is
 * alive. All processes are alike; any of them may die at any time.
 */
import type { SenderConfig } from '../config/config.ts';
import { concurrencyFor } from '../core/pace/pacing.ts';
import type {
  Clock,
  EvidenceStore,
  GraphPort,
  QueuePort,
  SenderStatus,
  SenderStore,
  SendingStore,
  SilenceStore,
  Spool,
  WorkEvent,
} from '../core/ports/index.ts';
import type { Logger } from '../telemetry/log.ts';
import { createBudgets } from './budgets.ts';
import { checkOne } from './check-uncertain.ts';
import { createDispatcher, LEASE_MARGIN_MS } from './dispatch.ts';
import { feedOnce } from './feed.ts';
import { LOOPS_CLOSE_MS, leave, takeLeft } from './leftovers.ts';
import { loop } from './loop.ts';
import { type Outages, outages } from './outages.ts';
import { probeBreakers } from './probe.ts';
import { watchSilence } from './silence.ts';
import { refeedLost, sweepLedger } from './sweep.ts';

/** What running senders need. */
export interface SenderSetup {
  readonly clock: Clock;
  /** Names this process in the ledger; nobody else has it. */
  readonly worker: string;
  readonly ledger: {
    readonly sending: SendingStore;
    readonly senders: SenderStore;
    readonly evidence: EvidenceStore;
    readonly silence: SilenceStore;
  };
  readonly queue: QueuePort;
  /** What is wrong with a sender's queue, in words; `null`: nothing. */
  readonly queueComplaint: (senderId: string) => Promise<string | null>;
  /** Takes what the ledger does not take before this process must end. */
  readonly spool: Spool;
  readonly log: Logger;
  readonly senders: readonly SenderConfig[];
  readonly meta: (senderId: string) => GraphPort;
  readonly listen: (onEvent: (event: WorkEvent) => void) => { close(): Promise<void> };
  readonly requestTimeoutMs: number;
  readonly uncertainCheckAfterMs: number;
  readonly uncertainPolicy: 'hold' | 'resend-after-check';
  readonly workerConcurrency?: number;
}

/** Senders at work. */
export interface RunningSenders {
  /** Names this process in the ledger. */
  readonly worker: string;
  /**
   * Takes no more, gives back what is not sent, waits for what is in flight, commits. Ends within half a minute
   * of the last answer whatever is out of reach; gives how many outcomes and claims the ledger did not take:
   * they are in the spool, or lost where the log says so.
   */
  close(): Promise<{ readonly unsettled: number }>;
}

// A few looks a second keep the window full at any rate; idle ones are woken by the ledger.
const FEED_MS = 200;
const SWEEP_MS = 1_000;
const REFEED_MS = 2_000;
const BEAT_MS = 2_000;
const BUDGET_MS = 1_000;
const CHECK_MS = 1_000;
const SILENCE_MS = 2_000;
const QUEUE_CLOSE_MS = 5_000;
const SPOOL_MS = 5_000;

/** Starts work on senders; returns once they are known to the ledger. */
export async function runSenders(setup: SenderSetup): Promise<RunningSenders> {
  const { clock, worker } = setup;
  const budgets = createBudgets({
    clock,
    senders: setup.ledger.senders,
    configs: setup.senders,
    graph: setup.meta,
    log: setup.log,
  });
  const report = outages(setup.log);
  const { senders, sending } = setup.ledger;
  const known: (readonly [SenderConfig, SenderStatus])[] = [];
  for (const sender of setup.senders) {
    const { phoneNumberId: senderId, messagesPerSecond, businessAccountId } = sender;
    await senders.ensure({
      senderId,
      messagesPerSecond,
      ...(businessAccountId === undefined ? {} : { businessAccountId }),
    });
    // Before anything is claimed, so that the first claim keeps to the rate of all processes.
    const status = await senders.heartbeat({ worker, senderId, messagesPerSecond, inFlight: 0 });
    await budgets.keep(senderId);
    known.push([sender, status]);
  }
  // Only now: nobody would end the first sender's work where the second one cannot begin.
  const parts = known.map(([sender, status]) =>
    runSender(setup, sender, { worker, report, status }),
  );
  const budget = loop(clock, BUDGET_MS, report(['database']), async () => {
    for (const sender of setup.senders) await budgets.keep(sender.phoneNumberId);
  });
  const sweep = loop(clock, SWEEP_MS, report(['database']), async () => {
    const swept = await sweepLedger(sending, { checkAfterMs: setup.uncertainCheckAfterMs });
    if (swept.leasesEnded > 0)
      setup.log.warn({ count: swept.leasesEnded }, 'claims whose process ended are uncertain now');
    for (const id of swept.completed) setup.log.info({ campaign: id }, 'campaign completed');
  });
  const spooled = loop(clock, SPOOL_MS, report(['database']), async () => {
    const taken = await takeLeft(setup);
    if (taken > 0)
      setup.log.info({ count: taken }, 'outcomes that an ended process had left are recorded');
  });
  const ears = setup.listen((event) => {
    for (const part of parts)
      if (event.state === 'running') part.wake();
      else part.withhold(event.id);
  });
  return {
    worker,
    async close() {
      const closed = Promise.all([ears, sweep, budget, spooled].map((one) => one.close()));
      const left = await Promise.all(parts.map((part) => part.close()));
      await Promise.race([closed, clock.sleep(LOOPS_CLOSE_MS, { idle: true })]);
      return { unsettled: await leave(setup, left) };
    },
  };
}

function runSender(
  setup: SenderSetup,
  sender: SenderConfig,
  p: { readonly worker: string; readonly report: Outages; readonly status: SenderStatus },
) {
  const { worker, report } = p;
  const { clock, queue, ledger } = setup;
  const { sending, senders } = ledger;
  const senderId = sender.phoneNumberId;
  const log = setup.log.child({ sender: senderId });
  const meta = setup.meta(senderId);
  const dispatcher = createDispatcher({
    clock,
    senderId,
    worker,
    sending,
    senders,
    meta,
    rate: p.status.rateNow / Math.max(1, p.status.processes),
    requestTimeoutMs: setup.requestTimeoutMs,
    checkAfterMs: setup.uncertainCheckAfterMs,
    log,
  });
  let closing = false;
  let { rateNow: rate, processes } = p.status;
  // What all processes together need is enough; each taking as much would only move jobs to and fro.
  const own = () => dispatcher.share() ?? rate / Math.max(1, processes);
  const concurrency = () =>
    setup.workerConcurrency ?? concurrencyFor(own(), dispatcher.latencyMs());
  meta.setConnections(concurrency());

  const consumer = queue.work(senderId, (job) => dispatcher.submit(job), concurrency());
  const beat = loop(clock, BEAT_MS, report(['database']), async () => {
    const status = await senders.heartbeat({
      worker,
      senderId,
      messagesPerSecond: sender.messagesPerSecond,
      inFlight: dispatcher.inFlight(),
    });
    ({ rateNow: rate, processes } = status);
    const counts = dispatcher.takeCounts();
    if (counts.claims > 0) log.debug({ ...counts, rate }, 'pace');
    consumer.setConcurrency(concurrency());
    meta.setConnections(concurrency());
  });
  const feed = loop(clock, FEED_MS, report(['database', 'queue']), async () => {
    await feedOnce({ sending, queue }, senderId, rate, own());
  });
  const refeed = loop(clock, REFEED_MS, report(['database']), async () => {
    const lost = await refeedLost({ sending, queue }, senderId);
    if (lost > 0) log.info({ count: lost }, 'jobs that the queue does not show are fed again');
  });
  const check = loop(clock, CHECK_MS, report(['database']), async () => {
    const setting = {
      clock,
      evidence: ledger.evidence,
      graph: meta,
      policy: setup.uncertainPolicy,
      requestTimeoutMs: setup.requestTimeoutMs,
      leaseMarginMs: LEASE_MARGIN_MS,
      log,
    };
    await probeBreakers({ senders, graph: meta, log }, senderId);
    while (!closing && (await checkOne(setting, senderId)));
  });

  const queueComplaint = () => setup.queueComplaint(senderId);
  const silence = loop(
    clock,
    SILENCE_MS,
    report(['database']),
    watchSilence({ clock, silence: ledger.silence, senderId, worker, queueComplaint, log }),
  );

  return {
    withhold: dispatcher.withhold,
    wake: () => feed.wake(),
    async close() {
      closing = true;
      const stopped = [feed, refeed, check, silence].map((one) => one.close());
      void dispatcher.stop();
      const left = await dispatcher.settled();
      // A queue that is away cannot be told that its jobs are done; they are foreign when it is back.
      const closed = Promise.all([...stopped, consumer.close(), beat.close()]);
      await Promise.race([closed, clock.sleep(QUEUE_CLOSE_MS, { idle: true })]);
      // A database that is away now is no reason to stay: the rows are fed again by the sweep.
      const gone = senders
        .leave({ worker, senderId })
        .then(() => sending.withdraw({ senderId }))
        .catch(() => undefined);
      await Promise.race([gone, clock.sleep(QUEUE_CLOSE_MS, { idle: true })]);
      return { senderId, ...left };
    },
  };
}
