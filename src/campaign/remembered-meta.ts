/**
 * What Meta said of templates and of a sender's number, for a short time: a thousand single requests in a minute ask
 * the same two questions. What says no is asked anew each time, so that what was put right counts at once.
 */
import type { Template } from '../core/graph.ts';
import type { Preflighted } from './hand-over-target.ts';

/** How long an answer counts, in ms. A template that Meta stops meanwhile is found by its sending, as ever. */
const REMEMBER_MS = 10_000;

interface Remembered<T> {
  readonly until: number;
  readonly answer: Promise<T>;
}

/** Wraps a sender's line to Meta. */
export function rememberedMeta(
  meta: Preflighted,
  now: () => number = () => performance.now(),
): Preflighted {
  const numbers = memory<Awaited<ReturnType<Preflighted['numberInfo']>>>(now);
  const templates = memory<readonly Listed[]>(now);
  return {
    numberInfo: () =>
      numbers(
        '',
        () => meta.numberInfo(),
        (info) => info.ok,
      ),
    async *listTemplates(filter) {
      yield* await templates(
        JSON.stringify(filter ?? {}),
        () => gathered(meta.listTemplates(filter)),
        (found) => found.length > 0 && found.every((one) => one.ok && isApproved(one.value)),
      );
    },
  };
}

type Listed =
  ReturnType<Preflighted['listTemplates']> extends AsyncIterable<infer One> ? One : never;

function isApproved({ status }: Template): boolean {
  return status.toUpperCase() === 'APPROVED';
}

async function gathered<T>(all: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const one of all) found.push(one);
  return found;
}

/** Who asks while the same is being asked waits for that answer. */
function memory<T>(now: () => number) {
  const known = new Map<string, Remembered<T>>();
  return (key: string, ask: () => Promise<T>, isKept: (answer: T) => boolean): Promise<T> => {
    const at = now();
    for (const [old, { until }] of known) if (until <= at) known.delete(old);
    const found = known.get(key);
    if (found !== undefined) return found.answer;
    const asked: Remembered<T> = { until: at + REMEMBER_MS, answer: ask() };
    known.set(key, asked);
    const drop = () => {
      if (known.get(key) === asked) known.delete(key);
    };
    asked.answer.then((answer) => isKept(answer) || drop(), drop);
    return asked.answer;
  };
}
