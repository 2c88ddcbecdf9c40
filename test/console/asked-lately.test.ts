/** How fast a campaign really asks, by what was seen of its counts. */
import { describe, expect, it } from '@jest/globals';
import {
  type Look,
  rateOf,
  type Seen,
  withLook,
} from '../../src/console/campaigns/asked-lately.ts';
import { askedOf } from '../../src/console/campaigns/asked-of.ts';

const seenOf = (looks: readonly Look[]) =>
  looks.reduce<Seen | undefined>((seen, look) => withLook(seen, look), undefined) as Seen;
/** A look each so many ms. */
const steady = (everyMs: number, n: number, each: number, from = 0): readonly Look[] =>
  Array.from({ length: n }, (_, i) => ({ at: i * everyMs, sent: from + i * each }));

describe('what a campaign asked a second', () => {
  it('is what its counts grew by, however often they are looked at', () => {
    expect(rateOf(seenOf(steady(1_000, 20, 80)), 19_500)).toBeCloseTo(80, 6);
    expect(rateOf(seenOf(steady(5_000, 20, 400)), 99_000)).toBeCloseTo(80, 6);
  });

  it('is not known before two looks have found more, and not from what was kept of an earlier look', () => {
    const stale = [
      { at: 0, sent: 0 },
      { at: 100, sent: 5_000 },
    ];
    expect(rateOf(seenOf(stale), 5_000)).toBeUndefined();
    const later = [...stale, { at: 5_100, sent: 5_400 }];
    expect(rateOf(seenOf(later), 5_200)).toBeCloseTo(80, 6);
  });

  it('is that of the last minute', () => {
    const fast = steady(1_000, 100, 80);
    const last = fast.at(-1) as Look;
    const slow = steady(1_000, 62, 2, last.sent).map(({ at, sent }) => ({
      at: at + last.at + 1_000,
      sent: sent + 2,
    }));
    const seen = seenOf([...fast, ...slow]);
    expect(rateOf(seen, (slow.at(-1) as Look).at)).toBeCloseTo(2, 6);
    expect(seen.changes.length).toBeLessThanOrEqual(62);
  });

  it('sinks to nothing where nobody is asked any more', () => {
    const seen = seenOf(steady(1_000, 11, 80));
    expect(rateOf(seen, 10_000 + 11_000)).toBeCloseTo(80, 6);
    expect(rateOf(seen, 10_000 + 30_000)).toBeCloseTo(720 / 39, 6);
    expect(rateOf(seenOf([{ at: 0, sent: 7 }]), 12_000)).toBe(0);
    expect(rateOf(seenOf([{ at: 0, sent: 7 }]), 11_000)).toBeUndefined();
  });

  it('begins anew where people are asked again', () => {
    const seen = seenOf([...steady(1_000, 10, 80), { at: 10_000, sent: 700 }]);
    expect(rateOf(seen, 10_000)).toBeUndefined();
  });
});

it('who was refused without a code of Meta was not asked', () => {
  const counts = { accepted: 5, 'already-granted': 1, rejected: 4, uncertain: 2 };
  const reasons = [
    { state: 'rejected', errorCode: 131_026, count: 1 },
    { state: 'rejected', errorCode: null, count: 3 },
    { state: 'skipped', errorCode: null, count: 9 },
  ] as const;
  expect(askedOf(counts, reasons)).toBe(9);
});
