/** Where the focus goes when the line that has it leaves a list. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Console, focused, startConsole, tabTo, untilTrue } from './support.ts';

let stand: Console;

beforeAll(async () => {
  stand = await startConsole();
});
afterAll(() => stand?.close());

it('where the list comes late, the line has the focus until it goes, and then the heading', async () => {
  const to = '+16502530019';
  await stand.service.call('POST', '/v1/suppressions', { body: { people: [to] } });
  const { page, context, faults } = await stand.open('/opt-outs');
  const opener = `Take off the list: ${to}`;
  await page.getByRole('button', { name: opener }).waitFor();
  let send: () => void = () => undefined;
  const sent = new Promise<void>((resolve) => {
    send = resolve;
  });
  await page.route('**/v1/suppressions?*', async (route) => {
    await sent;
    await route.continue();
  });
  await tabTo(page, opener);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: opener }).waitFor();
  await tabTo(page, 'Take off');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await untilTrue(page, `document.activeElement.ariaLabel === '${opener}'`);
  send();
  await page.getByRole('button', { name: opener }).waitFor({ state: 'detached' });
  expect(await focused(page)).toBe('Opt-outs');
  expect(faults).toEqual([]);
  await context.close();
});
