import { describe, expect, test } from '@jest/globals';
import type { ListLine } from '../../src/core/recipient.ts';
import { all, lines, newNumber, only, spec, useLedger } from './support.ts';

const bench = useLedger();

async function loading(more: { readonly idempotencyKey?: string } = {}) {
  const senderId = await bench.sender();
  const made = await bench.ledger.campaigns.create(spec(senderId, more));
  if (!made.ok) throw new Error(made.error.message);
  const campaignId = made.value.campaign.id;
  const add = (given: readonly ListLine[]) =>
    bench.ledger.intake.addLines({
      campaignId,
      senderIds: [senderId],
      language: 'en',
      lines: given,
    });
  return { senderId, campaignId, add };
}

async function results(id: string) {
  return all(bench.ledger.campaigns.results({ id }));
}

describe('making a campaign', () => {
  test('one without a key is new each time', async () => {
    const senderId = await bench.sender();
    const [one, two] = await Promise.all([
      bench.ledger.campaigns.create(spec(senderId)),
      bench.ledger.campaigns.create(spec(senderId)),
    ]);
    expect(one).toMatchObject({ ok: true, value: { created: true } });
    expect(two).toMatchObject({ ok: true, value: { created: true } });
    expect(one.ok && two.ok && one.value.campaign.id !== two.value.campaign.id).toBe(true);
  });

  test('one by a sender that never worked makes the sender known', async () => {
    const made = await bench.ledger.campaigns.create(spec('4711000'));
    expect(made).toMatchObject({ ok: true, value: { campaign: { senderId: '4711000' } } });
  });

  test('the same key with the same spec is the same campaign, as it is by now', async () => {
    const senderId = await bench.sender();
    const given = spec(senderId, { idempotencyKey: 'again', bodyParameters: null });
    const first = await bench.ledger.campaigns.create(given);
    if (!first.ok) throw new Error(first.error.message);
    const { id } = first.value.campaign;
    await bench.ledger.intake.finishLoading({ campaignId: id, listSha256: 'x' });
    const second = await bench.ledger.campaigns.create(given);
    expect(second).toMatchObject({
      ok: true,
      value: { created: false, campaign: { id, state: 'draft', idempotencyKey: 'again' } },
    });
  });

  test.each([
    ['template', { template: 'other' }],
    ['language', { language: 'de' }],
    ['columns', { bodyParameters: ['2'] }],
    ['format', { parameterFormat: 'named' as const }],
  ])('the same key with another %s is refused and names the campaign', async (what, other) => {
    const senderId = await bench.sender();
    const idempotencyKey = `mismatch ${what}`;
    const first = await bench.ledger.campaigns.create(spec(senderId, { idempotencyKey }));
    if (!first.ok) throw new Error(first.error.message);
    const second = await bench.ledger.campaigns.create(
      spec(senderId, { idempotencyKey, ...other }),
    );
    expect(second).toMatchObject({ ok: false, error: { code: 'IDEMPOTENCY_MISMATCH' } });
    expect(!second.ok && second.error.message).toContain(first.value.campaign.id);
  });

  test('the same key many times at once is one campaign', async () => {
    const given = spec(await bench.sender(), { idempotencyKey: 'at once' });
    const made = await Promise.all(
      Array.from({ length: 8 }, () => bench.ledger.campaigns.create(given)),
    );
    const ids = made.map((m) => (m.ok ? m.value.campaign.id : m.error.message));
    expect(new Set(ids).size).toBe(1);
    expect(made.filter((m) => m.ok && m.value.created)).toHaveLength(1);
  });
});

