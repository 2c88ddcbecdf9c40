/** What a person may do to a campaign: start, pause, resume, cancel. */

import type { SenderConfig } from '../config/config.ts';
import type { CampaignState, CampaignSummary, PauseReason } from '../core/campaign.ts';
import type { CampaignStore, InParts, QueuePort, SenderStore } from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import { err, ok } from '../core/result.ts';
import { ensureSenders } from './hand-over-target.ts';

/** The part of the ledger that is controlled. */
export interface ControlTarget {
  readonly ledger: { readonly campaigns: CampaignStore; readonly senders: SenderStore };
  readonly config: { readonly senders: readonly SenderConfig[] };
  /** Where a person may have paused a queue past us. */
  readonly queue?: Pick<QueuePort, 'isPaused' | 'resume'>;
}

/** A campaign that goes on. */
export interface ResumedCampaign extends CampaignSummary {
  /** Senders whose queue did not answer: where somebody paused it, nobody is asked. */
  readonly stuckQueues: readonly string[];
}

const BY_HAND: PauseReason = { by: 'person', message: 'paused by hand' };

/** `draft` -> `running`. Starting one that runs already changes nothing. */
export function startCampaign(
  target: ControlTarget,
  id: string,
): Promise<Result<CampaignSummary, Problem>> {
  return move(target, id, { from: ['draft'], to: 'running', verb: 'started' });
}

/** `running` -> `paused`: felt by every process within one claim. */
export function pauseCampaign(
  target: ControlTarget,
  id: string,
): Promise<Result<CampaignSummary, Problem>> {
  return move(target, id, { from: ['running'], to: 'paused', verb: 'paused', reason: BY_HAND });
}

/**
 * `paused` -> `running`. A person's command also closes the breakers of its sender and template: if
 * Meta still refuses, they open again with the first message. A campaign that was made with a wrong
 * phone number id goes on with the right one, once the settings have it. A queue that was paused in the dashboard
 * goes on too, also of a campaign that runs already; one that does not answer is left as it is, and named.
 */
export async function resumeCampaign(
  target: ControlTarget,
  id: string,
): Promise<Result<ResumedCampaign, Problem>> {
  const campaign = await target.ledger.campaigns.get(id);
  if (campaign?.state === 'paused') {
    await toConfiguredSender(target, campaign);
    for (const senderId of campaign.senderIds)
      await target.ledger.senders.reopen({ senderId, template: { name: campaign.template } });
  }
  const moved = await move(target, id, { from: ['paused'], to: 'running', verb: 'resumed' });
  if (!moved.ok) return moved;
  const stuck = await Promise.all(
    moved.value.senderIds.map((senderId) =>
      resumeQueue(target.queue, senderId).then(
        () => [],
        () => [senderId],
      ),
    ),
  );
  return ok({ ...moved.value, stuckQueues: stuck.flat() });
}

async function resumeQueue(queue: ControlTarget['queue'], senderId: string): Promise<void> {
  if (await queue?.isPaused(senderId)) await queue?.resume(senderId);
}

/** With several senders only a person could say which one is meant, and nobody asks. */
async function toConfiguredSender(
  { ledger, config }: ControlTarget,
  { id, senderId }: CampaignSummary,
): Promise<void> {
  const [only, ...others] = config.senders;
  if (only === undefined || others.length > 0 || only.phoneNumberId === senderId) return;
  await ensureSenders(ledger.senders, [only]);
  await ledger.campaigns.reassign({ id, senderId: only.phoneNumberId });
}

/**
 * Whatever is not sent will not be: those requests end as `cancelled`. Where `how.signal` ends it before, nobody is
 * asked any more either, and a running sender or the same command does the rest.
 */
export function cancelCampaign(
  target: ControlTarget,
  id: string,
  how: InParts = {},
): Promise<Result<CampaignSummary, Problem>> {
  return move(target, id, {
    from: ['loading', 'draft', 'running', 'paused'],
    to: 'cancelled',
    verb: 'cancelled',
    reason: { by: 'person', message: 'cancelled by hand' },
    how,
  });
}

async function move(
  { ledger }: ControlTarget,
  id: string,
  p: {
    from: readonly CampaignState[];
    to: CampaignState;
    verb: string;
    reason?: PauseReason;
    how?: InParts;
  },
): Promise<Result<CampaignSummary, Problem>> {
  const moved = await ledger.campaigns.transition({
    id,
    from: p.from,
    to: p.to,
    ...(p.reason ? { reason: p.reason } : {}),
    ...p.how,
  });
  const campaign = moved && (await ledger.campaigns.get(id));
  if (campaign === undefined) {
    return err(
      problem('NOT_FOUND', `There is no campaign ${id}.`, {
        next: 'Look at `callpermit campaign list`.',
      }),
    );
  }
  // A campaign that is in that state already is no error: the same command may come twice.
  if (moved?.moved === true || campaign.state === p.to) return ok(campaign);
  return err(
    problem('CAMPAIGN_STATE', `Campaign ${id} is ${campaign.state} and cannot be ${p.verb}.`, {
      next: `It can be ${p.verb} when it is ${p.from.join(' or ')}.`,
    }),
  );
}
