/** The parts of a campaign's page agree with each other. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Locator, Page, Route } from 'playwright-core';
import { people } from '../http/support.ts';
import { type Console, startConsole, untilTrue } from './support.ts';

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
  it('are counted again once they have rested where its numbers move, before they are looked at anyway', async () => {
    const made = await paused(20, 800);
    const page = await opened(made);
    await page.getByText('Nobody is asked now, so there is no end in sight').waitFor();
    await page.clock.pauseAt(await ahead(page));
    // What is answered from now on was asked after this.
    await untilTrue(page, 'globalThis.waiting === 0');
    const moved = await nowOf(page);
    await end(made, 5, 'rejected', 131026);
    await untilShown(page, numberOf(page, 'Refused', '5'), 10);
    await untilShown(page, page.getByText('Still to be asked: 15'), 100);
    await untilShown(page, refusedLine(page).getByText('5', { exact: true }), 100);
    for (const part of ['forecast', 'reasons']) {
      const asked = await askedFor(page, part);
      const next = asked.find((at) => at > moved) ?? Number.NaN;
      const rested = next - (asked.findLast((at) => at <= moved) ?? Number.NaN);
      // By the page's own clock, which this test moves.
      expect([part, rested >= 3_000, rested < 10_000]).toEqual([part, true, true]);
    }
    await page.context().close();
  });

  it('that were counted before its numbers moved say so, and do not say that nobody is held up', async () => {
    const made = await paused(20, 830);
    const page = await opened(made);
    let answer: () => void = () => undefined;
    const isMoved = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const before = { id: made, countedAt: '2020-02-02T12:00:00.000Z', reasons: [] };
    const asked: string[] = [];
    const late = async (route: Route) => {
      asked.push(route.request().url());
      await isMoved;
      await route.fulfill({ json: before });
    };
    await page.route('**/reasons', late, { times: 1 });
    await page.clock.pauseAt(await ahead(page));
    while (asked.length === 0) await page.clock.runFor(1_000);
    await end(made, 5, 'rejected', 131026);
    await untilShown(page, numberOf(page, 'Refused', '5'), 10);
    answer();
    await untilShown(page, page.getByText(/^Counted at .*2020/), 10);
    await page.getByText('The numbers above have moved; it is counted again').waitFor();
    expect(await page.getByText('Nobody is held up so far.').count()).toBe(0);
    await untilShown(page, refusedLine(page), 100);
    await page.context().close();
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

/** A campaign that is paused, of so many people. */
async function paused(n: number, first: number): Promise<string> {
  const body = { template: 't', language: 'en', recipients: people(n, first) };
  const made = (await stand.service.call('POST', '/v1/campaigns', { body })).body.id;
  await stand.service.call('POST', `/v1/campaigns/${made}/pause`);
  return made;
}

/** Its page, whose clock can be moved, once all of its parts are there. */
async function opened(made: string): Promise<Page> {
  const { page } = await stand.open('/account');
  await page.addInitScript(KEEP_ASKED);
  await page.clock.install();
  await page.goto(`${stand.service.http.url}/campaigns/${made}`);
  await page.getByText('Still to be asked: 20').waitFor();
  await page.getByText('Nobody is held up so far.').waitFor();
  return page;
}

/** When the page asked for what, by its own clock, and how many answers it waits for. */
const KEEP_ASKED = `(() => {
  const { fetch } = globalThis;
  globalThis.asked = [];
  globalThis.waiting = 0;
  globalThis.fetch = (request, ...more) => {
    globalThis.asked.push({ path: new URL(request.url).pathname, at: Date.now() });
    globalThis.waiting += 1;
    return fetch(request, ...more).finally(() => {
      globalThis.waiting -= 1;
    });
  };
})()`;

async function askedFor(page: Page, part: string): Promise<readonly number[]> {
  const all = (await page.evaluate('globalThis.asked')) as { path: string; at: number }[];
  return all.filter(({ path }) => path.endsWith(`/${part}`)).map(({ at }) => at);
}

async function nowOf(page: Page): Promise<number> {
  return Number(await page.evaluate('Date.now()'));
}

/** By then all that is looked at anyway was looked at once more. */
async function ahead(page: Page): Promise<number> {
  return (await nowOf(page)) + 10_000;
}

/** Lets the page's clock go on until something is shown. */
async function untilShown(page: Page, shown: Locator, stepMs: number): Promise<void> {
  while ((await shown.count()) === 0) await page.clock.runFor(stepMs);
}

const numberOf = (page: Page, name: string, n: string) =>
  page
    .getByRole('region', { name: 'How it stands' })
    .locator('div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .getByText(n, { exact: true });

const refusedLine = (page: Page) =>
  page
    .getByRole('table', { name: 'Why people wait' })
    .getByRole('row')
    .filter({ hasText: '131026' });

/** The first of those that wait end so; what was asked leads there by way of `uncertain`. */
async function end(campaign: string, upTo: number, state: string, code?: number): Promise<void> {
  const these = "campaign_id = $1 and row <= $2 and state in ('pending', 'queued')";
  await sql.query(`update requests set ${UNCERTAIN} where ${these}`, [campaign, upTo]);
  await sql.query(
    "update requests set state = $3, error_code = $4, cause = 'accepted.1', fence = 1 where campaign_id = $1 and row <= $2 and state = 'uncertain'",
    [campaign, upTo, state, code ?? null],
  );
}
