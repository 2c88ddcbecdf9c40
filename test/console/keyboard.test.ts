/** Pages by the keyboard alone: each is reached, and its forms are filled in and sent. Dialogs have their own tests. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../http/browser.ts';
import { type Console, focused, startConsole, tabTo } from './support.ts';

let stand: Console;

beforeAll(async () => {
  stand = await startConsole();
  const { call } = stand.service;
  const dora = { name: 'dora', role: 'operator', password: PASSWORD };
  await call('POST', '/v1/users', { body: dora });
  await call('POST', '/v1/suppressions', { body: { people: ['+16502530009', '+16502530010'] } });
});
afterAll(() => stand?.close());

const heading = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

/** From the box above every page on: past it lies the account, then the navigation. */
async function go(page: Page, link: string): Promise<void> {
  await tabTo(page, link);
  await page.keyboard.press('Enter');
  await heading(page, link);
}

describe('by the keyboard alone', () => {
  it('every page is reached, and its heading has the focus', async () => {
    const { page, context, faults } = await stand.open('/campaigns');
    await heading(page, 'Campaigns');
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    const names = await links.allTextContents();
    const own = names.filter((name) => !['Queues', 'HTTP API'].includes(name));
    expect(own.length).toBeGreaterThanOrEqual(11);
    for (const name of own) {
      await page.reload();
      await page.getByRole('heading', { level: 1 }).waitFor();
      await go(page, name);
      if (name !== 'Campaigns') expect(await focused(page)).toBe(name);
    }
    expect(faults).toEqual([]);
    await context.close();
  });

  it('somebody logs in, changes their password, and logs out by the menu', async () => {
    const { page, context, faults } = await stand.open('/account', { role: null });
    await page.getByLabel('User').waitFor();
    await tabTo(page, 'User');
    await page.keyboard.type('dora');
    await tabTo(page, 'Password');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await heading(page, 'Your account');
    await tabTo(page, 'Current password');
    await page.keyboard.type(PASSWORD);
    await tabTo(page, 'New password');
    await page.keyboard.type('another long password');
    await page.keyboard.press('Enter');
    await page.getByText('Changed. All your other sessions have ended.').waitFor();
    await tabTo(page, 'Skip to the content');
    await tabTo(page, 'Account of dora');
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Account of dora');
    await page.keyboard.press('Enter');
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('ArrowUp');
    while (!(await focused(page)).endsWith('Log out')) await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByLabel('User').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('a template is written and sent to Meta', async () => {
    const { page, context, faults } = await stand.open('/templates/new');
    await heading(page, 'New template');
    await tabTo(page, 'Name');
    await page.keyboard.type('winter_sale');
    await tabTo(page, 'Text');
    await page.keyboard.insertText('Hello {{1}}, may we call you?');
    await tabTo(page, 'Example for {{1}}');
    await page.keyboard.type('Ann');
    await tabTo(page, 'Send to Meta for review');
    await page.keyboard.press('Enter');
    await page.getByText('Made. Its status is').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('lists are searched and filtered, and the focus stays in the box', async () => {
    const { page, context, faults } = await stand.open('/opt-outs');
    await page.getByRole('link', { name: '+16502530010' }).waitFor();
    await tabTo(page, 'Number, or how it ends');
    await page.keyboard.type('0009');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: '+16502530010' }).waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Number, or how it ends');
    await page.goto(`${stand.service.http.url}/audit`);
    await heading(page, 'Audit log');
    await tabTo(page, 'What');
    await page.keyboard.type('addUser');
    await tabTo(page, 'Outcome');
    await page.keyboard.type('Done');
    await tabTo(page, 'Filter');
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /Add a user.*dora/ }).waitFor();
    await page
      .getByRole('row', { name: /Put people on the opt-out list/ })
      .waitFor({ state: 'detached' });
    await page.goto(`${stand.service.http.url}/keys`);
    await heading(page, 'Keys');
    await tabTo(page, 'Show revoked keys too');
    await page.keyboard.press('Space');
    await page.waitForURL('**/keys?view=all');
    expect(await focused(page)).toBe('Show revoked keys too');
    expect(faults).toEqual([]);
    await context.close();
  });
});
