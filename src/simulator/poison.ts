/**
 * Texts and numbers that are legal JSON and that a database or a terminal does not take: Postgres
 * refuses NUL and lone surrogates in text and codes beyond int4, a terminal obeys escape sequences.
 */
import { z } from 'zod';
import type { Random } from './prng.ts';

const TEXTS = {
  nul: '\u0000',
  'lone-surrogate': '\ud83d',
  escape: '\u001b[2J\u001b]0;owned\u0007\r',
  bidi: '\u202e\u2066',
  /** Longer than any column, index entry or log line should be. */
  long: 'x'.repeat(20_000),
} as const;

const NUMBERS = [2 ** 31, -(2 ** 31) - 1, 2 ** 53, 1e300, 0.5] as const;

/** Which fields are poisoned, by name and wherever they stand in the answer, and with what. */
export const poisonSchema = z.strictObject({
  kind: z.literal('poison'),
  /** E.g. `id`, `message_status`, `wa_id`; `message`, `details`, `code` of a refusal; `name`. */
  fields: z.array(z.string().min(1)).min(1),
  /** `any` draws one for each field. Numbers get one out of bounds, whatever is named here. */
  with: z.enum(['nul', 'lone-surrogate', 'escape', 'bidi', 'long', 'any']).default('any'),
});

/** The JSON text `body` with poison in its fields. */
export function poison(body: string, p: z.output<typeof poisonSchema>, random: Random): string {
  const fields = new Set(p.fields);
  // A replacer sees each field by name; `JSON.stringify` writes a lone surrogate as its escape.
  return JSON.stringify(JSON.parse(body), (name, value: unknown) => {
    if (!fields.has(name)) return value;
    if (typeof value === 'number') return pick(NUMBERS, random);
    if (typeof value !== 'string') return value;
    const half = Math.floor(value.length / 2);
    const text = p.with === 'any' ? pick(Object.values(TEXTS), random) : TEXTS[p.with];
    return `${value.slice(0, half)}${text}${value.slice(half)}`;
  });
}

function pick<T>(from: readonly T[], random: Random): T {
  const found = from[Math.floor(random() * from.length)];
  if (found === undefined) throw new Error('Expected something to pick from');
  return found;
}
