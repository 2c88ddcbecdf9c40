import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CallPermissionInfo } from '../../../src/core/graph.ts';
import { weighUsage } from '../../../src/core/verdicts/weigh-usage.ts';

const OLD_ENOUGH = 45_000;
const HOUR = 3_600_000;

type Check = Parameters<typeof weighUsage>[0];
type Info = Pick<CallPermissionInfo, 'day' | 'week'>;

function check(more: Partial<Check> = {}): Check {
  return {
    to: '+16505551234',
    waIdKnown: false,
    ageMs: HOUR,
    knownDay: 0,
    knownWeek: 0,
    resetSince: false,
    leftSince: false,
    heldSince: false,
    ...more,
  };
}

function usage(day: number | undefined, week: number | undefined): Info {
  return {
    ...(day === undefined ? {} : { day: { used: day, allowed: 1 } }),
    ...(week === undefined ? {} : { week: { used: week, allowed: 2 } }),
  };
}

const WENT = 'went-out';
const DID_NOT = 'did-not-go-out';
const NOTHING = 'nothing-learned';

describe('usage of Meta’s against what we account for', () => {
  test.each<[string, Partial<Check>, Info, string]>([
    ['one more in the day', {}, usage(1, undefined), WENT],
    ['one more in the week', {}, usage(0, 1), WENT],
    ['one more, the day absent', {}, usage(undefined, 1), WENT],
    ['as many as we know of', { knownDay: 1, knownWeek: 1 }, usage(1, 1), NOTHING],
    ['one more than we know of', { knownDay: 0, knownWeek: 1 }, usage(1, 2), WENT],
    ['none in both windows', {}, usage(0, 0), DID_NOT],
    ['none, but a window is absent', {}, usage(0, undefined), NOTHING],
    ['none, but the other window is absent', {}, usage(undefined, 0), NOTHING],
    ['neither window', {}, usage(undefined, undefined), NOTHING],
    ['none, too young', { ageMs: OLD_ENOUGH - 1 }, usage(0, 0), NOTHING],
    ['none, just old enough', { ageMs: OLD_ENOUGH }, usage(0, 0), DID_NOT],
    ['none, a day old', { ageMs: 24 * HOUR }, usage(0, 0), NOTHING],
    ['one in a day that is not ours any more', { ageMs: 25 * HOUR }, usage(1, undefined), NOTHING],
    ['one in the week, a day old', { ageMs: 25 * HOUR }, usage(0, 1), WENT],
    ['none, a connected call since', { resetSince: true }, usage(0, 0), NOTHING],
    ['none, the person left the number', { leftSince: true }, usage(0, 0), NOTHING],
    ['none, messages are held', { heldSince: true }, usage(0, 0), NOTHING],
    ['none, a Brazilian number not seen before', { to: '+5511987654321' }, usage(0, 0), NOTHING],
    [
      'none, a Brazilian number whose wa_id is known',
      { to: '+5511987654321', waIdKnown: true },
      usage(0, 0),
      DID_NOT,
    ],
    ['none, Mexico', { to: '+525512345678' }, usage(0, 0), NOTHING],
    ['none, Argentina', { to: '+541112345678' }, usage(0, 0), NOTHING],
    ['one more, too young: it went out anyway', { ageMs: 1 }, usage(1, 1), WENT],
  ])('%s', (_, more, info, kind) => {
    const finding = weighUsage(check(more), info, OLD_ENOUGH);
    expect(finding.kind).toBe(kind);
    expect(finding.text.length).toBeGreaterThan(20);
  });

  test.each<[Partial<Check>, Info, string]>([
    [{}, usage(0, undefined), 'its answer does not hold both windows'],
    [{ knownDay: 1, knownWeek: 1 }, usage(1, 1), 'other requests to this person explain the usage'],
    [{ ageMs: 24 * HOUR }, usage(0, 0), 'the attempt is older than 24 hours'],
    [{ ageMs: 24 * HOUR }, usage(1, undefined), 'its answer does not hold both windows'],
    [{ ageMs: OLD_ENOUGH - 1 }, usage(0, 0), 'the attempt is too young'],
    [{ resetSince: true }, usage(0, 0), 'a connected call has reset the counters'],
    [{ leftSince: true }, usage(0, 0), 'the person has left this number since'],
    [{ heldSince: true }, usage(0, 0), 'messages of this campaign are held for quality assessment'],
    [{ to: '+541112345678' }, usage(0, 0), 'the wa_id of this number is not known for sure'],
  ])('%j: what is said is why', (more, info, doubt) => {
    expect(weighUsage(check(more), info, OLD_ENOUGH).text).toBe(
      `Meta was asked, but nothing is learned: ${doubt}.`,
    );
  });

  const window = fc.option(fc.nat(5), { nil: undefined });
  const checks = fc.record({
    to: fc.constantFrom('+16505551234', '+5511987654321'),
    waIdKnown: fc.boolean(),
    ageMs: fc.nat(30 * HOUR),
    knownDay: fc.nat(3),
    knownWeek: fc.nat(3),
    resetSince: fc.boolean(),
    leftSince: fc.boolean(),
    heldSince: fc.boolean(),
  });

  test('"did not go out" is said only when nothing at all speaks against it', () => {
    fc.assert(
      fc.property(checks, window, window, (given, day, week) => {
        const { kind } = weighUsage(given, usage(day, week), OLD_ENOUGH);
        if (kind !== DID_NOT) return;
        expect([day, week]).toEqual([0, 0]);
        expect(given.resetSince || given.leftSince || given.heldSince).toBe(false);
        expect(given.ageMs >= OLD_ENOUGH && given.ageMs < 24 * HOUR).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('"went out" is said only for usage that we cannot explain', () => {
    fc.assert(
      fc.property(checks, window, window, (given, day, week) => {
        const { kind } = weighUsage(given, usage(day, week), OLD_ENOUGH);
        if (kind !== WENT) return;
        expect((day ?? 0) > given.knownDay || (week ?? 0) > given.knownWeek).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
