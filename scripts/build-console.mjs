/**
 * Builds the console (`src/console`) into `dist/console`: one page, and beside it scripts and styles whose names have a hash of
 * what is in them. It takes seconds, so one that did not change is taken over from the last build.
 */
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const SOURCES = 'src/console';
const ALSO = [
  ...['package-lock.json', 'scripts/build-console.mjs'],
  // Rules that the console shares with the program.
  ...['src/core/problem.ts', 'src/core/result.ts'],
];
const SHARED = 'src/core/template';
const STAMP = '.console-stamp';
/** Browsers since the beginning of 2024 or so. */
const TARGET = ['chrome120', 'firefox121', 'safari17'];

/**
 * @param p.old the last build
 * @param p.draft where this one is put
 */
export async function buildConsole({ root, old, draft }) {
  const stamp = stampOf(root);
  const out = join(draft, 'console');
  const before = join(old, STAMP);
  if (existsSync(before) && readFileSync(before, 'utf8') === stamp)
    cpSync(join(old, 'console'), out, { recursive: true });
  else await bundle(root, out);
  writeFileSync(join(draft, STAMP), stamp);
}

async function bundle(root, outDir) {
  // Loaded here: whoever builds nothing need not have it.
  const { build } = await import('vite');
  await build({
    root: join(root, SOURCES),
    // Its parts are found from where the page says it lies (`<base>`), and from each other.
    base: './',
    configFile: false,
    logLevel: 'warn',
    clearScreen: false,
    oxc: { jsx: { runtime: 'automatic' } },
    build: {
      outDir,
      emptyOutDir: true,
      target: TARGET,
      // The policy takes no inline files but pictures.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1_000,
      // Half of what is bundled says "use client", which concerns servers that render it.
      rolldownOptions: { checks: { moduleLevelDirective: false, bundlerTimings: false } },
    },
  });
}

function stampOf(root) {
  const hash = createHash('sha256');
  const folders = [SOURCES, SHARED].flatMap((folder) => filesOf(join(root, folder)));
  for (const file of [...folders, ...ALSO.map((name) => join(root, name))])
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}
