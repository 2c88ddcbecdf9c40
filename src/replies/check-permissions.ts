/**
 * Asks Meta what people allow, where a webhook did not say it: a grant without an end, a grant that another number put in
 * doubt. What Meta says corrects the book.
 */
import { given } from '../core/given.ts';
import type { CallPermissionInfo } from '../core/graph.ts';
import type { Answer, Clock, GraphAdmin, ReplyStore } from '../core/ports/index.ts';
import type { Logger } from '../telemetry/log.ts';

/** What checking needs. */
export interface PermissionCheckTarget {
  readonly clock: Pick<Clock, 'sleep' | 'wall'>;
  readonly replies: Pick<ReplyStore, 'takePermissionCheck' | 'permissionChecked' | 'bookAnswers'>;
  readonly graph: Pick<GraphAdmin, 'callPermission'>;
  /** At most so many a second, over all processes. */
  readonly perSecond: number;
  readonly log: Logger;
}

// A process that dies with a check only delays it by so long; where Meta did not say either, the next is twice as far off.
const PUT_OFF_MS = 60_000;

/** Asks about one person; `false` when none is due. */
export async function checkPermission(
  target: PermissionCheckTarget,
  senderId: string,
): Promise<boolean> {
  const paceMs = 1_000 / target.perSecond;
  const wanted = await target.replies.takePermissionCheck({
    senderId,
    putOffMs: PUT_OFF_MS,
    paceMs,
  });
  if (wanted === undefined) return false;
  if (wanted.waitMs > 0) await target.clock.sleep(wanted.waitMs);
  const at = askedAt(target.clock);
  const answer = await target.graph.callPermission(wanted.person);
  if (!answer.ok) {
    target.log.debug({ failure: answer.error.kind }, 'Meta was asked in vain what a person allows');
    return true;
  }
  const word = toWord(answer.value, { senderId, person: wanted.person, at });
  if (word !== undefined) await target.replies.bookAnswers([word]);
  await target.replies.permissionChecked({ senderId, person: wanted.person });
  return true;
}

/**
 * The time of what Meta says when it is asked: the second in which it was asked. What a person says while the question is
 * under way is later then, and in that second a no beats what Meta said: webhooks tell whole seconds.
 */
export function askedAt(clock: Pick<Clock, 'wall'>): Date {
  return new Date(Math.floor(clock.wall() / 1_000) * 1_000);
}

/** What Meta's answer says of a person; `undefined` where it says nothing that is known. */
export function toWord(
  { status, expiresAt }: CallPermissionInfo,
  p: { readonly senderId: string; readonly person: string; readonly at: Date },
): Answer | undefined {
  // Behind any id of a message (`wa...`): of two yeses of one second the one with an end counts, which Meta was asked for.
  const key = `z query ${p.person}`;
  const same = { ...p, key, source: 'query' } as const;
  if (status === 'permanent') return { ...same, status: 'permanent' };
  if (status === 'temporary') return { ...same, status: 'temporary', ...given({ expiresAt }) };
  if (status === 'none' || status === 'expired') return { ...same, status: 'none' };
  return undefined;
}
