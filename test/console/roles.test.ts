/** Who may do what in the console, and what a stolen or old cookie is good for. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { type RunningHttp, startHttp } from '../../src/http/server.ts';
import { countedHashes } from '../http/browser.ts';
import { type Console, startConsole } from './support.ts';

let stand: Console;

beforeAll(async () => {
  stand = await startConsole();
  await stand.service.call('POST', '/v1/suppressions', { body: { people: ['+16502530009'] } });
});
afterAll(() => stand?.close());

/** A call as a page of ours makes it; gives the status. */
function callFrom(page: Page, method: string, path: string, body?: object): Promise<number> {
  const script = `(async () => {
    const { csrfToken } = await (await fetch('/v1/session')).json();
    const headers = { 'content-type': 'application/json', 'x-csrf-token': csrfToken };
    const body = ${JSON.stringify(body === undefined ? undefined : JSON.stringify(body)) ?? 'undefined'};
    return (await fetch(${JSON.stringify(path)}, { method: ${JSON.stringify(method)}, headers, body })).status;
  })()`;
  return page.evaluate(script) as Promise<number>;
}

const NUMBER = '%2B16502530009';
const NEW_USER = { name: 'mallory', role: 'admin', password: 'a long password' };

describe('whoever comes to an empty ledger', () => {
  it('is led through the first steps', async () => {
    const { page, context } = await stand.open('/', { role: 'admin' });
    await page.getByRole('heading', { name: 'First steps', level: 1 }).waitFor();
    await page.getByText('What is needed is set.').waitFor();
    await context.close();
  });
});

describe('a viewer', () => {
  it.each([
    ['/opt-outs', '+16502530009', ['Add one', 'Import a list', 'Take off']],
    [`/permissions?q=${NUMBER}`, 'On the opt-out list', ['Take off the opt-out list', 'Ask Meta']],
    ['/templates', 'Approved', ['Delete', 'New template']],
    ['/system', 'Findings', ['Tell again']],
    ['/first-steps', 'Settings', ['Make a template', 'New campaign']],
  ])('finds at %s nothing to act with', async (path, shown, actions) => {
    const { page, context } = await stand.open(path, { role: 'viewer' });
    await page.getByText(shown).first().waitFor();
    for (const name of actions)
      expect(await page.getByRole('main').getByRole('button', { name }).count()).toBe(0);
    await context.close();
  });

  it('is refused by the API whatever the page shows', async () => {
    const { page, context } = await stand.open('/opt-outs', { role: 'viewer' });
    expect(await callFrom(page, 'DELETE', `/v1/suppressions/${NUMBER}`)).toBe(403);
    expect(await callFrom(page, 'POST', '/v1/campaigns', { template: 't', language: 'en' })).toBe(
      403,
    );
    expect(await callFrom(page, 'GET', '/v1/audit')).toBe(403);
    expect(await callFrom(page, 'GET', '/v1/permissions')).toBe(200);
    await context.close();
  });
});

describe('an operator', () => {
  it.each(['/users', '/keys'])(
    'is told at %s which role it needs, and sees nothing',
    async (path) => {
      const { page, context } = await stand.open(path, { role: 'operator' });
      await page.getByText('This needs the role admin.').waitFor();
      expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
      await context.close();
    },
  );

  it('keeps opt-outs, but neither users nor keys', async () => {
    const { page, context } = await stand.open('/opt-outs', { role: 'operator' });
    await page.getByRole('button', { name: 'Take off the list: +16502530009' }).waitFor();
    expect(await callFrom(page, 'POST', '/v1/users', NEW_USER)).toBe(403);
    expect(await callFrom(page, 'POST', '/v1/keys', { name: 'k', scope: 'admin' })).toBe(403);
    await context.close();
  });
});

