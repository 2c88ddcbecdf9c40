/** The whole road of a campaign by the keyboard alone: from the log-in to those who are asked again. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../http/browser.ts';
import { axeFaults, type Console, startConsole, tabTo } from './support.ts';

const PEOPLE = 24;
const PER_SECOND = 3;
const NOT_ALLOWED_YET = 131_030;

let stand: Console;

beforeAll(async () => {
  stand = await startConsole(
    { MESSAGES_PER_SECOND: String(PER_SECOND), DAILY_RECIPIENT_LIMIT: '250' },
    {
      latency: { kind: 'uniform', minMs: 10, maxMs: 30 },
      faults: [{ nth: [3], effect: { kind: 'refuse', code: NOT_ALLOWED_YET } }],
    },
  );
}, 180_000);
afterAll(() => stand?.close());

const LIST = [
  'Kunde;Anrede;Telefon',
  ...Array.from({ length: PEOPLE }, (_, i) => `K${i};Ann ${i};+1650${4_000_000 + i}`),
].join('\r\n');

async function press(page: Page, name: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** Chooses in the list that has the focus by its first letters. */
async function pick(page: Page, list: string, text: string): Promise<void> {
  await tabTo(page, list);
  await page.keyboard.type(text);
}

/** A number of the campaign. */
const tile = (page: Page, name: string) =>
  page
    .getByRole('region', { name: 'How it stands' })
    .locator('div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd');

it('leads from the log-in to those who are asked again', async () => {
  const { page, context, faults } = await stand.open('/campaigns', { role: null });
  await page.getByLabel('User').waitFor();
  await tabTo(page, 'User');
  await page.keyboard.type('operator');
  await tabTo(page, 'Password');
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();

  await press(page, 'New campaign');
  await page.getByRole('heading', { name: 'New campaign', level: 1 }).waitFor();
  const choosing = page.waitForEvent('filechooser');
  await press(page, 'Choose a file');
  const chooser = await choosing;
  await chooser.setFiles({ name: 'K.csv', mimeType: 'text/csv', buffer: Buffer.from(LIST) });
  await page.getByLabel('Encoding').waitFor();
  await pick(page, 'Template', 't (en');
  await page.getByLabel('{{1}} of the message').waitFor();
  expect(await page.getByLabel('Phone number').inputValue()).toBe('Telefon');
  await pick(page, '{{1}} of the message', 'Anrede');
  await page.getByText(`${PEOPLE} people would be asked`).waitFor();
  await page.getByText('250 of 250 people are left within 24 hours. Nobody of these').waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await press(page, `Ask ${PEOPLE} people now`);

  await page.getByRole('tab', { name: 'Overview' }).waitFor();
  const rate = tile(page, 'Rate, last minute').filter({ hasText: /[1-9]/ });
  const perSecond = Number.parseFloat(String(await rate.textContent()));
  expect(perSecond).toBeGreaterThan(0);
  expect(perSecond).toBeLessThanOrEqual(PER_SECOND + 0.5);
  await press(page, 'Pause');
  await page.getByText('Paused by a person').waitFor();
  expect(stand.service.simulator.stats().posts).toBeLessThan(PEOPLE);
  await press(page, 'Resume');
  await page.getByText('Completed', { exact: true }).waitFor({ timeout: 60_000 });
  expect(stand.service.simulator.stats().posts).toBe(PEOPLE);

  await press(page, 'Ask these again');
  const dialog = page.getByRole('dialog', { name: 'Ask people again' });
  await dialog
    .getByText(`1 person whom Meta refused with code ${NOT_ALLOWED_YET} is asked`)
    .waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await press(page, 'Ask them again');
  await dialog.waitFor({ state: 'hidden' });
  await tile(page, 'Accepted')
    .filter({ hasText: String(PEOPLE) })
    .waitFor();
  expect(stand.service.simulator.stats().posts).toBe(PEOPLE + 1);
  expect(faults).toEqual([]);
  await context.close();
}, 180_000);
