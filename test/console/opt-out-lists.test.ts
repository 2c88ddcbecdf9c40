/** A list of people who opted out may look like any list that a campaign takes. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFaults, type Console, cutOff, startConsole } from './support.ts';

let stand: Console;

beforeAll(async () => {
  stand = await startConsole();
});
afterAll(() => stand?.close());

async function imported(page: Page, list: string): Promise<void> {
  await page.getByRole('button', { name: 'Import a list' }).click();
  await page.getByLabel('Or paste numbers here').fill(list);
}
const isOptedOut = async (to: string) =>
  (await stand.service.call('GET', `/v1/suppressions/${to}`)).status === 200;

describe('opt-outs from a file', () => {
  it('have the column that was guessed or chosen, and the country that was said', async () => {
    const { page, context, faults } = await stand.open('/opt-outs', { role: 'operator' });
    await imported(page, 'Name;Mobile Number;reason\nAnn;0151 23456701;by phone');
    const column = page.getByLabel('Column with the phone numbers');
    await column.waitFor();
    expect(await column.inputValue()).toBe('Mobile Number');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('fill in “Country of numbers without a country code”').waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'Country of numbers' }).fill('de');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Added: 1.').waitFor();
    expect((await stand.service.call('GET', '/v1/suppressions/+4915123456701')).body).toMatchObject(
      { reason: 'by phone' },
    );
    await page.getByLabel('Or paste numbers here').fill('a;b\n+4915123456702;x');
    await page.getByRole('button', { name: 'Import', exact: true, disabled: true }).waitFor();
    await column.selectOption('a');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Added: 1. On the list already: 0.').waitFor();
    expect(await isOptedOut('+4915123456702')).toBe(true);
    expect(faults).toEqual([]);
    await context.close();
  });

  it.each([
    ['numbers alone', '+4915123456711\n+4915123456712'],
    ['people without names of columns', '+4915123456721;Ann\n+4915123456722;Bob'],
  ])('are read to the first line: %s', async (_what, list) => {
    const { page, context } = await stand.open('/opt-outs', { role: 'operator' });
    await imported(page, list);
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Added: 2.').waitFor();
    expect(await isOptedOut(list.slice(0, 14))).toBe(true);
    await context.close();
  });
});

it('one person is put there by a number of a country that is said', async () => {
  const { page, context } = await stand.open('/opt-outs', {
    role: 'operator',
    viewport: { width: 390, height: 800 },
  });
  await page.getByRole('button', { name: 'Add one' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Phone number').fill('0151 23456731');
  await dialog.getByRole('button', { name: 'Add one' }).click();
  await dialog.getByText('fill in “Country of numbers without a country code”').waitFor();
  await dialog.getByRole('textbox', { name: 'Country of numbers' }).fill('DE');
  await dialog.getByRole('button', { name: 'Add one' }).click();
  await dialog.getByText('+4915123456731: On the list.').waitFor();
  expect(await cutOff(page)).toEqual([]);
  await context.close();
});
