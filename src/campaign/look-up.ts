/** Requests of all campaigns, looked up by what callers know of them, and how one of them stands. */
import type {
  CampaignStore,
  FoundRequest,
  QueuePort,
  RequestStore,
  SenderStore,
} from '../core/ports/index.ts';
import type { RequestStanding } from '../core/single-request.ts';
import { type OutcomeTarget, standingOf, waiting } from './await-outcome.ts';
import { pausedQueues } from './paused-queues.ts';

/** The part of the ledger that is looked at. */
export interface LookUpTarget extends OutcomeTarget {
  readonly ledger: OutcomeTarget['ledger'] & {
    readonly campaigns: Pick<CampaignStore, 'get'>;
    readonly requests: Pick<RequestStore, 'get'>;
    readonly senders: Pick<SenderStore, 'list'>;
  };
  readonly queue: Pick<QueuePort, 'isPaused'>;
}

/** How a request stands, and on which campaign's list. */
export interface PlacedStanding extends RequestStanding {
  /** `null` of a request that was made alone. */
  readonly campaign: string | null;
}

/** Where a request is in the ledger. */
export interface RequestPlace {
  readonly campaignId: string;
  readonly row: number;
  /** Made alone: it is known by the id of its campaign. */
  readonly single: boolean;
}

/** Ids of requests on a list are numbers; those of single ones begin with a letter. */
const OF_A_LIST = /^\d{1,18}$/;

/** The id that callers know a request by: that of a single one is what was answered when it was made. */
export function publicId({
  id,
  campaignId,
  single,
}: Pick<FoundRequest, 'id' | keyof RequestPlace>) {
  return single ? campaignId : id;
}

/** Finds a request by the id that callers know; `undefined` where there is none. */
export async function placeOf(
  { ledger }: LookUpTarget,
  id: string,
): Promise<RequestPlace | undefined> {
  if (OF_A_LIST.test(id)) return ledger.requests.get(id);
  const campaign = await ledger.campaigns.get(id);
  return campaign?.single === true ? { campaignId: id, row: 1, single: true } : undefined;
}

/** How any request stands now, single or on a list; `undefined` where there is none of this id. */
export async function standingOfAny(
  target: LookUpTarget,
  id: string,
): Promise<PlacedStanding | undefined> {
  const { ledger, queue } = target;
  const found = OF_A_LIST.test(id) ? await ledger.requests.get(id) : undefined;
  if (found === undefined || found.single) {
    const standing = await standingOf(target, found?.campaignId ?? id);
    return standing && { ...standing, campaign: null };
  }
  const { campaignId, single: _, senderId, reason, check_at, ...result } = found;
  const campaign = await ledger.campaigns.get(campaignId);
  if (campaign === undefined) return undefined;
  const sender = (await ledger.senders.list()).find((s) => s.senderId === senderId);
  const next = result.status === 'uncertain' ? check_at : result.due_at;
  const nextAt = next === null ? null : new Date(next);
  const { waits, due } = waiting(result, { reason, nextAt }, sender);
  const isHeld =
    (result.status === 'pending' || result.status === 'queued') &&
    (waits === null || waits === 'sender-process') &&
    (await pausedQueues(queue, [senderId])).length > 0;
  return {
    ...result,
    state: campaign.state,
    reason: campaign.reason,
    campaign: campaignId,
    waits_for: isHeld ? 'paused-queue' : waits,
    due_at: due?.toISOString() ?? result.due_at,
  };
}
