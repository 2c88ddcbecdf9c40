import { describe, expect, test } from '@jest/globals';
import { ADA, only, readValue, SENDER } from './support.ts';

const MESSAGE = {
  from: ADA.waId,
  from_user_id: ADA.userId,
  id: 'wamid.REPLY1==',
  timestamp: '1795000100',
  context: { from: '15550100001', id: 'wamid.AAAA1==' },
};

/** Reads one reply. `undefined` takes a key away. */
function reply(answer: unknown, message: Record<string, unknown> = {}) {
  const interactive = { type: 'call_permission_reply', call_permission_reply: answer };
  return readValue({ messages: [{ ...MESSAGE, interactive, ...message }] });
}

describe('each case of a reply', () => {
  const soon = '1795604900';
  const at = new Date(1795604900_000);
  test.each([
    {
      case: 'answer, temporary',
      ...{ response: 'accept', is_permanent: false, expiration_timestamp: soon },
      ...{ response_source: 'user_action', context: 'wamid.AAAA1==' },
      expected: { response: 'accept', isPermanent: false, isAutomatic: false, expiresAt: at },
    },
    {
      case: 'answer, for good',
      ...{ response: 'accept', is_permanent: true, expiration_timestamp: undefined },
      ...{ response_source: 'user_action', context: 'wamid.AAAA1==' },
      expected: { response: 'accept', isPermanent: true, isAutomatic: false },
    },
    {
      case: 'answer, no',
      ...{ response: 'reject', is_permanent: undefined, expiration_timestamp: undefined },
      ...{ response_source: 'user_action', context: 'wamid.AAAA1==' },
      expected: { response: 'reject', isPermanent: false, isAutomatic: false },
    },
    {
      case: 'granted in the profile',
      ...{ response: 'accept', is_permanent: true, expiration_timestamp: undefined },
      ...{ response_source: 'user_action', context: undefined },
      expected: { response: 'accept', isPermanent: true, isAutomatic: false },
    },
    {
      case: 'callback: the person called',
      ...{ response: 'accept', is_permanent: false, expiration_timestamp: soon },
      ...{ response_source: 'automatic', context: 'wacid.CALL1==' },
      expected: { response: 'accept', isPermanent: false, isAutomatic: true, expiresAt: at },
    },
    {
      case: 'revoked after four unanswered calls',
      ...{ response: 'reject', is_permanent: undefined, expiration_timestamp: undefined },
      ...{ response_source: 'automatic', context: undefined },
      expected: { response: 'reject', isPermanent: false, isAutomatic: true },
    },
    {
      case: 'revoked by hand in the profile',
      ...{ response: 'reject', is_permanent: undefined, expiration_timestamp: undefined },
      ...{ response_source: 'user_action', context: undefined },
      expected: { response: 'reject', isPermanent: false, isAutomatic: false },
    },
  ])('$case', ({ case: _, context, expected, ...answer }) => {
    const read = reply(answer, { context: context === undefined ? undefined : { id: context } });
    expect(only(read, 'reply')).toEqual({
      kind: 'reply',
      senderId: SENDER,
      at: new Date(1795000100_000),
      id: 'wamid.REPLY1==',
      who: { waId: ADA.waId, userId: ADA.userId },
      ...(context === undefined ? {} : { context }),
      ...expected,
    });
    expect([...read.unknown]).toEqual([]);
  });
});

