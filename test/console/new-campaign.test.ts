/** The page that leads from a list to a campaign: nothing is shown of another list, and nothing starts that nobody meant. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { axeFaults, type Console, startConsole } from './support.ts';

let stand: Console;

beforeAll(async () => {
  // As many as that may be asked in a day.
  stand = await startConsole({ DAILY_RECIPIENT_LIMIT: '2' });
});
afterAll(() => stand?.close());

const line = (i: number) => `+1650${String(3_000_000 + i)},Ann ${i}`;
const THREE = ['to,1', line(1), line(2), line(3)].join('\n');
const ONE = ['to,1', line(4)].join('\n');

const begin = (page: Page) =>
  page.getByRole('link', { name: 'New campaign', exact: true }).first().click();

async function choose(page: Page, list: string): Promise<void> {
  await page.getByRole('heading', { name: 'New campaign', level: 1 }).waitFor();
  await page.getByText('Paste a list instead').click();
  await page.getByLabel('The list, with its header line').fill(list);
  await page.getByRole('button', { name: 'Use this list' }).click();
  await page.getByLabel('Template').selectOption({ label: 't (en)' });
}

describe('what will happen', () => {
  it('is told of the list that was chosen, after another one was on the page', async () => {
    const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
    await choose(page, THREE);
    await page.getByText('3 lines, of which 3 can be asked.').waitFor();
    await page.getByRole('link', { name: 'Campaigns', exact: true }).click();
    await page.getByRole('button', { name: 'Leave it' }).click();
    await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();
    await begin(page);
    await choose(page, ONE);
    await page.getByText('1 line, of which 1 can be asked.').waitFor();
    await page.getByRole('button', { name: 'Ask 1 person now' }).waitFor();
    await context.close();
  });

  it('is not looked at again and again where that failed, but when somebody says so', async () => {
    const { page, context } = await stand.open('/campaigns', { role: 'operator' });
    await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();
    let sent = 0;
    await page.route('**/v1/campaigns/import?*', (route) => {
      sent += 1;
      const problem = { code: 'DATABASE_UNREACHABLE', detail: 'It is away.' };
      return route.fulfill({ status: 503, json: problem });
    });
    await page.clock.install();
    await begin(page);
    await choose(page, ONE);
    const failed = page.getByRole('alert').filter({ hasText: 'DATABASE_UNREACHABLE' });
    await failed.waitFor();
    for (let i = 0; i < 5; i += 1) await page.clock.fastForward(5_000);
    expect([await failed.count(), sent]).toEqual([1, 1]);
    await page.unroute('**/v1/campaigns/import?*');
    await failed.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('1 line, of which 1 can be asked.').waitFor();
    await context.close();
  });
});

describe("the day's budget of the sender", () => {
  it('is told: how many are left, how many wait for a place, and until when', async () => {
    const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
    await choose(page, THREE);
    const text = await page.getByText('2 of 2 people are left within 24 hours.').textContent();
    expect(text).toMatch(
      /2 of these need not wait for it; 1 waits for a free place, the first until .*\d:\d\d/,
    );
    await context.close();
  });
});

