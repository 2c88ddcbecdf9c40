/**
 * `npm run demo -- --storm`: one list sent while everything goes wrong that the simulator knows, and
 * this script in the place of the operator: what paused the campaign is put right, and it goes on.
 * At its end the list, the ledger and the server's own book are compared person by person.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT } from '../../src/cli/run/exit-code.ts';
import { table } from '../../src/cli/screen/table.ts';
import type { PauseReason } from '../../src/core/campaign.ts';
import type { RefusedLine } from '../../src/core/people/recipient.ts';
import type { RequestResult } from '../../src/core/request.ts';
import { startEmbeddedPostgres } from '../../src/embedded-postgres/index.ts';
import { compareBooks, type Verdicts } from '../chaos/books.ts';
import { type ListRow, makeList, toCsv } from '../chaos/list.ts';
import { TEMPLATE } from '../chaos/profile.ts';
import { openWitness } from '../chaos/witness.ts';
import type { SendResult } from './books.ts';
import { APPROVE, EXPECTED_CODES, playActs, STORM_PEOPLE } from './storm-acts.ts';
import { STORM_PROFILE, STORM_RATE, STORM_TIMEOUT_MS } from './storm-profile.ts';
import type { World, WorldOptions } from './world.ts';

/** Of what the storm itself says. */
const INDENT = '   ';

/** The acts pause it twice; more often than this would be no storm any more but a fault of ours. */
const MOST_PAUSES = 6;

/** The world of the storm: its token is in a file, so that a new one is taken up. */
export const STORM_WORLD: WorldOptions = {
  profile: STORM_PROFILE,
  env: (folder) => ({
    WHATSAPP_ACCESS_TOKEN: '',
    WHATSAPP_ACCESS_TOKEN_FILE: join(folder, 'token'),
    MESSAGES_PER_SECOND: String(STORM_RATE),
    REQUEST_TIMEOUT_MS: String(STORM_TIMEOUT_MS),
  }),
};

/** Runs it; throws when the books disagree. */
export async function storm(world: World, print: (line: string) => void): Promise<void> {
  const { simulator, folder } = world;
  await writeFile(join(folder, 'token'), simulator.token);
  // Held for the whole storm, so that the server does not stop and start between two commands.
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  try {
    const list = makeList(STORM_PEOPLE);
    await writeFile(join(folder, 'storm.csv'), toCsv(list));
    print(`A simulated Graph API listens at ${simulator.url}. It will not be kind.`);
    playActs(simulator, print);
    const result = await sendToTheEnd(world, print);
    const books = await compare(world, list, result.id, postgres.connectionString);
    report(world, list, result, books, print);
  } finally {
    await postgres.release();
  }
}

/** Sends, and whenever we pause it, puts right what it names and sends the rest. */
async function sendToTheEnd(world: World, print: (line: string) => void): Promise<SendResult> {
  const { name, language } = TEMPLATE;
  const args = ['send', 'storm.csv', '--template', name, '--language', language];
  const whole = [...args, '--idempotency-key', 'storm', '--json'];
  for (let pauses = 0; pauses <= MOST_PAUSES; pauses += 1) {
    print(`\n── callpermit ${whole.join(' ')}\n`);
    const { code, out } = await world.run(whole);
    const result = lastJson<SendResult & { readonly reason?: PauseReason }>(out);
    print(`   exit code ${code}: the campaign is ${result.state}`);
    if (code === EXIT.done || code === EXIT.someLeft) return result;
    if (code !== EXIT.paused) throw new Error(`callpermit send ended with ${code}`);
    await putRight(world, result.reason, print);
    print(`   callpermit campaign resume ${result.id}`);
    const resumed = await world.run(['campaign', 'resume', result.id]);
    if (resumed.code !== 0) throw new Error(`campaign resume ended with ${resumed.code}`);
  }
  throw new Error(`the campaign was paused more than ${MOST_PAUSES} times`);
}

