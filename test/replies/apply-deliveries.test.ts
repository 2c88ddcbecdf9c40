/** Deliveries that were taken before: one that fails holds up nobody, and what follows from a failure is not lost. */
import { expect, test } from '@jest/globals';
import type { StoredDelivery } from '../../src/core/ports/index.ts';
import { InfrastructureError } from '../../src/core/problem.ts';
import type { ReadDelivery } from '../../src/core/webhook/update.ts';
import { applyDeliveries, type DeliveryTarget } from '../../src/replies/apply-deliveries.ts';
import { applyOneByOne, countsOf, type UpdateTarget } from '../../src/replies/apply-updates.ts';
import { knownLinks } from '../../src/replies/known-links.ts';

const delivery = (id: string, tries: number): StoredDelivery => ({
  ...{ id, day: '2026-11-28', body: id, receivedAt: new Date(0), arrivedAt: new Date(0), tries },
});

/** A body is the wamid of one failed status; `bad` is one that the ledger cannot take. */
function target(
  taken: readonly StoredDelivery[],
  news: boolean,
  { known = ['1'], tookMs = 0 }: { readonly known?: string[]; readonly tookMs?: number } = {},
) {
  let now = 0;
  const finished: string[] = [];
  const stopped: string[] = [];
  const at = new Date(0);
  const read: DeliveryTarget['read'] = (body): ReadDelivery => ({
    ...{ together: [], numbers: [], fields: [], unknown: new Map() },
    updates: [
      {
        ...{ kind: 'status', senderId: '1', at, wamid: body, status: 'failed', who: {} },
        errors: [{ code: 131050, message: 'stopped' }],
      },
    ],
  });
  const finish: DeliveryTarget['webhooks']['finish'] = async ({ deliveries }) =>
    void finished.push(...deliveries.map(({ id }) => id));
  const applyStatuses: DeliveryTarget['ledger']['evidence']['applyStatuses'] = async (
    statuses,
    { tell = false } = {},
  ) => {
    if (statuses.some(({ wamid }) => wamid === 'bad'))
      throw new InfrastructureError('database', 'no');
    if (statuses.some(({ wamid }) => wamid === 'fault')) throw new Error('never');
    now += tookMs;
    if (!news && !tell) return [];
    return statuses.map(({ wamid = '' }, i) => ({
      ...{ n: i + 1, request: '1', applied: true, news, was: 'accepted', state: 'accepted' },
      ...{ delivery: 'failed', senderId: '1', template: 't', language: 'en', person: wamid },
    }));
  };
  const told = {
    ours: async (as: 'known' | 'now') => ({
      senders: new Set(as === 'known' ? known : ['1']),
      ...{ accounts: new Set(), sendersOf: () => [], learn: async () => {} },
    }),
    known: knownLinks({ now: () => 0 }),
    clock: { now: () => now },
    isClosing: () => false,
    read,
    webhooks: { take: async () => taken, finish },
    ledger: {
      evidence: { applyStatuses },
      replies: {
        forgotten: async () => '0',
        learnNames: async () => undefined,
        changeNames: async () => undefined,
        bookAnswers: async () => undefined,
        bookCalls: async () => undefined,
        setPreferences: async (all: readonly { person: string }[]) =>
          void stopped.push(...all.map(({ person }) => person)),
      },
    },
  } as unknown as DeliveryTarget;
  return { told, finished, stopped };
}

test('one that the ledger cannot take now is left, and the others beside it are applied', async () => {
  const { told, finished } = target([delivery('a', 2), delivery('bad', 2), delivery('c', 1)], true);
  await expect(applyDeliveries(told)).rejects.toThrow('no');
  expect(finished.toSorted()).toEqual(['a', 'c']);
});

