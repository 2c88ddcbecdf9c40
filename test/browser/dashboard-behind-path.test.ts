/** The dashboard in Chromium through a proxy that serves it under a path, with and without leave to act. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type Service, startService } from '../http/support.ts';
import { type PathProxy, startPathProxy } from '../support/path-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres.ts';
import { startChromium } from './chromium.ts';

let database: TestDatabase;
let browser: Browser;
let service: Service;
let proxy: PathProxy;

beforeAll(async () => {
  database = await createTestDatabase();
  browser = await startChromium();
});
afterEach(async () => {
  await service.app.queue.resume(service.simulator.phoneNumberId);
  await proxy.close();
  await service.close();
});
afterAll(async () => {
  await browser?.close();
  await database?.drop();
});

/** The page of the one queue, and what went wrong while it came. */
async function open(
  actions: '0' | '1',
): Promise<{ page: Page; failures: string[]; senderId: string }> {
  service = await startService(
    { databaseUrl: database.connectionString },
    {
      ...{ DASHBOARD_USER: 'ann', DASHBOARD_PASSWORD: 'secret', DASHBOARD_ACTIONS: actions },
      TRUST_PROXY: 'loopback',
    },
  );
  const senderId = service.simulator.phoneNumberId;
  const target = service.http.url;
  proxy = await startPathProxy({ target, path: '/ask', strips: true, tells: true });
  const context = await browser.newContext({
    httpCredentials: { username: 'ann', password: 'secret' },
  });
  const page = await context.newPage();
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('response', (answer) => {
    // Chromium asks without a password first.
    if (answer.status() >= 400 && answer.status() !== 401)
      failures.push(`${answer.status()} ${answer.url()}`);
  });
  await page.goto(`${proxy.url}/queues/queue/callpermit-${senderId}-campaigns`);
  await page
    .getByRole('heading', { name: `Campaigns of ${senderId}` })
    .first()
    .waitFor();
  return { page, failures, senderId };
}

describe('the dashboard behind a path', () => {
  test('with DASHBOARD_ACTIONS pauses a queue by a click', async () => {
    const { page, failures, senderId } = await open('1');
    const back = page.getByRole('link', { name: 'Back to callpermit' });
    expect(await back.getAttribute('href')).toBe('/ask/system');
    expect(await back.isVisible()).toBe(true);
    const paused = page.waitForResponse((answer) => answer.url().endsWith('/pause'));
    await page.locator('button[aria-haspopup=menu]').click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    // It asks once more.
    await page.getByRole('button', { name: 'Confirm' }).click();
    expect((await paused).status()).toBe(200);
    expect(await service.app.queue.isPaused(senderId)).toBe(true);
    expect(failures).toEqual([]);
  });

  test('without has nothing to press that would', async () => {
    const { page, failures } = await open('0');
    expect(await page.locator('button[aria-haspopup=menu]').count()).toBe(0);
    expect(failures).toEqual([]);
  });
});
