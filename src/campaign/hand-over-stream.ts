/**
 * A list that comes by itself: a campaign is made that waits for it, and then the list is handed over to that
 * campaign. What is said of the campaign is said first, what is said of the list with the list.
 */
import type { SenderConfig } from '../config/config.ts';
import type { CampaignSummary } from '../core/campaign.ts';
import { given } from '../core/given.ts';
import type { ListColumns, ListRules, ListSource, OpenList } from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { registerBudgets } from './budget.ts';
import { readingRules, readTerms } from './campaign-terms.ts';
import { fitTemplates } from './fit-templates.ts';
import { begun, type HandedOver, saidOf, specOf } from './hand-over.ts';
import type { CampaignOptions, ListOptions } from './hand-over-options.ts';
import { ensureSenders, type HandOverTarget, senderFor, sendersFor } from './hand-over-target.ts';
import { lookAtNumber } from './look-at-number.ts';
import { LIST_CHECKS, wrongOption } from './option-checks.ts';
import { judged, type Refusal, refusal, takeList } from './take-list.ts';
import {
  afterRefusal,
  anotherIsIn,
  columnsOf,
  columnsProblem,
  neededColumns,
} from './waiting-columns.ts';

/** A campaign that waits for its list. */
export interface WaitingCampaign {
  readonly id: string;
  /** `false` where the idempotency key was known. */
  readonly created: boolean;
  readonly warnings: readonly string[];
}

/** Makes a campaign that waits for its list, or finds the one that the same key and body made. */
export async function makeWaiting(
  target: HandOverTarget,
  p: {
    readonly options: CampaignOptions;
    readonly bodySha256: string;
    /** Of a template that is not looked at. */
    readonly parameterFormat?: 'positional' | 'named' | undefined;
  },
): Promise<Result<WaitingCampaign, Problem>> {
  const { template, language, skipPreflight, start } = p.options;
  const wrong = wrongOption(p.options, LIST_CHECKS, ['template', 'language']);
  if (wrong !== undefined) return err(wrong);
  const terms = readTerms(p.options);
  if (!terms.ok) return terms;
  const senders = sendersFor(target, p.options.sender);
  if (!senders.ok) return senders;
  const fit = await fitTemplates(target, {
    senders: senders.value,
    ...{ template, language, skipPreflight },
  });
  if (!fit.ok) return fit;
  // Without a look at the template and without a list, only the caller can tell the format.
  const unlooked =
    fit.value.languages === undefined
      ? { parameterFormat: p.parameterFormat ?? 'positional', bodyParameters: null }
      : {};
  const ledger = await target.ledger();
  await ensureSenders(ledger.senders, senders.value);
  const made = await ledger.campaigns.create({
    ...terms.value,
    ...specOf(senders.value, template, fit.value),
    ...unlooked,
    ...(start === true ? { startWhenIn: true } : {}),
    bodySha256: p.bodySha256,
  });
  if (!made.ok) return made;
  const { limits, warnings } = fit.value;
  await registerBudgets({
    senders: ledger.senders,
    senderIds: senders.value.map((s) => s.phoneNumberId),
    configs: target.config.senders,
    limits,
  });
  return ok({ id: made.value.campaign.id, created: made.value.created, warnings });
}

/**
 * Hands a list over to the campaign that waits for it. A list that is refused whole takes its campaign along,
 * but not where another list is in: that one was answered.
 */
export async function handOverTo(
  target: HandOverTarget,
  p: {
    readonly campaign: CampaignSummary;
    readonly list: ListSource;
    readonly options: ListOptions;
  },
): Promise<Result<HandedOver, Refusal>> {
  const { campaign, options } = p;
  const wrong = wrongOption(options, LIST_CHECKS);
  if (wrong !== undefined) return err({ ...wrong, refusedLines: [] });
  const rules = readingRules(options, target.config.defaultCountry);
  const zones = campaign.quietHours === undefined ? undefined : true;
  const opened = await p.list.open({ ...rules, ...given({ zones }) });
  if (!opened.ok) return refusal(opened.error);
  const list = opened.value;
  try {
    const isAll = options.ignoreColumns === 'all';
    const needed = neededColumns(campaign, list.columns);
    const misfit = columnsProblem(campaign, isAll ? needed : list.columns);
    if (misfit !== undefined) return refusal(misfit);
    const columns = columnsOf(campaign, needed);
    const { headerParameters } = columns ?? campaign;
    list.fit({ headerParameters, parameters: needed });
    return await taken(target, { campaign, list, options, rules, columns });
  } finally {
    await list.close();
  }
}

async function taken(
  target: HandOverTarget,
  p: {
    readonly campaign: CampaignSummary;
    readonly list: OpenList;
    readonly options: ListOptions;
    readonly rules: ListRules;
    readonly columns: ListColumns | undefined;
  },
): Promise<Result<HandedOver, Refusal>> {
  const { campaign, list, options, rules, columns } = p;
  const ledger = await target.ledger();
  const senders = campaign.senderIds.flatMap((id) => {
    const sender = senderFor(target.config, id);
    return sender.ok ? [sender.value] : [];
  });
  // Before the list: a dry run holds the campaign until it is judged, and Meta may take longer than a hold lasts.
  const limits = options.dryRun === true ? await limitsOf(target, senders) : undefined;
  const loaded = await takeList(
    { ledger, ...given({ clock: target.clock }) },
    {
      ...{ list, options, into: campaign, rules, columns },
      // One that the settings do not know any more keeps its people: shared out evenly then.
      senders: senders.length === campaign.senderIds.length ? senders : [],
    },
  );
  if (!loaded.ok) {
    const stands = await ledger.campaigns.get(campaign.id);
    const { refusedLines } = loaded.error;
    if (loaded.error.code === 'IDEMPOTENCY_MISMATCH')
      return err({ ...anotherIsIn(campaign.id, stands?.state ?? campaign.state), refusedLines });
    if (stands !== undefined) return loaded;
    return err({ ...loaded.error, next: afterRefusal(loaded.error.code) });
  }
  const done = { ...loaded.value, warnings: saidOf(list, loaded.value), started: false };
  if (limits !== undefined) {
    return ok({
      ...done,
      ...(await judged(ledger, done, { senders, configs: target.config.senders, limits })),
    });
  }
  if (done.state !== 'draft' || campaign.startWhenIn !== true) return ok(done);
  return begun(target, ledger, done);
}

/** People a day by sender, as Meta says; of one that cannot be asked nothing. */
async function limitsOf(
  target: HandOverTarget,
  senders: readonly SenderConfig[],
): Promise<ReadonlyMap<string, number | null>> {
  const limits = new Map<string, number | null>();
  for (const { phoneNumberId } of senders) {
    const meta = await target.meta(phoneNumberId);
    const number = meta.ok ? await lookAtNumber(meta.value) : meta;
    if (number.ok && number.value.limit !== undefined)
      limits.set(phoneNumberId, number.value.limit);
  }
  return limits;
}
