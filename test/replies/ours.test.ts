import { describe, expect, test } from '@jest/globals';
import type { ShownNumber } from '../../src/core/webhook/update.ts';
import { oursOf } from '../../src/replies/ours.ts';

/** Two senders of one account, one of another; `shown` is what the ledger knows of their numbers. */
function ours(shown: Readonly<Record<string, string>> = {}) {
  const written: ShownNumber[] = [];
  const stored = [
    { senderId: '1', account: 'a' },
    { senderId: '2', account: 'a' },
    { senderId: '3', account: 'b' },
  ].map((one) => ({ ...one, shown: shown[one.senderId] ?? null }));
  const replies = {
    senders: async () => stored,
    learnShownNumber: async (one: ShownNumber) => void written.push(one),
  };
  return {
    written,
    made: oursOf(replies, [{ senderId: '3', account: 'c' }], { now: () => 0 })('now'),
  };
}

describe('whom news of a number are about', () => {
  test('is the sender that is shown by it', async () => {
    const { made } = ours({ 1: '15550100001', 2: '15550100002' });
    expect((await made).sendersOf('a', '15550100002')).toEqual(['2']);
  });

  test('is nobody where all senders of the account have other numbers', async () => {
    const { made } = ours({ 1: '15550100001', 2: '15550100002' });
    expect((await made).sendersOf('a', '15550100003')).toEqual([]);
  });

  test('may be each whose number is not known yet', async () => {
    const { made } = ours({ 1: '15550100001' });
    expect((await made).sendersOf('a', '15550100003')).toEqual(['2']);
    expect((await ours().made).sendersOf('a', '15550100003')).toEqual(['1', '2']);
  });

  test('are all of an account where no number is named, by its account of now and of before', async () => {
    const made = await ours().made;
    expect([made.sendersOf('a'), made.sendersOf('b'), made.sendersOf('c')]).toEqual([
      ['1', '2'],
      ['3'],
      ['3'],
    ]);
  });
});

test('what a sender is shown as is written where it is news, of senders of ours', async () => {
  const { made, written } = ours({ 1: '15550100001' });
  const known = await made;
  const told = [
    { senderId: '1', shown: '15550100001' },
    { senderId: '2', shown: '15550100002' },
    { senderId: '9', shown: '15550100009' },
  ];
  await known.learn(told);
  await known.learn(told);
  expect(written).toEqual([{ senderId: '2', shown: '15550100002' }]);
  expect(known.sendersOf('a', '15550100002')).toEqual(['2']);
});
