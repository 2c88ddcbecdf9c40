import { describe, expect, test } from '@jest/globals';
import { ACCOUNT, only, payloads, RECEIVED, readChange, SENDER } from './support.ts';

const TEMPLATE = { message_template_id: 600000000000001, message_template_name: 'ask' };

function read(field: string | undefined, value: unknown, entry: Record<string, unknown> = {}) {
  return readChange({ ...(field === undefined ? {} : { field }), value }, entry);
}
const template = (field: string, fields: Record<string, unknown>) =>
  only(read(field, { ...TEMPLATE, ...fields }), 'template');
const account = (field: string, value: Record<string, unknown>) =>
  only(read(field, value), 'account');

describe('templates', () => {
  test.each([
    [600000000000001, '600000000000001'],
    ['600000000000001', '600000000000001'],
  ])('the id %j', (message_template_id, expected) => {
    const update = template('message_template_status_update', {
      message_template_id,
      event: 'PAUSED',
    });
    expect(update.templateId).toBe(expected);
  });

  test('an id above 2^53 keeps its digits', async () => {
    const { readDelivery } = await import('../../src/webhook/read-delivery.ts');
    const body = `{"object":"whatsapp_business_account","entry":[{"id":9007199254740993,"time":1795000000,"changes":[
      {"field":"message_template_status_update","value":{"event":"PAUSED","message_template_id":9007199254740995}}]}]}`;
    const update = only(readDelivery(body, RECEIVED), 'template');
    expect(update).toMatchObject({ account: '9007199254740993', templateId: '9007199254740995' });
  });

  test('times are those of the entry, else of the delivery', () => {
    const value = { ...TEMPLATE, event: 'APPROVED' };
    const field = 'message_template_status_update';
    expect(only(read(field, value, { time: 1795000000 }), 'template').at).toEqual(
      new Date(1795000000_000),
    );
    expect(only(read(field, value), 'template').at).toEqual(RECEIVED);
  });

  test.each([
    ['en-US', 'en_US'],
    ['en_US', 'en_US'],
    ['en', 'en'],
    ['zh-Hant-TW', 'zh_Hant_TW'],
  ])('the language %s is %s', (message_template_language, language) => {
    const update = template('message_template_status_update', {
      message_template_language,
      event: 'APPROVED',
    });
    expect(update.language).toBe(language);
  });

  test('a word is in capitals, whichever it is', () => {
    const update = template('message_template_status_update', { event: 'Melted', reason: 'none' });
    expect(update).toMatchObject({ what: 'status', value: 'MELTED' });
    expect(update).not.toHaveProperty('detail');
  });

  test('the category that it will have is not the one it has', () => {
    const field = 'template_category_update';
    const fields = { new_category: 'UTILITY', correct_category: 'MARKETING' };
    for (const time of [1795086400, '1795086400']) {
      const ahead = template(field, { ...fields, category_update_timestamp: time });
      expect(ahead).toMatchObject({
        what: 'category-ahead',
        value: 'MARKETING',
        detail: 'UTILITY',
      });
      expect(ahead.effectiveAt).toEqual(new Date(1795086400_000));
    }
    expect(template(field, fields)).not.toHaveProperty('effectiveAt');
    const changed = template(field, { new_category: 'MARKETING' });
    expect(changed).toMatchObject({ what: 'category', value: 'MARKETING' });
    expect(changed).not.toHaveProperty('detail');
    const detected = template('template_correct_category_detection', {
      correct_category: 'MARKETING',
    });
    expect(detected).toMatchObject({ what: 'category-ahead', value: 'MARKETING' });
    expect(detected).not.toHaveProperty('effectiveAt');
  });

  test('what changed of the text', () => {
    const field = 'message_template_components_update';
    expect(template(field, { message_template_element: 'b' }).value).toBe('body');
    expect(
      template(field, { message_template_footer: 'f', message_template_title: null }).value,
    ).toBe('footer');
    expect(template(field, {}).value).toBe('components');
  });

  test.each([
    ['id', { event: 'PAUSED' }, {}],
    ['word', TEMPLATE, {}],
    ['word', { ...TEMPLATE, event: null }, {}],
    ['account', { ...TEMPLATE, event: 'PAUSED' }, { id: null }],
  ])('without its %s it is kept raw', (_, value, entry) => {
    const kept = only(read('message_template_status_update', value, entry), 'unreadable');
    expect(JSON.parse(kept.raw)).toEqual(value);
  });
});

