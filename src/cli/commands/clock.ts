/** `callpermit clock`: moves the time of the ledger's rules on, to try out what a day would bring. */
import type { Command } from 'commander';
import { isLoopback } from '../../config/loopback.ts';
import { type Problem, problem } from '../../core/problem.ts';
import { duration } from '../options/options.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { thrown } from '../run/failure.ts';

const HELP = `
Pair limits, budgets, permissions, quiet hours, start and end times read the ledger's clock. It only \
moves on, never back, and for everybody who uses the database. So it is for trying things out, and \
refused unless GRAPH_BASE_URL leads to this machine, like a simulator's (\`callpermit simulate\`), \
whose clock moves along.

Examples:
  callpermit clock advance 24h
  callpermit clock advance 1d12h --json`;

/** A simulator answers within this time, ms. */
const SIMULATOR_MS = 3_000;

/** Adds `clock`. */
export function addClock(program: Command, cli: Cli): void {
  const clock = program
    .command('clock')
    .summary("move the ledger's time on, against a simulator only")
    .description("Moves the ledger's clock, which every rule of time reads, for trying things out.")
    .addHelpText('after', HELP);
  clock
    .command('advance')
    .argument('<duration>', 'like 24h, 90m, 30s, 7d or 1d12h', duration)
    .summary('move it on by so much')
    .description("Moves the ledger's clock on, and the simulator's, and prints the ledger's time.")
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action((ms: number, options: { readonly json?: true }) => advance(cli, ms, options));
}

async function advance(cli: Cli, ms: number, options: { readonly json?: true }): Promise<void> {
  const { graphBaseUrl } = cli.config();
  const refused = unlessLoopback(graphBaseUrl);
  if (refused !== undefined) throw thrown(refused);
  await withApp(cli, { name: 'clock', queue: 'none' }, async (app) => {
    const now = (await app.ledger.advanceClock(ms)).toISOString();
    const simulator = await advanceSimulator(graphBaseUrl, ms);
    if (!simulator)
      cli.terminal.note(
        `Only the ledger's clock moved: at ${graphBaseUrl} no simulator takes a new time, and it may refuse whom it takes for asked today.`,
      );
    cli.terminal.print(options.json ? JSON.stringify({ now, advancedMs: ms, simulator }) : now);
  });
}

/** Moves the clock of a simulator at `graphBaseUrl`, which counts people's allowances too; false: none did. */
async function advanceSimulator(graphBaseUrl: string, advanceMs: number): Promise<boolean> {
  try {
    const answer = await fetch(new URL('/_sim/clock', graphBaseUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ advanceMs }),
      signal: AbortSignal.timeout(SIMULATOR_MS),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

/** The problem of moving time where real people are asked; none where the host is this machine. */
export function unlessLoopback(graphBaseUrl: string): Problem | undefined {
  if (isLoopback(graphBaseUrl)) return undefined;
  const { hostname } = new URL(graphBaseUrl);
  return problem(
    'USAGE',
    `The clock moves only against a Graph API on this machine, and GRAPH_BASE_URL leads to ${hostname}: there, people would be asked before their time.`,
    {
      where: 'GRAPH_BASE_URL',
      next: 'Start `callpermit simulate` and set GRAPH_BASE_URL to it.',
    },
  );
}
