import { describe, expect, test } from '@jest/globals';
import { weighUsage } from '../../src/core/weigh-usage.ts';

const HOUR = 3_600_000;
const check = {
  to: '+491701234567',
  waIdKnown: false,
  ageMs: HOUR,
  knownDay: 0,
  knownWeek: 0,
  resetSince: false,
  heldSince: false,
};
const none = { day: { used: 0, allowed: 1 }, week: { used: 0, allowed: 2 } };
const once = { day: { used: 1, allowed: 1 }, week: { used: 1, allowed: 2 } };
const kind = (...args: Parameters<typeof weighUsage>) => weighUsage(...args).kind;

describe("Meta's count of requests to a person", () => {
  test('more than we know of: it went out', () => {
    expect(kind(check, once, 45_000)).toBe('went-out');
    expect(
      kind({ ...check, knownWeek: 1 }, { ...none, week: { used: 2, allowed: 2 } }, 45_000),
    ).toBe('went-out');
  });

  test('none at all, with every condition met: it did not go out', () => {
    expect(kind(check, none, 45_000)).toBe('did-not-go-out');
  });

  test.each([
    ['only the usage we know of', { knownDay: 1, knownWeek: 1 }, once],
    ['a window is missing', {}, { day: none.day }],
    ['the attempt is older than a day', { ageMs: 25 * HOUR }, none],
    ['the attempt is younger than lease and time-out', { ageMs: 44_000 }, none],
    ['a connected call reset the counters', { resetSince: true }, none],
    ['messages of the campaign are held', { heldSince: true }, none],
    ['a Brazilian number whose wa_id is not known', { to: '+5511987654321' }, none],
    ['a Mexican number whose wa_id is not known', { to: '+525512345678' }, none],
  ])('nothing is learned when %s', (_why, more, usage) => {
    expect(kind({ ...check, ...more }, usage, 45_000)).toBe('nothing-learned');
  });

  test('a Brazilian number whose wa_id Meta has named tells as much as any', () => {
    expect(kind({ ...check, to: '+5511987654321', waIdKnown: true }, none, 45_000)).toBe(
      'did-not-go-out',
    );
  });
});
