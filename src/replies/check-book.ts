/**
 * Asks Meta about many people whether they may be called, and corrects the book by what it says: as fast as is allowed,
 * more slowly where Meta says that it is too fast.
 */
import { given } from '../core/given.ts';
import type { GraphFailure } from '../core/graph.ts';
import type { Clock, GraphAdmin, PermissionBook, ReplyStore } from '../core/ports/index.ts';
import { verdictFor } from '../core/verdicts/verdicts.ts';
import { askedAt, toWord } from './check-permissions.ts';

/** A person that a sender asks Meta about. */
export interface ToCheck {
  readonly senderId: string;
  /** Digits of their number, or a user id. */
  readonly person: string;
}

/** How far it is. */
export interface Checked {
  /** Meta was asked about them. */
  readonly asked: number;
  /** The book says another thing of them now. */
  readonly changed: number;
  /** Meta said nothing that the book can take, or could not be asked. */
  readonly failed: number;
}

/** How it ended. */
export interface CheckEnd extends Checked {
  /** Why Meta did not say, by reason. */
  readonly reasons: readonly { readonly why: string; readonly n: number }[];
  /** It was given up: no further question would have been answered. */
  readonly gaveUp?: GraphFailure;
}

/** What it needs. */
export interface CheckBookTarget {
  readonly clock: Pick<Clock, 'now' | 'wall' | 'sleep'>;
  readonly book: Pick<PermissionBook, 'entries'>;
  readonly replies: Pick<ReplyStore, 'bookAnswers'>;
  /** `undefined`: there is no line to Meta for this sender. */
  line(senderId: string): Promise<Pick<GraphAdmin, 'callPermission'> | undefined>;
  /** At most so many questions a second. */
  readonly perSecond: number;
  readonly onProgress?: (done: Checked) => void;
  /** Nobody is asked about any more; those asked about are booked. */
  readonly signal?: AbortSignal;
}

/** Questions under way: 80 a second of half a second each (Little's law). */
const AT_ONCE = 40;
/** So many in a row without an answer, and Meta is out of reach. */
const SILENT = 10;
/** A person whom Meta refuses to speak of because it is too fast, as often, is left out. */
const TRIES = 20;
const SLOWER = 0.5;
const FASTER = 1.01;
const PAUSE_MS = 1_000;

/** Asks about all of them. */
export async function checkBook(
  target: CheckBookTarget,
  people: AsyncIterable<ToCheck> | Iterable<ToCheck>,
): Promise<CheckEnd> {
  const pace = createPace(target);
  const done = { asked: 0, changed: 0, failed: 0 };
  const reasons = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let broken: { readonly error: unknown } | undefined;
  let gaveUp: GraphFailure | undefined;
  let unanswered: GraphFailure | undefined;
  let silent = 0;
  const isOver = () => broken !== undefined || gaveUp !== undefined || target.signal?.aborted;

  const fail = (why: string) => {
    done.failed += 1;
    reasons.set(why, (reasons.get(why) ?? 0) + 1);
  };
  const ask = async (one: ToCheck, line: Pick<GraphAdmin, 'callPermission'>): Promise<void> => {
    for (let tries = 1; ; tries += 1) {
      if (tries > 1) await pace.turn();
      const at = askedAt(target.clock);
      const answer = await line.callPermission(one.person);
      if (!answer.ok && verdictOf(answer.error) === 'slow-sender' && tries < TRIES) {
        silent = 0;
        pace.slower();
        continue;
      }
      done.asked += 1;
      if (answer.ok) {
        silent = 0;
        pace.faster();
        const word = toWord(answer.value, { ...one, at });
        if (word === undefined) return fail(`Meta says "${answer.value.status}"`);
        const before = await stateOf(target.book, one);
        await target.replies.bookAnswers([word]);
        if ((await stateOf(target.book, one)) !== before) done.changed += 1;
        return;
      }
      silent = answer.error.kind === 'unreachable' ? silent + 1 : 0;
      unanswered = answer.error;
      const isDead = verdictOf(answer.error) === 'pause-sender' || silent >= SILENT;
      if (isDead) gaveUp ??= answer.error;
      return fail(reasonOf(answer.error));
    }
  };

  for await (const one of people) {
    const line = await target.line(one.senderId);
    if (line === undefined) fail(`sender ${one.senderId} is not in the settings`);
    else {
      await pace.turn();
      if (underWay.size >= AT_ONCE) await Promise.race(underWay);
      if (isOver()) break;
      const asking: Promise<void> = ask(one, line)
        .catch((error: unknown) => {
          broken ??= { error };
        })
        .finally(() => {
          underWay.delete(asking);
          target.onProgress?.(done);
        });
      underWay.add(asking);
    }
    if (isOver()) break;
  }
  await Promise.all(underWay);
  if (broken !== undefined) throw broken.error;
  // Of few people, none of whom Meta answered for, the same is true.
  if (silent > 0 && silent === done.asked) gaveUp ??= unanswered;
  const told = [...reasons].map(([why, n]) => ({ why, n })).toSorted((a, b) => b.n - a.n);
  return { ...done, reasons: told, ...given({ gaveUp }) };
}

/** Turns, one after the other, at a rate that Meta's refusals halve and its answers raise again. */
function createPace({ clock, perSecond }: Pick<CheckBookTarget, 'clock' | 'perSecond'>) {
  let rate = perSecond;
  let next = clock.now();
  let slowedAt = Number.NEGATIVE_INFINITY;
  return {
    async turn() {
      const at = Math.max(next, clock.now());
      next = at + 1_000 / rate;
      const wait = at - clock.now();
      if (wait > 0) await clock.sleep(wait);
    },
    slower() {
      const now = clock.now();
      // What is under way is refused too: that is one sign, not many.
      if (now - slowedAt < PAUSE_MS) return;
      slowedAt = now;
      rate = Math.max(Math.min(1, perSecond), rate * SLOWER);
      next = Math.max(next, now + PAUSE_MS);
    },
    faster() {
      rate = Math.min(perSecond, rate * FASTER);
    },
  };
}

async function stateOf(book: CheckBookTarget['book'], one: ToCheck): Promise<string> {
  for await (const { senderId, state, until } of book.entries({ to: one.person }))
    if (senderId === one.senderId) return `${state} ${until?.getTime() ?? ''}`;
  // Nothing known, and nothing allowed, are the same to a reader.
  return 'none ';
}

function verdictOf(failure: GraphFailure) {
  return failure.kind === 'refused' ? verdictFor(failure.error).verdict : undefined;
}

function reasonOf(failure: GraphFailure): string {
  if (failure.kind === 'unreachable') return 'Meta did not answer';
  const { code, message } = failure.error;
  return `Meta refused with ${code}: ${message}`;
}
