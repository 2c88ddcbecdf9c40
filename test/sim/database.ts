/**
 * The way of a statement to the database and back, four events: it is sent, it takes its snapshot, it is
 * committed, its answer is read. A fault may strike between any two of them.
 */
import type { Chance } from './chance.ts';
import { sqlError } from './model/values.ts';
import type { Life, Timeline } from './timeline.ts';

/** What may strike one statement. */
export type Strike =
  /** The server refuses it: nothing is done. */
  | { readonly kind: 'refused'; readonly code: string }
  /** The connection is cut before the server has read it. */
  | { readonly kind: 'cut-before' }
  /** ... after it was committed: the answer is lost. */
  | { readonly kind: 'answer-lost' }
  /** The connection is cut while the server is at it: it commits so much later anyway. */
  | { readonly kind: 'cut-under-way'; readonly ms: number }
  /** The server takes longer than the client waits, and commits anyway. */
  | { readonly kind: 'late'; readonly ms: number }
  /** It waits for so long after its snapshot: for a lock, or a disk. */
  | { readonly kind: 'stalled'; readonly ms: number };

/** The database as the simulation sees it. */
export interface Store {
  /**
   * Runs a statement.
   * @param p.touches rows it names
   * @param p.proves requests that it brings a proof of acceptance for
   * @param p.begin takes its snapshot; gives what commits it
   * @param p.look of what is asked again and again: its answer where it would change nothing. Such a statement takes
   *   no events unless a fault waits for it, so that a run is about what happens and not about what does not
   */
  run<T>(p: {
    readonly life: Life;
    readonly name: string;
    readonly touches?: readonly string[];
    readonly proves?: readonly string[];
    readonly begin: () => () => T | Promise<T>;
    readonly look?: () => { readonly value: T } | undefined;
  }): Promise<T>;
  /** The next statement of this name (of any, without one) is struck. */
  arm(p: { readonly name?: string; readonly strike: Strike }): void;
  /** For so long each statement is refused with this SQLSTATE; those under way are cut. */
  refuseAll(p: { readonly code: string; readonly ms: number }): void;
  /** For so long nothing that touches requests goes on. */
  lock(ms: number): void;
  /** Until when something of that lasts, virtual ms. */
  struckUntil(): number;
  /** Ends all faults. */
  calm(): void;
}

/** Postgres ends a statement that waits so long for a lock, and the client gives up after so long (`bounded-query.ts`). */
const LOOP = { lockMs: 5_000, clientMs: 25_000 };
/** The same for what a person waits for. */
const PATIENT = { lockMs: 30_000, clientMs: 605_000 };
const PATIENTLY = new Set([
  ...['moveCampaign', 'cancelRequests', 'retry', 'holdLoading', 'clearLines', 'addLines'],
  ...['finishLoading', 'letGo'],
]);

/** Statements that write nothing: they go on in a database that takes no writes. */
export const READS = new Set([
  ...['staleBatches', 'campaigns', 'progress', 'standing'],
  ...['senders', 'campaignByKey', 'uncertainRow', 'campaignState', 'lookAtList'],
]);
/** They touch no requests: a lock on those does not hold them. */
const APART = new Set([
  ...['ensureSender', 'heartbeat', 'workerLeaves', 'budget', 'slowSender', 'takeProbe'],
  ...['closeSender', 'closeTemplate', 'createCampaign', 'noteSilence', 'senders', 'campaignByKey'],
]);

