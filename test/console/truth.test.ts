/** What a page shows is so now, or the page says that it does not know; and nobody loses their place. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { people } from '../http/support.ts';
import { type Console, focused, startConsole, untilTrue } from './support.ts';

const UNCERTAIN = "state = 'uncertain', cause = 'doubted.0', attempts = 1";
const AWAY = {
  status: 503,
  contentType: 'application/problem+json',
  body: JSON.stringify({ code: 'DATABASE_UNREACHABLE', detail: 'The database is away.' }),
};
const OFFLINE = 'The service does not answer. This page comes back by itself.';

let stand: Console;
let sql: pg.Client;
let id: string;

beforeAll(async () => {
  stand = await startConsole();
  sql = new pg.Client({ connectionString: stand.service.app.config.databaseUrl });
  await sql.connect();
  const body = { template: 't', language: 'en', name: 'spring', recipients: people(160) };
  id = (await stand.service.call('POST', '/v1/campaigns', { body })).body.id;
  await sql.query(`update requests set ${UNCERTAIN} where campaign_id = $1 and row <= 60`, [id]);
}, 180_000);
afterAll(async () => {
  await sql?.end();
  await stand?.close();
});

describe('while the database is away', () => {
  it('whoever comes is told so, and sees their page as soon as it is back', async () => {
    const { page, context } = await stand.open('/account');
    await page.route('**/v1/session', (route) => route.fulfill(AWAY));
    await page.goto(`${stand.service.http.url}/senders`);
    await page.getByRole('alert').getByText('The database is away.').waitFor();
    await page.unroute('**/v1/session');
    await page.getByRole('heading', { name: 'Senders', level: 1 }).waitFor();
    await context.close();
  });

  it('a page that has shown something says so once, until it is back', async () => {
    const { page, context } = await stand.open('/campaigns');
    await page.getByRole('link', { name: 'spring' }).waitFor();
    await page.route('**/v1/**', (route) => route.fulfill(AWAY));
    await page.getByText(OFFLINE).waitFor();
    expect(await page.getByText(OFFLINE).count()).toBe(1);
    expect(await page.getByRole('link', { name: 'spring' }).count()).toBe(1);
    await page.unroute('**/v1/**');
    await page.getByText(OFFLINE).waitFor({ state: 'detached' });
    await context.close();
  });

  it('a campaign says of nobody that they are not held up', async () => {
    const { page, context } = await stand.open('/account');
    for (const part of ['reasons', 'forecast'])
      await page.route(`**/v1/campaigns/*/${part}`, (route) =>
        route.fulfill({ ...AWAY, status: 400, body: '{"code":"USAGE","detail":"No such look."}' }),
      );
    await page.goto(`${stand.service.http.url}/campaigns/${id}`);
    await page.getByText('No such look.').nth(1).waitFor();
    expect(await page.getByText('Nobody is held up so far.').count()).toBe(0);
    await context.close();
  });
});

