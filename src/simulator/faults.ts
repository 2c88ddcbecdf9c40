/**
 * Rules that make single answers go wrong. A rule is several conditions that must all hold and one
 * effect; a rule that only colours the answer (slow, an odd id) lets later rules apply as well.
 */
import { z } from 'zod';
import { poisonSchema } from './poison.ts';
import { createRandom, type Random } from './prng.ts';
import { patternSchema, phoneSchema, spanSchema } from './schemas.ts';

const httpStatus = z.number().int().min(400).max(599);

/** What a fault does. `accepted` says whether the message was taken anyway. */
export const effectSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('refuse'),
    code: z.number().int(),
    httpStatus: httpStatus.optional(),
    message: z.string().optional(),
    details: z.string().optional(),
    subcode: z.number().int().optional(),
    isTransient: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('accept-and-never-answer') }),
  z.strictObject({ kind: z.literal('accept-and-reset') }),
  z.strictObject({ kind: z.literal('drop-before-accept') }),
  z.strictObject({ kind: z.literal('drop-and-never-answer') }),
  z.strictObject({
    kind: z.literal('html'),
    status: httpStatus.default(502),
    accepted: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal('no-body'),
    status: httpStatus.default(500),
    accepted: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('truncated-json'), cut: z.boolean().default(false) }),
  z.strictObject({ kind: z.literal('slow'), ms: spanSchema }),
  /** `message_status` of the answer; `null` leaves it out. */
  z.strictObject({ kind: z.literal('message-status'), status: z.string().nullable() }),
  z.strictObject({ kind: z.literal('id-without-prefix') }),
  z.strictObject({ kind: z.literal('no-wa-id') }),
  /** Texts and numbers that a database refuses, in the named fields of whatever is answered. */
  poisonSchema,
  /** An acceptance that names another person, with a message id of no message of ours. */
  z.strictObject({
    kind: z.literal('foreign-answer'),
    /** Who is named; absent: the number asked with another last digit. */
    to: phoneSchema.optional(),
    /** `false` leaves `contacts[].input` out, as some servers do. */
    input: z.boolean().default(true),
    accepted: z.boolean().default(true),
  }),
  /** The answer comes again on the same connection, or after it a refusal that nobody asked for. */
  z.strictObject({
    kind: z.literal('second-answer'),
    afterMs: spanSchema.default(0),
    /** Present: the second one is a refusal with this code. */
    code: z.number().int().optional(),
  }),
]);

/** What a fault does. */
export type FaultEffect = z.output<typeof effectSchema>;

/** One rule of the faults list. */
export const faultSchema = z.strictObject({
  /** Where it strikes; the other routes know only the effects that need no acceptance. */
  on: z.enum(['messages', 'management', 'call_permissions']).default('messages'),
  /** One number or several. */
  to: z.union([phoneSchema, z.array(phoneSchema)]).optional(),
  /** Matched against the digits of `to`. */
  toPattern: patternSchema.optional(),
  phoneNumberId: z.string().optional(),
  template: z.string().optional(),
  probability: z.number().min(0).max(1).optional(),
  /** Counts the POSTs to `/messages` (other routes: their own requests) since the start, from 1. */
  nth: z.array(z.number().int().min(1)).optional(),
  every: z.number().int().min(1).optional(),
  fromMs: spanSchema.optional(),
  untilMs: spanSchema.optional(),
  /** How often it strikes at most. */
  times: z.number().int().min(1).optional(),
  /** How often it strikes one person at most. */
  timesPerPerson: z.number().int().min(1).optional(),
  effect: effectSchema,
});

/** One rule, checked. */
export type FaultRule = z.output<typeof faultSchema>;

/** What a rule is matched against. */
export interface FaultContext {
  readonly on: FaultRule['on'];
  /** Digits; absent where the request named nobody. */
  readonly to?: string;
  readonly phoneNumberId?: string;
  readonly template?: string;
  /** Ordinal of the request on its kind of route, from 1. */
  readonly nth: number;
  readonly elapsedMs: number;
}

interface ArmedRule {
  readonly rule: FaultRule;
  readonly numbers: ReadonlySet<string> | undefined;
  readonly pattern: RegExp | undefined;
  struck: number;
  readonly struckPersons: Map<string, number>;
}

const COLOURING: ReadonlySet<FaultEffect['kind']> = new Set([
  'slow',
  'message-status',
  'id-without-prefix',
  'no-wa-id',
  'poison',
  'second-answer',
]);

/** The rules in force and how often each has struck. */
export class FaultBook {
  #rules: ArmedRule[] = [];
  readonly #random: Random;

  constructor(seed: number, rules: readonly FaultRule[]) {
    this.#random = createRandom(seed);
    this.set(rules);
  }

  /** Replaces the rules; their counts start over. */
  set(rules: readonly FaultRule[]): void {
    this.#rules = rules.map(arm);
  }

  /** Adds rules behind those in force. */
  add(rules: readonly FaultRule[]): void {
    this.#rules.push(...rules.map(arm));
  }

  get size(): number {
    return this.#rules.length;
  }

  /** The effects for one request, in the order of the rules, up to the first that decides it. */
  strike(context: FaultContext): readonly FaultEffect[] {
    if (this.#rules.length === 0) return [];
    const effects: FaultEffect[] = [];
    for (const armed of this.#rules) {
      if (!matches(armed, context, this.#random)) continue;
      armed.struck += 1;
      if (armed.rule.timesPerPerson !== undefined && context.to !== undefined) {
        armed.struckPersons.set(context.to, (armed.struckPersons.get(context.to) ?? 0) + 1);
      }
      effects.push(armed.rule.effect);
      if (!COLOURING.has(armed.rule.effect.kind)) break;
    }
    return effects;
  }
}

function arm(rule: FaultRule): ArmedRule {
  const numbers = rule.to === undefined ? undefined : new Set([rule.to].flat());
  const pattern = rule.toPattern === undefined ? undefined : new RegExp(rule.toPattern, 'u');
  return { rule, numbers, pattern, struck: 0, struckPersons: new Map() };
}

function matches(armed: ArmedRule, context: FaultContext, random: Random): boolean {
  const { rule } = armed;
  const to = context.to;
  if (rule.on !== context.on) return false;
  if (armed.numbers !== undefined && (to === undefined || !armed.numbers.has(to))) return false;
  if (armed.pattern !== undefined && (to === undefined || !armed.pattern.test(to))) return false;
  if (rule.phoneNumberId !== undefined && rule.phoneNumberId !== context.phoneNumberId)
    return false;
  if (rule.template !== undefined && rule.template !== context.template) return false;
  if (rule.nth !== undefined && !rule.nth.includes(context.nth)) return false;
  if (rule.every !== undefined && context.nth % rule.every !== 0) return false;
  if (rule.fromMs !== undefined && context.elapsedMs < rule.fromMs) return false;
  if (rule.untilMs !== undefined && context.elapsedMs >= rule.untilMs) return false;
  if (rule.times !== undefined && armed.struck >= rule.times) return false;
  if (rule.timesPerPerson !== undefined && to !== undefined) {
    if ((armed.struckPersons.get(to) ?? 0) >= rule.timesPerPerson) return false;
  }
  // Last, so that the stream of random numbers moves only for requests the rule is about.
  return rule.probability === undefined || random() < rule.probability;
}
