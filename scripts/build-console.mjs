/**
 * Builds the console (`src/console`) into `dist/console`: one page, and beside it scripts and styles whose names have a hash of
 * what is in them, each packed beside itself too: whoever loads the first page of a service does not wait until it has been packed
 * (half a second of the first one). It takes seconds, so one that did not change is taken over from the last build.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';

const SOURCES = 'src/console';
/** Rules that the console shares with the program. */
const SHARED = 'src/core';
const ALSO = ['package-lock.json', 'scripts/build-console.mjs'];
const STAMP = '.console-stamp';
const SELF = fileURLToPath(import.meta.url);
/** Browsers since the beginning of 2024 or so. */
const TARGET = ['chrome120', 'firefox121', 'safari17'];
/** Texts; what is smaller is sent as it is. */
const PACKED = /\.(js|css|svg)$/;
const WORTH_PACKING = 1_024;

/**
 * @param p.old the last build
 * @param p.draft where this one is put
 * @returns whether it is there
 */
export function buildConsole({ root, old, draft }) {
  const stamp = stampOf(root);
  const out = join(draft, 'console');
  const before = join(old, STAMP);
  if (existsSync(before) && readFileSync(before, 'utf8') === stamp)
    cpSync(join(old, 'console'), out, { recursive: true });
  // A process of its own: Vite sets NODE_ENV to "production", and `npm test` would hand that on to all it starts.
  else if (spawnSync(process.execPath, [SELF, out], { stdio: ['ignore', 2, 2] }).status !== 0)
    return false;
  writeFileSync(join(draft, STAMP), stamp);
  return true;
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

/** As small as can be, which is too slow for whoever waits. */
function pack(folder) {
  for (const path of filesOf(folder)) {
    const body = readFileSync(path);
    if (PACKED.test(path) && body.length >= WORTH_PACKING)
      writeFileSync(`${path}.br`, brotliCompressSync(body));
  }
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

if (process.argv[1] && process.argv[1] === SELF) {
  const [, , out] = process.argv;
  await bundle(fileURLToPath(new URL('..', import.meta.url)), out);
  pack(join(out, 'assets'));
}
