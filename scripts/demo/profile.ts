/**
 * How unkind the demo's Graph API is: enough of everything that each row of the table of results is
 * more than zero, and little enough that a reader believes it.
 */
import type { SimulatorProfileInput } from '../../src/simulator/index.ts';

/** The demo's world. The same seed: the same people refuse in every run. */
export const DEMO_PROFILE: SimulatorProfileInput = {
  seed: 7,
  latency: { kind: 'lognormal', medianMs: 120, sigma: 0.5, maxMs: 900 },
  // A little over the 80 we send at, since this meter counts arrivals and not departures.
  messagesPerSecond: 80,
  rateTolerance: 0.1,
  // So many have no WhatsApp (131026), or said yes to calls long ago (138017).
  shares: { notOnWhatsApp: 0.02, permanent: 0.01 },
  faults: [
    // Taken or not, and never a readable answer: these must end as uncertain, never asked twice.
    { nth: [90, 410], effect: { kind: 'accept-and-never-answer' } },
    { nth: [230], effect: { kind: 'drop-and-never-answer' } },
    { nth: [310, 640], effect: { kind: 'html', status: 502, accepted: true } },
    { nth: [520], effect: { kind: 'accept-and-reset' } },
    { nth: [710], effect: { kind: 'truncated-json' } },
    // "Something went wrong", which the second attempt gets over (131000).
    { every: 60, timesPerPerson: 1, effect: { kind: 'refuse', code: 131000 } },
  ],
};
