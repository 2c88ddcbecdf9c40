/**
 * Values that an option does not take are refused in Node as over HTTP, before anything is opened. The table is
 * typed over the options, so that a new option without a row does not compile.
 */
import { describe, expect, test } from '@jest/globals';
import type { HandOverOptions } from '../../src/campaign/hand-over-options.ts';
import { createClient, type EnqueueInput, ProblemError } from '../../src/index.ts';
import { setUpWays, WAYS } from './ways.ts';

const ground = setUpWays();

const NO_FLAG = ['true', 'false', 'yes', 1, 0, null, []];

const WRONG: { readonly [K in keyof Required<HandOverOptions>]: readonly unknown[] } = {
  template: [undefined, '', 7, ['t'], 'two\nlines'],
  language: [undefined, '', 7, 'e', ['en']],
  name: ['', '   ', '\u200b', 7, ['n'], 'two\nlines'],
  sender: ['', [], {}, 7, [''], [7], null],
  idempotencyKey: ['', 'two\nlines'],
  start: NO_FLAG,
  skipPreflight: NO_FLAG,
  startAt: ['', 'tomorrow', '2026-12-01T09:00:00', 1_800_000_000_000, {}],
  expireAt: ['', 'tomorrow', 7, null],
  quietHours: ['', '21-08', 21, ['21:00-08:00']],
  weight: ['7', 0, 101, 1.5, [7]],
  onPairLimit: ['', 'Wait', true],
  includeGranted: NO_FLAG,
  includeDeclined: NO_FLAG,
  maxErrors: ['', 'x', -1, '101%', [25], true],
  defaultCountry: ['', 'U', 'Germany', 49, ['DE']],
  numbers: ['', 'x', 'National', true],
  map: ['', '1=1', [], [['a', '1']], { name: 1 }, { name: [] }, { name: [['1']] }, null],
  ignoreColumns: ['', '1', 'city,shop', [7], {}],
  strict: NO_FLAG,
  dryRun: NO_FLAG,
  again: NO_FLAG,
};

const recipients = [{ to: '+4915123999001', 1: 'Ann' }];
const base = { template: 't', language: 'en', recipients };

async function inNode(input: object) {
  const client = createClient();
  const error = await client.enqueue(input as EnqueueInput).catch((thrown: unknown) => thrown);
  await client.close();
  if (error instanceof ProblemError) return error.problem;
  throw new Error(`Expected a ProblemError, got ${JSON.stringify(error)}`);
}

async function overHttp(body: object) {
  return (await ground.service.call('POST', '/v1/campaigns', { body })).body;
}

async function campaigns(): Promise<unknown> {
  return (await ground.rows('select count(*)::int as n from campaigns'))[0]?.n;
}

describe.each(Object.entries(WRONG))('%s', (name, values) => {
  test.each(values.map((value) => [value]))('%j is refused', async (value) => {
    const before = await campaigns();
    const input = { ...base, [name]: value };
    expect(await inNode(input)).toMatchObject({
      code: 'USAGE',
      where: name,
      message: expect.stringMatching(new RegExp(`^${name}: Expected `)),
      next: expect.any(String),
    });
    // A line feed cannot stand in a header at all.
    if (name !== 'idempotencyKey')
      expect(await overHttp(input)).toMatchObject({
        code: 'USAGE',
        where: expect.stringMatching(new RegExp(`^body/${name}`)),
        next: expect.any(String),
      });
    expect(await campaigns()).toBe(before);
  });
});

describe.each(WAYS)('times between which nobody can be asked: %s', (way) => {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  test.each([
    ['an end that is over', undefined, at(-1)],
    ['an end before the start', at(48), at(24)],
    ['an end with the start', at(24), at(24)],
  ])('%s', async (_, startAt, expireAt) => {
    const before = await campaigns();
    const start = startAt === undefined ? {} : { startAt };
    const { code, said } = await ground.ways[way](recipients, {
      options: { template: 't', language: 'en', expireAt, ...start },
      typed: [
        ...['-t', 't', '-l', 'en', '--expire-at', expireAt],
        ...(startAt === undefined ? [] : ['--start-at', startAt]),
      ],
    });
    expect(code).toBe('USAGE');
    expect(said).toContain(way === 'command line' ? '--expire-at: ' : 'expireAt: ');
    expect(await campaigns()).toBe(before);
  });
});

