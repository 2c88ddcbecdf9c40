/** What the effects of faults do to a request (it is not taken) and to an answer (it is distorted). */
import { type Answer, htmlPage } from './answer.ts';
import type { FaultEffect } from './faults.ts';
import { poison } from './poison.ts';
import type { Random } from './prng.ts';
import { errorAnswer, type Refusal } from './sim-errors.ts';

/** A request that is not taken: refused with Meta's message, or dropped without an answer of Meta's. */
export type NotTaken =
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'dropped'; readonly answer: Answer };

/** What a fault decides without the request being taken; `undefined` when it goes on. */
export function notTaken(effect: FaultEffect | undefined): NotTaken | undefined {
  switch (effect?.kind) {
    case 'refuse': {
      const { kind: _, ...given } = effect;
      // Drops the fields zod left undefined, which `exactOptionalPropertyTypes` tells apart.
      const refusal = JSON.parse(JSON.stringify(given)) as Refusal;
      return { kind: 'refused', refusal };
    }
    case 'drop-before-accept':
      return { kind: 'dropped', answer: { kind: 'reset' } };
    case 'drop-and-never-answer':
      return { kind: 'dropped', answer: { kind: 'none' } };
    case 'html':
      return effect.accepted ? undefined : { kind: 'dropped', answer: htmlPage(effect.status) };
    case 'no-body':
      return effect.accepted
        ? undefined
        : { kind: 'dropped', answer: { kind: 'empty', status: effect.status } };
    case 'foreign-answer':
      return effect.accepted ? undefined : { kind: 'dropped', answer: { kind: 'none' } };
    default:
      return undefined;
  }
}

/** The answer to a request that was taken, as its client gets to see it. */
export function distort(whole: Answer, effect: FaultEffect | undefined): Answer {
  switch (effect?.kind) {
    case 'accept-and-never-answer':
      return { kind: 'none' };
    case 'accept-and-reset':
      return { kind: 'reset' };
    case 'html':
      return htmlPage(effect.status);
    case 'no-body':
      return { kind: 'empty', status: effect.status };
    case 'truncated-json':
      return whole.kind === 'json'
        ? { kind: 'truncated', status: whole.status, body: whole.body, cut: effect.cut }
        : whole;
    default:
      return whole;
  }
}

/** An answer that comes when nobody waits for one. */
export interface SecondAnswer {
  readonly afterMs: number;
  readonly answer: Answer;
}

/** What the `second-answer` effect sends after `answer`. */
export function secondOf(
  effects: readonly FaultEffect[],
  answer: Answer,
): SecondAnswer | undefined {
  const effect = effects.find((e) => e.kind === 'second-answer');
  if (effect === undefined) return undefined;
  const again = effect.code === undefined ? answer : errorAnswer({ code: effect.code });
  return { afterMs: effect.afterMs, answer: again };
}

/** `answer` with what the `poison` effects put into it. */
export function poisoned(answer: Answer, effects: readonly FaultEffect[], random: Random): Answer {
  if (answer.kind !== 'json') return answer;
  let { body } = answer;
  for (const effect of effects) {
    if (effect.kind === 'poison') body = poison(body, effect, random);
  }
  return { ...answer, body };
}

/** Milliseconds the `slow` effects add to an answer. */
export function delayOf(effects: readonly FaultEffect[]): number {
  return effects.reduce((sum, effect) => (effect.kind === 'slow' ? sum + effect.ms : sum), 0);
}
