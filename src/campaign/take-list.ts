/** An opened list into a campaign of the ledger: one that is made for it, or one that waits for it. */
import type { SenderConfig } from '../config/config.ts';
import { given } from '../core/given.ts';
import type { Forecast } from '../core/pace/forecast.ts';
import type { ListLine, RefusedLine } from '../core/people/recipient.ts';
import type { ListColumns, ListRules, NewCampaign, OpenList } from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';
import { registerBudgets } from './budget.ts';
import { ratesOf, readForecast } from './expected.ts';
import type { ListOptions } from './hand-over-options.ts';
import type { HandOverLedger } from './hand-over-target.ts';
import { keepRefused } from './keep-refused.ts';
import {
  type LoadedCampaign,
  type LoadProgress,
  type LoadTarget,
  loadCampaign,
  loadInto,
} from './load.ts';

/** Hears how a list is read. */
export interface ListListener {
  /** Another load has the campaign, and this one waits for it. */
  onWait?(): void;
  onProgress?(progress: LoadProgress): void;
  /** Looks at the lines on their way into the ledger. */
  through?(batches: AsyncIterable<readonly ListLine[]>): AsyncIterable<readonly ListLine[]>;
}

/** A list in the ledger; of a dry run, one that is out of it again. */
export interface TakenList extends LoadedCampaign {
  /** The first hundred lines that cannot be asked. */
  readonly refusedLines: readonly RefusedLine[];
}

/** What is said of a list whose refused lines are not all kept. */
export function unkeptWarning({ refused, unkept }: LoadProgress): readonly string[] {
  if (unkept === 0) return [];
  const { format } = new Intl.NumberFormat('en-US');
  return [
    `${format(refused)} lines of the list cannot be asked: all are counted, the first ${format(refused - unkept)} are kept with their reasons.`,
  ];
}

/** Why a list is not in, with the first hundred of its lines that cannot be asked. */
export type Refusal = Problem & { readonly refusedLines: readonly RefusedLine[] };

/** The same where no line was looked at, or none is to blame. */
export function refusal(error: Problem): Result<never, Refusal> {
  return err({ ...error, refusedLines: [] });
}

/** A list, and where it goes. */
export interface TakeList {
  readonly list: OpenList;
  /** As they were given: the same list by others is another list. */
  readonly rules: ListRules;
  readonly options: Pick<ListOptions, 'strict' | 'again' | 'dryRun'>;
  /** A campaign to be made, or one that waits for its list. */
  readonly into: NewCampaign & { readonly id?: string };
  readonly senders: readonly SenderConfig[];
  /** What fills the template, where that is known by the list alone. */
  readonly columns?: ListColumns | undefined;
  readonly listener?: ListListener;
  readonly signal?: AbortSignal;
}

/** Reads the list in. */
export async function takeList(
  target: LoadTarget,
  p: TakeList,
): Promise<Result<TakenList, Refusal>> {
  const { into, options, listener = {} } = p;
  const { list } = p;
  const refused = keepRefused(listener.through?.(list.batches) ?? list.batches);
  const { dryRun = false, again = false, strict = false } = options;
  const load = {
    list: { batches: refused.batches, sha256: () => list.sha256() },
    spec: into,
    rules: p.rules,
    columns: p.columns,
    shares: p.senders.map((s) => ({ id: s.phoneNumberId, weight: s.messagesPerSecond })),
    strict,
    dryRun: !dryRun ? undefined : into.id === undefined ? 'whole' : 'list',
    // A key that was used finds its campaign before this is looked at; a fresh one, which a page or a program may make for
    // each try, does not say that the list is meant once more. A single request is no list.
    unlessAsked: !again && !dryRun && into.single !== true,
    onWait: () => listener.onWait?.(),
    onProgress: (progress: LoadProgress) => listener.onProgress?.(progress),
    ...given({ signal: p.signal }),
  } as const;
  const loaded = await (into.id === undefined
    ? loadCampaign(target, load)
    : loadInto(target, { ...load, campaignId: into.id, created: true }));
  return loaded.ok
    ? ok({ ...loaded.value, refusedLines: refused.first })
    : err({ ...loaded.error, refusedLines: refused.first });
}

/** What a list that is held by a dry run would come to; it is taken back, however that ends. */
export async function judged(
  ledger: HandOverLedger,
  taken: TakenList,
  p: {
    readonly senders: readonly SenderConfig[];
    /** All senders of the settings. */
    readonly configs: readonly SenderConfig[];
    readonly limits: ReadonlyMap<string, number | null>;
  },
): Promise<{ readonly forecast: Forecast }> {
  try {
    const { senders, configs, limits } = p;
    const senderIds = senders.map((s) => s.phoneNumberId);
    await registerBudgets({ senders: ledger.senders, senderIds, configs, limits });
    return { forecast: await readForecast(ledger.campaigns, taken.id, ratesOf(p.senders)) };
  } finally {
    await taken.takeBack();
  }
}
