import { describe, expect, test } from '@jest/globals';
import { problemsOf, thrown, unwrap } from '../../src/cli/run/failure.ts';
import { report } from '../../src/cli/run/report.ts';
import { problemOfOpening } from '../../src/config/opening-problem.ts';
import { InfrastructureError, problem } from '../../src/core/problem.ts';
import { err, ok } from '../../src/core/result.ts';
import { remembering } from './support.ts';

const missing = problem('SETTING_MISSING', 'PORT is not set.', { where: 'PORT', next: 'Set it.' });
const list = problem('LIST_EMPTY', 'Nobody is in it.', { where: 'people.csv', next: 'Add them.' });

describe('failures', () => {
  test('a result gives its value, or throws what becomes its problems again', () => {
    expect(unwrap(ok(1))).toBe(1);
    expect(problemsOf(thrown(missing))).toEqual([missing]);
    expect(problemsOf(thrown([missing, list]))).toEqual([missing, list]);
    expect(() => unwrap(err(list))).toThrow('Nobody is in it.');
  });

  test.each([
    ['database', 'DATABASE_UNREACHABLE', 'DATABASE_URL'],
    ['queue', 'QUEUE_UNREACHABLE', 'REDIS_URL'],
    ['graph', 'GRAPH_UNREACHABLE', 'GRAPH_BASE_URL'],
  ] as const)('a broken %s is out of reach, and the setting is named', (service, code, setting) => {
    const [shown] = problemsOf(new InfrastructureError(service, 'connect ECONNREFUSED'));
    expect(shown?.code).toBe(code);
    expect(shown?.next).toContain(setting);
  });

  test('a queue that cannot be opened is Redis only where its setting is', () => {
    const gone = new InfrastructureError('queue', 'ping: no answer within 5000 ms');
    const url = 'postgres://localhost/x';
    const opening = (config: { databaseUrl?: string; redisUrl?: string }) =>
      problemOfOpening(gone, config);
    expect(opening({})).toMatchObject({
      message: expect.stringMatching(/^The queue in the database cannot be reached: ping/),
      where: 'DATA_DIR',
    });
    expect(opening({ databaseUrl: url })?.where).toBe('DATABASE_URL');
    expect(opening({ databaseUrl: url, redisUrl: 'redis://localhost' })).toMatchObject({
      message: expect.stringMatching(/^Redis cannot be reached/),
      where: 'REDIS_URL',
    });
    expect(problemsOf(gone)[0]?.next).toMatch(/REDIS_URL is set, else the database/);
  });

  test('a bug of ours is one sentence and no stack', () => {
    const [shown] = problemsOf(new TypeError('x is not a function'));
    expect(shown?.code).toBe('INTERNAL');
    expect(JSON.stringify(shown)).not.toContain('.ts:');
  });
});

describe('reports', () => {
  test('say what, where unless said already, and what next, to standard error only', () => {
    const { cli, out, err: said } = remembering();
    expect(report(cli, thrown(list), false)).toBe(1);
    expect(said()).toBe('error: Nobody is in it.\n  where: people.csv\n  next:  Add them.\n');
    expect(out()).toBe('');
  });

  test('with --json the last line of standard output is one object', () => {
    const { cli, out } = remembering();
    report(cli, thrown(list), true);
    expect(JSON.parse(out())).toEqual({ error: list });
  });

  test('several problems are all said, and all in the object', () => {
    const { cli, out, err: said } = remembering();
    report(cli, thrown([missing, list]), true);
    expect(said().match(/^error:/gm)).toHaveLength(2);
    expect(JSON.parse(out())).toEqual({ error: missing, errors: [missing, list] });
  });

  test('colours only on a terminal, and not with NO_COLOR', () => {
    for (const [p, coloured] of [
      [{ isTTY: true }, true],
      [{ isTTY: true, noColour: true }, false],
      [{}, false],
    ] as const) {
      const { cli, err: said } = remembering(p);
      report(cli, thrown(list), false);
      expect(said().includes('\u001b[')).toBe(coloured);
    }
  });
});
