/** What goes over the line of the HTTP client: what is repeated and what never, how long, and that no key is told. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Client,
  createHttpClient,
  type HttpClientOptions,
  InfrastructureError,
  ProblemError,
} from '../../../src/client/http/index.ts';

const KEY = 'a-key-that-nobody-may-read';
type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let handler: Handler;
let calls: { method: string; url: string; headers: IncomingMessage['headers'] }[];
let url: string;
const server = createServer((request, response) => {
  const { method = '', url: path = '', headers } = request;
  calls.push({ method, url: path, headers });
  request.resume();
  handler(request, response);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  calls = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const client = (more: Partial<HttpClientOptions> = {}): Client =>
  createHttpClient({ url, key: KEY, ...more });

const json =
  (status: number, body: object, headers: Record<string, string> = {}): Handler =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
const refusal = (status: number, code: string, headers: Record<string, string> = {}) =>
  json(status, { code, detail: 'It was refused.', next: 'Do so.', status }, headers);

/** Answers one after the other; the last one for good. */
function inTurn(...handlers: Handler[]): Handler {
  return (request, response) => {
    const [first] = handlers;
    if (handlers.length > 1) handlers.shift();
    first?.(request, response);
  };
}

const CAMPAIGN = {
  ...{ id: 'c1', name: null, state: 'paused', reason: null, sender: '1', senders: ['1'] },
  ...{ template: 't', language: 'en', single: false, weight: 1, onPairLimit: 'wait' },
  ...{ includeGranted: false, includeDeclined: false, quietHours: null, counts: {} },
  ...{ messageStatuses: {}, refusedLines: 0, createdAt: '2026-01-01T00:00:00.000Z' },
  ...{ startAt: null, expireAt: null, scheduledFor: null, startedAt: null, endedAt: null },
};
const good = json(200, { ...CAMPAIGN, stuckQueues: [] });
const reset: Handler = (request) => request.socket.destroy();
const one = { to: '+16505551234', template: 't', language: 'en', waitMs: 0 };

async function thrown(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error: unknown) => error as Error,
  );
}

describe('a call that looks', () => {
  it.each<[string, Handler]>([
    ['a line that breaks', reset],
    ['503', refusal(503, 'DATABASE_UNREACHABLE')],
    ['429', refusal(429, 'TOO_MANY_REQUESTS')],
    ['a proxy without a service behind it', json(502, {})],
  ])('is repeated after %s', async (_what, bad) => {
    handler = inTurn(bad, bad, good);
    expect(await client().campaign('c1')).toMatchObject({ id: 'c1' });
    expect(calls).toHaveLength(3);
  });

  it('waits as long as Retry-After says', async () => {
    handler = inTurn(refusal(503, 'DATABASE_UNREACHABLE', { 'retry-after': '2' }), good);
    const begun = performance.now();
    await client().campaign('c1');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(1_990);
  });

  it('is given up at once where Retry-After is longer than its time', async () => {
    handler = refusal(429, 'TOO_MANY_REQUESTS', { 'retry-after': '60' });
    const error = await thrown(client({ timeoutMs: 5_000 }).campaign('c1'));
    expect((error as ProblemError).problem.code).toBe('TOO_MANY_REQUESTS');
    expect(calls).toHaveLength(1);
  });

  it.each([
    [400, 'USAGE'],
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [409, 'CAMPAIGN_STATE'],
  ])('is not repeated after %d', async (status, code) => {
    handler = refusal(status, code);
    const error = await thrown(client().campaign('c1'));
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).problem).toMatchObject({ code, next: 'Do so.' });
    expect(calls).toHaveLength(1);
  });
});

describe('a call that does something', () => {
  const verbs: Readonly<Record<string, (c: Client) => Promise<unknown>>> = {
    pause: (c) => c.pause('c1'),
    resume: (c) => c.resume('c1'),
    cancel: (c) => c.cancel('c1'),
    retry: (c) => c.retry('c1'),
    suppress: (c) => c.suppress('+16505551234'),
    'enqueue without a key': (c) =>
      c.enqueue({ template: 't', language: 'en', recipients: [{ to: '+16505551234' }] }),
    'enqueue of a stream': (c) =>
      c.enqueue({
        ...{ template: 't', language: 'en', idempotencyKey: 'k' },
        recipients: (function* () {
          yield { to: '+16505551234' };
        })(),
      }),
  };

  it.each(Object.entries(verbs))(
    '%s is not repeated where it may have been done',
    async (_, verb) => {
      for (const bad of [reset, refusal(503, 'DATABASE_UNREACHABLE')]) {
        calls = [];
        handler = inTurn(bad, good);
        await thrown(verb(client()));
        expect(calls).toHaveLength(1);
      }
    },
  );

  it('is repeated where it was refused before anything was done', async () => {
    handler = inTurn(refusal(429, 'TOO_MANY_REQUESTS'), good);
    expect(await client().pause('c1')).toMatchObject({ state: 'paused' });
    expect(calls).toHaveLength(2);
  });

  it('is repeated with a key, the same each time: of the caller, or of its own', async () => {
    const standing = { id: 'c1', status: 'accepted', state: 'completed', waits_for: null };
    for (const idempotencyKey of ['mine', undefined]) {
      calls = [];
      handler = inTurn(
        reset,
        refusal(503, 'DATABASE_UNREACHABLE'),
        json(200, { ...standing, created: true }),
      );
      await client().request({ ...one, idempotencyKey });
      expect(calls).toHaveLength(3);
      const keys = new Set(calls.map(({ headers }) => headers['idempotency-key']));
      expect(keys.size).toBe(1);
      expect([...keys][0]).toMatch(idempotencyKey ?? /^[0-9a-f-]{36}$/);
    }
  });

  it('an array with a key is sent again', async () => {
    const list = { added: 1, doubles: 0, refused: 0, refusedLines: [] };
    handler = inTurn(
      refusal(503, 'DATABASE_UNREACHABLE'),
      json(201, { ...CAMPAIGN, created: true, list, warnings: [] }),
    );
    const recipients = [{ to: '+16505551234' }];
    const done = await client().enqueue({
      template: 't',
      language: 'en',
      recipients,
      idempotencyKey: 'k',
    });
    expect(done).toMatchObject({ id: 'c1', added: 1 });
    expect(calls.map(({ headers }) => headers['idempotency-key'])).toEqual(['k', 'k']);
  });
});

