/** `npm run sim`: the simulation of the whole for as many seeds as one likes. */
import { parseArgs } from 'node:util';
import { runSeeds } from '../test/sim/seeds.ts';

const USAGE = `npm run sim -- [--seeds N] [--seed S] [--events E]
  --seeds   how many seeds to run (100)
  --seed    the first of them (1)
  --events  events of interest of each (300)`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    seed: { type: 'string' },
    events: { type: 'string', default: '300' },
    help: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed ?? 1);
// A seed by itself is run alone, to be looked at.
const seeds = Number(values.seeds ?? (values.seed === undefined ? 100 : 1));
const events = Number(values.events);
if (values.help) console.log(USAGE);
else if (![first, seeds, events].every((n) => Number.isSafeInteger(n) && n > 0)) {
  process.stderr.write(`--seeds, --seed and --events are whole numbers from 1 on.\n\n${USAGE}\n`);
  process.exitCode = 1;
} else {
  const began = performance.now();
  const report = await runSeeds({
    first,
    seeds,
    events,
    onFailure: (words) => console.log(`${words}\n`),
    onSeed: (done) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${seeds} seeds`);
    },
  });
  for (const [rule, list] of report.failed)
    console.log(`${rule}: ${list.length} seeds (${list.slice(0, 10).join(', ')})`);
  const failed = [...report.failed.values()].reduce((n, list) => n + list.length, 0);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  console.log(
    `${seeds} seeds, ${failed} failed, ${report.posts} POSTs, ${report.events} events, ${seconds} s`,
  );
  if (failed > 0) process.exitCode = 1;
}
