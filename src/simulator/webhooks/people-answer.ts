/** What people do about a request, by name or by share, as the answers that Meta would tell. */
import { WEEK_MS } from '../clock.ts';
import { drawLatency } from '../latency.ts';
import type { Random } from '../prng.ts';
import type { World } from '../world.ts';
import type { Pair, SentMessage } from './book.ts';
import { makeCall } from './calls.ts';
import { numberUpdate, type Reply, replyUpdate, timeToSpeak } from './replies.ts';
import type { AnswerWord } from './settings.ts';
import type { WebhookUpdate } from './update.ts';

const WORDS = [
  'accept',
  'acceptForGood',
  'decline',
  'changeMind',
  'revoke',
  'callBack',
  'profileGrant',
] as const;

/** Something that happens to a message, and when. */
export interface Step {
  readonly at: number;
  readonly update: WebhookUpdate;
}

/** What the person does about a delivered request: answers, and perhaps a new number after them. */
export function answersOf(
  world: World,
  message: SentMessage,
  deliveredAt: number,
  random: Random,
): readonly Step[] {
  const { pair } = message;
  const { answers } = world.profile;
  const habits = world.people.find(pair.waId).habits;
  const drawn = random();
  const word = habits?.answer ?? wordOf(answers, drawn);
  const [isOpposite, movesBy] = [random() < 0.5, random()];
  const after = (): number =>
    habits?.answerAfterMs ?? (answers === undefined ? 0 : drawLatency(answers.afterMs, random));
  const steps: Step[] = [];
  let at = deliveredAt;
  for (const reply of repliesOf(world, pair, word, message.wamid, isOpposite, deliveredAt)) {
    const wish = at + after();
    at = timeToSpeak(pair, wish);
    steps.push({ at: Math.max(at, wish), update: replyUpdate(world, pair, reply, at) });
  }
  const moves =
    habits?.changesNumberTo ?? (steps.length > 0 && movesBy < (answers?.changeNumber ?? 0));
  if (moves !== false) {
    const wish = at + after();
    at = timeToSpeak(pair, wish);
    const to = typeof moves === 'string' ? moves : newNumberOf(pair.waId, random);
    steps.push({ at: Math.max(at, wish), update: numberUpdate(world, pair, to, at) });
  }
  return steps;
}

/** The answers that a word stands for, in their order. */
export function repliesOf(
  world: World,
  pair: Pair,
  word: AnswerWord,
  context: string | undefined,
  isOpposite: boolean,
  at: number,
): readonly Reply[] {
  const about = context === undefined ? {} : { context };
  const expiresInMs = world.profile.answers?.expiresInMs ?? WEEK_MS;
  const accept: Reply = { says: 'temporary', expiresInMs, ...about };
  const decline: Reply = { says: 'declined', ...about };
  switch (word) {
    case 'accept':
      return [accept];
    case 'acceptForGood':
      return [{ says: 'permanent', ...about }];
    case 'decline':
      return [decline];
    case 'changeMind':
      return isOpposite ? [accept, decline] : [decline, accept];
    case 'revoke':
      return [accept, { says: 'revoked' }];
    case 'callBack': {
      const call = { direction: 'user', connected: false, durationS: 0 } as const;
      const id = makeCall(world, pair, call, at);
      return [{ says: 'temporary', expiresInMs, context: id, isAutomatic: true }];
    }
    case 'profileGrant':
      return [{ says: 'permanent' }];
    case 'ignore':
      return [];
  }
}

function wordOf(answers: World['profile']['answers'], drawn: number): AnswerWord {
  let edge = answers?.ignore ?? 0;
  if (answers === undefined || drawn < edge) return 'ignore';
  for (const word of WORDS) {
    edge += answers[word];
    if (drawn < edge) return word;
  }
  return 'ignore';
}

/** The same number with seven other digits at its end. */
function newNumberOf(waId: string, random: Random): string {
  return waId.slice(0, -7) + String(Math.floor(random() * 10_000_000)).padStart(7, '0');
}
