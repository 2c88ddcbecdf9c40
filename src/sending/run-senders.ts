/**
 * One process's share of the work: for each sender it feeds, sends, sweeps and says that it is
 * alive. All processes are alike; any of them may die at any time.
 */
import type { SenderConfig } from '../config/config.ts';
import { type Loop, loop } from '../core/loop.ts';
import type { SenderStatus } from '../core/ports/index.ts';
import { atMost } from './at-most.ts';
import { type Budgets, createBudgets } from './budgets.ts';
import { LOOPS_CLOSE_MS, spoolLeft, takeLeft } from './leftovers.ts';
import { type Outages, outages } from './outages.ts';
import { Sender } from './sender.ts';
import type { SenderSetup } from './setup.ts';
import { sweepLedger } from './sweep.ts';

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

const SWEEP_MS = 1_000;
const BUDGET_MS = 1_000;
const SPOOL_MS = 5_000;

/** Starts work on senders; returns once they are known to the ledger. */
export async function runSenders(setup: SenderSetup): Promise<RunningSenders> {
  const { clock, worker, ledger } = setup;
  const budgets = createBudgets({
    clock,
    senders: ledger.senders,
    configs: setup.senders,
    graph: setup.meta,
    log: setup.log,
  });
  const report = outages(setup.log);
  const known: (readonly [SenderConfig, SenderStatus])[] = [];
  for (const sender of setup.senders) known.push([sender, await introduce(setup, sender, budgets)]);
  // Only now: nobody would end the first sender's work where the second one cannot begin.
  const senders = known.map(([sender, status]) => new Sender(setup, { sender, report, status }));
  const loops = startLoops(setup, budgets, report);
  const listener = setup.listen((event) => {
    for (const sender of senders)
      if (event.state === 'running') sender.wake();
      else sender.withhold(event.id);
  });
  return {
    worker,
    async close() {
      const closed = Promise.all([listener, ...loops].map((one) => one.close()));
      const left = await Promise.all(senders.map((sender) => sender.close()));
      await atMost(clock, LOOPS_CLOSE_MS, closed);
      return { unsettled: await spoolLeft(setup, left) };
    },
  };
}

/** Makes a sender known to the ledger. */
async function introduce(
  { ledger: { senders }, worker }: SenderSetup,
  { phoneNumberId: senderId, messagesPerSecond, businessAccountId }: SenderConfig,
  budgets: Budgets,
): Promise<SenderStatus> {
  const account = businessAccountId === undefined ? {} : { businessAccountId };
  await senders.ensure({ senderId, messagesPerSecond, ...account });
  // Before anything is claimed, so that the first claim keeps to the rate of all processes.
  const status = await senders.heartbeat({ worker, senderId, messagesPerSecond, inFlight: 0 });
  await budgets.keep(senderId);
  return status;
}

/** What is done once a process, whatever its senders. */
function startLoops(setup: SenderSetup, budgets: Budgets, report: Outages): readonly Loop[] {
  const { clock, log, ledger } = setup;
  const budget = loop(clock, BUDGET_MS, report(['database']), async () => {
    for (const sender of setup.senders) await budgets.keep(sender.phoneNumberId);
  });
  const sweep = loop(clock, SWEEP_MS, report(['database']), async () => {
    const swept = await sweepLedger(ledger.sending, { checkAfterMs: setup.uncertainCheckAfterMs });
    if (swept.leasesEnded > 0)
      log.warn({ count: swept.leasesEnded }, 'claims whose process ended are uncertain now');
    for (const id of swept.completed) log.info({ campaign: id }, 'campaign completed');
  });
  const spooled = loop(clock, SPOOL_MS, report(['database']), async () => {
    const count = await takeLeft(setup);
    if (count > 0) log.info({ count }, 'outcomes that an ended process had left are recorded');
  });
  return [budget, sweep, spooled];
}
