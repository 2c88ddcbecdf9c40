/**
 * Ends what a mutant made endless. A timer alone would not: a loop over promises leaves no turn to timers. Each place
 * that may be mutated asks which mutant is active, so that question is the place to throw.
 */
const ASKS_BETWEEN_LOOKS = 1_000;

/** Thrown into code that goes on past the time of its test. */
class Overdue extends Error {}

const state = { active: null, deadline: Number.POSITIVE_INFINITY, asks: 0 };

/** Stryker's own place for what its instrumented code reads and writes. */
export const stryker = Object.defineProperty({}, 'activeMutant', {
  get() {
    if (++state.asks % ASKS_BETWEEN_LOOKS === 0 && performance.now() > state.deadline)
      throw new Overdue('the test is past its time');
    return state.active;
  },
});
globalThis.__stryker__ = stryker;

/** The mutant that is active from here on. @param id Stryker's, or null for none */
export function activate(id) {
  state.active = id;
}

/** Timers of the test under way, each with what ends it. */
const timers = new Map();

function counted(make, clear) {
  return (run, ...rest) => {
    const timer = make(
      (...given) => {
        timers.delete(timer);
        run(...given);
      },
      ...rest,
    );
    timers.set(timer, clear);
    return timer;
  };
}

globalThis.setTimeout = counted(setTimeout, clearTimeout);
globalThis.setImmediate = counted(setImmediate, clearImmediate);

/**
 * What became of `run` within its time. Code that still runs afterwards is stopped at its next question, and its
 * timers are taken away: it would keep the processor busy under the mutants after this.
 *
 * @returns undefined where it went well, else the error, 'stuck' where it waits for what cannot come, or 'overdue'
 */
export async function within(ms, run) {
  const deadline = performance.now() + ms;
  state.deadline = deadline;
  const watch = watchFor(deadline);
  try {
    const end = await Promise.race([watch.end, attempt(run)]);
    if (end === undefined || (end !== 'stuck' && performance.now() <= deadline)) return end;
    for (const [timer, clear] of timers) clear(timer);
    return end === 'stuck' ? end : 'overdue';
  } finally {
    watch.stop();
    timers.clear();
    state.deadline = Number.POSITIVE_INFINITY;
  }
}

const LOOK_MS = 10;
const IDLE_LOOKS = 20;

/**
 * A process without a timer, a socket or a file under way does nothing any more by itself: a promise that is open then
 * stays so, on any machine however fast.
 */
function watchFor(deadline) {
  let timer;
  let idle = 0;
  // Timers come and go: one of a test before must not hide one of this.
  const before = process.getActiveResourcesInfo().filter((name) => name !== 'Timeout');
  const end = new Promise((resolve) => {
    timer = setInterval(() => {
      idle = isIdle(before) ? idle + 1 : 0;
      if (idle >= IDLE_LOOKS) resolve('stuck');
      else if (performance.now() > deadline) resolve('overdue');
    }, LOOK_MS);
    // So that it is none of the timers that are looked for.
    timer.unref();
  });
  return { end, stop: () => clearInterval(timer) };
}

/** Whether nothing is open but what was so `before`: the pipes to Stryker, servers that a whole file shares. */
function isIdle(before) {
  const open = process.getActiveResourcesInfo();
  for (const name of before) {
    const at = open.indexOf(name);
    if (at >= 0) open.splice(at, 1);
  }
  return open.length === 0;
}

async function attempt(run) {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
}
