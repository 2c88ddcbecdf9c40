/** The same list handed over twice by a slip is noticed before anybody is asked once more. */
import { describe, expect, test } from '@jest/globals';
import { type Given, setUpWays, WAYS } from './ways.ts';

const ground = setUpWays();

let asked = 0;
const people = (n: number) => {
  asked += 1_000;
  return Array.from({ length: n }, (_, i) => ({
    to: `+49151${33_000_000 + asked + i}`,
    1: 'Ann',
  }));
};
const said = (more: Partial<Given['options']> = {}, typed: readonly string[] = []): Given => ({
  options: { template: 't', language: 'en', name: 'spring', ...more },
  typed: ['-t', 't', '-l', 'en', '--name', 'spring', ...typed],
});
const count = async () => Number((await ground.rows('select count(*) as n from campaigns'))[0]?.n);

describe.each(WAYS)('by %s', (way) => {
  const hand = (list: readonly object[], given = said()) => ground.ways[way](list, given);

  test('the same list again is refused with the other campaign, and leaves nothing', async () => {
    const list = people(2);
    const first = await hand(list);
    const before = await count();
    const again = await hand(list);
    expect(again).toMatchObject({ id: undefined, code: 'LIST_AGAIN' });
    expect(again.said).toContain(first.id);
    expect(again.said).toContain('spring');
    expect(again.said).toContain(new Date().toISOString().slice(0, 4));
    expect(await count()).toBe(before);
  });

  test('under a fresh idempotency key too, while its own key finds its campaign', async () => {
    const list = people(2);
    const keyed = (key: string, more: Partial<Given['options']> = {}, typed: string[] = []) =>
      said({ ...more, idempotencyKey: key }, ['--idempotency-key', key, ...typed]);
    const first = await hand(list, keyed(`first by ${way}`));
    const before = await count();
    const again = await hand(list, keyed(`again by ${way}`));
    expect(again).toMatchObject({ id: undefined, code: 'LIST_AGAIN' });
    expect(again.said).toContain(first.id);
    expect(await hand(list, keyed(`first by ${way}`))).toMatchObject({ id: first.id });
    expect(await count()).toBe(before);
    const meant = await hand(list, keyed(`again by ${way}`, { again: true }, ['--again']));
    expect(meant).toMatchObject({ id: expect.any(String), code: undefined });
    expect(meant.id).not.toBe(first.id);
  });

  test('for another template it is taken', async () => {
    const list = people(2);
    expect(await hand(list)).toMatchObject({ code: undefined });
    const other = said({ template: 'other', skipPreflight: true }, ['--skip-preflight']);
    const typed = other.typed.map((word) => (word === 't' ? 'other' : word));
    expect(await hand(list, { ...other, typed })).toMatchObject({ code: undefined });
  });

  test('one line, another list, and a list of seven days ago are no slip', async () => {
    const one = people(1);
    expect(await hand(one)).toMatchObject({ code: undefined });
    expect(await hand(one)).toMatchObject({ code: undefined });
    const list = people(2);
    const { id } = await hand(list);
    expect(await hand([...list, ...people(1)])).toMatchObject({ code: undefined });
    const days = `update campaigns set created_at = now_() - interval '7 days' where id = $1`;
    await ground.rows(days, [id]);
    expect(await hand(list)).toMatchObject({ code: undefined });
  });

  test('neither is one after a campaign that was cancelled, or after a dry run', async () => {
    const list = people(2);
    await hand(list, said({ dryRun: true }, ['--dry-run']));
    const { id } = await hand(list);
    expect(id).toBeDefined();
    await ground.service.call('POST', `/v1/campaigns/${id}/cancel`);
    expect(await hand(list)).toMatchObject({ code: undefined });
  });

  test('of two at once one is taken', async () => {
    const list = people(40);
    const ends = await Promise.all([hand(list), hand(list)]);
    expect(ends.map((end) => end.code).sort()).toEqual(['LIST_AGAIN', undefined]);
  });
});
