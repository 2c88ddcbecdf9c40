/** What `createHttpClient` takes, checked as it is made. */
import { type Checks, expect } from '../../campaign/option-checks.ts';
import { checkInput } from '../check-input.ts';
import type { HttpClientOptions } from '../input.ts';

const TIMEOUT_MS = 30_000;
// Timers of Node that are longer go off at once.
const LONGEST_MS = 2 ** 31 - 1;

/** Options, read. */
export interface HttpAt {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string;
  readonly sender: string | undefined;
  readonly timeoutMs: number;
}

function isAddress(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  // What stands there would be sent, or logged, with every call.
  return /^https?:$/.test(protocol) && `${username}${password}${search}${hash}` === '';
}

const CHECKS: Checks<HttpClientOptions> = {
  url: expect(
    isAddress,
    'an address like https://permit.example.com, without a name, password or query',
  ),
  // The value is not told: it may be nearly a key.
  key: (value) =>
    typeof value === 'string' && /^[\x21-\x7e]{1,1000}$/.test(value)
      ? undefined
      : 'Expected a key of `callpermit key create`',
  sender: expect(
    (value) => typeof value === 'string' && /^[\w-]{1,64}$/.test(value),
    'a phone number id',
  ),
  timeoutMs: expect(
    (value) => typeof value === 'number' && value >= 1 && value <= LONGEST_MS,
    'a number of milliseconds from 1 up',
  ),
};

/** Reads them, or throws `USAGE`. */
export function readOptions(options: HttpClientOptions): HttpAt {
  checkInput(withoutSecrets(options), CHECKS, ['url', 'key']);
  const { url, key, sender, timeoutMs = TIMEOUT_MS } = options;
  return { url: new URL(url).href.replace(/\/+$/, ''), key, sender, timeoutMs };
}

/** What is refused is quoted in errors: a text stands there for what nobody may read, which is refused as well. */
function withoutSecrets(options: HttpClientOptions): HttpClientOptions {
  if (typeof options !== 'object' || options === null) return options;
  const { url, key } = options;
  const isNoKey = typeof key === 'string' && CHECKS.key(key) !== undefined;
  return {
    ...options,
    ...(isNoKey ? { key: '' } : {}),
    ...(typeof url === 'string' ? { url: url.replace(/\/\/[^/]*@/, '//...@') } : {}),
  };
}
