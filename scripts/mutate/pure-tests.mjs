/** Which tests are run for a mutant: those that need no server and say something of what is mutated. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { reach } from '../needed-programs.mjs';

/** The tests of what is mutated. */
const OWN = ['test/core', 'test/sending'];
/** Others that reach it: asked where the own ones let a mutant live. */
const OTHERS = ['test/telemetry', 'test/config', 'test/campaign', 'test/intake', 'test/graph'];
/** The simulation comes last: its scenarios run the whole of sending, and a survivor runs through all of them. */
const LAST = ['test/sim/sim.test.ts'];
/** Whoever imports one of these starts a server. */
const SERVERS =
  /\/(test\/support\/(postgres|redis|queues|callpermit|pgbouncer)|test\/browser\/chromium)\.ts$/;

/**
 * Paths from the top of the repository.
 *
 * @param p.mutated what is mutated: files, folders or patterns
 * @param p.quick its own tests alone
 */
export function pureTests(root, { mutated, quick }) {
  const heads = mutated.map((pattern) => join(root, pattern.replace(/[*{:].*$/, '')));
  const found = [...OWN, ...(quick ? [] : OTHERS)].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith('.test.ts'))
      .sort()
      .map((name) => join(root, folder, name)),
  );
  return [...found, ...(quick ? [] : LAST).map((file) => join(root, file))]
    .filter((file) => isWanted([...reach([file])], heads))
    .map((file) => relative(root, file));
}

function isWanted(reached, heads) {
  const says = reached.some((file) => heads.some((head) => file.startsWith(head)));
  return says && !reached.some((file) => SERVERS.test(file));
}
