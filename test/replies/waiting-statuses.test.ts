/** Statuses that came before our own record of their message: what follows from them is as of Meta's time. */
import { expect, test } from '@jest/globals';
import { applyStatuses, applyWaitingStatuses } from '../../src/replies/apply-statuses.ts';
import { accepted, all, newNumber, only, useLedger } from '../ledger/support.ts';

const bench = useLedger();
const T0 = Date.UTC(2026, 10, 1, 12);
const at = (minute: number) => new Date(T0 + minute * 60_000);

/** Somebody was asked, and Meta tells that it failed before it answers. */
async function refusedEarly() {
  const to = newNumber();
  const senderId = await bench.sender();
  await bench.campaign(senderId, [to]);
  const claim = only(await bench.claim(senderId));
  const wamid = `wamid.${claim.request}.${claim.fence}`;
  const error = { code: 131050, message: 'stopped' };
  await applyStatuses(bench, [{ senderId, wamid, status: 'failed', at: at(1), error }]);
  return { to, claim };
}

test.each([
  ['a "resume" that was later', 2, 0],
  ['a "resume" that was earlier', 0, 1],
])(
  'a refusal that had waited stands beside %s as if it had come in time',
  async (_, resumed, listed) => {
    const { to, claim } = await refusedEarly();
    const person = to.slice(1);
    await bench.ledger.replies.setPreferences([
      { person, category: 'marketing_messages', value: 'resume', at: at(resumed) },
    ]);
    await bench.ledger.sending.record([accepted(claim)]);
    await bench.advance(2_000);
    await applyWaitingStatuses(bench, 10);
    expect(await all(bench.ledger.people.suppressions({ to }))).toHaveLength(listed);
  },
);

test('what follows from one that had waited is done by another, where who looked for it dies', async () => {
  const { to, claim } = await refusedEarly();
  await bench.ledger.sending.record([accepted(claim)]);
  await bench.advance(2_000);
  expect(await bench.ledger.evidence.applyWaiting(10)).toMatchObject([{ news: true }]);
  await applyWaitingStatuses(bench, 10);
  expect(await all(bench.ledger.people.suppressions({ to }))).toHaveLength(0);
  await bench.advance(30_000);
  await applyWaitingStatuses(bench, 10);
  expect(await all(bench.ledger.people.suppressions({ to }))).toHaveLength(1);
  expect(await bench.rows('select from waiting_statuses')).toHaveLength(0);
});

test('one of a person who was never asked waits for a quarter of an hour, one of who was for a day', async () => {
  const { to, claim } = await refusedEarly();
  await bench.rows('truncate waiting_statuses');
  const { senderId } = claim;
  const status = { senderId, status: 'sent', at: at(1) } as const;
  await applyStatuses(bench, [
    { ...status, wamid: 'wamid.another program', waId: newNumber().slice(1) },
    { ...status, wamid: 'wamid.perhaps ours', waId: to.slice(1) },
    { ...status, wamid: 'wamid.said to be ours', request: claim.request + 1 },
  ]);
  const waiting = async () =>
    (
      await bench.rows<{ wamid: string }>(
        `select entry->>'wamid' as wamid from waiting_statuses order by id`,
      )
    ).map(({ wamid }) => wamid);
  const minutes = async (n: number) => {
    for (let i = 0; i < n; i += 1) {
      await bench.advance(60_000);
      await applyWaitingStatuses(bench, 10);
    }
  };
  await minutes(5);
  expect(await waiting()).toHaveLength(3);
  await minutes(20);
  expect(await waiting()).toEqual(['wamid.perhaps ours', 'wamid.said to be ours']);
  for (let hour = 0; hour < 40; hour += 1) {
    await bench.advance(3_600_000);
    await applyWaitingStatuses(bench, 10);
  }
  expect(await waiting()).toEqual([]);
});
