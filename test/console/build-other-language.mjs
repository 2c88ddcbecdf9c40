/**
 * Builds the console with a second catalogue, Esperanto, into a folder: the English one with some words of it. It takes the place
 * of the list of catalogues, so that what is looked at is the way in, with whatever languages there are.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const [outDir] = process.argv.slice(2);
const root = join(import.meta.dirname, '../../src/console');
const LIST = '\0catalogues';
const TEXTS = '\0texts.eo.ts';
const WORDS = [
  ["senders: 'Senders'", "senders: 'Sendantoj'"],
  ["title: 'Senders'", "title: 'Sendantoj'"],
];

function esperanto() {
  const source = readFileSync(join(root, 'texts.en.ts'), 'utf8');
  const [catalogue] = source.split('/** What a catalogue has. */');
  let text = catalogue.replace('export const english', 'export const texts');
  for (const [from, to] of WORDS) {
    if (!text.includes(from)) throw new Error(`Expected ${from} among the texts.`);
    text = text.replace(from, to);
  }
  return text;
}

await build({
  root,
  base: './',
  configFile: false,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic' } },
  plugins: [
    {
      name: 'esperanto',
      enforce: 'pre',
      resolveId: (id) =>
        id.endsWith('/catalogues.ts') ? LIST : id.endsWith('texts.eo.ts') ? TEXTS : undefined,
      load(id) {
        if (id === LIST) return "export const CATALOGUES = { eo: () => import('./texts.eo.ts') };";
        return id === TEXTS ? { code: esperanto(), moduleType: 'ts' } : undefined;
      },
    },
  ],
  build: {
    outDir,
    emptyOutDir: true,
    assetsInlineLimit: 0,
    target: ['chrome120'],
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: { checks: { moduleLevelDirective: false, bundlerTimings: false } },
  },
});
