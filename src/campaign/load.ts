/**
 * A list into the ledger, in batches. What is asked is the list that was accepted in the end: one that
 * broke off leaves nothing that counts, since the next load removes it and begins at line 1; once a list
 * is in, another one writes nothing and the same one changes nothing.
 */
import { randomUUID } from 'node:crypto';
import type { CampaignState } from '../core/campaign.ts';
import { given } from '../core/given.ts';
import type { SenderShare } from '../core/pace/choose-sender.ts';
import type {
  CampaignStore,
  Clock,
  IntakeStore,
  ListColumns,
  ListRules,
  Loading,
  LoadingHold,
  NewCampaign,
  OpenList,
} from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { ProblemError, problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import { err, ok } from '../core/result.ts';
import { systemClock } from '../telemetry/clock.ts';
import { listDigest } from './list-digest.ts';
import { takeHold } from './loading-hold.ts';
import { type LoadProgress, readIn } from './read-in.ts';

export type { LoadProgress } from './read-in.ts';

/** What is read of an open list. */
export type ListToLoad = Pick<OpenList, 'batches' | 'sha256'>;

/** The part of the ledger a load writes to. */
export interface LoadTarget {
  readonly ledger: { readonly campaigns: CampaignStore; readonly intake: IntakeStore };
  /** The machine's by default. */
  readonly clock?: Clock;
}

/** A list that is in. */
export interface LoadedCampaign extends LoadProgress {
  /** Lines whose number stands in an earlier one; they are not among `added`. */
  readonly doubles: number;
  readonly id: string;
  /** Of a dry run: takes its list back, and its campaign where that was made for it. */
  takeBack(): Promise<void>;
  readonly created: boolean;
  readonly state: CampaignState;
}

/** A list, and how it is read in. */
export interface Load {
  readonly list: ListToLoad;
  /** How people are shared out where the campaign has several senders; evenly without it. */
  readonly shares?: readonly SenderShare[];
  /** What its lines were read by: the same file by others is another list. */
  readonly rules?: ListRules;
  /** One refused line refuses the list: nothing stays. */
  readonly strict?: boolean;
  /**
   * The campaign stays `loading`, held by this load, for its caller to take back: as a `whole`, or its `list`
   * alone, where the campaign waits for one.
   */
  readonly dryRun?: 'whole' | 'list' | undefined;
  /** What fills the template, where that is known by the list alone. */
  readonly columns?: ListColumns | undefined;
  /** Not where the same list was handed over for the same template and sender within seven days. */
  readonly unlessAsked?: boolean;
  /** Ends the waiting for another load; the list itself is ended by its source. */
  readonly signal?: AbortSignal;
  /** Another load has the campaign, and this one waits for it. */
  readonly onWait?: () => void;
  readonly onProgress?: (progress: LoadProgress) => void;
}

/**
 * Makes a campaign from a list and reads it in, up to state `draft`. With an idempotency key it may be
 * one that is there already: a load that did not end is begun again, a list that is in is found.
 */
export async function loadCampaign(
  target: LoadTarget,
  p: Load & { readonly spec: NewCampaign },
): Promise<Result<LoadedCampaign, Problem>> {
  // Before the campaign is there: a refusal leaves no trace.
  const admitted = await target.ledger.intake.admit();
  if (!admitted.ok) return admitted;
  const made = await target.ledger.campaigns.create(p.spec);
  if (!made.ok) return made;
  const { campaign, created } = made.value;
  return loadInto(target, { ...p, campaignId: campaign.id, created });
}

/** Reads a list into a campaign that is there: what {@link loadCampaign} does after making it. */
export async function loadInto(
  target: LoadTarget,
  p: Load & {
    readonly campaignId: string;
    readonly created: boolean;
    readonly spec: Pick<NewCampaign, 'senderId' | 'senderIds' | 'language' | 'bodySha256'>;
  },
): Promise<Result<LoadedCampaign, Problem>> {
  const { clock = systemClock } = target;
  const { intake } = target.ledger;
  const { campaignId, created } = p;
  const loading: Loading = { campaignId, loader: randomUUID() };
  const takeBack = async () => {
    if (p.dryRun === 'list') {
      await intake.clear(loading);
      await intake.letGo(loading);
    } else await intake.discard(loading);
  };
  const hold = await takeHold({ intake, clock }, loading, p);
  if (!hold.ok) return hold;
  const done = (read: LoadProgress, doubles: number, state: CampaignState) =>
    ok({
      ...read,
      added: read.added - doubles,
      doubles,
      id: campaignId,
      takeBack,
      created,
      state,
    });
  if (!hold.value.held) {
    const same = await compared(hold.value, p);
    return same.ok ? done(same.value, 0, hold.value.state) : same;
  }

  let isEnded = false;
  try {
    const cleared = await intake.clear(loading);
    if (!cleared.ok) return cleared;
    const { terms } = hold.value;
    const read = await readIn({ intake, clock }, loading, { ...p, terms, batches: p.list.batches });
    if (!read.ok) return read;
    const refusal = refusedWhole(read.value, p.strict === true);
    if (refusal !== undefined) {
      // A campaign that a dry run only borrowed waits for its list as before.
      if (p.dryRun !== 'list') isEnded = (await intake.discard(loading)).ok;
      return err(refusal);
    }
    const { lines, unkept } = read.value;
    const doubles = p.dryRun
      ? await intake.skipDoubles(loading)
      : await intake.finishLoading({
          ...loading,
          ...{ listSha256: bound(p), lines: lines - unkept, unkept, columns: p.columns },
          unlessAsked: p.unlessAsked === true,
        });
    if (!doubles.ok) {
      if (doubles.error.code === 'LIST_AGAIN') isEnded = (await intake.discard(loading)).ok;
      return doubles;
    }
    isEnded = true;
    return done(read.value, doubles.value, p.dryRun === undefined ? 'draft' : 'loading');
  } catch (error) {
    // What would only grow is not kept for another try.
    if (error instanceof ProblemError && error.problem.code === 'LIST_TOO_LARGE')
      isEnded = (await intake.discard(loading)).ok;
    throw error;
  } finally {
    // Out of reach? The hold ends by itself then.
    if (!isEnded)
      await (p.dryRun === undefined ? intake.letGo(loading) : takeBack()).catch(() => {});
  }
}

/** Reads a list beside the one that is in, and writes nothing: it is the same, or it is refused. */
async function compared(
  { state, listSha256 }: LoadingHold,
  p: Load & {
    readonly campaignId: string;
    readonly spec: Pick<NewCampaign, 'bodySha256'>;
  },
): Promise<Result<LoadProgress, Problem>> {
  const where = p.campaignId;
  if (listSha256 === null) {
    const message = `Campaign ${where} is ${state}, and its list was not read to its end.`;
    const next = 'Make a new campaign, with a new idempotency key, for this list.';
    return err(problem('CAMPAIGN_STATE', message, { where, next }));
  }
  const progress = { lines: 0, added: 0, refused: 0, unkept: 0 };
  for await (const batch of p.list.batches) {
    progress.lines += batch.length;
    for (const line of batch) if (line.kind === 'refused') progress.refused += 1;
    p.onProgress?.({ ...progress });
  }
  if (!isSameList(listSha256, p)) {
    const message = `This is not the list that campaign ${where} was made from.`;
    const next =
      'Use a new idempotency key for a new list, or repeat the command with the same list.';
    return err(problem('IDEMPOTENCY_MISMATCH', message, { where, next }));
  }
  const refusal = refusedWhole(progress, p.strict === true);
  return refusal === undefined ? ok(progress) : err(refusal);
}

/** What a campaign keeps of its list. */
function bound({ list, rules }: Load): string {
  return listDigest(list.sha256(), rules ?? {});
}

/** Older programs kept the hash of the list alone, and of a list in a body that of the body, with its country. */
function isSameList(
  kept: string,
  p: Load & { readonly spec: Pick<NewCampaign, 'bodySha256'> },
): boolean {
  const { bodySha256 } = p.spec;
  if (kept === bound(p) || kept === p.list.sha256()) return true;
  if (bodySha256 === undefined) return false;
  const country = given({ defaultCountry: p.rules?.defaultCountry });
  return [bodySha256, listDigest(bodySha256, {}), listDigest(bodySha256, country)].includes(kept);
}

function refusedWhole({ lines, refused }: LoadProgress, strict: boolean): Problem | undefined {
  if (lines === 0) {
    return problem('LIST_EMPTY', 'The list has no lines.', {
      next: 'Give a list with at least one recipient.',
    });
  }
  if (refused === lines) {
    const n = new Intl.NumberFormat('en-US').format(lines);
    return problem('LIST_ALL_REFUSED', `None of the ${n} lines of the list can be asked.`, {
      next: 'Look at the reasons beside the lines; nothing was sent.',
    });
  }
  if (strict && refused > 0) {
    return problem(
      'LIST_REFUSED',
      `${refused} of ${lines} lines cannot be asked, and --strict refuses the whole list then.`,
      { next: 'Put the lines right, or leave --strict out to ask the others.' },
    );
  }
  return undefined;
}
