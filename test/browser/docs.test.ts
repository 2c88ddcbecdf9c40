/** The description of the API as a page, in Chromium: it opens with the dashboard's log-in, and calls the API with a key. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { DESCRIPTION } from '../http/described.ts';
import { KEY, type Service, startService } from '../http/support.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startChromium } from './chromium.ts';

let database: TestDatabase;
let service: Service;
let browser: Browser;

beforeAll(async () => {
  database = await createTestDatabase();
  service = await startService(
    { databaseUrl: database.connectionString },
    { DASHBOARD_USER: 'ann', DASHBOARD_PASSWORD: 'secret' },
  );
  browser = await startChromium();
});
afterAll(async () => {
  await browser?.close();
  await service?.close();
  await database?.drop();
});

test('every operation is there, all of it comes from this server, and one is tried out with a key', async () => {
  const context = await browser.newContext({
    httpCredentials: { username: 'ann', password: 'secret' },
  });
  const page = await context.newPage();
  const hosts = new Set<string>();
  const errors: string[] = [];
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${service.http.url}/docs`);
  await page.locator('.opblock').first().waitFor();
  const operations = Object.values(DESCRIPTION.paths).flatMap((methods) => Object.keys(methods));
  expect(await page.locator('[id^="operations-"].opblock').count()).toBeGreaterThanOrEqual(
    operations.length,
  );

  await page.getByRole('button', { name: 'Authorize' }).first().click();
  const key = page.locator('form').filter({ hasText: 'key (http, Bearer)' });
  await key.locator('input').fill(KEY);
  await key.locator('.authorize').click();
  await key.locator('.btn-done').click();
  const list = page.locator('#operations-campaigns-listCampaigns');
  await list.locator('.opblock-summary-control').click();
  await list.getByRole('button', { name: 'Try it out' }).click();
  const answer = page.waitForResponse((one) => one.url().includes('/v1/campaigns'));
  await list.getByRole('button', { name: 'Execute' }).click();
  expect((await answer).status()).toBe(200);

  const back = page.getByRole('link', { name: 'Back to callpermit' });
  expect(await back.getAttribute('href')).toBe('../');

  expect([...hosts]).toEqual([new URL(service.http.url).host]);
  expect(errors).toEqual([]);
  await context.close();
}, 120_000);

test('it is closed to who knows neither password nor key', async () => {
  const [none, wrong, withKey] = await Promise.all([
    service.call('GET', '/docs/', { key: null }),
    service.call('GET', '/docs/json', { key: 'wrong' }),
    service.call('GET', '/docs/json'),
  ]);
  expect([none.status, wrong.status, withKey.status]).toEqual([401, 401, 200]);
  expect(withKey.body.openapi).toBe('3.1.0');
});
