/** `npm run bench:consoles`: consoles at a running campaign of 200,000 people. What it measured last stands in docs/benchmarks.md. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import { dieBy, listenForShutdown } from '../../src/cli/run/shutdown.ts';
import { table } from '../../src/cli/screen/table.ts';
import { type Scene, setScene, timesOf } from './consoles/ground.ts';
import { memoryOf, shareOfCore } from './consoles/processes.ts';
import { endAll, layGround } from './ground.ts';

const USAGE = `npm run bench:consoles [-- options]

A sender asks a campaign of 200,000 people, three of five of whom were asked before. Prints how long what pages read takes, what 200
pages of people cost a browser, and which part of a core consoles at that campaign cost the API. Exit code 0 only if 95 of 100
reads of each kind take less than 300 ms, the heap of a page does not grow, its process stays below 200 MB, and 20 consoles
take less than a tenth of a core. Linux only, with Chromium.

  --consoles N      how many look (20)
  --seconds N       how long they are measured (60)
  --pages N         pages of people that are turned (200)
  --people N        on the list (200000)
  --json            one JSON object on standard output`;

const CHROMIUM = process.env.CALLPERMIT_TEST_CHROMIUM ?? '/usr/bin/chromium';
const READS = 20;
/** They have loaded by then, and look as they do all the time. */
const SETTLE_MS = 20_000;
const LIMITS = { readMs: 300, heapGrowth: 1.25, pageMb: 200, apiShare: 0.1 } as const;
/** By then the code of all pages has been loaded, and what is kept of a page is kept. */
const WARM_PAGES = 20;
const MB = 1_048_576;

const print = (text: string) => process.stderr.write(`${text}\n`);

interface Read {
  readonly what: string;
  readonly medianMs: number;
  readonly p95Ms: number;
}

interface Turned {
  readonly pages: number;
  readonly medianMs: number;
  readonly p95Ms: number;
  /** After the first twenty, and after the last. */
  readonly heapMb: readonly [warm: number, last: number];
  readonly pageMb: readonly [warm: number, last: number];
  readonly browserMb: number;
}

/** What the pages of a campaign, the list, the book and the search read. */
function readsOf(campaign: string): readonly string[] {
  const of = `/v1/campaigns/${campaign}`;
  return [
    '/v1/campaigns?limit=20',
    ...['', '/funnel', '/forecast', '/reasons', '/latency'].map((part) => of + part),
    `${of}/requests?limit=50`,
    `${of}/requests?limit=50&state=rejected`,
    `${of}/requests?limit=50&code=131026`,
    `${of}/requests/777`,
    '/v1/permissions?state=callable&limit=50',
    '/v1/permissions?state=declined&limit=50',
    '/v1/permissions/%2B4915100000001',
    '/v1/requests?number=%2B4915100000001&limit=100',
    ...['/v1/suppressions?limit=50', '/v1/senders?limit=100', '/v1/health', '/v1/audit?limit=50'],
  ];
}

async function measureReads(scene: Scene): Promise<readonly Read[]> {
  const found: Read[] = [];
  for (const path of readsOf(scene.campaign)) {
    const times = await timesOf(READS, () => scene.get(path));
    found.push({ what: path.replace(scene.campaign, '{id}'), ...spreadOf(times) });
  }
  return found;
}

function spreadOf(sorted: readonly number[]) {
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { medianMs: at(0.5), p95Ms: at(0.95) };
}

async function open(browser: Browser, scene: Scene, path: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 900 } });
  await context.addCookies([await scene.logIn()]);
  const page = await context.newPage();
  await page.goto(scene.url + path);
  await page.getByRole('tab', { name: 'Overview' }).waitFor();
  return page;
}

