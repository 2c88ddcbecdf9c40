/** Settings of events: what is told, to whom, and signed by what. */
import { EVENT_TYPES, type EventType, isEventType } from '../core/events/event-types.ts';
import { given } from '../core/given.ts';
import { problem } from '../core/problem.ts';
import { err, ok } from '../core/result.ts';
import { type Check, longKey, oneOf, wholeNumber } from './checks.ts';
import type { EventsConfig } from './config.ts';
import type { SettingsReader } from './settings-reader.ts';

/** Standard Webhooks: 24 to 64 bytes. */
const SECRET_BYTES = [24, 64] as const;

/** Reads them; an address without a secret is a problem, and one that is not allowed. */
export function readEvents(reader: SettingsReader): EventsConfig {
  const allowPrivate = reader.require('EVENTS_ALLOW_PRIVATE', oneOf(['0', '1'])) === '1';
  const url = reader.read('EVENTS_URL', eventsUrl(allowPrivate));
  const secret = reader.readSecret('EVENTS_SECRET', eventsSecret);
  if (url !== undefined && secret === undefined && !reader.problems.some(isOfSecret))
    reader.report(
      problem('SETTING_MISSING', 'EVENTS_SECRET is not set, but EVENTS_URL is.', {
        where: 'EVENTS_SECRET',
        next: 'Make one: echo "whsec_$(openssl rand -base64 32)".',
      }),
    );
  return {
    queue: reader.require('EVENTS_QUEUE', oneOf(['0', '1'])) === '1',
    allowPrivate,
    retentionDays: reader.require('EVENTS_RETENTION_DAYS', wholeNumber(1, 365)),
    ...given({
      ...{ url, secret },
      types: reader.read('EVENTS_TYPES', someTypes),
      key: reader.readSecret('EVENTS_KEY', longKey),
    }),
  };
}

/**
 * An address that events may be posted to, as it is dialled: with TLS, but where private ones are allowed, and without a password
 * or a fragment in it. Tabs and line breaks, which a URL would swallow, make it none.
 */
export function eventsUrl(allowPrivate: boolean): Check<string> {
  const expected = allowPrivate
    ? 'a URL like https://host/path or http://host/path, without a user, a password or a fragment'
    : 'a URL like https://host/path, without a user, a password or a fragment (http:// only with EVENTS_ALLOW_PRIVATE=1)';
  return (text) => {
    const parsed = URL.canParse(text) ? new URL(text) : undefined;
    const isFit =
      parsed !== undefined &&
      (parsed.protocol === 'https:' || (allowPrivate && parsed.protocol === 'http:')) &&
      parsed.username === '' &&
      parsed.password === '' &&
      parsed.port !== '0' &&
      !/[#\p{Cc}]/u.test(text);
    return isFit ? ok(parsed.href) : err(expected);
  };
}

const isOfSecret = ({ where }: { readonly where?: string }) => where === 'EVENTS_SECRET';

const eventsSecret: Check<string> = (text) => {
  const [least, most] = SECRET_BYTES;
  const base64 = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  const bytes = base64 === undefined ? 0 : Buffer.from(base64, 'base64').length;
  return bytes >= least && bytes <= most
    ? ok(text)
    : err(`whsec_ and ${least} to ${most} bytes in base64`);
};

const someTypes: Check<readonly EventType[]> = (text) => {
  const types = text.split(',').map((one) => one.trim());
  return types.every(isEventType) ? ok(types) : err(`some of ${EVENT_TYPES.join(', ')}`);
};
