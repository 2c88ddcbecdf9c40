/** What nobody meant to do on the page of a new campaign: the same list twice, a person lost, a list lost, nobody asked. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type Console, startConsole } from './support.ts';

let stand: Console;

beforeAll(async () => {
  stand = await startConsole();
});
afterAll(() => stand?.close());

const AGAIN = 'Ask this list once more, though it was asked within seven days';
const asked = (page: Page) => page.getByRole('tab', { name: 'Overview' });
const campaigns = async () =>
  (await stand.service.call('GET', '/v1/campaigns')).body.campaigns.length;

async function paste(page: Page, list: string): Promise<void> {
  await page.getByRole('heading', { name: 'New campaign', level: 1 }).waitFor();
  await page.getByText('Paste a list instead').click();
  await page.getByLabel('The list, with its header line').fill(list);
  await page.getByRole('button', { name: 'Use this list' }).click();
  await page.getByLabel('Template').selectOption({ label: 't (en)' });
}

async function begun(list: string): Promise<Page> {
  const { page } = await stand.open('/campaigns/new', { role: 'operator' });
  await paste(page, list);
  await page.getByRole('button', { name: 'Ask 2 people now' }).waitFor();
  return page;
}

describe('the same list twice', () => {
  it('is refused with the campaign that had it, and taken where the box says so', async () => {
    const list = 'to,1\n+16504000001,Ann\n+16504000002,Bob';
    const first = await begun(list);
    await first.getByRole('button', { name: 'Ask 2 people now' }).click();
    await asked(first).waitFor();
    const id = new URL(first.url()).pathname.split('/').at(-1);
    const before = await campaigns();
    const page = await begun(list);
    const ask = page.getByRole('button', { name: 'Ask 2 people now' });
    await ask.click();
    const told = page.getByRole('alert').filter({ hasText: 'This list was handed over before' });
    await told.filter({ hasText: String(id) }).waitFor();
    await told.getByText(`tick “${AGAIN}”, under “Hours and limits”.`).waitFor();
    expect(await told.getByText('idempotency').count()).toBe(0);
    expect(await campaigns()).toBe(before);
    await page.getByText('Hours and limits', { exact: true }).click();
    await page.getByLabel(AGAIN).check();
    await ask.click();
    await asked(page).waitFor();
    expect(await campaigns()).toBe(before + 1);
    await Promise.all([first.context().close(), page.context().close()]);
  });

  it('from two tabs at once is one campaign, and the other one is told', async () => {
    const before = await campaigns();
    const list = 'to,1\n+16504000003,Ann\n+16504000004,Bob';
    const pages = await Promise.all([begun(list), begun(list)]);
    for (const page of pages) await page.getByRole('button', { name: 'Ask 2 people now' }).click();
    const ends = await Promise.all(
      pages.map((page) =>
        Promise.race([
          asked(page)
            .waitFor()
            .then(() => 'asked'),
          page
            .getByText('This list was handed over before')
            .waitFor()
            .then(() => 'told'),
        ]),
      ),
    );
    expect(ends.toSorted()).toEqual(['asked', 'told']);
    expect(await campaigns()).toBe(before + 1);
    await Promise.all(pages.map((page) => page.context().close()));
  });
});

it('a person in the first line of a list is asked, once somebody says that they are one', async () => {
  const { page, context, faults } = await stand.open('/campaigns/new', { role: 'operator' });
  await paste(page, '+16504000011;Ann\n+16504000012;Bob');
  await page.getByText('looks like a person').waitFor();
  await page.getByLabel('Phone number').selectOption('+16504000011');
  await page.getByLabel('{{1}} of the message').selectOption('Ann');
  const refused = page.getByRole('alert').filter({ hasText: 'who would not be asked' });
  await refused.waitFor();
  expect(await page.getByRole('button', { name: 'Ask them' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'The first line is a person too' }).click();
  await page.getByLabel('{{1}} of the message').selectOption('Column 2');
  await page.getByText('2 lines, of which 2 can be asked.').waitFor();
  await page.getByRole('button', { name: 'Ask 2 people now' }).click();
  await asked(page).waitFor();
  const { body } = await stand.service.call('GET', '/v1/requests?number=%2B16504000011');
  expect(body.requests).toHaveLength(1);
  expect(faults).toEqual([]);
  await context.close();
});

it('who would all be left out are asked by no button', async () => {
  await stand.service.call('PUT', '/v1/suppressions/+16504000021', { body: {} });
  const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
  await paste(page, 'to,1\n+16504000021,Ann');
  await page.getByText('Nobody would be asked.').waitFor();
  await page.getByText('1 line, of which 1 could be read.').waitFor();
  await page.getByText('Nobody would be asked: it is said above why.').waitFor();
  expect(await page.getByRole('button', { name: 'Ask them' }).isDisabled()).toBe(true);
  await context.close();
});

it('a list is not lost by a link or the way back, but where somebody says so', async () => {
  const { page, context } = await stand.open('/campaigns', { role: 'operator' });
  await page.getByRole('link', { name: 'New campaign', exact: true }).first().click();
  await paste(page, 'to,1\n+16504000031,Ann');
  const sure = page.getByRole('dialog', { name: 'Leave this page?' });
  for (const leave of [
    () => page.getByRole('link', { name: 'Templates', exact: true }).click(),
    () => page.goBack(),
  ]) {
    await leave();
    await sure.getByRole('button', { name: 'Not now' }).click();
    await sure.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Ask 1 person now' }).waitFor();
  }
  await page.getByRole('link', { name: 'Templates', exact: true }).click();
  await sure.getByRole('button', { name: 'Leave it' }).click();
  await page.getByRole('heading', { name: 'Templates', level: 1 }).waitFor();
  await context.close();
});
