/**
 * What every long-running process does with webhooks: it applies deliveries, its own and others', and looks again for what
 * came too early. Those with a line to Meta also ask it what people allow.
 */
import { type Loop, loop } from '../core/loop.ts';
import type { Clock, GraphAdmin } from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { Logger } from '../telemetry/log.ts';
import { applyDeliveries, type DeliveryTarget } from './apply-deliveries.ts';
import { applyWaitingStatuses } from './apply-statuses.ts';
import { checkPermission } from './check-permissions.ts';
import { knownLinks } from './known-links.ts';
import { type ConfiguredSender, oursOf } from './ours.ts';

/** What it runs with. */
export interface RepliesSetup extends Omit<DeliveryTarget, 'ours' | 'known' | 'isClosing'> {
  readonly clock: Clock;
  readonly log: Logger;
  /** Senders that this process has settings for; those of the ledger are ours too. */
  readonly configured: readonly ConfiguredSender[];
  /** Makes those known to the ledger, where the book of a person looks for senders: a receiver may be the first who runs. */
  readonly register: () => Promise<void>;
  /** A line to Meta of each sender that this process may ask with. */
  readonly lines: ReadonlyMap<string, Pick<GraphAdmin, 'callPermission'>>;
  readonly checksPerSecond: number;
}

/** Running. */
export interface RunningReplies {
  /** There is a delivery: it is applied at once. */
  wake(): void;
  close(): Promise<void>;
}

// How soon what another process stored is applied; one's own is at once.
const LOOK_MS = 250;
// Who stores deliveries applies them; others take what has been left: of two who share them each has half as many a round,
// and a sender has claims to make.
const OWN_MS = 10_000;
const LEFT_MS = 1_500;
const GATHER_MS = 250;
const FEW = 200;
const AGAIN_MS = 1_000;
const CHECK_MS = 1_000;
// Five looks at each status of other programs on the number: enough for 400 of theirs a second.
const MOST_STATUSES = 2_000;
const MOST_ANSWERS = 500;
// One may take some 10 ms, and nobody else learns names meanwhile.
const MOST_NAMES = 20;

/** Starts it. */
export function runReplies(setup: RepliesSetup): RunningReplies {
  const { clock, log, ledger } = setup;
  const known = knownLinks(clock);
  // Before the loops: their first runs begin at once.
  let closing = false;
  let isRegistered = false;
  let stored = Number.NEGATIVE_INFINITY;
  const ours = oursOf(ledger.replies, setup.configured, clock);
  const report = (what: string) => (error: unknown) => {
    if (error === undefined) return;
    if (error instanceof InfrastructureError) log.debug({ err: error }, what);
    else log.error({ err: error }, what);
  };
  const applying = loop(clock, LOOK_MS, report('webhooks are not applied for now'), async () => {
    if (!isRegistered) await setup.register();
    isRegistered = true;
    const target = { ...setup, known, ours, isClosing: () => closing };
    let applied: number;
    do {
      const isOwn = clock.now() - stored < OWN_MS;
      applied = await applyDeliveries(target, isOwn ? 0 : LEFT_MS);
      // What comes one by one is applied some at a time: a round costs four statements, however little is in it.
      if (!closing && applied > 0 && applied < FEW) await clock.sleep(GATHER_MS, { idle: true });
    } while (!closing && applied > 0);
  });
  const again = loop(
    clock,
    AGAIN_MS,
    report('waiting webhooks are not applied for now'),
    async () => {
      while (!closing && (await ledger.replies.learnLeftNames(MOST_NAMES)) === MOST_NAMES);
      await applyWaitingStatuses(setup, MOST_STATUSES);
      await ledger.replies.matchAnswers(MOST_ANSWERS);
      await ledger.replies.foldFunnel();
    },
  );
  const checks: readonly Loop[] = [...setup.lines].map(([senderId, graph]) =>
    loop(clock, CHECK_MS, report('Meta is not asked what people allow'), async () => {
      const target = {
        clock,
        graph,
        log,
        replies: ledger.replies,
        perSecond: setup.checksPerSecond,
      };
      while (!closing && (await checkPermission(target, senderId)));
    }),
  );
  return {
    wake() {
      stored = clock.now();
      applying.wake();
    },
    async close() {
      closing = true;
      await Promise.all([applying, again, ...checks].map((one) => one.close()));
    },
  };
}
