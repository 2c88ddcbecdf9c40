/**
 * A person is forgotten: erased from the ledger, from what ended processes have left for it in this machine's folder, and
 * from the jobs that other services added, or are to take.
 */
import type {
  EventQueuePort,
  ForgetOptions,
  ForgettingStore,
  Forgotten,
  IntakeQueuePort,
  SendingStore,
  SpoolEraser,
} from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { ok, type Result } from '../core/result.ts';
import { isJobOf } from './intake-job-person.ts';

/** What was erased, of how many outcomes in the spool, and how many jobs of the intake queue. */
export type ForgottenPerson = Omit<Forgotten, 'theirs'> & {
  readonly spooled: number;
  readonly jobs: number;
  /** Jobs of the queue of events. */
  readonly eventJobs: number;
};

/** Forgets a person. */
export async function forgetPerson(
  target: {
    readonly ledger: {
      readonly forgetting: ForgettingStore;
      readonly sending: Pick<SendingStore, 'sweepLeases'>;
    };
    readonly spool: SpoolEraser;
    readonly uncertainCheckAfterMs: number;
    readonly intakeQueue: Pick<IntakeQueuePort, 'remove'>;
    readonly eventQueue: Pick<EventQueuePort, 'remove'>;
    /** Of the settings: by it jobs with national numbers are read. */
    readonly defaultCountry: string | undefined;
  },
  p: Omit<ForgetOptions, 'onErase'>,
): Promise<Result<ForgottenPerson, Problem>> {
  let spooled = 0;
  let jobs = 0;
  let eventJobs = 0;
  const clean: NonNullable<ForgetOptions['onErase']> = async (theirs) => {
    spooled += await target.spool.forget(theirs);
    jobs += await target.intakeQueue.remove((data) =>
      isJobOf(theirs.mentions, data, target.defaultCountry),
    );
    eventJobs += await target.eventQueue.remove((data) =>
      theirs.mentions(JSON.stringify(data) ?? ''),
    );
  };
  const onWait: NonNullable<ForgetOptions['onWait']> = async (what) => {
    await p.onWait?.(what);
    // Whoever was sending may have died, and no other process that would see it may run.
    if (what === 'sending')
      await target.ledger.sending.sweepLeases({ checkAfterMs: target.uncertainCheckAfterMs });
  };
  // Before, since an outcome that says whom it asked finds no request without a number; and of what came meanwhile.
  const done = await target.ledger.forgetting.forget({ ...p, onWait, onErase: clean });
  if (!done.ok) return done;
  const { theirs, ...told } = done.value;
  await clean(theirs);
  return ok({ ...told, spooled, jobs, eventJobs });
}
