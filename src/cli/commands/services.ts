/** `callpermit up`, `api`, `sender`, `receiver`: the long-running processes. */
import type { Command } from 'commander';
import { port, repeatable } from '../options/options.ts';
import type { Cli } from '../run/cli.ts';
import { type ServiceKind, type ServiceOptions, serve } from '../run/services.ts';

const OF_NODE =
  'a second one ends it at once. Run `node` itself as a service: a signal sent to `npx` does not reach the program.';

const STOPPING = `
SIGTERM or Ctrl-C ends it: it takes no more work, finishes and records what is in flight, and returns 0; \
${OF_NODE}`;

const STOPPING_RECEIVER = `
SIGTERM or Ctrl-C ends it: it takes no more webhooks, answers those that it is storing, and returns 0; \
${OF_NODE}`;

/** Adds the four services. */
export function addServices(program: Command, cli: Cli): void {
  withHttp(withSenders(service(program, cli, 'up', 'everything in one process, for one machine')))
    .description(
      'Runs the HTTP API, the dashboard, the receiver of webhooks and the senders in one process.',
    )
    .addHelpText(
      'after',
      `${STOPPING}\n\nExamples:\n  callpermit up\n  PORT=8080 API_KEYS=secret callpermit up`,
    );
  withHttp(service(program, cli, 'api', 'the HTTP API and the dashboard'))
    .description(
      'Runs the HTTP API (/v1, /docs), the dashboard (/queues) and the receiver of webhooks; it sends nothing.',
    )
    .addHelpText('after', `${STOPPING}\n\nExample:\n  API_KEYS=secret callpermit api --port 3000`);
  withSenders(service(program, cli, 'sender', 'work on running campaigns until stopped'))
    .description(
      'Works on the running campaigns of the configured senders until it is stopped. Run as many as you like, on as many machines: each feeds, sends and sweeps beside the others, and together they keep to MESSAGES_PER_SECOND.',
    )
    .addHelpText('after', `${STOPPING}\n\nExample:\n  callpermit sender`);
  withHttp(service(program, cli, 'receiver', "takes Meta's webhooks, and serves nothing else"))
    .description(
      "Takes Meta's webhooks (/webhooks/whatsapp) and answers probes (/health). Only this needs to be reached from outside. It wants WHATSAPP_APP_SECRET and no token.",
    )
    .addHelpText('after', `${STOPPING_RECEIVER}\n\nExample:\n  callpermit receiver --port 3001`);
}

function service(program: Command, cli: Cli, kind: ServiceKind, summary: string): Command {
  return program
    .command(kind)
    .summary(summary)
    .option('--json', 'print one JSON object once it is ready')
    .action((options: ServiceOptions) => serve(cli, kind, options));
}

function withSenders(command: Command): Command {
  return command.option(
    '--sender <id>',
    'send only for this phone number id; may be given several times (else for all)',
    repeatable,
  );
}

function withHttp(command: Command): Command {
  return command
    .option('--port <n>', 'port to listen on; 0 takes a free one (else PORT)', port)
    .option('--host <address>', 'address to listen on (else HOST)')
    .option(
      '--accept-unsigned',
      'take webhooks that are not signed; only while HOST is this machine alone',
    );
}
