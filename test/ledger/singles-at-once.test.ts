/** Single requests are made by one statement, some together: what stands in the ledger then is what the way of lists makes. */
import { describe, expect, test } from '@jest/globals';
import { standingOf } from '../../src/campaign/await-outcome.ts';
import { freshStandings } from '../../src/campaign/fresh-standing.ts';
import type { Recipient } from '../../src/core/people/recipient.ts';
import type { NewCampaign, NewSingle } from '../../src/core/ports/index.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import { freshResult } from '../../src/core/single-request.ts';
import { forgottenGate } from '../../src/ledger/forgotten.ts';
import { createSingles } from '../../src/ledger/singles.ts';
import { forgettingBench } from './forgetting.ts';
import { accepted, newNumber, spec, useLedger } from './support.ts';

const bench = useLedger();

const ALL: Partial<NewCampaign> = {
  ...{ name: 'one', weight: 7, onPairLimit: 'skip', includeGranted: true, includeDeclined: true },
  ...{ expireAt: new Date('2040-01-01T10:00:00Z'), quietHours: { from: '20:00', to: '08:30' } },
  ...{ maxErrors: { percent: 4.5 }, headerParameters: ['shop'], bodySha256: 'of the body' },
};
const ANN: Partial<Recipient> = {
  ...{ reference: 'r\t"1"\\', parameters: { 1: 'Ann\n"\\', shop: 'Öl & Co' }, language: 'de' },
  ...{ zones: ['Europe/Berlin'], notAfter: new Date('2039-01-01T10:00:00Z') },
};

function single(senderId: string, more: Partial<NewCampaign> = {}, one: Partial<Recipient> = {}) {
  const recipient: Recipient = { row: 1, to: newNumber(), parameters: { 1: 'Ann' }, ...one };
  const made: NewSingle = {
    spec: { ...spec(senderId), single: true, ...more },
    ...{ recipient, listSha256: 'of the list' },
  };
  return made;
}

/** The same one step after the other, as lists go. */
async function inSteps({ spec: made, recipient, listSha256 }: NewSingle): Promise<string> {
  const { campaigns, intake } = bench.ledger;
  const created = await campaigns.create(made);
  if (!created.ok) throw new Error(created.error.message);
  const campaignId = created.value.campaign.id;
  const hold = { campaignId, loader: 'steps' };
  const stands = await intake.hold(hold);
  if (stands === undefined) throw new Error('there is no campaign');
  await intake.addLines({
    ...{ ...hold, terms: stands.terms, senderIds: [made.senderId], language: made.language },
    lines: [{ kind: 'recipient', recipient }],
  });
  await intake.finishLoading({ ...hold, listSha256, lines: 1 });
  await campaigns.transition({ id: campaignId, from: ['draft'], to: 'running' });
  return campaignId;
}

/** All that the ledger holds of it, but its names and the times of its making. */
async function rowsOf(id: string | undefined) {
  const [row] = await bench.rows<{ c: Record<string, unknown>; r: Record<string, unknown> }>(
    `select to_jsonb(c) - '{id,created_at,started_at,loader_until,loader_backend}'::text[] as c,
       to_jsonb(r) - '{id,campaign_id}'::text[] as r, c.started_at is null as idle
     from campaigns c join requests r on r.campaign_id = c.id where c.id = $1`,
    [id],
  );
  return row;
}

test.each([
  ['with nothing said', {}, {}],
  ['with all that can be said', ALL, ANN],
])('one %s is as the way of lists makes it', async (_how, more, one) => {
  const made = single(await bench.sender(), more, one);
  const id = await bench.ledger.intake.makeSingle(made);
  expect(id).toBeDefined();
  expect(await rowsOf(id)).toEqual(await rowsOf(await inSteps(made)));
});

test('its standing is what a look at the ledger shows, and senders are told', async () => {
  const senderId = await bench.sender();
  const listener = await bench.database.pool.connect();
  try {
    await listener.query('listen callpermit');
    const told = new Promise<string>((resolve) => {
      listener.on('notification', ({ payload = '' }) => {
        if (payload.includes('"running"')) resolve(payload);
      });
    });
    const made = single(senderId, {}, { reference: 'ann' });
    const id = (await bench.ledger.intake.makeSingle(made)) ?? '';
    expect(JSON.parse(await told)).toEqual({ kind: 'campaign', id, state: 'running' });
    const target = { ledger: bench.ledger, queue: { isPaused: async () => false } };
    const fresh = { id, senderId, fresh: freshResult(made.recipient) };
    expect(await freshStandings(target)(fresh)).toEqual(await standingOf(target, id));
  } finally {
    listener.release(true);
  }
});

test('of many with one idempotency key one is made', async () => {
  const senderId = await bench.sender();
  const same = () => single(senderId, { idempotencyKey: `key of ${senderId}` });
  const ids = await Promise.all(
    Array.from({ length: 20 }, () => bench.ledger.intake.makeSingle(same())),
  );
  expect(ids.filter((id) => id !== undefined)).toHaveLength(1);
  const [row] = await bench.rows('select count(*)::int as n from requests where sender_id = $1', [
    senderId,
  ]);
  expect(row).toEqual({ n: 1 });
});

test('one that Postgres cannot take leaves nothing, and is left to the way of lists', async () => {
  const senderId = await bench.sender();
  const bad = single(senderId, {}, { parameters: { 1: 'a\u0000b' } });
  expect(await bench.ledger.intake.makeSingle(bad)).toBeUndefined();
  expect(await bench.rows('select from requests where sender_id = $1', [senderId])).toEqual([]);
});

test('whoever was forgotten is known by the key, and without it nobody is made', async () => {
  const senderId = await bench.sender();
  const to = newNumber();
  await bench.campaign(senderId, [to]);
  await bench.ledger.sending.record((await bench.claim(senderId)).map(accepted));
  const { forget, keyed } = forgettingBench(bench);
  await forget(to);
  const made = single(senderId, {}, { to });
  expect(await bench.ledger.intake.makeSingle(made)).toBeUndefined();
  const ledger = keyed();
  expect(await ledger.intake.makeSingle(made)).toBeDefined();
  // Their allowance is used up still.
  expect(await bench.claim(senderId, { ledger })).toEqual([]);
  await bench.rows('update forgetting set proof = null');
});

describe('several at once', () => {
  test('whoever comes while some are on their way goes with the next of them', async () => {
    const senderId = await bench.sender();
    let statements = 0;
    const { database } = bench;
    const run: typeof database.run = (sql, values, limits) => {
      statements += 1;
      return database.run(sql, values, limits);
    };
    const make = createSingles({ run }, forgottenGate(database, undefined));
    const ids = await Promise.all(Array.from({ length: 100 }, () => make(single(senderId))));
    expect(new Set(ids).size).toBe(100);
    expect(statements).toBeLessThan(6);
  });

  test('one whose answer was lost is made once, and found, also where somebody was forgotten since', async () => {
    const senderId = await bench.sender();
    const { database } = bench;
    let lost = 1;
    const run: typeof database.run = async (sql, values, limits) => {
      const rows = await database.run(sql, values, limits);
      if (lost === 0) return rows as never;
      lost -= 1;
      await bench.rows('update forgetting set generation = generation + 1');
      throw new InfrastructureError('database', 'cut');
    };
    const make = createSingles({ run }, forgottenGate(database, undefined));
    const id = await make(single(senderId));
    expect(id).toBeDefined();
    expect(
      await bench.rows('select campaign_id as id from requests where sender_id = $1', [senderId]),
    ).toEqual([{ id }]);
  });
});
