/**
 * One loader at a time reads a campaign's list: else rows of two lists would be in it. A second one
 * waits a while, since the first may be the same list a moment earlier; one that died holds nothing up.
 */
import type { Clock, IntakeStore, Loading, LoadingHold } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';

const WAIT_MS = 30_000;
const FIRST_LOOK_MS = 20;
const LOOK_MS = 250;
const SAY_AFTER_MS = 1_000;

/** Waits until the campaign is this loader's, or its list is in; after 30 s it is a conflict. */
export async function takeHold(
  target: { readonly intake: IntakeStore; readonly clock: Clock },
  loading: Loading,
  p: { readonly signal?: AbortSignal; readonly onWait?: () => void } = {},
): Promise<Result<LoadingHold, Problem>> {
  const { intake, clock } = target;
  const { campaignId } = loading;
  const began = clock.now();
  let isSaid = false;
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LOOK_MS)) {
    p.signal?.throwIfAborted();
    const stands = await intake.hold(loading);
    if (stands === undefined) return err(gone(campaignId));
    if (stands.held || stands.state !== 'loading') return ok(stands);
    const waitedMs = clock.now() - began;
    if (waitedMs >= WAIT_MS) return err(busy(campaignId));
    if (waitedMs >= SAY_AFTER_MS && !isSaid) {
      isSaid = true;
      p.onWait?.();
    }
    await clock.sleep(pauseMs);
  }
}

function gone(campaignId: string): Problem {
  return problem('NOT_FOUND', `Campaign ${campaignId} is gone: a list for it was refused whole.`, {
    where: campaignId,
    next: 'Make a new campaign and send the list to it.',
  });
}

function busy(campaignId: string): Problem {
  return problem(
    'CONFLICT',
    `Another load of campaign ${campaignId} is still reading its list after ${WAIT_MS / 1_000} s.`,
    {
      where: campaignId,
      next: 'Send the list again once that one has ended; nobody is added twice.',
    },
  );
}
