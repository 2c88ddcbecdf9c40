/**
 * One run: a plan is carried out event by event, then all faults are off and time goes on until nothing is
 * left to do. The same plan gives the same run.
 */
import { resumeCampaign } from '../../src/campaign/control.ts';
import { type Act, act } from './acts.ts';
import { chanceOf } from './chance.ts';
import { BEGAN_MS } from './clock.ts';
import { nextDue } from './due.ts';
import { isFault, strike } from './faults.ts';
import { judgeEnd, type Violation } from './invariants.ts';
import { isOpen, type Tables } from './model/tables.ts';
import type { Item, Plan } from './plan.ts';
import type { Process } from './processes.ts';
import { createWorld, type Mode, type World } from './world.ts';

/** What a run came to. */
export interface RunReport {
  readonly plan: Plan;
  readonly violations: readonly Violation[];
  /** Events of interest that were run, and all of them. */
  readonly events: number;
  readonly steps: number;
  readonly posts: number;
  /** The ledger's tables at the end. */
  readonly tables: Tables;
}

/** Nothing of interest happened for so long, ms: time may leap. */
const IDLE_MS = 250;
/** ... and nothing is about to happen for so long: an answer of Meta's may take its whole time-out. */
const BUSY_MS = 4_000;
/** Waiting for what lasts (somebody frozen, a lock), or for a cue, goes by in leaps, and not forever. */
const WAIT_MS = 1_500;
const WAITS_MOST = 30;
const CUE_WAITS = 12;
/** A run that takes more events than this stands still in motion. */
const STEPS_MOST = 60_000;
const DAY_MS = 86_400_000;
/** Campaigns are completed by a sweep, once a second. */
const SETTLES_MS = 1_500;
/** Longer than any wait of a sender that holds something: for an answer of the database's, or for Meta. */
const LAST_MS = 60_000;
const LOOK_MS = 250;
/** Whoever loads a list comes again within this time, ms. */
const LOADS_MS = 120_000;
/** Pair limits last for a week: so long a run may wait for the last of its people. */
const END_MS = 9 * DAY_MS;

/** Runs a plan; `print` is told of each event of interest, as it happens. */
export async function runPlan(
  plan: Plan,
  print?: (line: string) => void,
  mode?: Mode,
): Promise<RunReport> {
  const world = await createWorld(plan, mode);
  const { timeline, violations, fleet } = world;
  let events = 0;
  let lastAt = 0;
  let waited = 0;
  const leaps = chanceOf(plan.seed, 'leaps');
  const items = plan.items.filter((item) => item.cue === undefined);
  const cued = plan.items.filter((item) => item.cue !== undefined);
  const heard = new Map<string, number>();

  function carryOut(item: Item, by?: Process): void {
    lastAt = timeline.now();
    events += 1;
    print?.(line(world, `${by?.name ?? ''} ${JSON.stringify(item)}`));
    if (isFault(item)) strike(world, item);
    else act(world, item as Act, by);
  }

  timeline.onStep(({ what, owner, by = owner, touches = [] }) => {
    if (touches.length > 0) {
      events += 1;
      lastAt = timeline.now();
      print?.(line(world, `${by?.name}: ${what} of ${touches.join(', ')}`));
    }
    if (cued.length === 0) return;
    const nth = (heard.get(what) ?? 0) + 1;
    heard.set(what, nth);
    for (const item of cued.filter(({ cue }) => cue?.what === what && cue.nth === nth)) {
      cued.splice(cued.indexOf(item), 1);
      if (!world.isCalm())
        carryOut(
          item,
          fleet.living().find((one) => one === by),
        );
    }
  });

  while (events < plan.events && !isOver(violations) && timeline.steps() < STEPS_MOST) {
    const isIdle = isAtRest(world, lastAt);
    const next = items[0];
    if (next === undefined && isIdle) {
      const isStruck = world.store.struckUntil() > timeline.now();
      const lasts = isStruck || fleet.living().some((one) => one.frozen);
      if (waited === WAITS_MOST || (!lasts && (cued.length === 0 || waited > CUE_WAITS))) break;
      waited += 1;
      leapAhead(world);
    }
    if (next !== undefined && (next.at <= events || isIdle)) {
      if (isIdle && leaps.hits(0.5)) timeline.leap(leaps.between(1_000, 25_000));
      items.shift();
      carryOut(next);
    }
    const woken = timeline.step();
    if (woken !== undefined) await woken;
  }
  if (!isOver(violations)) await settleDown(world, () => lastAt);
  return {
    plan,
    violations,
    events,
    steps: timeline.steps(),
    posts: world.witness.wire.posts.length,
    tables: world.witness.tables,
  };
}

