import { describe, expect, test } from '@jest/globals';
import { type ListToLoad, type LoadProgress, loadCampaign } from '../../src/campaign/load.ts';
import type { ListLine } from '../../src/core/people/recipient.ts';
import { all, spec, useLedger } from '../ledger/support.ts';
import { expectedLines, list, people, refused, said, storedLines } from './lists.ts';

const bench = useLedger();

async function load(
  opened: ListToLoad,
  more: {
    strict?: boolean;
    idempotencyKey?: string;
    defaultCountry?: string;
    onProgress?: (p: LoadProgress) => void;
  } = {},
) {
  const { idempotencyKey, defaultCountry, ...rest } = more;
  const given = spec('10654', idempotencyKey === undefined ? {} : { idempotencyKey });
  const rules = defaultCountry === undefined ? {} : { defaultCountry };
  return loadCampaign(bench, { list: opened, spec: given, rules, ...rest });
}

async function rowsOf(id: string) {
  return all(bench.ledger.campaigns.results({ id }));
}

describe('loading a list', () => {
  test('brings good lines in beside bad ones, up to a draft', async () => {
    const [a, b] = people(2) as [ListLine, ListLine];
    const loaded = await load(list([a, b, refused(3)]));
    expect(loaded).toMatchObject({
      ok: true,
      value: { created: true, state: 'draft', lines: 3, added: 2, doubles: 0, refused: 1 },
    });
    if (!loaded.ok) return;
    expect(await rowsOf(loaded.value.id)).toHaveLength(2);
    expect(await all(bench.ledger.campaigns.refusedLines(loaded.value.id))).toHaveLength(1);
  });

  test('in batches, telling how far it is', async () => {
    const told: LoadProgress[] = [];
    const loaded = await load(list(people(4_100)), { onProgress: (p) => void told.push(p) });
    expect(loaded).toMatchObject({ value: { added: 4_100 } });
    expect(told.map((p) => p.lines)).toEqual([2_000, 4_000, 4_100]);
  });

  test.each([
    ['an empty list', [], 'LIST_EMPTY'],
    ['a list of only bad lines', [refused(1), refused(2)], 'LIST_ALL_REFUSED'],
  ] as const)('%s is refused and leaves nothing', async (_, given, code) => {
    const before = (await bench.ledger.campaigns.list({ limit: 1_000 })).length;
    expect(await load(list(given))).toMatchObject({ ok: false, error: { code } });
    expect(await bench.ledger.campaigns.list({ limit: 1_000 })).toHaveLength(before);
  });

  test('--strict refuses the whole list for one bad line and leaves nothing', async () => {
    const given = [...people(1_200), refused(1_201)];
    const before = (await bench.ledger.campaigns.list({ limit: 1_000 })).length;
    const loaded = await load(list(given), { strict: true });
    expect(loaded).toMatchObject({ ok: false, error: { code: 'LIST_REFUSED' } });
    expect(!loaded.ok && loaded.error.message).toContain('1 of 1201');
    expect(await bench.ledger.campaigns.list({ limit: 1_000 })).toHaveLength(before);
  });

  test('with only good lines --strict changes nothing', async () => {
    expect(await load(list(people(2)), { strict: true })).toMatchObject({ ok: true });
  });
});

describe('a list that broke off', () => {
  const brokenOff = (people: readonly ListLine[], dies: number, idempotencyKey: string) =>
    expect(load(said(people, 'old', dies), { idempotencyKey })).rejects.toThrow('broke off');

  test.each([
    ['then the whole of it', (given: ListLine[]) => given],
    ['then a shorter one', (given: ListLine[]) => given.slice(0, 300)],
    ['then other people', () => people(1_200)],
  ])('%s: asked are the people of the second, with its parameters', async (what, second) => {
    const given = people(2_600);
    await brokenOff(given, 2_500, what);
    const right = second(given);
    const loaded = await load(said(right, 'new'), { idempotencyKey: what });
    expect(loaded).toMatchObject({
      value: { created: false, state: 'draft', lines: right.length, added: right.length },
    });
    if (loaded.ok)
      expect(await storedLines(bench, loaded.value.id)).toEqual(expectedLines(right, 'new'));
  });

  test('leaves nothing to a list that is refused whole, which frees the key', async () => {
    await brokenOff(people(1_500), 1_200, 'refused then');
    const bad = await load(list([refused(1)]), { idempotencyKey: 'refused then' });
    expect(bad).toMatchObject({ error: { code: 'LIST_ALL_REFUSED' } });
    const right = people(2);
    const loaded = await load(said(right, 'new'), { idempotencyKey: 'refused then' });
    expect(loaded).toMatchObject({ value: { created: true } });
  });

  test('lets the next load go on at once', async () => {
    await brokenOff(people(3), 2, 'at once');
    const before = performance.now();
    expect(await load(said(people(2), 'new'), { idempotencyKey: 'at once' })).toMatchObject({
      ok: true,
    });
    expect(performance.now() - before).toBeLessThan(10_000);
  });
});

