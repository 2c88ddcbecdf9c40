/** What happens next, drawn from the seed alone: the same seed gives the same acts and pauses. */
import { createRandom, type Random } from '../../src/simulator/prng.ts';

/** What is done to whom. Only the first four are kills. */
export type ActKind =
  | 'kill-sender'
  | 'kill-api'
  | 'kill-redis'
  | 'kill-postgres'
  | 'wipe-queue'
  | 'freeze-sender'
  | 'stop-sender';

/** One act. */
export interface Act {
  readonly kind: ActKind;
  /** Wait so long before it, in ms. */
  readonly afterMs: number;
  /** Which sender, from 0 to below 1. */
  readonly which: number;
  /** How long a store stays down or a sender frozen, in ms. */
  readonly forMs: number;
}

/** Mostly senders: they are what is many and what dies. */
const WEIGHTS: Readonly<Record<ActKind, number>> = {
  'kill-sender': 62,
  'kill-api': 6,
  'kill-redis': 9,
  'kill-postgres': 9,
  'wipe-queue': 5,
  'freeze-sender': 5,
  'stop-sender': 4,
};

const SHORTEST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 900;

/** Acts without end. `longestFreezeMs`: longer than a lease, so that claims end under the frozen. */
export function* drawActs(
  seed: number,
  queue: 'redis' | 'postgres',
  longestFreezeMs: number,
): Generator<Act, never> {
  const random = createRandom(seed);
  const between = (low: number, high: number) => Math.round(low + random() * (high - low));
  for (;;) {
    const kind = drawKind(random, queue);
    const afterMs = between(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS);
    const which = random();
    const long = random() < 0.25;
    const down = between(500, 3_000);
    const frozen = long ? longestFreezeMs : between(300, 4_000);
    yield { kind, afterMs, which, forMs: kind === 'freeze-sender' ? frozen : down };
  }
}

function drawKind(random: Random, queue: 'redis' | 'postgres'): ActKind {
  const kinds = (Object.entries(WEIGHTS) as [ActKind, number][]).filter(
    ([kind]) => queue === 'redis' || kind !== 'kill-redis',
  );
  let at = random() * kinds.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of kinds) {
    at -= weight;
    if (at < 0) return kind;
  }
  return 'kill-sender';
}
