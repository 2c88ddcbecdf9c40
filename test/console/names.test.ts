/** Campaigns are told by their names wherever they are met, and actions by words. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { english } from '../../src/console/texts.en.ts';
import { DESCRIPTION } from '../http/described.ts';
import { people } from '../http/support.ts';
import { type Console, startConsole, untilTrue } from './support.ts';

const NAME = 'Spring news';
const [ANN] = people(1, 700);

let stand: Console;
let id: string;

beforeAll(async () => {
  stand = await startConsole({}, {});
  const body = { template: 't', language: 'en', name: NAME, recipients: people(2, 700) };
  id = (await stand.service.call('POST', '/v1/campaigns', { body })).body.id;
  for (;;) {
    const { body: now } = await stand.service.call('GET', `/v1/campaigns/${id}`);
    if (now.state === 'completed') break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}, 180_000);
afterAll(() => stand?.close());

describe('a campaign is told by its name', () => {
  it.each([
    ['where somebody is searched for', () => `/search?q=${encodeURIComponent(ANN?.to ?? '')}`],
    ['in the history of a person', () => `/permissions?q=${encodeURIComponent(ANN?.to ?? '')}`],
    ['in the audit log', () => '/audit'],
  ])('%s', async (_where, path) => {
    const { page, context } = await stand.open(path());
    const link = page.getByRole('main').getByRole('link', { name: NAME }).first();
    await link.waitFor();
    expect(await page.getByRole('main').textContent()).not.toContain(id);
    await link.click();
    await page.getByRole('heading', { level: 1, name: NAME }).waitFor();
    await context.close();
  });
});

describe('the audit log', () => {
  it('says in words what was done, and is searched by them or by the name in the API', async () => {
    const { page, context } = await stand.open('/audit');
    await page.getByRole('row', { name: /admin Make a campaign Spring news Done/ }).waitFor();
    const log = page.getByRole('table', { name: 'actions' });
    const logIns = log.getByText('Log in', { exact: true });
    await logIns.first().waitFor();
    const box = page.getByLabel('What');
    for (const typed of ['make a campaign', 'createCampaign']) {
      await box.fill(typed);
      await page.keyboard.press('Enter');
      await page.waitForURL('**/audit?what=createCampaign');
      await logIns.first().waitFor({ state: 'detached' });
      await log.getByText('Make a campaign').waitFor();
      await untilTrue(page, "document.querySelector('input[list]').value === 'Make a campaign'");
      await box.fill('');
      await page.keyboard.press('Enter');
      await logIns.first().waitFor();
    }
    await context.close();
  });

  it('has words for each operation that changes something', () => {
    const changing = Object.values(DESCRIPTION.paths)
      .flatMap((methods) => Object.entries(methods as Record<string, { operationId?: string }>))
      .filter(([method]) => method !== 'get')
      .map(([, { operationId }]) => operationId ?? '');
    expect(changing.length).toBeGreaterThan(20);
    expect(changing.filter((name) => english.audit.actions[name] === undefined)).toEqual([]);
  });
});