/** Page after page of people, as somebody turns them. */
async function turnPages(browser: Browser, scene: Scene, pages: number): Promise<Turned> {
  const page = await open(browser, scene, `/campaigns/${scene.campaign}?view=people`);
  const pid = await processOf(browser);
  const list = page.getByRole('table', { name: 'people' });
  await list.getByRole('link').first().waitFor();
  const devtools = await page.context().newCDPSession(page);
  const heap = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    return (await devtools.send('Runtime.getHeapUsage')).usedSize / MB;
  };
  let [heapWarm, warm] = [await heap(), memoryOf(pid)];
  const times: number[] = [];
  for (let i = 1; i < pages; i += 1) {
    const began = performance.now();
    await page.getByRole('button', { name: 'Next' }).click();
    // The rows of a page of fifty follow each other.
    await list
      .getByRole('cell', { name: (50 * i + 1).toLocaleString('en'), exact: true })
      .waitFor();
    times.push(performance.now() - began);
    if (i === WARM_PAGES) [heapWarm, warm] = [await heap(), memoryOf(pid)];
  }
  const [heapLast, last] = [await heap(), memoryOf(pid)];
  await page.context().close();
  return {
    ...{ pages, ...spreadOf(times.sort((a, b) => a - b)), heapMb: [heapWarm, heapLast] },
    ...{ pageMb: [warm.page, last.page], browserMb: last.all },
  };
}

async function processOf(browser: Browser): Promise<number> {
  const devtools = await browser.newBrowserCDPSession();
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo');
  await devtools.detach();
  return processInfo.find(({ type }) => type === 'browser')?.id ?? 0;
}

async function shareOfConsoles(
  browser: Browser,
  scene: Scene,
  p: { readonly consoles: number; readonly ms: number },
): Promise<readonly [none: number, all: number]> {
  const pid = scene.api.pid ?? 0;
  await sleep(SETTLE_MS);
  const none = await shareOfCore(pid, p.ms);
  print(`api without consoles: ${percent(none)} of a core`);
  for (let i = 0; i < p.consoles; i += 1)
    await open(browser, scene, `/campaigns/${scene.campaign}`);
  await sleep(SETTLE_MS);
  const all = await shareOfCore(pid, p.ms);
  print(`api with ${p.consoles}: ${percent(all)} of a core`);
  return [none, all];
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const ms = (n: number) => `${n.toFixed(0)} ms`;
const mb = (n: number) => `${n.toFixed(0)} MB`;

function reportText(
  reads: readonly Read[],
  turned: Turned,
  [none, all]: readonly [number, number],
): string {
  const rows = reads.map(({ what, medianMs, p95Ms }) => [what, ms(medianMs), ms(p95Ms)]);
  return [
    table([['read', 'median', 'p95'], ...rows], ['left', 'right', 'right']),
    `a page of people is turned within ${ms(turned.medianMs)}, 95 of 100 within ${ms(turned.p95Ms)}`,
    `after ${WARM_PAGES} pages and after ${turned.pages}: heap ${turned.heapMb.map(mb).join(', ')}, process of the page ${turned.pageMb.map(mb).join(', ')}; all of the browser: ${mb(turned.browserMb)}`,
    `api: ${percent(none)} of a core without consoles, ${percent(all)} with them`,
  ].join('\n');
}

const { values } = parseArgs({
  options: {
    consoles: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '60' },
    pages: { type: 'string', default: '200' },
    people: { type: 'string', default: '200000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) console.log(USAGE);
else {
  const shutdown = listenForShutdown(() => print('\nStopping everything.'));
  const ground = await layGround();
  const began = performance.now();
  let scene: Scene | undefined;
  let browser: Browser | undefined;
  try {
    scene = await setScene(ground, { people: Number(values.people), signal: shutdown.signal });
    print(`set up after ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    const reads = await measureReads(scene);
    const turned = await turnPages(browser, scene, Number(values.pages));
    const shares = await shareOfConsoles(browser, scene, {
      ...{ consoles: Number(values.consoles), ms: Number(values.seconds) * 1_000 },
    });
    console.log(
      values.json ? JSON.stringify({ reads, turned, shares }) : reportText(reads, turned, shares),
    );
    const holds =
      reads.every(({ p95Ms }) => p95Ms < LIMITS.readMs) &&
      turned.heapMb[1] < turned.heapMb[0] * LIMITS.heapGrowth &&
      turned.pageMb[1] < LIMITS.pageMb &&
      shares[1] < LIMITS.apiShare;
    process.exitCode = holds ? 0 : 1;
  } catch (error) {
    if (!shutdown.signal.aborted) {
      print(`The bench failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      process.exitCode = 1;
    }
  } finally {
    await browser?.close();
    await endAll(scene?.children ?? []);
    await ground.close({ keepFolder: false });
  }
  shutdown.stopListening();
  if (shutdown.by !== undefined) dieBy(shutdown.by);
}
