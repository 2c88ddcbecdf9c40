/** What happens next, drawn from the seed alone: the same seed gives the same acts and pauses. */
import { createRandom, type Random } from '../../src/simulator/prng.ts';

/** Whom an act is done to. Only one act at a time is done to a store, a wire or a campaign. */
export type ActGroup =
  | 'sender'
  | 'api'
  | 'receiver'
  | 'postgres'
  | 'redis'
  | 'queue'
  | 'wire'
  | 'campaign';

interface ActSort {
  readonly group: ActGroup;
  /** How often it is drawn, relative to the others. */
  readonly weight: number;
  /** How long it lasts, in ms: from, below; 0 for what is done in an instant. */
  readonly lasts: readonly [number, number];
  /** Drawn only where the queue is on Redis. */
  readonly needsRedis?: true;
  /** Drawn only where webhooks come. */
  readonly needsWebhooks?: true;
  /** One in four lasts longer than a lease, so that claims end meanwhile. */
  readonly canOutlastLease?: true;
}

const DOWN = [500, 3_000] as const;
const REFUSING = [1_000, 5_000] as const;
const WIRE = [500, 4_000] as const;
const AT_ONCE = [0, 0] as const;

/** Everything there is to do: mostly senders are killed, they are what is many and what dies. */
export const ACTS = {
  'kill-sender': { group: 'sender', weight: 42, lasts: AT_ONCE },
  'kill-api': { group: 'api', weight: 6, lasts: AT_ONCE },
  'kill-redis': { group: 'redis', weight: 9, lasts: DOWN, needsRedis: true },
  'kill-postgres': { group: 'postgres', weight: 9, lasts: DOWN },
  'wipe-queue': { group: 'queue', weight: 5, lasts: AT_ONCE },
  'freeze-sender': { group: 'sender', weight: 5, lasts: [300, 4_000], canOutlastLease: true },
  'stop-sender': { group: 'sender', weight: 4, lasts: AT_ONCE },
  'restart-postgres-fast': { group: 'postgres', weight: 4, lasts: AT_ONCE },
  'restart-postgres-immediate': { group: 'postgres', weight: 3, lasts: AT_ONCE },
  'cut-backends': { group: 'postgres', weight: 3, lasts: AT_ONCE },
  'read-only': { group: 'postgres', weight: 5, lasts: REFUSING },
  'lock-table': { group: 'postgres', weight: 4, lasts: REFUSING, canOutlastLease: true },
  'rename-database': { group: 'postgres', weight: 2, lasts: REFUSING },
  'reject-host': { group: 'postgres', weight: 2, lasts: REFUSING },
  'refuse-connections': { group: 'postgres', weight: 2, lasts: REFUSING },
  'rotate-password': { group: 'postgres', weight: 2, lasts: REFUSING },
  'revoke-privileges': { group: 'postgres', weight: 2, lasts: REFUSING },
  'silence-postgres': { group: 'wire', weight: 2, lasts: AT_ONCE },
  'stall-postgres': { group: 'wire', weight: 2, lasts: WIRE },
  'half-close-postgres': { group: 'wire', weight: 1, lasts: AT_ONCE },
  'cut-postgres': { group: 'wire', weight: 2, lasts: AT_ONCE },
  'silence-redis': { group: 'wire', weight: 2, lasts: AT_ONCE, needsRedis: true },
  'stall-redis': { group: 'wire', weight: 2, lasts: WIRE, needsRedis: true },
  'half-close-redis': { group: 'wire', weight: 1, lasts: AT_ONCE, needsRedis: true },
  'cut-redis': { group: 'wire', weight: 2, lasts: AT_ONCE, needsRedis: true },
  'evict-redis': { group: 'redis', weight: 3, lasts: WIRE, needsRedis: true },
  'fill-redis': { group: 'redis', weight: 3, lasts: WIRE, needsRedis: true },
  'pause-campaign': { group: 'campaign', weight: 3, lasts: [300, 3_000] },
  'retry-rejected': { group: 'campaign', weight: 2, lasts: AT_ONCE },
  'suppress-person': { group: 'campaign', weight: 3, lasts: AT_ONCE },
  'kill-receiver': { group: 'receiver', weight: 12, lasts: AT_ONCE, needsWebhooks: true },
  'freeze-receiver': {
    group: 'receiver',
    weight: 4,
    lasts: [300, 4_000],
    needsWebhooks: true,
    canOutlastLease: true,
  },
  'stop-receiver': { group: 'receiver', weight: 3, lasts: AT_ONCE, needsWebhooks: true },
} as const satisfies Record<string, ActSort>;

