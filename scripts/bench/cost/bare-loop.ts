/**
 * What the POSTs alone cost: no queue, a timer, undici. What a program beyond this takes is for queue, ledger and pace.
 * Settings are its one argument.
 */
import { Pool } from 'undici';
import { bodyOf, HEADERS, PATH, plainMessage } from './plain-message.ts';

/** What it is started with, as JSON. */
export interface LoopSettings {
  /** Of the measuring server. */
  readonly url: string;
  /** POSTs a second. */
  readonly rate: number;
  readonly connections: number;
}

/** Between two looks at what is due, ms. */
const TICK_MS = 5;

const settings = JSON.parse(process.argv[2] ?? '{}') as LoopSettings;
const pool = new Pool(settings.url, { connections: settings.connections });
const begun = performance.now();
let sent = 0;

process.once('SIGTERM', () => process.exit());
process.stdout.write('ready\n');
setInterval(() => {
  const due = Math.floor(((performance.now() - begun) * settings.rate) / 1_000);
  for (; sent < due; sent += 1) void post(sent);
}, TICK_MS);

async function post(n: number): Promise<void> {
  const body = JSON.stringify(bodyOf(plainMessage(n)));
  const answer = await pool.request({ path: PATH, method: 'POST', headers: HEADERS, body });
  await answer.body.json();
}
