/**
 * Lists in pages, the same for all: `limit`, `after`, and in the answer `next`, which is the `after` of the page that
 * follows. A cursor names the last item and not a place in the list, so that what is added or ends meanwhile
 * neither doubles an item nor leaves one out.
 */
import { z } from 'zod';
import { ProblemError, problem } from '../core/problem.ts';
import { isStorable } from '../core/template/parameter-text.ts';

/** The most items of one page. */
const MOST_ITEMS = 1_000;
// Longer than any cursor of ours, far shorter than what a proxy cuts off.
const CURSOR_CHARS = 1_000;

/** Query parameters of a list: spread them beside its filters. */
export const page = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MOST_ITEMS)
    .default(100)
    .describe(`How many items a page has: 1 to ${MOST_ITEMS}.`),
  after: z
    .string()
    .max(CURSOR_CHARS)
    .optional()
    .describe('The `next` of the page before; left out for the first.'),
};

/** Field of an answer beside its items. */
export const next = z
  .string()
  .nullable()
  .describe('`after` of the page that follows; null where nothing does.');

/**
 * The last item of a page as a word that stands in a query.
 * @param last its sort key, as `readCursor` gives it back
 */
export function cursorOf(last: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(last)).toString('base64url');
}

/**
 * What {@link cursorOf} was made of; `undefined` for the first page.
 * @param shape what a cursor of this list holds; anything else is refused with USAGE
 */
export function readCursor<T>(after: string | undefined, shape: z.ZodType<T>): T | undefined {
  if (after === undefined) return undefined;
  const word = decoded(after);
  const read = shape.safeParse(word);
  if (read.success && [word].flat(2).every((one) => isStorable(String(one)))) return read.data;
  throw new ProblemError(
    problem('USAGE', 'This `after` is no `next` of this list.', {
      where: 'after',
      next: 'Give the `next` of the page before as it was answered, or leave `after` out.',
    }),
  );
}

function decoded(after: string): unknown {
  try {
    return JSON.parse(Buffer.from(after, 'base64url').toString());
  } catch {
    return undefined;
  }
}

/**
 * One page of items that were read with one more than it holds.
 * @param found up to `limit + 1` items
 */
export function onePage<T>(
  found: readonly T[],
  limit: number,
  keyOf: (item: T) => readonly (string | number)[],
): { readonly items: readonly T[]; readonly next: string | null } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, next: found.length > limit && last !== undefined ? cursorOf(keyOf(last)) : null };
}

const PLACE = z.tuple([z.string().max(500)]);

/**
 * One page of a list that is short enough to be read whole.
 * @param keyOf where an item stands: no two have the same
 * @param order `down`: the greatest first
 */
export function pageOfAll<T>(
  all: readonly T[],
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
  keyOf: (item: T) => string,
  order: 'up' | 'down' = 'up',
): { readonly items: readonly T[]; readonly next: string | null } {
  const last = readCursor(after, PLACE)?.[0];
  const sign = order === 'up' ? 1 : -1;
  const compare = (a: string, b: string) => (a === b ? 0 : a < b ? -sign : sign);
  const left = all
    .filter((item) => last === undefined || compare(keyOf(item), last) > 0)
    .sort((a, b) => compare(keyOf(a), keyOf(b)));
  return onePage(left, limit, (item) => [keyOf(item)]);
}

/** By age, the oldest first. */
export function placeOf({
  createdAt,
  id,
}: {
  readonly createdAt: Date;
  readonly id: string;
}): string {
  return `${createdAt.toISOString()} ${id}`;
}
