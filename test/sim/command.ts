/** What `npm run sim` does with its arguments. */
import { parseArgs } from 'node:util';
import { runSeeds } from './seeds.ts';

const USAGE = `npm run sim -- [--seeds N] [--seed S] [--events E]
  --seeds   how many seeds to run (100)
  --seed    the first of them (1)
  --events  events of interest of each (300)`;

/** Runs seeds and says what they came to; gives the exit code. */
export async function command(
  args: readonly string[],
  out: { readonly say: (line: string) => void; readonly complain: (line: string) => void },
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
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
  if (values.help) {
    out.say(USAGE);
    return 0;
  }
  if (![first, seeds, events].every((n) => Number.isSafeInteger(n) && n > 0)) {
    out.complain(`--seeds, --seed and --events are whole numbers from 1 on.\n\n${USAGE}`);
    return 1;
  }
  const began = performance.now();
  const report = await runSeeds({
    ...{ first, seeds, events },
    onFailure: (words) => out.say(`${words}\n`),
  });
  for (const [rule, list] of report.failed)
    out.say(`${rule}: ${list.length} seeds (${list.slice(0, 10).join(', ')})`);
  const failed = [...report.failed.values()].reduce((n, list) => n + list.length, 0);
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  const { posts, steps } = report;
  out.say(`${seeds} seeds, ${failed} failed, ${posts} POSTs, ${steps} events, ${seconds} s`);
  return failed > 0 ? 1 : 0;
}
