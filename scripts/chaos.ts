/** `npm run chaos`: what it does and promises stands in docs/guarantees.md. */
import { dieBy, listenForShutdown } from '../src/cli/run/shutdown.ts';
import { readOptions, spelled, USAGE } from './chaos/options.ts';
import { isGood, reportText } from './chaos/report.ts';
import { type ChaosProgress, runChaos } from './chaos/run.ts';

const print = (text: string) => process.stderr.write(`${text}\n`);
const args = process.argv.slice(2);
const options = readOptions(args);
if (args.includes('--help')) console.log(USAGE);
else if (typeof options === 'string') {
  print(`${options}\n\n${USAGE}`);
  process.exitCode = 1;
} else {
  const shutdown = listenForShutdown(() => print('\nStopping everything.'));
  const again = spelled(options);
  print(`Chaos with ${again}`);
  try {
    const report = await runChaos(options, {
      signal: shutdown.signal,
      onProgress: process.stderr.isTTY ? draw : () => undefined,
      onKept: (dir) => print(`Logs, list and databases are kept in ${dir}`),
    });
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    console.log(
      options.json ? JSON.stringify({ ok: isGood(report), ...report }) : reportText(report),
    );
    if (!isGood(report)) {
      print(`\nThe same again: npm run chaos -- ${again}`);
      process.exitCode = 1;
    }
  } catch (error) {
    if (!shutdown.signal.aborted) {
      print(
        `The chaos run failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
      );
      process.exitCode = 1;
    }
  }
  shutdown.stopListening();
  // Node's own end closes what is open and can spin in that forever: two runs wrote their report and never ended.
  process.once('beforeExit', () => process.exit());
  if (shutdown.by !== undefined) dieBy(shutdown.by);
}

function draw({ kills, standing }: ChaosProgress): void {
  const { counts = {}, open = 0 } = standing ?? {};
  const part = (name: string) => `${name} ${counts[name] ?? 0}`;
  process.stderr.write(
    `\r\x1b[Kkills ${kills}, open ${open}, ${['accepted', 'rejected', 'uncertain'].map(part).join(', ')}`,
  );
}
