/**
 * A list is handed over: the one way in, for the command line, HTTP, the Node client and single requests. The
 * cheap and the likeliest to fail comes first: options, list, template; only then is the ledger opened, so that
 * a wrong name is told in a second and without a trace. Nothing is sent from here; senders do that.
 */
import type { SenderConfig } from '../config/config.ts';
import { given } from '../core/given.ts';
import type { Recipient } from '../core/people/recipient.ts';
import type { ListRules, ListSource, NewCampaign, OpenList } from '../core/ports/index.ts';
import { ok, type Result } from '../core/result.ts';
import { registerBudgets } from './budget.ts';
import { readingRules, readTerms } from './campaign-terms.ts';
import { startCampaign } from './control.ts';
import { type Expected, expectedOf, ratesOf } from './expected.ts';
import { type Fit, fitTemplates } from './fit-templates.ts';
import { handOverAtOnce } from './hand-over-one.ts';
import type { HandOverOptions } from './hand-over-options.ts';
import {
  ensureSenders,
  type HandOverLedger,
  type HandOverTarget,
  sendersFor,
} from './hand-over-target.ts';
import { listDigest } from './list-digest.ts';
import { LIST_CHECKS, wrongOption } from './option-checks.ts';
import {
  judged,
  type ListListener,
  type Refusal,
  refusal,
  type TakenList,
  takeList,
  unkeptWarning,
} from './take-list.ts';

/** A list, and all that is said of it. */
export interface HandOver {
  readonly options: HandOverOptions;
  readonly list: ListSource;
  /** Hex, of the body that the list came in: the key is bound to it before a line is read. */
  readonly bodySha256?: string;
  /** One person, now: ahead of every list, and without a forecast. */
  readonly single?: boolean;
  readonly listener?: HandOverListener;
  /** Ends the waiting for another load; the list itself is ended by its source. */
  readonly signal?: AbortSignal;
}

/** Hears what happens meanwhile. */
export interface HandOverListener extends ListListener {
  /** What was found that does not stop it: before the list is read, and after. */
  onWarning?(warning: string): void;
}

/** A list in the ledger. */
export interface HandedOver extends TakenList, Expected {
  readonly warnings: readonly string[];
  /** Whether it was started by this. */
  readonly started: boolean;
  /** Of one person who was taken at once: that one. */
  readonly recipient?: Recipient;
}

/** Hands a list over, and starts its campaign unless the options say otherwise or it runs already. */
export async function handOver(
  target: HandOverTarget,
  p: HandOver,
): Promise<Result<HandedOver, Refusal>> {
  const { options } = p;
  const wrong = wrongOption(options, LIST_CHECKS, ['template', 'language']);
  if (wrong !== undefined) return refusal(wrong);
  const terms = readTerms(options);
  if (!terms.ok) return refusal(terms.error);
  const senders = sendersFor(target, options.sender);
  if (!senders.ok) return refusal(senders.error);
  const rules = readingRules(options, target.config.defaultCountry);
  const opened = await p.list.open({
    ...rules,
    // Most are copied from what Meta, or our export, calls people.
    ...given({ numbers: rules.numbers ?? (p.single ? ('wa-id' as const) : undefined) }),
    ...given({ zones: terms.value.quietHours === undefined ? undefined : true }),
  });
  if (!opened.ok) return refusal(opened.error);
  const list = opened.value;
  try {
    const { template, language, skipPreflight } = options;
    const fit = await fitTemplates(target, {
      senders: senders.value,
      ...{ template, language, skipPreflight, columns: list.columns },
      ignoreExtra: options.ignoreColumns === 'all',
    });
    if (!fit.ok) return refusal(fit.error);
    const { bodyParameters, headerParameters, languages } = fit.value;
    list.fit({
      headerParameters,
      parameters: [...headerParameters, ...(bodyParameters ?? [])],
      ...given({ languages }),
    });
    for (const warning of fit.value.warnings) p.listener?.onWarning?.(warning);
    const spec: NewCampaign = {
      // A dry run leaves no trace: the key stays free for the real one.
      ...(options.dryRun ? without(terms.value, 'idempotencyKey') : terms.value),
      ...specOf(senders.value, template, fit.value),
      ...given({ single: p.single === true ? true : undefined, bodySha256: bodyOf(p, rules) }),
    };
    return await taken(target, p, { spec, list, rules, senders: senders.value, fit: fit.value });
  } finally {
    await list.close();
  }
}

