/**
 * `npm run mutate`: changes `src/core` and `src/sending` in one place at a time and looks whether a test fails. What
 * survives, and why: docs/mutation.md.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { pureTests } from './mutate/pure-tests.mjs';
import { BROKEN, report } from './mutate/report.mjs';

const HELP = `npm run mutate [-- [--quick] [--force] FILE ...]

Changes src/core and src/sending, or the files named (src/sending/record.ts, 'src/core/pace/*.ts'), in one place at a
time, and runs the tests that need no server and reach that place. Prints what survived, and for each folder: killed
by a test in percent ("strict": one that only hangs is none), the same with those that hang, and the counts.

  --quick   with the tests of test/core and test/sending alone; the others are asked where these let a mutant live
  --force   tries again what was tried before; without it only what changed since, whatever files are named
  --help

Of two processors it takes src/sending five to ten minutes, src/core half an hour to an hour; with --quick half of that.
`;

/** What was tried before, of any run. */
const INCREMENTAL = '.cache/mutate/incremental.json';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean', short: 'h' },
    force: { type: 'boolean' },
    quick: { type: 'boolean' },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const mutate = positionals.length > 0 ? positionals : ['src/core/**/*.ts', 'src/sending/**/*.ts'];

process.chdir(root);
mkdirSync('.cache/mutate', { recursive: true });
forgetDoubtful(INCREMENTAL);
const stryker = new Stryker({
  testRunner: 'circus',
  plugins: [fileURLToPath(new URL('mutate/runner.mjs', import.meta.url))],
  mutate,
  pureTests: pureTests(root, { mutated: mutate, quick: values.quick ?? false }),
  testTimesFile: join(root, '.cache/mutate/test-times.json'),
  coverageAnalysis: 'perTest',
  concurrency: 2,
  // Compiled by swc, and TypeScript 7 has no API that Stryker could read it with.
  tsconfigFile: 'none',
  disableTypeChecks: false,
  checkers: [],
  incremental: true,
  force: values.force ?? false,
  incrementalFile: INCREMENTAL,
  tempDirName: '.cache/mutate/sandboxes',
  ignorePatterns: ['dist*', 'data', '.cache'],
  timeoutMS: 20_000,
  timeoutFactor: 3,
  reporters: ['progress-append-only', 'html'],
  htmlReporter: { fileName: '.cache/mutate/report.html' },
  warnings: { unknownOptions: false, slow: false },
});
report(await stryker.runMutationTest(), root);

/**
 * Tried again is what could not be loaded, perhaps by no fault of the mutant, and what survived while its file was
 * loaded: Stryker does not see a new test of that.
 */
function forgetDoubtful(path) {
  if (!existsSync(path)) return;
  const known = JSON.parse(readFileSync(path, 'utf8'));
  for (const file of Object.values(known.files))
    file.mutants = file.mutants.filter(
      (mutant) =>
        !BROKEN.includes(mutant.status) && !(mutant.static && mutant.status === 'Survived'),
    );
  writeFileSync(path, JSON.stringify(known));
}
