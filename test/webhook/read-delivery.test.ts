import { describe, expect, test } from '@jest/globals';
import { readDelivery } from '../../src/webhook/read-delivery.ts';
import {
  ADA,
  delivery,
  METADATA,
  only,
  RECEIVED,
  readChange,
  readOf,
  readValue,
  value,
} from './support.ts';

const STATUS = { id: 'wamid.A', status: 'sent', timestamp: '1795000001', recipient_id: ADA.waId };
const GOOD = { field: 'messages', value: value({ statuses: [STATUS] }) };
const kinds = (read: ReturnType<typeof readOf>) => read.updates.map(({ kind }) => kind);

describe('a body', () => {
  test.each([[''], ['{'], ['[]'], ['null'], ['7'], ['"a"'], ['{"a":1}}']])(
    'of %j is kept raw as one part',
    (body) => {
      const kept = only(readDelivery(body, RECEIVED), 'unreadable');
      expect(kept).toEqual({ kind: 'unreadable', where: 'body', why: 'no JSON object', raw: body });
    },
  );

  test.each([
    ['page', 'object page'],
    ['instagram', 'object instagram'],
    ['15550100777', 'object other'],
    [undefined, 'object other'],
    [{}, 'object other'],
  ])('about the object %j is nothing to us', (object, why) => {
    const read = readOf({ ...delivery([GOOD]), object });
    expect(only(read, 'ignored')).toEqual({ kind: 'ignored', why });
    expect(read.fields).toEqual([]);
  });

  test.each([
    [{ entry: [] }],
    [{ entry: null }],
    [{}],
    [{ entry: [{ id: '9', changes: [] }] }],
    [{ entry: [{ id: '9', changes: [{ field: 'messages', value: value({ statuses: [] }) }] }] }],
  ])('with nothing in it is nothing: %j', (parts) => {
    expect(readOf({ object: 'whatsapp_business_account', ...parts }).updates).toEqual([]);
  });

  test('holds entries, changes and lists, all of which are read in order', () => {
    const change = (ids: readonly string[]) => ({
      field: 'messages',
      value: value({ statuses: ids.map((id) => ({ ...STATUS, id })) }),
    });
    const { object, entry } = delivery([change(['a', 'b']), change(['c'])]);
    const read = readOf({ object, entry: [...entry, ...delivery([change(['d'])]).entry] });
    expect(read.updates).toMatchObject(['a', 'b', 'c', 'd'].map((wamid) => ({ wamid })));
    expect(read.fields).toEqual(['messages']);
  });
});

describe('what cannot be read', () => {
  test.each([
    [
      'an entry',
      { object: 'whatsapp_business_account', entry: [7, ...delivery([GOOD]).entry] },
      'entry[0]',
    ],
    [
      'the changes of an entry',
      { object: 'whatsapp_business_account', entry: [{ id: '9' }, ...delivery([GOOD]).entry] },
      'entry[0]',
    ],
    ['a change', delivery(['x', GOOD]), 'entry[0].changes[0]'],
    ['a value', delivery([{ field: 'messages', value: [] }, GOOD]), 'entry[0].changes[0].value'],
    [
      'a value without its number',
      delivery([{ field: 'messages', value: { statuses: [STATUS] } }, GOOD]),
      'entry[0].changes[0].value',
    ],
    [
      'a value in which nothing stands',
      delivery([{ field: 'messages', value: { metadata: METADATA, news: [] } }, GOOD]),
      'entry[0].changes[0].value',
    ],
    [
      'a list',
      delivery([{ field: 'messages', value: value({ messages: 'x' }) }, GOOD]),
      'entry[0].changes[0].value.messages',
    ],
    [
      'a part of a list',
      delivery([{ field: 'messages', value: value({ statuses: [null] }) }, GOOD]),
      'entry[0].changes[0].value.statuses[0]',
    ],
    [
      'a standby',
      delivery([{ field: 'standby', value: value({ standby: 'x' }) }, GOOD]),
      'entry[0].changes[0].value.standby',
    ],
  ])('%s is kept with its path, and what stands beside it is read', (_, body, where) => {
    const read = readOf(body);
    expect(kinds(read)).toEqual(['unreadable', 'status']);
    expect(read.updates[0]).toMatchObject({ where });
  });

  test('a list of entries that is none', () => {
    const read = readOf({ object: 'whatsapp_business_account', entry: { a: 1 } });
    expect(only(read, 'unreadable')).toMatchObject({ where: 'entry', raw: '{"a":1}' });
  });

  test('is kept whose it is, and cut', () => {
    const long = { ...STATUS, status: null, more: 'é'.repeat(9_000) };
    const kept = only(readValue({ statuses: [long] }), 'unreadable');
    expect(kept).toMatchObject({ account: '900000000000001', senderId: METADATA.phone_number_id });
    expect(Buffer.byteLength(kept.raw)).toBeLessThanOrEqual(8_192);
    expect(kept.raw.endsWith('…')).toBe(true);
  });

  test('however deep it is nested', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const body = JSON.stringify(delivery([{ field: 'messages', value: 'DEEP' }, GOOD]));
    const read = readDelivery(body.replace('"DEEP"', deep), RECEIVED);
    expect(kinds(read)).toEqual(['unreadable', 'status']);
  });
});

