/** What came back of a message stands in its line of the export, however the lines are asked for. */
import { describe, expect, test } from '@jest/globals';
import type { RequestState } from '../../src/core/request.ts';
import { accepted, all, only, useLedger } from './support.ts';

const bench = useLedger();
const DAY_MS = 86_400_000;

/** A campaign of so many people, each asked and answered by Meta. */
async function asked(people: number) {
  const senderId = await bench.sender();
  const id = await bench.campaign(senderId, people);
  const claims = await bench.claim(senderId);
  await bench.ledger.sending.record(claims.map(accepted));
  return { senderId, id, wamids: claims.map((claim) => accepted(claim).wamid ?? '') };
}

const lines = (id: string, states?: readonly RequestState[]) =>
  all(bench.ledger.campaigns.results(states === undefined ? { id } : { id, states }));

describe('a line of the export', () => {
  test('has the delivery, the person’s id and their answer, and until when it holds', async () => {
    const { senderId, id, wamids } = await asked(4);
    const [temporary = '', permanent = '', declined = ''] = wamids;
    const at = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 2_000);
    const until = new Date(at.getTime() + 7 * DAY_MS);
    await bench.ledger.evidence.applyStatuses([
      { senderId, wamid: temporary, status: 'delivered', at, userId: 'US.71' },
      { senderId, wamid: temporary, status: 'read', at: new Date(at.getTime() + 1_000) },
    ]);
    const rows = await lines(id);
    const person = (i: number) => (rows[i]?.to ?? '').slice(1);
    const word = (i: number, context: string) => ({
      ...{ senderId, context, at, key: `wamid.reply.${context}`, person: person(i) },
      source: 'answer' as const,
    });
    const of = (wamid: string) => rows.findIndex((row) => row.wamid === wamid);
    await bench.ledger.replies.bookAnswers([
      { ...word(of(temporary), temporary), status: 'temporary', expiresAt: until },
      { ...word(of(permanent), permanent), status: 'permanent' },
      { ...word(of(declined), declined), status: 'declined' },
    ]);
    for (const states of [undefined, ['accepted'] as const]) {
      const found = new Map((await lines(id, states)).map((row) => [row.wamid, row]));
      const iso = at.toISOString();
      expect(found.get(temporary)).toMatchObject({
        ...{ user_id: 'US.71', delivery: 'read', delivered_at: iso, answer: 'granted' },
        ...{ answered_at: iso, permission_expires_at: until.toISOString(), due_at: null },
      });
      const endless = { answer: 'granted', answered_at: iso, permission_expires_at: null };
      expect(found.get(permanent)).toMatchObject(endless);
      expect(found.get(declined)).toMatchObject({ answer: 'declined', answered_at: iso });
      const [silent] = wamids.slice(3);
      expect(found.get(silent ?? '')).toMatchObject({
        answer: null,
        answered_at: null,
        user_id: null,
      });
    }
  });

  test('says when one that waits is due, and nothing of those due at once', async () => {
    const senderId = await bench.sender();
    const later = new Date(Date.now() + DAY_MS);
    const waiting = await bench.campaign(senderId, 1, { recipient: { notBefore: later } });
    expect(only(await lines(waiting)).due_at).toBe(later.toISOString());
    const now = await bench.campaign(senderId, 1);
    expect(only(await lines(now)).due_at).toBeNull();
  });
});
