/** One world for one plan: database, queue, Meta, processes, operators, and the witness of it all. */
import type { CampaignState } from '../../src/core/campaign.ts';
import { ACCEPTS, drawBehaviour } from './answers.ts';
import { chanceOf } from './chance.ts';
import { BEGAN_MS, clockOf } from './clock.ts';
import { createStore, type Store } from './database.ts';
import { createFacts } from './facts.ts';
import { createMeta, type Meta } from './graph.ts';
import {
  judgeAnswer,
  judgeLedger,
  judgeLists,
  judgePost,
  type Line,
  type Violation,
  type Witness,
} from './invariants.ts';
import { load, makeList, specOf } from './loads.ts';
import { emptyTables, snapshots } from './model/tables.ts';
import type { Plan } from './plan.ts';
import { type Ledger, modelLedger } from './ports.ts';
import { createFleet, type Fleet } from './processes.ts';
import { createQueue, type Queue } from './queue.ts';
import { createSpools } from './spool.ts';
import { realLedger } from './sql/ledger.ts';
import type { SqlServer } from './sql/server.ts';
import { createShadow } from './sql/shadow.ts';
import { createTimeline, type Life, newLife, type Timeline } from './timeline.ts';
import { createWire } from './wire.ts';

/** A world at work. */
export interface World {
  readonly plan: Plan;
  readonly timeline: Timeline;
  readonly store: Store;
  readonly queue: Queue;
  readonly meta: Meta;
  readonly fleet: Fleet;
  readonly witness: Witness;
  readonly violations: Violation[];
  /** An operator's ledger: no fault of a process strikes it. */
  readonly operator: Ledger;
  /** Loads a list as a program of its own; gives its life. */
  loads(p: {
    readonly key: string;
    readonly template: string;
    readonly list: readonly Line[];
  }): Life;
  /** Meta accepts from now on, and nothing fails. */
  calm(): void;
  isCalm(): boolean;
}

/** The key, the template and the first list of each campaign. */
export function campaignOf(plan: Plan, i: number) {
  const { lines } = plan.profile;
  return {
    key: `key-${i}`,
    template: `template${i}`,
    // Half of the second campaign's people are in the first as well.
    list: makeList({ lines, from: i * Math.ceil(lines / 2), prefix: `list-${i}` }),
  };
}

/** Two numbers belong to one person. */
const waIdOf = (to: string) => `9${Math.floor(Number(to) / 2)}`;

/** Which store a world has: the model, or the real SQL, which is held against the model. */
export interface Mode {
  /** The real SQL runs there. */
  readonly server?: SqlServer;
}

/** Makes the world of a plan; its lists are on their way in. */
export async function createWorld(plan: Plan, mode: Mode = {}): Promise<World> {
  const { seed, profile } = plan;
  const { server } = mode;
  const timeline = createTimeline({
    hostile: profile.isHostile,
    chance: chanceOf(seed, 'scheduler'),
  });
  const tables = emptyTables();
  const violations: Violation[] = [];
  const lists = new Map<string, readonly Line[]>();
  const started = new Set<string>();
  const answers = chanceOf(seed, 'answers');
  let calm = false;

  const wire = createWire((post) => {
    facts.owed.add(`${post.request}.${post.fence}`);
    judgePost(witness, post);
  });
  const facts = createFacts({ tables, now: timeline.now, postsOf: wire.of });
  const witness: Witness = {
    tables,
    wire,
    facts,
    lists,
    started,
    now: timeline.now,
    isSame: (a, b) => waIdOf(a) === waIdOf(b),
    toldAll: (worker) => fleet.toldAll(worker),
    broken(rule, detail) {
      if (violations.some((one) => one.rule === rule && one.detail === detail)) return;
      violations.push({ rule, detail, at: timeline.now() });
    },
  };

  // Postgres keeps times in whole microseconds.
  const clock = () => Math.round((BEGAN_MS + timeline.now()) * 1_000) / 1_000;
  const states = new Map<string, CampaignState>();
  const { changes } = tables;
  let judged = 0;
  const store = createStore({
    timeline,
    chance: chanceOf(seed, 'database'),
    committed(name, proves) {
      if (tables.version === judged && proves.length === 0 && !changes.pairs) return;
      judged = tables.version;
      facts.committed(name, proves);
      // The real SQL tells by itself.
      if (changes.campaigns && server === undefined)
        for (const { id, state } of tables.campaigns.values()) {
          if (states.get(id) === state) continue;
          states.set(id, state);
          fleet.tell({ kind: 'campaign', id, state });
        }
      judgeLedger(witness);
      changes.rows.clear();
      changes.campaigns = false;
      changes.pairs = false;
    },
  });
  const meta = createMeta({
    timeline,
    wire,
    chance: chanceOf(seed, 'network'),
    draw: () => (calm ? ACCEPTS : drawBehaviour(answers, profile.faulty)),
    waIdOf,
    answered: (post) => judgeAnswer(witness, post),
  });
  const queue = createQueue(timeline, chanceOf(seed, 'queue'));
  let campaigns = 0;
  function newCampaignId(): string {
    campaigns += 1;
    return `c${campaigns}`;
  }
  const shadow = createShadow({ tables, clock, broken: witness.broken });
  const ledgerOf = (life: Life): Ledger =>
    server === undefined
      ? modelLedger({ life, store, tables, snapshot, clock, newCampaignId })
      : realLedger({ life, store, server, shadow, clock, newCampaignId });
  const snapshot = snapshots(tables);
  const fleet = createFleet({
    ...{ timeline, chance: chanceOf(seed, 'processes'), profile, meta, queue },
    ...{ ledgerOf, spoolOf: createSpools(timeline, chanceOf(seed, 'spool')) },
  });

  const world: World = {
    plan,
    timeline,
    store,
    queue,
    meta,
    fleet,
    witness,
    violations,
    operator: ledgerOf(newLife('operator')),
    loads({ key, template, list }) {
      const life = newLife(`loader of ${key}`);
      const clock = clockOf(timeline, life, { skewMs: 0, chance: chanceOf(seed, life.name) });
      void load({
        ledger: ledgerOf(life),
        clock,
        spec: specOf({ key, senders: profile.senders, template }),
        list,
        accepted(campaign, accepted) {
          const before = lists.get(campaign);
          if (before !== undefined && JSON.stringify(before) !== JSON.stringify(accepted))
            witness.broken('two lists', `campaign ${campaign} was accepted with two lists`);
          lists.set(campaign, before ?? accepted);
          judgeLists(witness);
        },
        started: (campaign) => started.add(campaign),
      });
      return life;
    },
    calm() {
      calm = true;
      store.calm();
      meta.calm();
    },
    isCalm: () => calm,
  };
  await server?.begin({
    tables,
    hear: fleet.tell,
  });
  for (let i = 0; i < profile.campaigns; i += 1) world.loads(campaignOf(plan, i));
  for (let i = 0; i < profile.processes; i += 1) fleet.start();
  return world;
}
