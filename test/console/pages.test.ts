/** Every page of the book, templates, senders, health and users: no serious fault of accessibility, in both colours and on a phone. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { axeFaults, type Console, cutOff, startConsole, untilTrue } from './support.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';

let stand: Console;
let sql: pg.Client;

beforeAll(async () => {
  stand = await startConsole();
  const { service } = stand;
  sql = new pg.Client({ connectionString: service.app.config.databaseUrl });
  await sql.connect();
  const recipients = [
    { to: '+16502530001', reference: HOSTILE, 1: HOSTILE },
    { to: '+16502530002', reference: 'order 2', 1: 'Bo' },
  ];
  const body = { template: 't', language: 'en', name: HOSTILE, start: false, recipients };
  await service.call('POST', '/v1/campaigns', { body });
  await sql.query(
    `insert into permissions (sender_id, person, status, expires_at, at, source) values
       ($1, '16502530001', 'temporary', now() + interval '5 hours', now(), 'answer'),
       ($1, '16502530002', 'declined', null, now(), 'answer'),
       ($1, '16502530003', 'permanent', null, now(), 'answer'),
       ($1, '16502530004', 'temporary', now() - interval '1 hour', now() - interval '8 days', 'answer')`,
    [service.simulator.phoneNumberId],
  );
  const optedOut = { people: ['+16502530009'], reason: HOSTILE };
  await service.call('POST', '/v1/suppressions', { body: optedOut });
  await service.call('POST', '/v1/keys', { body: { name: 'crm', scope: 'read' } });
});

afterAll(async () => {
  await sql?.end();
  await stand?.close();
});

const PAGES = [
  ['/permissions', 'May be called', '+16502530001'],
  ['/permissions?q=%2B16502530001', 'Person +16502530001', 'For a time'],
  ['/opt-outs', 'Opt-outs', HOSTILE],
  ['/templates', 'Templates', 'Approved'],
  ['/templates/new', 'New template', 'Send to Meta for review'],
  ['/senders', 'Senders', 'Processes at work'],
  ['/system', 'Health', 'Findings'],
  ['/users', 'Users', 'operator'],
  ['/keys', 'Keys', 'crm'],
  ['/audit', 'Audit log', 'Make a campaign'],
  ['/account', 'Your account', 'Change the password'],
  ['/first-steps', 'First steps', 'WHATSAPP_ACCESS_TOKEN'],
] as const;

describe('no serious fault, no request elsewhere, no rule of the policy broken', () => {
  it.each([
    ['light', { width: 1_280, height: 900 }],
    ['dark', { width: 390, height: 844 }],
  ] as const)('%s, %j', async (colorScheme, viewport) => {
    const { page, context, faults } = await stand.open('/account', { colorScheme, viewport });
    for (const [path, title, shown] of PAGES) {
      await page.goto(stand.service.http.url + path);
      await page.getByRole('heading', { name: title, level: 1 }).waitFor();
      await page.getByText(shown).first().waitFor();
      expect({ path, faults: await axeFaults(page) }).toEqual({ path, faults: [] });
      expect({ path, cutOff: await cutOff(page) }).toEqual({ path, cutOff: [] });
    }
    expect(await page.locator('img').count()).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  });
});

describe('the permission book', () => {
  it('shows who may be called, and with a click who said no', async () => {
    const { page, context } = await stand.open('/permissions', { role: 'viewer' });
    await page.getByRole('link', { name: '+16502530003' }).waitFor();
    expect(await page.getByText('+16502530002').count()).toBe(0);
    await page.getByRole('link', { name: 'Declined' }).click();
    await page.getByRole('link', { name: '+16502530002' }).waitFor();
    expect(new URL(page.url()).search).toBe('?view=declined');
    await context.close();
  });

  it('has times on one line, and on a phone a person on few', async () => {
    const { page, context } = await stand.open('/permissions?view=all', { role: 'viewer' });
    await page.getByRole('link', { name: '+16502530003' }).waitFor();
    const lines = await page
      .locator('td[data-short] > div')
      .evaluateAll((all) =>
        (all as unknown as { clientHeight: number }[]).map((one) => one.clientHeight),
      );
    expect(lines.length).toBeGreaterThan(4);
    expect(Math.max(...lines)).toBeLessThan(30);
    await page.setViewportSize({ width: 390, height: 844 });
    const card = page.getByRole('row').filter({ hasText: '+16502530001' });
    expect((await card.boundingBox())?.height).toBeLessThan(150);
    // What is not known of them takes no place.
    expect(await card.getByText('–', { exact: true }).filter({ visible: true }).count()).toBe(0);
    expect(await card.getByText('–', { exact: true }).count()).toBeGreaterThan(0);
    await context.close();
  });

  it('is exported as the view shows it', async () => {
    const { page, context } = await stand.open('/permissions', { role: 'viewer' });
    const coming = page.waitForEvent('download');
    const link = page.getByRole('link', { name: 'Export as CSV' });
    // It is opened in a spreadsheet, which would run as formulas what others wrote.
    expect(await link.getAttribute('href')).toContain('spreadsheet=true');
    await link.click();
    const file = await (await coming).createReadStream();
    let text = '';
    for await (const part of file) text += part;
    const exported = await stand.service.call(
      'GET',
      '/v1/permissions/export?state=callable&format=csv&spreadsheet=true',
    );
    expect(text).toBe(exported.text);
    expect(text).toContain('+16502530003');
    expect(text).not.toContain('+16502530002');
    await context.close();
  });

  it('finds a person by the keyboard alone, and puts them on the opt-out list', async () => {
    const { page, context } = await stand.open('/permissions', { role: 'operator' });
    await page.getByLabel('Phone number of a person').focus();
    await page.keyboard.type('+1 650 253 0003');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Person +16502530003' }).waitFor();
    await page.getByRole('button', { name: 'Put on the opt-out list' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await untilTrue(page, "document.activeElement.textContent === 'Put on the opt-out list'");
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Put on' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('On the opt-out list: nobody asks them.').waitFor();
    const { status } = await stand.service.call('GET', '/v1/suppressions/%2B16502530003');
    expect(status).toBe(200);
    await context.close();
  });
});

describe('somebody whose permission is over', () => {
  it('is asked again with a template, and nobody who may be called is', async () => {
    const { page, context } = await stand.open('/permissions?view=expired', { role: 'operator' });
    await page.getByRole('link', { name: '+16502530004' }).click();
    await page.getByRole('button', { name: 'Ask for permission' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Template').selectOption({ label: 't (en)' });
    await dialog.getByLabel('Text for {{1}}').fill(HOSTILE);
    await dialog.getByRole('figure').getByText(HOSTILE).waitFor();
    await dialog.getByRole('button', { name: 'Ask for permission' }).click();
    // Nobody sends here.
    await dialog.getByText('The request is Waiting.').waitFor();
    const { body } = await stand.service.call('GET', '/v1/requests?number=%2B16502530004');
    expect(body.requests).toHaveLength(1);
    await page.goto(`${stand.service.http.url}/permissions?q=%2B16502530001`);
    await page.getByText('For a time').first().waitFor();
    expect(await page.getByRole('button', { name: 'Ask for permission' }).count()).toBe(0);
    await context.close();
  });
});

describe('what Meta and this machine say', () => {
  it('stands on the page of senders with the number and its name, and what may be sent', async () => {
    const { page, context } = await stand.open('/senders', { role: 'viewer' });
    const { body } = await stand.service.call('GET', '/v1/health');
    const number = body.findings.find(({ check }: { check: string }) => check === 'number');
    expect(number.message).toMatch(/^\+.+, quality GREEN, [\d,]+ people a day\.$/);
    await page.getByText(number.message).waitFor();
    await page.getByText(/^[\d.,]+ messages a second now, [\d.,]+ at most$/).waitFor();
    await context.close();
  });

  it('stands on the page of health with each check once', async () => {
    const { page, context } = await stand.open('/system', { role: 'viewer' });
    await page.getByText(/WHATSAPP_WEBHOOK_VERIFY_TOKEN is not set/).waitFor();
    await page.getByText(/All right: None has arrived yet/).waitFor();
    expect(await page.getByText('webhooks', { exact: true }).count()).toBe(1);
    await context.close();
  });
});

describe('opt-outs', () => {
  it('are taken from a file as it is, and what cannot be read is named by its line', async () => {
    const { page, context } = await stand.open('/opt-outs', { role: 'operator' });
    await page.getByRole('button', { name: 'Import a list' }).click();
    await page.getByLabel('File').setInputFiles({
      name: 'gone.csv',
      mimeType: 'text/csv',
      // Windows-1252, with semicolons.
      buffer: Buffer.from('phone;reason\n+16502530011;f\xfcr immer\nnobody;x\n', 'latin1'),
    });
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Added: 1. On the list already: 0. Lines refused: 1.').waitFor();
    await page.getByText(/^Line 3: /).waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('für immer').waitFor();
    await context.close();
  });
});

describe('a new template', () => {
  it('is checked while somebody types, and made where Meta would take it', async () => {
    const { page, context } = await stand.open('/templates/new');
    await page.getByLabel('Name').fill('Spring Sale');
    await page.getByText('Take for example "spring_sale".').waitFor();
    await page.getByLabel('Name').fill('spring_sale');
    await page.getByLabel('Text').fill('{{1}}, may we call you?');
    await page.getByText('The body begins with {{1}}; Meta refuses that (2388299).').waitFor();
    await page.getByLabel('Text').fill('Hello {{1}}, may we call you?');
    await page.getByRole('button', { name: 'Send to Meta for review' }).click();
    await page.getByText('Meta wants an example of each variable.').waitFor();
    await page.getByLabel('Example for {{1}}').fill('Ann');
    await page.getByRole('figure', { name: 'Preview on a phone' }).getByText('Ann').waitFor();
    await page.getByRole('button', { name: 'Send to Meta for review' }).click();
    await page.getByText('Made. Its status is').waitFor();
    const { body } = await stand.service.call('GET', '/v1/templates/spring_sale');
    expect(body.templates).toHaveLength(1);
    await context.close();
  });
});

describe('the first steps, with the simulator', () => {
  it('lead by one click to a template and a list of a hundred people', async () => {
    const { page, context, faults } = await stand.open('/first-steps');
    await page.getByText(/It is reachable at Meta: \+?[\d (]/).waitFor();
    await page.getByRole('button', { name: 'Make a template and a sample list' }).click();
    await page.waitForURL(/\/campaigns\/\w+$/);
    const id = page.url().split('/').at(-1);
    const { body } = await stand.service.call('GET', `/v1/campaigns/${id}/requests?limit=1000`);
    expect(body.requests).toHaveLength(100);
    expect(faults).toEqual([]);
    await context.close();
  });
});
