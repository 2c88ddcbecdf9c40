import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, ADA, only, RECEIVED, readChange, readValue, SENDER, value } from './support.ts';

const STATUS = {
  id: 'wamid.AAAA1==',
  status: 'sent',
  timestamp: '1795000001',
  recipient_id: ADA.waId,
  biz_opaque_callback_data: '42.3',
};

function status(fields: Record<string, unknown>) {
  return readValue({ statuses: [{ ...STATUS, ...fields }] });
}

test('a status is read whole', () => {
  const read = status({
    status: 'failed',
    recipient_user_id: ADA.userId,
    recipient_parent_user_id: ADA.parentUserId,
    pricing: { billable: false, pricing_model: 'PMP', type: 'regular', category: 'utility' },
    errors: [
      { code: 131049, title: 'words', message: 'other words', error_data: { details: 'why' } },
      { code: '131026', title: 'words' },
    ],
  });
  expect(only(read, 'status')).toEqual({
    kind: 'status',
    senderId: SENDER,
    at: new Date(1795000001_000),
    wamid: 'wamid.AAAA1==',
    request: '42',
    fence: 3,
    status: 'failed',
    who: ADA,
    pricing: { billable: false, model: 'PMP', type: 'regular', category: 'utility' },
    errors: [
      { code: 131049, message: 'other words', details: 'why' },
      { code: 131026, message: 'words' },
    ],
  });
});

test.each([['sent'], ['delivered'], ['read'], ['failed'], ['READ']])('%s is a status', (word) => {
  expect(only(status({ status: word }), 'status').status).toBe(word.toLowerCase());
});

test.each([
  ['played', 'played'],
  ['deleted', 'deleted'],
  ['15550100777', 'other'],
  ['US.7', 'other'],
  ['a b', 'other'],
  ['x'.repeat(65), 'other'],
  [7, 'other'],
])('%j is none that we know, and counted without anybody in it', (word, said) => {
  const read = status({ status: word });
  expect(only(read, 'ignored')).toEqual({
    kind: 'ignored',
    account: ACCOUNT,
    senderId: SENDER,
    why: `status ${said}`,
  });
  expect([...read.unknown]).toEqual([[`value status ${said}`, 1]]);
});

describe('the request of ours', () => {
  test.each([
    ['42.3', { request: '42', fence: 3 }],
    ['999999999999999999.2147483647', { request: '999999999999999999', fence: 2147483647 }],
    ['42.2147483648', {}],
    ['9999999999999999999.1', {}],
    ['42.3.1', {}],
    ['42', {}],
    ['42.', {}],
    ['.3', {}],
    [' 42.3', {}],
    ['call-7', {}],
    // 42.30 has come as 42.3.
    [42.3, {}],
    [null, {}],
  ])('%j is %j', (biz_opaque_callback_data, expected) => {
    const { request, fence } = only(status({ biz_opaque_callback_data }), 'status');
    expect({ request, fence }).toEqual({ request: undefined, fence: undefined, ...expected });
  });
});

describe('the id', () => {
  test.each([
    ['a number', 12345, '12345'],
    ['one that no store takes', 'wamid.\u0000', undefined],
    ['one that was no UTF-8', 'wamid.\ufffd', undefined],
    ['one too long', 'w'.repeat(513), undefined],
    ['none', null, undefined],
  ])('%s', (_, id, expected) => {
    expect(only(status({ id }), 'status').wamid).toBe(expected);
  });

  test('may be missing where the request is there, and not else', () => {
    const read = status({ id: undefined, biz_opaque_callback_data: undefined });
    expect(only(read, 'unreadable').where).toBe('entry[0].changes[0].value.statuses[0]');
  });
});

describe('the time', () => {
  test.each([
    ['1795000001', 1795000001_000],
    [1795000001, 1795000001_000],
    [1795000001_234, 1795000001_234],
    ['1795000001234', 1795000001_234],
    [999_999_999_999, RECEIVED.getTime()],
    [1_000_000_000_000, 1_000_000_000_000],
    [1e300, RECEIVED.getTime()],
    ['9'.repeat(30), RECEIVED.getTime()],
    ['2026-11-18T11:06:41Z', 1795000001_000],
    [0, RECEIVED.getTime()],
    [-5, RECEIVED.getTime()],
    ['', RECEIVED.getTime()],
    ['soon', RECEIVED.getTime()],
    [null, RECEIVED.getTime()],
    [{}, RECEIVED.getTime()],
    [undefined, RECEIVED.getTime()],
  ])('%j is %d', (timestamp, ms) => {
    expect(only(status({ timestamp }), 'status').at.getTime()).toBe(ms);
  });

  test('is that of the entry where the status has none', () => {
    const change = {
      field: 'messages',
      value: value({ statuses: [{ ...STATUS, timestamp: '' }] }),
    };
    for (const time of [1795000009, '1795000009', 1795000009_000]) {
      expect(only(readChange(change, { time }), 'status').at).toEqual(new Date(1795000009_000));
    }
    expect(only(readChange(change, { time: 'x' }), 'status').at).toEqual(RECEIVED);
  });
});

describe('errors', () => {
  test.each([
    [[], []],
    [null, []],
    [{ code: 1, message: 'm' }, [{ code: 1, message: 'm' }]],
    [['x', { code: 1, message: 'm' }], [{ code: 1, message: 'm' }]],
    [[{ message: 'm' }], [{ code: -1, message: 'm' }]],
    [[{}], [{ code: -1, message: '' }]],
    [[{ code: 2 ** 31, message: 'm' }], [{ code: -1, message: 'm (code 2147483648)' }]],
    [[{ code: 1, message: 'a\u0000' }], [{ code: 1, message: 'a\ufffd' }]],
  ])('%j are %j', (errors, expected) => {
    expect(only(status({ status: 'failed', errors }), 'status').errors).toEqual(expected);
  });
});

test('a price may have any of its words missing', () => {
  expect(only(status({ pricing: {} }), 'status').pricing).toEqual({});
  expect(only(status({ pricing: { billable: 'true', category: 7 } }), 'status').pricing).toEqual({
    billable: true,
    category: '7',
  });
  expect(only(status({ pricing: 'regular' }), 'status')).not.toHaveProperty('pricing');
});

test('a status of a group is nothing to us', () => {
  expect(only(status({ recipient_type: 'group' }), 'ignored').why).toBe('status of a group');
  expect(only(status({ recipient_type: 'individual' }), 'status').status).toBe('sent');
});

test('a thousand statuses of one delivery are read in order, each with its own contact', () => {
  const numbers = Array.from({ length: 1000 }, (_, n) => n);
  const read = readValue({
    contacts: numbers
      .map((n) => ({ wa_id: String(15550200000 + n), user_id: `US.${n}`, profile: { name: 'A' } }))
      .reverse(),
    statuses: numbers.map((n) => ({
      ...STATUS,
      id: `wamid.${n}`,
      recipient_id: String(15550200000 + n),
      timestamp: String(1795000000 + n),
    })),
  });
  expect(read.updates).toHaveLength(1000);
  expect(read.together).toHaveLength(1000);
  for (const [n, update] of read.updates.entries()) {
    const who = { waId: String(15550200000 + n), userId: `US.${n}` };
    expect(update).toMatchObject({ kind: 'status', wamid: `wamid.${n}`, who });
  }
});
