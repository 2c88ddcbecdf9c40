/** The intake queue in a process: jobs of other services become single requests. */
import { targetOf } from '../campaign/hand-over-target.ts';
import { rememberedMeta } from '../campaign/remembered-meta.ts';
import { takeIntakeJob } from '../campaign/take-intake-job.ts';
import type { Config } from '../config/config.ts';
import type {
  GraphPort,
  IntakeEnd,
  IntakeJob,
  IntakeQueuePort,
  IntakeWorker,
  ListIntake,
} from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { ok, type Result } from '../core/result.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Logger } from '../telemetry/log.ts';

/** Jobs in hand at once: more do not make it faster, for they share three connections with all that people ask. */
const AT_ONCE = 8;

/** What taking jobs needs of what is open. */
export interface IntakeApp {
  readonly config: Config;
  readonly log: Logger;
  readonly ledger: Ledger;
  readonly lists: ListIntake;
  graph(senderId: string): Promise<Result<GraphPort, Problem>>;
}

/**
 * Takes jobs until it is closed. A process without a sender or a token takes none: another one has them, and the job
 * would only wait here.
 */
export function startIntake(app: IntakeApp, queue: IntakeQueuePort): IntakeWorker {
  const { senders } = app.config;
  if (senders.length === 0 || senders.some(({ token }) => token.kind === 'none')) {
    app.log.info('jobs of the intake queue are left to processes with a sender and its token');
    return { close: () => Promise.resolve() };
  }
  const lines = new Map<string, ReturnType<typeof rememberedMeta>>();
  const target = {
    ...targetOf(
      {
        ...app,
        async graph(senderId) {
          const meta = await app.graph(senderId);
          if (!meta.ok) return meta;
          const line = lines.get(senderId) ?? rememberedMeta(meta.value);
          lines.set(senderId, line);
          return ok(line);
        },
      },
      'needed',
    ),
    lists: app.lists,
  };
  return queue.work(async (job) => {
    const end = await takeIntakeJob(target, job);
    tell(app.log, job, end);
    return end;
  }, AT_ONCE);
}

/** One line a job. Its id is its adder's and may be a number, which the log masks as any other. */
function tell(log: Logger, { id: job }: IntakeJob, end: IntakeEnd): void {
  if (end.kind === 'done') {
    const { id: request, created } = end.answer;
    log.info({ job, request, created }, 'job taken');
  } else if (end.kind === 'refused') log.info({ job, reason: end.reason }, 'job refused');
  else log.warn({ job, reason: end.reason, waitMs: end.waitMs }, 'job waits');
}
