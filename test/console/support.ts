/**
 * The console as people have it: the built pages in Chromium, served over a real ledger, with a simulated Meta behind it. One
 * service and one browser for a file; each test gets a context of its own.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type {
  Browser,
  BrowserContext,
  BrowserContextOptions,
  Locator,
  Page,
} from 'playwright-core';
import type { Role } from '../../src/core/user.ts';
import type { SimulatorProfileInput } from '../../src/simulator/index.ts';
import { startChromium } from '../browser/chromium.ts';
import { addUser, countedHashes, PASSWORD } from '../http/browser.ts';
import { type Service, startService } from '../http/support.ts';
import { createTestDatabase } from '../support/postgres.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What stands for a file of tests. */
export interface Console {
  readonly service: Service;
  readonly browser: Browser;
  /** Somebody of this role who is logged in, at a page. */
  open(path: string, p?: OpenOptions): Promise<Watched>;
  close(): Promise<void>;
}

/** How a page is opened. */
export interface OpenOptions extends BrowserContextOptions {
  /** `null`: nobody is logged in; an admin unless told. */
  readonly role?: Role | null;
}

/** A page, and what it did that it should not. */
export interface Watched {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of scripts, refusals of the policy, and requests to other places. */
  readonly faults: readonly string[];
}

/** What the simulated Meta signs its webhooks with. */
const APP_SECRET = 'a secret of the app';

/**
 * Starts them. Users `viewer`, `operator` and `admin` are there.
 * @param people how people and Meta behave: they are really asked, and answer; without it nobody is
 */
export async function startConsole(
  env: Readonly<Record<string, string>> = {},
  people?: SimulatorProfileInput,
): Promise<Console> {
  const database = await createTestDatabase();
  const { hash } = countedHashes();
  const service = await startService(
    { databaseUrl: database.connectionString },
    { WHATSAPP_APP_SECRET: APP_SECRET, ...env },
    { hash },
    people,
  );
  const { app, simulator, http } = service;
  const running: { close(): Promise<unknown> }[] = [];
  if (people !== undefined) {
    running.push(await app.runReplies([]), await app.runSenders());
    simulator.setWebhookTarget(`${http.url}/webhooks/whatsapp`, APP_SECRET);
  }
  for (const role of ['viewer', 'operator', 'admin'] as const) await addUser(service, role, role);
  const browser = await startChromium();
  return {
    service,
    browser,
    async open(path, { role = 'admin', ...options } = {}) {
      const context = await browser.newContext({ locale: 'en-GB', ...options });
      if (role !== null) await logInAt(context, service.http.url, role);
      const page = await context.newPage();
      const faults = watch(page, service.http.url);
      await page.goto(service.http.url + path);
      return { page, context, faults };
    },
    async close() {
      await browser.close();
      for (const one of running) await one.close();
      await service.close();
      await database.drop();
    },
  };
}

/** As the log-in page does, without it. */
async function logInAt(context: BrowserContext, url: string, role: Role): Promise<void> {
  const data = { user: role, password: PASSWORD };
  const headers = { 'sec-fetch-site': 'same-origin' };
  const answer = await context.request.post(`${url}/v1/session`, { data, headers });
  if (!answer.ok()) throw new Error(await answer.text());
}

function watch(page: Page, url: string): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A refusal of the API is told there too; what the page makes of it is for its tests.
    if (message.type() === 'error' && !/status of (401|4\d\d|5\d\d)|ERR_/.test(message.text()))
      faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const at = new URL(request.url());
    if (at.protocol !== 'data:' && at.protocol !== 'blob:' && at.origin !== new URL(url).origin)
      faults.push(`elsewhere: ${request.url()}`);
  });
  return faults;
}

/** What axe finds of serious and critical faults, one line each. */
export async function axeFaults(page: Page): Promise<readonly string[]> {
  // Things that fade in have no colour of their own yet.
  await page.evaluate(
    'Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))',
  );
  await page.evaluate(AXE);
  const found = await page.evaluate(() => (globalThis as unknown as Axe).axe.run());
  return found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
    );
}

interface Axe {
  readonly axe: {
    run(): Promise<{
      readonly violations: readonly {
        readonly id: string;
        readonly impact: string;
        readonly nodes: readonly {
          readonly target: readonly string[];
          readonly failureSummary: string;
        }[];
      }[];
    }>;
  };
}

/** What has the focus, by its label or text. */
const FOCUSED =
  '((one) => one?.labels?.[0]?.textContent ?? one?.ariaLabel ?? one?.textContent ?? "")(document.activeElement)';

/** What has the focus, by its label or text. */
export async function focused(page: Page): Promise<string> {
  return String(await page.evaluate(FOCUSED));
}

/** Waits until something is so. The policy of the page lets it evaluate no texts by itself. */
export async function untilTrue(page: Page, expression: string): Promise<void> {
  const until = Date.now() + 20_000;
  while ((await page.evaluate(expression)) !== true) {
    if (Date.now() > until)
      throw new Error(`Not so after 20 s: ${expression}; the focus has "${await focused(page)}".`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Goes on by the Tab key until something has the focus whose label or text begins so. */
export async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await focused(page)).startsWith(name)) return;
  }
  throw new Error(`The Tab key does not lead to "${name}".`);
}

/** What the browser makes of the style of something. */
export function styleOf(one: Locator, property: string): Promise<string> {
  return one.evaluate(
    (element, name) =>
      (globalThis as unknown as Styles).getComputedStyle(element).getPropertyValue(name),
    property,
  );
}

interface Styles {
  getComputedStyle(element: unknown): { getPropertyValue(name: string): string };
}

/** What of a page does not fit: the page itself where it scrolls sideways, and what is cut off or stands beyond the window. */
export async function cutOff(page: Page): Promise<readonly string[]> {
  return (await page.evaluate(CUT_OFF)) as readonly string[];
}

// Fields scroll what is typed into them, and frames with a scroll bar what is in them: both show that there is more.
const CUT_OFF = `(() => {
  const page = document.documentElement;
  const found = page.scrollWidth > page.clientWidth ? ['the page scrolls sideways'] : [];
  const isUnseen = (one) => {
    const { width, height } = one.getBoundingClientRect();
    return width <= 1 || height <= 1 || getComputedStyle(one).visibility === 'hidden';
  };
  const isWithinUnseen = (one) => one !== null && (isUnseen(one) || isWithinUnseen(one.parentElement));
  const scrolls = (one) => one !== null && (/auto|scroll/.test(getComputedStyle(one).overflowX) || scrolls(one.parentElement));
  for (const one of document.body.querySelectorAll('*')) {
    const { right } = one.getBoundingClientRect();
    const style = getComputedStyle(one);
    if (one.textContent.trim() === '' || one.closest('svg, option, input, textarea, select') !== null) continue;
    if (isWithinUnseen(one)) continue;
    const isHidden = /hidden|clip/.test(style.overflowX) && one.scrollWidth > one.clientWidth + 1;
    const isBeyond = right > page.clientWidth + 1 && !scrolls(one.parentElement);
    if (isHidden || isBeyond) found.push(one.tagName + '.' + one.className + ': ' + one.textContent.slice(0, 60));
  }
  return found;
})()`;
