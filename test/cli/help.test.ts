/** The help of every command: its paragraphs are written in one line each and broken for whoever reads them. */
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/run/program.ts';
import { widthOf } from '../../src/cli/screen/wrap.ts';
import { remembering } from './support.ts';

/** Wider than any paragraph. */
const ROOM = 10_000;

function pathsOf(command: Command, path: readonly string[] = []): (readonly string[])[] {
  return [path, ...command.commands.flatMap((sub) => pathsOf(sub, [...path, sub.name()]))];
}

function commandAt(program: Command, path: readonly string[]): Command {
  return path.reduce((command, name) => {
    const sub = command.commands.find((one) => one.name() === name);
    if (sub === undefined) throw new Error(`no command ${path.join(' ')}`);
    return sub;
  }, program);
}

/** The lines of its help on a terminal of so many columns; in a pipe where they are left out. */
function helpLines(path: readonly string[], columns?: number): readonly string[] {
  const { cli, out } = remembering(columns === undefined ? {} : { columns });
  commandAt(createProgram(cli), path).outputHelp();
  return out().split('\n');
}

const ALL = pathsOf(createProgram(remembering().cli)).map(
  (path) => [['callpermit', ...path].join(' '), path] as const,
);

test('what a command cannot do without stands before what it can', () => {
  const late = pathsOf(createProgram(remembering().cli)).filter((path) => {
    const { options } = commandAt(createProgram(remembering().cli), path);
    const needed = options.map((option) => option.mandatory);
    return needed.lastIndexOf(true) > needed.indexOf(false) && needed.includes(true);
  });
  expect(late).toEqual([]);
});

describe.each(ALL)('`%s --help`', (_name, path) => {
  test.each([80, 100])('fits %i columns', (columns) => {
    expect(helpLines(path, columns).filter((line) => widthOf(line) > columns)).toEqual([]);
  });

  test('has no paragraph that was broken by hand', () => {
    const lines = helpLines(path, ROOM);
    const isText = (line: string | undefined) => line !== undefined && /^\S/.test(line);
    const broken = lines.filter((line, i) => isText(line) && (lines[i - 1] ?? '') !== '');
    expect(broken).toEqual([]);
  });

  test('has no option, argument or description that was broken by hand', () => {
    const command = commandAt(createProgram(remembering().cli), path);
    const parts = [...command.options, ...command.registeredArguments];
    const texts = [command.description(), command.summary(), ...parts.map((p) => p.description)];
    expect(texts.filter((text) => text.includes('\n'))).toEqual([]);
  });

  test('is broken for 80 columns where it goes into a pipe or a file', () => {
    expect(helpLines(path)).toEqual(helpLines(path, 80));
  });
});