describe('the numbers of a campaign and its funnel', () => {
  it('are the same people, also while the funnel is counted', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}`);
    const step = (name: string) => page.locator(`[data-step=${name}] > span`).last();
    await step('accepted').filter({ hasText: /^0/ }).waitFor();
    await step('asked').filter({ hasText: /^60/ }).waitFor();
    await page.route('**/funnel', (route) => route.fulfill({ ...AWAY }));
    await sql.query(
      "update requests set state = 'accepted', cause = 'accepted.1', fence = 1 where campaign_id = $1 and row > 150",
      [id],
    );
    await step('accepted').filter({ hasText: /^10/ }).waitFor();
    await step('asked').filter({ hasText: /^70/ }).waitFor();
    await page.getByText(/What became of the messages.*last at/).waitFor();
    await context.close();
  });
});

describe('the list of campaigns', () => {
  it('says of how many it is not known whether they were asked', async () => {
    const { page, context } = await stand.open('/campaigns');
    const line = page.getByRole('row').filter({ hasText: 'spring' });
    await line.getByText(/^\d+ uncertain$/).waitFor();
    const bar = line.getByRole('progressbar', { name: 'Uncertain' });
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBeGreaterThanOrEqual(4);
    await context.close();
  });
});

describe('people are asked again', () => {
  it('where somebody may be: not of a draft, nor where nobody was refused', async () => {
    const body = { template: 't', language: 'en', recipients: people(2, 700), start: false };
    const made = (await stand.service.call('POST', '/v1/campaigns', { body })).body.id;
    const { page, context } = await stand.open(`/campaigns/${made}`, { role: 'operator' });
    const again = page.getByRole('button', { name: 'Ask again…' });
    await page.getByRole('button', { name: 'Start' }).waitFor();
    await sql.query("update requests set state = 'expired' where campaign_id = $1 and row = 1", [
      made,
    ]);
    await page.getByText('Skipped', { exact: true }).locator('xpath=..').getByText('1').waitFor();
    expect(await again.count()).toBe(0);
    await page.getByRole('button', { name: 'Start' }).click();
    await again.click();
    const dialog = page.getByRole('dialog', { name: 'Ask people again' });
    expect(await dialog.getByLabel('Those for whom it was too late (1)').isChecked()).toBe(true);
    expect(
      await dialog
        .getByLabel('Those who were refused, or whose request did not go out (0)')
        .isDisabled(),
    ).toBe(true);
    await dialog.getByText('Nobody is asked against the rules').waitFor();
    await dialog.getByRole('button', { name: 'Ask them again' }).click();
    await dialog.getByText('1 is asked again.').waitFor();
    await again.waitFor({ state: 'detached' });
    await context.close();
  });
});

describe('whoever is logged out elsewhere', () => {
  it('sees the log-in where only a stream was open', async () => {
    const body = { template: 't', language: 'en', recipients: people(1, 500), start: false };
    const over = (await stand.service.call('POST', '/v1/campaigns', { body })).body.id;
    await stand.service.call('POST', `/v1/campaigns/${over}/cancel`);
    const { page, context } = await stand.open(`/campaigns/${over}?view=refused`, {
      role: 'viewer',
    });
    await page.getByText('All lines of the list could be read.').waitFor();
    await stand.service.call('DELETE', '/v1/users/viewer/sessions');
    await page.getByLabel('User').waitFor();
    await context.close();
  });

  it('is told where a log-out failed', async () => {
    const { page, context } = await stand.open('/senders');
    await page.getByRole('heading', { name: 'Senders', level: 1 }).waitFor();
    await page.route('**/v1/session', (route) => route.fulfill(AWAY));
    await page.getByRole('button', { name: 'Account of admin' }).click();
    await page.getByRole('menuitem', { name: 'Log out', exact: true }).click();
    await page.getByRole('dialog', { name: 'You are still logged in' }).waitFor();
    await context.close();
  });
});

describe('a list', () => {
  it('goes on by one page, though Next is clicked twice', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}?view=people`);
    const rows = page.getByRole('table', { name: 'people' }).locator('tbody tr');
    await rows.getByText('r1', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Next' }).dblclick();
    await rows.getByText('r60', { exact: true }).waitFor();
    expect(await page.getByText(/^Page \d+$/).textContent()).toBe('Page 2');
    await context.close();
  });

  it('has a way back from a page that failed', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}?view=people`);
    await page.getByRole('button', { name: 'Next' }).waitFor();
    await page.route('**/requests?*after=*', (route) => route.fulfill({ ...AWAY, status: 400 }));
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('alert').getByText('The database is away.').waitFor();
    await page.getByRole('button', { name: 'Previous' }).click();
    await page.getByText('Page 1').waitFor();
    await context.close();
  });

  it('stays at its page while somebody settles those on it', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}?view=uncertain`);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Page 2').waitFor();
    await page.getByRole('cell', { name: '55', exact: true }).waitFor();
    const line = page.getByRole('row').filter({ hasText: /^55/ });
    await line.getByRole('button', { name: 'Settle' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'It went out' }).click();
    await line.waitFor({ state: 'detached' });
    await page.getByRole('tab', { name: 'Uncertain (59)' }).waitFor();
    expect(await page.getByText(/^Page \d+$/).textContent()).toBe('Page 2');
    await context.close();
  });
});

