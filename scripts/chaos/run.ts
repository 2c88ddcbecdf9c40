/** One run from beginning to end: lists are loaded, the storm rages, peace, and the books are compared. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom } from '../../src/simulator/prng.ts';
import { type Actor, createActor, noActs } from './acts.ts';
import { type Ground, layGround } from './ground.ts';
import { drawListTroubles, type ListTrouble, type LoadedList, loadList } from './load.ts';
import { createOperator } from './operator.ts';
import type { ChaosOptions } from './options.ts';
import { standingOf, untilFew, untilPosts, untilQuiet, watch } from './peace.ts';
import { ACT_KINDS, type ActKind, drawActs, drawEnds } from './plan.ts';
import { type Condition, REQUEST_TIMEOUT_MS } from './profile.ts';
import { readBooks } from './reckoning.ts';
import type { RedisStore } from './redis-store.ts';
import { type ChaosReport, isGood } from './report.ts';
import { untilReturned } from './returned.ts';
import { type Journal, openJournal, storm } from './storm.ts';
import { openWitness, type Standing, type Witness } from './witness.ts';

/** What goes on, for a line that is drawn again and again. */
export interface ChaosProgress {
  readonly kills: number;
  readonly standing: Standing | undefined;
}

/** Beside the options. */
export interface ChaosSurroundings {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ChaosProgress) => void;
  /** The folder of logs is kept when something is wrong; told then. */
  readonly onKept: (dir: string) => void;
  readonly main?: string;
  readonly redis?: RedisStore;
}

/** Compiled, this file is in `dist/scripts/chaos`; tests run it from the sources beside `dist`. */
const MAIN = fileURLToPath(
  new URL(
    import.meta.url.endsWith('.ts') ? '../../dist/src/cli/main.js' : '../../src/cli/main.js',
    import.meta.url,
  ),
);
/** A lease is the request time-out and 15 s; frozen so long, a sender wakes after its claims ended. */
const LONG_MS = REQUEST_TIMEOUT_MS + 15_000 + 3_000;
/** A process that waited for a store may end with "out of reach" so long after the store is back. */
const TROUBLED_MS = 60_000;

/** A list at whose end something is done: its people, and how many are open or on the wire then. */
const END = { people: 150, slowBelow: 50, actBelow: 25, slowMs: 1_200, waitMs: 20_000 } as const;

/** Runs the suite once. */
export async function runChaos(options: ChaosOptions, p: ChaosSurroundings): Promise<ChaosReport> {
  const begun = performance.now();
  const ground = await layGround(options, {
    main: p.main ?? MAIN,
    has: (condition) => has(options, condition),
    people: options.people + options.ends * END.people,
    ...(p.redis === undefined ? {} : { redis: p.redis }),
  });
  const witness = openWitness(ground.postgres.witnessUrl);
  let isKept = true;
  try {
    const signal = AbortSignal.any([p.signal, ground.server.lost]);
    const report = await rage({ options, surroundings: { ...p, signal }, ground, witness });
    isKept = !isGood(report);
    return { ...report, seconds: (performance.now() - begun) / 1_000 };
  } catch (error) {
    const { lost } = ground.server;
    throw lost.aborted && !p.signal.aborted ? lost.reason : error;
  } finally {
    await witness.close();
    await ground.close({ keepFolder: isKept && !p.signal.aborted });
    if (isKept && !p.signal.aborted) p.onKept(ground.dir);
  }
}

function has(options: ChaosOptions, condition: Condition): boolean {
  return options.only?.has(condition) ?? true;
}

interface Run {
  readonly options: ChaosOptions;
  readonly surroundings: ChaosSurroundings;
  readonly ground: Ground;
  readonly witness: Witness;
}

