import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/read-config.ts';
import { requireAccount, requireSender } from '../../src/config/require.ts';

function config(env: Record<string, string>) {
  const result = readConfig(env);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const FULL = {
  WHATSAPP_PHONE_NUMBER_ID: '1',
  WHATSAPP_BUSINESS_ACCOUNT_ID: '2',
  WHATSAPP_ACCESS_TOKEN: 'T',
};

describe('requireSender', () => {
  test.each([
    ['WHATSAPP_PHONE_NUMBER_ID', { ...FULL, WHATSAPP_PHONE_NUMBER_ID: '' }],
    ['WHATSAPP_ACCESS_TOKEN', { ...FULL, WHATSAPP_ACCESS_TOKEN: '' }],
  ])('names the missing %s', (where, env) => {
    expect(requireSender(config(env))).toMatchObject({ error: { code: 'SETTING_MISSING', where } });
  });

  test('takes the sender of the environment when none is named', () => {
    expect(requireSender(config(FULL))).toMatchObject({ ok: true, value: { phoneNumberId: '1' } });
  });

  test('an unknown sender is answered with the known ones', () => {
    expect(requireSender(config(FULL), '9')).toMatchObject({
      error: { code: 'NOT_FOUND', next: 'Known are: 1.' },
    });
  });
});

describe('requireAccount', () => {
  test('needs no phone number', () => {
    const env = { ...FULL, WHATSAPP_PHONE_NUMBER_ID: '' };
    expect(requireAccount(config(env))).toMatchObject({ value: { businessAccountId: '2' } });
  });

  test.each([
    ['WHATSAPP_BUSINESS_ACCOUNT_ID', { ...FULL, WHATSAPP_BUSINESS_ACCOUNT_ID: '' }],
    ['WHATSAPP_ACCESS_TOKEN', { ...FULL, WHATSAPP_ACCESS_TOKEN: '' }],
  ])('names the missing %s', (where, env) => {
    expect(requireAccount(config(env))).toMatchObject({
      error: { code: 'SETTING_MISSING', where },
    });
  });
});
