/** The environment becomes one checked object, and every fault is told at once. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/read-config.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import type { Environment } from '../../src/config/settings-reader.ts';

let cwd: string;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'callpermit-config-'));
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

function read(env: Environment) {
  const result = readConfig(env, { cwd });
  if (!result.ok) throw new Error(result.error.map((p) => p.message).join('\n'));
  return result.value;
}

function faults(env: Environment): readonly string[] {
  const result = readConfig(env, { cwd });
  return result.ok ? [] : result.error.map((p) => p.message);
}

describe('defaults', () => {
  test('an empty environment gives the documented defaults', () => {
    expect(read({})).toMatchObject({
      graphBaseUrl: 'https://graph.facebook.com',
      graphApiVersion: 'v24.0',
      senders: [],
      pairLimit: { perDay: 1, perWeek: 2 },
      dataDir: join(cwd, 'data'),
      host: '127.0.0.1',
      port: 3000,
      apiKeys: [],
      appSecrets: [],
      webhookRetentionDays: 30,
      callPermissionChecksPerSecond: 80,
      requestTimeoutMs: 30_000,
      uncertainPolicy: 'hold',
      uncertainCheckAfterMs: 900_000,
      logLevel: 'info',
    });
  });

  test('an empty or blank value is an unset one', () => {
    expect(read({ PORT: '', DATABASE_URL: '  ', DASHBOARD_USER: '' })).toEqual(read({}));
  });

  test('an unset setting without a default is an absent field', () => {
    expect(Object.keys(read({}))).not.toContain('databaseUrl');
  });

  test('the object is frozen to its depth', () => {
    const config = read({ WHATSAPP_PHONE_NUMBER_ID: '1' });
    expect(
      [config, config.senders, config.senders[0], config.pairLimit].every(Object.isFrozen),
    ).toBe(true);
  });
});

describe('wrong values', () => {
  test.each([
    ['PORT', '70000', 'PORT is "70000"; expected a whole number from 0 to 65535.'],
    ['PORT', '3e3', 'PORT is "3e3"; expected a whole number from 0 to 65535.'],
    ['MESSAGES_PER_SECOND', '0', 'expected a whole number from 1 to 1000'],
    ['MESSAGES_PER_SECOND', '1001', 'expected a whole number from 1 to 1000'],
    ['MESSAGES_PER_SECOND', '80/s', 'is "80/s"'],
    ['GRAPH_API_VERSION', '24', 'expected a version like v24.0'],
    ['GRAPH_BASE_URL', 'graph.facebook.com', 'https://host'],
    ['GRAPH_BASE_URL', 'https://a.example/?x=1', 'without user, query or fragment'],
    ['REDIS_URL', 'localhost:6379', 'redis://host or rediss://host'],
    ['HOST', 'http://0.0.0.0', 'without scheme and port'],
    ['DEFAULT_COUNTRY', 'USA', 'two letters'],
    ['UNCERTAIN_POLICY', 'resend', 'one of hold, resend-after-check'],
    ['LOG_LEVEL', 'verbose', 'one of trace, debug'],
    ['WHATSAPP_PHONE_NUMBER_ID', '+1 650 555 1234', 'not the phone number itself'],
    ['REQUEST_TIMEOUT_MS', '30s', 'a whole number from 100 to 600000'],
    ['DASHBOARD_USER', 'a:b', 'without a colon'],
    ['PAIR_LIMIT_PER_DAY', '-1', 'a whole number'],
  ])('%s=%s is named with what is expected', (name, value, message) => {
    expect(faults({ [name]: value }).join('\n')).toContain(message);
  });

  test('FORGET_KEY is no word: 32 characters or more, and how to make one is told', () => {
    const short = readConfig({ FORGET_KEY: 'x'.repeat(31) }, { cwd });
    expect(short.ok ? [] : short.error).toEqual([
      {
        ...{ code: 'SETTING_INVALID', where: 'FORGET_KEY' },
        message: expect.stringMatching(/\(not shown\).*expected 32 characters or more\.$/),
        next: expect.stringContaining('openssl rand -hex 32'),
      },
    ]);
    const key = 'x'.repeat(32);
    expect(read({ FORGET_KEY: key }).forgetKey?.reveal()).toBe(key);
  });

  test('all of them are told at once, by name', () => {
    const result = readConfig({ PORT: 'x', LOG_LEVEL: 'y', WORKER_CONCURRENCY: '0' }, { cwd });
    expect(result.ok ? [] : result.error.map((p) => p.where).sort()).toEqual([
      'LOG_LEVEL',
      'PORT',
      'WORKER_CONCURRENCY',
    ]);
  });

  test.each(['DATABASE_URL', 'REDIS_URL', 'WHATSAPP_ACCESS_TOKEN'])(
    'the value of %s is not shown',
    (name) => {
      const [message = ''] = faults({ [name]: 'mysql://root:hunter2@db/x\ny' });
      expect(message).toContain(name);
      expect(message).not.toContain('hunter2');
    },
  );

  const TOKEN = 'EAAGm0PX4ZCpsBAKZCtokentokentoken';
  test.each(Object.keys(SETTINGS))('a token put into %s is not shown', (name) => {
    const named = { WHATSAPP_PHONE_NUMBER_ID: '1', [name]: TOKEN };
    expect(faults(named).join('\n')).not.toContain(TOKEN);
  });

  test.each(['WHATSAPP_PHONE_NUMBER_ID', 'WHATSAPP_BUSINESS_ACCOUNT_ID', 'GRAPH_API_VERSION'])(
    'a token put into %s is refused',
    (name) => {
      expect(faults({ [name]: TOKEN }).join()).toContain(`${name} is "[secret]"; expected`);
    },
  );

  test.each(['GRAPH_BASE_URL', 'DATABASE_URL', 'REDIS_URL', 'HOST'])(
    'a password put into %s is not shown',
    (name) => {
      for (const url of ['https://me:hunter2@host', 'ftp://me:hun/ter2@host', 'me:hunter2@host']) {
        const [message = ''] = faults({ [name]: url });
        expect(message).toContain(name);
        expect(message).not.toMatch(/hun\/?ter2/);
      }
    },
  );

  test('the Graph API is asked without TLS only on this machine, or where that is allowed', () => {
    for (const url of [
      'http://127.0.0.1:1',
      'http://127.9.9.9',
      'http://[::1]:1',
      'http://localhost',
    ])
      expect(faults({ GRAPH_BASE_URL: url })).toEqual([]);
    for (const url of [
      'http://graph.facebook.com',
      'http://10.0.0.1',
      'http://127.0.0.1.example.com',
      'http://localhost.example.com',
      'http://[::2]',
    ]) {
      expect(faults({ GRAPH_BASE_URL: url }).join()).toContain('GRAPH_ALLOW_HTTP=1');
      expect(faults({ GRAPH_BASE_URL: url, GRAPH_ALLOW_HTTP: '1' })).toEqual([]);
    }
    expect(faults({ GRAPH_BASE_URL: 'https://graph.example' })).toEqual([]);
    expect(faults({ GRAPH_ALLOW_HTTP: 'yes' }).join()).toContain('one of 0, 1');
  });

  test('a user without a password is a missing setting', () => {
    expect(faults({ DASHBOARD_USER: 'ops' })).toEqual([
      'DASHBOARD_PASSWORD is not set, but DASHBOARD_USER is.',
    ]);
  });
});

describe('values', () => {
  test('the slash at the end of GRAPH_BASE_URL is dropped', () => {
    expect(read({ GRAPH_BASE_URL: 'http://127.0.0.1:4010/' }).graphBaseUrl).toBe(
      'http://127.0.0.1:4010',
    );
  });

  test('API keys are split at commas, blanks and empty ones dropped', () => {
    const keys = read({ API_KEYS: ' one, two,,' }).apiKeys;
    expect(keys.map((key) => key.reveal())).toEqual(['one', 'two']);
  });

  test('app secrets are split at commas: the old and the new one while it is changed', () => {
    const { appSecrets } = read({ WHATSAPP_APP_SECRET: 'old , new,' });
    expect(appSecrets.map((each) => each.reveal())).toEqual(['old', 'new']);
    expect(String(appSecrets)).not.toContain('old');
  });

  test('a country is given in upper case', () => {
    expect(read({ DEFAULT_COUNTRY: 'de' }).defaultCountry).toBe('DE');
  });

  test('no secret stands in the printed object', () => {
    const config = read({
      WHATSAPP_ACCESS_TOKEN: 'hunter2',
      WHATSAPP_APP_SECRET: 'hunter2',
      API_KEYS: 'hunter2',
      DASHBOARD_USER: 'ops',
      DASHBOARD_PASSWORD: 'hunter2',
    });
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });
});

describe('senders', () => {
  const token = (env: Environment, i = 0) => read(env).senders[i]?.token;

  function sendersFile(content: unknown): string {
    mkdirSync(join(cwd, 'keys'), { recursive: true });
    const path = join(cwd, 'keys', 'senders.json');
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  test('the environment makes the first sender, with its rate', () => {
    const { senders } = read({
      WHATSAPP_PHONE_NUMBER_ID: '11',
      WHATSAPP_BUSINESS_ACCOUNT_ID: '22',
      WHATSAPP_ACCESS_TOKEN: 'T',
      MESSAGES_PER_SECOND: '250',
    });
    expect(senders).toMatchObject([
      { phoneNumberId: '11', businessAccountId: '22', messagesPerSecond: 250 },
    ]);
  });

  test('a token file is found from the working directory', () => {
    writeFileSync(join(cwd, 'token'), 'T');
    const env = { WHATSAPP_PHONE_NUMBER_ID: '1', WHATSAPP_ACCESS_TOKEN_FILE: 'token' };
    expect(token(env)).toEqual({ kind: 'file', path: join(cwd, 'token') });
  });

  test('a token file that is not there is told', () => {
    expect(faults({ WHATSAPP_ACCESS_TOKEN_FILE: 'nowhere' })).toEqual([
      `WHATSAPP_ACCESS_TOKEN_FILE is "${join(cwd, 'nowhere')}"; expected a file that can be read (ENOENT).`,
    ]);
  });

  test('a token and a token file together are ambiguous', () => {
    writeFileSync(join(cwd, 'token'), 'T');
    const env = { WHATSAPP_ACCESS_TOKEN: 'T', WHATSAPP_ACCESS_TOKEN_FILE: 'token' };
    expect(faults(env)).toHaveLength(1);
  });

  test('without any token the source is none', () => {
    expect(token({ WHATSAPP_PHONE_NUMBER_ID: '1' })).toEqual({ kind: 'none' });
  });

  test('a file gives further senders: token by file, by variable, or the common one', () => {
    writeFileSync(join(cwd, 'keys-token'), 'T');
    const path = sendersFile([
      { phoneNumberId: '2', tokenFile: '../keys-token', messagesPerSecond: 20 },
      { phoneNumberId: '3', tokenVariable: 'THIRD', businessAccountId: '33' },
      { phoneNumberId: '4' },
    ]);
    const { senders } = read({
      SENDERS_FILE: path,
      THIRD: 'T3',
      WHATSAPP_PHONE_NUMBER_ID: '1',
      WHATSAPP_ACCESS_TOKEN: 'T1',
      WHATSAPP_BUSINESS_ACCOUNT_ID: '22',
    });
    expect(senders.map((s) => [s.phoneNumberId, s.businessAccountId, s.messagesPerSecond])).toEqual(
      [
        ['1', '22', 80],
        ['2', '22', 20],
        ['3', '33', 80],
        ['4', '22', 80],
      ],
    );
    const revealed = senders.map(({ token: t }) =>
      t.kind === 'value' ? t.value.reveal() : t.kind === 'file' ? t.path : 'none',
    );
    expect(revealed).toEqual(['T1', join(cwd, 'keys-token'), 'T3', 'T1']);
  });

  test('people a day: the sender in the file says, else the environment; portfolios are names', () => {
    const path = sendersFile([
      { phoneNumberId: '2', dailyRecipientLimit: 250, portfolio: 'second business' },
      { phoneNumberId: '3', portfolio: 'second business' },
    ]);
    const env = { SENDERS_FILE: path, WHATSAPP_PHONE_NUMBER_ID: '1' };
    const limits = (more: Environment) =>
      read({ ...env, ...more }).senders.map((s) => [s.portfolio, s.dailyRecipientLimit]);
    expect(limits({ DAILY_RECIPIENT_LIMIT: '1000' })).toEqual([
      [undefined, 1000],
      ['second business', 250],
      ['second business', 1000],
    ]);
    expect(limits({})).toEqual([
      [undefined, undefined],
      ['second business', 250],
      ['second business', undefined],
    ]);
  });

  test.each([
    ['not JSON', '[{"token": "hunter2"', 'it is not JSON'],
    ['nobody a day', [{ phoneNumberId: '1', dailyRecipientLimit: 0 }], 'dailyRecipientLimit'],
    ['half a person', [{ phoneNumberId: '1', dailyRecipientLimit: 2.5 }], 'dailyRecipientLimit'],
    ['a nameless portfolio', [{ phoneNumberId: '1', portfolio: '' }], 'portfolio'],
    ['an empty array', [], 'at the top'],
    ['an unknown field', [{ phoneNumberId: '1', tokn: 'x' }], 'at [0]'],
    ['two tokens', [{ phoneNumberId: '1', token: 'x', tokenVariable: 'Y' }], 'one of token'],
    ['a rate too high', [{ phoneNumberId: '1', messagesPerSecond: 5000 }], 'messagesPerSecond'],
    ['an unset variable', [{ phoneNumberId: '1', tokenVariable: 'NOPE' }], 'NOPE is not set'],
    ['a token file that is not there', [{ phoneNumberId: '1', tokenFile: 'nope' }], 'ENOENT'],
    ['a token for an id', [{ phoneNumberId: 'EAAhunter2hunter2' }], 'the id of a phone number'],
    ['a token for a file', [{ phoneNumberId: '1', tokenFile: 'EAAhunter2hunter2' }], 'ENOENT'],
    ['a token for a name', [{ phoneNumberId: '1', EAAhunter2hunter2: 1 }], 'has no field'],
    [
      'a token for a variable',
      [{ phoneNumberId: '1', tokenVariable: 'EAAhunter2hunter2' }],
      'is not set',
    ],
    [
      'a sender twice',
      [{ phoneNumberId: '1' }, { phoneNumberId: '1' }],
      'names the sender 1 twice',
    ],
  ])('a file with %s is refused', (_, content, message) => {
    const found = faults({ SENDERS_FILE: sendersFile(content) }).join('\n');
    expect(found).toContain(message);
    expect(found).not.toContain('hunter2');
  });

  test('a file that is not there is refused', () => {
    expect(faults({ SENDERS_FILE: 'nowhere.json' }).join()).toContain('cannot be read (ENOENT)');
  });
});

describe('what stands between', () => {
  test.each([
    ['0', []],
    ['1', ['*']],
    ['loopback', ['loopback']],
    ['10.0.0.0/8, 192.168.1.7,fd00::/8', ['10.0.0.0/8', '192.168.1.7', 'fd00::/8']],
  ])('TRUST_PROXY=%s', (text, expected) => {
    expect(read({ TRUST_PROXY: text }).trustProxy).toEqual(expected);
  });

  test.each(['yes', '10.0.0.0/33', 'proxy.example', '1,2', '10.0.0.0/8/8', ','])(
    'TRUST_PROXY=%s is refused',
    (text) => {
      expect(faults({ TRUST_PROXY: text })).toEqual([expect.stringContaining('TRUST_PROXY')]);
    },
  );

  test('PUBLIC_URL keeps its path, without the slash at its end, and takes no query', () => {
    expect(read({ PUBLIC_URL: 'https://x.example/ask/' }).publicUrl).toBe('https://x.example/ask');
    for (const wrong of ['x.example', 'https://x.example/?a=b', 'https://a:b@x.example'])
      expect(faults({ PUBLIC_URL: wrong })).toHaveLength(1);
  });

  test('DASHBOARD_ACTIONS and DATABASE_DIRECT_URL', () => {
    expect(read({}).dashboardActions).toBe(false);
    expect(read({ DASHBOARD_ACTIONS: '1' }).dashboardActions).toBe(true);
    expect(faults({ DASHBOARD_ACTIONS: 'yes', DATABASE_DIRECT_URL: 'mysql://x' })).toHaveLength(2);
    expect(faults({ DATABASE_DIRECT_URL: 'mysql://a:secretword@x' })[0]).not.toContain(
      'secretword',
    );
  });
});
