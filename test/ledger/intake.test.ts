import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import type { ListLine } from '../../src/core/people/recipient.ts';
import { loaderOf } from './loaders.ts';
import { all, lines, newNumber, only, spec, useLedger } from './support.ts';

const bench = useLedger();

async function loading(more: { readonly idempotencyKey?: string } = {}) {
  const senderId = await bench.sender();
  const made = await bench.ledger.campaigns.create(spec(senderId, more));
  if (!made.ok) throw new Error(made.error.message);
  const campaignId = made.value.campaign.id;
  const { hold, add, finish } = loaderOf(bench, campaignId, senderId, 'first');
  await hold();
  return { senderId, campaignId, add, finish };
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
    const one = loaderOf(bench, id, senderId, 'one');
    await one.hold();
    await one.finish(0);
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
    ['weight', { weight: 2 }],
    ['bound on errors', { maxErrors: { count: 5 } }],
    ['pair limit', { onPairLimit: 'skip' as const }],
    ['word on those who granted', { includeGranted: true }],
    ['word on those who declined', { includeDeclined: true }],
    ['start', { startAt: new Date('2036-01-01T00:00:00Z') }],
    ['end', { expireAt: new Date('2036-01-01T00:00:00Z') }],
    ['night', { quietHours: { from: '21:00', to: '08:00' } }],
    ['lane', { single: true }],
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

  test('the same key with another body is refused, also at the same instant', async () => {
    const senderId = await bench.sender();
    const given = spec(senderId, { idempotencyKey: 'two bodies' });
    const made = await Promise.all(
      ['a', 'b', 'a', 'b'].map((bodySha256) =>
        bench.ledger.campaigns.create({ ...given, bodySha256 }),
      ),
    );
    expect(made.filter((m) => m.ok)).toHaveLength(2);
    expect(made.filter((m) => m.ok && m.value.created)).toHaveLength(1);
    expect(made.map((m) => m.ok)).toContain(false);
    // Nor is it a list that came as a stream.
    expect(await bench.ledger.campaigns.create(given)).toMatchObject({
      error: { code: 'IDEMPOTENCY_MISMATCH' },
    });
  });

  test('a campaign of an older program is found by what that kept, and by its options', async () => {
    const senderId = await bench.sender();
    const given = spec(senderId, { idempotencyKey: 'older', weight: 3 });
    const first = await bench.ledger.campaigns.create(given);
    if (!first.ok) throw new Error(first.error.message);
    const { id } = first.value.campaign;
    // As programs before migration 0004 hashed it.
    const older = [senderId, 't', 'en', 'positional', [], ['1']];
    const sha256 = createHash('sha256').update(JSON.stringify(older)).digest('hex');
    await bench.rows('update campaigns set spec_sha256 = $2 where id = $1', [id, sha256]);
    const again = (more: object) => bench.ledger.campaigns.create({ ...given, ...more });
    expect(await again({})).toMatchObject({ value: { created: false, campaign: { id } } });
    expect(await again({ bodySha256: 'x' })).toMatchObject({ value: { campaign: { id } } });
    expect(await again({ weight: 4 })).toMatchObject({ ok: false });
    expect(await again({ language: 'de' })).toMatchObject({ ok: false });
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
    expect(added).toEqual({ ok: true, value: { added: 1, refused: 0 } });
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

  test('lines that cannot be asked are kept with their reasons', async () => {
    const { campaignId, add } = await loading();
    const given = [...lines([newNumber(), newNumber()]), refused(3)];
    expect(await add(given)).toEqual({ ok: true, value: { added: 2, refused: 1 } });
    expect(await all(bench.ledger.campaigns.refusedLines(campaignId))).toEqual([
      { row: 3, column: 'to', value: '12', code: 'PHONE_INVALID', message: 'no number' },
    ]);
  });

  test.each(['draft', 'running', 'paused', 'completed', 'cancelled'] as const)(
    'a campaign that is %s takes no more lines',
    async (state) => {
      const { campaignId, add } = await loading();
      await bench.rows('update campaigns set loader_until = now() where id = $1', [campaignId]);
      await bench.ledger.campaigns.transition({ id: campaignId, from: ['loading'], to: state });
      expect(await add(lines([newNumber()]))).toMatchObject({ error: { code: 'CAMPAIGN_STATE' } });
      expect(await results(campaignId)).toEqual([]);
    },
  );

  test('results are paged: 2,500 rows come back in their order, and by state', async () => {
    const { campaignId, add, finish } = await loading();
    const people = Array.from({ length: 2_500 }, newNumber);
    await add(lines([...people, people[0] as string]));
    await finish(2_501);
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