function isAtRest({ timeline }: World, since: number): boolean {
  return timeline.now() - since > IDLE_MS && !timeline.isBusy(BUSY_MS);
}

/** To when something is to be expected again. */
function leapAhead({ timeline, witness, store }: World): void {
  const now = timeline.now();
  const struck = store.struckUntil();
  const due = nextDue(witness.tables, BEGAN_MS + now) - BEGAN_MS;
  const next = Math.min(due, timeline.nextAt(), struck > now ? struck : Number.POSITIVE_INFINITY);
  timeline.leap(Number.isFinite(next) ? Math.max(WAIT_MS, next - now) : WAIT_MS);
}

/** An allowance that is lost is the way to somebody asked twice: the run goes on to that. */
function isOver(violations: readonly Violation[]): boolean {
  return violations.some(({ rule }) => rule !== 'allowance lost');
}

function line({ timeline, witness }: World, text: string): string {
  const rows = [...witness.tables.rows.values()].map(
    (row) => `${row.id}.${row.fence}${row.state[0]}`,
  );
  return `${timeline.now().toFixed(1).padStart(10)} ${text}   [${rows.join(' ')}]`;
}

/** Faults off, everybody woken, what is paused resumed: everything comes to its end, and the end is judged. */
async function settleDown(world: World, lastAt: () => number): Promise<void> {
  const { timeline, fleet, violations, witness, plan } = world;
  world.calm();
  for (const one of fleet.all) if (one.alive && one.frozen) fleet.wake(one);
  for (let n = fleet.living().length; n < plan.profile.processes; n += 1) fleet.start();
  const beganAt = timeline.now();
  let lookAt = beganAt;
  let peaceAt = beganAt;
  let leaptAt = beganAt;
  let isLast = false;
  while (!isOver(violations) && timeline.steps() < STEPS_MOST) {
    const now = timeline.now();
    if (now >= lookAt) {
      lookAt = now + LOOK_MS;
      for (const { id, state } of witness.tables.campaigns.values())
        if (state === 'paused') void resume(world, id);
      if (now - beganAt > END_MS) break;
      const loads = now - beganAt < LOADS_MS && isLoading(world);
      if (loads || !isDone(world)) {
        isLast = false;
        if (isAtRest(world, Math.max(lastAt(), leaptAt))) {
          leapAhead(world);
          leaptAt = timeline.now();
        }
        peaceAt = timeline.now();
      } else if (isLast) {
        if (now - peaceAt > SETTLES_MS) break;
      } else if (isAtRest(world, lastAt())) {
        // Whoever still waits for a time-out, or for Meta to be in reach, goes on.
        isLast = true;
        timeline.leap(LAST_MS);
        peaceAt = timeline.now();
      }
    }
    const woken = timeline.step();
    if (woken === false) break;
    if (woken !== undefined) await woken;
  }
  if (isOver(violations)) return;
  judgeEnd(witness);
  for (const one of fleet.all)
    if (one.stopped && one.alive && !one.closed)
      witness.broken('does not end', `${one.name} was told to stop`);
}

async function resume(world: World, id: string): Promise<void> {
  await resumeCampaign({ ledger: world.operator, config: { senders: [] } }, id);
}

function isLoading({ witness }: World): boolean {
  return [...witness.tables.campaigns.values()].some(({ state }) => state === 'loading');
}

function isDone({ witness, fleet }: World): boolean {
  for (const row of witness.tables.rows.values()) {
    const campaign = witness.tables.campaigns.get(row.campaign)?.state;
    if (isOpen(row) && campaign !== 'loading' && campaign !== 'draft') return false;
  }
  return fleet.all.every((one) => !one.stopped || one.closed || !one.alive);
}
