/** What is said of one person can be followed on the page on which it stands: no commands, nothing against what is known, no dead end. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { DID_NOT_GO_OUT } from '../../src/core/verdicts/weigh-usage.ts';
import { people } from '../http/support.ts';
import { type Console, startConsole, styleOf } from './support.ts';

let stand: Console;
let sql: pg.Client;
let id: string;

beforeAll(async () => {
  stand = await startConsole();
  sql = new pg.Client({ connectionString: stand.service.app.config.databaseUrl });
  await sql.connect();
  const body = { template: 't', language: 'en', name: 'spring', recipients: people(3) };
  id = (await stand.service.call('POST', '/v1/campaigns', { body })).body.id;
  const rows = (set: string, row: number, values: readonly unknown[] = []) =>
    sql.query(`update requests set ${set} where campaign_id = $1 and row = $2`, [
      ...[id, row, ...values],
    ]);
  const uncertain = "state = 'uncertain', cause = 'doubted.0', attempts = 1, reason = 'timeout'";
  await rows(uncertain, 1);
  await rows(`${uncertain}, finding = $3`, 2, [DID_NOT_GO_OUT]);
  await rows(uncertain, 3);
  await rows(
    "state = 'accepted', cause = 'accepted.1', fence = 1, wamid = 'wamid.one', accepted_at = now(), error_code = 131049, message_status = 'failed'",
    3,
  );
}, 180_000);
afterAll(async () => {
  await sql?.end();
  await stand?.close();
});

describe('a request whose outcome is not known', () => {
  it('is told without a word against its evidence, and by the buttons beside it', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}?view=uncertain`);
    await page.getByText('it did not go out. Still not sent again by itself').waitFor();
    await page.getByText('“Ask again…” on the page of the campaign asks once more').waitFor();
    const main = (await page.getByRole('main').textContent()) ?? '';
    expect(main).not.toMatch(/callpermit [a-z]|UNCERTAIN_POLICY|It is not known whether/);
    await context.close();
  });

  it('is settled by two buttons of which none stands out, each with what follows', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}?view=uncertain`);
    await page.getByRole('button', { name: 'Settle row 1' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('this campaign does not ask them again').waitFor();
    await dialog.getByText('the request ends as refused').waitFor();
    const colours = await Promise.all(
      ['It went out', 'It did not go out'].map((name) =>
        styleOf(dialog.getByRole('button', { name, exact: true }), 'background-color'),
      ),
    );
    expect(colours[0]).toMatch(/^rgb/);
    expect(colours[0]).toBe(colours[1]);
    await dialog.getByRole('button', { name: 'It did not go out' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.goto(`${stand.service.http.url}/campaigns/${id}/people/1`);
    await page.getByText('It was settled as not gone out').waitFor();
    await context.close();
  });
});

it('whom a message did not reach can be asked at the page to which the advice leads', async () => {
  const { page, context } = await stand.open(`/campaigns/${id}/people/3`);
  await page.getByText('“Ask for permission” on the page of a person asks again').waitFor();
  await page.getByRole('link', { name: 'All of this person' }).click();
  await page.getByRole('button', { name: 'Ask for permission' }).waitFor();
  await context.close();
});
