/** What people read about settings is what the code reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { envExample, settingsHelp, settingsMarkdown } from '../../src/config/describe.ts';
import { listSettings } from '../../src/config/settings.ts';

const root = new URL('../../', import.meta.url);
const file = (path: string) => readFileSync(new URL(path, root), 'utf8');

test('docs/settings.md and .env.example are current (else: npm run docs:settings)', () => {
  expect(file('docs/settings.md')).toBe(settingsMarkdown());
  expect(file('.env.example')).toBe(envExample());
});

test('the help names every setting', () => {
  const help = settingsHelp();
  expect(listSettings().filter(({ name }) => !help.includes(name))).toEqual([]);
});

test('every setting of the table is read', () => {
  const readers = readdirSync(new URL('src/config/', root)).filter(
    (name) => name !== 'settings.ts',
  );
  const code = readers.map((name) => file(`src/config/${name}`)).join('\n');
  expect(listSettings().filter(({ name }) => !code.includes(`'${name}'`))).toEqual([]);
});
