import { expect, test } from '@jest/globals';
import { readTerms } from '../../src/campaign/campaign-terms.ts';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const OVER = { template: 't', language: 'en', expireAt: '2026-11-27T11:00:00Z' } as const;

test('a time that is over is refused, but not where the same is said again under its key', () => {
  expect(readTerms(OVER, NOW)).toMatchObject({ ok: false, error: { code: 'USAGE' } });
  expect(readTerms({ ...OVER, idempotencyKey: 'orders-1' }, NOW)).toMatchObject({
    ok: true,
    value: { idempotencyKey: 'orders-1' },
  });
});

test('a start that is not before the end is refused, with a key too', () => {
  const startAt = OVER.expireAt;
  const terms = readTerms({ ...OVER, startAt, idempotencyKey: 'orders-1' }, NOW);
  expect(terms).toMatchObject({ ok: false, error: { code: 'USAGE' } });
});

test('a time that is now is over', () => {
  const expireAt = new Date(NOW);
  expect(readTerms({ ...OVER, expireAt }, NOW)).toMatchObject({ ok: false });
  expect(readTerms({ ...OVER, expireAt }, NOW - 1)).toMatchObject({ ok: true });
});

test('a key has 255 characters at most', () => {
  const keyed = (n: number) => readTerms({ ...OVER, idempotencyKey: 'k'.repeat(n) }, NOW);
  expect([keyed(255).ok, keyed(256).ok]).toEqual([true, false]);
});