/** What is known of a list before the ledger is opened. */
interface Prepared {
  readonly spec: NewCampaign;
  readonly list: OpenList;
  readonly rules: ListRules;
  readonly senders: readonly SenderConfig[];
  readonly fit: Fit;
}

async function taken(
  target: HandOverTarget,
  { options, listener, signal, single }: HandOver,
  { spec, list: opened, rules, senders, fit }: Prepared,
): Promise<Result<HandedOver, Refusal>> {
  const ledger = await target.ledger();
  await ensureSenders(ledger.senders, senders);
  const isAtOnce =
    single === true && options.start !== false && !options.dryRun && senders.length === 1;
  const one = isAtOnce ? await handOverAtOnce(ledger, { spec, list: opened, rules }) : undefined;
  const list = one?.list ?? opened;
  if (one?.made !== undefined)
    return ok({
      ...one.made,
      warnings: [...fit.warnings, ...saidOf(list, one.made, listener)],
      started: true,
    });
  const loaded = await takeList(
    { ledger, ...given({ clock: target.clock }) },
    { list, options, into: spec, rules, senders, ...given({ listener, signal }) },
  );
  if (!loaded.ok) return loaded;
  const { limits } = fit;
  const configs = target.config.senders;
  const warnings = [...fit.warnings, ...saidOf(list, loaded.value, listener)];
  const done = { ...loaded.value, warnings, started: false };
  if (options.dryRun)
    return ok({ ...done, ...(await judged(ledger, done, { senders, configs, limits })) });
  const senderIds = senders.map((s) => s.phoneNumberId);
  // Only for a forecast, which a single request has none of.
  if (!single) await registerBudgets({ senders: ledger.senders, senderIds, configs, limits });
  // Only a draft: a repeated call must not resume what a person has paused since.
  if (done.state !== 'draft') return ok(done);
  const expected = single ? {} : await expectedOf(ledger.campaigns, done.id, ratesOf(senders));
  if (options.start === false) return ok({ ...done, ...expected });
  return begun(target, ledger, { ...done, ...expected });
}

/** Starts what is in. */
export async function begun(
  { config }: HandOverTarget,
  ledger: HandOverLedger,
  done: HandedOver,
): Promise<Result<HandedOver, Refusal>> {
  const started = await startCampaign({ ledger, config }, done.id);
  return started.ok
    ? ok({ ...done, state: started.value.state, started: true })
    : refusal(started.error);
}

/** What is doubtful in a list that was read. */
export function saidOf(
  list: OpenList,
  read: TakenList,
  listener: HandOverListener = {},
): readonly string[] {
  const warnings = [...list.warnings(), ...unkeptWarning(read)];
  for (const warning of warnings) listener.onWarning?.(warning);
  return warnings;
}

/** Of a campaign's own making: who asks, and how the template is filled. */
export function specOf(senders: readonly SenderConfig[], template: string, fit: Fit) {
  const [senderId = '', ...others] = senders.map((s) => s.phoneNumberId);
  const { language, parameterFormat, headerParameters, bodyParameters } = fit;
  return {
    senderId,
    ...(others.length === 0 ? {} : { senderIds: [senderId, ...others] }),
    template,
    language,
    parameterFormat,
    headerParameters,
    bodyParameters,
  };
}

/** Of a list that is here as a whole: its key is bound to it before a line is written. */
function bodyOf({ bodySha256, list, options }: HandOver, rules: ListRules): string | undefined {
  if (bodySha256 !== undefined || options.idempotencyKey === undefined || options.dryRun)
    return bodySha256;
  return list.digest === undefined ? undefined : listDigest(list.digest(), rules);
}

function without<T extends object, K extends keyof T>(from: T, name: K): Omit<T, K> {
  const { [name]: _, ...others } = from;
  return others;
}
