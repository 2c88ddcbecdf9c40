/** A pacer on a clock of the test. */
import type { ClaimAnswer } from '../../src/core/ports/index.ts';
import { Pacer, type Turn } from '../../src/sending/pacer.ts';

/** What waits, by name. */
export interface Named extends Turn {
  readonly name: string;
}

/** The database's clock less the monotonic one, ms. */
export const DATABASE_MS = 5_000_000;

/** A pacer on a clock of the test. */
export function bench() {
  const time = { now: 10_000, suspended: 0 };
  const clock = { now: () => time.now, wall: () => time.now + time.suspended };
  const pacer = new Pacer<Named>(clock);
  const turn = (name: string, more: Partial<Named> = {}): Named => {
    const one = { name, slot: time.now, lastMs: time.now + 5_000, ...more };
    return { withheld: false, countedAt: undefined, wallOffset: time.suspended, ...one };
  };
  return {
    time,
    pacer,
    turn,
    enter(name: string, more: Partial<Named> = {}): Named {
      const one = turn(name, more);
      pacer.enter(one);
      return one;
    },
    /** A claim is answered: a share of so many a second, or turns. */
    answer(
      perSecond: number,
      p: {
        readonly share?: boolean;
        readonly nextMs?: number;
        readonly firstMs?: number;
        readonly rate?: number;
        /** When the claim was asked for; its answer is of half-way since then. */
        readonly askedMs?: number;
        /** What it says of others, their times monotonic ms. */
        readonly told?: Pick<ClaimAnswer, 'beginsMs' | 'falls' | 'sinceMs' | 'rested'>;
      } = {},
    ): void {
      const { askedMs = time.now } = p;
      const { rested, beginsMs, sinceMs, falls } = p.told ?? {};
      const nextSlotMs = (p.nextMs ?? p.firstMs ?? time.now) + DATABASE_MS;
      const given = p.nextMs === undefined ? [] : [{ request: '1', fence: 1 }];
      const answer: ClaimAnswer = {
        ...{ claimed: [], left: [], done: [], lost: [], closed: false, rate: p.rate ?? perSecond },
        again: given.map((one) => ({ ...one, slotAtMs: time.now + DATABASE_MS })),
        ...(p.share === false ? {} : { share: perSecond }),
        ...{ databaseNowMs: (time.now + askedMs) / 2 + DATABASE_MS, nextSlotMs },
        ...(rested ? { rested } : {}),
        ...(beginsMs === undefined ? {} : { beginsMs: beginsMs + DATABASE_MS }),
        ...(sinceMs === undefined ? {} : { sinceMs: sinceMs + DATABASE_MS }),
        ...(falls ? { falls: { ...falls, atMs: falls.atMs + DATABASE_MS } } : {}),
      };
      pacer.answered(askedMs, answer);
    },
    /** What is to be done now, as `<kind> <name>`, until nothing is. */
    steps(): string[] {
      const steps: string[] = [];
      for (let next = pacer.next(); next !== undefined; next = pacer.next()) {
        if (next.kind === 'wait') {
          steps.push(`wait ${Math.round(next.untilMs - time.now)}`);
          break;
        }
        steps.push(`${next.kind} ${next.turn.name}`);
      }
      return steps;
    },
  };
}

/** A pacer whose share is in force in full. */
export function steady(perSecond: number) {
  const b = bench();
  for (let i = 0; i < 4; i += 1) {
    b.answer(perSecond);
    b.time.now += 400;
  }
  b.answer(perSecond);
  return b;
}
