/** A list into the ledger: in batches, idempotent by row, so that a load that died goes on. */
import type { CampaignSpec, CampaignState } from '../core/campaign.ts';
import { chooseSender, type SenderShare } from '../core/choose-sender.ts';
import type { CampaignStore, IntakeStore } from '../core/ports.ts';
import type { Problem } from '../core/problem.ts';
import { problem } from '../core/problem.ts';
import type { ListLine, RefusedLine } from '../core/recipient.ts';
import type { Result } from '../core/result.ts';
import { err, ok } from '../core/result.ts';

/** A list as the intake opens it. */
export interface OpenList {
  readonly columns: readonly string[];
  readonly lines: AsyncIterable<ListLine>;
  /** Hex, of the whole list, once `lines` has ended. */
  sha256(): string;
}

/** The part of the ledger a load writes to. */
export interface LoadTarget {
  readonly ledger: { readonly campaigns: CampaignStore; readonly intake: IntakeStore };
}

/** How far a load is. `added` and `doubles` count what this load wrote, not what an earlier one did. */
export interface LoadProgress {
  readonly lines: number;
  readonly added: number;
  readonly doubles: number;
  readonly refused: number;
}

/** A list that is in. */
export interface LoadedCampaign extends LoadProgress {
  readonly id: string;
  readonly created: boolean;
  readonly state: CampaignState;
  /** The first twenty; the ledger has all. */
  readonly firstRefused: readonly RefusedLine[];
}

// About 250 kB of JSON a statement; `unnest`-like inserts are flat from here on (measured.md).
const BATCH = 1_000;
const FIRST_REFUSED = 20;

/**
 * Makes a campaign from a list and reads it in, up to state `draft`.
 * With an idempotency key a campaign that is there already goes on where its load stopped, or is
 * simply found; another list under the same key is refused.
 * @param p.strict one refused line refuses the list: nothing stays
 */
export async function loadCampaign(
  target: LoadTarget,
  p: {
    readonly list: OpenList;
    readonly spec: CampaignSpec;
    /** How people are shared out where the campaign has several senders; evenly without it. */
    readonly shares?: readonly SenderShare[];
    readonly strict?: boolean;
    readonly onProgress?: (progress: LoadProgress) => void;
  },
): Promise<Result<LoadedCampaign, Problem>> {
  const made = await target.ledger.campaigns.create(p.spec);
  if (!made.ok) return made;
  const { campaign, created } = made.value;
  return loadInto(target, { ...p, campaignId: campaign.id, created });
}

/** Reads a list into a campaign that is there: what {@link loadCampaign} does after making it. */
export async function loadInto(
  target: LoadTarget,
  p: {
    readonly campaignId: string;
    readonly created: boolean;
    readonly list: OpenList;
    readonly spec: Pick<CampaignSpec, 'senderId' | 'senderIds' | 'language'>;
    readonly shares?: readonly SenderShare[];
    readonly strict?: boolean;
    readonly onProgress?: (progress: LoadProgress) => void;
  },
): Promise<Result<LoadedCampaign, Problem>> {
  const { campaigns, intake } = target.ledger;
  const progress = { lines: 0, added: 0, doubles: 0, refused: 0 };
  const firstRefused: RefusedLine[] = [];
  let recipients = 0;

  const senderIds = p.spec.senderIds ?? [p.spec.senderId];
  const shares = p.shares ?? senderIds.map((id) => ({ id, weight: 1 }));

  const write = async (lines: readonly ListLine[]): Promise<Result<void, Problem>> => {
    const added = await intake.addLines({
      campaignId: p.campaignId,
      senderIds,
      language: p.spec.language,
      lines: shares.length > 1 ? lines.map((line) => sharedOut(line, shares)) : lines,
    });
    if (!added.ok) return added;
    progress.lines += lines.length;
    progress.added += added.value.added;
    progress.doubles += added.value.doubles;
    p.onProgress?.({ ...progress });
    return ok(undefined);
  };

  let batch: ListLine[] = [];
  for await (const line of p.list.lines) {
    if (line.kind === 'refused') {
      progress.refused += 1;
      if (firstRefused.length < FIRST_REFUSED) firstRefused.push(line.refused);
    } else {
      recipients += 1;
    }
    batch.push(line);
    if (batch.length < BATCH) continue;
    const written = await write(batch);
    if (!written.ok) return written;
    batch = [];
  }
  const written = await write(batch);
  if (!written.ok) return written;

  const refusal = refusedWhole(progress, recipients, p.strict === true);
  if (refusal !== undefined) {
    if (p.created) await campaigns.discard(p.campaignId);
    return err(refusal);
  }
  const finished = await intake.finishLoading({
    campaignId: p.campaignId,
    listSha256: p.list.sha256(),
  });
  if (!finished.ok) return finished;
  const now = await campaigns.progress(p.campaignId);
  return ok({
    ...progress,
    id: p.campaignId,
    created: p.created,
    state: now?.state ?? 'draft',
    firstRefused,
  });
}

function sharedOut(line: ListLine, shares: readonly SenderShare[]): ListLine {
  if (line.kind !== 'recipient') return line;
  const senderId = chooseSender(line.recipient.to, shares);
  return { kind: 'recipient', recipient: { ...line.recipient, senderId } };
}

function refusedWhole(
  progress: LoadProgress,
  recipients: number,
  strict: boolean,
): Problem | undefined {
  if (progress.lines === 0) {
    return problem('LIST_EMPTY', 'The list has no lines.', {
      next: 'Give a list with at least one recipient.',
    });
  }
  if (recipients === 0) {
    return problem(
      'LIST_ALL_REFUSED',
      `None of the ${progress.lines} lines of the list can be asked.`,
      {
        next: 'Look at the reasons beside the lines; nothing was sent.',
      },
    );
  }
  if (strict && progress.refused > 0) {
    return problem(
      'LIST_REFUSED',
      `${progress.refused} of ${progress.lines} lines cannot be asked, and --strict refuses the whole list then.`,
      {
        next: 'Put the lines right, or leave --strict out to ask the others.',
      },
    );
  }
  return undefined;
}
