/** `callpermit simulate`: a Graph API on this machine, to try everything without a WhatsApp account. */
import type { Command } from 'commander';
import type { Simulator } from '../../simulator/index.ts';
import { port } from '../options/options.ts';
import type { Cli } from '../run/cli.ts';
import { unwrap } from '../run/failure.ts';
import { listenForShutdown } from '../run/shutdown.ts';

interface SimulateOptions {
  readonly port: number;
  readonly host?: string;
  readonly profile?: string;
  readonly json?: true;
}

const HELP = `
Checks requests as strictly as Meta does and answers with Meta's codes; a profile makes it \
fail (refusals, silence, resets, broken answers, limits). What it was asked: GET /_sim/requests and \
GET /_sim/stats.

With examples/answering-simulator.json its people answer, by webhooks to port 3000 that are signed with \
SIMULATOR_APP_SECRET: set WHATSAPP_APP_SECRET to that where callpermit receives them. What they said: GET /_sim/people.

Examples:
  callpermit simulate --port 4010
  callpermit simulate --port 4010 --profile examples/refusing-simulator.json
  callpermit simulate --port 4010 --profile examples/answering-simulator.json`;

/** Adds `simulate`. */
export function addSimulate(program: Command, cli: Cli): void {
  program
    .command('simulate')
    .summary('a Graph API on this machine, to try everything on')
    .description('Runs a simulated Graph API and prints the settings that lead to it.')
    .option('--port <n>', 'port to listen on; 0 takes a free one', port, 4010)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--profile <file>',
      'JSON file that sets its numbers, tokens, templates, faults, limits and latency',
    )
    .option('--json', 'print one JSON object once it is ready')
    .addHelpText('after', HELP)
    .action((options: SimulateOptions) => simulate(cli, options));
}

async function simulate(cli: Cli, options: SimulateOptions): Promise<void> {
  const { loadProfile, startSimulator } = await import('../../simulator/index.ts');
  const profile = options.profile === undefined ? {} : unwrap(loadProfile(options.profile));
  const { port: at, host } = options;
  const simulator = await startSimulator({ port: at, profile, ...(host ? { host } : {}) });
  const shutdown = listenForShutdown(() => cli.terminal.note('Stopping.'));
  const settings = settingsFor(simulator);
  if (options.json) {
    const { url, port: taken } = simulator;
    cli.terminal.print(JSON.stringify({ state: 'ready', url, port: taken, settings }));
  } else {
    cli.terminal.note(`Simulated Graph API at ${simulator.url}. Ctrl-C stops. Settings to copy:`);
    for (const [name, value] of Object.entries(settings)) {
      cli.terminal.print(`export ${name}=${value}`);
    }
  }
  await shutdown.begun;
  await simulator.close();
  shutdown.stopListening();
}

/** The settings that lead callpermit to a simulator. */
export function settingsFor(simulator: Simulator): Readonly<Record<string, string>> {
  return {
    GRAPH_BASE_URL: simulator.url,
    WHATSAPP_ACCESS_TOKEN: simulator.token,
    WHATSAPP_PHONE_NUMBER_ID: simulator.phoneNumberId,
    WHATSAPP_BUSINESS_ACCOUNT_ID: simulator.businessAccountId,
  };
}
