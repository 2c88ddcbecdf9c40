/**
 * Asks a list, waits until it is done, and reads what became of each person. One JSON object a line on standard input:
 * `{"to":"+16505551234","reference":"order-7","1":"Ann"}`; one line a person on standard output.
 *
 * Over HTTP, where CALLPERMIT_URL is set:
 *   CALLPERMIT_URL=http://127.0.0.1:3000 CALLPERMIT_KEY=... node ask.mjs < people.ndjson
 * In this process, on the ledger itself:
 *   DATABASE_URL=postgres://... WHATSAPP_PHONE_NUMBER_ID=... node ask.mjs < people.ndjson
 */
import { createInterface } from 'node:readline';
import { createClient, createHttpClient, ProblemError } from 'callpermit';

const { CALLPERMIT_URL: url, CALLPERMIT_KEY: key, LIST_KEY, TEMPLATE, LANGUAGE } = process.env;
const client = url ? createHttpClient({ url, key }) : createClient();

async function* people() {
  for await (const line of createInterface({ input: process.stdin }))
    if (line.trim() !== '') yield JSON.parse(line);
}

try {
  const { id, refusedLines } = await client.enqueue({
    template: TEMPLATE ?? 'sample_cpr_template',
    language: LANGUAGE ?? 'en',
    recipients: people(),
    // The same key with the same list is the same campaign: to run this twice asks nobody twice.
    idempotencyKey: LIST_KEY,
  });
  for (const { row, code, message } of refusedLines)
    console.log(`line ${row}\t${code}\t${message}`);
  const { state, reason } = await client.waitFor(id);
  if (state === 'paused') console.error(`paused: ${reason?.message}`);
  for await (const { reference, to, status, advice } of client.results(id))
    console.log([reference ?? to, status, advice ?? ''].join('\t').trimEnd());
} catch (error) {
  if (!(error instanceof ProblemError)) throw error;
  const { code, message, next = '' } = error.problem;
  console.error(`${code}: ${message} ${next}`);
  process.exitCode = 1;
} finally {
  await client.close();
}