/** Makes the store. `committed` is called after each commit. */
export function createStore(p: {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly committed: (name: string, proves: readonly string[]) => void;
}): Store {
  const { timeline, chance } = p;
  const armed: { readonly name?: string; readonly strike: Strike }[] = [];
  const underWay = new Map<() => void, { aborted: boolean }>();
  let refusing = { code: '', until: 0 };
  let lockedUntil = 0;

  function takeStrike(name: string): Strike | undefined {
    const i = armed.findIndex((one) => one.name === undefined || one.name === name);
    return i < 0 ? undefined : armed.splice(i, 1)[0]?.strike;
  }

  /** No fault waits for this statement. */
  function isWell(name: string): boolean {
    return (
      timeline.now() >= struckUntil() &&
      !armed.some((one) => one.name === undefined || one.name === name)
    );
  }

  function struckUntil(): number {
    return Math.max(lockedUntil, refusing.until);
  }

  // A few ms as a rule, now and then a disk that stalls.
  function pause(): number {
    return chance.hits(0.02) ? chance.between(20, 500) : chance.between(0.2, 2);
  }

  function run<T>(s: {
    readonly life: Life;
    readonly name: string;
    readonly touches?: readonly string[];
    readonly proves?: readonly string[];
    readonly begin: () => () => T | Promise<T>;
    readonly look?: () => { readonly value: T } | undefined;
  }): Promise<T> {
    const { life, name } = s;
    const found = s.look !== undefined && isWell(name) ? s.look() : undefined;
    if (found !== undefined) return Promise.resolve(found.value);
    const strike = takeStrike(name);
    const limits = PATIENTLY.has(name) ? PATIENT : LOOP;
    return new Promise<T>((resolve, reject) => {
      let answered = false;
      const fate = { aborted: false };
      const touches = s.touches === undefined ? {} : { touches: s.touches };
      const server = (inMs: number, what: string, go: () => void | Promise<void>) =>
        timeline.schedule({
          inMs,
          what: `${what} ${name}`,
          by: life,
          ...touches,
          run: () => (fate.aborted ? undefined : go()),
        });

      function answer(inMs: number, how: () => void): void {
        if (answered) return;
        timeline.schedule({
          inMs,
          what: `answered ${name}`,
          owner: life,
          ...touches,
          run: () => {
            if (answered) return;
            answered = true;
            underWay.delete(cut);
            how();
          },
        });
      }
      const fail = (inMs: number, error: Error) => {
        answer(inMs, () => reject(error));
      };
      const cut = () => fail(0.1, new Error('Connection terminated unexpectedly'));
      underWay.set(cut, fate);

      function giveUpIfLate(waits: number): void {
        if (waits < limits.clientMs) return;
        timeline.schedule({
          inMs: limits.clientMs,
          what: `given up ${name}`,
          owner: life,
          isTimer: true,
          run: () => {
            if (answered) return;
            answered = true;
            underWay.delete(cut);
            reject(new Error('Query read timeout'));
          },
        });
      }

      function sent(): void {
        const refused =
          strike?.kind === 'refused'
            ? strike.code
            : timeline.now() < refusing.until && !(refusing.code === '25006' && READS.has(name))
              ? refusing.code
              : undefined;
        if (refused !== undefined) {
          fail(pause(), sqlError(refused, `refused with ${refused}`));
          return;
        }
        if (strike?.kind === 'cut-before') {
          cut();
          return;
        }
        const held = APART.has(name) ? 0 : Math.max(0, lockedUntil - timeline.now());
        if (held > limits.lockMs) {
          fail(limits.lockMs, sqlError('55P03', 'canceling statement due to lock timeout'));
          return;
        }
        giveUpIfLate(held + (strike?.kind === 'late' ? strike.ms : 0));
        server(held + pause(), 'snapshot', begun);
      }

      function begun(): void {
        const commit = s.begin();
        if (strike?.kind === 'cut-under-way') cut();
        const waits =
          strike?.kind === 'stalled' || strike?.kind === 'late' || strike?.kind === 'cut-under-way'
            ? strike.ms
            : 0;
        server(pause() + waits, 'committed', () => committed(commit));
      }

      function committed(commit: () => T | Promise<T>): void | Promise<void> {
        const failed = (error: unknown) => fail(pause(), error as Error);
        function done(value: T): void {
          p.committed(name, s.proves ?? []);
          if (strike?.kind === 'answer-lost') cut();
          else answer(pause(), () => resolve(value));
        }
        let value: T | Promise<T>;
        try {
          value = commit();
        } catch (error) {
          failed(error);
          return;
        }
        if (value instanceof Promise) return value.then(done, failed);
        done(value);
      }

      server(pause(), 'sent', sent);
    });
  }

  return {
    run,
    arm: (one) => void armed.push(one),
    refuseAll({ code, ms }) {
      refusing = { code, until: timeline.now() + ms };
      // A restart ends what runs; a server that turns read-only or away its users does not.
      if (!/^(08|57P0)/.test(code)) return;
      for (const [cut, fate] of [...underWay]) {
        fate.aborted = true;
        cut();
      }
    },
    lock(ms) {
      lockedUntil = timeline.now() + ms;
    },
    struckUntil,
    calm() {
      armed.length = 0;
      refusing = { code: '', until: 0 };
      lockedUntil = 0;
    },
  };
}
