/** The server: loss before and after acceptance, refusals, slowness. About 1.5 % of the POSTs. */
import type { SimulatorProfileInput } from '../../src/simulator/index.ts';
import { GRANTED_ENDING, UNREACHABLE_ENDING } from './list.ts';

/** The template every list is sent with: one positional variable. */
export const TEMPLATE = { name: 'sample_cpr_template', language: 'en' } as const;

/**
 * `REQUEST_TIMEOUT_MS` of the senders: short, since a lease is this and 15 s, and ten times the
 * slowest ordinary answer.
 */
export const REQUEST_TIMEOUT_MS = 2_500;

/** Makes the profile of a run. */
export function chaosProfile(seed: number): SimulatorProfileInput {
  return {
    seed,
    templates: [TEMPLATE],
    latency: { kind: 'uniform', minMs: 20, maxMs: 150 },
    // No limit of its own: this server judges by its book. A refused second POST would hide a first
    // wrong one, so the pair limit is not enforced either; the usage it shows counts all the same.
    messagesPerSecond: 10_000,
    pairLimit: { enforce: false },
    people: [{ pattern: `${GRANTED_ENDING}$`, permission: 'permanent' }],
    faults: [
      { toPattern: `${UNREACHABLE_ENDING}$`, effect: { kind: 'refuse', code: 131026 } },
      { probability: 0.004, effect: { kind: 'refuse', code: 131000 } },
      { every: 2_500, effect: { kind: 'refuse', code: 130429 } },
      { probability: 0.002, effect: { kind: 'accept-and-never-answer' } },
      { probability: 0.002, effect: { kind: 'accept-and-reset' } },
      { probability: 0.002, effect: { kind: 'drop-before-accept' } },
      { probability: 0.001, effect: { kind: 'drop-and-never-answer' } },
      { probability: 0.001, effect: { kind: 'html', status: 502, accepted: true } },
      { probability: 0.001, effect: { kind: 'html', status: 502, accepted: false } },
      { probability: 0.001, effect: { kind: 'no-body', status: 500, accepted: true } },
      { probability: 0.001, effect: { kind: 'truncated-json', cut: true } },
      { probability: 0.001, effect: { kind: 'slow', ms: 2 * REQUEST_TIMEOUT_MS } },
      { probability: 0.004, effect: { kind: 'slow', ms: REQUEST_TIMEOUT_MS / 3 } },
    ],
  };
}