test('several that never can be applied hold up nobody for good', async () => {
  const done = new Set<string>();
  for (let tries = 2; tries < 6; tries += 1) {
    const all = ['bad', 'bad', 'bad', 'bad', 'a', 'c'].map((id) => delivery(id, tries));
    const { told, finished } = target(all, true);
    await expect(applyDeliveries(told)).rejects.toThrow('no');
    for (const id of finished) done.add(id);
  }
  expect([...done].toSorted()).toEqual(['a', 'c']);
});

test('one that the ledger can never take is kept as unread, and the others beside it are applied', async () => {
  const { told, finished } = target(
    [delivery('a', 1), delivery('fault', 1), delivery('c', 1)],
    true,
  );
  await applyDeliveries(told);
  expect(finished.toSorted()).toEqual(['a', 'c', 'fault']);
});

test.each([
  ['the process is to end', { isClosing: () => true }, 0],
  ['they take so long that others may be at them soon', {}, 15_000],
])('those that go one by one are left to others where %s', async (_why, given, tookMs) => {
  const all = ['a', 'b', 'c', 'd'].map((id) => delivery(id, 2));
  const { told, finished } = target(all, true, { tookMs });
  await applyDeliveries({ ...told, ...given });
  expect(finished).toEqual(tookMs === 0 ? ['c'] : ['c', 'd']);
});

test('what follows from a failure is done again where its delivery was taken before', async () => {
  const again = target([delivery('a', 2)], false);
  await applyDeliveries(again.told);
  expect(again.stopped).toEqual(['a']);
  // A double of Meta's is a delivery of its own: it must not undo what a person decided since.
  const double = target([delivery('a', 1)], false);
  await applyDeliveries(double.told);
  expect(double.stopped).toEqual([]);
});

test('a sender that was not there a moment ago is ours', async () => {
  const { told, finished, stopped } = target([delivery('a', 1)], true, { known: [] });
  await applyDeliveries(told);
  expect([finished, stopped]).toEqual([['a'], ['a']]);
});

test('what is of others is counted by whose it is, so that doctor can name them', () => {
  const { told } = target([], true);
  const read = told.read('a', new Date(0));
  const none = {
    senders: new Set<string>(),
    accounts: new Set<string>(),
    sendersOf: () => [],
    learn: async () => {},
  };
  expect(countsOf(none, read)).toEqual([{ about: 'foreign', what: 'status', senderId: '1', n: 1 }]);
});

test('where names cannot be learned a no is booked by the number, a yes is not booked, and both are given back', async () => {
  const booked: { person: string; status: string }[] = [];
  const { told } = target([], true);
  const { ledger } = told;
  const replies = {
    ...ledger.replies,
    learnNames: async (links: readonly { a: string }[]) => {
      if (links.some(({ a }) => a === 'US.7')) throw new Error('cannot be learned');
    },
    bookAnswers: async (all: typeof booked) => void booked.push(...all),
  };
  const ours = await told.ours('now');
  const applied = { ...told, ours, ledger: { ...ledger, replies } } as unknown as UpdateTarget;
  const at = new Date(0);
  const reply = (waId: string, userId: string, response: 'accept' | 'reject') => ({
    ...{
      kind: 'reply' as const,
      senderId: '1',
      at,
      id: `${waId}.${response}`,
      who: { waId, userId },
    },
    ...{ response, isPermanent: true, isAutomatic: false },
  });
  const together = [
    { senderId: '1', at, names: { waId: '7', userId: 'US.7' } },
    { senderId: '1', at, names: { waId: '8', userId: 'US.8' } },
  ];
  const updates = [
    reply('7', 'US.7', 'reject'),
    reply('7', 'US.7', 'accept'),
    reply('8', 'US.8', 'reject'),
  ];
  const failed = await applyOneByOne(applied, { updates, together });
  expect(failed).toEqual([
    { update: updates[0], why: 'cannot be learned' },
    { update: updates[1], why: 'cannot be learned' },
  ]);
  expect(booked.map(({ person, status }) => [person, status])).toEqual([
    ['7', 'revoked'],
    ['US.8', 'revoked'],
  ]);
});
