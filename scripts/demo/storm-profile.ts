/**
 * The server of the storm: what goes wrong all the time. What changes at a certain message is in
 * `storm-acts.ts`, since the demo tells of it when it happens.
 */
import type { SimulatorProfileInput } from '../../src/simulator/index.ts';
import { GRANTED_ENDING, UNREACHABLE_ENDING } from '../chaos/list.ts';
import { TEMPLATE } from '../chaos/profile.ts';

/** `MESSAGES_PER_SECOND`, and what the server takes of it while nothing is the matter. */
export const STORM_RATE = 80;
/** A little over it, since this meter counts arrivals and not departures. */
const TOLERANCE = 0.1;

/** Short, so that those who get no answer do not hold up the demo. */
export const STORM_TIMEOUT_MS = 3_000;

/** The storm's world; the same seed: the same people refuse in every run. */
export const STORM_PROFILE: SimulatorProfileInput = {
  seed: 11,
  templates: [TEMPLATE],
  latency: { kind: 'lognormal', medianMs: 100, sigma: 0.5, maxMs: 900 },
  messagesPerSecond: STORM_RATE,
  rateTolerance: TOLERANCE,
  // This server judges by its book: a refused second POST would hide a first wrong one.
  pairLimit: { enforce: false },
  people: [{ pattern: `${GRANTED_ENDING}$`, permission: 'permanent' }],
  faults: [
    { toPattern: `${UNREACHABLE_ENDING}$`, effect: { kind: 'refuse', code: 131026 } },
    { every: 60, timesPerPerson: 1, effect: { kind: 'refuse', code: 131000 } },
    // Too many messages to this person in a short time: waits 1 s, then 4 s.
    { every: 250, timesPerPerson: 2, effect: { kind: 'refuse', code: 131056 } },
    { every: 400, effect: { kind: 'slow', ms: 2 * STORM_TIMEOUT_MS } },
    { every: 90, effect: { kind: 'slow', ms: STORM_TIMEOUT_MS / 3 } },
  ],
};
