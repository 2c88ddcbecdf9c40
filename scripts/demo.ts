/**
 * `npm run demo`: everything from a list to who may be phoned, on a machine with nothing but Node. Everything below is
 * done by the real command line in processes of its own; this script types the commands, waits for the people's answers,
 * and compares the books. With `--keep` it stays up afterwards, with the console to look at, where another campaign
 * asks one person after the other; `--storm` sends another
 * list while everything goes wrong.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dieBy, listenForShutdown, StoppedBySignal } from '../src/cli/run/shutdown.ts';
import { wrapLines } from '../src/cli/screen/wrap.ts';
import { startEmbeddedPostgres } from '../src/embedded-postgres/index.ts';
import { callbackUrl, startReceiver, untilAnswered } from './demo/answers.ts';
import { disagreements, type SendResult } from './demo/books.ts';
import { liveList } from './demo/live-list.ts';
import { type BookLine, permissionDisagreements, type ResultLine } from './demo/permission-book.ts';
import { APP_SECRET } from './demo/profile.ts';
import { STORM_WORLD, storm } from './demo/storm.ts';
import { createWorld, type World } from './demo/world.ts';

const TEMPLATE = 'sample_cpr_template';
const LIST = fileURLToPath(new URL('../../examples/recipients.csv', import.meta.url));
/** People in that list, good lines and bad, counted by hand and not by what is tried out here. */
const LINES = 1_000;
/** People of the campaign that is there to be looked at. */
const LIVE = 600;
/** `send` ends with 2 where not everybody was accepted, and this list and server see to that. */
const SOME_LEFT = 2;
/** Of those who may be phoned so many are shown. */
const FIRST = 10;
/** And so many of what disagrees. */
const MOST_WRONG = 20;

const width = () => (process.stderr.isTTY ? process.stderr.columns || 80 : undefined);
const print = (line: string) => process.stderr.write(`${wrapLines(line, width())}\n`);
const keep = process.argv.includes('--keep');
const stormy = process.argv.includes('--storm');
const shutdown = listenForShutdown(() => print('Stopping.'));

