import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { problemsOf } from '../../src/cli/run/failure.ts';
import { createProgram } from '../../src/cli/run/program.ts';
import { SETTINGS } from '../../src/config/settings.ts';
import { VERDICT_FAMILIES } from '../../src/core/verdicts/verdicts.ts';
import { remembering } from './support.ts';

async function run(...args: readonly string[]) {
  const { cli, out, err } = remembering();
  let problems = problemsOf(undefined);
  try {
    await createProgram(cli).parseAsync(['node', 'callpermit', ...args]);
    problems = [];
  } catch (error) {
    problems = problemsOf(error);
  }
  return { out: out(), err: err(), problems, exitCode: cli.exitCode };
}

function leaves(command: Command, path: readonly string[] = []): (readonly string[])[] {
  const subs = command.commands;
  return subs.length === 0 ? [path] : subs.flatMap((sub) => leaves(sub, [...path, sub.name()]));
}

const ALL = leaves(createProgram(remembering().cli));

describe('the program', () => {
  test('has these commands', () => {
    expect(ALL.map((path) => path.join(' ')).sort()).toEqual(
      [
        ...[
          'send',
          'enqueue',
          'request',
          'export',
          'up',
          'api',
          'sender',
          'receiver',
          'forget',
          'migrate',
          'doctor',
          'simulate',
          'senders',
        ],
        ...['list', 'show', 'start', 'pause', 'resume', 'cancel', 'retry', 'settle'].map(
          (verb) => `campaign ${verb}`,
        ),
        ...['create', 'list', 'show', 'delete'].map((verb) => `template ${verb}`),
        ...['add', 'remove', 'list', 'import'].map((verb) => `suppress ${verb}`),
        ...['list', 'show', 'export', 'check'].map((verb) => `permissions ${verb}`),
        ...['setup', 'show', 'remove'].map((verb) => `webhook ${verb}`),
        ...['create', 'list', 'revoke'].map((verb) => `key ${verb}`),
        ...['add', 'list', 'role', 'password', 'disable', 'enable', 'remove', 'sessions'].map(
          (verb) => `user ${verb}`,
        ),
        'audit list',
        'clock advance',
        'errors',
        'events list',
        'events replay',
        'events subscriptions add',
        'events subscriptions list',
        'events subscriptions remove',
      ].sort(),
    );
  });

  test.each(ALL.map((path) => [path.join(' '), path] as const))(
    '`%s --help` says what it does and knows --json',
    async (_name, path) => {
      const { out, problems } = await run(...path, '--help');
      expect(problems).toEqual([]);
      expect(out).toMatch(/^Usage: callpermit /);
      expect(out).toContain('--json');
      expect(out.split('\n\n')[1]?.trim().length).toBeGreaterThan(20);
    },
  );

  test('the first help names every setting and exit code', async () => {
    const { out } = await run('--help');
    for (const name of Object.keys(SETTINGS)) expect(out).toContain(name);
    expect(out).toContain('Exit codes:');
  });

  test.each([
    [['send', 'x.csv'], /--template/, 'callpermit send --help'],
    [
      ['send', '-t', 'a', '-l', 'en'],
      /missing required argument 'list'/i,
      'callpermit send --help',
    ],
    [['send', 'x.csv', '-t', 'a', '-l', 'en', '--format', 'xls'], /xls/, 'callpermit send --help'],
    [['sned'], /Did you mean send\?/, 'callpermit --help'],
    [['campaign', 'list', '--limit', '0'], /from 1/, 'callpermit campaign list --help'],
    [['export', 'id', '--status', 'lost'], /expected one of pending/i, 'callpermit export --help'],
    [['api', '--port', '70000'], /0 to 65535/, 'callpermit api --help'],
    [['errors', 'x'], /131026/, 'callpermit errors --help'],
    [['template', 'create', '--name', 'x'], /--language/, 'callpermit template create --help'],
    [['export', 'id', '--nonsense'], /--nonsense/, 'callpermit export --help'],
  ] as const)('%j is wrong use, and the help is named', async (args, message, help) => {
    const { problems } = await run(...args);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ code: 'USAGE', next: `See: ${help}` });
    expect(problems[0]?.message).toMatch(message);
  });

  test('export --json needs a file, since standard output holds the export', async () => {
    const { problems } = await run('export', 'id', '--json');
    expect(problems[0]?.message).toContain('--output');
  });
});

describe('errors', () => {
  test('explains a code in words', async () => {
    const { out } = await run('errors', '131026');
    expect(out).toMatch(/^code +131026\nverdict +reject\n/);
    expect(out).toContain('advice');
  });

  test('says that it does not know an unknown code', async () => {
    const { out, exitCode } = await run('errors', '999999', '--json');
    expect(JSON.parse(out)).toMatchObject({ code: 999_999, known: false });
    expect(exitCode).toBe(1);
    expect((await run('errors', '131026')).exitCode).toBe(0);
  });

  test('lists every code of the table', async () => {
    const { out } = await run('errors', '--json');
    const rows = VERDICT_FAMILIES.flatMap((f) => [...f.rules, ...f.ranges]);
    expect(JSON.parse(out).errors).toHaveLength(rows.length);
  });
});
