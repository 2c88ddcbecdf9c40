/** The log-in and the frame around all pages, in Chromium. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PASSWORD } from '../http/browser.ts';
import { axeFaults, type Console, startConsole } from './support.ts';

let stand: Console;

beforeAll(async () => {
  stand = await startConsole();
});
afterAll(() => stand?.close());

describe('the log-in', () => {
  it('stands at the page that was asked for, says what was wrong, and leads on to that page', async () => {
    const { page, context, faults } = await stand.open('/senders', { role: null });
    await page.getByLabel('User').fill('operator');
    await page.getByLabel('Password', { exact: true }).fill('wrong wrong wrong');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('alert').getByText('UNAUTHORIZED').waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Senders', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/senders');
    expect(await page.title()).toBe('Senders - callpermit');
    expect(faults).toEqual([]);
    await context.close();
  });

  it('comes back when somebody logs out, here or elsewhere', async () => {
    const { page, context } = await stand.open('/senders', { role: 'viewer' });
    await page.getByRole('button', { name: 'Account of viewer' }).click();
    await page.getByRole('menuitem', { name: 'Log out', exact: true }).click();
    await page.getByLabel('User').waitFor();
    await page.reload();
    await page.getByLabel('User').waitFor();
    await context.close();
  });
});

describe('the frame', () => {
  it('takes nothing from elsewhere, and breaks no rule of the policy, in both colours', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, context, faults } = await stand.open('/campaigns', { colorScheme });
      await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();
      expect(await axeFaults(page)).toEqual([]);
      await page.getByRole('button', { name: 'Account of admin' }).click();
      await page.getByRole('menuitem', { name: 'Your account' }).waitFor();
      expect(await axeFaults(page)).toEqual([]);
      expect(faults).toEqual([]);
      await context.close();
    }
  });

  it('shows a viewer no pages that only others may see', async () => {
    const { page, context } = await stand.open('/campaigns', { role: 'viewer' });
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    await links.first().waitFor();
    const names = await links.allTextContents();
    expect(names).toContain('May be called');
    for (const name of ['New campaign', 'Users', 'Keys', 'Audit log'])
      expect(names).not.toContain(name);
    await context.close();
  });

  it('has pages that can each be loaded anew by their address', async () => {
    const { page, context, faults } = await stand.open('/campaigns');
    const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
    await links.first().waitFor();
    const paths = await links.evaluateAll((all) =>
      all.map((one) => new URL((one as unknown as { href: string }).href).pathname),
    );
    const own = paths.filter((path) => !/^\/(queues|docs)/.test(path));
    expect(own.length).toBeGreaterThanOrEqual(10);
    for (const path of own) {
      await page.goto(stand.service.http.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      expect(await page.getByText('There is no such page.').count()).toBe(0);
    }
    expect(faults).toEqual([]);
    await context.close();
  });
});
