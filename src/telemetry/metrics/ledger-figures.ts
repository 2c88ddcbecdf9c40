/**
 * Gauges that are read from the ledger and the queue when somebody scrapes. Each process answers the same, for there is
 * one ledger; where it does not answer there are no figures, since old ones would say that all stands still.
 */
import type { Gauge } from 'prom-client';
import type {
  FiguresStore,
  QueuePort,
  SenderFigure,
  WebhookStanding,
} from '../../core/ports/index.ts';
import { remembered } from './remembered.ts';
import type { MetricTable } from './table.ts';

const FRESH_MS = 5_000;
/** All of the book is counted for it. */
const BOOK_FRESH_MS = 60_000;
/** Prometheus waits ten seconds by default, and an answer without the ledger's figures is better than none. */
const ANSWER_MS = 4_000;

/** What a look reads. */
export interface Figures {
  readonly figures: FiguresStore;
  /** Absent where the process has none. */
  readonly queue?: Pick<QueuePort, 'size'>;
  /** Senders whose queues are looked at. */
  readonly senders: readonly string[];
}

/** Makes what sets the gauges anew. */
export function ledgerFigures(
  table: Pick<MetricTable, 'ledger' | 'queue'>,
  p: Figures,
): () => Promise<void> {
  const { ledger } = table;
  // Without a queue nothing is said of it: 0 would be one that does not answer.
  if (p.queue === undefined) table.queue.up.remove({});
  const read = remembered(FRESH_MS, async () => ({
    requests: await p.figures.requests(),
    senders: await p.figures.senders(),
    breakers: await p.figures.templateBreakers(),
    answers: await p.figures.answers(),
    webhooks: await p.figures.webhooks(),
  }));
  const book = remembered(BOOK_FRESH_MS, () => p.figures.permissions());

  async function setLedger(): Promise<void> {
    // What takes longer is there for the next scrape.
    const [found, people] = await Promise.all([inTime(read()), inTime(book())]);
    const { up, ...gauges } = ledger;
    for (const gauge of Object.values(gauges)) empty(gauge);
    up.set(found === undefined ? 0 : 1);
    if (found === undefined) return;
    const { requests, senders, breakers, answers, webhooks } = found.value;
    for (const { senderId: sender, state, n, due } of requests) {
      ledger.requests.set({ sender, state }, n);
      ledger.due.inc({ sender }, due);
    }
    for (const one of senders) setSender(ledger, one);
    ledger.templateBreakers.set(breakers);
    for (const { answer, n } of answers) ledger.answers.set({ answer }, n);
    setWebhooks(ledger, webhooks);
    for (const { senderId: sender, state, n } of people?.value ?? [])
      ledger.permissions.set({ sender, state }, n);
  }

  async function setQueue({ size }: Pick<QueuePort, 'size'>): Promise<void> {
    const looks = p.senders.map(async (sender) => [sender, await size(sender)] as const);
    const sizes = await inTime(Promise.all(looks));
    table.queue.batches.reset();
    table.queue.up.set(sizes === undefined ? 0 : 1);
    for (const [sender, n] of sizes ?? []) table.queue.batches.set({ sender }, n);
  }

  return async () => {
    await Promise.all([setLedger(), p.queue === undefined ? undefined : setQueue(p.queue)]);
  };
}

/** A gauge without labels is set to 0 by its reset, and 0 is a figure. */
function empty(gauge: Pick<Gauge, 'reset' | 'remove'>): void {
  gauge.reset();
  gauge.remove({});
}

function setSender(ledger: MetricTable['ledger'], one: SenderFigure): void {
  const { senderId: sender, budget } = one;
  ledger.rateAllowed.set({ sender }, one.rateAllowed);
  ledger.rateInForce.set({ sender }, one.rateNow);
  ledger.breaker.set({ sender }, one.breaker === null ? 0 : 1);
  ledger.silent.set({ sender }, one.silence === null ? 0 : 1);
  ledger.processes.set({ sender }, one.processes);
  ledger.oldestBatch.set({ sender }, one.oldestQueuedS);
  if (budget === null) return;
  ledger.budgetLimit.set({ sender }, budget.limit);
  ledger.budgetLeft.set({ sender }, budget.remaining);
}

function setWebhooks(ledger: MetricTable['ledger'], standing: WebhookStanding): void {
  const { lastReceivedAt, oldestWaitingAt } = standing;
  ledger.webhooksWaiting.set(standing.waiting);
  ledger.unreadParts.set(standing.unread);
  ledger.webhooksLast.set((lastReceivedAt?.getTime() ?? 0) / 1_000);
  const waitedMs = oldestWaitingAt === null ? 0 : Date.now() - oldestWaitingAt.getTime();
  ledger.webhooksOldest.set(Math.max(0, waitedMs) / 1_000);
}

/** What is there in time; `undefined` where it is late or fails. */
async function inTime<T>(work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ANSWER_MS);
  });
  return Promise.race([work.catch(() => undefined), late]).finally(() => clearTimeout(timer));
}
