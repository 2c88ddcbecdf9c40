import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import type { RunningSenders } from '../../src/sending/run-senders.ts';
import { people, type Service, startService } from '../http/support.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { startChromium } from './chromium.ts';

const REFUSAL = /^row \d+: rejected, 131026: .*WhatsApp/;

/** The id of a job whose log says that a row was refused: a job that gave its row back has no such line. */
async function refusedJob(page: Page, api: string, queue: string): Promise<string> {
  const jobs = `${api}/queues?activeQueue=${queue}&status=completed&page=1&jobsPerPage=50`;
  for (;;) {
    const listed = (await (await page.request.get(jobs)).json()) as {
      queues: { name: string; jobs: { id: string }[] }[];
    };
    for (const { id } of listed.queues.find(({ name }) => name === queue)?.jobs ?? []) {
      const answer = await page.request.get(`${api}/queues/${queue}/${id}/logs`);
      const lines = (await answer.json()) as string[];
      if (lines.some((line) => REFUSAL.test(line))) return id;
    }
  }
}

describeOnBothQueues('the dashboard in Chromium', (ground) => {
  // A describe of its own, so that it is closed before what it stands on.
  describe('during a run', () => {
    let service: Service;
    let senders: RunningSenders;
    let browser: Browser;

    beforeAll(async () => {
      const dashboard = { DASHBOARD_USER: 'ann', DASHBOARD_PASSWORD: 'secret' };
      // Slow enough that the queue holds jobs while the pages are looked at.
      service = await startService(ground, { ...dashboard, MESSAGES_PER_SECOND: '2' });
      service.simulator.setFaults([{ effect: { kind: 'refuse', code: 131026 } }]);
      browser = await startChromium();
      const body = {
        name: 'big list',
        template: 't',
        language: 'en',
        recipients: people(500),
      };
      await service.call('POST', '/v1/campaigns', { body });
      senders = await service.app.runSenders();
      await service.simulator.untilPosts(1);
    });

    afterAll(async () => {
      await browser?.close();
      await senders?.close();
      await service?.close();
    });

    async function open(password?: string): Promise<{ page: Page; hosts: Set<string> }> {
      const context = await browser.newContext(
        password === undefined ? {} : { httpCredentials: { username: 'ann', password } },
      );
      const page = await context.newPage();
      const hosts = new Set<string>();
      page.on('request', (request) => hosts.add(new URL(request.url()).host));
      return { page, hosts };
    }

    it('shows the queue, its counts and its jobs, and asks nothing of other hosts', async () => {
      const { page, hosts } = await open('secret');
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      const answer = await page.goto(`${service.http.url}/queues`);
      expect(answer?.status()).toBe(200);

      const { phoneNumberId } = service.simulator;
      const title = `Campaigns of ${phoneNumberId}`;
      // Once in the list at the side, once as a card with the counts of its jobs.
      await page.getByRole('main').getByText(title).first().waitFor();
      const shots = process.env.SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), 'callpermit-shots-')));
      await page.screenshot({ path: join(shots, `${ground.queue}-queues.png`) });

      const queue = `callpermit-${phoneNumberId}-campaigns`;
      await page.goto(`${service.http.url}/queues/queue/${queue}?status=completed`);
      await page
        .getByText(/^big list, 1 person$/)
        .first()
        .waitFor();
      await page.screenshot({ path: join(shots, `${ground.queue}-jobs.png`) });
      const text = await page.locator('body').textContent();
      expect(text).toMatch(/completed/i);
      expect(text).toMatch(/waiting/i);
      expect(text).not.toContain(service.simulator.token);
      expect(text).not.toMatch(/1650200\d{4}/);

      // A page of its own: two jobs a second end, so a job leaves the first page of ten within five.
      const job = await refusedJob(page, `${service.http.url}/queues/api`, queue);
      await page.goto(`${service.http.url}/queues/queue/${queue}/${job}?status=completed`);
      await page.getByText('Logs', { exact: true }).first().click();
      await page.getByText(REFUSAL).waitFor();
      await page.screenshot({ path: join(shots, `${ground.queue}-job.png`) });
      expect(await page.locator('body').textContent()).not.toMatch(/1650200\d{4}/);
      expect(errors).toEqual([]);
      expect([...hosts]).toEqual([new URL(service.http.url).host]);
    });

    it.each([undefined, 'wrong'])('is 401 with the password %s', async (password) => {
      const { page } = await open(password);
      const answer = await page.goto(`${service.http.url}/queues`).catch(() => null);
      // Chromium shows a page of its own for a 401 it was asked a password for.
      expect([401, undefined]).toContain(answer?.status());
      expect(await page.locator('#root').count()).toBe(0);
    });
  });
});
