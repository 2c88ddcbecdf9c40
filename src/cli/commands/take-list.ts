/**
 * From a file's name to a campaign in the ledger, for `send` and `enqueue` alike. The cheap and the
 * likeliest to fail comes first: settings, file, template; only then are database and queue opened,
 * so that a wrong name is told in a second and without a trace.
 */

import { sayBudgets } from '../../campaign/budget.ts';
import { type LoadedCampaign, loadCampaign } from '../../campaign/load.ts';
import type { TemplateFit } from '../../campaign/preflight.ts';
import type { SenderConfig } from '../../config/config.ts';
import { requireSender } from '../../config/require.ts';
import type { CampaignSpec } from '../../core/campaign.ts';
import { spelledLanguage } from '../../core/template/languages.ts';
import { ensureSender } from '../../submit.ts';
import type { OpenList } from '../../wiring.ts';
import { type App, openApp, openListFile } from '../../wiring.ts';
import type { ListOptions } from '../options/list-options.ts';
import type { Cli } from '../run/cli.ts';
import { thrown, unwrap } from '../run/failure.ts';
import { orStopped } from '../run/shutdown.ts';
import { keepHeapSmall } from '../run/small-heap.ts';
import { readingProgress } from '../screen/progress.ts';
import { type RefusedTap, refusedTable, refusedTap } from '../screen/refused.ts';
import { count } from '../screen/table.ts';
import { fitTemplates } from './fit-templates.ts';

/** A list in the ledger, and the ledger still open. */
export interface Taken {
  readonly app: App;
  readonly campaign: LoadedCampaign;
  readonly refused: RefusedTap;
  /** Messages a second of each of its senders, as they are set here. */
  readonly rates: ReadonlyMap<string, number>;
}

/**
 * Reads the list at `path` (`-`: standard input) into a campaign. Throws problems; whatever it
 * opened is closed then. The caller closes `app`.
 */
export async function takeList(
  cli: Cli,
  p: {
    readonly path: string;
    readonly options: ListOptions;
    readonly queue: 'needed' | 'none';
    readonly name: string;
    readonly signal: AbortSignal;
  },
): Promise<Taken> {
  const { options } = p;
  keepHeapSmall();
  const config = cli.config();
  const log = cli.log(p.name);
  const senders = (options.sender ?? [undefined]).map((id) => unwrap(requireSender(config, id)));
  const country = options.defaultCountry ?? config.defaultCountry;
  const list = unwrap(
    await openListFile(p.path, {
      ...(country === undefined ? {} : { defaultCountry: country }),
      ...(options.format === undefined ? {} : { format: options.format }),
      ...(options.quietHours === undefined ? {} : { zones: true }),
      ...pick(options, ['numbers', 'map', 'ignoreColumns']),
      signal: p.signal,
    }),
  );
  const fit = await orClose(list, () =>
    fitTemplates(cli, { senders, options, columns: list.columns }),
  );
  list.fit({
    headerParameters: fit.headerParameters,
    ...(fit.bodyParameters === null
      ? {}
      : { parameters: [...fit.headerParameters, ...fit.bodyParameters] }),
    ...(fit.languages === undefined ? {} : { languages: fit.languages }),
  });
  for (const warning of fit.warnings) {
    cli.terminal.say(`${cli.terminal.paint('yellow', 'warning:')} ${warning}`);
  }
  const app = await orClose(list, async () =>
    unwrap(await orStopped(openApp(config, log, { queue: p.queue }), p.signal)),
  );
  const refused = refusedTap(options.refused);
  const progress = readingProgress(cli.terminal);
  try {
    const loaded = await loadCampaign(app, {
      list: { ...list, batches: refused.batches(list.batches, p.signal) },
      spec: specOf(senders, options, fit),
      shares: senders.map((s) => ({ id: s.phoneNumberId, weight: s.messagesPerSecond })),
      ...(options.strict ? { strict: true } : {}),
      ...(options.dryRun ? { dryRun: true } : {}),
      defaultCountry: country,
      signal: p.signal,
      onWait: () =>
        cli.terminal.say('Another command reads a list into this campaign; waiting up to 30 s.'),
      onProgress: progress.update,
    });
    progress.stop();
    await refused.close();
    for (const { message } of list.warnings()) {
      cli.terminal.say(`${cli.terminal.paint('yellow', 'warning:')} ${message}`);
    }
    if (!loaded.ok) {
      sayRefused(cli, refused);
      throw thrown(loaded.error);
    }
    for (const sender of senders) await ensureSender(app, sender);
    await sayBudgets({ senders: app.ledger.senders, configs: senders, limits: fit.limits });
    return { app, campaign: loaded.value, refused, rates: ratesOf(senders) };
  } catch (error) {
    progress.stop();
    await app.close();
    throw error;
  }
}

/** Shows the first refused lines, if there were any. */
export function sayRefused(cli: Cli, refused: Pick<RefusedTap, 'first' | 'total'>): void {
  if (refused.total === 0) return;
  const { first, total } = refused;
  const rest = total > first.length ? ` (the first ${first.length} of ${count(total)})` : '';
  cli.terminal.sayLines(`\nRefused lines${rest}:\n${refusedTable(first)}\n`);
}

/** An open file would keep a failed command from ending. */
async function orClose<T>(list: OpenList, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await list.close();
    throw error;
  }
}

function ratesOf(senders: readonly SenderConfig[]): ReadonlyMap<string, number> {
  return new Map(senders.map((s) => [s.phoneNumberId, s.messagesPerSecond]));
}

function specOf(
  senders: readonly SenderConfig[],
  options: ListOptions,
  fit: TemplateFit,
): CampaignSpec {
  const [senderId = '', ...others] = new Set(senders.map((s) => s.phoneNumberId));
  return {
    senderId,
    ...(others.length === 0 ? {} : { senderIds: [senderId, ...others] }),
    template: options.template,
    language: fit.language ?? spelledLanguage(options.language),
    parameterFormat: fit.parameterFormat,
    headerParameters: fit.headerParameters,
    bodyParameters: fit.bodyParameters,
    // A dry run leaves no trace: the key stays free for the real one.
    ...(options.idempotencyKey === undefined || options.dryRun
      ? {}
      : { idempotencyKey: options.idempotencyKey }),
    ...pick(options, [
      'maxErrors',
      'onPairLimit',
      'includeGranted',
      'includeDeclined',
      'weight',
      'startAt',
      'expireAt',
      'quietHours',
    ]),
  };
}

/** Those of the fields that are there. */
function pick<T extends object, K extends keyof T>(
  from: T,
  keys: readonly K[],
): { [P in K]?: Exclude<T[P], undefined> } {
  const entries = keys.map((key) => [key, from[key]]).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [P in K]?: Exclude<T[P], undefined> };
}
