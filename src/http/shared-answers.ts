/**
 * Looks at a whole list, shared by the people who watch it: twenty consoles at one campaign cost what one does. A look holds
 * for some multiple of the time it took, so that what is found at once is looked at anew each time, and what takes half a
 * second takes a tenth of the database at most. Programs, who may ask right after they changed something, have their own; the
 * console says so where it has (`Cache-Control: no-cache`), and gets a look that begins then.
 */
import type { FastifyRequest } from 'fastify';
import { shared } from '../core/shared-look.ts';

/** Of the time between two looks so many parts are rest. */
const REST = 9;
const LONGEST_MS = 10_000;
/** Lists that somebody watched of late. */
const MOST_KEPT = 200;

/** Answers whoever asks by a look of their own, or by one that is shared. */
export type SharedAnswers = <T>(
  request: Pick<FastifyRequest, 'caller' | 'headers'>,
  key: string,
  look: () => Promise<T>,
) => Promise<T>;

/** Makes it. @param now in ms, of a clock that only goes forward */
export function sharedAnswers(now: () => number = () => performance.now()): SharedAnswers {
  const looks = new Map<string, Shared>();
  return async (request, key, look) => {
    if (request.caller?.person === undefined) return look();
    const known = looks.get(key) ?? timed(now);
    // What the last one who asked knows is the newest.
    known.look = look;
    // The one that was asked for last stands last.
    looks.delete(key);
    looks.set(key, known);
    const [oldest] = looks.keys();
    if (looks.size > MOST_KEPT && oldest !== undefined) looks.delete(oldest);
    // Under one key there is one kind of look.
    return (await known.ask({ isFresh: wantsFresh(request) })).found as Awaited<
      ReturnType<typeof look>
    >;
  };
}

function wantsFresh({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return /\bno-cache\b/i.test(headers['cache-control'] ?? '');
}

interface Shared {
  look: () => Promise<unknown>;
  readonly ask: (p: { readonly isFresh: boolean }) => Promise<{ readonly found: unknown }>;
}

function timed(now: () => number): Shared {
  let tookMs = 0;
  const one: Shared = {
    look: async () => undefined,
    ask: shared(
      () => Math.min(REST * tookMs, LONGEST_MS),
      async () => {
        const began = now();
        const found = await one.look();
        tookMs = now() - began;
        return found;
      },
      now,
    ),
  };
  return one;
}

/** A look that says when it began: who shares it later tells people by that how old it is. */
export function dated<T>(
  look: () => Promise<T>,
): () => Promise<{ readonly countedAt: string; readonly found: T }> {
  return async () => {
    const countedAt = new Date().toISOString();
    return { countedAt, found: await look() };
  };
}
