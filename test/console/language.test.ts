/** Which language a reader of the console has, and that another catalogue is used as soon as there is one. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { chooseLanguage } from '../../src/console/language.ts';
import { type Console, startConsole } from './support.ts';

const BUILD = join(import.meta.dirname, 'build-other-language.mjs');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

describe('the language of the texts', () => {
  const german = { de: async () => ({ texts: 'Deutsch' }) };
  const choose = (wanted: readonly string[]) => chooseLanguage('English', german, wanted);

  it.each([
    ['the one that is wanted first', ['de-AT', 'en'], 'Deutsch', 'de-AT'],
    ['English where that stands first', ['en-GB', 'de'], 'English', 'en-GB'],
    ['the next one where there is none', ['fr', 'de'], 'Deutsch', 'de'],
    ['English where none is there', ['fr-FR', 'toString'], 'English', 'en'],
    ['English where none is wanted', [], 'English', 'en'],
  ])('is %s', async (_what, wanted, texts, language) => {
    expect(await choose(wanted)).toEqual({ texts, language });
  });

  it('is English where the catalogue does not come', async () => {
    const away = { de: () => Promise.reject(new Error('not there')) };
    expect(await chooseLanguage('English', away, ['de'])).toEqual({
      texts: 'English',
      language: 'en',
    });
  });
});

describe('a console with a second catalogue', () => {
  let stand: Console;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'callpermit-language-'));
    const built = promisify(execFile)(process.execPath, [BUILD, folder]);
    stand = await startConsole();
    await built;
  }, 300_000);
  afterAll(async () => {
    await stand?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** The other build in place of the one that is served, under the same policy. */
  async function serve(page: Page): Promise<void> {
    await page.route('**/senders', async (route) => {
      if (route.request().resourceType() !== 'document') return route.continue();
      const html = await readFile(join(folder, 'index.html'), 'utf8');
      const response = await route.fetch();
      const body = html.replace('<head>', `<head><base href="${stand.service.http.url}/">`);
      return route.fulfill({ response, body });
    });
    await page.route('**/assets/*', async (route) => {
      const { pathname } = new URL(route.request().url());
      const body = await readFile(join(folder, pathname)).catch(() => undefined);
      // The page before may still load files of its own build.
      if (body === undefined) return route.continue();
      return route.fulfill({ body, contentType: TYPES[extname(pathname)] ?? '' });
    });
  }

  it.each([
    ['eo', 'Sendantoj', 'eo'],
    ['en-GB', 'Senders', 'en-GB'],
    // Who wants neither reads English, words beside numbers too.
    ['fr-FR', 'Senders', 'en'],
  ])('shows who reads %s the heading "%s"', async (locale, heading, lang) => {
    const { page, context, faults } = await stand.open('/account', { locale });
    await serve(page);
    await page.goto(`${stand.service.http.url}/senders`);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(lang);
    expect(faults).toEqual([]);
    await context.close();
  });
});
