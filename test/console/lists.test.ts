/** Lists: what is looked for is found, a place can be come back to and sent to others, and one of many is acted on alone. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Page } from 'playwright-core';
import { people } from '../http/support.ts';
import { type Console, startConsole } from './support.ts';

let stand: Console;
let sql: pg.Client;
let id: string;

beforeAll(async () => {
  stand = await startConsole();
  const { service } = stand;
  sql = new pg.Client({ connectionString: service.app.config.databaseUrl });
  await sql.connect();
  const body = { template: 't', language: 'en', name: 'spring', start: false };
  const made = await service.call('POST', '/v1/campaigns', {
    body: { ...body, recipients: people(160) },
  });
  id = made.body.id;
  await sql.query(
    `update requests set state = 'skipped', reason = case when row <= 3 then 'suppressed' else 'declined' end
     where campaign_id = $1 and row <= 5`,
    [id],
  );
  const optedOut = Array.from({ length: 60 }, (_, i) => `+1650253${String(1_000 + i)}`);
  await service.call('POST', '/v1/suppressions', { body: { people: optedOut } });
}, 180_000);
afterAll(async () => {
  await sql?.end();
  await stand?.close();
});

const rowsOf = (page: Page, table: string) =>
  page.getByRole('table', { name: table }).locator('tbody tr');

describe('the opt-out list', () => {
  it.each([
    ['a number in any spelling', '+1 (650) 253-1007', ['+16502531007']],
    ['how a number ends', '007', ['+16502531007']],
    ['how several end', '1059', ['+16502531059']],
    ['a number without its country, with a zero before it', '06502531012', ['+16502531012']],
  ])('is searched for %s: %s', async (_what, typed, found) => {
    const { page, context } = await stand.open('/opt-outs', { role: 'viewer' });
    await page.getByRole('link', { name: '+16502531000' }).waitFor();
    await page.getByLabel('Number, or how it ends').fill(typed);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: '+16502531000' }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: found[0] ?? '' }).waitFor();
    expect(await rowsOf(page, 'people who opted out').getByRole('link').allTextContents()).toEqual(
      found,
    );
    // It is at its own address.
    await page.reload();
    await page.getByRole('link', { name: found[0] ?? '' }).waitFor();
    expect(await page.getByLabel('Number, or how it ends').inputValue()).toBe(typed);
    await page.getByRole('link', { name: 'Show all' }).click();
    await page.getByRole('link', { name: '+16502531000' }).waitFor();
    expect(await page.getByLabel('Number, or how it ends').inputValue()).toBe('');
    await context.close();
  });

  it('says that nobody was found, and of what is no number that it is none', async () => {
    const { page, context } = await stand.open('/opt-outs?q=%2B16502539999', { role: 'viewer' });
    await page.getByText('Nobody on the list has the number +16502539999').waitFor();
    await page.goto(`${stand.service.http.url}/opt-outs?q=%2B12`);
    await page
      .getByRole('alert')
      .getByText(/PHONE|USAGE/)
      .waitFor();
    await context.close();
  });

  it('shows who was put on it though a look at it is seconds old', async () => {
    const { page, context } = await stand.open('/opt-outs', { role: 'operator' });
    await page.getByRole('link', { name: '+16502531000' }).waitFor();
    await page.getByRole('button', { name: 'Add one' }).click();
    await page.getByLabel('Phone number').fill('+16502530001');
    await page.keyboard.press('Enter');
    await page.getByText('+16502530001: On the list.').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: '+16502530001' }).waitFor();
    await context.close();
  });
});

describe('the place in a list', () => {
  it('stands in the address: it outlives a reload, a look at a person, and the ways back and forth', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}?view=people`, { role: 'viewer' });
    const rows = rowsOf(page, 'people');
    const next = page.getByRole('button', { name: 'Next' });
    await rows.getByText('r6', { exact: true }).waitFor();
    await next.click();
    await rows.getByText('r60', { exact: true }).waitFor();
    await next.click();
    await rows.getByText('r110', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('after')).toMatch(/./);
    await page.reload();
    await rows.getByText('r110', { exact: true }).waitFor();
    await page.getByText('Page 3').waitFor();
    await rows.getByRole('link').first().click();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.goBack();
    await rows.getByText('r110', { exact: true }).waitFor();
    await page.goBack();
    await rows.getByText('r60', { exact: true }).waitFor();
    await page.getByText('Page 2').waitFor();
    await page.getByRole('button', { name: 'Previous' }).click();
    await rows.getByText('r6', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?view=people');
    await context.close();
  });

  it('can be sent to somebody, who has a way to the first page', async () => {
    const { page, context } = await stand.open('/opt-outs', { role: 'viewer' });
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('link', { name: '+16502531055' }).waitFor();
    const address = page.url();
    await context.close();
    const other = await stand.open('/account', { role: 'operator' });
    await other.page.goto(address);
    await other.page.getByRole('link', { name: '+16502531055' }).waitFor();
    await other.page.getByText('A later page').waitFor();
    await other.page.getByRole('button', { name: 'First page' }).click();
    await other.page.getByRole('link', { name: '+16502531000' }).waitFor();
    await other.page.getByText('Page 1').waitFor();
    await other.context.close();
  });

  it('is the first one of another filter', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}?view=people`, { role: 'viewer' });
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').waitFor();
    await page.getByLabel('State').selectOption('Skipped');
    await rowsOf(page, 'people').getByText('r0', { exact: true }).waitFor();
    expect(new URL(page.url()).search).toBe('?view=people&state=skipped');
    await context.close();
  });
});

describe('people of a campaign', () => {
  it('are shown by a reason of ours, from the line that counts them and by the filter', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}`, { role: 'viewer' });
    const reasons = page.getByRole('table', { name: 'Why people wait' });
    const line = reasons.getByRole('row').filter({ hasText: 'suppressed' });
    await line.getByRole('link', { name: 'Show these' }).click();
    const rows = rowsOf(page, 'people');
    await rows.getByText('r2', { exact: true }).waitFor();
    expect(await rows.count()).toBe(3);
    await page
      .getByLabel('Reason', { exact: true })
      .selectOption('Declined lately, or took a permission back');
    await rows.getByText('r3', { exact: true }).waitFor();
    expect(await rows.count()).toBe(2);
    expect(new URL(page.url()).searchParams.get('reason')).toBe('declined');
    await context.close();
  });
});

describe('events that were given up', () => {
  it('are told again one by one', async () => {
    const { events } = stand.service.app.ledger;
    const types = ['campaign.started'] as const;
    await events.subscribe({ id: 'sub-1', kind: 'http', url: 'http://127.0.0.1:1/', types });
    for (const name of ['one', 'two'])
      await stand.service.call('POST', '/v1/campaigns', {
        body: { template: 't', language: 'en', name, recipients: people(1, 900) },
      });
    while ((await events.relay(100)) > 0);
    await sql.query(
      `update event_deliveries set dead_at = now(), next_at = null, tries = 9, error = '500 Internal Server Error'`,
    );
    const [newest, older] = await events.list({ state: 'dead', limit: 10 });
    const { page, context } = await stand.open('/system');
    await page.getByRole('button', { name: `Tell again: ${older?.id}` }).click();
    await rowsOf(page, 'events').nth(1).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: `Tell again: ${newest?.id}` }).waitFor();
    const pending = await events.list({ state: 'pending', limit: 10 });
    expect(pending.map((event) => event.id)).toEqual([older?.id]);
    // An operator looks, and tells nothing again.
    await context.close();
    const other = await stand.open('/system', { role: 'operator' });
    await rowsOf(other.page, 'events').first().waitFor();
    expect(await other.page.getByRole('button', { name: /Tell again/ }).count()).toBe(0);
    await other.context.close();
  });
});

describe('a single request', () => {
  it('has its history, facts and raw webhooks on a page of its own, found by its reference', async () => {
    const to = '+16502990001';
    const body = { template: 't', language: 'en', parameters: ['Ann'], to, reference: 'order-77' };
    const made = (await stand.service.call('POST', '/v1/requests', { body })).body.id;
    const senders = await stand.service.app.runSenders();
    const { page, context } = await stand.open('/search?q=order-77', { role: 'operator' });
    await page.getByRole('link', { name: to }).click();
    await page.getByRole('heading', { level: 1, name: 'order-77' }).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/requests/${made}`);
    const facts = page.locator('section').filter({ hasText: 'About this person' });
    await facts.getByText(to).waitFor();
    await page.getByRole('heading', { name: 'History' }).waitFor();
    await page.getByText('Claimed to be sent').waitFor();
    await page.getByText('Taken by Meta').waitFor();
    await senders.close();
    await page.getByRole('button', { name: 'Show the raw webhooks' }).click();
    await page.getByText('No webhook names it, as far as they are kept.').waitFor();
    await page.getByRole('link', { name: 'All of this person' }).click();
    await page.getByRole('heading', { level: 1, name: `Person ${to}` }).waitFor();
    await page.getByText('Asked: taken by Meta', { exact: true }).waitFor();
    await context.close();
  });
});

describe('whoever has acted', () => {
  it('asks for a look of their own, once for each read, and nobody else does', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}`, { role: 'operator' });
    const asked: (readonly [string, string | undefined])[] = [];
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (/reasons$/.test(pathname)) asked.push([pathname, request.headers()['cache-control']]);
    });
    await page.reload();
    await page.getByRole('table', { name: 'Why people wait' }).waitFor();
    await page.getByRole('link', { name: 'Senders' }).click();
    await page.getByRole('heading', { name: 'Senders', level: 1 }).waitFor();
    await page.clock.install();
    await page.clock.fastForward(6_000);
    await page.goBack();
    await page.getByRole('table', { name: 'Why people wait' }).waitFor();
    await expectUntil(() => asked.length, 2);
    const [reloaded, back] = asked;
    expect([reloaded?.[1], back?.[1]]).toEqual(['no-cache', undefined]);
    asked.length = 0;
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Running', { exact: true }).first().waitFor();
    // What is looked at every few seconds may have come in between.
    await expectUntil(() => asked.filter(([, how]) => how === 'no-cache').length, 1);
    await context.close();
  });
});

async function expectUntil(read: () => number, n: number): Promise<void> {
  while (read() < n) await new Promise((resolve) => setTimeout(resolve, 20));
}
