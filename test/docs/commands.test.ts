/** Whatever the documents show or name can be typed: its command is there, and so is each of its options. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { problemsOf } from '../../src/cli/run/failure.ts';
import { createProgram } from '../../src/cli/run/program.ts';
import { newCampaign } from '../../src/http/list-schemas.ts';
import { newRequest, waitQuery } from '../../src/http/request-schemas.ts';
import { remembering } from '../cli/support.ts';
import { commandsShown, DOCUMENTS, mentionedIn, ROOT, textOf } from './documents.ts';

const program = createProgram(remembering().cli);
const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)];
const GROUPS = program.commands.filter((c) => c.commands.length > 0).map((c) => c.name());
/** The one of jest's that CONTRIBUTING.md names is not ours. */
const FLAGS = new Set([...all(program).flatMap(flagsOf), '--selectProjects']);
const { scripts } = JSON.parse(textOf('package.json'));
/** Where the programs behind `npm run` read their options. */
const SCRIPTS = [...['scripts', 'test/sim'].flatMap(sourcesIn)].join('\n');

function flagsOf(command: Command): readonly string[] {
  const flags = command.options.flatMap(({ short, long }) => [short, long]);
  return [...flags.flatMap((flag) => flag ?? []), '-h', '--help'];
}

function sourcesIn(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mjs)$/.test(name))
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8'));
}

/** The arguments of callpermit, of a line that starts it. */
function argumentsOf(words: readonly string[]): readonly string[] | undefined {
  const [first, ...rest] = words[0] === 'npx' ? words.slice(1) : words;
  return first === 'callpermit' ? rest : undefined;
}

/** What commander says of a whole line, up to where the command would begin. */
async function refusalOf(args: readonly string[]): Promise<string | undefined> {
  const parsing = createProgram(remembering().cli);
  for (const command of all(parsing)) if (command.commands.length === 0) command.action(() => {});
  try {
    await parsing.parseAsync(args, { from: 'user' });
    return undefined;
  } catch (error) {
    return problemsOf(error)[0]?.message;
  }
}

/** What is wrong with a line that a sentence names: it may leave arguments out. */
function strangeIn(args: readonly string[]): string | undefined {
  let command = program;
  let rest = args;
  while (command.commands.length > 0 && rest[0] !== undefined && !rest[0].startsWith('-')) {
    const [name] = rest;
    const found = command.commands.find((c) => c.name() === name);
    if (found === undefined) return `no command ${name}`;
    command = found;
    rest = rest.slice(1);
  }
  const flags = flagsOf(command);
  return rest.find((word) => /^--?[a-z]/.test(word) && !flags.includes(word));
}

function isOptionOfAScript(flag: string): boolean {
  const name = flag.slice(2);
  return new RegExp(`'?\\b${name}'?: \\{ type|'${flag}'`).test(SCRIPTS);
}

describe.each(DOCUMENTS)('%s', (name) => {
  const shown = commandsShown(name);
  const mentioned = mentionedIn(name);

  test('shows lines that callpermit takes', async () => {
    const refused = [];
    for (const words of shown) {
      const args = argumentsOf(words);
      const why = args && (await refusalOf(args));
      if (why !== undefined) refused.push([words.join(' '), why]);
    }
    expect(refused).toEqual([]);
  });

  test('names commands and options that are there', () => {
    const strange = mentioned.flatMap((words) => {
      const isBare = GROUPS.includes(words[0] ?? '') && words.length > 1;
      const args = isBare ? words : argumentsOf(words);
      const why = args && strangeIn(args);
      return why === undefined ? [] : [[words.join(' '), why]];
    });
    expect(strange).toEqual([]);
    const flags = mentioned.flatMap((words) => words.slice(0, 1).filter((w) => /^--[a-z]/.test(w)));
    const unknown = flags.filter((flag) => !FLAGS.has(flag) && !isOptionOfAScript(flag));
    expect(unknown).toEqual([]);
  });

  test('names scripts of npm that are there, with their options', () => {
    const runs = [...shown, ...mentioned].filter(([npm, run]) => npm === 'npm' && run === 'run');
    const strange = runs.flatMap(([, , script = '', ...words]) => [
      ...(script in scripts ? [] : [script]),
      ...words.filter((word) => /^--[a-z]/.test(word) && !isOptionOfAScript(word)),
    ]);
    expect(strange).toEqual([]);
  });

  test('starts workers that are there', () => {
    const started = [...shown, ...mentioned].flatMap(([node, path = '']) =>
      node === 'node' ? [path.replace(/^dist\/(.*)\.js$/, '$1.ts')] : [],
    );
    const sources = readdirSync(join(ROOT, 'workers')).map((file) => `workers/${file}`);
    expect(started.filter((path) => path !== '' && !sources.includes(path))).toEqual([]);
  });
});

test('the lines are looked at, and a slip in one is seen', async () => {
  const lines = commandsShown('README.md').flatMap((words) => argumentsOf(words)?.join(' ') ?? []);
  expect(lines).toContain('send list.csv --template sample_cpr_template --language en');
  expect(lines).toContainEqual(
    expect.stringMatching(/^template create .* Hello \{\{1\}\}, .* --wait$/),
  );
  expect(await refusalOf(['send', 'l', '-t', 't', '-l', 'en', '--mapp', 'a=1'])).toMatch(/--mapp/);
  expect(await refusalOf(['send', 'list.csv', '-t', 't'])).toMatch(/--language/);
  expect(strangeIn(['campaign', 'retry', 'ID', '--unsure'])).toBe('--unsure');
  expect(strangeIn(['campaign', 'stop'])).toBe('no command stop');
  expect(isOptionOfAScript('--lift-pair-limits')).toBe(false);
});

test('the bodies that the README posts are those of their routes', () => {
  const posted = commandsShown('README.md').flatMap((words) => {
    const body = words[words.indexOf('-d') + 1];
    return words[0] === 'curl' && body !== undefined ? [{ body, url: words.at(-1) ?? '' }] : [];
  });
  const schemas = { '/v1/campaigns': newCampaign, '/v1/requests': newRequest };
  const found = posted.map(({ body, url }) => {
    const { pathname, searchParams } = new URL(url);
    const schema = schemas[pathname as keyof typeof schemas];
    expect(waitQuery.safeParse(Object.fromEntries(searchParams)).success).toBe(true);
    return [pathname, schema?.safeParse(JSON.parse(body)).error?.issues];
  });
  expect(found).toEqual([
    ['/v1/campaigns', undefined],
    ['/v1/requests', undefined],
  ]);
});
