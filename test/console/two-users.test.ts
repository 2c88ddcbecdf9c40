/** The tabs of a browser have one session: whoever it is of now is said in each of them. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../http/browser.ts';
import { people } from '../http/support.ts';
import { type Console, focused, startConsole } from './support.ts';

let stand: Console;

beforeAll(async () => {
  stand = await startConsole();
});
afterAll(() => stand?.close());

async function logIn(page: Page, user: string): Promise<void> {
  await page.getByRole('heading', { name: 'Log in to callpermit' }).waitFor();
  await page.getByLabel('User').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

it('a tab says that somebody else has logged in in another one, and has their name', async () => {
  const { page, context, faults } = await stand.open('/campaigns', { role: 'operator' });
  await page.getByRole('button', { name: 'Account of operator' }).waitFor();
  const other = await context.newPage();
  await other.goto(`${stand.service.http.url}/account`);
  await other.getByRole('button', { name: 'Account of operator' }).click();
  await other.getByRole('menuitem', { name: 'Log out', exact: true }).click();
  // What is still shown in the first tab looks at nothing meanwhile.
  await other.getByRole('heading', { name: 'Log in to callpermit' }).waitFor();
  expect(await focused(other)).toContain('User');
  await page.route('**/v1/session', (route) => route.abort());
  await logIn(other, 'admin');
  await other.getByRole('button', { name: 'Account of admin' }).waitFor();
  await page.unroute('**/v1/session');
  await page.getByRole('button', { name: 'Account of admin' }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

it('what is refused for it is told in words, and the name is that of now', async () => {
  const body = { template: 't', language: 'en', name: 'spring', recipients: people(3) };
  const { id } = (await stand.service.call('POST', '/v1/campaigns', { body })).body;
  const { page, context } = await stand.open(`/campaigns/${id}`, { role: 'operator' });
  const pause = page.getByRole('button', { name: 'Pause' });
  await pause.waitFor();
  // As from a page that tells nobody: the cookie is of somebody else now. What is looked at meanwhile waits for it.
  let go = () => {};
  const isIn = new Promise<void>((resolve) => {
    go = resolve;
  });
  await page.route('**/v1/**', async (route) => {
    await isIn;
    await route.continue();
  });
  const data = { user: 'admin', password: PASSWORD };
  const headers = { 'sec-fetch-site': 'same-origin' };
  await context.request.post(`${stand.service.http.url}/v1/session`, { data, headers });
  go();
  await pause.click();
  await page.getByText('You are admin now, and no longer operator').waitFor();
  await page.getByText('nothing was done').waitFor();
  await page.getByRole('button', { name: 'Account of admin' }).waitFor();
  expect(await page.getByRole('main').textContent()).not.toMatch(/X-CSRF|csrfToken|GET \/v1/);
  await pause.click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  await context.close();
});
