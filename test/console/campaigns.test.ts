/** The pages of campaigns: for eyes, screen readers and keyboards, and when the service is started anew. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { given } from '../../src/core/given.ts';
import { startHttp } from '../../src/http/server.ts';
import { people } from '../http/support.ts';
import { axeFaults, type Console, cutOff, startConsole, tabTo, untilTrue } from './support.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';
/** Of all that is loaded before the first page is seen, packed. */
const MOST_BYTES = 300 * 1_024;

let stand: Console;
let id: string;
let single: string;

beforeAll(async () => {
  stand = await startConsole();
  const recipients = [
    { to: '+16502530000', reference: HOSTILE, 1: HOSTILE },
    ...people(120),
    { to: '12', reference: 'bad', 1: 'Bo' },
  ];
  const body = { template: 't', language: 'en', name: HOSTILE, start: false, recipients };
  const made = await stand.service.call('POST', '/v1/campaigns', { body });
  id = made.body.id;
  const alone = { to: '+16502990000', template: 't', language: 'en', parameters: [HOSTILE] };
  single = (await stand.service.call('POST', '/v1/requests', { body: alone })).body.id;
}, 180_000);
afterAll(() => stand?.close());

const pages = () =>
  [
    ['/campaigns', 'Campaigns', HOSTILE],
    [`/campaigns/${id}`, HOSTILE, 'Nobody is asked before this campaign is started.'],
    [`/campaigns/${id}?view=people`, HOSTILE, '+16502000000'],
    [`/campaigns/${id}?view=uncertain`, HOSTILE, 'No request is uncertain.'],
    [`/campaigns/${id}?view=refused`, HOSTILE, 'PHONE_COUNTRY_MISSING'],
    [`/campaigns/${id}/people/1`, HOSTILE, 'Nothing has happened yet.'],
    ['/campaigns/new', 'New campaign', 'Choose a list first.'],
    [`/requests/${single}`, '+16502990000', 'Nothing has happened yet.'],
    ['/search?q=r7', 'Found for "r7"', 'r7'],
  ] as const;

describe('every page of campaigns', () => {
  it.each([
    ['light', { width: 1_280, height: 900 }],
    ['dark', { width: 390, height: 844 }],
  ] as const)(
    'has no serious fault, asks nobody else, is no wider than its window: %s, %j',
    async (colorScheme, viewport) => {
      const { page, context, faults } = await stand.open('/account', { colorScheme, viewport });
      for (const [path, title, text] of pages()) {
        await page.goto(stand.service.http.url + path);
        await page.getByRole('heading', { level: 1, name: title }).waitFor();
        await page.getByText(text).first().waitFor();
        expect([path, await axeFaults(page)]).toEqual([path, []]);
        expect([path, await cutOff(page)]).toEqual([path, []]);
      }
      expect(await page.evaluate('document.images.length')).toBe(0);
      expect(faults).toEqual([]);
      await context.close();
    },
  );
});

