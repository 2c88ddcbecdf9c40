/** Waiting for a campaign, by looking at it again and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CampaignState } from '../core/campaign.ts';
import { InfrastructureError, PROBLEMS, ProblemError } from '../core/problem.ts';
import type { ClientCampaign } from './answers.ts';
import type { WaitOptions } from './input.ts';

const POLL_MS = 1_000;

const RESTING: ReadonlySet<CampaignState> = new Set(['completed', 'cancelled', 'paused']);

/** Looks until the campaign is completed, cancelled or paused; what is out of reach is waited for. */
export async function untilItRests(
  look: () => Promise<ClientCampaign>,
  { signal, pollMs = POLL_MS }: WaitOptions,
): Promise<ClientCampaign> {
  for (;;) {
    signal?.throwIfAborted();
    const stands = await look().catch((error: unknown) => {
      signal?.throwIfAborted();
      if (isPassing(error)) return undefined;
      throw error;
    });
    if (stands !== undefined && RESTING.has(stands.state)) return stands;
    await sleep(pollMs, undefined, signal === undefined ? {} : { signal }).catch(() => {});
  }
}

/** Whether it may be well a moment later: something is out of reach, or asks for fewer calls. */
export function isPassing(error: unknown): boolean {
  if (error instanceof InfrastructureError) return true;
  if (!(error instanceof ProblemError)) return false;
  const { code } = error.problem;
  return code === 'TOO_MANY_REQUESTS' || PROBLEMS[code].http === 503;
}
