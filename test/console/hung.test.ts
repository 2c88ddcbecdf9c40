/** A service that hangs, or a line that is cut without a word, does not look alive. */
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { people } from '../http/support.ts';
import { type Console, startConsole } from './support.ts';

let stand: Console;
let line: Awaited<ReturnType<typeof startLine>>;

beforeAll(async () => {
  stand = await startConsole({ MESSAGES_PER_SECOND: '3' }, {});
  line = await startLine(Number(new URL(stand.service.http.url).port));
}, 180_000);
afterAll(async () => {
  line?.close();
  await stand?.close();
});

/** What lies between a browser and the service; while it is frozen nothing goes through, and nobody is told. */
async function startLine(port: number) {
  const sockets = new Set<Socket>();
  let isFrozen = false;
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const one of [near, far]) {
      sockets.add(one);
      if (isFrozen) one.pause();
      one.on('error', () => one.destroy());
      one.on('close', () => {
        sockets.delete(one);
        near.destroy();
        far.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    freeze(is: boolean) {
      isFrozen = is;
      for (const one of sockets) is ? one.pause() : one.resume();
    },
    close() {
      server.close();
      for (const one of sockets) one.destroy();
    },
  };
}

it('says so, shows no rate that nobody measured, and lets nothing be done, until it is back', async () => {
  const body = { template: 't', language: 'en', name: 'slow', recipients: people(400) };
  const { id } = (await stand.service.call('POST', '/v1/campaigns', { body })).body;
  const { page, context } = await stand.open('/account', { role: 'operator' });
  await page.goto(`${line.url}/campaigns/${id}`);
  const chart = page.getByRole('figure');
  await chart.getByText(/^Now \S+ messages a second/).waitFor();
  const pause = page.getByRole('button', { name: 'Pause' });
  expect(await pause.isEnabled()).toBe(true);
  await chart.getByText('The numbers of the chart').click();
  const unknown = async () => {
    const rows = chart.getByRole('row');
    await rows.last().getByRole('cell').nth(1).filter({ hasText: '–' }).waitFor();
    const cells = await rows.locator('td:nth-child(2)').allTextContents();
    return cells.filter((text) => text === '–').length;
  };
  line.freeze(true);
  await page.getByText('The service does not answer.').waitFor({ timeout: 20_000 });
  expect([
    await pause.isEnabled(),
    await page.getByRole('button', { name: 'Cancel the campaign' }).isEnabled(),
  ]).toEqual([false, false]);
  await chart.getByText('How fast it is now is not known').waitFor();
  const rate = page.getByText('Rate, last minute', { exact: true }).locator('xpath=..');
  await rate.getByText('–').waitFor();
  // Also of the seconds before anybody knew.
  expect(await unknown()).toBeGreaterThanOrEqual(3);
  line.freeze(false);
  await page.getByText('The service does not answer.').waitFor({ state: 'detached' });
  await chart.getByText(/^Now \S+ messages a second/).waitFor();
  await pause.click();
  await page.getByRole('button', { name: 'Resume' }).waitFor();
  await context.close();
}, 120_000);