describe('a list that is in', () => {
  test('is found again, changes nothing, and keeps what became of its campaign', async () => {
    const given = people(1_500);
    const first = await load(said(given, 'word'), { idempotencyKey: 'started' });
    if (!first.ok) throw new Error(first.error.message);
    const { id } = first.value;
    await bench.ledger.campaigns.transition({ id, from: ['draft'], to: 'running' });
    expect(await load(said(given, 'word'), { idempotencyKey: 'started' })).toMatchObject({
      value: { id, created: false, state: 'running', lines: 1_500, added: 0 },
    });
    expect(await storedLines(bench, id)).toEqual(expectedLines(given, 'word'));
  });

  test.each([
    ['longer', (given: ListLine[]) => [...given, ...people(3_000).slice(2_500)]],
    ['shorter', (given: ListLine[]) => given.slice(0, 3)],
    ['of other people', () => people(2_500)],
    ['that breaks off', undefined],
  ])('takes nothing from another one %s', async (what, other) => {
    const given = people(2_500);
    const key = { idempotencyKey: `in, ${what}` };
    const first = await load(said(given, 'word'), key);
    if (!first.ok) throw new Error(first.error.message);
    if (other === undefined) {
      await expect(load(said(given, 'word', 1_100), key)).rejects.toThrow('broke off');
    } else {
      expect(await load(said(other(given), 'other'), key)).toMatchObject({
        error: { code: 'IDEMPOTENCY_MISMATCH' },
      });
    }
    expect(await storedLines(bench, first.value.id)).toEqual(expectedLines(given, 'word'));
    expect(await load(said(given, 'word'), key)).toMatchObject({ ok: true });
  });

  test('read by another country’s numbers is another list', async () => {
    const given = people(2);
    const key = { idempotencyKey: 'country' };
    const usual = { ...key, defaultCountry: 'US' };
    expect(await load(said(given, 'w'), usual)).toMatchObject({ value: { created: true } });
    expect(await load(said(given, 'w'), usual)).toMatchObject({ value: { created: false } });
    expect(await load(said(given, 'w'), { ...key, defaultCountry: 'DE' })).toMatchObject({
      error: { code: 'IDEMPOTENCY_MISMATCH' },
    });
  });

  test('of a program that kept the hash of its bytes alone is found too', async () => {
    const key = { idempotencyKey: 'bytes' };
    const given = people(2);
    const first = await load(said(given, 'w'), key);
    if (!first.ok) throw new Error(first.error.message);
    await bench.rows(`update campaigns set list_sha256 = 'w to 2' where id = $1`, [first.value.id]);
    expect(await load(said(given, 'w'), key)).toMatchObject({ value: { created: false } });
  });

  test('stays where another one is refused whole, or the same one strictly', async () => {
    const given = [...people(2), refused(3)];
    const first = await load(said(given, 'w'), { idempotencyKey: 'kept' });
    if (!first.ok) throw new Error(first.error.message);
    expect(await load(list([]), { idempotencyKey: 'kept' })).toMatchObject({ ok: false });
    const strictly = { idempotencyKey: 'kept', strict: true };
    expect(await load(said(given, 'w'), strictly)).toMatchObject({
      error: { code: 'LIST_REFUSED' },
    });
    expect(await bench.ledger.campaigns.get(first.value.id)).toMatchObject({ state: 'draft' });
    expect(await rowsOf(first.value.id)).toHaveLength(2);
  });

  test('never comes to a campaign that was cancelled while its list was read', async () => {
    const key = { idempotencyKey: 'cancelled' };
    await expect(load(said(people(1_500), 'old', 1_200), key)).rejects.toThrow('broke off');
    const made = await bench.ledger.campaigns.create(spec('10654', key));
    const id = made.ok ? made.value.campaign.id : '';
    await bench.ledger.campaigns.transition({ id, from: ['loading'], to: 'cancelled' });
    expect(await load(said(people(2), 'new'), key)).toMatchObject({
      error: { code: 'CAMPAIGN_STATE' },
    });
  });
});