describe('the navigation', () => {
  it('marks where a campaign, a person of it and a single request stand, and leads back by name', async () => {
    const { page, context } = await stand.open('/campaigns');
    const link = page.getByRole('navigation', { name: 'Pages' }).getByRole('link', {
      name: 'Campaigns',
      exact: true,
    });
    const marks: (string | null)[] = [];
    for (const path of ['/campaigns', `/campaigns/${id}`, `/requests/${single}`, '/senders']) {
      await page.goto(stand.service.http.url + path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      marks.push(await link.getAttribute('aria-current'));
    }
    expect(marks).toEqual(['page', 'true', 'true', null]);
    await page.goto(`${stand.service.http.url}/campaigns/${id}/people/1`);
    await page.getByRole('link', { name: `To the campaign ${HOSTILE}` }).waitFor();
    expect(await link.getAttribute('aria-current')).toBe('true');
    await context.close();
  });
});

/** How many stand on each line. */
const LINES = (selector: string) => `(() => {
  const tops = [...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => Math.round(one.getBoundingClientRect().top));
  return [...new Set(tops)].map((top) => tops.filter((one) => one === top).length);
})()`;

interface Cell {
  readonly before: string;
  readonly top: number;
  readonly left: number;
}

/** Of each cell of the line with this text: what stands before its content, and where the content is. */
const CELLS = (text: string) => `(() => {
  const line = [...document.querySelectorAll('tbody tr')].find((one) => one.textContent.includes(${JSON.stringify(text)}));
  return [...line.children].map((cell) => {
    const { top, left } = cell.firstElementChild.getBoundingClientRect();
    const { content } = getComputedStyle(cell, '::before');
    return { before: content, top: Math.round(top), left: Math.round(left) };
  });
})()`;

describe('on a phone', () => {
  const phone = { viewport: { width: 390, height: 844 } };

  it('the parts of a campaign stand on one line, and no number alone on a line of its own', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}`, phone);
    await page.getByRole('tab', { name: 'Refused lines' }).waitFor();
    expect(await page.evaluate(LINES('[role=tab]'))).toEqual([4]);
    const list = page.getByRole('tablist');
    expect(await list.evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
    const body = { template: 't', language: 'en', recipients: people(1, 900) };
    const running = (await stand.service.call('POST', '/v1/campaigns', { body })).body.id;
    for (const [made, numbers] of [[id, 8] as const, [running, 9] as const]) {
      await page.goto(`${stand.service.http.url}/campaigns/${made}`);
      await page.getByRole('region', { name: 'How it stands' }).waitFor();
      for (const width of [390, 1_280, 1_920]) {
        await page.setViewportSize({ width, height: 844 });
        const lines = (await page.evaluate(
          LINES('section[aria-label="How it stands"] dt'),
        )) as number[];
        expect([width, lines.reduce((sum, n) => sum + n), Math.min(...lines) > 1]).toEqual([
          ...[width, numbers, true],
        ]);
      }
    }
    await context.close();
  });

  it('a campaign of the list is a card: the name of each column stands before what it says', async () => {
    const { page, context } = await stand.open('/campaigns', phone);
    await page.getByText('0 of 121').waitFor();
    const cells = (await page.evaluate(CELLS('0 of 121'))) as Cell[];
    expect(cells.map(({ before }) => before)).toEqual(
      (await page.locator('thead th').allTextContents()).map((title) => JSON.stringify(title)),
    );
    // One below the other, and what they say in a column of its own.
    const tops = cells.map(({ top }) => top);
    expect(tops).toEqual([...new Set(tops)].sort((a, b) => a - b));
    expect(new Set(cells.map(({ left }) => left)).size).toBe(1);
    expect(Math.min(...cells.map(({ left }) => left))).toBeGreaterThan(100);
    await context.close();
  });

  it.each([
    ['/campaigns', 'Name contains'],
    ['/audit', 'By whom'],
    ['/opt-outs', 'Number, or how it ends'],
    ['/permissions', 'Phone number of a person'],
  ])('the filters of a list are as wide as the page: %s', async (path, label) => {
    const { page, context } = await stand.open(path, phone);
    await page.getByLabel(label).waitFor();
    const widths = (await page.evaluate(
      `[...document.querySelector('.boxes').children].map((one) => one.clientWidth)`,
    )) as number[];
    expect(Math.min(...widths)).toBeGreaterThan(340);
    await context.close();
  });
});

describe('the first load', () => {
  it('is less than 300 kB, and is kept for ever but for the page itself', async () => {
    const { page, context } = await stand.open('/account', { role: null });
    const loaded: { path: string; bytes: number; kept?: string; packed?: string }[] = [];
    page.on('response', (response) => {
      const headers = response.headers();
      loaded.push({
        path: new URL(response.url()).pathname,
        // As it came over the wire, packed.
        bytes: Number(headers['content-length']),
        ...given({ kept: headers['cache-control'], packed: headers['content-encoding'] }),
      });
    });
    await page.goto(`${stand.service.http.url}/campaigns`, { waitUntil: 'networkidle' });
    const files = loaded.filter(({ path }) => path.startsWith('/assets/'));
    expect(files.length).toBeGreaterThan(2);
    for (const { kept } of files) expect(kept).toContain('immutable');
    // By the build: the first one who asks would wait for it otherwise.
    const large = files.filter(({ bytes, packed }) => packed !== 'br' && bytes >= 1_024);
    expect(large).toEqual([]);
    expect(loaded.find(({ path }) => path === '/campaigns')?.kept).toBe('no-cache');
    const bytes = loaded.reduce((sum, one) => sum + one.bytes, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThan(MOST_BYTES);
    await context.close();
  });
});

describe('people, a page at a time', () => {
  it('go forth and back, and another filter begins anew', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}?view=people`);
    const rows = page.getByRole('table', { name: 'people' }).locator('tbody tr');
    await rows.getByText('+16502530000').waitFor();
    expect(await rows.count()).toBe(50);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').waitFor();
    await rows.getByText('r60', { exact: true }).waitFor();
    expect(await rows.count()).toBe(50);
    await page.getByRole('button', { name: 'Previous' }).click();
    await rows.getByText('+16502530000').waitFor();
    await page.getByLabel('State').selectOption('Refused');
    await page.getByText('Nobody on this list fits the filters.').waitFor();
    await page.goBack();
    await context.close();
  });
});

