import { describe, expect, test } from '@jest/globals';
import { only, readChange, readValue, value } from './support.ts';

const MESSAGE = { id: 'wamid.SYS1==', timestamp: '1795000400', type: 'system' };

function system(fields: Record<string, unknown>, message: Record<string, unknown> = {}) {
  return readValue({ messages: [{ ...MESSAGE, ...message, system: fields }] });
}

describe('a person changed', () => {
  test.each([
    {
      told: 'the number, with all ids',
      fields: {
        type: 'user_changed_number',
        wa_id: '15550100888',
        ...{ user_id: 'US.8', parent_user_id: 'US.ENT.8' },
        ...{ previous_user_id: 'US.7', previous_parent_user_id: 'US.ENT.7' },
      },
      message: { from: '15550100777', from_user_id: 'US.7' },
      before: { waId: '15550100777', userId: 'US.7', parentUserId: 'US.ENT.7' },
      after: { waId: '15550100888', userId: 'US.8', parentUserId: 'US.ENT.8' },
    },
    {
      told: 'the number, without previous ids',
      fields: { type: 'user_changed_number', wa_id: '15550100888', user_id: 'US.8' },
      message: { from: '15550100777', from_user_id: 'US.7' },
      before: { waId: '15550100777', userId: 'US.7' },
      after: { waId: '15550100888', userId: 'US.8' },
    },
    {
      told: 'the number, from the new one, with the old one in the text alone',
      fields: {
        type: 'user_changed_number',
        body: 'User from 12345 to 67890 changed from +15550100777 to +15550100888',
        wa_id: '15550100888',
        user_id: 'US.8',
      },
      message: { from: '15550100888', from_user_id: 'US.8', from_parent_user_id: 'US.ENT.8' },
      before: { waId: '15550100777' },
      after: { waId: '15550100888', userId: 'US.8' },
    },
    {
      told: 'the number, with both in the text alone',
      fields: {
        type: 'user_changed_number',
        body: 'User Ada changed from 15550100777 to 15550100888.',
      },
      message: {},
      before: { waId: '15550100777' },
      after: { waId: '15550100888' },
    },
    {
      told: 'the number, as older versions say it',
      fields: {
        type: 'customer_changed_number',
        ...{ new_wa_id: '15550100888', customer: '15550100777' },
      },
      message: { from: '15550100888' },
      before: { waId: '15550100777' },
      after: { waId: '15550100888' },
    },
    {
      told: 'the user id',
      fields: { type: 'user_changed_user_id', user_id: 'US.8', previous_user_id: 'US.7' },
      message: { from: '15550100777' },
      before: { waId: '15550100777', userId: 'US.7' },
      after: { waId: '15550100777', userId: 'US.8' },
    },
    {
      told: 'the user id, with the number withheld and the old id in the text alone',
      fields: {
        type: 'user_changed_user_id',
        ...{ user_id: 'US.8', body: 'User Ada changed from US.7 to US.8' },
      },
      message: { from_user_id: 'US.8' },
      before: { userId: 'US.7' },
      after: { userId: 'US.8' },
    },
    {
      told: 'the user id, which stood in `from`',
      fields: { type: 'user_changed_user_id', user_id: 'US.8' },
      message: { from: 'US.7' },
      before: { userId: 'US.7' },
      after: { userId: 'US.8' },
    },
  ])('$told', ({ fields, message, before, after }) => {
    const read = system(fields, message);
    const update = only(read, 'identity');
    expect(update).toMatchObject({ id: 'wamid.SYS1==', at: new Date(1795000400_000) });
    expect(update.before).toEqual(before);
    expect(update.after).toEqual(after);
    // Each side stands together in itself, and never one with the other.
    const sides = [before, after].filter((names) => Object.keys(names).length > 1);
    expect(read.together.map(({ names }) => names)).toEqual(sides);
  });
});

describe('a change is kept raw', () => {
  test.each([
    ['without new names', { type: 'user_changed_number' }, { from: '15550100777' }],
    ['without old names', { type: 'user_changed_number', wa_id: '15550100888' }, {}],
    [
      'with one number for both',
      { type: 'user_changed_number', wa_id: '15550100888' },
      { from: '15550100888' },
    ],
    [
      'without an id',
      { type: 'user_changed_user_id', user_id: 'US.8' },
      { from: 'US.7', id: null },
    ],
    [
      'where a name looks like a change',
      { type: 'user_changed_number', body: 'from 12345 to 67890 is Ada now' },
      {},
    ],
  ])('%s', (_, fields, message) => {
    expect(only(system(fields, message), 'unreadable').raw).toContain('user_changed');
  });
});

test('a change without old names tells all the same who has the new ones', () => {
  const read = system({ type: 'user_changed_number', wa_id: '15550100888', user_id: 'US.8' });
  expect(only(read, 'unreadable').raw).toContain('user_changed');
  expect(read.together.map(({ names }) => names)).toEqual([
    { waId: '15550100888', userId: 'US.8' },
  ]);
});

test('a security code that changed is nothing to us, and a type that is not known is counted', () => {
  const code = system({ type: 'customer_identity_changed' }, { from: '15550100777' });
  expect(only(code, 'ignored').why).toBe('system message customer_identity_changed');
  expect([...code.unknown]).toEqual([]);
  const other = system({ type: 'user_moved' }, { from: '15550100777' });
  expect(only(other, 'ignored').why).toBe('system message user_moved');
  expect([...other.unknown]).toEqual([['value system user_moved', 1]]);
});

describe('user_id_update', () => {
  const read = (update: Record<string, unknown>) =>
    readChange({ field: 'user_id_update', value: value({ user_id_update: [update] }) });

  test('names old and new', () => {
    const update = only(
      read({
        wa_id: 15550100777,
        user_id: { previous: 'US.7', current: 'US.8' },
        parent_user_id: { previous: 'US.ENT.7', current: 'US.ENT.8' },
        timestamp: 1795000400,
      }),
      'identity',
    );
    expect(update.what).toBe('user-id');
    expect(update.before).toEqual({ userId: 'US.7', parentUserId: 'US.ENT.7' });
    expect(update.after).toEqual({ waId: '15550100777', userId: 'US.8', parentUserId: 'US.ENT.8' });
    // Twice the same update is one: its id says so.
    expect(update.id).toBe('user_id_update US.7 US.8');
  });

  test('is kept raw without the one or the other', () => {
    expect(only(read({ user_id: { current: 'US.8' } }), 'unreadable').why).toMatch(/old/);
    expect(only(read({ user_id: { previous: 'US.7' } }), 'unreadable').why).toMatch(/new/);
    expect(only(read({ user_id: 'US.8' }), 'unreadable').why).toMatch(/new/);
  });
});
