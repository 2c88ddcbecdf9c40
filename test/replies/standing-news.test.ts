/** Of what Meta told, what still stands. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AccountNews, TemplateNews } from '../../src/core/ports/index.ts';
import { standingNews, standingTemplateNews } from '../../src/replies/standing-news.ts';

const now = new Date('2026-11-28T12:00:00Z');
const day = (n: number) => new Date(now.getTime() + n * 86_400_000);
const SENDER = { senderId: '1', account: 'A' };

const one: fc.Arbitrary<AccountNews> = fc.record({
  account: fc.constantFrom('A', 'B'),
  senderId: fc.constantFrom('', '1', '2'),
  what: fc.constantFrom('restriction', 'calling', 'throughput', 'violation', 'daily-limit'),
  value: fc.constantFrom('X', 'Y', 'Z'),
  detail: fc.constant(null),
  until: fc.oneof(fc.constant(null), fc.integer({ min: -5, max: 5 }).map(day)),
  at: fc.integer({ min: -60, max: 0 }).map(day),
});

describe('of the news of an account there stand', () => {
  const property = (check: (news: readonly AccountNews[], left: readonly AccountNews[]) => void) =>
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), (news) =>
        check(news, standingNews(news, SENDER, now)),
      ),
    );

  test('only those of the sender or of all its account, none that is over, the newest first', () => {
    property((_, left) => {
      for (const { senderId, account, until } of left) {
        expect(senderId === '1' || (senderId === '' && account === 'A')).toBe(true);
        expect(until === null || until > now).toBe(true);
      }
      const times = left.map(({ at }) => at.getTime());
      expect(times).toEqual(times.toSorted((a, b) => b - a));
    });
  });

  test('of what has one value at a time, the last; of restrictions, all that hold', () => {
    property((news, left) => {
      for (const what of ['calling', 'throughput', 'daily-limit'])
        for (const senderId of ['', '1'])
          expect(
            left.filter((n) => n.what === what && n.senderId === senderId).length,
          ).toBeLessThanOrEqual(1);
      const holding = news.filter(
        (n) => n.what === 'restriction' && n.senderId === '1' && n.until !== null && n.until > now,
      );
      expect(left).toEqual(expect.arrayContaining(holding));
    });
  });

  test('calling that is on again is not told as off', () => {
    const calling = (value: string, at: Date): AccountNews => ({
      ...{ account: 'A', senderId: '1', what: 'calling', value, detail: null, until: null, at },
    });
    const news = [calling('DISABLED', day(-2)), calling('ENABLED', day(-1))];
    expect(standingNews(news, SENDER, now).map((n) => n.value)).toEqual(['ENABLED']);
  });
});

describe('of the news of a template there stand', () => {
  const news = (what: string, value: string, detail: string | null = null): TemplateNews => ({
    ...{ templateId: '9', account: 'A', name: 't', language: 'en', what, value, detail },
    ...{ effectiveAt: null, at: day(-1) },
  });
  const paused = { id: '9', status: 'PAUSED', category: 'UTILITY' };
  const all = [
    news('status', 'PAUSED', 'FIRST_PAUSE'),
    news('quality', 'YELLOW'),
    news('category-ahead', 'MARKETING'),
    news('category', 'MARKETING', 'UTILITY'),
  ];

  test('why it is paused while it is, its quality, the category it will have', () => {
    expect(standingTemplateNews(all, paused).map((n) => n.what)).toEqual([
      ...['status', 'quality', 'category-ahead'],
    ]);
  });

  test('nothing that it has got over, and nothing of another', () => {
    const approved = { id: '9', status: 'APPROVED', category: 'MARKETING' };
    expect(standingTemplateNews(all, approved).map((n) => n.what)).toEqual(['quality', 'category']);
    expect(standingTemplateNews(all, { ...approved, id: '8' })).toEqual([]);
  });
});
