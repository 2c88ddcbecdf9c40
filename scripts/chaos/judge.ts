/** One person's row, held against the POSTs that named them: asked twice, forgotten, recorded wrongly. */
import { maskPhone } from '../../src/core/people/mask-phone.ts';
import type { RequestResult } from '../../src/core/request.ts';
import type { RequestRecord } from '../../src/simulator/index.ts';

/**
 * A POST that was refused with a Graph error object may be followed by another one; any other POST
 * must be the last, whichever number asked. Under `resend-after-check` that holds for those the
 * server took.
 */
export function howTwice(
  asked: readonly RequestRecord[],
  policy: 'hold' | 'resend-after-check',
): string | undefined {
  const last = asked.length - 1;
  const early = asked.findIndex(
    (post, i) =>
      i < last &&
      (post.outcome === 'accepted' || (policy === 'hold' && post.outcome === 'dropped')),
  );
  if (early === -1) return undefined;
  const story = asked.map(
    (post) => `${post.callbackData} ${post.outcome} at ${post.at} by ${post.phoneNumberId}`,
  );
  return `POSTed again after a POST that was ${asked[early]?.outcome}: ${story.join(', ')}`;
}

/** Not in a final state, or ended without the server's having refused or the person's opting out. */
export function howForgotten(
  result: RequestResult,
  asked: readonly RequestRecord[],
  hasOptedOut: boolean,
): string | undefined {
  const last = asked.at(-1);
  switch (result.status) {
    case 'accepted':
    case 'uncertain':
      return undefined;
    case 'skipped':
      return hasOptedOut ? undefined : `is skipped (${result.advice})`;
    case 'rejected':
    case 'already-granted': {
      const isSaid = last?.code === result.error_code || (last !== undefined && isPoisoned(last));
      const said = last === undefined ? 'was never asked' : `said ${last.code ?? last.outcome}`;
      return last?.outcome === 'refused' && isSaid
        ? undefined
        : `is ${result.status} (${result.error_code}), but the server ${said}`;
    }
    default:
      return `is ${result.status} (${result.advice})`;
  }
}

/** What the ledger says is not what the server did. */
export function howWrong(
  result: RequestResult,
  asked: readonly RequestRecord[],
  finding: string | undefined,
): string | undefined {
  const taken = asked.find((post) => post.outcome === 'accepted');
  if (result.status === 'accepted') {
    if (taken === undefined) return `is accepted, but the server took nothing (${finding})`;
    if (result.wamid === null && finding === undefined && !isPoisoned(taken))
      return 'is accepted without a wamid and without a finding';
    if (!isSame(result.wamid, taken.wamid, taken))
      return `has wamid ${shortened(result.wamid)}, the server gave ${shortened(taken.wamid)}`;
    if (!isSame(result.wa_id, taken.waId, taken))
      return `has wa_id ${maskPhone(result.wa_id ?? '')}, the server gave ${maskPhone(taken.waId ?? '')}`;
    return undefined;
  }
  if (taken === undefined) return undefined;
  if (result.status !== 'uncertain') return `is ${result.status}, but the server took it`;
  return finding !== undefined && /did not go out/.test(finding)
    ? `is said not to have gone out, but the server took it (${finding})`
    : undefined;
}

function isPoisoned(post: RequestRecord): boolean {
  return post.faults.includes('poison');
}

/** Nothing, or what the server gave; of a poisoned answer, what stood before and behind the poison. */
function isSame(kept: string | null, given: string | null, post: RequestRecord): boolean {
  if (kept === null || kept === given) return true;
  if (given === null || !isPoisoned(post)) return false;
  const half = Math.floor(given.length / 2);
  return kept.startsWith(given.slice(0, half)) && kept.endsWith(given.slice(half));
}

/** A wamid holds the number, in base64: only its end is shown. */
function shortened(wamid: string | null): string {
  return `...${wamid?.slice(-12)}`;
}
