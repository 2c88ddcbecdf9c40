/** The lines of a campaign's chart. */
import { expect, it } from '@jest/globals';
import {
  columnsOf,
  isEmpty,
  type PacePoint,
  withoutSince,
} from '../../src/console/pages/campaign/chart/pace-history.ts';

const point = (second: number, sent: number | null): PacePoint => ({
  ...{ at: second * 1_000, sent },
  ...{ allowed: null, latencyMs: null },
});

it('have a gap while nobody tells how it goes, and no spike behind it', () => {
  const told = [0, 10, 20, null, null, 5_000, 5_010, 5_020];
  const { rates } = columnsOf(told.map((sent, second) => point(second, sent)));
  expect(rates).toEqual([null, 10, 10, null, null, null, 10, 10]);
});

it('show what was sent within the five seconds before', () => {
  const { rates } = columnsOf(Array.from({ length: 9 }, (_, s) => point(s, s < 4 ? 0 : 10)));
  expect(rates).toEqual([null, 0, 0, 0, 2.5, 2, 2, 2, 2]);
});

it('are none while nobody tells how it goes, or nothing was sent', () => {
  const emptyOf = (...sent: (number | null)[]) =>
    isEmpty(columnsOf(sent.map((one, second) => point(second, one))));
  expect([emptyOf(), emptyOf(null, null), emptyOf(7), emptyOf(7, 7), emptyOf(7, 8)]).toEqual([
    ...[true, true, true, true, false],
  ]);
  const told = { at: 0, sent: 7, allowed: 80, latencyMs: 12 };
  expect(isEmpty(columnsOf([told]))).toBe(false);
});

it('have no zeros of a time of which nobody told, once that is known', () => {
  const stood = [0, 10, 20, 20, 20].map((sent, second) => point(second, sent));
  expect(columnsOf(withoutSince(stood, 2_000)).rates).toEqual([null, 10, 10, null, null]);
});