/** What is done to whom. Those whose name begins with `kill-` are the kills. */
export type ActKind = keyof typeof ACTS;

/** All kinds, in the order of the report. */
export const ACT_KINDS = Object.keys(ACTS) as readonly ActKind[];

/** One act. */
export interface Act {
  readonly kind: ActKind;
  /** Wait so long before it, in ms. */
  readonly afterMs: number;
  /** Which sender, table, person: from 0 to below 1. */
  readonly which: number;
  /** How long a store stays down, a sender frozen, a table locked, in ms. */
  readonly forMs: number;
}

/** What is drawn from. */
export interface PlanSetup {
  readonly seed: number;
  readonly queue: 'redis' | 'postgres';
  /** Whether receivers of webhooks are there. */
  readonly webhooks: boolean;
  /** Longer than a lease, in ms. */
  readonly longMs: number;
  /** Nothing but these, and kills where there is none among them. */
  readonly only?: ReadonlySet<ActKind>;
}

/**
 * What is done at the end of a list, while its last POSTs are on the wire: what was claimed is lost or
 * taken back just when nothing else is left to claim. One of each row, then any.
 */
const ENDS: readonly (readonly ActKind[])[] = [
  ['restart-postgres-fast', 'restart-postgres-immediate', 'cut-backends', 'kill-postgres'],
  ['read-only', 'rename-database', 'reject-host', 'refuse-connections'],
  ['rotate-password', 'revoke-privileges', 'read-only', 'lock-table'],
  ['cut-postgres', 'silence-postgres', 'freeze-sender', 'kill-sender'],
];

const SHORTEST_PAUSE_MS = 300;
const LONGEST_PAUSE_MS = 900;

/** Acts without end. */
export function* drawActs(p: PlanSetup): Generator<Act, never> {
  const random = createRandom(p.seed);
  const kinds = ACT_KINDS.filter((kind) => isThere(kind, p));
  if (p.only !== undefined && !kinds.some(isKill)) kinds.push('kill-sender');
  for (;;) yield drawAct(drawKind(random, kinds), random, p.longMs);
}

/** Acts for the ends of lists, without end. */
export function* drawEnds(p: PlanSetup): Generator<Act, never> {
  const random = createRandom(p.seed + 2);
  const rows = ENDS.map((row) => row.filter((kind) => isThere(kind, p))).filter(
    (row) => row.length > 0,
  );
  const any = rows.flat();
  if (any.length === 0) any.push('kill-sender');
  for (let i = 0; ; i += 1) {
    const row = rows[i] ?? any;
    const kind = row[Math.floor(random() * row.length)] ?? 'kill-sender';
    yield drawAct(kind, random, p.longMs);
  }
}

/** Whether an act counts as a kill. */
export function isKill(kind: ActKind): boolean {
  return kind.startsWith('kill-');
}

function isThere(kind: ActKind, p: PlanSetup): boolean {
  const sort: ActSort = ACTS[kind];
  const hasAll =
    (p.queue === 'redis' || sort.needsRedis !== true) &&
    (p.webhooks || sort.needsWebhooks !== true);
  return hasAll && (p.only?.has(kind) ?? true);
}

function drawAct(kind: ActKind, random: Random, longMs: number): Act {
  const between = (low: number, high: number) => Math.round(low + random() * (high - low));
  const sort: ActSort = ACTS[kind];
  const afterMs = between(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS);
  const which = random();
  const isLong = random() < 0.25;
  const forMs = between(...sort.lasts);
  return {
    kind,
    afterMs,
    which,
    forMs: isLong && sort.canOutlastLease === true ? longMs : forMs,
  };
}

function drawKind(random: Random, kinds: readonly ActKind[]): ActKind {
  let at = random() * kinds.reduce((sum, kind) => sum + ACTS[kind].weight, 0);
  for (const kind of kinds) {
    at -= ACTS[kind].weight;
    if (at < 0) return kind;
  }
  return 'kill-sender';
}
