/** A person with a past is forgotten: nothing in any table names them, all counts stay, and what bars them still does. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { base64Cores } from '../../src/core/people/mentions.ts';
import { forgettingBench, wamid } from './forgetting.ts';
import { all, newNumber, useLedger } from './support.ts';

const bench = useLedger();
const { campaignBy, forget, found, keyed, record, storeDeliveries, turnedAway } =
  forgettingBench(bench);

async function counts(): Promise<unknown> {
  return bench.rows(
    `select campaign_id, state, sum(n)::int as n from request_counts group by 1, 2 having sum(n) <> 0
     union all select campaign_id, fact, sum(n)::int from funnel_counts group by 1, 2 having sum(n) <> 0 order by 1, 2`,
  );
}

describe('a person with a past', () => {
  const to = newNumber();
  // No neighbour: of two numbers that end differently base64 looks nearly the same.
  const other = '+4915112345678';
  const userId = 'US.1349120865530274';
  const ids = ['', ''];
  const words = [to.slice(1), userId, 'Zebediah', 'crm-4711', ...base64Cores(to.slice(1))];
  let before: unknown;
  let done: Awaited<ReturnType<typeof forget>>;
  let campaigns: readonly string[] = [];

  beforeAll(async () => {
    const sender = await bench.sender();
    const second = await bench.sender();
    const { events } = bench.ledger;
    await events.subscribe({ id: 'all', kind: 'http', url: 'https://example.com/' });
    await bench.rows(`insert into portfolios (id) values ('p') on conflict do nothing`);
    await bench.rows(`update senders set portfolio = 'p' where id = any($1)`, [[sender, second]]);
    ids.splice(0, 2, sender, second);
    const recipient = { reference: 'crm-4711', parameters: { 1: 'Zebediah' } };
    const first = await bench.campaign(sender, [to], { recipient, name: `for ${to}` });
    await record(to, await bench.claim(sender), 'one');
    const waiting = await bench.campaign(second, [to, other]);
    const single = await bench.campaign(sender, [to], {
      ...{ single: true, idempotencyKey: `ask ${to}`, recipient, start: false },
    });
    campaigns = [first, waiting, single];
    await bench.rows(
      `insert into refused_lines (campaign_id, row, column_name, value, code, message)
       values ($1, 900, 'to', $2, 'PHONE_INVALID', 'no'), ($1, 901, 'to', '+49 151 99', 'PHONE_INVALID', 'no')`,
      [first, `(${to.slice(2, 5)}) ${to.slice(5)}`],
    );
    const at = new Date();
    const { replies, people, evidence } = bench.ledger;
    await replies.learnNames([{ a: userId, b: to.slice(1), at }]);
    await evidence.applyStatuses([
      {
        senderId: sender,
        wamid: wamid(to, 'one'),
        status: 'delivered',
        at,
        waId: to.slice(1),
        userId,
      },
      { senderId: sender, wamid: wamid(to, 'unknown'), status: 'sent', at, waId: to.slice(1) },
    ]);
    await replies.bookAnswers([
      {
        ...{
          senderId: sender,
          key: wamid(to, 'answer'),
          person: to.slice(1),
          status: 'declined',
          at,
        },
        ...{ source: 'answer', context: wamid(to, 'one') },
      },
    ]);
    await replies.bookCalls([
      {
        ...{ senderId: second, id: `wacid.${wamid(to, 'call').slice(6)}`, person: userId, at },
        ...{ byBusiness: true, isConnected: false, isOver: true },
      },
    ]);
    await replies.setPreferences([
      { person: to.slice(1), category: 'marketing', value: 'stop', at },
    ]);
    await people.suppress({ people: [{ to, reason: 'Zebediah wrote' }], source: 'operator' });
    const status = (who: string, tail: string) => ({
      ...{ id: wamid(who, tail), status: 'read', recipient_id: who.slice(1), timestamp: '1' },
    });
    const contact = (who: string, name: string) => ({ wa_id: who.slice(1), profile: { name } });
    await storeDeliveries([
      {
        object: 'whatsapp_business_account',
        entry: [
          {
            id: '1',
            changes: [
              {
                field: 'messages',
                value: {
                  metadata: { phone_number_id: sender },
                  contacts: [contact(to, 'Zebediah'), contact(other, 'Ann')],
                  statuses: [status(to, 'one'), status(other, 'theirs')],
                },
              },
            ],
          },
        ],
      },
      {
        entry: [
          { changes: [{ value: { messages: [{ from_user_id: userId, text: { body: 'x' } }] } }] },
        ],
      },
    ]);
    await bench.rows(
      `insert into unread_parts (day, delivery, place, why, raw) values (current_date, 1, 'entry[0]', 'strange', $1)`,
      [`{"from":"${to.slice(1)}","name":"Zebed`],
    );
    await bench.rows(
      `insert into attempts (request_id, fence, outcome, applied, detail, wamid, raw)
       select id, 1, 'accepted', false, $2, $3, $2 from requests where campaign_id = $1`,
      [first, `to ${to}`, wamid(to, 'one')],
    );
    // Some events are in the log and wait for the subscriber, some are new.
    expect(await events.relay(4)).toBe(4);
    expect((await bench.rows('select * from event_deliveries')).length).toBeGreaterThan(3);
    expect(await found(words)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^new_events /),
        expect.stringMatching(/^events_\d+ /),
        expect.stringMatching(/^event_deliveries /),
      ]),
    );
    before = await counts();
    expect(await found(words)).not.toHaveLength(0);
    done = await forget(to);
  });

  test('stands in no table any more, by number, user id, name, reference or message id', async () => {
    expect(await found(words)).toEqual([]);
  });

  test('leaves all counts, but that who had waited is skipped', async () => {
    expect(done).toMatchObject({
      known: true,
      requests: 3,
      skipped: 2,
      deliveries: 2,
      optedOut: true,
    });
    const [first = '', waiting = ''] = campaigns;
    expect(await bench.states(first)).toEqual(['accepted']);
    expect(await bench.states(waiting)).toEqual(['skipped', 'pending']);
    const ofFirst = (all: unknown) =>
      (all as { campaign_id: string }[]).filter((row) => row.campaign_id === first);
    expect(ofFirst(await counts())).toEqual(ofFirst(before));
    const [row] = await all(bench.ledger.campaigns.results({ id: first }));
    expect(row).toMatchObject({
      to: '',
      reference: null,
      wamid: null,
      status: 'accepted',
      delivery: 'delivered',
    });
    const [skipped] = await all(bench.ledger.campaigns.results({ id: waiting }));
    expect(skipped).toMatchObject({
      status: 'skipped',
      advice: expect.stringContaining('forgotten'),
    });
    // Who was asked today counts in the budget, before and after it is counted anew.
    const asked = () =>
      bench.rows(`select sum(n)::int as n from asked_counts where portfolio = 'p'`);
    const [n] = await asked();
    await bench.rows(`select recount_asked('p')`);
    expect(await asked()).toEqual([n]);
  });

  test('leaves what Meta told of others', async () => {
    const deliveries = await bench.rows<{ body: string }>(
      'select body from webhook_deliveries order by length(body) desc',
    );
    const value = JSON.parse(deliveries[0]?.body ?? '').entry[0].changes[0].value;
    expect(value).toMatchObject({
      metadata: { phone_number_id: ids[0] },
      contacts: [{ wa_id: other.slice(1), profile: { name: 'Ann' } }],
      statuses: [{ id: wamid(other, 'theirs'), status: 'read' }],
    });
    expect(await bench.rows('select value from refused_lines order by row')).toEqual([
      { value: null },
      { value: '+49 151 99' },
    ]);
  });

  test('is named by nothing that comes later of the same request, and is not asked by a retry', async () => {
    const [request] = await bench.rows<{ id: string; fence: number }>(
      `select id::text as id, fence from requests where campaign_id = $1`,
      [campaigns[0]],
    );
    const status = {
      ...{ senderId: ids[0] ?? '', request: request?.id ?? '', fence: request?.fence ?? 0 },
      ...{ wamid: wamid(to, 'one'), waId: to.slice(1), userId, at: new Date() },
    };
    const failure = { code: 131050, message: `${to} stopped` };
    const told = await bench.ledger.evidence.applyStatuses(
      [
        { ...status, status: 'read' },
        { ...status, status: 'failed', error: failure },
      ],
      { tell: true },
    );
    expect(told.map((one) => one.person)).toEqual(['', '']);
    await bench.ledger.evidence.retry({ campaignId: campaigns[1] ?? '', states: ['skipped'] });
    expect(await bench.states(campaigns[1] ?? '')).toEqual(['skipped', 'pending']);
    expect(await found(words)).toEqual([]);
    const rows = await all(bench.ledger.campaigns.results({ id: campaigns[0] ?? '' }));
    expect(rows).toMatchObject([{ delivery: 'read', wamid: null, wa_id: null }]);
  });

  test('is turned away by a new list', async () => {
    const ledger = keyed();
    const sender = ids[1] ?? '';
    const id = await campaignBy(ledger, sender, [to]);
    const rows = await turnedAway(sender, id);
    expect(rows).toEqual([{ state: 'skipped', reason: 'suppressed' }]);
    const [listed] = await all(ledger.people.suppressions({ to }));
    expect(listed).toMatchObject({ source: 'forgotten' });
    expect(await ledger.people.unsuppress([to])).toBe(1);
  });
});
