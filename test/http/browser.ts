/** Somebody in a browser, as far as HTTP sees them: a cookie, the page's token, and where the page is from. */
import { createHash } from 'node:crypto';
import type { Role } from '../../src/core/user.ts';
import type { Scrypt } from '../../src/users/hash-queue.ts';
import type { Answer, CallOptions, Service } from './support.ts';

/** The password of all. */
export const PASSWORD = 'correct horse battery';

/** Hashes that cost nothing, and how many were made. */
export function countedHashes() {
  let made = 0;
  const hash: Scrypt = async (password, salt) => {
    made += 1;
    return createHash('sha256').update(salt).update(password).digest();
  };
  return { hash, made: () => made };
}

/** Somebody who is logged in. */
export interface Browser {
  readonly cookie: string;
  readonly csrf: string;
  /** As a page of ours calls. */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
}

/** What a page of ours sends along. */
export const OURS = { 'sec-fetch-site': 'same-origin' } as const;

/** Makes a user by the API, as an admin does. */
export async function addUser(service: Service, name: string, role: Role): Promise<void> {
  const body = { name, role, password: PASSWORD };
  const made = await service.call('POST', '/v1/users', { body });
  if (made.status !== 201) throw new Error(made.text);
}

/** Logs in; gives the answer. */
export function logIn(
  service: Service,
  user: string,
  p: { readonly password?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const { password = PASSWORD, headers = {} } = p;
  const body = { user, password };
  return service.call('POST', '/v1/session', { key: null, body, headers: { ...OURS, ...headers } });
}

/** The cookie of an answer, as it is sent back. */
export function cookieOf({ headers }: Pick<Answer, 'headers'>): string {
  return (
    headers
      .getSetCookie()
      .find((one) => one.includes('callpermit_session'))
      ?.split(';')[0] ?? ''
  );
}

/** Logs in and stays so. */
export async function browse(service: Service, user: string): Promise<Browser> {
  const answer = await logIn(service, user);
  if (answer.status !== 200) throw new Error(answer.text);
  return browserOf(service, cookieOf(answer), answer.body.csrfToken);
}

/** A browser with this cookie. */
export function browserOf(service: Service, cookie: string, csrf: string): Browser {
  return {
    cookie,
    csrf,
    call: (method, path, { headers = {}, ...options } = {}) =>
      service.call(method, path, {
        ...{ key: null, ...options },
        headers: { ...OURS, cookie, 'x-csrf-token': csrf, ...headers },
      }),
  };
}
