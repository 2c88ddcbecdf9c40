/** Settings of people who log in at a proxy. */
import { expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/read-config.ts';

const told = (env: Record<string, string>) => {
  const read = readConfig(env);
  return read.ok ? read.value.console : read.error.map(({ where }) => where);
};
const PROXY = { TRUST_PROXY: '10.0.0.5' };
const USER = { CONSOLE_USER_HEADER: 'X-Forwarded-User' };

test('nobody is named by a header unless it is set', () => {
  expect(told({})).toEqual({ defaultRole: 'viewer' });
});

test('headers are known in small letters', () => {
  const more = { CONSOLE_ROLE_HEADER: 'X-Role', CONSOLE_DEFAULT_ROLE: 'operator' };
  expect(told({ ...PROXY, ...USER, ...more })).toEqual({
    ...{ userHeader: 'x-forwarded-user', roleHeader: 'x-role', defaultRole: 'operator' },
  });
});

test.each([
  [USER, 'CONSOLE_USER_HEADER'],
  [{ ...USER, TRUST_PROXY: '0' }, 'CONSOLE_USER_HEADER'],
  [{ ...USER, TRUST_PROXY: '1' }, 'CONSOLE_USER_HEADER'],
  [{ ...USER, TRUST_PROXY: '10.0.0.5,0.0.0.0/0' }, 'CONSOLE_USER_HEADER'],
  [{ ...USER, TRUST_PROXY: '::/0' }, 'CONSOLE_USER_HEADER'],
  [{ ...PROXY, CONSOLE_USER_HEADER: 'Cookie' }, 'CONSOLE_USER_HEADER'],
  [{ ...PROXY, CONSOLE_USER_HEADER: 'Authorization' }, 'CONSOLE_USER_HEADER'],
  [{ ...PROXY, CONSOLE_USER_HEADER: 'X Forwarded' }, 'CONSOLE_USER_HEADER'],
  [{ ...PROXY, CONSOLE_ROLE_HEADER: 'X-Role' }, 'CONSOLE_ROLE_HEADER'],
  [{ ...PROXY, ...USER, CONSOLE_ROLE_HEADER: 'x-forwarded-user' }, 'CONSOLE_ROLE_HEADER'],
  [{ CONSOLE_DEFAULT_ROLE: 'root' }, 'CONSOLE_DEFAULT_ROLE'],
  [{ AUDIT_RETENTION_DAYS: '-1' }, 'AUDIT_RETENTION_DAYS'],
])('%j is refused', (env: Record<string, string>, where) => {
  expect(told(env)).toContain(where);
});