describe('adding lines', () => {
  test('writes each line as a pending request with what the line says', async () => {
    const { campaignId, add } = await loading();
    const to = newNumber();
    const notBefore = new Date('2026-01-01T00:00:00Z');
    const notAfter = new Date('2036-01-01T00:00:00Z');
    const added = await add([
      {
        kind: 'recipient',
        recipient: {
          row: 7,
          to,
          reference: 'A\u0000B',
          language: 'pt_BR',
          notBefore,
          notAfter,
          parameters: { 1: 'Ann \uD800', 2: '' },
        },
      },
    ]);
    expect(added).toEqual({ ok: true, value: { added: 1, doubles: 0, refused: 0 } });
    const row = only(
      await bench.rows('select * from requests where campaign_id = $1', [campaignId]),
    );
    expect(row).toMatchObject({
      row: 7,
      to_number: to,
      reference: 'A\uFFFDB',
      language: 'pt_BR',
      due_at: notBefore,
      not_after: notAfter,
      parameters: { 1: 'Ann \uFFFD', 2: '' },
      state: 'pending',
      lane: 1,
    });
  });

  test('the same batch again adds nothing', async () => {
    const { campaignId, add } = await loading();
    const given = [...lines([newNumber(), newNumber()]), refused(3)];
    await add(given);
    expect(await add(given)).toEqual({ ok: true, value: { added: 0, doubles: 0, refused: 0 } });
    expect(await results(campaignId)).toHaveLength(2);
    expect(await all(bench.ledger.campaigns.refusedLines(campaignId))).toEqual([
      { row: 3, column: 'to', value: '12', code: 'PHONE_INVALID', message: 'no number' },
    ]);
  });

  test('a number twice in one batch: the later row is skipped and names the first', async () => {
    const { campaignId, add } = await loading();
    const [a, b] = [newNumber(), newNumber()];
    expect(await add(lines([a, b, a, a]))).toMatchObject({ value: { added: 2, doubles: 2 } });
    const got = await results(campaignId);
    expect(got.map((r) => r.status)).toEqual(['pending', 'pending', 'skipped', 'skipped']);
    expect(got[2]?.advice).toContain('row 1');
    expect(got[3]?.advice).toContain('row 1');
  });

  test('a number of an earlier batch is doubled too', async () => {
    const { campaignId, add } = await loading();
    const to = newNumber();
    await add(lines([to]));
    const later: ListLine = { kind: 'recipient', recipient: { row: 2, to, parameters: {} } };
    expect(await add([later])).toMatchObject({ value: { added: 0, doubles: 1 } });
    expect((await results(campaignId))[1]?.advice).toContain('row 1');
  });

  test('the same number in two campaigns is no double', async () => {
    const to = newNumber();
    const [one, two] = [await loading(), await loading()];
    expect(await one.add(lines([to]))).toMatchObject({ value: { added: 1 } });
    expect(await two.add(lines([to]))).toMatchObject({ value: { added: 1 } });
  });

  test('a row with another number than before is another list', async () => {
    const { add } = await loading();
    await add(lines([newNumber(), newNumber()]));
    const other = await add(lines([newNumber()]));
    expect(other).toMatchObject({
      ok: false,
      error: { code: 'IDEMPOTENCY_MISMATCH', where: 'row 1' },
    });
  });

  test.each(['draft', 'running', 'paused', 'completed', 'cancelled'] as const)(
    'a campaign that is %s takes no more lines',
    async (state) => {
      const { campaignId, add } = await loading();
      await bench.ledger.campaigns.transition({ id: campaignId, from: ['loading'], to: state });
      expect(await add(lines([newNumber()]))).toMatchObject({ ok: true, value: { added: 0 } });
      expect(await results(campaignId)).toEqual([]);
    },
  );

  test('two loaders of one list at once add each line once', async () => {
    const { campaignId, add } = await loading();
    const people = Array.from({ length: 60 }, newNumber);
    // Ten doubles at the end, within and across the batches.
    const given = lines([...people, ...people.slice(0, 10)]);
    const batches = Array.from({ length: 7 }, (_, i) => given.slice(i * 10, i * 10 + 10));
    const load = async () => {
      for (const batch of batches) expect((await add(batch)).ok).toBe(true);
    };
    await Promise.all([load(), load()]);
    const got = await results(campaignId);
    expect(got.map((r) => r.row)).toEqual(Array.from({ length: 70 }, (_, i) => i + 1));
    expect(got.filter((r) => r.status === 'pending').map((r) => r.to)).toEqual(people);
    expect(got.filter((r) => r.status === 'skipped')).toHaveLength(10);
  });

  test('of two loads the first finishes it, the same list again agrees, another one does not', async () => {
    const { campaignId, add } = await loading();
    await add(lines([newNumber()]));
    const finish = (listSha256: string) =>
      bench.ledger.intake.finishLoading({ campaignId, listSha256 });
    expect(await Promise.all([finish('same'), finish('same')])).toEqual([
      { ok: true, value: undefined },
      { ok: true, value: undefined },
    ]);
    expect(await finish('other')).toMatchObject({ error: { code: 'IDEMPOTENCY_MISMATCH' } });
    expect((await bench.ledger.campaigns.get(campaignId))?.state).toBe('draft');
  });

  test('results are paged: 2,500 rows come back in their order, and by state', async () => {
    const { campaignId, add } = await loading();
    const people = Array.from({ length: 2_500 }, newNumber);
    await add(lines([...people, people[0] as string]));
    const got = await results(campaignId);
    expect(got.map((r) => r.row)).toEqual(Array.from({ length: 2_501 }, (_, i) => i + 1));
    const skipped = bench.ledger.campaigns.results({ id: campaignId, states: ['skipped'] });
    expect((await all(skipped)).map((r) => r.row)).toEqual([2_501]);
  });
});

function refused(row: number): ListLine {
  return {
    kind: 'refused',
    refused: { row, column: 'to', value: '12', code: 'PHONE_INVALID', message: 'no number' },
  };
}