test.each(['-', ''])('--refused %j is no file', async (file) => {
  const { code } = await ground.ways['command line'](recipients, {
    options: {},
    typed: ['-t', 't', '-l', 'en', '--refused', file],
  });
  expect(code).toBe('USAGE');
});

describe('a name that is no option', () => {
  test.each([
    ['dryrun', 'dryRun'],
    ['dry_run', 'dryRun'],
    ['country', 'defaultCountry'],
    ['recipent', 'recipients'],
    ['xyz', undefined],
  ])('%s is refused', async (wrong, meant) => {
    const before = await campaigns();
    const message =
      meant === undefined
        ? `There is no option "${wrong}"`
        : `There is no option "${wrong}"; did you mean "${meant}"?`;
    const input = { ...base, [wrong]: true };
    const problem = await inNode(input);
    expect(problem).toMatchObject({ code: 'USAGE', where: wrong });
    expect(problem.message).toContain(message);
    const answer = await overHttp(input);
    expect(answer).toMatchObject({ code: 'USAGE', where: `body/${wrong}` });
    expect(answer.detail).toContain(message);
    expect(await campaigns()).toBe(before);
  });
});

describe('what the Node client takes besides', () => {
  const request = { to: '+4915123999001', template: 't', language: 'en' };
  type Client = ReturnType<typeof createClient>;
  test.each<[string, string, (client: Client) => Promise<unknown>]>([
    ['no people', 'recipients', (c) => c.enqueue({ template: 't', language: 'en' } as never)],
    ['a text for people', 'recipients', (c) => c.enqueue({ ...base, recipients: 'ab' as never })],
    ['a wait that is a text', 'waitMs', (c) => c.request({ ...request, waitMs: 'x' as never })],
    ['a wait that is no number', 'waitMs', (c) => c.request({ ...request, waitMs: Number.NaN })],
    ['a wait below none', 'waitMs', (c) => c.request({ ...request, waitMs: -1 })],
    ['a list option', 'dryRun', (c) => c.request({ ...request, dryRun: true } as never)],
    [
      'a flag as a text',
      'includeGranted',
      (c) => c.request({ ...request, includeGranted: 'true' as never }),
    ],
    ['several senders for one', 'sender', (c) => c.request({ ...request, sender: ['1'] as never })],
    [
      'a parameter that is none',
      'parameters',
      (c) => c.request({ ...request, parameters: [true] as never }),
    ],
    ['a pause that is a text', 'pollMs', (c) => c.waitFor('1', { pollMs: 'x' as never })],
    ['a pause of nothing', 'pollMs', (c) => c.waitFor('1', { pollMs: 0 })],
    ['a signal that is none', 'signal', (c) => c.waitFor('1', { signal: {} as never })],
  ])('%s is refused', async (_, where, call) => {
    await expect(call(createClient())).rejects.toMatchObject({ problem: { code: 'USAGE', where } });
  });

  test.each([
    [{ databaseURL: 'postgres://localhost/x' }, 'databaseURL'],
    [{ databaseUrl: 7 }, 'databaseUrl'],
  ])('%j makes no client', async (options, where) => {
    const call = createClient(options as never).campaign('1');
    await expect(call).rejects.toMatchObject({ problem: { code: 'USAGE', where } });
  });

  test.each([undefined, null, 'x'])('%j is no input', async (input) => {
    const call = createClient().enqueue(input as never);
    await expect(call).rejects.toMatchObject({ problem: { code: 'USAGE' } });
  });
});