describe('the keyboard alone', () => {
  it('makes a draft of a list that is pasted, and cancels it', async () => {
    const { page, context, faults } = await stand.open('/campaigns', { role: 'operator' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await tabTo(page, 'Skip to the content');
    await page.keyboard.press('Enter');
    await tabTo(page, 'New campaign');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'New campaign', level: 1 }).waitFor();
    await tabTo(page, 'Paste a list instead');
    await page.keyboard.press('Enter');
    await tabTo(page, 'The list, with its header line');
    await page.keyboard.insertText('to,1\n+16502777777,Ann\n');
    await tabTo(page, 'Use this list');
    await page.keyboard.press('Enter');
    await page.getByLabel('Encoding').waitFor();
    await tabTo(page, 'Template');
    await page.keyboard.type('t (en');
    await page.getByLabel('{{1}} of the message').waitFor();
    await tabTo(page, 'At once');
    await page.keyboard.press('ArrowUp');
    await page.getByText('1 person would be asked').waitFor();
    await tabTo(page, 'Keep it as a draft');
    await page.keyboard.press('Enter');
    await page.getByRole('tab', { name: 'Overview' }).waitFor();
    await tabTo(page, 'Cancel the campaign');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Cancel this campaign?' });
    await dialog.waitFor();
    expect(await axeFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    // It goes first, and gives the focus back then.
    await untilTrue(page, "document.activeElement.textContent === 'Cancel the campaign'");
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Cancel the campaign' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('Cancelled', { exact: true }).first().waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('a console that is open', () => {
  it('comes back by itself when the service is started anew, and shows what happened meanwhile', async () => {
    const { app, call } = stand.service;
    const second = await startHttp(app, { port: 0 });
    const at = new URL(second.url);
    const { page, context } = await stand.open('/account', { role: 'operator' });
    // The cookie is the host's, whatever its port.
    await page.goto(`${second.url}/campaigns/${id}`);
    await page.getByText('Draft', { exact: true }).first().waitFor();
    await second.close();
    await page.getByText('Reconnecting…').waitFor();
    await call('POST', `/v1/campaigns/${id}/start`);
    const third = await startHttp(app, { port: Number(at.port) });
    await page.getByText('Running', { exact: true }).first().waitFor({ timeout: 60_000 });
    await page.getByText('Reconnecting…').waitFor({ state: 'hidden' });
    await context.close();
    await third.close();
  });
});
