import { expect, test } from '@jest/globals';
import { CampaignTurns } from '../../src/sending/campaign-turns.ts';

/** Gives so many send times to whoever had the fewest by weight, as the claim does. */
function share(weights: Readonly<Record<string, number>>, n: number): Record<string, number> {
  const turns = new CampaignTurns();
  const had = Object.fromEntries(Object.keys(weights).map((id) => [id, 0]));
  // Who had nothing yet is not known to have a weight, and came at the first turn.
  const least = () => (Object.values(had).includes(0) ? 0 : turns.least());
  for (let i = 0; i < n; i += 1) {
    const [next] = Object.entries(weights)
      .map(([id, weight]) => ({
        id,
        weight,
        turn: (turns.served(had[id] === 0 ? undefined : id, least()) + 1) / weight,
      }))
      .sort((a, b) => a.turn - b.turn || a.id.localeCompare(b.id));
    if (next === undefined) break;
    turns.add(next.id, next.weight, 0);
    had[next.id] = (had[next.id] ?? 0) + 1;
  }
  return had;
}

test.each<[Readonly<Record<string, number>>, number, Readonly<Record<string, number>>]>([
  [{ a: 1 }, 5, { a: 5 }],
  [{ a: 1, b: 1 }, 10, { a: 5, b: 5 }],
  [{ a: 3, b: 1 }, 40, { a: 30, b: 10 }],
  [{ a: 1, b: 2, c: 5 }, 80, { a: 10, b: 20, c: 50 }],
])('one send time at a time, %j share %d as %j', (weights, n, expected) => {
  expect(share(weights, n)).toEqual(expected);
});

test('who comes later does not make up for the time before, and who is gone is forgotten', () => {
  const turns = new CampaignTurns();
  for (let i = 0; i < 100; i += 1) turns.add('old', 1, 0);
  const came = turns.least();
  turns.add('new', 1, came);
  expect([turns.served('old', came), turns.served('new', came)]).toEqual([0, 1]);
  turns.keep(new Set(['old', undefined]));
  expect(turns.served('old', came - 1)).toBe(1);
  expect(turns.served('new', came)).toBe(0);
});
