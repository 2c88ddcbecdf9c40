/** People are told in words of people: no names of the API, whose time it is, and that nobody is really asked. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { people } from '../http/support.ts';
import { axeFaults, type Console, cutOff, startConsole } from './support.ts';

const API_WORDS =
  /\b(?:GET|POST|PUT) \/v1|`callpermit |"the body"|Where: (?:body|params|header)|expireAt/;

let stand: Console;

beforeAll(async () => {
  stand = await startConsole();
});
afterAll(() => stand?.close());

describe('a refusal', () => {
  it('of a log-in says what is wrong, and names no command', async () => {
    const { page, context } = await stand.open('/', { role: null });
    await page.getByLabel('User').fill('ann');
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    const alert = page.getByRole('alert');
    await alert.getByText('This user and password do not go together.').waitFor();
    expect(await alert.textContent()).not.toMatch(API_WORDS);
    await context.close();
  });

  it('of a campaign that is none leads to the page of campaigns', async () => {
    const { page, context } = await stand.open('/campaigns/cnobody');
    const alert = page.getByRole('alert');
    await alert.getByText('The page “Campaigns” lists them.').waitFor();
    expect(await alert.textContent()).not.toMatch(API_WORDS);
    await context.close();
  });
});

it('a page that is none is said to be none, with the ways to the others', async () => {
  const { page, context, faults } = await stand.open('/nonsense/page');
  await page.getByRole('heading', { name: 'There is no such page.' }).waitFor();
  await page.getByRole('link', { name: 'Go to the campaigns' }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

describe('a new campaign', () => {
  it('says in whose time it is begun, and that an end before it is none', async () => {
    const { page, context } = await stand.open('/campaigns/new', {
      role: 'operator',
      timezoneId: 'Asia/Tokyo',
      viewport: { width: 390, height: 900 },
    });
    await page.getByText('Times on this page are yours: Asia/Tokyo, GMT+9.').waitFor();
    await page.getByText('Simulator: nobody is really asked.').waitFor();
    await page.getByLabel('At a time').check();
    await page.getByText('In your time: Asia/Tokyo, GMT+9').first().waitFor();
    await page.getByText('Hours and limits').click();
    await page.getByText("In each person's own day").first().waitFor();
    await page.getByLabel('Nobody is asked before').fill('2040-01-02T09:00');
    await page.getByLabel('Nobody is asked after').fill('2040-01-01T09:00');
    await page.getByText('This is before it starts: nobody would be asked.').waitFor();
    await page.getByText('Put the times right first').waitFor();
    expect([await cutOff(page), await axeFaults(page)]).toEqual([[], []]);
    await context.close();
  });

  it('is called as its file is where it has no name, and tells lines as its file has them', async () => {
    const { page, context } = await stand.open('/campaigns/new', { role: 'operator' });
    await page.getByLabel('Template').selectOption({ label: 't (en)' });
    const text = 'to,1\n+16505000001,Ann\n+16505000002,Bob\n12,Cid\n';
    const list = { name: 'spring.csv', mimeType: 'text/csv', buffer: Buffer.from(text) };
    await page.locator('input[type=file]').setInputFiles(list);
    await page
      .getByRole('table', { name: 'Refused lines' })
      .getByText('line 4 of the file')
      .waitFor();
    await page.getByRole('button', { name: 'Ask 2 people now' }).click();
    await page.getByRole('heading', { name: 'spring.csv', level: 1 }).waitFor();
    await page.getByRole('tab', { name: 'Refused lines (1)' }).click();
    await page.getByText('row 1 is the first one below the header line').waitFor();
    await context.close();
  });
});

it('who was not asked since it was cancelled was not left out', async () => {
  const body = { template: 't', language: 'en', name: 'cut short', recipients: people(7) };
  const { id } = (await stand.service.call('POST', '/v1/campaigns', { body })).body;
  await stand.service.call('POST', `/v1/campaigns/${id}/cancel`);
  const { page, context } = await stand.open(`/campaigns/${id}`);
  await page.getByText('It was cancelled: nobody else is asked.').waitFor();
  const tile = (name: string) =>
    page
      .getByRole('region', { name: 'How it stands' })
      .getByText(name, { exact: true })
      .locator('xpath=..');
  await tile('Cancelled').getByText('7').waitFor();
  expect(await tile('Skipped').textContent()).toContain('0');
  await context.close();
});

it('a filter that fits nothing leads back to all, and to no new campaign', async () => {
  const { page, context } = await stand.open('/campaigns?name=nobody+called+one+so');
  await page.getByText('No campaign fits.').waitFor();
  expect(await page.getByText('Make one').count()).toBe(0);
  await page.getByRole('link', { name: 'Show all' }).click();
  await page.getByText('No campaign fits.').waitFor({ state: 'detached' });
  await context.close();
});
