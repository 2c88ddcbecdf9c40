import { describe, expect, test } from '@jest/globals';
import { type LoadProgress, loadCampaign, type OpenList } from '../../src/campaign/load.ts';
import type { ListLine } from '../../src/core/recipient.ts';
import { all, lines, newNumber, spec, useLedger } from '../ledger/support.ts';

const bench = useLedger();

function list(given: readonly ListLine[], sha256 = 'sha of it'): OpenList {
  return {
    columns: ['1'],
    lines: (async function* each() {
      yield* given;
    })(),
    sha256: () => sha256,
  };
}

function people(n: number): ListLine[] {
  return lines(Array.from({ length: n }, newNumber));
}

function refused(row: number): ListLine {
  return { kind: 'refused', refused: { row, code: 'PHONE_INVALID', message: 'no number' } };
}

async function load(
  opened: OpenList,
  more: { strict?: boolean; idempotencyKey?: string; onProgress?: (p: LoadProgress) => void } = {},
) {
  const { idempotencyKey, ...rest } = more;
  const given = spec('10654', idempotencyKey === undefined ? {} : { idempotencyKey });
  return loadCampaign(bench, { list: opened, spec: given, ...rest });
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
    expect(loaded.value.firstRefused).toEqual([
      { row: 3, code: 'PHONE_INVALID', message: 'no number' },
    ]);
    expect(await rowsOf(loaded.value.id)).toHaveLength(2);
    expect(await all(bench.ledger.campaigns.refusedLines(loaded.value.id))).toHaveLength(1);
  });

  test('in batches, telling how far it is', async () => {
    const told: LoadProgress[] = [];
    const loaded = await load(list(people(2_100)), { onProgress: (p) => void told.push(p) });
    expect(loaded).toMatchObject({ value: { added: 2_100 } });
    expect(told.map((p) => p.lines)).toEqual([1_000, 2_000, 2_100]);
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

describe('a load with an idempotency key', () => {
  test('that died goes on where it stopped, and adds nothing twice', async () => {
    const given = people(2_500);
    const dies: OpenList = {
      columns: ['1'],
      lines: (async function* some() {
        yield* given.slice(0, 1_700);
        throw new Error('killed');
      })(),
      sha256: () => 'never',
    };
    const idempotencyKey = 'died';
    await expect(load(dies, { idempotencyKey })).rejects.toThrow('killed');
    const again = await load(list(given), { idempotencyKey });
    expect(again).toMatchObject({
      value: { created: false, state: 'draft', lines: 2_500, added: 1_500 },
    });
    if (again.ok) expect(await rowsOf(again.value.id)).toHaveLength(2_500);
  });

  test('twice at once is one campaign with each line once', async () => {
    const given = people(1_500);
    const loads = await Promise.all(
      [1, 2, 3].map(() => load(list(given), { idempotencyKey: 'at once' })),
    );
    const ids = loads.map((l) => (l.ok ? l.value.id : l.error.message));
    expect(new Set(ids).size).toBe(1);
    expect(await rowsOf(ids[0] as string)).toHaveLength(1_500);
  });

  test('again after it was started finds it and changes nothing', async () => {
    const given = people(3);
    const first = await load(list(given), { idempotencyKey: 'started' });
    if (!first.ok) throw new Error(first.error.message);
    const { id } = first.value;
    await bench.ledger.campaigns.transition({ id, from: ['draft'], to: 'running' });
    expect(await load(list(given), { idempotencyKey: 'started' })).toMatchObject({
      value: { id, created: false, state: 'running', added: 0 },
    });
  });

  test('with another list is refused: by its first other row, or by its fingerprint', async () => {
    const given = people(3);
    await load(list(given), { idempotencyKey: 'other list' });
    const mismatch = { ok: false, error: { code: 'IDEMPOTENCY_MISMATCH' } };
    expect(await load(list(people(3)), { idempotencyKey: 'other list' })).toMatchObject(mismatch);
    const shorter = list(given.slice(0, 2), 'another sha');
    expect(await load(shorter, { idempotencyKey: 'other list' })).toMatchObject(mismatch);
  });

  test('a refused list does not take down a campaign that was there before', async () => {
    const first = await load(list(people(2)), { idempotencyKey: 'kept' });
    if (!first.ok) throw new Error(first.error.message);
    expect(await load(list([]), { idempotencyKey: 'kept' })).toMatchObject({ ok: false });
    expect(await bench.ledger.campaigns.get(first.value.id)).toMatchObject({ state: 'draft' });
  });
});