describe('an admin', () => {
  it('adds a user, takes their role away, and removes them; all of it is in the audit log', async () => {
    const { page, context, faults } = await stand.open('/users');
    await page.getByRole('button', { name: 'Add a user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('bob');
    await dialog.getByLabel('operator').check();
    await dialog.getByLabel('Password', { exact: true }).fill('a long password');
    await dialog.getByRole('button', { name: 'Add a user' }).click();
    await page.getByRole('button', { name: 'Change bob' }).click();
    await dialog.getByLabel('viewer').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /bob viewer/ }).waitFor();
    await page.getByRole('button', { name: 'Change bob' }).click();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await page
      .getByRole('dialog', { name: 'Remove bob?' })
      .getByRole('button', { name: 'Remove' })
      .click();
    await page.getByRole('row', { name: /bob/ }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Audit log' }).click();
    for (const what of ['Remove a user', 'Change a user', 'Add a user'])
      await page.getByRole('row', { name: new RegExp(`admin.*${what}.*bob.*Done`) }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('sees a new key once', async () => {
    const { page, context } = await stand.open('/keys');
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('crm');
    await page.getByRole('dialog').getByRole('button', { name: 'Make a key' }).click();
    const key = (await page.getByRole('status').locator('code').textContent()) ?? '';
    expect((await stand.service.call('GET', '/v1/senders', { key })).status).toBe(200);
    // Nothing but the button takes it away.
    await page.keyboard.press('Escape');
    await page.mouse.click(1, 1);
    await page.getByRole('row', { name: /crm/, includeHidden: true }).waitFor();
    expect(await page.getByRole('status').locator('code').textContent()).toBe(key);
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(key);
    await context.close();
  });
});

describe('a session', () => {
  it('that is forged opens nothing: the log-in stands there', async () => {
    const { page, context } = await stand.open('/campaigns', { role: null });
    const value = `cps_${'A'.repeat(43)}`;
    await context.addCookies([{ name: 'callpermit_session', value, url: stand.service.http.url }]);
    await page.reload();
    await page.getByLabel('User').waitFor();
    await context.close();
  });

  it('that was logged out opens nothing again', async () => {
    const { page, context } = await stand.open('/senders', { role: 'operator' });
    const cookies = await context.cookies();
    await page.getByRole('button', { name: 'Account of operator' }).click();
    await page.getByRole('menuitem', { name: 'Log out', exact: true }).click();
    await page.getByLabel('User').waitFor();
    await context.addCookies(cookies);
    await page.reload();
    await page.getByLabel('User').waitFor();
    await context.close();
  });

  it('changes nothing for a page of another origin', async () => {
    const { context } = await stand.open('/opt-outs', { role: 'admin' });
    const other = await context.newPage();
    // Another port of this machine is another origin, and the same site: the cookie goes along.
    const { port } = new URL(stand.service.http.url);
    await other.goto(`${stand.service.simulator.url}/`).catch(() => undefined);
    await other.evaluate(
      `fetch('http://127.0.0.1:${port}/v1/suppressions/%2B16502530009', { method: 'DELETE', mode: 'no-cors', credentials: 'include' }).catch(() => {})
       .then(() => fetch('http://127.0.0.1:${port}/v1/suppressions', { method: 'POST', mode: 'no-cors', credentials: 'include', body: '{"people":["+16502530010"]}' }).catch(() => {}))`,
    );
    const { body } = await stand.service.call('GET', '/v1/suppressions');
    expect(body.suppressions.map(({ to }: { to: string }) => to)).toEqual(['+16502530009']);
    await context.close();
  });
});

describe('a console that is open while the service is started anew', () => {
  let again: RunningHttp | undefined;
  afterAll(() => again?.close());

  it('comes back by itself and shows what is true now', async () => {
    const { page, context } = await stand.open('/senders', { role: 'viewer' });
    await page.getByRole('heading', { name: 'Senders', level: 1 }).waitFor();
    // The other pages are fetched once the first one stands.
    await page.waitForFunction(() =>
      performance.getEntriesByType('resource').some(({ name }) => /opt-outs/.test(name)),
    );
    const { service } = stand;
    const port = Number(new URL(service.http.url).port);
    await service.http.close();
    await service.app.ledger.people.suppress({ people: [{ to: '+16502530012' }], source: 'api' });
    // Somebody goes to another page while nobody answers.
    await page.getByRole('link', { name: 'Opt-outs' }).click();
    // All tries are over by then: what brings the page back is that it looks again.
    await page.getByRole('alert').getByText('The service does not answer.').waitFor();
    again = await startHttp(service.app, { port, hash: countedHashes().hash });
    await page.getByRole('link', { name: '+16502530012' }).waitFor();
    await context.close();
  });
});
