/**
 * Looking at the sender's number before the first send: where it is from decides whether it may ask
 * for calls at all, and Meta says how many people a day it may reach.
 */

import { peopleOfTier } from '../core/pace/portfolio.ts';
import type { GraphAdmin } from '../core/ports/index.ts';
import { type Problem, problem } from '../core/problem.ts';
import { err, ok, type Result } from '../core/result.ts';

/** What a look at a number found. */
export interface NumberLook {
  readonly warnings: readonly string[];
  /** People a day; `null` without a limit, `undefined` where Meta does not say. */
  readonly limit: number | null | undefined;
}

/** Looks; a server that cannot be asked about its numbers stops nothing. */
export async function lookAtNumber(
  graph: Pick<GraphAdmin, 'numberInfo'>,
): Promise<Result<NumberLook, Problem>> {
  const info = await graph.numberInfo();
  if (!info.ok) return ok({ warnings: [], limit: undefined });
  const { displayPhoneNumber, messagingLimit } = info.value;
  const limit = peopleOfTier(messagingLimit);
  const { callingCountry } = await import('../core/people/calling-countries.ts');
  const found = callingCountry(displayPhoneNumber);
  if (found.may === 'no') {
    return err(
      problem('SENDER_COUNTRY', `${displayPhoneNumber}: ${found.message}`, {
        where: 'WHATSAPP_PHONE_NUMBER_ID',
        next: 'Ask from a business number of another country; --skip-preflight sends anyway.',
      }),
    );
  }
  return ok({ warnings: found.may === 'doubtful' ? [found.message] : [], limit });
}
