/** Settings of people who log in at a proxy: by which header it names them, and what they may do. */
import { given } from '../core/given.ts';
import { problem } from '../core/problem.ts';
import { err, ok } from '../core/result.ts';
import { isRole, ROLES, type Role } from '../core/user.ts';
import type { Check } from './checks.ts';
import type { ConsoleConfig } from './config.ts';
import type { SettingsReader } from './settings-reader.ts';

/** Those that say something else already. */
const TAKEN = new Set([
  ...['authorization', 'connection', 'content-length', 'content-type', 'cookie', 'forwarded'],
  ...['host', 'origin', 'via', 'x-csrf-token', 'x-forwarded-for', 'x-forwarded-host'],
  ...['x-forwarded-prefix', 'x-forwarded-proto', 'x-real-ip'],
]);

/** Reads them; a header that everybody could send, or nobody, is a problem. */
export function readConsole(reader: SettingsReader, trustProxy: readonly string[]): ConsoleConfig {
  const userHeader = reader.read('CONSOLE_USER_HEADER', headerName);
  const roleHeader = reader.read('CONSOLE_ROLE_HEADER', headerName);
  const report = (where: 'CONSOLE_USER_HEADER' | 'CONSOLE_ROLE_HEADER', message: string) =>
    reader.report(problem('SETTING_INVALID', message, { where, next: NEXT }));
  if (userHeader !== undefined && !isSome(trustProxy))
    report('CONSOLE_USER_HEADER', EVERYBODY_OR_NOBODY);
  if (roleHeader !== undefined && userHeader === undefined)
    report('CONSOLE_ROLE_HEADER', 'CONSOLE_ROLE_HEADER is set, but CONSOLE_USER_HEADER is not.');
  if (roleHeader !== undefined && roleHeader === userHeader)
    report('CONSOLE_ROLE_HEADER', 'CONSOLE_ROLE_HEADER is the header of CONSOLE_USER_HEADER.');
  return {
    defaultRole: reader.require('CONSOLE_DEFAULT_ROLE', role),
    ...given({ userHeader, roleHeader }),
  };
}

const EVERYBODY_OR_NOBODY =
  'CONSOLE_USER_HEADER is set, and TRUST_PROXY names no proxy: the header would be believed of everybody, or of nobody.';
const NEXT =
  'Set TRUST_PROXY to the addresses of the proxy, like 10.0.0.5, and CONSOLE_USER_HEADER to the header it sends.';

/** Not everybody, and not nobody. */
function isSome(trusted: readonly string[]): boolean {
  return trusted.length > 0 && !trusted.some((name) => name === '*' || name.endsWith('/0'));
}

const headerName: Check<string> = (text) => {
  const name = text.toLowerCase();
  return /^[a-z0-9-]{1,64}$/.test(name) && !TAKEN.has(name)
    ? ok(name)
    : err('the name of a header that says nothing else, like X-Forwarded-User');
};

const role: Check<Role> = (text) => (isRole(text) ? ok(text) : err(`one of ${ROLES.join(', ')}`));
