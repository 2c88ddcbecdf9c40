/**
 * What the console is for, in Chromium from beginning to end: log in, drop a list as a spreadsheet of the west writes it, map
 * it, read what will happen, start, watch, pause, go on, see people answer, open one who was refused, take away who may be called.
 */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../http/browser.ts';
import { axeFaults, type Console, startConsole } from './support.ts';

const PEOPLE = 40;
const HOSTILE = '<img src=x onerror=alert(1)>';
const NOT_ALLOWED_YET = 131_030;

let stand: Console;

beforeAll(async () => {
  stand = await startConsole(
    { MESSAGES_PER_SECOND: '6' },
    {
      latency: { kind: 'uniform', minMs: 10, maxMs: 30 },
      faults: [{ nth: [3], effect: { kind: 'refuse', code: NOT_ALLOWED_YET } }],
      deliveries: { delivered: 1, read: 0.8 },
      answers: { accept: 0.6, decline: 0.2, afterMs: { kind: 'uniform', minMs: 100, maxMs: 500 } },
    },
  );
}, 180_000);
afterAll(() => stand?.close());

/** CSV with `;`, quotation marks, columns that nobody needs, and two lines that cannot be asked. */
function list(): string {
  const lines = Array.from({ length: PEOPLE }, (_, i) => {
    const name = i === 0 ? HOSTILE : i === 1 ? 'Jürgen Größe' : `Ann ${i}`;
    return `K${i};"${name}";+1650${String(3_000_000 + i)};"one; two"`;
  });
  return ['Kunde;Name;Telefon;Notiz', ...lines, 'K-a;Bo;12;', 'K-b;;+16503999999;'].join('\r\n');
}

/** As somebody drops a file onto the page; latin1 writes these letters as windows-1252 does. */
async function drop(page: Page, text: string): Promise<void> {
  const file = await page.evaluateHandle((base64) => {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    const data = new (globalThis as unknown as { DataTransfer: new () => Transfer }).DataTransfer();
    data.items.add(new File([bytes], 'Kunden.csv', { type: 'text/csv' }));
    return data;
  }, Buffer.from(text, 'latin1').toString('base64'));
  await page.getByRole('region', { name: 'Drop a list here' }).dispatchEvent('drop', {
    dataTransfer: file,
  });
}

interface Transfer {
  readonly items: { add(file: File): void };
}

