/**
 * From an opened list to a campaign in the ledger, for the HTTP API and the Node client alike:
 * look at the template, load the list, start. Nothing is sent from here; senders do that.
 */
import { startCampaign } from './campaign/control.ts';
import { type LoadedCampaign, loadCampaign } from './campaign/load.ts';
import { fitWithoutPreflight, preflight, type TemplateFit } from './campaign/preflight.ts';
import type { Config, SenderConfig } from './config/config.ts';
import { requireSender } from './config/require.ts';
import type { ListLine, RefusedLine } from './core/people/recipient.ts';
import type { NewCampaign } from './core/ports/index.ts';
import type { Problem } from './core/problem.ts';
import { err, ok, type Result } from './core/result.ts';
import { spelledLanguage } from './core/template/languages.ts';
import type { App, OpenList } from './wiring.ts';

/** What a list is sent with. */
export interface Submission {
  readonly sender: SenderConfig;
  readonly template: string;
  readonly language: string;
  /** How the list fills the template; `fitTemplate` tells. */
  readonly fit: TemplateFit;
  readonly idempotencyKey?: string;
  /** Hex, of the list where it is here as a whole: the key is bound to it before a line is read. */
  readonly bodySha256?: string;
  /** What numbers without a country code are read by. */
  readonly defaultCountry?: string | undefined;
  /** Refuse the whole list for one bad line. */
  readonly strict?: boolean;
  /** `false` leaves the campaign as a draft. */
  readonly start?: boolean;
  /** One person, now: ahead of every list. */
  readonly single?: boolean;
  /** What happens to people who were asked too often lately; `wait` by default. */
  readonly onPairLimit?: 'wait' | 'skip';
  /** Ask people too whose permission still holds. */
  readonly includeGranted?: boolean;
  /** Ask people too who declined within the last seven days. */
  readonly includeDeclined?: boolean;
}

/** A list in the ledger. */
export interface Submitted extends LoadedCampaign {
  /** The first hundred lines that cannot be asked. */
  readonly refusedLines: readonly RefusedLine[];
}

/** Why a list is not in, with the first hundred of its lines that cannot be asked. */
export type Refusal = Problem & { readonly refusedLines: readonly RefusedLine[] };

/**
 * Asks Meta whether the template can be sent and which columns fill it.
 *
 * @param p.columns the list's; absent where the list comes later: then the template's own variables
 * @param p.skip says what follows from the columns alone
 */
export async function fitTemplate(
  app: Pick<App, 'graph'>,
  p: {
    readonly sender: SenderConfig;
    readonly template: string;
    readonly language: string;
    readonly columns?: readonly string[];
    readonly skip?: boolean;
  },
): Promise<Result<TemplateFit, Problem>> {
  if (p.skip) return ok(fitWithoutPreflight(p.columns ?? []));
  const graph = app.graph(p.sender.phoneNumberId);
  if (!graph.ok) return graph;
  const { template, language, columns } = p;
  const fit = await preflight(graph.value, { template, language, ...(columns ? { columns } : {}) });
  if (!fit.ok || columns || fit.value.parameterFormat === 'named') return fit;
  // `{{1}}` of a positional header is not the body's: a list fills it by the column `header`.
  return ok({ ...fit.value, headerParameters: fit.value.headerParameters.map(() => 'header') });
}

/** Loads a list and starts its campaign, unless another word was given or it runs already. */
export async function submit(
  app: App,
  list: OpenList,
  p: Submission,
): Promise<Result<Submitted, Refusal>> {
  const refused = keepRefused(list.batches);
  await ensureSender(app, p.sender);
  const loaded = await loadCampaign(app, {
    list: { ...list, batches: refused.batches },
    spec: specOf(p),
    defaultCountry: p.defaultCountry,
    ...(p.strict === undefined ? {} : { strict: p.strict }),
  });
  if (!loaded.ok) return err({ ...loaded.error, refusedLines: refused.first });
  const done = { ...loaded.value, refusedLines: refused.first };
  // Only a draft: a repeated request must not wake what a person has paused since.
  if (p.start === false || done.state !== 'draft') return ok(done);
  const started = await startCampaign(app, done.id);
  return started.ok
    ? ok({ ...done, state: started.value.state })
    : err({ ...started.error, refusedLines: [] });
}

/** The sender named, or the first one; its token is not asked for, since nothing is sent here. */
export function senderFor(config: Config, id: string | undefined): Result<SenderConfig, Problem> {
  const sender = config.senders.find((s) => id === undefined || s.phoneNumberId === id);
  return sender === undefined ? requireSender(config, id) : ok(sender);
}

/** Makes the sender known to the ledger, which refuses campaigns of unknown ones. */
export async function ensureSender(app: Pick<App, 'ledger'>, sender: SenderConfig): Promise<void> {
  const { phoneNumberId: senderId, businessAccountId, messagesPerSecond } = sender;
  await app.ledger.senders.ensure({
    senderId,
    messagesPerSecond,
    ...(businessAccountId === undefined ? {} : { businessAccountId }),
  });
}

/** What a campaign is made with. */
export function specOf(p: Submission): NewCampaign {
  return {
    senderId: p.sender.phoneNumberId,
    template: p.template,
    language: p.fit.language ?? spelledLanguage(p.language),
    parameterFormat: p.fit.parameterFormat,
    headerParameters: p.fit.headerParameters,
    bodyParameters: p.fit.bodyParameters,
    ...(p.idempotencyKey === undefined ? {} : { idempotencyKey: p.idempotencyKey }),
    ...(p.bodySha256 === undefined ? {} : { bodySha256: p.bodySha256 }),
    ...(p.single ? { single: true } : {}),
    ...(p.onPairLimit === undefined ? {} : { onPairLimit: p.onPairLimit }),
    ...(p.includeGranted ? { includeGranted: true } : {}),
    ...(p.includeDeclined ? { includeDeclined: true } : {}),
  };
}

/** As many refused lines as an answer shows; the ledger has all of them. */
const REFUSED_SHOWN = 100;

/** Passes lines on and keeps the first refused ones, also those of a list that is refused whole. */
export function keepRefused(source: AsyncIterable<readonly ListLine[]>): {
  readonly batches: AsyncIterable<readonly ListLine[]>;
  readonly first: readonly RefusedLine[];
} {
  const first: RefusedLine[] = [];
  async function* batches(): AsyncGenerator<readonly ListLine[], void> {
    for await (const batch of source) {
      for (const line of batch)
        if (line.kind === 'refused' && first.length < REFUSED_SHOWN) first.push(line.refused);
      yield batch;
    }
  }
  return { batches: batches(), first };
}
