/**
 * Secrets are objects, not strings: whatever prints, joins or serialises one by accident gets
 * `[secret]`, and the one way to the text, `reveal()`, is easy to search for in a review.
 */
import { inspect } from 'node:util';
import type { Secret } from './config.ts';

/** What a secret prints as. */
const SECRET_TEXT = '[secret]';

/** Wraps a text so that only `reveal()` gives it back. */
export function secret(text: string): Secret {
  const mask = () => SECRET_TEXT;
  // Non-enumerable, so that neither a spread nor an assertion's diff copies the way to the text.
  return Object.freeze(
    Object.defineProperties(
      {},
      {
        reveal: { value: () => text },
        toString: { value: mask },
        toJSON: { value: mask },
        [Symbol.toPrimitive]: { value: mask },
        [inspect.custom]: { value: mask },
      },
    ),
  ) as Secret;
}