const shownOf = (page: Page, name: string) =>
  page
    .getByRole('region', { name: 'How it stands' })
    .locator('div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .locator('dd');

/** What stands there once it fits. */
async function until(read: () => Promise<string>, fits: (n: number) => boolean): Promise<number> {
  for (;;) {
    const n = Number((await read()).replace(/\D/g, '') || Number.NaN);
    if (fits(n)) return n;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

it('leads from a list to who may be called', async () => {
  const { page, context, faults } = await stand.open('/campaigns/new', { role: null });
  await page.getByLabel('User').fill('operator');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.keyboard.press('Enter');

  await page.getByRole('heading', { name: 'New campaign', level: 1 }).waitFor();
  await drop(page, list());
  const first = page.getByRole('table', { name: 'The first lines of the list' });
  await first.getByText('Jürgen Größe').waitFor();
  expect(await page.getByLabel('Encoding').inputValue()).toBe('windows-1252');
  expect(await first.getByRole('columnheader').allTextContents()).toEqual([
    ...['Kunde', 'Name', 'Telefon', 'Notiz'],
  ]);
  await page.getByLabel('Template').selectOption({ label: 't (en)' });
  await page.getByLabel('Phone number').selectOption('Telefon');
  await page.getByLabel('{{1}} of the message').selectOption('Name');
  await page.getByLabel('Your reference').selectOption('Kunde');
  await page.getByRole('figure', { name: 'Preview on a phone' }).getByText(HOSTILE).waitFor();
  await page.getByLabel('Name', { exact: true }).fill(`November ${HOSTILE}`);

  await page.getByText(`${PEOPLE} people would be asked`).waitFor();
  const refused = page.getByRole('table', { name: 'refused lines' });
  expect(await refused.locator('tbody tr').count()).toBe(2);
  await refused.getByText('PHONE_COUNTRY_MISSING').waitFor();
  expect(await axeFaults(page)).toEqual([]);
  expect(await posts()).toBe(0);
  await page.getByRole('button', { name: `Ask ${PEOPLE} people now` }).click();

  await page.getByRole('heading', { name: `November ${HOSTILE}`, level: 1 }).waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const accepted = () => shownOf(page, 'Accepted').textContent().then(String);
  await until(accepted, (n) => n >= 2);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused by a person').waitFor();
  const sending = () => shownOf(page, 'Being sent').textContent().then(String);
  await until(sending, (n) => n === 0);
  const askedThen = await posts();
  expect(askedThen).toBeLessThan(PEOPLE);
  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByText('Completed', { exact: true }).waitFor({ timeout: 60_000 });
  expect(await posts()).toBe(PEOPLE);

  const step = (name: string) => page.locator(`[data-step=${name}] > span`).last();
  const answered = async () => String((await step('answered').textContent())?.split(' ')[0]);
  await until(answered, (n) => n >= 10);
  await stand.service.simulator.untilWebhooksQuiet();
  const { body: told } = await stand.service.call('GET', `/v1/campaigns/${id}/funnel`);
  const granted = async () => String((await step('granted').textContent())?.split(' ')[0]);
  await until(granted, (n) => n >= told.granted.temporary + told.granted.permanent);
  expect(await axeFaults(page)).toEqual([]);

  // The one refused, by its code, and its way.
  const reasons = page.getByRole('table', { name: 'Why people wait' });
  await reasons.getByText(String(NOT_ALLOWED_YET), { exact: true }).waitFor();
  await reasons.getByRole('button', { name: 'Ask these again' }).waitFor();
  await reasons.getByRole('link', { name: 'Show these' }).first().click();
  const people = page.getByRole('table', { name: 'people' });
  await people.getByRole('link').first().click();
  await page.getByRole('heading', { name: 'History' }).waitFor();
  await page.getByText('Refused by Meta').waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await page.getByRole('link', { name: 'To the campaign' }).click();

  await page.getByRole('tab', { name: 'Overview' }).click();
  const coming = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export who may be called' }).click();
  const file = await readFile(await (await coming).path(), 'utf8');
  const inFile = file
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => /\+1650\d{7}/.exec(line)?.[0])
    .sort();
  const { body: book } = await stand.service.call('GET', '/v1/permissions?state=callable');
  const inLedger = book.permissions.map(({ to }: { to: string }) => to).sort();
  expect(inFile).toEqual(inLedger);
  expect(inFile.length).toBeGreaterThan(5);

  // Beside those who said yes to it stand those who had a permission before; the list has the same share of the same people.
  const share = String((await step('granted').textContent())?.split(' ')[1]);
  await page.getByRole('link', { name: 'Campaigns', exact: true }).click();
  await page.getByText(`${share} of the list`).waitFor();
  await page.getByRole('link', { name: 'May be called' }).click();
  const inBook = page.getByRole('table', { name: 'people of the permission book' });
  await inBook
    .getByRole('link', { name: `November ${HOSTILE}` })
    .first()
    .waitFor();

  // By anything that is known of a person, from anywhere.
  for (const q of ['K1', '+1 650 300 0001']) {
    await page.getByRole('searchbox').fill(q);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `Found for "${q}"` }).waitFor();
    await page.getByRole('cell', { name: 'K1', exact: true }).waitFor();
  }
  expect(faults).toEqual([]);
  await context.close();
}, 180_000);

async function posts(): Promise<number> {
  return stand.service.simulator.stats().posts;
}
