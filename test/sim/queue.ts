/** The queue's double: it holds what it is given until it is emptied, and gives it out more than once if asked to. */
import type { JobEnd, QueueJob, QueuePort, QueueWorker } from '../../src/core/ports/index.ts';
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
const keyOf = (job: QueueJob) => `${job.request}-${job.feed}`;

/** Makes an empty queue. */
export function createQueue(timeline: Timeline, chance: Chance): Queue {
  const waiting = new Map<string, QueueJob[]>();
  const workers = new Set<Worker>();
  const active = new Map<Life, Map<string, { readonly sender: string; readonly job: QueueJob }>>();
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
  const isHeld = (sender: string, key: string) =>
    of(sender).some((job) => keyOf(job) === key) ||
    [...active.values()].some((jobs) => jobs.has(key));
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

  function put(sender: string, jobs: readonly QueueJob[]): void {
    for (const job of jobs) if (!isHeld(sender, keyOf(job))) of(sender).push(job);
    wakeAll();
  }

  function work(
    life: Life,
    sender: string,
    handle: (job: QueueJob) => Promise<JobEnd> | Promise<void>,
    concurrency: number,
  ): QueueWorker {
    let most = concurrency;
    let busy = 0;
    let pulling = false;
    let closed = false;
    const idle: (() => void)[] = [];

    async function one(job: QueueJob): Promise<void> {
      busy += 1;
      await Promise.resolve(handle(job)).catch(() => undefined);
      busy -= 1;
      held(life).delete(keyOf(job));
      if (busy === 0) for (const resolve of idle.splice(0)) resolve();
      worker.pull();
    }

    const worker: Worker = {
      life,
      pull() {
        if (pulling || closed || busy >= most || of(sender).length === 0) return;
        pulling = true;
        timeline.schedule({
          inMs: chance.between(0.2, 3),
          what: 'jobs fetched',
          owner: life,
          run: () => {
            pulling = false;
            if (closed || timeline.now() < awayUntil) return;
            for (const job of of(sender).splice(0, most - busy)) {
              held(life).set(keyOf(job), { sender, job });
              void one(job);
            }
          },
        });
      },
      setConcurrency(n) {
        most = n;
        worker.pull();
      },
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
      add: (sender, jobs) => ask(life, 'queue add', () => put(sender, jobs)),
      // Asked several times a second: where the queue answers, a look takes no event of its own.
      size: (sender) =>
        timeline.now() < awayUntil
          ? ask(life, 'queue size', () => of(sender).length)
          : Promise.resolve(of(sender).length),
      missing: (sender, jobs) =>
        ask(life, 'queue missing', () => jobs.filter((job) => !isHeld(sender, keyOf(job)))),
      work: (sender, handle, concurrency) => work(life, sender, handle, concurrency),
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