describe('lines that cannot be asked', () => {
  it('are counted and shown while the list is still on its way', async () => {
    const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
    const network = await context.newCDPSession(page);
    const lines = Array.from({ length: 12_000 }, (_, i) => (i % 100 === 7 ? '12,Bert' : line(i)));
    const text = ['to,1', ...lines].join('\n');
    await network.send('Network.enable');
    await network.send('Network.emulateNetworkConditions', {
      ...{ offline: false, latency: 0, downloadThroughput: -1 },
      uploadThroughput: text.length / 10,
    });
    await page.getByLabel('Template').selectOption({ label: 't (en)' });
    const list = { name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
    await page.locator('input[type=file]').setInputFiles(list);
    const soFar = page.getByText(/lines read so far, of which \d+ cannot be asked/);
    await soFar.filter({ hasText: /which [1-9]/ }).waitFor();
    const refused = page.getByRole('table', { name: 'Refused lines' });
    await refused.getByText('PHONE_COUNTRY_MISSING').first().waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(1);
    expect(await axeFaults(page)).toEqual([]);
    await page.getByText('12,000 lines, of which 11,880 can be asked.').waitFor();
    expect(await soFar.count()).toBe(0);
    const { body } = await stand.service.call('GET', '/v1/campaigns?name=being%20looked%20at');
    expect(body.campaigns).toEqual([]);
    await context.close();
  });

  it('are told in the words of the page, on which their country can be chosen', async () => {
    const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
    await choose(page, ['Telefon,1', '0151 23456789,Ann', line(8)].join('\n'));
    const country = 'Country of numbers without a country code';
    await page.getByText(`or fill in “${country}”`).first().waitFor();
    expect(await page.getByText('defaultCountry').count()).toBe(0);
    await page.getByText('2 lines, of which 1 can be asked.').waitFor();
    await page.getByLabel(country).fill('de');
    await page.getByText('2 lines, of which 2 can be asked.').waitFor();
    await page.getByLabel('Digits without a plus').selectOption('They begin with a country code');
    await context.close();
  });
});

describe('a campaign', () => {
  it('does not start with half of its quiet hours, or at a time that is over', async () => {
    const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
    await choose(page, ONE);
    const ask = page.getByRole('button', { name: /^Ask 1 person/ });
    await ask.waitFor();
    await page.getByText('Hours and limits').click();
    await page.getByLabel('Quiet from').fill('21:00');
    await page.getByText('Quiet hours need both.').waitFor();
    await ask.waitFor();
    expect(await ask.isDisabled()).toBe(true);
    await page.getByLabel('until', { exact: true }).fill('08:00');
    await page.getByText('Quiet hours need both.').waitFor({ state: 'detached' });
    await page.getByLabel('At a time').check();
    await page.getByLabel('Nobody is asked before').fill('2020-01-01T09:00');
    await page.getByText('This time is over.').waitFor();
    await ask.waitFor();
    expect(await ask.isDisabled()).toBe(true);
    await context.close();
  });

  it('has the weight that was chosen, and none that is no weight', async () => {
    const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
    await choose(page, ['to,1', line(5)].join('\n'));
    const ask = page.getByRole('button', { name: 'Ask 1 person now' });
    await ask.waitFor();
    await page.getByText('Hours and limits').click();
    const weight = page.getByLabel('Weight beside other campaigns');
    await weight.fill('101');
    await page.getByText('A whole number from 1 to 100.').waitFor();
    await ask.waitFor();
    expect(await ask.isDisabled()).toBe(true);
    await weight.fill('7');
    await ask.click();
    await page.getByText('Weight', { exact: true }).locator('xpath=..').getByText('7').waitFor();
    await context.close();
  });

  it('tells a line that cannot be asked by the columns of its list', async () => {
    const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
    await choose(page, ['Telefon,Vorname', line(6), '12,Bert'].join('\n'));
    await page.getByLabel('Phone number').selectOption('Telefon');
    await page.getByLabel('{{1}} of the message').selectOption('Vorname');
    const refused = page.getByRole('table', { name: 'Refused lines' });
    await refused.getByRole('cell', { name: 'Telefon' }).waitFor();
    await context.close();
  });

  it('says which column is still to be chosen, and takes one for two things', async () => {
    const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
    await choose(page, 'Telefon,Kundennr\n+16503000009,K77');
    await page
      .getByText('Choose a column first, under “Which column is what”, for: {{1}} of the message.')
      .waitFor();
    expect(await page.getByLabel('Your reference').inputValue()).toBe('Kundennr');
    await page.getByLabel('{{1}} of the message').selectOption('Kundennr');
    await page.getByText('1 line, of which 1 can be asked.').waitFor();
    await page.getByRole('button', { name: 'Ask 1 person now' }).click();
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
    const { body } = await stand.service.call('GET', '/v1/requests?reference=K77');
    expect(body.requests).toMatchObject([{ to: '+16503000009', reference: 'K77' }]);
    await context.close();
  });

  it('does not start while nobody could choose its sender', async () => {
    const { page, context } = await stand.open('/campaigns', { role: 'operator' });
    await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();
    const problem = { code: 'FORBIDDEN', detail: 'Not for you.' };
    await page.route('**/v1/senders?*', (route) => route.fulfill({ status: 403, json: problem }));
    await begin(page);
    await choose(page, ONE);
    await page.getByText('1 line, of which 1 can be asked.').waitFor();
    await page.getByRole('alert').getByText('Not for you.').waitFor();
    expect(await page.getByRole('button', { name: 'Ask 1 person now' }).isDisabled()).toBe(true);
    await context.close();
  });

  it('is begun from a template with that template', async () => {
    const { page, context } = await stand.open('/templates', { role: 'operator' });
    await page.getByRole('button', { name: 'Show plain (en)' }).click();
    await page.getByRole('link', { name: 'New campaign with it' }).click();
    await page.getByRole('heading', { name: 'New campaign', level: 1 }).waitFor();
    await page.locator('select:has(option:checked:text-is("plain (en)"))').waitFor();
    await context.close();
  });
});

it('a file that is dropped beside its place does not make the browser leave the page', async () => {
  const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
  await page.getByRole('heading', { name: 'New campaign', level: 1 }).waitFor();
  const isKept = await page.evaluate(`(() => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File(['to'], 'list.csv'));
    return ['dragover', 'drop'].map((kind) =>
      !document.querySelector('h1').dispatchEvent(
        new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true })));
  })()`);
  expect(isKept).toEqual([true, true]);
  await context.close();
});

it('a browser that believes it is offline asks the service all the same', async () => {
  const { page, context } = await stand.open('/campaigns', { role: 'viewer' });
  await page.getByRole('heading', { name: 'Campaigns', level: 1 }).waitFor();
  await page.evaluate(`dispatchEvent(new Event('offline'))`);
  await page.getByRole('link', { name: 'Senders' }).click();
  await page.getByText('Processes at work').first().waitFor();
  await context.close();
});
