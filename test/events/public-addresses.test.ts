/** Events go to public addresses only, by what a name leads to when the socket is opened. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/read-config.ts';
import type { StoredEvent } from '../../src/core/ports/index.ts';
import { openPoster } from '../../src/events/post.ts';
import { isPrivateLiteral, isPublic, type Lookup } from '../../src/events/public-addresses.ts';
import { type Receiver, startReceiver } from './receiver.ts';

const SECRET = 'whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const EVENT: StoredEvent = {
  ...{ pos: '1', id: 'evt_1_a', type: 'sender.resumed', occurredAt: new Date().toISOString() },
  data: {},
};
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.16.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '224.0.0.1',
  '255.255.255.255',
  '198.18.0.1',
  '192.0.2.1',
  '240.0.0.1',
  '::1',
  '::',
  'fe80::1',
  'fe80::1%lo',
  'fc00::1',
  'fd12::1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '::ffff:0:127.0.0.1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'ff02::1',
  '2001:db8::1',
  'localhost',
  '',
])('%s is not public', (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each(['8.8.8.8', '1.1.1.1', '2606:4700:4700::1111', '::ffff:8.8.8.8'])('%s is', (address) => {
  expect(isPublic(address)).toBe(true);
});

test.each(['[::1]', '[::ffff:10.0.0.1]', '127.0.0.1'])('a URL of %s is private', (host) => {
  expect(isPrivateLiteral(host)).toBe(true);
  expect(isPrivateLiteral('example.com')).toBe(false);
});

const port = () => new URL(receiver.url).port;

async function posted(p: { url: string; allowPrivate?: boolean; lookup?: Lookup }) {
  const { allowPrivate = false, url, lookup } = p;
  const poster = await openPoster({
    ...{ url, secret: SECRET, allowPrivate, connections: 1, timeoutMs: 5_000 },
    ...(lookup === undefined ? {} : { lookup }),
  });
  try {
    return await poster.post(EVENT);
  } finally {
    await poster.close();
  }
}

const leadsTo =
  (...all: readonly string[]): Lookup =>
  (_host, _options, done) =>
    done(
      null,
      all.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

test.each(['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '[::1]'])(
  'nothing is posted to the address %s',
  async (host) => {
    const answer = await posted({ url: `http://${host}:${port()}/` });
    expect(answer).toMatchObject({ kind: 'failed', why: expect.stringContaining('no public') });
    expect(receiver.arrivals).toEqual([]);
  },
);

test('nor to a name that leads to one, also where it led elsewhere when it was looked at before', async () => {
  const url = `http://rebound.example:${port()}/`;
  for (const addresses of [['127.0.0.1'], ['::ffff:127.0.0.1'], ['::1', '10.0.0.1']])
    expect(await posted({ url, lookup: leadsTo(...addresses) })).toMatchObject({
      kind: 'failed',
      why: expect.stringContaining('no public address'),
    });
  expect(receiver.arrivals).toEqual([]);
});

test('but where they are allowed', async () => {
  expect(await posted({ url: receiver.url, allowPrivate: true })).toEqual({ kind: 'ok' });
  expect(receiver.arrivals).toHaveLength(1);
});

test.each([
  [{ EVENTS_URL: 'http://example.com/' }, 'EVENTS_URL'],
  [{ EVENTS_URL: 'https://ann:secret@example.com/' }, 'EVENTS_URL'],
  [{ EVENTS_URL: 'https://example.com/' }, 'EVENTS_SECRET'],
  [{ EVENTS_URL: 'https://example.com/', EVENTS_SECRET: 'whsec_short' }, 'EVENTS_SECRET'],
  [{ EVENTS_TYPES: 'request.accepted,request.maybe' }, 'EVENTS_TYPES'],
  [{ EVENTS_KEY: 'short' }, 'EVENTS_KEY'],
])('settings that cannot be are refused: %j', (env, where) => {
  const read = readConfig(env);
  expect(read.ok ? [] : read.error.map((p) => p.where)).toEqual([where]);
  if (!read.ok) expect(JSON.stringify(read.error)).not.toContain('short"');
});
