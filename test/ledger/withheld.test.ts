/** People whose number Meta withholds, or who have another one: what was sent to them says who they are. */
import { expect, test } from '@jest/globals';
import type { Answer } from '../../src/core/ports/index.ts';
import { accepted, all, newNumber, only, useLedger } from './support.ts';

const bench = useLedger();
const MINUTE = 60_000;
let last = 0;

/** A person whose request Meta has taken. */
async function asked() {
  last += 1;
  const senderId = await bench.sender();
  const to = newNumber();
  const campaign = await bench.campaign(senderId, [to]);
  const wamid = `wamid.withheld${last}`;
  await bench.ledger.sending.record([{ ...accepted(only(await bench.claim(senderId))), wamid }]);
  const userId = `US.77${last}`;
  const now = Date.now();
  const no = (more: Partial<Answer> = {}) =>
    bench.ledger.replies.bookAnswers([
      {
        ...{ senderId, key: `wamid.no${last}`, person: userId, at: new Date(now + MINUTE) },
        ...({ status: 'declined', source: 'answer', ...more } as const),
      },
    ]);
  const status = () =>
    bench.ledger.evidence.applyStatuses([
      { senderId, wamid, status: 'delivered', at: new Date(now + 2_000), userId },
    ]);
  const answer = async () =>
    only(await all(bench.ledger.campaigns.results({ id: campaign }))).answer;
  return { senderId, to, wamid, userId, now, no, status, answer };
}

async function states(of: string): Promise<readonly string[]> {
  return (await all(bench.ledger.book.entries({ to: of }))).map(({ state }) => state);
}

test('a no that names the message is that of the number it was sent to', async () => {
  const { to, wamid, userId, no, answer } = await asked();
  await no({ context: wamid });
  expect([await states(to), await states(userId), await answer()]).toEqual([
    ['declined'],
    ['declined'],
    'declined',
  ]);
});

test('a status by user id alone says whose number it is, before a no that names nothing and after it', async () => {
  const before = await asked();
  await before.status();
  await before.no();
  expect([await states(before.to), await before.answer()]).toEqual([['declined'], 'declined']);
  const after = await asked();
  await after.no();
  expect(await states(after.to)).toEqual(['requested']);
  await after.status();
  // Who holds rows of requests puts nobody together: it is left to the next look, within a second.
  await bench.ledger.replies.learnLeftNames(20);
  expect(await states(after.to)).toEqual(['declined']);
});

test('it goes along to another number, and says nothing of who has the old one then', async () => {
  const { to, wamid, userId, now, no } = await asked();
  const next = newNumber();
  await no({ context: wamid });
  await bench.ledger.replies.changeNames([
    {
      ...{ key: `wamid.change${last}`, what: 'number', at: new Date(now + 2 * MINUTE) },
      ...{ before: [to.slice(1)], after: [next.slice(1)] },
    },
  ]);
  const stranger = `US.88${last}`;
  const b = to.slice(1);
  await bench.ledger.replies.learnNames([{ a: stranger, b, at: new Date(now + 3 * MINUTE) }]);
  // A late status of the old message names the user id with the number that was left.
  await bench.ledger.replies.learnNames([{ a: userId, b, at: new Date(now + 4 * MINUTE) }]);
  expect([await states(next), await states(userId)]).toEqual([['declined'], ['declined']]);
  expect(await states(stranger)).not.toContain('declined');
});

test('an answer to a message whose id is not known is that of the request of theirs without one', async () => {
  const { senderId, to, no, answer } = await asked();
  await bench.rows('update requests set wamid = null where sender_id = $1', [senderId]);
  await no({ person: to.slice(1), context: 'wamid.nobody knows' });
  expect(await answer()).toBe('declined');
});

test('an answer to a message of somebody else is that of no request of ours', async () => {
  const { to, no, answer } = await asked();
  await no({ person: to.slice(1), context: 'wamid.of another program' });
  expect([await answer(), await states(to)]).toEqual([null, ['declined']]);
});

test('the book gives the number and the user id of now, to whoever calls by it', async () => {
  const { senderId, to, wamid, userId, now, status } = await asked();
  await status();
  const [next, nextId] = [newNumber(), `US.66${last}`];
  await bench.ledger.replies.changeNames([
    {
      ...{ key: `wamid.change${last}`, what: 'number', at: new Date(now + 2 * MINUTE) },
      ...{ before: [to.slice(1), userId], after: [next.slice(1), nextId] },
    },
  ]);
  const at = new Date(now + 3 * MINUTE);
  await bench.ledger.replies.learnNames([{ a: nextId, b: next.slice(1), at }]);
  await bench.ledger.replies.bookAnswers([
    {
      ...{ senderId, key: `wamid.yes${last}`, person: nextId, at, context: wamid },
      ...({ status: 'permanent', source: 'answer' } as const),
    },
  ]);
  const entry = { state: 'permanent', to: next, waId: next.slice(1), userId: nextId };
  for (const name of [next, nextId, userId])
    expect(await all(bench.ledger.book.entries({ to: name }))).toMatchObject([entry]);
  expect(await all(bench.ledger.book.entries({ states: ['permanent'] }))).toContainEqual(
    expect.objectContaining(entry),
  );
});
