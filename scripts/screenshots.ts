/**
 * `npm run screenshots -- URL USER PASSWORD`: the pictures of README and docs, made of a running console; `npm run demo --
 * --keep` says what to type. With `--all FOLDER` every page is taken at three widths in both colours instead, to be looked at.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const DOCS = 'docs/images';
const CHROMIUM = '/usr/bin/chromium';
const WIDTHS = [390, 1_280, 1_920] as const;
const SCHEMES = ['light', 'dark'] as const;
const HEIGHT = 900;
/** What is live has something to show after a while. */
const LIVE_MS = 20_000;
/** And what comes in parts is whole. */
const WHOLE_MS = 2_000;
/** Pictures in the repository are small. */
const QUALITY = 80;

/** Pages by the name of their picture; `{id}` is the newest campaign. */
const PAGES: Readonly<Record<string, string>> = {
  campaigns: '/campaigns',
  campaign: '/campaigns/{id}',
  'new-campaign': '/campaigns/new',
  'may-be-called': '/permissions',
  person: '/permissions?q={to}',
  'opt-outs': '/opt-outs',
  templates: '/templates',
  'new-template': '/templates/new',
  senders: '/senders',
  health: '/system',
  users: '/users',
  keys: '/keys',
  audit: '/audit',
  account: '/account',
  'first-steps': '/first-steps',
};
/** Those that README and docs show. */
const SHOWN = ['campaigns', 'campaign', 'new-campaign', 'may-be-called', 'health'] as const;

const { positionals, all } = read(process.argv.slice(2));
const [url = '', user = '', password = ''] = positionals;
if (password === '') {
  process.stderr.write('Usage: npm run screenshots -- URL USER PASSWORD [--all FOLDER]\n');
  process.exit(1);
}
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
try {
  if (all === undefined) {
    await mkdir(DOCS, { recursive: true });
    await take({ width: 1_280, scheme: 'light', folder: DOCS, names: SHOWN });
  } else {
    await mkdir(resolve(all), { recursive: true });
    for (const width of WIDTHS)
      for (const scheme of SCHEMES)
        await take({ width, scheme, folder: resolve(all), names: Object.keys(PAGES), isAll: true });
  }
} finally {
  await browser.close();
}

async function take(p: {
  readonly width: number;
  readonly scheme: (typeof SCHEMES)[number];
  readonly folder: string;
  readonly names: readonly string[];
  /** The whole length of each page, named by width and colours. */
  readonly isAll?: boolean;
}): Promise<void> {
  const { width, scheme, folder, names, isAll = false } = p;
  const context = await browser.newContext({
    viewport: { width, height: HEIGHT },
    colorScheme: scheme,
    locale: 'en-GB',
  });
  try {
    await logIn(context);
    const page = await context.newPage();
    for (const name of names) {
      await open(page, PAGES[name] ?? '/');
      await page.waitForTimeout(name === 'campaign' && !isAll ? LIVE_MS : WHOLE_MS);
      const path = join(folder, isAll ? `${name}-${width}-${scheme}.png` : `${name}.webp`);
      if (isAll) await page.screenshot({ path, fullPage: true });
      else await writeFile(path, await webpOf(page));
      process.stderr.write(`${path}\n`);
    }
  } finally {
    await context.close();
  }
}

/** Half as large as a PNG; the library itself makes none. */
async function webpOf(page: Page): Promise<Buffer> {
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', {
    format: 'webp',
    quality: QUALITY,
  });
  await session.detach();
  return Buffer.from(data, 'base64');
}

async function logIn(context: BrowserContext): Promise<void> {
  const answer = await context.request.post(`${url}/v1/session`, {
    data: { user, password },
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  if (!answer.ok()) throw new Error(`The log-in was refused: ${await answer.text()}`);
}

async function open(page: Page, path: string): Promise<void> {
  const firstOf = async (route: string) => (await page.context().request.get(url + route)).json();
  const id = (await firstOf('/v1/campaigns?limit=1')).campaigns[0]?.id ?? 'none';
  const to = (await firstOf('/v1/permissions?state=callable&limit=1')).permissions[0]?.to ?? '';
  await page.goto(url + path.replace('{id}', id).replace('{to}', encodeURIComponent(to)));
  await page.getByRole('heading', { level: 1 }).waitFor();
  // Events keep a connection open, so that the network is never idle: what is loading says so.
  await page
    .locator('[aria-busy="true"], [role="status"]:has-text("Loading")')
    .first()
    .waitFor({ state: 'detached' });
}

function read(args: readonly string[]) {
  const at = args.indexOf('--all');
  const positional = at === -1 ? args : args.slice(0, at);
  return { positionals: positional, all: at === -1 ? undefined : (args[at + 1] ?? 'screenshots') };
}