describe('standby', () => {
  const inner = { contacts: [{ wa_id: ADA.waId, user_id: ADA.userId }], statuses: [STATUS] };

  test('is read as messages, one level deeper, and counted as both', () => {
    const read = readChange({ field: 'standby', value: value({ standby: inner }) });
    expect(only(read, 'status').who).toEqual({ waId: ADA.waId, userId: ADA.userId });
    expect([...read.fields].sort()).toEqual(['messages', 'standby']);
  });

  test('may have the number and the contacts beside it or in it', () => {
    const { contacts, statuses } = inner;
    for (const both of [
      { standby: { metadata: METADATA, contacts, statuses } },
      { metadata: METADATA, contacts, standby: { statuses } },
    ]) {
      const read = readChange({ field: 'standby', value: both });
      expect(only(read, 'status').who).toEqual({ waId: ADA.waId, userId: ADA.userId });
    }
  });

  test('may stand beside what is not on standby, and under another name', () => {
    const { updates, fields } = readValue({ statuses: [STATUS], standby: inner });
    expect(updates.map(({ kind }) => kind)).toEqual(['status', 'status']);
    expect(fields).toEqual(['messages', 'standby']);
    const flat = readChange({ field: 'standby', value: value({ statuses: [STATUS] }) });
    expect(only(flat, 'status').status).toBe('sent');
  });
});

describe('keys that are not known', () => {
  test('are counted by their object', () => {
    const read = readChange({
      field: 'messages',
      value: value({
        ...{ news: 1, contacts: [{ wa_id: ADA.waId, age: 7, profile: { name: 'A', mood: 'b' } }] },
        statuses: [
          { ...STATUS, foo: 1, pricing: { tax: 1 }, errors: [{ code: 1, error_data: { why: 1 } }] },
          { ...STATUS, foo: 1, conversation: { id: 'c', origin: { type: 'a', of: 1 } } },
        ],
      }),
    });
    expect(kinds(read)).toEqual(['status', 'status']);
    expect(Object.fromEntries(read.unknown)).toEqual({
      'key messaging.news': 1,
      'key contacts.age': 1,
      'key profile.mood': 1,
      'key statuses.foo': 2,
      'key pricing.tax': 1,
      'key error_data.why': 1,
      'key origin.of': 1,
    });
  });

  test('say nothing of anybody', () => {
    const keys = { '15550100777': 1, 'US.7': 1, 'Ada Example': 1, ['k'.repeat(65)]: 1, __proto: 1 };
    const read = readValue({ statuses: [{ ...STATUS, ...keys }] });
    expect(Object.fromEntries(read.unknown)).toEqual({
      'key statuses.other': 4,
      'key statuses.__proto': 1,
    });
  });

  test('are 200 at most', () => {
    const keys = Array.from({ length: 1000 }, (_, n) => [`k${n}`, 1]);
    const { unknown } = readValue({ statuses: [{ ...STATUS, ...Object.fromEntries(keys) }] });
    expect(unknown.size).toBe(200);
    expect(unknown.get('more')).toBe(801);
  });

  test('of the names of JavaScript are keys like any other', () => {
    const odd = '{"__proto__":{"status":"sent"},"constructor":1,"toString":{},"id":{"toString":1}}';
    const body = JSON.stringify(
      delivery([{ field: 'messages', value: value({ statuses: ['ODD'] }) }]),
    );
    const read = readDelivery(body.replace('"ODD"', odd), RECEIVED);
    expect(only(read, 'unreadable').raw).toBe(odd);
    expect([...read.unknown.keys()]).toEqual([
      'key statuses.__proto__',
      'key statuses.constructor',
      'key statuses.toString',
    ]);
  });
});

