/** Cancel and retry of a list that is longer than a part. */
import { describe, expect, test } from '@jest/globals';
import { PART_ROWS } from '../../src/ledger/parts.ts';
import { useLedger } from './support.ts';

const LINES = 2 * PART_ROWS + PART_ROWS / 2;

describe('a list that is changed in parts', () => {
  const bench = useLedger();

  async function longCampaign(): Promise<string> {
    return bench.campaign(await bench.sender(), LINES);
  }

  /** As if each of them had been refused for good. */
  async function refuse(id: string): Promise<void> {
    for (const to of ["'queued', batch = 1", "'sending', fence = 1, claim_id = 'c'", "'rejected'"])
      await bench.rows(`update requests set state = ${to} where campaign_id = $1`, [id]);
  }

  async function count(id: string, state: string): Promise<number> {
    return (await bench.states(id)).filter((one) => one === state).length;
  }

  test('says after each part how far it is', async () => {
    const id = await longCampaign();
    const told: { changed: number; looked: number }[] = [];
    const onProgress = (done: { changed: number; looked: number }) => void told.push(done);
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'cancelled', onProgress });
    expect(told.map(({ changed }) => changed)).toEqual([PART_ROWS, 2 * PART_ROWS, LINES]);
    expect(told.map(({ looked }) => looked)).toEqual([1, 2, 3].map((n) => n * PART_ROWS));
    expect(await count(id, 'cancelled')).toBe(LINES);
  });

  test('a cancel that is ended after a part asks nobody more; the same command, or a sweep, does the rest', async () => {
    const senderId = await bench.sender();
    const id = await bench.campaign(senderId, LINES);
    const cancel = (signal?: AbortSignal) =>
      bench.ledger.campaigns.transition({
        id,
        from: ['running'],
        to: 'cancelled',
        ...(signal === undefined ? {} : { signal }),
      });
    await cancel(AbortSignal.abort());
    expect(await count(id, 'cancelled')).toBe(PART_ROWS);
    expect(await bench.claim(senderId)).toEqual([]);

    await bench.ledger.sending.completeCampaigns();
    const swept = await count(id, 'cancelled');
    expect(swept).toBeGreaterThan(PART_ROWS);
    expect(swept).toBeLessThan(LINES);

    expect(await cancel()).toEqual({ moved: false, state: 'cancelled' });
    expect(await count(id, 'cancelled')).toBe(LINES);
  });

  test('a retry that is ended after a part leaves the rest as it was; the same command goes on', async () => {
    const id = await longCampaign();
    await refuse(id);
    const retry = (signal?: AbortSignal) =>
      bench.ledger.evidence.retry({
        campaignId: id,
        states: ['rejected'],
        ...(signal === undefined ? {} : { signal }),
      });
    expect(await retry(AbortSignal.abort())).toMatchObject({ retried: PART_ROWS, whole: false });
    expect(await count(id, 'rejected')).toBe(LINES - PART_ROWS);
    expect(await retry()).toMatchObject({ retried: LINES - PART_ROWS, whole: true });
    expect(await retry()).toMatchObject({ retried: 0, whole: true });
    expect(await count(id, 'pending')).toBe(LINES);
  });

  test('rows that a list leaves out make no end of it', async () => {
    const id = await longCampaign();
    await bench.rows('delete from requests where campaign_id = $1 and row between 2 and $2', [
      id,
      2 * PART_ROWS + 1,
    ]);
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'cancelled' });
    expect(await count(id, 'cancelled')).toBe(PART_ROWS / 2);
    expect(await bench.states(id)).toHaveLength(PART_ROWS / 2);
  });

  test('a list of another campaign, which stands before it in the ledger, is not touched', async () => {
    const before = await bench.campaign(await bench.sender(), 3);
    const id = await longCampaign();
    await bench.ledger.campaigns.transition({ id, from: ['running'], to: 'cancelled' });
    expect(await bench.states(before)).toEqual(['pending', 'pending', 'pending']);
  });
});
