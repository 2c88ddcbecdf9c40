/** `callpermit senders`: whether each sender is sending or stopped, how fast it may go and goes, and why. */
import type { Command } from 'commander';
import { pausedQueueLine, pausedQueues } from '../../campaign/paused-queues.ts';
import { senderStands, withStanding } from '../../campaign/sender-standing.ts';
import type { AccountNews, SenderStatus } from '../../core/ports/index.ts';
import { accountNewsText } from '../../replies/news-text.ts';
import { newsOfSenders } from '../../replies/standing-news.ts';
import { count } from '../../telemetry/words.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { table } from '../screen/table.ts';

/** Adds `senders`. */
export function addSenders(program: Command, cli: Cli): void {
  program
    .command('senders')
    .summary('sending or stopped, rate now, rate allowed, in flight, why')
    .description(
      'Every sender the ledger knows: whether it is sending or stopped, the rate it goes at now, the most it may go at (the lowest setting of its running processes), what is in flight, why it is stopped or slower, and what Meta told of it and its account by webhooks (restrictions and their end, violations, throughput, people a day, calling).',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  callpermit senders')
    .action((options: { readonly json?: true }) =>
      withApp(cli, { name: 'senders', queue: 'look' }, async (app) => {
        const senders = await app.ledger.senders.list();
        const paused = await pausedQueues(
          app.queue,
          senders.map((s) => s.senderId),
        );
        const news = await newsOfSenders(app.ledger.replies);
        for (const senderId of paused) cli.terminal.note(pausedQueueLine(senderId));
        if (options.json)
          cli.terminal.print(
            JSON.stringify({
              senders: senders.map((s) => ({
                ...withStanding(s, paused),
                news: news.get(s.senderId) ?? [],
              })),
              pausedQueues: paused,
            }),
          );
        else if (senders.length === 0)
          cli.terminal.note('No sender has worked with this ledger yet.');
        else {
          cli.terminal.printLines(sendersTable(senders, paused, cli.terminal.width.out));
          const told = newsLines(news);
          if (told !== '') cli.terminal.printLines(`\n${told}`);
        }
      }),
    );
}

function newsLines(news: ReadonlyMap<string, readonly AccountNews[]>): string {
  return [...news]
    .filter(([, told]) => told.length > 0)
    .map(([senderId, told]) =>
      [
        `Meta says of ${senderId}:`,
        ...told.map((one) => `  ${accountNewsText(one)}${one.senderId === '' ? ' (account)' : ''}`),
      ].join('\n'),
    )
    .join('\n');
}

function sendersTable(
  senders: readonly SenderStatus[],
  paused: readonly string[],
  width: number | undefined,
): string {
  const rows = senders.map((s) => {
    const { state, why } = senderStands(s, paused);
    const budget = s.budget === null ? '' : `${count(s.budget.remaining)} today`;
    return [
      ...[
        s.senderId,
        state,
        perSecond(state === 'stopped' ? 0 : s.rateNow),
        perSecond(s.rateAllowed),
      ],
      ...[String(s.processes), String(s.inFlight), budget, why],
    ];
  });
  const head = ['sender', 'state', 'now/s', 'most/s', 'processes', 'in flight', 'budget', 'why'];
  const shown = [head, ...rows];
  // A column that says nothing takes no room.
  const full = head.map((_, i) => rows.some((row) => row[i] !== ''));
  const align = (
    ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'left'] as const
  ).filter((_, i) => full[i]);
  return table(
    shown.map((row) => row.filter((_, i) => full[i])),
    align,
    width,
  );
}

function perSecond(rate: number): string {
  return rate.toFixed(1);
}
