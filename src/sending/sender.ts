/** The work on one sender in one process: it feeds, sends, sweeps, checks, and says that it is alive. */
import type { SenderConfig } from '../config/config.ts';
import { type Loop, loop } from '../core/loop.ts';
import { concurrencyFor, connectionsFor } from '../core/pace/pacing.ts';
import type { GraphPort, QueueWorker, SenderStatus } from '../core/ports/index.ts';
import type { Logger } from '../telemetry/log.ts';
import { atMost } from './at-most.ts';
import { checkOne } from './check.ts';
import { Dispatcher, LEASE_MARGIN_MS } from './dispatcher.ts';
import { drive } from './drive.ts';
import { Feeder } from './feed.ts';
import type { Unsettled } from './leftovers.ts';
import type { Outages } from './outages.ts';
import { probeBreakers } from './probe.ts';
import type { SenderSetup } from './setup.ts';
import { watchSilence } from './silence.ts';
import { giveBackLost } from './sweep.ts';

// A few looks a second keep the window full at any rate; idle ones are woken by the ledger.
const FEED_MS = 200;
const LOST_MS = 2_000;
const BEAT_MS = 2_000;
const CHECK_MS = 1_000;
const SILENCE_MS = 2_000;
const QUEUE_CLOSE_MS = 5_000;

/** What came with it, beside the setup of all. */
export interface SenderParts {
  readonly sender: SenderConfig;
  readonly report: Outages;
  /** As of its first heartbeat. */
  readonly status: SenderStatus;
}

/** One sender at work. */
export class Sender {
  readonly #setup: SenderSetup;
  readonly #config: SenderConfig;
  readonly #report: Outages;
  readonly #log: Logger;
  readonly #meta: GraphPort;
  readonly #dispatcher: Dispatcher;
  readonly #consumer: QueueWorker;
  readonly #feed: Loop;
  readonly #beat: Loop;
  readonly #others: readonly Loop[];
  #status: SenderStatus;
  #closing = false;