describe('a single request whose outcome is not known', () => {
  it('is settled at its page', async () => {
    const body = { template: 't', language: 'en', parameters: ['Ann'], to: '+16502990000' };
    const made = (await stand.service.call('POST', '/v1/requests', { body })).body.id;
    await sql.query(`update requests set ${UNCERTAIN} where campaign_id = $1`, [made]);
    const { page, context } = await stand.open(`/requests/${made}`, { role: 'operator' });
    await page.getByRole('button', { name: 'Settle' }).click();
    const dialog = page.getByRole('dialog', { name: 'What became of the request to +16502990000' });
    await dialog.getByRole('button', { name: 'It did not go out' }).click();
    await page.getByText('Refused', { exact: true }).waitFor();
    const { body: now } = await stand.service.call('GET', `/v1/requests/${made}`);
    expect(now.status).toBe('rejected');
    await context.close();
  });
});

describe('the dialog that cancels a campaign', () => {
  it('says nothing of a pause that was refused', async () => {
    const { page, context } = await stand.open(`/campaigns/${id}`);
    await page.route('**/pause', (route) => route.fulfill({ ...AWAY, status: 400 }));
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('alert').getByText('The database is away.').waitFor();
    await page.getByRole('button', { name: 'Cancel the campaign' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel this campaign?' });
    await dialog.getByRole('button', { name: 'Cancel the campaign' }).waitFor();
    expect(await dialog.getByRole('alert').count()).toBe(0);
    await context.close();
  });
});

describe('a dialog that asks once more', () => {
  it.each([
    ['Cancel the campaign', 'Cancel this campaign?', 'This campaign has ended meanwhile'],
    ['Ask again…', 'Ask people again', 'This campaign has been cancelled meanwhile'],
  ])(
    'is left by a button that says so, and when it is late says that: %s',
    async (opener, title, late) => {
      const body = { template: 't', language: 'en', recipients: people(2, 800), start: true };
      const { id: made } = (await stand.service.call('POST', '/v1/campaigns', { body })).body;
      await sql.query("update requests set state = 'expired' where campaign_id = $1 and row = 1", [
        made,
      ]);
      const { page, context } = await stand.open(`/campaigns/${made}`, { role: 'operator' });
      const dialog = page.getByRole('dialog', { name: title });
      await page.getByRole('button', { name: opener }).click();
      await dialog.getByRole('button', { name: 'Not now' }).click();
      await dialog.waitFor({ state: 'hidden' });
      await page.getByRole('button', { name: opener }).click();
      await dialog.getByRole('button', { name: 'Not now' }).waitFor();
      await stand.service.call('POST', `/v1/campaigns/${made}/cancel`);
      await dialog.getByRole('alert').getByText(late).waitFor();
      // The one in its corner, and the one below.
      expect(await dialog.getByRole('button').allInnerTexts()).toEqual(['', 'Close']);
      await context.close();
    },
  );
});

describe('a campaign that somebody paused', () => {
  it('says so once, and that its chart has nothing to show', async () => {
    const body = { template: 't', language: 'en', recipients: people(2, 810), start: true };
    const { id: made } = (await stand.service.call('POST', '/v1/campaigns', { body })).body;
    await stand.service.call('POST', `/v1/campaigns/${made}/pause`);
    const { page, context } = await stand.open(`/campaigns/${made}`);
    const said = page.getByRole('alert').filter({ hasText: 'Paused' });
    expect(await said.textContent()).toBe('Paused by a person');
    await page.getByText('It is paused, and nothing was sent while this page was open').waitFor();
    expect(await page.getByRole('img').count()).toBe(0);
    await stand.service.call('POST', `/v1/campaigns/${made}/cancel`);
    await page.getByText('Cancelled by a person', { exact: true }).waitFor();
    await context.close();
  });
});

describe('the chart of a campaign that has just begun', () => {
  it('is as wide as a minute, and names different times, of which none is cut off on a phone', async () => {
    const body = { template: 't', language: 'en', recipients: people(4, 820), start: true };
    const { id: made } = (await stand.service.call('POST', '/v1/campaigns', { body })).body;
    const { page, context } = await stand.open('/account', {
      viewport: { width: 390, height: 844 },
    });
    await page.addInitScript(KEEP_TEXTS);
    await page.clock.install();
    await page.goto(`${stand.service.http.url}/campaigns/${made}`);
    await page.getByText('Nothing was sent while this page was open').waitFor();
    await sql.query(
      "update requests set state = 'accepted', cause = 'accepted.1', fence = 1, claimed_at = now() - interval '120 ms', accepted_at = now() where campaign_id = $1 and row = 1",
      [made],
    );
    await page.getByRole('img').waitFor();
    await untilTrue(page, 'globalThis.lastTimes().length > 1');
    // Each axis in its unit.
    await untilTrue(page, 'globalThis.drawn().some(({ text }) => / ms$/.test(text))');
    await untilTrue(page, 'globalThis.drawn().some(({ text }) => /\\d\\/s$/.test(text))');
    const [first, second] = (await page.evaluate('globalThis.lastTimes()')) as Drawn[];
    // There is room for two or three: of a minute they are 30 s apart, of the seconds since the page was opened one or two.
    const apart = (secondsOf(second) - secondsOf(first) + 86_400) % 86_400;
    expect(apart).toBeGreaterThanOrEqual(15);
    // The last point is at the full minute, whose name would be the one that is cut off.
    const now = Number(await page.evaluate('Date.now()'));
    await page.clock.pauseAt(Math.ceil((now + 5_000) / 60_000) * 60_000 + 999);
    await untilTrue(page, `globalThis.lastTimes().some(({ text }) => text.endsWith(':00'))`);
    const times = (await page.evaluate('globalThis.lastTimes()')) as Drawn[];
    expect(times.length).toBeGreaterThan(1);
    expect(new Set(times.map(({ text }) => text)).size).toBe(times.length);
    expect(times.filter(({ from, to, width }) => from < 0 || to > width)).toEqual([]);
    await context.close();
  });
});

interface Drawn {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly width: number;
}

/** Since midnight. */
function secondsOf(drawn: Drawn | undefined): number {
  const [hours = 0, minutes = 0, seconds = 0] = (drawn?.text ?? '').split(':').map(Number);
  return (hours * 60 + minutes) * 60 + seconds;
}

/** What a canvas is told to write, and where: the times of the last drawing. */
const KEEP_TEXTS = `(() => {
  const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
  let drawn = [];
  CanvasRenderingContext2D.prototype.clearRect = function (...p) {
    drawn = [];
    return clearRect.apply(this, p);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    const half = this.measureText(text).width / 2;
    const at = this.getTransform().transformPoint({ x, y }).x;
    drawn.push({ text, from: at - half, to: at + half, width: this.canvas.width });
    return fillText.call(this, text, x, y);
  };
  globalThis.drawn = () => drawn;
  globalThis.lastTimes = () => drawn.filter(({ text }) => /:/.test(text));
})()`;

describe('a search that was refused', () => {
  it('is not told as one that found nobody', async () => {
    const { page, context } = await stand.open('/account');
    await page.route('**/v1/requests?*reference=*', (route) =>
      route.fulfill({ ...AWAY, status: 400 }),
    );
    await page.goto(`${stand.service.http.url}/search?q=K1`);
    await page.getByRole('alert').getByText('The database is away.').waitFor();
    await context.close();
  });
});

describe('focus and boxes', () => {
  it('go to the heading of the next page, and to the first key of a fresh one', async () => {
    const { page, context } = await stand.open('/senders');
    await page.getByRole('heading', { name: 'Senders', level: 1 }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await page.getByRole('link', { name: 'Opt-outs' }).click();
    await page.getByRole('heading', { name: 'Opt-outs', level: 1 }).waitFor();
    expect(await focused(page)).toBe('Opt-outs');
    await context.close();
  });

  it('stay in the filter of the audit log, and follow a link to all campaigns', async () => {
    const { page, context } = await stand.open('/audit');
    await page.getByLabel('By whom').fill('nobody');
    await page.keyboard.press('Enter');
    await page.getByText('Nobody did such a thing.').waitFor();
    expect(await page.evaluate('document.activeElement.value')).toBe('nobody');
    await page.goto(`${stand.service.http.url}/campaigns?name=winter`);
    await page.getByText('No campaign fits.').waitFor();
    await page.getByRole('link', { name: 'Campaigns', exact: true }).click();
    await page.getByRole('link', { name: 'spring' }).waitFor();
    expect(await page.getByLabel('Name contains').inputValue()).toBe('');
    await context.close();
  });

  it('leave the navigation of a small screen by Escape', async () => {
    const { page, context } = await stand.open('/senders', {
      viewport: { width: 390, height: 844 },
    });
    await page.getByRole('button', { name: 'Open the navigation' }).click();
    await page.getByRole('link', { name: 'Opt-outs' }).focus();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Opt-outs' }).waitFor({ state: 'hidden' });
    expect(await focused(page)).toBe('Open the navigation');
    await context.close();
  });
});
