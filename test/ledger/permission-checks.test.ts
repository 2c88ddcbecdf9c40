/** People of whom Meta is to be asked: those it says nothing of come ever more seldom, until there is a new reason. */
import { expect, test } from '@jest/globals';
import { newNumber, useLedger } from './support.ts';

const bench = useLedger();
const MINUTE = 60_000;

test('who is asked about in vain is put off for twice as long each time, a new reason is looked at soon', async () => {
  const senderId = await bench.sender();
  const person = newNumber().slice(1);
  const take = () =>
    bench.ledger.replies.takePermissionCheck({ senderId, putOffMs: MINUTE, paceMs: 0 });
  // A grant without an end.
  const grant = (key: string) =>
    bench.ledger.replies.bookAnswers([
      {
        ...{ senderId, key, person, status: 'temporary', source: 'profile' },
        at: new Date(key === 'w.1' ? 1_000 : 2_000),
      },
    ]);
  await grant('w.1');
  expect(await take()).toMatchObject({ person, why: 'no expiry' });
  expect(await take()).toBeUndefined();
  await bench.advance(MINUTE);
  expect(await take()).toMatchObject({ person });
  await bench.advance(MINUTE);
  expect(await take()).toBeUndefined();
  await grant('w.2');
  expect(await take()).toMatchObject({ person });
  await bench.ledger.replies.permissionChecked({ senderId, person });
  await bench.advance(100 * MINUTE);
  expect(await take()).toBeUndefined();
});
