/** `callpermit senders`: how fast each sender may go and goes, why, and whether it is stopped. */
import type { Command } from 'commander';
import { pausedQueueLine, pausedQueues } from '../../campaign/paused-queues.ts';
import type { SenderStatus } from '../../core/ports/index.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { table } from '../screen/table.ts';

/** Adds `senders`. */
export function addSenders(program: Command, cli: Cli): void {
  program
    .command('senders')
    .summary('rate allowed, rate now and why, breaker, in flight')
    .description(
      'Every sender the ledger knows: the rate it may go at (the lowest setting of its running processes), the rate it goes at now and why, whether it is stopped, what is in flight, and why nothing is sent where people are due.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit senders')
    .action((options: { readonly json?: true }) =>
      withApp(cli, { name: 'senders', queue: 'lazy' }, async (app) => {
        const senders = await app.ledger.senders.list();
        const paused = await pausedQueues(
          app.queue,
          senders.map((s) => s.senderId),
        );
        for (const senderId of paused) cli.terminal.say(pausedQueueLine(senderId));
        if (options.json) cli.terminal.print(JSON.stringify({ senders, pausedQueues: paused }));
        else if (senders.length === 0)
          cli.terminal.say('No sender has worked with this ledger yet.');
        else cli.terminal.printLines(sendersTable(senders));
      }),
    );
}

function sendersTable(senders: readonly SenderStatus[]): string {
  const rows = senders.map((s) => [
    s.senderId,
    perSecond(s.rateAllowed),
    perSecond(s.rateNow),
    String(s.processes),
    String(s.inFlight),
    s.breaker === null ? 'closed' : `open: ${s.breaker.message}`,
    s.rateReason ?? '',
    s.silence === null ? '' : s.silence.why,
  ]);
  const head = [
    'sender',
    'allowed/s',
    'now/s',
    'processes',
    'in flight',
    'breaker',
    'why slower',
    'why silent',
  ];
  return table(
    [head, ...rows],
    ['left', 'right', 'right', 'right', 'right', 'left', 'left', 'left'],
  );
}

function perSecond(rate: number): string {
  return rate.toFixed(1);
}
