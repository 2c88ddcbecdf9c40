/** `npm run bench:pace`: what it measured last, and how, stands in docs/benchmarks.md. */
import { dieBy, listenForShutdown } from '../../src/cli/run/shutdown.ts';
import { layGround } from './ground.ts';
import { type BenchOptions, nameOf, readOptions, USAGE } from './options.ts';
import { fault, type Line, reportText } from './report.ts';
import { runPaceCase } from './run-case.ts';
import { runLimiterCase } from './run-limiter.ts';

const print = (text: string) => process.stderr.write(`${text}\n`);

async function run(options: BenchOptions, signal: AbortSignal): Promise<readonly Line[]> {
  const { plan } = options;
  const lines: Line[] = [];
  const ground = await layGround();
  try {
    for (const [i, c] of plan.cases.entries()) {
      signal.throwIfAborted();
      const surroundings = { ground, times: plan, signal };
      const measured =
        c.by === 'bullmq'
          ? await runLimiterCase(c, i + 1, surroundings)
          : await runPaceCase(c, i + 1, surroundings);
      const line = { case: c, measured };
      lines.push(line);
      const { held, worstSecond, missed, complaints } = measured;
      print(
        `${i + 1}/${plan.cases.length} ${nameOf(c)}: held ${held.toFixed(3)}, worst second ${worstSecond.toFixed(3)}, missed ${missed}${fault(line) === undefined ? '' : `  <- ${fault(line)}`}`,
      );
      for (const complaint of complaints) print(`    ${complaint}`);
    }
    return lines;
  } finally {
    await ground.close({ keepFolder: options.keep });
    if (options.keep) print(`Logs and databases are kept in ${ground.dir}`);
  }
}

const args = process.argv.slice(2);
const options = readOptions(args);
if (args.includes('--help')) console.log(USAGE);
else if (typeof options === 'string') {
  print(`${options}\n\n${USAGE}`);
  process.exitCode = 1;
} else {
  const { warmUpMs, windowMs } = options.plan;
  const shutdown = listenForShutdown(() => print('\nStopping everything.'));
  print(
    `${options.plan.cases.length} cases, each measured for ${windowMs / 1_000} s after ${warmUpMs / 1_000} s of warm-up.`,
  );
  try {
    const lines = await run(options, shutdown.signal);
    const ok = lines.every((line) => fault(line) === undefined);
    if (options.json) console.log(JSON.stringify({ ok, warmUpMs, lines }));
    else console.log(`\n${reportText(lines)}`);
    if (!ok) process.exitCode = 1;
  } catch (error) {
    if (!shutdown.signal.aborted) {
      print(`The bench failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      process.exitCode = 1;
    }
  }
  shutdown.stopListening();
  if (shutdown.by !== undefined) dieBy(shutdown.by);
}
