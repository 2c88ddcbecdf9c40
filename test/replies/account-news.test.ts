/** News of an account or a number: whom they stop, and until when. */
import { expect, test } from '@jest/globals';
import type { AccountUpdate } from '../../src/core/webhook/update.ts';
import { applyAccountNews } from '../../src/replies/apply-account-news.ts';
import { oursOf } from '../../src/replies/ours.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { useLedger } from '../ledger/support.ts';

const bench = useLedger();
const MINUTE = 60_000;
const WEEK = 7 * 86_400_000;

/** Two senders of one account, the first shown as +1 555 010 0001, the second as +1 555 010 0002. */
async function account() {
  const { senders, replies } = bench.ledger;
  const ids = [await bench.sender(), await bench.sender()] as const;
  const id = `account of ${ids[0]}`;
  await bench.rows('update senders set account = $1 where id = any($2)', [id, ids]);
  const ours = await oursOf(replies, [], systemClock)('now');
  await ours.learn(ids.map((senderId, i) => ({ senderId, shown: `1555010000${i + 1}` })));
  const tell = (news: Pick<AccountUpdate, 'what' | 'value'> & Partial<AccountUpdate>) =>
    applyAccountNews(
      { ledger: bench.ledger, ours },
      { kind: 'account', account: id, at: new Date(), ...news },
    );
  const closed = async () =>
    (await senders.list())
      .filter(({ senderId, breaker }) => ids.includes(senderId) && breaker !== null)
      .map(({ senderId }) => ids.indexOf(senderId) + 1);
  const due = (senderId: string) => senders.takeProbes({ senderId, pauseMs: MINUTE });
  return { ids, tell, closed, due };
}

const restriction = () => ({
  ...({ what: 'restriction', value: 'RESTRICTED_BUSINESS_INITIATED_CALLING' } as const),
  until: new Date(Date.now() + WEEK),
});

test('a restriction stops the number that it names', async () => {
  const { tell, closed } = await account();
  await tell({ ...restriction(), displayNumber: '15550100002' });
  expect(await closed()).toEqual([2]);
});

test('of a number of the account that is no sender it stops nobody', async () => {
  const { ids, tell, closed, due } = await account();
  await tell({ ...restriction(), displayNumber: '15550100003' });
  expect(await closed()).toEqual([]);
  await bench.ledger.senders.close({
    ...{ senderId: ids[0], probeAfterMs: 0 },
    reason: { by: 'us', scope: 'sender', message: 'else' },
  });
  expect(await due(ids[0])).toEqual([null]);
});

test('one without a number stops all of the account', async () => {
  const { tell, closed } = await account();
  await tell(restriction());
  expect(await closed()).toEqual([1, 2]);
});

test('behind a shorter pause it holds until its own end', async () => {
  const { ids, tell, due } = await account();
  await bench.ledger.senders.close({
    ...{ senderId: ids[0], probeAfterMs: MINUTE },
    reason: { by: 'us', scope: 'sender', message: 'for a minute' },
  });
  await tell({ ...restriction(), displayNumber: '15550100001' });
  await bench.advance(2 * MINUTE);
  expect(await due(ids[0])).toEqual([]);
  await bench.advance(WEEK);
  expect(await due(ids[0])).toEqual([null]);
});

test('its end is by the clock that Meta was moved on by', async () => {
  const { ids, tell, due } = await account();
  await bench.advance(WEEK);
  const now = await bench.ledger.advanceClock(0);
  await tell({ ...restriction(), until: new Date(now.getTime() + MINUTE) });
  expect(await due(ids[0])).toEqual([]);
  await bench.advance(2 * MINUTE);
  expect(await due(ids[0])).toEqual([null]);
});

test('where calling is off, nothing is looked at until it is on again; then at once', async () => {
  const { ids, tell, closed, due } = await account();
  const senderId = ids[0];
  await tell({ what: 'calling', value: 'DISABLED', senderId, at: new Date(1_000) });
  expect(await closed()).toEqual([1]);
  await bench.advance(WEEK);
  expect(await due(senderId)).toEqual([]);
  await tell({ what: 'calling', value: 'ENABLED', senderId, at: new Date(2_000) });
  expect(await due(senderId)).toEqual([null]);
});

test('that calling is off, told after it is on again, stops nobody', async () => {
  const { ids, tell, closed } = await account();
  const senderId = ids[0];
  await tell({ what: 'calling', value: 'ENABLED', senderId, at: new Date(2_000) });
  await tell({ what: 'calling', value: 'DISABLED', senderId, at: new Date(1_000) });
  expect(await closed()).toEqual([]);
});
