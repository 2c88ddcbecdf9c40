/** Everything the rules look at, in one object; a reset makes a new one from the same profile. */
import { given } from '../core/given.ts';
import { createClock, type SimClock } from './clock.ts';
import { FaultBook } from './faults.ts';
import { mayAsk, PairBook } from './pair-book.ts';
import { PairRates } from './pair-rate.ts';
import { PeopleBook } from './people.ts';
import { createRandom, type Random } from './prng.ts';
import type { SimulatorProfile } from './profile.ts';
import { RequestLog } from './record.ts';
import { type RecordFile, readRecordFile } from './record-file.ts';
import { Schedule } from './schedule.ts';
import { createSender, type Sender } from './senders.ts';
import { TemplateStore } from './template-store.ts';
import { TokenBook } from './tokens.ts';
import { Webhooks } from './webhooks/webhooks.ts';

/** The simulated Graph as it stands now. */
export interface World {
  readonly profile: SimulatorProfile;
  readonly clock: SimClock;
  readonly latencyRandom: Random;
  readonly senders: ReadonlyMap<string, Sender>;
  readonly tokens: TokenBook;
  readonly people: PeopleBook;
  readonly pairs: PairBook;
  readonly pairRates: PairRates;
  readonly templates: TemplateStore;
  readonly faults: FaultBook;
  readonly schedule: Schedule;
  readonly log: RequestLog;
  readonly webhooks: Webhooks;
  /** Requests so far on the routes that are not `/messages`, for `nth` of their faults. */
  readonly otherRequests: { management: number; call_permissions: number };
}

/** Builds the world of a profile; what stands in its record file has happened already. */
export function createWorld(
  profile: SimulatorProfile,
  file: RecordFile | undefined,
  clock: SimClock = createClock(),
): World {
  const now = clock.now();
  const senders = new Map<string, Sender>();
  const tokens = new TokenBook();
  for (const profiled of profile.senders) {
    senders.set(profiled.phoneNumberId, createSender(profiled, profile, now));
    for (const token of profiled.tokens) {
      const { scopes, expiresInMs } = { scopes: undefined, expiresInMs: undefined, ...token };
      tokens.add(token.value, profiled.phoneNumberId, {
        ...given({ scopes, expiresAt: expiresInMs === undefined ? undefined : now + expiresInMs }),
      });
    }
  }
  const people = new PeopleBook(profile, clock);
  const world: World = {
    profile,
    clock,
    // Streams of their own: a fault that draws does not shift the latencies of the run.
    latencyRandom: createRandom(profile.seed),
    faults: new FaultBook(profile.seed + 1, profile.faults),
    senders,
    tokens,
    people,
    pairs: new PairBook(),
    pairRates: new PairRates(profile.pairRate),
    templates: new TemplateStore(profile, clock),
    schedule: new Schedule(profile.schedule),
    log: new RequestLog(profile.recordLimit, file),
    webhooks: new Webhooks(profile, clock, people),
    otherRequests: { management: 0, call_permissions: 0 },
  };
  seedPairs(world);
  restoreRecords(world);
  return world;
}

function seedPairs({ profile, people, pairs, senders, clock }: World): void {
  for (const { number, askedAgoMs } of profile.people) {
    if (number === undefined) continue;
    for (const agoMs of askedAgoMs) {
      for (const id of senders.keys()) pairs.ask(id, people.waId(number), clock.now() - agoMs);
    }
  }
}

function restoreRecords({ profile, pairs, senders, log }: World): void {
  if (profile.recordFile === undefined) return;
  for (const record of readRecordFile(profile.recordFile)) {
    const sender = senders.get(record.phoneNumberId);
    let overAllowance = false;
    if (record.outcome === 'accepted' && record.waId !== null && sender !== undefined) {
      const at = Date.parse(record.at);
      const usages = pairs.usages(sender.phoneNumberId, record.waId, sender.pairLimit, at);
      overAllowance = !mayAsk(usages);
      pairs.ask(sender.phoneNumberId, record.waId, at);
    }
    log.restore(record, overAllowance);
  }
}
