/** Both clients tell alike who may be called, page by page, and take opt-outs. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from '../../../src/index.ts';
import { inMs, number, say } from '../../http/book-support.ts';
import { all, draft, type Ground, KINDS, newPeople, openGround, problemOf } from './ground.ts';

const HOUR_MS = 3_600_000;
const soon = number(1);
const later = number(2);
const forGood = number(3);
const declined = number(4);
const over = number(5);
const CHANGING = [number(20), number(21)];
let ground: Ground;
let campaign: string;

beforeAll(async () => {
  ground = await openGround();
  const { service } = ground;
  const until = (hours: number) => ({ expiresAt: inMs(hours * HOUR_MS) });
  await say(service, soon, 'temporary', until(2));
  await say(service, later, 'temporary', until(100));
  await say(service, forGood, 'permanent');
  await say(service, declined, 'declined');
  await say(service, over, 'temporary', { expiresAt: inMs(-1_000) });
  const recipients = [{ to: soon, 1: 'Ann' }, ...newPeople(1)];
  campaign = (await ground.clients.createClient.enqueue(draft(recipients))).id;
});
afterAll(() => ground?.close());

describe.each(KINDS)('%s', (kind) => {
  const client = (): Client => ground.clients[kind];
  const foundBy = async (query: object) =>
    (await all(client().permissions(query)))
      .map(({ to }) => to)
      // Those who are told of below take theirs back.
      .filter((to) => !CHANGING.includes(to))
      .sort();

  it.each([1, 2, 1_000])('tells the book, however many are read at once: %d', async (pageItems) => {
    expect(await foundBy({ pageItems })).toEqual([soon, later, forGood, declined, over]);
  });

  it.each<[object, () => string[]]>([
    [{ state: 'callable' }, () => [soon, later, forGood]],
    [{ state: ['callable', 'declined'] }, () => [soon, later, forGood, declined]],
    [{ state: 'expired' }, () => [over]],
    [{ expiringWithin: '24h' }, () => [soon]],
    [{ state: 'callable', expiringWithin: '7d' }, () => [soon, later]],
    [{ sender: '7' }, () => []],
  ])('tells whom %j fits', async (query, expected) => {
    expect(await foundBy({ ...query, pageItems: 2 })).toEqual(expected());
  });

  it('tells the people of a campaign', async () => {
    expect((await all(client().permissions({ campaign, state: 'callable' })))[0]).toEqual({
      ...{ sender: ground.service.simulator.phoneNumberId, to: soon, reference: null },
      ...{ wa_id: expect.any(String), user_id: null, state: 'temporary', may_call: true },
      ...{ since: expect.stringMatching(/Z$/), until: expect.stringMatching(/Z$/) },
      ...{ source: 'answer', campaign: null },
    });
  });

  it('tells of one person by any spelling, and of a stranger nothing', async () => {
    const spelled = soon.replace(/^(\+49)(\d{4})/, '$1 $2 ');
    expect(await client().permission(spelled)).toMatchObject({
      ...{ to: soon, opt_out: null, calls: [] },
      permissions: [{ to: soon, state: 'temporary', may_call: true }],
    });
    const national = { defaultCountry: 'de' };
    expect((await client().permission(soon.replace('+49', '0'), national)).to).toBe(soon);
    expect(await client().permission(number(99))).toEqual({
      ...{ to: number(99), opt_out: null, permissions: [], calls: [] },
    });
    expect((await client().permission('US.13491208655302741918')).permissions).toEqual([]);
  });

  it('says whether somebody may be called: true, and false once it is taken back', async () => {
    const to = number(kind === 'createClient' ? 20 : 21);
    expect(await client().mayCall(to)).toBe(false);
    await say(ground.service, to, 'permanent');
    expect(await client().mayCall(to)).toBe(true);
    expect(await client().mayCall(to, { sender: '7' })).toBe(false);
    await say(ground.service, to, 'revoked', { at: inMs(0), source: 'person' as never });
    expect(await client().mayCall(to)).toBe(false);
  });

  it('says false of a no, and of a permission that is over', async () => {
    expect(await client().mayCall(declined)).toBe(false);
    expect(await client().mayCall(over)).toBe(false);
    expect(await client().mayCall(forGood)).toBe(true);
  });

  it('puts people on the opt-out list, one or many, each once', async () => {
    const [one, two, three] = newPeople(3).map(({ to }) => to) as [string, string, string];
    const reason = 'asked us by phone';
    expect(await client().suppress(one, { reason })).toEqual({
      ...{ added: 1, known: 0, refused: 0, refusedLines: [] },
    });
    const many = [one, { to: two, reason: 'by letter' }, three, '12'];
    expect(await client().suppress(many)).toMatchObject({
      ...{ added: 2, known: 1, refused: 1, refusedLines: [{ row: 4, column: 'to', value: '12' }] },
    });
    expect((await client().permission(one)).opt_out).toEqual({
      ...{ source: 'api', reason, added_at: expect.stringMatching(/Z$/) },
    });
    expect((await client().permission(two)).opt_out).toMatchObject({ reason: 'by letter' });
    // Nobody asks them from then on.
    const { id } = await client().enqueue({ ...draft([{ to: one, 1: 'Ann' }]), start: true });
    const senders = await ground.service.app.runSenders();
    await client().waitFor(id, { pollMs: 50 });
    await senders.close();
    expect((await all(client().results(id)))[0]?.status).toBe('skipped');
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['a number that is none', () => client().mayCall('12'), 'USAGE'],
    ['no number', () => client().mayCall(''), 'USAGE'],
    ['no text', () => client().mayCall(7 as never), 'USAGE'],
    ['letters', () => client().permission('Ann'), 'USAGE'],
    ['a sender that is none', () => client().mayCall(soon, { sender: 'a b' }), 'USAGE'],
    [
      'only opt-outs that cannot be read',
      () => client().suppress(['12', '13']),
      'LIST_ALL_REFUSED',
    ],
    ['no opt-out', () => client().suppress([]), 'USAGE'],
    ['an opt-out without a number', () => client().suppress({ reason: 'x' } as never), 'USAGE'],
    ['a reason of two lines', () => client().suppress(soon, { reason: 'a\nb' }), 'USAGE'],
    ['a state that is none', () => all(client().permissions({ state: 'yes' as never })), 'USAGE'],
    ['a span that is none', () => all(client().permissions({ expiringWithin: 'soon' })), 'USAGE'],
    ['an unknown campaign', () => all(client().permissions({ campaign: 'cnothere' })), 'NOT_FOUND'],
  ])('%s is a problem', async (_what, verb, code) => {
    expect((await problemOf(verb())).code).toBe(code);
  });
});

it('both clients answer the same of the same', async () => {
  const { createClient: ledger, createHttpClient: http } = ground.clients;
  expect(await all(http.permissions())).toEqual(await all(ledger.permissions()));
  for (const to of [soon, later, forGood, declined, over, number(99)])
    expect(await http.permission(to)).toEqual(await ledger.permission(to));
});

describe('once its time is over, a permission', () => {
  beforeAll(async () => {
    await ground.service.app.ledger.advanceClock(3 * HOUR_MS);
  });

  it.each(KINDS)('is none any more for %s', async (kind) => {
    const client = ground.clients[kind];
    expect(await client.mayCall(soon)).toBe(false);
    expect(await client.mayCall(later)).toBe(true);
    expect((await client.permission(soon)).permissions).toMatchObject([
      { state: 'expired', may_call: false },
    ]);
    const callable = await all(client.permissions({ state: 'callable' }));
    expect(callable.map(({ to }) => to)).not.toContain(soon);
  });
});