describe('what a person wrote', () => {
  const message = (fields: Record<string, unknown>) =>
    readValue({
      messages: [{ from: ADA.waId, id: 'wamid.M', timestamp: '1795000001', ...fields }],
    });

  test('is cut to 512 characters, in a form that a store takes', () => {
    const { text } = only(
      message({ type: 'text', text: { body: 'é\u0000'.repeat(1000) } }),
      'text',
    );
    expect(text).toHaveLength(512);
    expect(text).not.toContain('\u0000');
  });

  test('may be a number, and may have no type', () => {
    expect(only(message({ text: { body: 7 } }), 'text').text).toBe('7');
  });

  test.each([[{}], ['stop'], [null], [{ body: '' }], [{ body: null }]])(
    'is kept raw where it cannot be read: %j',
    (text) => {
      expect(only(message({ type: 'text', text }), 'unreadable').why).toBe('no text');
    },
  );

  test('from nobody is kept raw; without an id it is read, since it may be a no', () => {
    const text = { body: 'stop' };
    expect(only(message({ text, from: undefined }), 'unreadable').why).toBe('nobody is named');
    const read = message({ text, id: undefined });
    expect(only(read, 'text')).toMatchObject({
      text: 'stop',
      id: expect.stringMatching(/^sha256\.[0-9a-f]{64}$/),
    });
    expect(only(message({ text, id: undefined }), 'text').id).toBe(only(read, 'text').id);
  });

  test('in a kind that is not known is counted', () => {
    const read = message({ type: 'hologram' });
    expect(only(read, 'ignored').why).toBe('message type hologram');
    expect([...read.unknown.keys()]).toEqual(['value type hologram']);
    const pressed = message({ type: 'interactive', interactive: { type: 'lever' } });
    expect(only(pressed, 'ignored').why).toBe('message type interactive lever');
    expect([...pressed.unknown.keys()]).toEqual(['value interactive lever']);
  });
});

describe('a preference', () => {
  const preference = (fields: Record<string, unknown>) =>
    readValue(
      { user_preferences: [{ wa_id: ADA.waId, value: 'stop', timestamp: 1795000300, ...fields }] },
      'user_preferences',
    );

  test('may lack its category, and be written large', () => {
    expect(only(preference({ value: 'STOP' }), 'preference')).toMatchObject({
      value: 'stop',
      category: 'marketing_messages',
      at: new Date(1795000300_000),
    });
  });

  test('of nobody, or without a value, is kept raw', () => {
    expect(only(preference({ wa_id: null }), 'unreadable').why).toBe('nobody is named');
    expect(only(preference({ value: null }), 'unreadable').why).toBe('no value');
  });
});

describe('times that are still to come', () => {
  const in_ = (s: number) => RECEIVED.getTime() / 1_000 + s;
  const value_ = (s: number) =>
    value({
      contacts: [{ wa_id: ADA.waId, user_id: ADA.userId }],
      messages: [
        {
          ...{ from: ADA.waId, id: 'wamid.R', timestamp: String(in_(s)), type: 'interactive' },
          interactive: {
            type: 'call_permission_reply',
            call_permission_reply: {
              ...{ response: 'accept', is_permanent: false, response_source: 'user_action' },
              expiration_timestamp: String(in_(600_000)),
            },
          },
        },
        {
          ...{ from: ADA.waId, id: 'wamid.S', timestamp: String(in_(s)), type: 'system' },
          system: { type: 'user_changed_number', wa_id: '15550100778' },
        },
        {
          from: ADA.waId,
          id: 'wamid.T',
          timestamp: String(in_(s)),
          type: 'text',
          text: { body: 'stop' },
        },
      ],
      statuses: [{ ...STATUS, timestamp: String(in_(s)) }],
    });
  const timesOf = (s: number) => {
    const read = readOf(
      delivery(
        [
          { field: 'messages', value: value_(s) },
          {
            field: 'message_template_status_update',
            value: { event: 'PAUSED', message_template_id: 1 },
          },
        ],
        { time: in_(s) },
      ),
    );
    const times = [...read.updates, ...read.together].flatMap((one) =>
      'at' in one ? [one.at.getTime() / 1_000 - in_(0)] : [],
    );
    return { n: times.length, times: [...new Set(times)], read };
  };

  test('are those of the receipt, of whatever kind the update is; up to five minutes is a clock that is ahead', () => {
    expect(timesOf(3_600)).toMatchObject({ n: 6, times: [0] });
    expect(timesOf(301).times).toEqual([0]);
    expect(timesOf(300).times).toEqual([300]);
    expect(timesOf(-86_400).times).toEqual([-86_400]);
  });

  test('but when a permission ends stays as it was told', () => {
    const reply = timesOf(3_600).read.updates.find(({ kind }) => kind === 'reply');
    expect(reply).toMatchObject({ at: RECEIVED, expiresAt: new Date(in_(600_000) * 1_000) });
  });
});
