/**
 * A list that comes by itself: a campaign is made that waits for it, and then the list is handed over to that
 * campaign. What is said of the campaign is said first, what is said of the list with the list.
 */
import type { CampaignSummary } from '../core/campaign.ts';
import { given } from '../core/given.ts';
import type { ListSource } from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { sayBudgets } from './budget.ts';
import { readingRules, readTerms } from './campaign-terms.ts';
import { startCampaign } from './control.ts';
import { fitTemplates } from './fit-templates.ts';
import { type HandedOver, specOf } from './hand-over.ts';
import type { CampaignOptions, ListOptions } from './hand-over-options.ts';
import { ensureSenders, type HandOverTarget, senderFor, sendersFor } from './hand-over-target.ts';
import { lookAtNumber } from './look-at-number.ts';
import { judged, type Refusal, takeList } from './take-list.ts';
import { anotherIsIn, columnsProblem, columnsToIgnore, GONE } from './waiting-columns.ts';

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
  await sayBudgets({ senders: ledger.senders, configs: senders.value, limits });
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
  try {
    const done = await handedOver(target, p);
    return done.ok ? done : err({ refusedLines: [], ...done.error });
  } finally {
    await p.list.close();
  }
}

async function handedOver(
  target: HandOverTarget,
  p: Parameters<typeof handOverTo>[1],
): Promise<Result<HandedOver, Problem | Refusal>> {
  const { campaign, options } = p;
  const rules = readingRules(options, target.config.defaultCountry);
  const { ignoreColumns, ...others } = rules;
  const isAll = ignoreColumns === 'all';
  const head = await p.list.look(isAll ? others : rules);
  if (!head.ok) return head;
  const ignored = isAll ? columnsToIgnore(campaign, head.value.columns) : ignoreColumns;
  const columns = head.value.columns.filter((column) => !isAll || !ignored?.includes(column));
  const misfit = columnsProblem(campaign, columns);
  if (misfit !== undefined) return err(misfit);
  const ledger = await target.ledger();
  const senders = campaign.senderIds.flatMap((id) => {
    const sender = senderFor(target.config, id);
    return sender.ok ? [sender.value] : [];
  });
  const loaded = await takeList(
    { ledger, ...given({ clock: target.clock }) },
    {
      ...{ list: p.list, options, into: campaign, rules },
      // One that the settings do not know any more keeps its people: shared out evenly then.
      senders: senders.length === campaign.senderIds.length ? senders : [],
      reading: {
        ...others,
        ...given({
          ignoreColumns: ignored,
          zones: campaign.quietHours === undefined ? undefined : true,
        }),
        headerParameters: campaign.headerParameters,
      },
    },
  );
  if (!loaded.ok) {
    const stands = await ledger.campaigns.get(campaign.id);
    const { refusedLines } = loaded.error;
    if (loaded.error.code === 'IDEMPOTENCY_MISMATCH')
      return err({ ...anotherIsIn(campaign.id, stands?.state ?? campaign.state), refusedLines });
    if (stands !== undefined || loaded.error.code === 'LIST_AGAIN') return loaded;
    return err({ ...loaded.error, next: GONE });
  }
  const done = { ...loaded.value, warnings: [], started: false };
  if (options.dryRun === true) {
    const limits = new Map<string, number | null>();
    for (const { phoneNumberId } of senders) {
      const meta = target.meta(phoneNumberId);
      const number = meta.ok ? await lookAtNumber(meta.value) : meta;
      if (number.ok && number.value.limit !== undefined)
        limits.set(phoneNumberId, number.value.limit);
    }
    return ok({ ...done, ...(await judged(ledger, done, { senders, limits })) });
  }
  if (done.state !== 'draft' || campaign.startWhenIn !== true) return ok(done);
  const started = await startCampaign({ ledger, config: target.config }, campaign.id);
  return started.ok ? ok({ ...done, state: started.value.state, started: true }) : started;
}
