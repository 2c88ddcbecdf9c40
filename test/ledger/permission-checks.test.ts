/** People of whom Meta is to be asked: those it says nothing of come ever more seldom, until there is a new reason. */
import { expect, test } from '@jest/globals';
import type { Answer } from '../../src/core/ports/index.ts';
import { askedAt, toWord } from '../../src/replies/check-permissions.ts';
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

test.each([
  ['a no that is said while Meta is asked counts', 'permanent', 'declined', undefined, 'declined'],
  ['of two yeses the end counts that Meta was asked for', 'temporary', 'temporary', 7, 'temporary'],
] as const)('in one second, in any order: %s', async (_, says, said, hours, state) => {
  const senderId = await bench.sender();
  const clock = { wall: () => 1_800_000_000_700 };
  const at = askedAt(clock);
  expect(at.getTime()).toBe(1_800_000_000_000);
  const expiresAt = new Date(clock.wall() + (hours ?? 0) * 3_600_000);
  for (const isLate of [false, true]) {
    const person = newNumber().slice(1);
    const meta = { status: says, ...(hours === undefined ? {} : { expiresAt }) };
    const words: (Answer | undefined)[] = [
      { senderId, key: `wamid.${person}`, person, status: said, source: 'answer', at },
      toWord(meta, { senderId, person, at }),
    ];
    for (const word of isLate ? words.reverse() : words)
      if (word !== undefined) await bench.ledger.replies.bookAnswers([word]);
    const [booked] = await bench.rows<{ status: string; expires_at: Date | null }>(
      'select status, expires_at from permissions where person = $1',
      [person],
    );
    expect(booked).toEqual({
      status: state,
      expires_at: hours === undefined ? null : expiresAt,
    });
  }
});
