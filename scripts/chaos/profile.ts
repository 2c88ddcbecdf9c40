/**
 * The server: loss before and after acceptance, refusals, slowness, answers that poison and answers to
 * somebody else. About 2.5 % of the POSTs.
 */
import { SIMULATOR_DEFAULTS, type SimulatorProfileInput } from '../../src/simulator/index.ts';
import { GRANTED_ENDING, moversAmong, UNREACHABLE_ENDING } from './list.ts';

/** The template every list is sent with: one positional variable. */
export const TEMPLATE = { name: 'sample_cpr_template', language: 'en' } as const;

/**
 * `REQUEST_TIMEOUT_MS` of the senders: short, since a lease is this and 15 s, and ten times the
 * slowest ordinary answer.
 */
export const REQUEST_TIMEOUT_MS = 2_500;

/** What may be odd all the time, beside what is done. */
export const CONDITIONS = ['poison', 'foreign-answers', 'full-log', 'troubled-lists'] as const;

/** One of {@link CONDITIONS}. */
export type Condition = (typeof CONDITIONS)[number];

/** One phone number with its token. */
export interface PhoneNumber {
  readonly phoneNumberId: string;
  readonly token: string;
}

/** The phone numbers of a run; each has a token of its own, so that none can send for another. */
export function makeNumbers(count: number): readonly PhoneNumber[] {
  return Array.from({ length: count }, (_, i) => ({
    phoneNumberId: String(FIRST_NUMBER_ID + BigInt(i)),
    token: `CHAOS_TOKEN_${i + 1}`,
  }));
}

/** The simulator's own default, so that its settings name the first one. */
const FIRST_NUMBER_ID = BigInt(SIMULATOR_DEFAULTS.phoneNumberId);

type Fault = NonNullable<SimulatorProfileInput['faults']>[number];

/** Texts and codes that Postgres refuses; they colour whatever answer is given. */
const POISON: readonly Fault[] = [
  { probability: 0.003, effect: { kind: 'poison', fields: ['id', 'message_status', 'wa_id'] } },
  {
    toPattern: `${UNREACHABLE_ENDING}$`,
    probability: 0.3,
    effect: { kind: 'poison', fields: ['message', 'details'] },
  },
  {
    toPattern: `${UNREACHABLE_ENDING}$`,
    probability: 0.05,
    effect: { kind: 'poison', fields: ['code'] },
  },
];

/** Answers to somebody else, and second ones on a connection that is kept. */
const MISMATCHED: readonly Fault[] = [
  { probability: 0.001, effect: { kind: 'foreign-answer' } },
  { probability: 0.0005, effect: { kind: 'foreign-answer', accepted: false } },
  { probability: 0.0005, effect: { kind: 'second-answer', afterMs: 0 } },
  { probability: 0.001, effect: { kind: 'second-answer', afterMs: 40 } },
];

/** What webhooks are signed with. */
export const APP_SECRET = 'a secret of the chaos';
/** Share of statuses that name the request they are of. */
export const OPAQUE = 0.9;

/** All that people do and all that webhooks may suffer, but what no receiver may take: the ledger would not know it. */
function talking({ url, people }: { readonly url: string; readonly people: number }) {
  return {
    webhooks: {
      url,
      appSecret: APP_SECRET,
      delayMs: { kind: 'uniform', minMs: 0, maxMs: 300 },
      spreadMs: 500,
      doubles: 0.1,
      reorder: 0.2,
      batch: { max: 20, lingerMs: 50 },
      brokenParts: 0.05,
      unknownParts: 0.05,
      strangePosts: 0.05,
      wrongSignature: 0.05,
      beforeAnswer: 0.1,
      withheld: 0.2,
      parentUserIds: true,
      expiry: 'mixed',
      bare: 0.2,
      opaque: OPAQUE,
      // What was refused comes again within the run; a frozen receiver is given up before it wakes.
      retryMs: 200,
      retryMostMs: 3_000,
      timeoutMs: 3_000,
    },
    deliveries: {
      delivered: 0.9,
      read: 0.5,
      readOnly: 0.2,
      failed: { 131049: 0.03, 131026: 0.03 },
      deliveredAndFailed: 0.05,
    },
    answers: {
      accept: 0.25,
      acceptForGood: 0.1,
      decline: 0.1,
      changeMind: 0.1,
      revoke: 0.08,
      callBack: 0.08,
      profileGrant: 0.05,
      afterMs: { kind: 'uniform', minMs: 0, maxMs: 2_000 },
    },
    people: [...moversAmong(people)],
  } as const satisfies SimulatorProfileInput;
}

/** Makes the profile of a run. */
export function chaosProfile(p: {
  readonly seed: number;
  readonly numbers: readonly PhoneNumber[];
  readonly has: (condition: Condition) => boolean;
  /** Where webhooks go, and how many people there are; absent: nothing comes back. */
  readonly webhooks?: { readonly url: string; readonly people: number };
}): SimulatorProfileInput {
  const { people = [], ...more } = p.webhooks === undefined ? {} : talking(p.webhooks);
  return {
    ...more,
    seed: p.seed,
    senders: p.numbers.map(({ phoneNumberId, token }) => ({ phoneNumberId, tokens: [token] })),
    templates: [TEMPLATE],
    latency: { kind: 'uniform', minMs: 20, maxMs: 150 },
    // No limit of its own: this server judges by its book. A refused second POST would hide a first
    // wrong one, so the pair limit is not enforced either; the usage it shows counts anyway.
    messagesPerSecond: 10_000,
    pairLimit: { enforce: false },
    people: [...people, { pattern: `${GRANTED_ENDING}$`, permission: 'permanent' }],
    faults: [
      ...(p.has('poison') ? POISON : []),
      ...(p.has('foreign-answers') ? MISMATCHED : []),
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
