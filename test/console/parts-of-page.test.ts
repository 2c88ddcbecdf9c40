/** The parts of a campaign's page agree with each other. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { people } from '../http/support.ts';
import { type Console, startConsole } from './support.ts';

const UNCERTAIN = "state = 'uncertain', cause = 'doubted.0', attempts = 1";

let stand: Console;
let sql: pg.Client;

beforeAll(async () => {
  stand = await startConsole();
  sql = new pg.Client({ connectionString: stand.service.app.config.databaseUrl });
  await sql.connect();
}, 180_000);
afterAll(async () => {
  await sql?.end();
  await stand?.close();
});

describe('parts of one page', () => {
  it('follow its numbers, and a paused campaign has no end in sight', async () => {
    const body = { template: 't', language: 'en', recipients: people(20, 800) };
    const made = (await stand.service.call('POST', '/v1/campaigns', { body })).body.id;
    await stand.service.call('POST', `/v1/campaigns/${made}/pause`);
    const { page, context } = await stand.open(`/campaigns/${made}`);
    await page.getByText('Still to be asked: 20').waitFor();
    await page.getByText('Nobody is asked now, so there is no end in sight').waitFor();
    await page.getByText('Nobody is held up so far.').waitFor();
    await end(made, 5, 'rejected', 131026);
    await page.getByText('Still to be asked: 15').waitFor();
    const why = page.getByRole('table', { name: 'Why people wait' }).getByRole('row');
    await why.filter({ hasText: '131026' }).getByText('5', { exact: true }).waitFor();
    expect(await page.getByText(/Done at about/).count()).toBe(0);
    await context.close();
  });

  it('show who was not reached as such, and who may be called by a permission from before', async () => {
    const body = { template: 't', language: 'en', recipients: people(10, 850) };
    const made = (await stand.service.call('POST', '/v1/campaigns', { body })).body.id;
    await end(made, 2, 'already-granted');
    await end(made, 3, 'accepted', 131026);
    await sql.query(`update requests set delivery = 'failed' where campaign_id = $1 and row = 3`, [
      made,
    ]);
    const { page, context } = await stand.open(`/campaigns/${made}`);
    const why = page.getByRole('table', { name: 'Why people wait' }).getByRole('row');
    const line = why.filter({ hasText: '131026' });
    await line.getByText('Not delivered', { exact: true }).waitFor();
    expect(await line.getByText('Accepted', { exact: true }).count()).toBe(0);
    expect(await page.getByText('131026').count()).toBe(1);
    await page.getByText('May be called by a permission from before: 2').waitFor();
    await line.getByRole('link', { name: 'Show these' }).click();
    const rows = page.getByRole('table', { name: 'people' }).locator('tbody tr');
    await rows.getByText('r852', { exact: true }).waitFor();
    expect(await rows.getByText('Accepted', { exact: true }).count()).toBe(0);
    await context.close();
  });
});

/** The first of those that wait end so; what was asked leads there by way of `uncertain`. */
async function end(campaign: string, upTo: number, state: string, code?: number): Promise<void> {
  const these = "campaign_id = $1 and row <= $2 and state in ('pending', 'queued')";
  await sql.query(`update requests set ${UNCERTAIN} where ${these}`, [campaign, upTo]);
  await sql.query(
    "update requests set state = $3, error_code = $4, cause = 'accepted.1', fence = 1 where campaign_id = $1 and row <= $2 and state = 'uncertain'",
    [campaign, upTo, state, code ?? null],
  );
}
