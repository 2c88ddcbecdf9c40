/** How each act is carried out against real processes, stores, wires and campaigns. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../../src/cli/run/exit-code.ts';
import type { Service } from './fleet.ts';
import type { Ground } from './ground.ts';
import type { LoadedList } from './load.ts';
import { ACTS, type Act, type ActGroup, type ActKind } from './plan.ts';
import { isPostgresTrouble, troublePostgres } from './trouble-postgres.ts';
import { isWireTrouble } from './wires.ts';
import type { Witness } from './witness.ts';

/** What acts are done to. */
export interface Field {
  readonly ground: Pick<Ground, 'run' | 'postgres' | 'redis' | 'wires'>;
  readonly senders: readonly Service[];
  readonly api: Service;
  /** None where no webhooks come. */
  readonly receivers: readonly Service[];
  readonly witness: Witness;
  /** The list that is worked on. */
  readonly current: () => LoadedList | undefined;
}

/** From and until when something was wrong, in ms of the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What the books need to know of the acts. */
export interface Deeds {
  /** Claims of processes that were killed or frozen, as `<request>.<fence>`, and when. */
  readonly inFlight: ReadonlyMap<string, number>;
  /** When the database was away or slow for some or all. */
  readonly outages: readonly Span[];
  /** By wa_id, when the opt-out had been written, in ms of the epoch. */
  readonly optedOut: ReadonlyMap<string, number>;
}

/** Carries acts out. */
export interface Actor {
  readonly deeds: Deeds;
  /** Begins an act; `false` when there is nothing it could hit just now. */
  begin(act: Act): boolean;
  /** Whether something was wrong within the last `ms`. */
  wasTroubled(ms: number): boolean;
  /** Resolves once nothing is down any more; rejects with what failed. */
  settled(): Promise<void>;
  /** Resolves once all claims that went down with a process are known. */
  counted(): Promise<void>;
}

/**
 * A look soon, for the claims of a frozen process that wakes early; and a later one, for a statement of
 * a killed process may still commit (more than a second later on a busy disk). Leases last longer. The last
 * look is for one that waited behind a connection that fell silent; nothing waits for it but the books.
 */
const LOOKS_MS = [500, 5_000] as const;
/** A connection that fell silent is replaced within 15 s, and what waited for it is done then. */
const SILENCE_MS = 20_000;
const COMMAND_TRIES = 20;

