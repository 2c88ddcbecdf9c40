/** A click that would ask more than 10,000 people asks back first, with their number. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { people } from '../http/support.ts';
import { axeFaults, type Console, cutOff, focused, startConsole, untilTrue } from './support.ts';

const MANY = 10_001;

let stand: Console;

beforeAll(async () => {
  stand = await startConsole();
});
afterAll(() => stand?.close());

async function campaigns(): Promise<number> {
  return (await stand.service.call('GET', '/v1/campaigns?limit=100')).body.campaigns.length;
}

/** A list of so many is chosen, and looked at. */
async function choose(page: Page, n: number, first: number): Promise<void> {
  await page.getByLabel('Template').selectOption({ label: 't (en)' });
  const lines = people(n, first).map(({ to }) => `${to},Ann\n`);
  const buffer = Buffer.from(`to,1\n${lines.join('')}`);
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: `${n}.csv`, mimeType: 'text/csv', buffer });
  await page.getByText('would be asked, in about').waitFor();
}

describe('a new campaign of a great many people', () => {
  it('asks back with their number, and is made by a key press that is meant', async () => {
    const { page, context } = await stand.open('/campaigns/new', {
      role: 'operator',
      viewport: { width: 390, height: 844 },
    });
    const asked: string[] = [];
    page.on('request', (request) => {
      const isMaking = request.method() === 'POST' && !request.url().includes('dryRun');
      if (isMaking && request.url().includes('/import')) asked.push(request.url());
    });
    await choose(page, MANY, 0);
    const ask = page.getByRole('button', { name: 'Ask 10,001 people now' });
    const dialog = page.getByRole('dialog', { name: 'Ask 10,001 people?' });
    await ask.click();
    await dialog.waitFor();
    expect([await axeFaults(page), await cutOff(page)]).toEqual([[], []]);
    // The second click of a double click does not land on it, and takes it away neither.
    await page.mouse.click(2, 2);
    await dialog.getByRole('button', { name: 'Not now' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await campaigns()).toBe(0);
    await ask.focus();
    await page.keyboard.down('Enter');
    await dialog.waitFor();
    await untilTrue(page, "document.activeElement.closest('[role=dialog]') !== null");
    expect(await focused(page)).toBe('Ask 10,001 people now');
    // A key that is held comes again and again.
    await page.keyboard.down('Enter');
    await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    expect([await dialog.isVisible(), asked]).toEqual([true, []]);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '10001.csv', level: 1 }).waitFor();
    expect(await campaigns()).toBe(1);
    await context.close();
  });

  it('asks back no more where they are 10,000, or where it is kept as a draft', async () => {
    const before = await campaigns();
    const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
    await choose(page, MANY - 1, 20_000);
    await page.getByRole('button', { name: 'Ask 10,000 people now' }).click();
    await page.getByRole('heading', { name: '10000.csv', level: 1 }).waitFor();
    await page.goto(`${stand.service.http.url}/campaigns/new`);
    await choose(page, MANY, 40_000);
    await page.getByLabel('Not yet: keep it as a draft').check();
    await page.getByRole('button', { name: 'Keep it as a draft' }).click();
    await page.getByRole('heading', { name: '10001.csv', level: 1 }).waitFor();
    expect(await campaigns()).toBe(before + 2);
    // What was kept is asked by a click, too.
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'Ask 10,001 people?' });
    await dialog.getByRole('button', { name: 'Start' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('main').getByText('Running', { exact: true }).waitFor();
    await context.close();
  });
});