/** The operator's part. */
async function putRight(
  { simulator, folder }: World,
  reason: PauseReason | undefined,
  print: (line: string) => void,
): Promise<void> {
  switch (reason?.code) {
    case 132015:
      print('\n── The operator: the template was improved, and Meta has approved it again');
      simulator.apply(APPROVE);
      return;
    case 190: {
      print('\n── The operator: a new token is put into its file');
      const token = 'A_NEW_TOKEN';
      simulator.apply({ set: 'token', action: 'add', token });
      await writeFile(join(folder, 'token'), token);
      return;
    }
    default:
      print(`\n── The operator: nothing to put right (${reason?.message ?? 'no reason'})`);
  }
}

async function compare(
  { simulator, run }: World,
  list: readonly ListRow[],
  id: string,
  databaseUrl: string,
): Promise<Verdicts> {
  const witness = openWitness(databaseUrl);
  try {
    return compareBooks({
      list,
      exported: ndjson<RequestResult>((await run(['export', id, '--format', 'ndjson'])).out),
      refused: ndjson<RefusedLine>(
        (await run(['export', id, '--refused', '--format', 'ndjson'])).out,
      ),
      server: simulator.requests(),
      attempts: await witness.attempts(id),
      requests: new Map((await witness.requests(id)).map((request) => [request.row, request])),
      numbers: [simulator.phoneNumberId],
      ...{ inFlight: new Map(), outages: [], optedOut: new Map() },
      policy: 'hold',
    });
  } finally {
    await witness.close();
  }
}

function report(
  { simulator }: World,
  list: readonly ListRow[],
  { state, counts, refusedLines }: SendResult,
  books: Verdicts,
  print: (line: string) => void,
): void {
  const server = simulator.stats();
  const n = (value: number) => value.toLocaleString('en-US');
  const ledger = Object.values(counts).reduce((sum, of) => sum + of, 0);
  const codes = Object.entries(server.codes).map(([code, times]) => `${code}: ${n(times)}`);
  print('\n── The three books: the list, the ledger, the server\n');
  print(
    table(
      [
        ['lines in the list', n(list.length), ''],
        ['lines in the ledger', n(ledger + refusedLines), `refused ${n(refusedLines)}`],
        ['accepted', n(counts.accepted), `the server took ${n(server.accepted)}`],
        ['already granted', n(counts['already-granted']), ''],
        ['rejected', n(counts.rejected), ''],
        ['skipped', n(counts.skipped), 'doubles'],
        ['uncertain', n(counts.uncertain), `${n(books.resolved)} more were settled by evidence`],
        ['POSTs', n(server.posts), `unanswered or unreadable ${n(books.faulted)}`],
        ['refused', n(server.refused), codes.join(', ')],
        ['asked twice', n(books.askedTwice.length), ''],
        ['not on the list', n(books.notListed.length), ''],
        ['forgotten', n(books.forgotten.length), ''],
        ['wrongly recorded', n(books.wronglyRecorded.length), ''],
        ['wrong content', n(books.wrongContent.length), ''],
      ],
      ['left', 'right'],
      (process.stderr.columns || Number.POSITIVE_INFINITY) - INDENT.length,
    ).replaceAll(/^/gm, INDENT),
  );
  const missing = EXPECTED_CODES.filter((code) => server.codes[code] === undefined);
  const wrong = [
    ...books.askedTwice.map((what) => `asked twice: ${what}`),
    ...books.forgotten.map((what) => `forgotten: ${what}`),
    ...books.wronglyRecorded.map((what) => `wrongly recorded: ${what}`),
    ...books.notListed.map((what) => `not on the list: ${what}`),
    ...books.wrongContent.map((what) => `wrong content: ${what}`),
    ...(state === 'completed' ? [] : [`the campaign is ${state}`]),
    ...(ledger + refusedLines === list.length ? [] : ['the ledger has not every line of the list']),
    ...missing.map((code) => `the storm never brought ${code}`),
  ];
  if (wrong.length > 0)
    throw new Error(`the books disagree:\n  ${wrong.slice(0, 20).join('\n  ')}`);
  print('\nThe books agree: nobody was asked twice, nobody was forgotten.');
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
