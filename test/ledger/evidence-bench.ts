/** Claims whose outcome is in doubt, and what is found out about them: what the tests of evidence share. */
import type { ClaimedRequest, StatusEvent } from '../../src/core/ports/index.ts';
import { applyStatus } from '../support/apply-status.ts';
import { only, type TestLedger, uncertain } from './support.ts';

/** Claims, checks and status webhooks over a ledger. */
export function evidenceOn(bench: TestLedger) {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 1, 12, minute));

  async function claimed(numbers: number | readonly string[] = 1) {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, numbers);
    const claims = await bench.claim(senderId);
    return { senderId, id, claims, claim: claims[0] as ClaimedRequest };
  }

  async function unsure(checkAfterMs = 0) {
    const made = await claimed();
    await bench.ledger.sending.record([uncertain(made.claim, checkAfterMs)]);
    return made;
  }

  async function row(claim: ClaimedRequest) {
    return only(await bench.rows('select * from requests where id = $1', [claim.request]));
  }

  async function kept(claim: ClaimedRequest) {
    return bench.rows(
      'select fence, outcome, applied, error_code, wamid from attempts where request_id = $1 order by id',
      [claim.request],
    );
  }

  function status(
    claim: { readonly request: string; readonly fence: number },
    word: StatusEvent['status'],
    more: Partial<StatusEvent> = {},
  ): Promise<unknown> {
    return applyStatus(bench.ledger.evidence, {
      request: claim.request,
      fence: claim.fence,
      wamid: `wamid.${claim.request}.${claim.fence}`,
      status: word,
      at: at(1),
      ...more,
    });
  }

  return { at, claimed, unsure, row, kept, status };
}
