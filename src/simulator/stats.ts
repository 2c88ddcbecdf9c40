/** The figures of `/_sim/stats`, put together from the log and the senders' meters. */
import type { AskedTwice, PersonFigures } from './person-counter.ts';
import type { RateFigures } from './rate-meter.ts';
import type { Totals } from './record.ts';
import type { World } from './world.ts';

/** What `/_sim/stats` answers. */
export interface SimulatorStats extends Totals {
  /** Milliseconds since the simulator started. */
  readonly elapsedMs: number;
  readonly persons: number;
  /** Records no longer kept for `/_sim/requests`. */
  readonly recordsForgotten: number;
  readonly askedTwice: AskedTwice;
  /** Arrivals by sender (`phoneNumberId`). */
  readonly rate: Readonly<Record<string, RateFigures>>;
  /** By `wa_id`; left out when not asked for. */
  readonly people?: Readonly<Record<string, Readonly<PersonFigures>>>;
}

/** The figures as they stand; `people` is some 50 bytes of JSON a person. */
export function statsOf(world: World, people = true): SimulatorStats {
  const { log, senders, clock } = world;
  return {
    ...log.totals(),
    elapsedMs: clock.elapsedMs(),
    persons: log.people.size,
    recordsForgotten: log.forgotten,
    askedTwice: log.people.askedTwice(),
    rate: Object.fromEntries([...senders].map(([id, sender]) => [id, sender.meter.figures()])),
    ...(people ? { people: log.people.all() } : {}),
  };
}
