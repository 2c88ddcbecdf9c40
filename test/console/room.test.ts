/** What is shown finds room on a small screen and a middling one, and shows where there is more. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { components } from '../../src/console/api/schema.ts';
import { people } from '../http/support.ts';
import { answering } from './answering.ts';
import { axeFaults, type Console, cutOff, startConsole, styleOf } from './support.ts';

type Schema = components['schemas'];

const NOW = '2026-11-29T12:00:00.000Z';

let stand: Console;
let campaign: Schema['Campaign'];

beforeAll(async () => {
  stand = await startConsole();
  const body = { template: 't', language: 'en', recipients: people(1), start: true };
  const { id } = (await stand.service.call('POST', '/v1/campaigns', { body })).body;
  campaign = (await stand.service.call('GET', `/v1/campaigns/${id}`)).body;
}, 180_000);
afterAll(() => stand?.close());

it('the list of campaigns, with 12-hour times, a long name and a long span, is no wider than a window of 1,280', async () => {
  const { page, context } = await stand.open('/account', {
    ...{ locale: 'en-US', viewport: { width: 1_280, height: 900 } },
  });
  const forecast: Schema['CampaignForecast'] = {
    ...{ id: '', countedAt: NOW, willAsk: 30, withinADay: 30, seconds: 271 },
    ...{ skipped: {}, doneAt: NOW, rate: 1_000, processes: 1, secondsLeft: 271 },
    ...{ later: 0, nextDueAt: null, budgets: [], budgetWait: null, pausedQueues: [] },
  };
  const shown: Schema['Campaign'] = {
    ...{ ...campaign, name: '<img_src=x_onerror=alert(1)>_and_more_of_one_word.csv' },
    template: 'sample_call_permission_of_a_long_name',
    counts: { ...campaign.counts, pending: 50_000, accepted: 50_000, uncertain: 1 },
  };
  await answering(page, stand.service.http.url).goTo('/campaigns', {
    'campaigns?*': { campaigns: [shown], next: null },
    [`campaigns/${campaign.id}/forecast`]: forecast,
  });
  const left = page.getByRole('row').last().locator('[data-title="Time left"] > div');
  await left.getByText('4 min').waitFor();
  expect(await page.locator('.scrolls').evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(
    0,
  );
  // Two lines: its units are not parted from their numbers.
  expect(await left.evaluate((one) => one.getBoundingClientRect().height / 24)).toBeLessThan(2.5);
  expect(await cutOff(page)).toEqual([]);
  await context.close();
});

it('the first lines of a list that are wider than a phone are shaded where there is more', async () => {
  const { page, context } = await stand.open('/campaigns/new', {
    ...{ role: 'operator', viewport: { width: 390, height: 844 } },
  });
  const text = 'Kundennummer;Vorname;Nachname;Telefon mobil\n1;Ann;Anders;+16502000001\n';
  const list = { name: 'wide.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
  await page.locator('input[type=file]').setInputFiles(list);
  const lines = page.getByRole('region', { name: 'The first lines of the list' });
  await lines.waitFor();
  expect(await lines.evaluate((one) => one.scrollWidth > one.clientWidth)).toBe(true);
  // One at each side, and what hides it at an end.
  expect((await styleOf(lines, 'background-image')).match(/gradient\(/g)).toHaveLength(4);
  expect(await styleOf(lines, 'background-attachment')).toBe('local, local, scroll, scroll');
  expect(await axeFaults(page)).toEqual([]);
  await context.close();
});
