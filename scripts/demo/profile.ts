/**
 * How unkind the demo's Graph API is: enough of everything that each row of the table of results is
 * more than zero, and little enough that a reader believes it. Its people answer within seconds instead of hours.
 */
import type { SimulatorProfileInput } from '../../src/simulator/index.ts';

/** What the demo's server signs its webhooks with. */
export const APP_SECRET = 'DEMO_APP_SECRET';

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
  webhooks: {
    appSecret: APP_SECRET,
    delayMs: { kind: 'lognormal', medianMs: 300, sigma: 0.6, maxMs: 2_000 },
    spreadMs: 1_500,
    batch: { max: 50, lingerMs: 50 },
    // What a receiver must get over: the same twice, the later first, a forged one, no phone number.
    doubles: 0.05,
    reorder: 0.05,
    beforeAnswer: 0.02,
    wrongSignature: 0.01,
    withheld: 0.1,
  },
  deliveries: { delivered: 0.95, read: 0.8, failed: { 131026: 0.02, 131049: 0.01 } },
  answers: {
    accept: 0.25,
    acceptForGood: 0.1,
    decline: 0.15,
    changeMind: 0.03,
    revoke: 0.02,
    callBack: 0.02,
    profileGrant: 0.01,
    changeNumber: 0.01,
    // A few change their minds or their number, so that three of these may come one after the other.
    afterMs: { kind: 'lognormal', medianMs: 2_000, sigma: 0.6, maxMs: 4_000 },
  },
};