describe('accounts', () => {
  test.each([
    [2000, '2000'],
    ['2000', '2000'],
    [250, '250'],
    [-1, 'unlimited'],
    ['-1', 'unlimited'],
    ['TIER_50', '50'],
    ['TIER_250', '250'],
    ['TIER_1K', '1000'],
    ['TIER_2K', '2000'],
    ['TIER_10K', '10000'],
    ['TIER_100K', '100000'],
    ['tier_unlimited', 'unlimited'],
  ])('the daily limit %j is %s', (limit, expected) => {
    const field = 'business_capability_update';
    expect(account(field, { max_daily_conversations_per_business: limit }).value).toBe(expected);
    expect(account(field, { max_daily_conversation_per_phone: limit }).value).toBe(expected);
  });

  test('a daily limit that is none is kept raw, and none at all is counted', () => {
    const field = 'business_capability_update';
    const odd = read(field, { max_daily_conversations_per_business: 'TIER_MANY' });
    expect(only(odd, 'unreadable').why).toBe('nothing said');
    expect([...odd.unknown.keys()]).toEqual([
      'value max_daily_conversations_per_business TIER_MANY',
    ]);
    expect(only(read(field, { max_phone_numbers_per_waba: 25 }), 'ignored').why).toContain(
      'without',
    );
  });

  test.each([
    [1795604900, 1795604900_000],
    ['1795604900', 1795604900_000],
    ['2026-11-25T11:08:20+0000', 1795604900_000],
    ['2026-11-25T11:08:20Z', 1795604900_000],
    ['2026-11-25T11:08:20', 1795604900_000],
    ['2026-11-25', Date.UTC(2026, 10, 25)],
    ['9999-12-31T23:59:59-23:00', 253_402_300_799_999],
    ['November 25, 2026', undefined],
    [null, undefined],
  ])('a restriction until %j', (expiration, ms) => {
    const update = account('account_update', {
      event: 'ACCOUNT_RESTRICTION',
      restriction_info: [{ restriction_type: 'RESTRICTED_BIZ_INITIATED_MESSAGING', expiration }],
    });
    expect(update.until?.getTime()).toBe(ms);
    expect(update).toMatchObject({ account: ACCOUNT, what: 'restriction' });
  });

  test('a restriction that cannot be read takes no other with it', () => {
    const good = { restriction_type: 'RESTRICTED_UTILITY_TEMPLATES' };
    const { updates } = read('account_update', {
      event: 'ACCOUNT_RESTRICTION',
      restriction_info: [null, good, {}, good],
    });
    expect(updates.map(({ kind }) => kind)).toEqual([
      'unreadable',
      'account',
      'unreadable',
      'account',
    ]);
    expect(updates[2]).toMatchObject({
      where: 'entry[0].changes[0].value.restriction_info[2]',
    });
    const alone = { event: 'ACCOUNT_RESTRICTION', restriction_info: good };
    expect(account('account_update', alone).value).toBe('RESTRICTED_UTILITY_TEMPLATES');
    expect(
      only(read('account_update', { event: 'ACCOUNT_RESTRICTION' }), 'unreadable').raw,
    ).toContain('ACCOUNT_RESTRICTION');
  });

  test('an event is known by its object too', () => {
    const violation_info = { violation_type: 'SCAM' };
    expect(account('account_update', { violation_info })).toMatchObject({
      what: 'violation',
      value: 'SCAM',
    });
    expect(account('account_update', { event: 'DISABLED_UPDATE' })).toMatchObject({
      what: 'ban',
      value: 'DISABLED_UPDATE',
    });
    expect(account('account_update', { event: 'NEW_THING' })).toMatchObject({
      what: 'other',
      value: 'NEW_THING',
    });
  });

  test('calling is on or off at the time that the setting itself tells', () => {
    const settings = { phone_number_id: 800000000000001, calling: { status: 'enabled' } };
    const value = { timestamp: 1795000000, phone_number_settings: settings };
    expect(account('account_settings_update', value)).toMatchObject({
      what: 'calling',
      value: 'ENABLED',
      senderId: SENDER,
      at: new Date(1795000000_000),
    });
  });

  test('a throughput upgrade is no quality', () => {
    const field = 'phone_number_quality_update';
    const display_phone_number = '+1 555-010-0001';
    expect(account(field, { display_phone_number, event: 'THROUGHPUT_UPGRADE' })).toMatchObject({
      what: 'throughput',
      displayNumber: '15550100001',
    });
    expect(account(field, { display_phone_number, event: 'ONBOARDING' }).what).toBe(
      'number-quality',
    );
  });
});

describe('the field', () => {
  const all = ['messages', 'statuses', 'calls', 'templates', 'account']
    .flatMap((file) => [...payloads(file)])
    .filter(
      ([name]) =>
        // What has nothing in it that only its field has.
        ![
          'deleted',
          'partner',
          'echoes',
          'business status',
          'quality under the wrong field',
          'errors alone',
        ].includes(name),
    );

  test.each(all)(
    'of "%s" is known by its keys where its name is missing or wrong',
    (name, change) => {
      const named = readChange(change);
      const { value } = change;
      for (const field of [undefined, null, 7, 'wrong', 'security', 'account_alerts']) {
        if (field === change.field) continue;
        const read = readChange({ field, value });
        // Statuses of calls are statuses: which list they stand in does not matter.
        expect({ name, updates: read.updates }).toEqual({ name, updates: named.updates });
        expect([...read.unknown.keys()]).toContain(
          `value field ${typeof field === 'string' ? field : 'other'}`,
        );
      }
    },
  );

  test('is nothing to us where Meta has it for others, whatever stands in it', () => {
    const { value } = payloads('messages').get('text') ?? {};
    for (const field of [
      'message_echoes',
      'smb_message_echoes',
      'group_status_update',
      'history',
    ]) {
      const read = readChange({ field, value });
      expect(only(read, 'ignored')).toMatchObject({ account: ACCOUNT, why: `field ${field}` });
      expect(read.fields).toEqual([field]);
    }
  });

  test.each([
    ['a_new_one', 'a_new_one'],
    ['Messages', 'other'],
    ['call 15550100777', 'other'],
    ['15550100777', 'other'],
    ['a'.repeat(65), 'other'],
    ['a'.repeat(64), 'a'.repeat(64)],
    [7, 'other'],
    [undefined, 'other'],
  ])('%j that nobody knows is counted as %s', (field, word) => {
    const read = readChange({ field, value: { what: 'ever' } });
    expect(only(read, 'ignored').why).toBe(`field ${word}`);
    expect(read.fields).toEqual([word]);
  });
});