  constructor(setup: SenderSetup, { sender, report, status }: SenderParts) {
    this.#setup = setup;
    this.#config = sender;
    this.#report = report;
    this.#status = status;
    this.#log = setup.log.child({ sender: sender.phoneNumberId });
    this.#meta = setup.meta(sender.phoneNumberId);
    this.#dispatcher = this.#dispatch();
    this.#meta.setConnections(this.#connections());
    this.#consumer = setup.queue.work(this.id, {
      handle: (job) => this.#dispatcher.submit(job),
      // Single requests have a room of their own, as large.
      hasRoom: (single) => !this.#closing && this.#dispatcher.rows(single) < this.#rowsMost(),
    });
    this.#consumer.look();
    this.#beat = this.#startBeat();
    this.#feed = this.#startFeed();
    this.#others = [this.#startLost(), this.#startCheck(), this.#startSilence()];
  }

  /** Its phone number id. */
  get id(): string {
    return this.#config.phoneNumberId;
  }

  /** There are people to ask. */
  wake(): void {
    this.#feed.wake();
  }

  /** A campaign was paused or cancelled elsewhere. */
  withhold(campaignId: string): void {
    this.#dispatcher.withhold(campaignId);
  }

  /** Takes no more, and ends as {@link Dispatcher.settled} says. */
  async close(): Promise<Unsettled & { readonly senderId: string }> {
    const { clock, ledger, worker } = this.#setup;
    this.#closing = true;
    const stopped = [this.#feed, ...this.#others].map((one) => one.close());
    void this.#dispatcher.stop();
    const left = await this.#dispatcher.settled();
    // A queue that is away cannot be told that its jobs are done; nobody waits in them when it is back.
    const closed = Promise.all([...stopped, this.#consumer.close(), this.#beat.close()]);
    await atMost(clock, QUEUE_CLOSE_MS, closed);
    // A database that is away now is no reason to stay: the sweep sees to the rows.
    const gone = ledger.senders
      .leave({ worker, senderId: this.id })
      .then(() => ledger.sending.withdraw({ senderId: this.id }))
      .catch(() => undefined);
    await atMost(clock, QUEUE_CLOSE_MS, gone);
    return { senderId: this.id, ...left };
  }

  /** What all processes together need is enough; each taking as much would only move batches to and fro. */
  #own(): number {
    const { rateNow, processes } = this.#status;
    return this.#dispatcher.share() ?? rateNow / Math.max(1, processes);
  }

  #rowsMost(): number {
    const { workerConcurrency } = this.#setup;
    return workerConcurrency ?? concurrencyFor(this.#own(), this.#dispatcher.latencyMs());
  }

  #connections(): number {
    const { workerConcurrency } = this.#setup;
    return workerConcurrency ?? connectionsFor(this.#own(), this.#dispatcher.latencyMs());
  }

  #dispatch(): Dispatcher {
    const { clock, worker, ledger, requestTimeoutMs, uncertainCheckAfterMs } = this.#setup;
    return new Dispatcher({
      clock,
      senderId: this.id,
      worker,
      sending: ledger.sending,
      senders: ledger.senders,
      meta: this.#meta,
      requestTimeoutMs,
      checkAfterMs: uncertainCheckAfterMs,
      log: this.#log,
      onWork: drive(clock, () => this.#dispatcher),
      onRoom: () => this.#consumer.look(),
    });
  }

  #startBeat(): Loop {
    const { clock, ledger, worker } = this.#setup;
    return loop(clock, BEAT_MS, this.#report(['database']), async () => {
      this.#status = await ledger.senders.heartbeat({
        worker,
        senderId: this.id,
        messagesPerSecond: this.#config.messagesPerSecond,
        inFlight: this.#dispatcher.inFlight(),
      });
      const counts = this.#dispatcher.takeCounts();
      if (counts.claims > 0) this.#log.debug({ ...counts, rate: this.#status.rateNow }, 'pace');
      this.#consumer.look();
      this.#meta.setConnections(this.#connections());
    });
  }

  #startFeed(): Loop {
    const { clock, ledger, queue } = this.#setup;
    const feeder = new Feeder({ sending: ledger.sending, queue }, this.id);
    return loop(clock, FEED_MS, this.#report(['database', 'queue']), async () => {
      await feeder.feed(this.#status.rateNow, this.#own());
    });
  }

  #startLost(): Loop {
    const { clock, ledger, queue } = this.#setup;
    return loop(clock, LOST_MS, this.#report(['database']), async () => {
      const count = await giveBackLost({ sending: ledger.sending, queue }, this.id);
      if (count > 0)
        this.#log.info({ count }, 'people in batches that the queue does not show are fed again');
    });
  }

  #startCheck(): Loop {
    const { clock, ledger, uncertainPolicy: policy, requestTimeoutMs } = this.#setup;
    const { senders, evidence } = ledger;
    const [graph, log, leaseMarginMs] = [this.#meta, this.#log, LEASE_MARGIN_MS];
    const { checksPerSecond } = this.#setup;
    const bounds = { policy, checksPerSecond, requestTimeoutMs, leaseMarginMs };
    const setting = { clock, evidence, graph, log, ...bounds };
    const untilNone = async () => {
      while (!this.#closing && (await checkOne(setting, this.id)));
    };
    return loop(clock, CHECK_MS, this.#report(['database']), async () => {
      await probeBreakers({ senders, graph, log }, this.id);
      await Promise.all(Array.from({ length: checksAtOnce(checksPerSecond) }, untilNone));
    });
  }

  #startSilence(): Loop {
    const { clock, ledger, worker, queueComplaint } = this.#setup;
    const look = watchSilence({
      clock,
      silence: ledger.silence,
      senderId: this.id,
      worker,
      queueComplaint: () => queueComplaint(this.id),
      log: this.#log,
    });
    return loop(clock, SILENCE_MS, this.#report(['database']), look);
  }
}

// An answer of Meta's takes some 100 ms: one after the other would be ten a second.
function checksAtOnce(perSecond: number): number {
  return Math.ceil(perSecond / 10);
}
