/**
 * Runs the tests for Stryker, in one process for many mutants: its own runner for jest starts jest for each, which took
 * ten seconds a mutant where this takes a tenth of one. A test that only hangs is no kill: the next one may fail.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { declareFactoryPlugin, PluginKind, tokens } from '@stryker-mutator/api/plugin';
import { DryRunStatus, MutantRunStatus, TestStatus } from '@stryker-mutator/api/test-runner';
import fc from 'fast-check';
import { reach } from '../needed-programs.mjs';
import { STUCK } from './report.mjs';
import { loadSuite, runSuite, shareHookCoverage, testsOf } from './suites.mjs';
import { activate, stryker } from './watchdog.mjs';

register('./hooks.mjs', import.meta.url);
// The same cases for each mutant, and none made smaller: that it fails is all that counts.
fc.configureGlobal({ seed: 1, endOnFailure: true });
// Of a test that was given up, perhaps under a mutant before: nobody's failure.
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});

const DRY_LIMIT_MS = 120_000;
const HUNG_TESTS = 5;
/** At the top of a file: what it keeps from one call to the next. */
const KEPT = /^(?:let \w+|const \w+(?:: [^=\n]+)? = new (?:Map|Set|WeakMap)(?:<[^\n]+>)?\(\);$)/m;

class Runner {
  #files;
  #suites = new Map();
  #reached = new Map();
  #keeping = new Map();
  #isStale = false;
  #load = 0;
  #times;
  #timesFile;

  constructor(files, timesFile) {
    this.#files = files;
    this.#timesFile = timesFile;
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun() {
    const tests = [];
    for (const file of this.#files) {
      const root = await this.#suite(file);
      const ids = testsOf(root).map(({ id }) => id);
      await runSuite(root, {
        wanted: () => true,
        limitMs: () => DRY_LIMIT_MS,
        onEnd: (test, end, ms) => {
          tests.push(resultOf(file, test, end, ms));
          return true;
        },
      });
      if (stryker.mutantCoverage) shareHookCoverage(stryker.mutantCoverage, ids);
    }
    writeFileSync(
      this.#timesFile,
      JSON.stringify(Object.fromEntries(tests.map((t) => [t.id, t.timeSpentMs]))),
    );
    return {
      status: DryRunStatus.Complete,
      tests,
      mutantCoverage: stryker.mutantCoverage ?? { static: {}, perTest: {} },
    };
  }

  async mutantRun({ activeMutant, testFilter, reloadEnvironment, sandboxFileName }) {
    this.#times ??= JSON.parse(readFileSync(this.#timesFile, 'utf8'));
    const isKeeping = this.#keeps(sandboxFileName);
    if (reloadEnvironment || isKeeping || this.#isStale) {
      this.#suites.clear();
      this.#load += 1;
    }
    this.#isStale = isKeeping;
    const wanted = testFilter && new Set(testFilter);
    const run = { count: 0, hung: [], killedBy: undefined, failureMessage: '' };
    activate(activeMutant.id);
    try {
      if (wanted !== undefined && isKeeping) await this.#addOwn(sandboxFileName, wanted);
      for (const file of this.#filesFor(sandboxFileName, wanted)) {
        await this.#runFile(file, wanted, run);
        if (run.killedBy !== undefined || run.hung.length >= HUNG_TESTS) break;
      }
    } catch (error) {
      return { status: MutantRunStatus.Error, errorMessage: String(error?.stack ?? error) };
    } finally {
      activate(null);
    }
    return answerOf(run);
  }

  async #runFile(file, wanted, run) {
    const root = await this.#suite(file);
    await runSuite(root, {
      wanted: (id) => wanted?.has(id) ?? true,
      limitMs: (id) => 1_000 + 5 * (this.#times[id] ?? 0),
      onEnd: (test, end) => {
        run.count += 1;
        if (end === 'overdue') run.hung.push(test.id);
        else if (end !== undefined) {
          run.killedBy = test.id;
          run.failureMessage = end === 'stuck' ? STUCK : String(end?.message ?? end);
        }
        return run.killedBy === undefined && run.hung.length < HUNG_TESTS;
      },
    });
  }

  /** Those with tests that are wanted, or all that import what is mutated: the one named as it is first, then its folder. */
  #filesFor(mutated, wanted) {
    const names = wanted && new Set([...wanted].map((id) => id.slice(0, id.indexOf(': '))));
    const own = ownTestOf(mutated);
    const rank = (file) => (file === own ? 0 : dirname(file) === dirname(own) ? 1 : 2);
    return this.#files
      .filter((file) => names?.has(file) ?? this.#reach(file).has(mutated))
      .sort((a, b) => rank(a) - rank(b));
  }

  /** What a file works out once and keeps is asked for by the first test alone, but any of its own may say that it is wrong. */
  async #addOwn(mutated, wanted) {
    const own = ownTestOf(mutated);
    if (this.#files.includes(own))
      for (const { id } of testsOf(await this.#suite(own))) wanted.add(id);
  }

  #keeps(file) {
    const known = this.#keeping.get(file) ?? KEPT.test(readFileSync(file, 'utf8'));
    this.#keeping.set(file, known);
    return known;
  }

  #reach(file) {
    const known = this.#reached.get(file) ?? reach([join(process.cwd(), file)]);
    this.#reached.set(file, known);
    return known;
  }

  async #suite(file) {
    const suite =
      this.#suites.get(file) ?? (await loadSuite(file, join(process.cwd(), file), this.#load));
    this.#suites.set(file, suite);
    return suite;
  }
}

function ownTestOf(mutated) {
  return relative(process.cwd(), mutated).replace(/^src/, 'test').replace(/\.ts$/, '.test.ts');
}

function resultOf(file, test, end, ms) {
  const common = {
    id: test.id,
    name: test.id,
    timeSpentMs: ms,
    fileName: join(process.cwd(), file),
  };
  if (end === undefined) return { ...common, status: TestStatus.Success };
  const failureMessage = String(end?.stack ?? end);
  return { ...common, status: TestStatus.Failed, failureMessage };
}

function answerOf({ count, hung, killedBy, failureMessage }) {
  if (killedBy !== undefined)
    return {
      status: MutantRunStatus.Killed,
      killedBy: [killedBy],
      failureMessage,
      nrOfTests: count,
    };
  if (hung.length > 0) return { status: MutantRunStatus.Timeout, reason: hung.join(', ') };
  return { status: MutantRunStatus.Survived, nrOfTests: count };
}

function create(options) {
  return new Runner(options.pureTests, options.testTimesFile);
}
create.inject = tokens('options');

/** What Stryker looks for in a plugin. */
export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'circus', create)];
