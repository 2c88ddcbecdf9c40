/** A refusal that turned out to be perhaps somebody else's: whatever it led to, nothing is known of the request any more. */
import { describe, expect, test } from '@jest/globals';
import type { ClaimedRequest, RecordEntry } from '../../src/core/ports/index.ts';
import { all, only, rejected, uncertain, useLedger } from './support.ts';

const bench = useLedger();

async function refused(entry: (claim: ClaimedRequest) => RecordEntry) {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, 1);
  const claim = only(await bench.claim(senderId));
  await bench.ledger.sending.record([entry(claim)]);
  return { senderId, id, claim, person: claim.to.slice(1) };
}

const doubt = (claim: ClaimedRequest) =>
  bench.ledger.sending.record([{ ...uncertain(claim), outcome: 'doubted' }]);

const granted = (claim: ClaimedRequest): RecordEntry => ({
  ...rejected(claim, 138017),
  state: 'already-granted',
  giveBackAllowance: true,
});
const waits = (claim: ClaimedRequest): RecordEntry => ({
  ...rejected(claim, 131000),
  state: 'pending',
  giveBackAllowance: true,
});

describe('a refusal that may be somebody else’s is taken back', () => {
  test.each<[string, (claim: ClaimedRequest) => RecordEntry, string | undefined]>([
    ['rejected', (claim) => rejected(claim), undefined],
    ['already granted', granted, undefined],
    ['to be asked again', waits, undefined],
    ['to be asked again, and skipped since', waits, 'skipped'],
    ['to be asked again, and expired since', waits, 'expired'],
    ['to be asked again, and cancelled since', waits, 'cancelled'],
  ])('%s', async (_as, entry, since) => {
    const { senderId, id, claim } = await refused(entry);
    if (since !== undefined)
      await bench.rows('update requests set state = $2 where id = $1', [claim.request, since]);
    expect(only(await doubt(claim))).toMatchObject({ applied: true, state: 'uncertain' });
    expect(await bench.states(id)).toEqual(['uncertain']);
    // It may have gone out: it counts.
    expect(await bench.asked(senderId, claim.to)).toBe(1);
  });

  test('and so is the permission that it told of, but no other', async () => {
    const { senderId, claim, person } = await refused(granted);
    const other = await refused(granted);
    const told = () =>
      bench.rows('select person from permissions where person = any($1)', [[person, other.person]]);
    expect(await told()).toHaveLength(2);
    await doubt(claim);
    expect(await told()).toEqual([{ person: other.person }]);
    await bench.rows(
      `insert into permissions (sender_id, person, status, at, source) values ($1, $2, 'permanent', now_(), 'webhook')`,
      [senderId, person],
    );
    await doubt(claim);
    expect(await told()).toHaveLength(2);
  });

  test('which does not come back with another name of the person, nor stands in their history', async () => {
    const { claim, person } = await refused(granted);
    await doubt(claim);
    const name = `9${person}`;
    await bench.ledger.replies.learnNames([{ a: person, b: name, at: new Date() }]);
    const booked = await all(bench.ledger.book.entries({ to: name }));
    expect(booked.map(({ state }) => state)).toEqual(['none']);
    expect(await bench.ledger.book.history(name)).toEqual([]);
  });

  test('and what was said before stands again', async () => {
    const { senderId, claim, person } = await refused(granted);
    const said = {
      senderId,
      key: 'wamid.1',
      person,
      status: 'declined',
      source: 'answer',
    } as const;
    await bench.ledger.replies.bookAnswers([{ ...said, at: new Date(1_000) }]);
    await doubt(claim);
    const booked = await all(bench.ledger.book.entries({ to: person }));
    expect(booked).toMatchObject([{ state: 'declined' }]);
  });

  test.each(['accepted', 'uncertain'])('one that is %s by now stays so', async (state) => {
    const { id, claim } = await refused((one) => uncertain(one));
    await bench.rows('update requests set state = $2 where id = $1', [claim.request, state]);
    await doubt(claim);
    expect(await bench.states(id)).toEqual([state]);
  });
});
