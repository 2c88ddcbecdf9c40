/** What a run of `npm run mutate` prints: the survivors, and two scores for each folder. */
import { dirname, relative } from 'node:path';

/** Why a mutant was killed by a test that waited for what could not come any more. */
export const STUCK = 'nothing was under way that could end the test';

const LIVING = ['Survived', 'NoCoverage', 'Timeout'];
const TRIED = ['Killed', ...LIVING];
/** What could not even be loaded: no test says anything of it, for or against. */
export const BROKEN = ['RuntimeError', 'CompileError'];

/** Prints it to standard output. */
export function report(results, root) {
  const mutants = results
    .filter(({ status }) => [...TRIED, ...BROKEN].includes(status))
    .map((mutant) => ({ ...mutant, file: relative(root, mutant.fileName) }));
  for (const mutant of mutants.filter(({ status }) => LIVING.includes(status))) {
    const { file, location, status, mutatorName, replacement } = mutant;
    const line = location.start.line;
    print(`${file}:${line}:${location.start.column} ${status} ${mutatorName}: ${replacement}`);
  }
  const files = [...new Set(mutants.map(({ file }) => file))].sort();
  const folders = [...new Set(files.map((file) => dirname(file)))];
  print('\nstrict  score  killed  stuck  timeout  survived  uncovered  broken');
  for (const name of [...files, '', ...folders, '', 'src/core', 'src/sending', 'src'])
    print(name === '' ? '' : rowOf(name, mutants));
}

function rowOf(name, mutants) {
  const all = mutants.filter(({ file }) => file === name || file.startsWith(`${name}/`));
  const mine = all.filter(({ status }) => TRIED.includes(status));
  const broken = all.length - mine.length;
  const [killed, survived, uncovered, timeout] = TRIED.map(
    (status) => mine.filter((mutant) => mutant.status === status).length,
  );
  const stuck = mine.filter(({ statusReason }) => statusReason === STUCK).length;
  const score = percent(killed + timeout, mine.length);
  const strict = percent(killed, mine.length);
  const cells = [strict, score, killed, stuck, timeout, survived, uncovered, broken];
  return `${cells.map((cell) => String(cell).padStart(6)).join('  ')}  ${name}`;
}

function percent(part, whole) {
  return whole === 0 ? '-' : ((100 * part) / whole).toFixed(1);
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