/** Makes an actor. */
export function createActor(field: Field): Actor {
  const { ground, witness } = field;
  const inFlight = new Map<string, number>();
  const outages: Span[] = [];
  const optedOut = new Map<string, number>();
  const under = new Map<Promise<void>, Act>();
  const failures: unknown[] = [];
  const lateLooks: Promise<void>[] = [];
  let troubledUntil = 0;

  function track(act: Act, work: Promise<unknown>): void {
    const { group } = ACTS[act.kind];
    const from = Date.now();
    const isOutage = group === 'postgres' || act.kind.endsWith('-postgres');
    const open = { from, to: Number.POSITIVE_INFINITY };
    if (isOutage) outages.push(open);
    const tracked = work
      .catch((error: unknown) => void failures.push(error))
      .then(() => {
        under.delete(tracked);
        open.to = Date.now() + (act.kind === 'silence-postgres' ? SILENCE_MS : 0);
        if (!isOfProcess(act.kind)) troubledUntil = Math.max(troubledUntil, open.to);
      });
    under.set(tracked, act);
  }
  const isUnder = (fits: (act: Act) => boolean) => [...under.values()].some(fits);
  const isGroupUnder = (group: ActGroup) => isUnder((act) => ACTS[act.kind].group === group);

  async function noteClaims(pid: number, at: number): Promise<void> {
    const look = async (ms: number) => {
      await sleep(ms);
      for (const ref of await witness.inFlight(pid, at))
        if (!inFlight.has(ref)) inFlight.set(ref, at);
    };
    for (const ms of LOOKS_MS) await look(ms);
    const late = look(SILENCE_MS).catch((error: unknown) => void failures.push(error));
    lateLooks.push(late);
  }

  async function outage(act: Act): Promise<void> {
    const { postgres, redis } = ground;
    if (act.kind === 'restart-postgres-fast') await postgres.end('SIGINT');
    else if (act.kind === 'restart-postgres-immediate') await postgres.end('SIGQUIT');
    else await (act.kind === 'kill-redis' ? redis : postgres)?.kill9();
    await sleep(act.forMs);
    await (act.kind === 'kill-redis' ? redis : postgres)?.restart();
  }

  /** Runs a command until the stores let it; gives its exit code. */
  async function command(...args: readonly string[]): Promise<number | null> {
    for (let attempt = 1; ; attempt += 1) {
      const { code } = await ground.run(args);
      if (code !== EXIT.unreachable || attempt === COMMAND_TRIES) return code;
    }
  }

  async function onCampaign({ kind, which, forMs }: Act, { id, list }: LoadedList): Promise<void> {
    if (kind === 'pause-campaign') {
      // One that has ended meanwhile cannot be paused, and one that has not must go on.
      if ((await command('campaign', 'pause', id)) === EXIT.wrong) return;
      await sleep(forMs);
      await command('campaign', 'resume', id);
    } else if (kind === 'retry-rejected') await command('campaign', 'retry', id);
    else {
      const people = list.filter((row) => row.kind === 'person');
      const person = people[Math.floor((0.5 + which / 2) * people.length)];
      if (person === undefined) return;
      // Until it is told, nobody knows whether it is written: the person may be skipped, or asked.
      optedOut.set(person.waId, Number.POSITIVE_INFINITY);
      const code = await command('suppress', 'add', person.to, '--reason', 'chaos');
      if (code === EXIT.done) optedOut.set(person.waId, Date.now());
    }
  }

  function squeeze(act: Act): boolean {
    const { redis } = ground;
    if (redis?.squeeze === undefined) return false;
    const policy = act.kind === 'evict-redis' ? 'allkeys-lru' : 'noeviction';
    const work = redis.squeeze(policy).then(() => sleep(act.forMs));
    track(
      act,
      work.then(() => redis.relax?.()),
    );
    return true;
  }

  function onReceiver(act: Act): boolean {
    const running = field.receivers.filter((receiver) => receiver.pid() !== undefined);
    const receiver = running[Math.floor(act.which * running.length)];
    if (receiver === undefined) return false;
    if (act.kind === 'kill-receiver') {
      receiver.kill9();
      return true;
    }
    if (isUnder(({ kind }) => kind === act.kind)) return false;
    track(act, act.kind === 'freeze-receiver' ? receiver.freeze(act.forMs) : receiver.stop());
    return true;
  }

  function onSender(act: Act): boolean {
    const running = field.senders.filter((sender) => sender.pid() !== undefined);
    const sender = running[Math.floor(act.which * running.length)];
    const pid = sender?.pid();
    if (sender === undefined || pid === undefined) return false;
    if (act.kind === 'kill-sender') {
      sender.kill9();
      track(act, noteClaims(pid, Date.now()));
    } else if (isUnder(({ kind }) => kind === act.kind)) {
      return false;
    } else if (act.kind === 'freeze-sender') {
      track(act, Promise.all([sender.freeze(act.forMs), noteClaims(pid, Date.now())]));
    } else {
      track(act, sender.stop());
    }
    return true;
  }

  function begin(act: Act): boolean {
    const { kind } = act;
    const { group } = ACTS[kind];
    if (group === 'sender') return onSender(act);
    if (group === 'receiver') return onReceiver(act);
    if (group === 'api') {
      if (field.api.pid() === undefined) return false;
      field.api.kill9();
      return true;
    }
    if (isGroupUnder(group)) return false;
    if (group === 'wire') {
      if (!isWireTrouble(kind)) return false;
      track(
        act,
        ground.wires.trouble(kind, () => sleep(act.forMs)),
      );
      return true;
    }
    if (group === 'queue') {
      if (isGroupUnder('redis')) return false;
      track(act, ground.redis?.flush() ?? witness.wipeQueue());
      return true;
    }
    if (group === 'campaign') {
      const current = field.current();
      if (current === undefined) return false;
      track(act, onCampaign(act, current));
      return true;
    }
    if (kind === 'evict-redis' || kind === 'fill-redis') return squeeze(act);
    if (kind === 'kill-redis' && ground.redis === undefined) return false;
    track(
      act,
      isPostgresTrouble(kind) ? troublePostgres(ground.postgres, { ...act, kind }) : outage(act),
    );
    return true;
  }

  return {
    deeds: { inFlight, outages, optedOut },
    begin,
    wasTroubled: (ms) =>
      isUnder(({ kind }) => !isOfProcess(kind)) || Date.now() - troubledUntil < ms,
    async settled() {
      await Promise.all(under.keys());
      if (failures.length > 0) throw failures[0];
    },
    async counted() {
      await Promise.all(lateLooks);
      if (failures.length > 0) throw failures[0];
    },
  };
}

function isOfProcess(kind: ActKind): boolean {
  const { group } = ACTS[kind];
  return group === 'sender' || group === 'api' || group === 'receiver';
}

/** Counts of acts, all at nought. */
export function noActs(): Record<ActKind, number> {
  return Object.fromEntries(Object.keys(ACTS).map((kind) => [kind, 0])) as Record<ActKind, number>;
}