try {
  const world = await createWorld(shutdown.signal, stormy ? STORM_WORLD : {});
  let left: readonly string[] = [];
  try {
    await (stormy ? storm(world, print) : demo(world));
  } finally {
    left = await world.close();
  }
  for (const line of left) print(`Left running: ${line}`);
  if (left.length > 0) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof StoppedBySignal)) {
    print(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
shutdown.stopListening();
if (shutdown.by !== undefined && !keep) dieBy(shutdown.by);

async function demo(world: World): Promise<void> {
  print(`A simulated Graph API listens at ${world.simulator.url}.`);
  // Held until its end, so that the server does not stop and start between two commands.
  const postgres = await startEmbeddedPostgres({ dataDir: join(world.folder, 'data') });
  try {
    await fromListToAnswers(world, postgres.connectionString);
  } finally {
    await postgres.release();
  }
}

async function fromListToAnswers(world: World, databaseUrl: string): Promise<void> {
  const stay = keep ? await openPages(world) : undefined;
  const callback = stay?.callback ?? (await startReceiver(world));
  world.simulator.setWebhookTarget(callback, APP_SECRET);
  print(`It tells what becomes of its messages, and what people answer, to ${callback}.`);

  await step(
    world,
    'Create a template that asks for permission to call, and wait for its approval',
    [
      ...['template', 'create', '--name', TEMPLATE, '--language', 'en', '--category', 'UTILITY'],
      ...['--body', 'Hello {{1}}, we would like to call you to help support your order.'],
      ...['--example', 'Ann', '--wait'],
    ],
  );
  const sent = await step(
    world,
    `Ask the ${LINES} people of examples/recipients.csv, some of whose lines are bad`,
    ['send', LIST, '--template', TEMPLATE, '--language', 'en', '--json'],
    [0, SOME_LEFT],
  );
  const { id, state } = lastJson<SendResult>(sent);
  if (state !== 'completed') throw new Error(`the campaign is ${state}`);
  print('\n── The people answer; they take seconds here, and hours elsewhere\n');
  await untilAnswered(world, databaseUrl, print);

  const folder = resolve('data', 'demo');
  await mkdir(folder, { recursive: true });
  const results = resolve(folder, 'results.csv');
  const refused = resolve(folder, 'refused.csv');
  const callable = resolve(folder, 'callable.csv');
  await step(world, 'Export what became of each person', ['export', id, '-o', results]);
  await step(world, 'Export the refused lines', ['export', id, '--refused', '-o', refused]);
  const ofCallable = ['--state', 'callable'];
  const toFile = ['permissions', 'export', ...ofCallable, '-o', callable];
  await step(world, 'Export who may be phoned', toFile);
  const list = await step(world, `The first ${FIRST} who may be phoned`, [
    ...['permissions', 'list'],
    ...ofCallable,
  ]);
  print(list.split('\n', FIRST + 1).join('\n'));
  const toShow = ['campaign', 'show', id];
  announce('What the campaign led to', toShow);
  const shown = await world.run(toShow, 'pipe');
  if (shown.code !== 0) throw new Error(`callpermit campaign ended with ${shown.code}`);
  print(`${shown.out}${shown.hints}`);

  await checkBooks(world, id);
  print(
    `\nWhat became of each person:  ${results}\nThe lines that were refused: ${refused}\nWho may be phoned:           ${callable}`,
  );
  if (stay === undefined) {
    print(
      '\nThe server and the database of this demo end with it, so the commands named above find nothing now. ' +
        'To type them yourself: npm run demo -- --keep',
    );
    return;
  }
  const live = await askOneByOne(world);
  print(
    `\nTo type the commands named above, set this in another shell, in this folder:\n${exports(world)}`,
  );
  print('Then, for example:');
  print(`  npx callpermit campaign show ${id}`);
  print(
    `\nStill up. A campaign asks one person after the other, and they answer. Ctrl-C ends it.\n${stay.text}\n` +
      `  look at    ${stay.url}/campaigns/${live}`,
  );
  await shutdown.begun;
}

function announce(title: string, args: readonly string[]): void {
  print(`\n── ${title}\n   callpermit ${args.map(quoted).join(' ')}\n`);
}

async function step(
  world: World,
  title: string,
  args: readonly string[],
  good: readonly number[] = [0],
): Promise<string> {
  announce(title, args);
  const { code, out } = await world.run(args);
  if (code === null || !good.includes(code)) {
    throw new Error(`callpermit ${args[0]} ended with ${code}`);
  }
  return out;
}

/** Read anew: what `send` did not know at its end, a webhook may have told since. */
async function checkBooks(world: World, id: string): Promise<void> {
  const { run, simulator } = world;
  const result = lastJson<SendResult>((await run(['campaign', 'show', id, '--json'])).out);
  const server = simulator.stats();
  const { counts, refusedLines } = result;
  const parts: readonly (readonly [string, number])[] = [
    ['accepted', counts.accepted + counts['already-granted']],
    ['rejected', counts.rejected],
    ['skipped', counts.skipped + counts.expired],
    ['uncertain', counts.uncertain],
    ['refused lines', refusedLines],
  ];
  const sum = parts.reduce((total, [, n]) => total + n, 0);
  print('── The four books: the list, the ledger, the server, and who may be phoned\n');
  for (const [name, n] of parts) {
    // The server refuses these: without the words its number would not match ours.
    const granted =
      name === 'accepted' ? `   of these already granted: ${counts['already-granted']}` : '';
    print(`   ${name.padEnd(15)}${String(n).padStart(6)}${granted}`);
  }
  print(`   ${'sum'.padEnd(15)}${String(sum).padStart(6)}   lines in the list: ${LINES}`);
  print(
    `   the server was asked ${server.posts} times and accepted ${server.accepted}; ` +
      `asked twice: ${server.askedTwice.acceptedMoreThanOnce}`,
  );
  const people = simulator.people();
  const book = ndjson<BookLine>((await run(['permissions', 'export', '--format', 'ndjson'])).out);
  const results = ndjson<ResultLine>((await run(['export', id, '--format', 'ndjson'])).out);
  const wrong = [
    ...disagreements(LINES, result, server),
    ...permissionDisagreements({ people, results, book }),
  ];
  if (wrong.length > 0)
    throw new Error(`the books disagree: ${wrong.slice(0, MOST_WRONG).join('; ')}`);
  print(
    `   the server knows what ${people.length} people got and said; the ledger says the same of each`,
  );
}

/** Console and API beside the demo, so that the campaign can be watched while it works. */
async function openPages(
  world: World,
): Promise<{ readonly url: string; readonly text: string; readonly callback: string }> {
  const password = `calls-${randomBytes(4).toString('hex')}`;
  const key = randomBytes(12).toString('hex');
  const added = await world.run(
    ['user', 'add', 'demo', '--role', 'admin', '--password-stdin'],
    'pipe',
    `${password}\n`,
  );
  if (added.code !== 0) throw new Error(`callpermit user ended with ${added.code}: ${added.hints}`);
  const service = await world.serve(['up', '--port', '0', '--json'], {
    DASHBOARD_ACTIONS: '1',
    API_KEYS: key,
    LOG_LEVEL: 'warn',
  });
  const { url } = JSON.parse(service.ready) as { readonly url: string };
  const text =
    `  console    ${url}   user demo, password ${password}\n` +
    `  API        curl -H 'Authorization: Bearer ${key}' ${url}/v1/campaigns`;
  print(text);
  return { url, text, callback: callbackUrl(url) };
}

/** Another campaign, which takes a quarter of an hour; gives its id. */
async function askOneByOne(world: World): Promise<string> {
  const list = join(world.folder, 'live.csv');
  await writeFile(list, liveList({ people: LIVE, from: new Date() }));
  const made = await world.run(
    [
      ...['enqueue', list, '--template', TEMPLATE, '--language', 'en'],
      ...['--name', 'One person after the other', '--json'],
    ],
    'pipe',
  );
  if (made.code !== 0) throw new Error(`callpermit enqueue ended with ${made.code}: ${made.hints}`);
  return lastJson<SendResult>(made.out).id;
}

/** The settings of the demo's commands, to be pasted into a shell. */
function exports(world: World): string {
  return Object.entries(world.settings)
    .map(([name, value]) => `  export ${name}=${quoted(value)}`)
    .join('\n');
}

function quoted(word: string): string {
  return /^[\w./=-]+$/.test(word) ? word : `'${word}'`;
}

function lastJson<T>(out: string): T {
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as T;
}

function ndjson<T>(text: string): readonly T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}
