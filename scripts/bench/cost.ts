/** `npm run bench:cost`: what it measures, and how, stands in docs/benchmarks.md. */
import { dieBy, listenForShutdown } from '../../src/cli/run/shutdown.ts';
import { nameOfCost } from './cost/cases.ts';
import { type CostOptions, readCostOptions, USAGE } from './cost/options.ts';
import { costText, shortly } from './cost/report.ts';
import { type CostLine, runCostCase } from './cost/run.ts';
import { isMet, ratiosOf, targetsOf } from './cost/targets.ts';
import { layGround } from './ground.ts';

const print = (text: string) => process.stderr.write(`${text}\n`);

async function run({ plan, keep }: CostOptions, signal: AbortSignal): Promise<readonly CostLine[]> {
  const lines: CostLine[] = [];
  const ground = await layGround();
  try {
    for (const [i, c] of plan.cases.entries()) {
      signal.throwIfAborted();
      const line = await runCostCase(c, i + 1, { ground, times: plan, signal }, { keep });
      lines.push(line);
      print(`${i + 1}/${plan.cases.length} ${shortly(line)}`);
      if ('complaints' in line.measured)
        for (const complaint of line.measured.complaints) print(`    ${complaint}`);
    }
    return lines;
  } finally {
    await ground.close({ keepFolder: keep });
    if (keep) print(`Logs, arrivals and databases are kept in ${ground.dir}`);
  }
}

function json(lines: readonly CostLine[], { plan }: CostOptions): string {
  const targets = targetsOf(lines).map((target) => ({ ...target, met: isMet(target) }));
  const ratios = ratiosOf(lines).map(({ ours, plain, all, sender }) => ({
    ours: nameOfCost(ours),
    plain: nameOfCost(plain),
    all,
    sender,
  }));
  const named = lines.map((line) => ({ name: nameOfCost(line), ...line }));
  const { warmUpMs, windowMs } = plan;
  const ok = targets.every(({ met }) => met);
  return JSON.stringify({ ok, warmUpMs, windowMs, ratios, targets, lines: named });
}

const args = process.argv.slice(2);
const options = readCostOptions(args);
if (args.includes('--help')) console.log(USAGE);
else if (typeof options === 'string') {
  print(`${options}\n\n${USAGE}`);
  process.exitCode = 1;
} else if (process.platform !== 'linux') {
  print('CPU time is read from /proc, which Linux has: the bench does not run here.');
  process.exitCode = 1;
} else {
  const { cases, warmUpMs, windowMs } = options.plan;
  const shutdown = listenForShutdown(() => print('\nStopping everything.'));
  print(
    `${cases.length} cases, each measured for ${windowMs / 1_000} s after ${warmUpMs / 1_000} s of warm-up.`,
  );
  try {
    const lines = await run(options, shutdown.signal);
    if (options.json) console.log(json(lines, options));
    else console.log(`\n${costText(lines)}`);
    if (!targetsOf(lines).every(isMet)) process.exitCode = 1;
  } catch (error) {
    if (!shutdown.signal.aborted) {
      print(`The bench failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      process.exitCode = 1;
    }
  }
  shutdown.stopListening();
  if (shutdown.by !== undefined) dieBy(shutdown.by);
}
