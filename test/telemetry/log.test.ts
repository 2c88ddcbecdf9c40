import { describe, expect, test } from '@jest/globals';
import { secret } from '../../src/config/secret.ts';
import { createLogger, stateLog } from '../../src/telemetry/log.ts';
import { readable } from '../../src/telemetry/readable.ts';

function capture(level = 'info') {
  const lines: string[] = [];
  const stream = { write: (line: string) => lines.push(line) };
  return { lines, logger: createLogger({ level, name: 'test', stream }) };
}

describe('what never reaches a log', () => {
  const TOKEN = 'EAAGm0PX4ZCpsBAKZCtokentokentoken';

  test.each<[string, object]>([
    ['a secret', { anything: { deep: secret(TOKEN) } }],
    ['a field named token', { token: TOKEN }],
    ['a header', { headers: { authorization: `Bearer ${TOKEN}` } }],
    [
      'an error with the request of an HTTP client',
      {
        err: Object.assign(new Error('refused'), { config: { headers: { X: TOKEN } } }),
      },
    ],
    ['the message of a cause', { err: new Error('outer', { cause: new Error(`at ${TOKEN}`) }) }],
    ['a query', { url: `https://graph.facebook.com/debug_token?input_token=${TOKEN}&x=1` }],
  ])('%s', (_, fields) => {
    const { lines, logger } = capture();
    logger.info(fields, 'hello');
    expect(lines.join('')).toContain('hello');
    expect(lines.join('')).not.toContain(TOKEN);
  });

  test('the password of a database', () => {
    const { lines, logger } = capture();
    logger.warn(new Error('cannot connect to postgres://me:hunter2@db:5432/x'));
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines.join('')).toContain('db:5432');
  });

  test.each<[object, string]>([
    [{ to: '+16505551234' }, 'asked'],
    [{ waId: '16505551234' }, 'asked'],
    [{}, 'asked +16505551234 again'],
  ])('a whole phone number: %j', (fields, message) => {
    const { lines, logger } = capture();
    logger.info(fields, message);
    expect(lines.join('')).not.toContain('16505551234');
    expect(lines.join('')).toContain('1650*****34');
  });
});

test('a line is one JSON object with name and level', () => {
  const { lines, logger } = capture();
  logger.child({ campaign: '7' }).warn('slow');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { name: 'test', level: 40, campaign: '7', msg: 'slow' },
  ]);
});

test('an error keeps its code and its causes', () => {
  const { lines, logger } = capture();
  const cause = Object.assign(new Error('inner'), { code: 'ECONNREFUSED' });
  logger.error({ err: new Error('outer', { cause }) });
  expect(JSON.parse(lines.join(''))).toMatchObject({
    err: { message: 'outer', cause: { message: 'inner', code: 'ECONNREFUSED' } },
  });
});

test('a terminal gets time, level, name, message and fields in one line', () => {
  const line = JSON.stringify({
    level: 40,
    time: 0,
    name: 'queue',
    msg: 'away',
    err: { message: 'no' },
    n: 1,
  });
  expect(readable(line)).toMatch(/^\d\d:\d\d:\d\d warn {2}queue: away {2}\(no\) {2}n=1\n$/);
});

test('a state is logged once each time it changes', () => {
  const { lines, logger } = capture();
  const redis = stateLog(logger, { down: 'Redis is away', up: 'Redis is back' });
  redis.up();
  redis.down('a');
  redis.down('b');
  redis.up();
  redis.up();
  redis.down('c');
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    'Redis is away',
    'Redis is back',
    'Redis is away',
  ]);
});
