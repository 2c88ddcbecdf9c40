/** The queue's double: it holds what it is given until it is emptied, and gives it out more than once if asked to. */
import type { BatchTaker, FedBatch, QueuePort, QueueWorker } from '../../src/core/ports/index.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import type { Chance } from './chance.ts';
import type { Life, Timeline } from './timeline.ts';

/** One queue for all senders and processes. */
export interface Queue {
  portOf(life: Life): QueuePort;
  /** FLUSHALL. */
  flush(): void;
  /** A job is there twice; `false` where there is none. */
  double(at: number): boolean;
  /** A process is gone: what it held comes back once it is found out. */
  died(life: Life): void;
  /** Nothing of the queue answers for so long. */
  away(ms: number): void;
}

interface Worker extends QueueWorker {
  readonly life: Life;
  pull(): void;
}

/** BullMQ looks for stalled jobs every 30 s. */
const STALLED_MS = 30_000;

/** Makes an empty queue. */
export function createQueue(timeline: Timeline, chance: Chance): Queue {
  const waiting = new Map<string, FedBatch[]>();
  const workers = new Set<Worker>();
  const active = new Map<Life, Map<number, { readonly sender: string; readonly job: FedBatch }>>();
  let awayUntil = 0;

  const of = (sender: string) => {
    const found = waiting.get(sender) ?? [];
    waiting.set(sender, found);
    return found;
  };
  const held = (life: Life) => {
    const found = active.get(life) ?? new Map();
    active.set(life, found);
    return found;
  };
  const isHeld = (sender: string, batch: number) =>
    of(sender).some((job) => job.batch === batch) ||
    [...active.values()].some((jobs) => jobs.has(batch));
  const waitingOf = (sender: string) => of(sender).filter((job) => !job.single).length;
  const wakeAll = () => {
    for (const worker of workers) worker.pull();
  };

  /** A command and its answer: one event. */
  function ask<T>(life: Life, what: string, run: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      timeline.schedule({
        inMs: chance.between(0.1, 2),
        what,
        owner: life,
        run: () => {
          if (timeline.now() < awayUntil)
            reject(new InfrastructureError('queue', 'connection refused'));
          else resolve(run());
        },
      });
    });
  }

  function put(sender: string, jobs: readonly FedBatch[]): void {
    for (const job of jobs) if (!isHeld(sender, job.batch)) of(sender).push(job);
    wakeAll();
  }

  function work(life: Life, sender: string, taker: BatchTaker): QueueWorker {
    let busy = 0;
    let pulling = false;
    let closed = false;
    const idle: (() => void)[] = [];
    const next = () => of(sender).findIndex((job) => taker.hasRoom(job.single));

    async function one(job: FedBatch): Promise<void> {
      busy += 1;
      const { batch, size, single } = job;
      const taken = { batch, size, single, tell: () => undefined };
      await taker.handle(taken).catch(() => undefined);
      busy -= 1;
      held(life).delete(batch);
      if (busy === 0) for (const resolve of idle.splice(0)) resolve();
      worker.pull();
    }

    const worker: Worker = {
      life,
      pull() {
        if (pulling || closed || next() < 0) return;
        pulling = true;
        timeline.schedule({
          inMs: chance.between(0.2, 3),
          what: 'jobs fetched',
          owner: life,
          run: () => {
            pulling = false;
            if (closed || timeline.now() < awayUntil) return;
            for (let i = next(); i >= 0; i = next()) {
              const [job] = of(sender).splice(i, 1) as [FedBatch];
              held(life).set(job.batch, { sender, job });
              void one(job);
            }
          },
        });
      },
      look: () => worker.pull(),
      close() {
        closed = true;
        workers.delete(worker);
        return busy === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve));
      },
    };
    workers.add(worker);
    worker.pull();
    return worker;
  }

  return {
    portOf: (life) => ({
      add: (sender, batches) => ask(life, 'queue add', () => put(sender, batches)),
      // Asked several times a second: where the queue answers, a look takes no event of its own.
      size: (sender) =>
        timeline.now() < awayUntil
          ? ask(life, 'queue size', () => waitingOf(sender))
          : Promise.resolve(waitingOf(sender)),
      missing: (sender, batches) =>
        ask(life, 'queue missing', () => batches.filter((batch) => !isHeld(sender, batch))),
      work: (sender, taker) => work(life, sender, taker),
      isPaused: () => Promise.resolve(false),
      resume: () => Promise.resolve(),
      ping: () => ask(life, 'queue ping', () => undefined),
      close: () => Promise.resolve(),
    }),
    flush() {
      for (const jobs of waiting.values()) jobs.length = 0;
      for (const jobs of active.values()) jobs.clear();
    },
    double(at) {
      const all = [
        ...[...waiting].flatMap(([sender, jobs]) => jobs.map((job) => ({ sender, job }))),
        ...[...active.values()].flatMap((jobs) => [...jobs.values()]),
      ];
      const one = all[Math.floor(at * all.length)];
      if (one === undefined) return false;
      of(one.sender).push(one.job);
      wakeAll();
      return true;
    },
    died(life) {
      for (const worker of [...workers]) if (worker.life === life) workers.delete(worker);
      const lost = [...held(life).values()];
      active.delete(life);
      if (lost.length > 0)
        timeline.schedule({
          inMs: STALLED_MS,
          what: 'stalled jobs found',
          run: () => {
            for (const { sender, job } of lost) of(sender).push(job);
            wakeAll();
          },
        });
    },
    away(ms) {
      awayUntil = timeline.now() + ms;
      timeline.schedule({ inMs: ms + 1, what: 'queue back', run: wakeAll });
    },
  };
}