describe('a reply is read', () => {
  test.each([
    ['no type', undefined],
    ['its type', 'interactive'],
    ['another type', 'button'],
    ['a type that is no text', 7],
  ])('with %s beside it', (_, type) => {
    expect(only(reply({ response: 'accept' }, { type }), 'reply').response).toBe('accept');
  });

  test('by its object alone', () => {
    const interactive = { call_permission_reply: { response: 'reject' } };
    expect(only(reply(null, { interactive }), 'reply').response).toBe('reject');
  });

  test.each([
    ['1795604900', 1795604900_000],
    [1795604900, 1795604900_000],
    [1795604900_000, 1795604900_000],
    ['1795604900000', 1795604900_000],
    ['9'.repeat(25), 253_402_300_799_999],
  ])('with the expiry %j', (expiration_timestamp, ms) => {
    const read = reply({ response: 'accept', is_permanent: false, expiration_timestamp });
    expect(only(read, 'reply').expiresAt?.getTime()).toBe(ms);
  });

  test.each([[null], [undefined], [0], ['0'], ['']])('without an expiry by %j', (none) => {
    const read = reply({ response: 'accept', expiration_timestamp: none });
    expect(only(read, 'reply')).not.toHaveProperty('expiresAt');
  });

  test('with an expiry that nobody can read, which is counted', () => {
    const read = reply({ response: 'accept', expiration_timestamp: 'in a week' });
    expect(only(read, 'reply')).not.toHaveProperty('expiresAt');
    expect([...read.unknown]).toEqual([['value expiration_timestamp other', 1]]);
  });

  test.each([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    [undefined, false],
    [null, false],
    [1, false],
  ])('with is_permanent %j as %j', (is_permanent, expected) => {
    expect(only(reply({ response: 'accept', is_permanent }), 'reply').isPermanent).toBe(expected);
  });

  test('as the word of the person where its source is not known, which is counted', () => {
    const read = reply({ response: 'reject', response_source: 'operator' });
    expect(only(read, 'reply').isAutomatic).toBe(false);
    expect([...read.unknown]).toEqual([['value response_source operator', 1]]);
    expect([...reply({ response: 'reject' }).unknown]).toEqual([]);
  });

  test('without the number, by the user id alone', () => {
    const read = reply({ response: 'accept' }, { from: undefined });
    expect(only(read, 'reply').who).toEqual({ userId: ADA.userId });
  });

  test('without an id where it is a no, by one that is the same whenever its delivery is read', () => {
    const no = (more = {}) =>
      only(reply({ response: 'reject' }, { id: undefined, ...more }), 'reply');
    expect(no()).toMatchObject({ who: { waId: ADA.waId }, response: 'reject' });
    expect(no().id).toMatch(/^sha256\.[0-9a-f]{64}$/);
    expect(no().id).toBe(no().id);
    expect(no().id).not.toBe(no({ timestamp: '1795000101' }).id);
    const both = [MESSAGE.from, '15550100778'].map((from) => ({
      ...{ from, timestamp: MESSAGE.timestamp },
      interactive: { call_permission_reply: { response: 'reject' } },
    }));
    const ids = readValue({ messages: both }).updates.map((one) => one.kind === 'reply' && one.id);
    expect(new Set(ids).size).toBe(2);
    expect([...reply({ response: 'reject' }, { id: undefined }).unknown]).toEqual([
      ['value messages.id other', 1],
    ]);
  });

  test('with a number in full-width digits', () => {
    const wide = [...ADA.waId].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
    for (const from of [wide.join(''), `\uff0b${wide.join('')}`])
      expect(only(reply({ response: 'reject' }, { from }), 'reply').who.waId).toBe(ADA.waId);
  });

  test('with a context that is an empty object', () => {
    expect(only(reply({ response: 'accept' }, { context: {} }), 'reply')).not.toHaveProperty(
      'context',
    );
  });
});

describe('a reply is kept raw', () => {
  test.each([
    ['without its object', undefined],
    ['with null for it', null],
    ['with a text for it', 'accept'],
    ['with a list for it', [{ response: 'accept' }]],
    ['without a response', { is_permanent: true }],
    ['with a response that is not known', { response: 'later' }],
    ['with a response that is no text', { response: { accept: true } }],
  ])('%s', (_, answer) => {
    const kept = only(reply(answer), 'unreadable');
    expect(kept.where).toBe('entry[0].changes[0].value.messages[0]');
    expect(kept.senderId).toBe(SENDER);
    expect(JSON.parse(kept.raw)).toMatchObject({ id: 'wamid.REPLY1==' });
  });

  test('without its id, or without anybody', () => {
    for (const id of [undefined, null, '', 'wamid.\u0000'])
      expect(only(reply({ response: 'accept' }, { id }), 'unreadable').why).toMatch(/id/);
    const nobody = { from: undefined, from_user_id: undefined };
    expect(only(reply({ response: 'accept' }, nobody), 'unreadable').why).toMatch(/nobody/);
  });

  test('and the next one beside it is read', () => {
    const good = {
      ...MESSAGE,
      interactive: { type: 'call_permission_reply', call_permission_reply: { response: 'accept' } },
    };
    const bad = { ...MESSAGE, interactive: { type: 'call_permission_reply' } };
    const { updates } = readValue({ messages: [bad, good, null, good] });
    expect(updates.map(({ kind }) => kind)).toEqual(['unreadable', 'reply', 'unreadable', 'reply']);
  });

  test('up to 8 kB, without what a store refuses', () => {
    const kept = only(reply({ response: '\u0000'.repeat(9_000) }), 'unreadable');
    expect(Buffer.byteLength(kept.raw)).toBeLessThanOrEqual(8_192);
    expect(kept.raw).not.toContain('\u0000');
  });
});
