/** A list may name people by Meta's user ids, where a number is not known. */
import { expect, test } from '@jest/globals';
import { read } from './support.ts';

test('a column user_id stands for to', async () => {
  const list = await read('user_id,1\nUS.1349,Ann\nDE.ENT.7,Bob\n');
  expect(list.recipients).toMatchObject([{ to: '+US.1349' }, { to: '+DE.ENT.7' }]);
  expect(list.columns).toEqual(['1']);
});

test('beside a number it is for those who have none', async () => {
  const list = await read(
    'to,user_id,1\n+16505551234,US.1,Ann\n,US.2,Bob\n+16505551235,,Cem\n,,Dee\n',
  );
  expect(list.recipients.map(({ to }) => to)).toEqual(['+16505551234', '+US.2', '+16505551235']);
  expect(list.refused).toMatchObject([{ row: 4, column: 'to' }]);
});

test.each(['16505551234', 'us.12', 'USA.12', 'US.', 'US.1-2', '@ada', `US.${'1'.repeat(129)}`])(
  '%s is none',
  async (id) => {
    const list = await read(`user_id,1\n${id},Ann\nUS.1,Bob\n`);
    expect(list.recipients).toHaveLength(1);
    expect(list.refused).toMatchObject([{ row: 1, column: 'user_id', code: 'USER_ID_INVALID' }]);
  },
);

test('objects have it too', async () => {
  const list = await read('{"user_id":"US.1349","1":"Ann"}\n{"to":"+16505551234","1":"Bob"}\n', {
    format: 'ndjson',
  });
  expect(list.recipients).toMatchObject([{ to: '+US.1349' }, { to: '+16505551234' }]);
});

test('quiet hours are those of its country', async () => {
  const list = await read('user_id,1\nDE.7,Ann\n', { zones: true });
  expect(list.recipients[0]?.zones).toEqual(['Europe/Berlin']);
});
