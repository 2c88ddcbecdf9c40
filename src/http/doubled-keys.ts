/**
 * Keys that stand twice in one object of a body. `JSON.parse` keeps the last of them without a word, and somebody else
 * than was meant might be asked. Among the recipients that refuses its line alone, as in a streamed list: their text is
 * kept, to be read as such a list. Anywhere else the body is refused.
 */
import type { FastifyRequest } from 'fastify';
import { keysIn, keysWritten, placeOfValue } from '../core/json-keys.ts';
import { type Problem, problem } from '../core/problem.ts';

const texts = new WeakMap<FastifyRequest, string>();

/** Looks at a body that was parsed: whether it has keys twice where nobody knows what was meant. */
export function findDoubledKeys(
  request: FastifyRequest,
  text: string,
  body: unknown,
): Problem | undefined {
  if (keysWritten(text) === keysIn(body)) return undefined;
  const place = placeOfValue(text, 'recipients');
  if (place !== undefined) {
    const others = `${text.slice(0, place.start)}null${text.slice(place.end)}`;
    if (keysWritten(others) === keysIn(JSON.parse(others))) {
      texts.set(request, text.slice(place.start, place.end));
      return undefined;
    }
  }
  const next = 'Keep one of them.';
  return problem('USAGE', 'A key stands twice in one object of the body.', { where: 'body', next });
}

/** The recipients as they were written, where some of them have a key twice. */
export function doubledRecipients(request: FastifyRequest): string | undefined {
  return texts.get(request);
}
