/** Test files as trees of jest-circus, and their tests run one by one, each with a limit of its own. */
import { pathToFileURL } from 'node:url';
import { getState, resetState } from 'jest-circus';
import { stryker, within } from './watchdog.mjs';

/** The name under which coverage outside of tests is kept: of hooks for all tests of a file. */
const HOOKS = 'hooks';

/**
 * Loads a test file.
 *
 * @param load names the tree of modules; a new name loads everything anew
 * @returns its blocks, each test with an `id` that no other has
 */
export async function loadSuite(file, path, load) {
  stryker.currentTestId = undefined;
  resetState();
  await import(`${pathToFileURL(path).href}?load=${load}`);
  const root = getState().rootDescribeBlock;
  const seen = new Map();
  for (const test of testsOf(root)) {
    const name = `${file}: ${namesOf(test).join(' ')}`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    test.id = count === 1 ? name : `${name} (${count})`;
  }
  return root;
}

/** All tests of a block, in their order. */
export function testsOf(block) {
  return block.children.flatMap((child) => (child.type === 'test' ? [child] : testsOf(child)));
}

/**
 * Runs the tests of a file that `wanted` names.
 *
 * @param p.limitMs how long a test may take
 * @param p.onEnd told of each test; answers whether to go on
 */
export async function runSuite(root, p) {
  stryker.currentTestId = HOOKS;
  await runBlock(root, p);
  stryker.currentTestId = undefined;
}

/** Adds what hooks covered to each of a file's tests. */
export function shareHookCoverage(coverage, ids) {
  const hooks = coverage.perTest[HOOKS] ?? {};
  delete coverage.perTest[HOOKS];
  for (const id of ids) {
    const own = coverage.perTest[id] ?? {};
    for (const [mutant, hits] of Object.entries(hooks)) own[mutant] = (own[mutant] ?? 0) + hits;
    coverage.perTest[id] = own;
  }
}

async function runBlock(block, p) {
  const wanted = testsOf(block).filter(({ id }) => p.wanted(id));
  if (wanted.length === 0) return true;
  const failed = await runHooks(hooksOf(block, 'beforeAll'));
  let goOn = true;
  if (failed !== undefined) goOn = p.onEnd(wanted[0], failed, 0);
  else
    for (const child of block.children) {
      if (!goOn) break;
      if (child.type !== 'test') goOn = await runBlock(child, p);
      else if (p.wanted(child.id)) goOn = await runTest(child, p);
    }
  await runHooks(hooksOf(block, 'afterAll'));
  return goOn;
}

async function runTest(test, p) {
  const blocks = blocksAround(test);
  const before = blocks.flatMap((block) => hooksOf(block, 'beforeEach'));
  const after = blocks.toReversed().flatMap((block) => hooksOf(block, 'afterEach'));
  const began = performance.now();
  stryker.currentTestId = test.id;
  const end = await within(p.limitMs(test.id), async () => {
    for (const { fn } of before) await fn();
    await test.fn();
  });
  const ended = await runHooks(after);
  stryker.currentTestId = HOOKS;
  return p.onEnd(test, end ?? ended, performance.now() - began);
}

const HOOK_MS = 20_000;

function runHooks(hooks) {
  return within(HOOK_MS, async () => {
    for (const { fn } of hooks) await fn();
  });
}

function hooksOf(block, type) {
  return block.hooks.filter((hook) => hook.type === type);
}

function blocksAround(test) {
  const blocks = [];
  for (let block = test.parent; block; block = block.parent) blocks.unshift(block);
  return blocks;
}

function namesOf(test) {
  const names = blocksAround(test).map(({ name }) => name);
  return [...names.slice(1), test.name];
}