describe('time', () => {
  const hang: Handler = () => {};

  it('a call takes as long as it may, its repetitions included', async () => {
    handler = hang;
    const begun = performance.now();
    const error = await thrown(client({ timeoutMs: 300 }).campaign('c1'));
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(error.message).toMatch(/did not answer within 300 ms/);
    handler = refusal(503, 'DATABASE_UNREACHABLE');
    await thrown(client({ timeoutMs: 900 }).campaign('c1'));
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it('its signal ends it, with the reason', async () => {
    handler = hang;
    const ending = new AbortController();
    const calling = client().campaign('c1', { signal: ending.signal });
    setTimeout(() => ending.abort(new Error('enough')), 50);
    await expect(calling).rejects.toThrow('enough');
    await expect(
      client().pause('c1', { signal: AbortSignal.abort(new Error('before')) }),
    ).rejects.toThrow('before');
    expect(calls).toHaveLength(1);
  });

  it('closing ends it, and calls after it begin anew', async () => {
    handler = hang;
    const closed = client();
    const calling = thrown(closed.campaign('c1'));
    while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await closed.close();
    expect((await calling).message).toMatch(/was closed/);
    handler = good;
    expect(await closed.campaign('c1')).toMatchObject({ id: 'c1' });
  });
});

describe('what is no answer of callpermit', () => {
  it.each<[string, Handler]>([
    [
      'a page',
      (_, response) => response.writeHead(404, { 'content-type': 'text/html' }).end('<p>'),
    ],
    [
      'a redirect',
      (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    ],
    ['a page of a proxy, again and again', json(502, { error: 'bad gateway' })],
    ['a bug', refusal(500, 'INTERNAL')],
    ['text where JSON was due', (_, response) => response.end('hello')],
  ])('%s is an InfrastructureError', async (_what, bad) => {
    handler = bad;
    const error = await thrown(client({ timeoutMs: 1_500 }).campaign('c1'));
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(error).toMatchObject({ service: 'api' });
  });

  it('a service that is not there is one, with its cause', async () => {
    const lost = client({ url: 'http://127.0.0.1:1', timeoutMs: 1_000 });
    const error = await thrown(lost.campaign('c1'));
    expect(error).toBeInstanceOf(InfrastructureError);
    expect(error.message).toMatch(/127\.0\.0\.1:1 does not answer/);
    expect(error.cause).toMatchObject({ message: 'fetch failed' });
  });
});

describe('the key', () => {
  it('is in no error, however it is shown', async () => {
    const errors: unknown[] = [];
    for (const bad of [
      reset,
      refusal(401, 'UNAUTHORIZED'),
      refusal(500, 'INTERNAL'),
      json(502, {}),
    ]) {
      handler = bad;
      errors.push(await thrown(client({ timeoutMs: 600 }).campaign('c1')));
      errors.push(await thrown(client({ timeoutMs: 600 }).pause('c1')));
    }
    expect(calls[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    for (const key of [`${KEY} `, `${KEY}\n`, `${KEY}ä`]) {
      try {
        createHttpClient({ url, key });
      } catch (error) {
        errors.push(error);
      }
    }
    expect(errors).toHaveLength(11);
    for (const error of [...errors, client()]) {
      const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error);
      expect(shown).not.toContain(KEY);
    }
  });

  it('goes nowhere else: a redirect is not followed', async () => {
    handler = (_, response) => response.writeHead(307, { location: `${url}/elsewhere` }).end();
    await thrown(client({ timeoutMs: 500 }).campaign('c1'));
    expect(calls).toHaveLength(1);
  });
});

describe('options', () => {
  it.each<[object | undefined, string]>([
    [undefined, ''],
    [{ url: 'http://h' }, 'key'],
    [{ key: 'k' }, 'url'],
    [{ url: 'ftp://h', key: 'k' }, 'url'],
    [{ url: 'permit.example.com', key: 'k' }, 'url'],
    [{ url: 'http://ann:secret@h', key: 'k' }, 'url'],
    [{ url: 'http://h?x=1', key: 'k' }, 'url'],
    [{ url: 'http://h', key: '' }, 'key'],
    [{ url: 'http://h', key: 'two words' }, 'key'],
    [{ url: 'http://h', key: 'k', timeoutMs: 0 }, 'timeoutMs'],
    [{ url: 'http://h', key: 'k', sender: 'a b' }, 'sender'],
    [{ url: 'http://h', key: 'k', timeout: 1 }, 'timeout'],
  ])('%j are refused as the client is made', (options, where) => {
    let error: unknown;
    try {
      createHttpClient(options as never);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ProblemError);
    expect((error as ProblemError).problem).toMatchObject({
      code: 'USAGE',
      ...(where === '' ? {} : { where }),
    });
    expect(JSON.stringify((error as ProblemError).problem)).not.toContain('secret@');
  });

  it('a service may stand behind a path', async () => {
    handler = good;
    await client({ url: `${url}/permit/` }).campaign('c1');
    expect(calls[0]?.url).toBe('/permit/v1/campaigns/c1');
  });
});
