/** What will be done to a run, drawn from its seed before it begins: so that parts of it can be left out. */
import { BEHAVIOURS } from './answers.ts';
import { type Chance, chanceOf } from './chance.ts';
import type { Strike } from './database.ts';

/** When an item is done: right after the `nth` event of that name, to the process that it is of. */
export interface Cue {
  readonly what: string;
  readonly nth: number;
}

/**
 * One act or fault. `at` counts events of interest, for those without a cue; numbers called `which` choose,
 * from 0 to below 1.
 */
export type Item = { readonly at: number; readonly cue?: Cue } & (
  | { readonly do: 'kill' | 'stop'; readonly which: number; readonly backMs: number }
  | { readonly do: 'freeze' | 'suspend'; readonly which: number; readonly ms: number }
  | { readonly do: 'strike'; readonly name?: string; readonly strike: Strike }
  | { readonly do: 'refuse-all'; readonly code: string; readonly ms: number }
  | { readonly do: 'lock' | 'queue-away'; readonly ms: number }
  | { readonly do: 'answer'; readonly behaviour: number; readonly times: number }
  | { readonly do: 'flush' }
  | { readonly do: 'double'; readonly which: number }
  | { readonly do: 'pause' | 'resume' | 'cancel' | 'retry'; readonly which: number }
  | { readonly do: 'settle'; readonly which: number; readonly as: 'accepted' | 'rejected' }
  | { readonly do: 'opt-out' | 'webhook'; readonly which: number }
  | {
      readonly do: 'load';
      readonly how: 'cut' | 'shortened' | 'changed' | 'raced' | 'refused-between';
      readonly which: number;
    }
);

/** What a run is made of. */
export interface Profile {
  readonly processes: number;
  readonly senders: readonly string[];
  readonly account: 'shared' | 'each-its-own';
  readonly lines: number;
  readonly campaigns: number;
  readonly rate: number;
  /** How often Meta does anything but accept. */
  readonly faulty: number;
  readonly policy: 'hold' | 'resend-after-check';
  readonly isHostile: boolean;
}

/** A run before it begins. */
export interface Plan {
  readonly seed: number;
  readonly events: number;
  readonly profile: Profile;
  readonly items: readonly Item[];
}

/** One SQLSTATE of each class that a server may send, and those that a failover sends. */
export const SQLSTATES = [
  ...['08006', '0A000', '25006', '25P02', '26000', '28000', '28P01', '3D000', '3F000', '40003'],
  ...['42501', '42P01', '53100', '53200', '53300', '54000', '55000', '55P03', '57014', '57P01'],
  ...['57P03', '58030', 'F0000', 'P0001', 'XX000'],
];

const STATEMENTS = [
  ...[
    'claim',
    'claim',
    'claim',
    'record',
    'record',
    'releaseClaim',
    'decideUnclaimed',
    'streak',
    'feed',
  ],
  ...['closeSender', 'closeTemplate', 'sweepLeases', 'recordCheck', 'retry', 'finishLoading'],
];

/** Where acts and faults hurt most: around what leads a person to be asked. */
const CUES = [
  ...['sent claim', 'snapshot claim', 'committed claim', 'committed claim', 'answered claim'],
  ...['connected', 'answer', 'sent record', 'snapshot record', 'committed record'],
  ...['committed releaseClaim', 'committed retry', 'committed sweepLeases'],
  ...['committed recordCheck', 'committed addLines'],
];

/** Draws the plan of a seed. */
export function drawPlan(seed: number, events: number): Plan {
  const c = chanceOf(seed, 'plan');
  const profile: Profile = {
    processes: 2 + (c.hits(0.15) ? 1 + c.below(2) : 0),
    senders: c.hits(0.3) ? ['1001'] : ['1001', '1002'],
    account: c.hits(0.5) ? 'shared' : 'each-its-own',
    lines: 4 + c.below(9),
    campaigns: 1 + c.below(2),
    rate: 10 + c.below(60),
    faulty: c.pick([0, 0.05, 0.2, 0.4]),
    policy: c.hits(0.5) ? 'hold' : 'resend-after-check',
    isHostile: seed % 2 === 1,
  };
  const items = Array.from({ length: 3 + c.below(9) }, () => drawItem(c, events));
  return { seed, events, profile, items: items.sort((a, b) => a.at - b.at) };
}

function drawItem(c: Chance, events: number): Item {
  const at = c.below(events);
  const which = c.next();
  const short = c.hits(0.5);
  const ms = short ? c.between(100, 3_000) : c.between(5_000, 60_000);
  const kinds: readonly (() => Item)[] = [
    () => ({ at, do: 'kill', which, backMs: c.between(300, 20_000) }),
    () => ({ at, do: 'stop', which, backMs: c.between(300, 20_000) }),
    () => ({ at, do: 'freeze', which, ms }),
    () => ({ at, do: 'freeze', which, ms }),
    () => ({ at, do: 'suspend', which, ms }),
    () => ({ at, do: 'strike', ...drawStrike(c) }),
    () => ({ at, do: 'strike', ...drawStrike(c) }),
    () => ({ at, do: 'strike', ...drawStrike(c) }),
    () => ({ at, do: 'strike', ...drawStrike(c) }),
    () => ({ at, do: 'refuse-all', code: c.pick(SQLSTATES), ms: c.between(50, 6_000) }),
    () => ({
      at,
      do: 'refuse-all',
      code: c.pick(['57P01', '08006', '25006']),
      ms: c.between(50, 4_000),
    }),
    () => ({ at, do: 'lock', ms: c.between(1_000, 45_000) }),
    () => ({ at, do: 'queue-away', ms: c.between(50, 5_000) }),
    () => ({
      at,
      do: 'answer',
      behaviour: c.below(BEHAVIOURS.length),
      times: c.pick([1, 1, 2, 6]),
    }),
    () => ({
      at,
      do: 'answer',
      behaviour: c.below(BEHAVIOURS.length),
      times: c.pick([1, 1, 2, 6]),
    }),
    () => ({ at, do: 'flush' }),
    () => ({ at, do: 'double', which }),
    () => ({ at, do: 'pause', which }),
    () => ({ at, do: 'resume', which }),
    () => (c.hits(0.4) ? { at, do: 'cancel', which } : { at, do: 'resume', which }),
    () => ({ at, do: 'retry', which }),
    () => ({ at, do: 'retry', which }),
    () => ({ at, do: 'settle', which, as: c.pick(['accepted', 'rejected'] as const) }),
    () => ({ at, do: 'opt-out', which }),
    () => ({ at, do: 'webhook', which }),
    () => ({ at, do: 'webhook', which }),
    () => ({
      at: Math.min(at, 60),
      do: 'load',
      how: c.pick(['cut', 'shortened', 'changed', 'raced', 'refused-between'] as const),
      which,
    }),
  ];
  const item = c.pick(kinds)();
  const cue = { what: c.pick(CUES), nth: 1 + c.below(5) };
  return c.hits(0.4) && item.do !== 'load' ? { ...item, cue } : item;
}

function drawStrike(c: Chance): { readonly name?: string; readonly strike: Strike } {
  const strikes: readonly Strike[] = [
    { kind: 'refused', code: c.pick(SQLSTATES) },
    { kind: 'cut-before' },
    { kind: 'answer-lost' },
    { kind: 'answer-lost' },
    { kind: 'cut-under-way', ms: c.between(1, 4_000) },
    { kind: 'late', ms: c.between(30_000, 45_000) },
    { kind: 'stalled', ms: c.between(100, 20_000) },
  ];
  return { name: c.pick(STATEMENTS), strike: c.pick(strikes) };
}
