/** Senders at work in a process: what they are given of the app. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { Config } from '../config/config.ts';
import { given } from '../core/given.ts';
import type { GraphPort, QueuePort } from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import { unwrap } from '../core/unwrap.ts';
import type { Database } from '../ledger/database.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { listenToLedger } from '../ledger/listen.ts';
import { pollLedger } from '../ledger/poll.ts';
import type { RunningSenders } from '../sending/run-senders.ts';
import { systemClock } from '../telemetry/clock.ts';
import type { Logger } from '../telemetry/log.ts';

const POLLED =
  'a transaction pooler stands before the database: what other processes do is looked for four times a second; DATABASE_DIRECT_URL would have it told at once';

/** What sending needs of what is open. */
export interface SendersApp {
  readonly app: {
    readonly config: Config;
    readonly log: Logger;
    readonly ledger: Ledger;
    readonly queue: QueuePort;
    graph(senderId: string): Promise<Result<GraphPort, Problem>>;
  };
  readonly ledgerId: string;
  /** Where news of others is heard; absent: they are looked for in `database`. */
  readonly listenUrl: string | undefined;
  readonly database: Database;
  readonly complaint: (senderId: string) => Promise<string | null>;
}

/** Feeds, sends and sweeps for the given senders or for all. */
export async function startSenders(
  { app, ledgerId, listenUrl, database, complaint }: SendersApp,
  senderIds?: readonly string[],
): Promise<RunningSenders> {
  const { config, log, ledger, queue } = app;
  const senders = config.senders.filter(
    ({ phoneNumberId }) => senderIds === undefined || senderIds.includes(phoneNumberId),
  );
  // All that sending needs is loaded before the first claim: a claim has a send time.
  const { openSpool } = await import('../ledger/spool.ts');
  const { runSenders } = await import('../sending/run-senders.ts');
  const lines = new Map<string, GraphPort>();
  for (const { phoneNumberId: id } of senders) lines.set(id, unwrap(await app.graph(id)));
  return runSenders({
    clock: systemClock,
    spool: openSpool({ dataDir: config.dataDir, ledgerId }),
    worker: `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`,
    ledger,
    queue,
    queueComplaint: complaint,
    log,
    senders,
    meta(senderId) {
      const line = lines.get(senderId);
      if (line === undefined) throw new Error(`no line to Meta for sender ${senderId}`);
      return line;
    },
    listen(onEvent) {
      if (listenUrl !== undefined) return listenToLedger(listenUrl, onEvent);
      log.warn(POLLED);
      return pollLedger(database, onEvent);
    },
    requestTimeoutMs: config.requestTimeoutMs,
    uncertainCheckAfterMs: config.uncertainCheckAfterMs,
    uncertainPolicy: config.uncertainPolicy,
    checksPerSecond: config.callPermissionChecksPerSecond,
    ...given({ workerConcurrency: config.workerConcurrency }),
  });
}
