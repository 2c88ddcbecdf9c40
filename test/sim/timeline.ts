/**
 * The order in which things happen. Everything that takes time anywhere (a timer, a statement on its way,
 * an answer of Meta's) is an event here; one is run at a time, and the code it wakes runs to its end before
 * the next. So a run is decided by its seed alone.
 */
import type { Chance } from './chance.ts';
import { createHeap } from './heap.ts';

/** A process of ours as the timeline sees it. */
export interface Life {
  readonly name: string;
  alive: boolean;
  /** Nothing of it runs while it is frozen. */
  frozen: boolean;
  /** How long its machine has been suspended in all, ms: its monotonic clock stood still so long. */
  lagMs: number;
  /** Until when it is suspended, virtual ms. */
  suspendedUntil: number;
  readonly parked: Happening[];
}

/** Something that is to happen. */
export interface Happening {
  at: number;
  order: number;
  readonly what: string;
  /** Whose code it runs: nothing happens once that one is dead, and later while it is frozen. */
  readonly owner?: Life;
  readonly isTimer?: boolean;
  /** Of what happens at a server: for whom. */
  readonly by?: Life;
  /** Rows it reads or changes, for the hostile scheduler. */
  readonly touches?: readonly string[];
  putOff: number;
  cancelled: boolean;
  /** What it gives is awaited. */
  readonly run: () => void | Promise<void>;
}

/** What is to happen, in order. */
export interface Timeline {
  /** Virtual ms since the run began. */
  now(): number;
  schedule(p: {
    readonly inMs: number;
    readonly what: string;
    readonly owner?: Life;
    readonly isTimer?: boolean;
    readonly by?: Life;
    readonly touches?: readonly string[];
    readonly run: () => void | Promise<void>;
  }): Happening;
  /**
   * Runs the next event and all that it wakes; `undefined` once it has where it wakes nobody, `false` when
   * there is none.
   */
  step(): Promise<void> | undefined | false;
  /** Lets time pass at once: whatever is due meanwhile happens late. */
  leap(ms: number): void;
  /**
   * Whether something is late or on its way still (but for timers), or touches a row within so many ms.
   */
  isBusy(withinMs: number): boolean;
  /** When something happens next that is no timer of a process, virtual ms. */
  nextAt(): number;
  freeze(life: Life, p: { readonly suspend: boolean; readonly ms: number }): void;
  wake(life: Life): void;
  /** Events that were run. */
  steps(): number;
  /** What this event wakes waits for turns of the real event loop too. */
  linger(): void;
  /** Hears of each event right after it. */
  onStep(hear: ((one: Happening) => void) | undefined): void;
}

/** A hostile scheduler puts an event off behind another of the same row, so often at most. */
const PUT_OFF_MOST = 3;
/** ... where that other one is no further away than this, ms. */
const PUT_OFF_MS = 4_000;

/** Statements and commands take no longer as a rule, ms. */
const ON_ITS_WAY_MS = 60;

/**
 * Lets everything run that waits for no event of this timeline: a tick comes once no microtask is left, and
 * costs a tenth of a turn of the event loop.
 */
const settled = () => new Promise<void>((resolve) => process.nextTick(resolve));

/** `send` looks twice before it believes a refusal: a turn each, and one for what follows. */
async function settledLong(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Makes a life. */
export function newLife(name: string): Life {
  return { name, alive: true, frozen: false, lagMs: 0, suspendedUntil: 0, parked: [] };
}

const isUp = ({ alive, frozen }: Life) => alive && !frozen;

/** Makes an empty timeline. `hostile`: events are put off until another has touched the same row. */
export function createTimeline(p: {
  readonly hostile: boolean;
  readonly chance: Chance;
}): Timeline {
  const heap = createHeap();
  let now = 0;
  let order = 0;
  let steps = 0;
  let lingers = false;
  let hear: ((one: Happening) => void) | undefined;

  function rival(one: Happening): Happening | undefined {
    const rows = one.touches;
    if (!p.hostile || rows === undefined || rows.length === 0 || one.putOff >= PUT_OFF_MOST)
      return undefined;
    if (!p.chance.hits(0.5)) return undefined;
    let found: Happening | undefined;
    for (const other of heap.all()) {
      if (other.cancelled || other.at > now + PUT_OFF_MS || other.touches === undefined) continue;
      if (found !== undefined && found.at <= other.at) continue;
      if (other.touches.some((row) => rows.includes(row))) found = other;
    }
    return found;
  }

  function put(one: Happening): void {
    order += 1;
    one.order = order;
    heap.push(one);
  }

  function step(): Promise<void> | undefined | false {
    for (;;) {
      const next = heap.pop();
      if (next === undefined) return false;
      if (next.cancelled || next.owner?.alive === false) continue;
      now = Math.max(now, next.at);
      if (next.owner?.frozen === true) {
        next.owner.parked.push(next);
        continue;
      }
      const other = rival(next);
      if (other !== undefined) {
        next.putOff += 1;
        next.at = Math.max(now, other.at) + 0.001;
        put(next);
        continue;
      }
      steps += 1;
      lingers = false;
      const under = next.run();
      // What runs on the server alone wakes no code of ours.
      if (next.owner === undefined) {
        if (under !== undefined) return under.then(() => hear?.(next));
        hear?.(next);
        return undefined;
      }
      const woken =
        under === undefined && !lingers ? settled() : Promise.resolve(under).then(settledLong);
      return woken.then(() => hear?.(next));
    }
  }

  /** Its monotonic clock stands still, and with it its timers. */
  function standStill(life: Life, ms: number): void {
    life.lagMs += ms;
    const theirs = heap.all().filter((one) => one.owner === life && one.isTimer === true);
    for (const one of theirs) one.at += ms;
    heap.rebuild();
  }

  return {
    now: () => now,
    steps: () => steps,
    linger() {
      lingers = true;
    },
    onStep(listener) {
      hear = listener;
    },
    schedule({ inMs, run, ...rest }) {
      const one = {
        at: now + Math.max(0, inMs),
        order: 0,
        putOff: 0,
        cancelled: false,
        run,
        ...rest,
      };
      put(one);
      return one;
    },
    step,
    leap(ms) {
      now += ms;
    },
    isBusy(withinMs) {
      for (const { at, touches, cancelled, owner, isTimer } of heap.all())
        if (
          (at < now ||
            (at < now + ON_ITS_WAY_MS && isTimer !== true) ||
            (at < now + withinMs && touches !== undefined && touches.length > 0)) &&
          !cancelled &&
          (owner === undefined || isUp(owner))
        )
          return true;
      return false;
    },
    nextAt() {
      let next = Number.POSITIVE_INFINITY;
      for (const { at, cancelled, owner, isTimer } of heap.all())
        if (!cancelled && isTimer !== true && (owner === undefined || isUp(owner)))
          next = Math.min(next, at);
      return next;
    },
    freeze(life, { suspend, ms }) {
      life.frozen = true;
      if (!suspend) return;
      life.suspendedUntil = now + ms;
      standStill(life, ms);
    },
    wake(life) {
      life.frozen = false;
      // Sooner than it was to be.
      if (life.suspendedUntil > now) standStill(life, now - life.suspendedUntil);
      life.suspendedUntil = 0;
      // What a woken process finds first, timers that are due or answers that are there, is chance.
      const timersFirst = p.chance.hits(0.5);
      const rank = (one: Happening) => ((one.isTimer === true) === timersFirst ? 0 : 1);
      const parked = life.parked.splice(0).sort((a, b) => rank(a) - rank(b) || a.order - b.order);
      for (const one of parked) {
        one.at = now;
        put(one);
      }
    },
  };
}