async function rage(run: Run): Promise<ChaosReport> {
  const { options, surroundings, ground, witness } = run;
  const { signal, onProgress } = surroundings;
  const misbehaved: string[] = [];
  const stuck: string[] = [];
  const odd = (what: string) => void misbehaved.push(what);
  const lists: LoadedList[] = [];
  const listTroubles: ListTrouble[] = [];
  let actor: Actor | undefined;
  const order = { isTroubled: () => actor?.wasTroubled(TROUBLED_MS) ?? false, onOddEnd: odd };
  const senders = Array.from({ length: options.senders }, (_, i) =>
    ground.serve({ ...order, name: `sender-${i + 1}`, args: ['sender'], isWired: i % 2 === 0 }),
  );
  const api = ground.serve({ ...order, name: 'api', args: ['api'], isWired: false });

  const receivers = ground.receiverPorts.map((port, i) =>
    ground.serve({
      ...order,
      name: `receiver-${i + 1}`,
      args: ['receiver', '--port', String(port)],
      isWired: i % 2 === 0,
    }),
  );

  const random = createRandom(options.seed + 3);
  async function load(people: number): Promise<LoadedList> {
    const troubles = has(options, 'troubled-lists')
      ? drawListTroubles(random, lists.length === 0)
      : [];
    listTroubles.push(...troubles);
    const key = `chaos-${options.seed}-${lists.length}`;
    const shape = placeOf(lists.length, options.people);
    const loaded = await loadList({
      ground,
      witness,
      random,
      key,
      people,
      shape,
      troubles,
      // The storm is to find the first list untouched, however long its troubles took.
      isDraft: lists.length === 0,
      odd,
      signal,
    });
    lists.push(loaded);
    return loaded;
  }
  await load(options.people);

  actor = createActor({ ground, senders, api, receivers, witness, current: () => lists.at(-1) });
  const journal = openJournal(join(ground.dir, 'journal.log'), noActs());
  const operator = createOperator(ground, witness);
  const look = async () => {
    const ids = lists.map(({ id }) => id);
    const found = await standingOf(witness, ids);
    return (await operator.resume(ids, found)) ? standingOf(witness, ids) : found;
  };
  let kills = 0;
  let standing: Standing | undefined;
  const onStanding = (latest: Standing) => {
    standing = latest;
    onProgress({ kills, standing });
  };
  const plan = {
    seed: options.seed,
    queue: options.queue,
    webhooks: options.webhooks,
    longMs: LONG_MS,
    ...(options.only === undefined ? {} : { only: actsOf(options.only) }),
  };
  const watching = new AbortController();
  const watched = watch({ look, signal: watching.signal, onStanding });
  const more = options.rate / 6;
  const isOpen = () => standing?.open !== 0;
  await storm({
    ...{ kills: options.kills, drawn: drawActs(plan), actor, journal, signal },
    untilWork: () => untilPosts({ server: ground.server, more, isOpen }),
    onAct: (n) => {
      kills = n;
      onProgress({ kills, standing });
    },
  }).finally(() => watching.abort());
  await watched;
  const openAtEnd = standing?.open ?? 0;

  const ends = drawEnds(plan);
  for (let i = 0; i < options.ends; i += 1)
    await actAtEnd(run, { list: await load(END.people), actor, journal, ends });
  const { settleMs } = options;
  const end = await untilQuiet({
    ...{ look, settleMs, signal, onStanding },
    onStuck: (what) => stuck.push(what),
  });
  const onStuck = (what: string) => void stuck.push(what);
  if (options.webhooks) await untilReturned({ ground, witness, signal, onStuck });
  await actor.counted();
  await ground.endServices();
  return {
    ...(await readBooks({ options, lists, ground, witness, deeds: actor.deeds })),
    ...{ options, stuck, misbehaved, listTroubles, openAtEnd },
    lists: lists.length,
    resumed: operator.resumed(),
    unchecked: end.unchecked,
    acts: journal.acts,
    fullLogs: ground.fullLogs(),
    inFlightAtKills: actor.deeds.inFlight.size,
    seconds: 0,
  };
}

/** Where the people and the rows of a list begin; lists have less than one line more for each person. */
function placeOf(index: number, firstPeople: number) {
  const before = index === 0 ? 0 : firstPeople + (index - 1) * END.people;
  return { from: 1 + before, rowsBefore: 2 * before };
}

function actsOf(only: NonNullable<ChaosOptions['only']>): ReadonlySet<ActKind> {
  return new Set(ACT_KINDS.filter((kind) => only.has(kind)));
}

/** Waits for the last POSTs of a list, holds their answers up, and does something just then. */
async function actAtEnd(
  { ground, witness, surroundings }: Run,
  p: {
    readonly list: LoadedList;
    readonly actor: Actor;
    readonly journal: Journal;
    readonly ends: ReturnType<typeof drawEnds>;
  },
): Promise<void> {
  const { id } = p.list;
  const act = p.ends.next().value;
  await untilFew({ witness, id, open: END.slowBelow, ms: END.waitMs });
  await ground.server.slowDown({ times: END.slowBelow, ms: END.slowMs });
  await untilFew({ witness, id, open: END.actBelow, ms: END.slowMs });
  surroundings.signal.throwIfAborted();
  // Whatever was begun before comes to its end first: there may be one act of its kind at a time.
  let begun = p.actor.begin(act);
  if (!begun) {
    await p.actor.settled();
    begun = p.actor.begin(act);
  }
  if (begun) await p.journal.note(act, ' at the end of a list');
  await p.actor.settled();
  await untilFew({ witness, id, open: 1, ms: END.waitMs / 2 });
}
