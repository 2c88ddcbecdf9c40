/** `callpermit suppress import`: a list of opt-outs, where no bad line may keep a good one out. */
import { open } from 'node:fs/promises';
import { problem } from '../core/problem.ts';
import type { Recipient } from '../core/recipient.ts';
import { type App, type OpenList, openList, openListFile } from '../wiring.ts';
import { type Cli, withApp } from './cli.ts';
import { EXIT } from './exit-code.ts';
import { thrown, unwrap } from './failure.ts';
import { refusedTap } from './refused.ts';
import { count } from './table.ts';
import { sayRefused } from './take-list.ts';

const BATCH = 1_000;

/** Reads the list at `path` (`-`: standard input) onto the suppression list. */
export async function importSuppressions(
  cli: Cli,
  path: string,
  options: { readonly defaultCountry?: string; readonly reason?: string; readonly json?: true },
): Promise<void> {
  const country = options.defaultCountry?.toUpperCase() ?? cli.config().defaultCountry;
  const rules = { anyText: true, ...(country === undefined ? {} : { defaultCountry: country }) };
  const list = await openNumbers(path, rules);
  const refused = refusedTap();
  const done = { lines: 0, added: 0 };
  await withApp(cli, { name: 'suppress', queue: 'none' }, async (app) => {
    let batch: Recipient[] = [];
    const write = async () => {
      done.added += await suppress(app, batch, options.reason);
      batch = [];
    };
    for await (const line of refused.lines(list.lines)) {
      done.lines += 1;
      if (line.kind === 'recipient') batch.push(line.recipient);
      if (batch.length === BATCH) await write();
    }
    await write();
  });
  const good = done.lines - refused.total;
  cli.terminal.say(
    `${count(done.lines)} lines: ${count(done.added)} put on the suppression list, ${count(good - done.added)} were on it, ${count(refused.total)} refused.`,
  );
  sayRefused(cli, refused);
  if (options.json) {
    const { lines, added } = done;
    const figures = { lines, added, known: good - added, refusedLines: refused.total };
    cli.terminal.print(JSON.stringify(figures));
  }
  if (good === 0)
    throw thrown(problem('LIST_ALL_REFUSED', 'No line of the list has a number that can be read.'));
  if (refused.total > 0) cli.exitCode = EXIT.someLeft;
}

function suppress(app: App, batch: readonly Recipient[], reason?: string): Promise<number> {
  const people = batch.map(({ to, parameters }) => {
    const why = parameters.reason?.trim() || reason;
    return { to, ...(why === undefined ? {} : { reason: why }) };
  });
  return app.ledger.people.suppress({ people, source: 'import' });
}

/** A file that begins with a number has no header: it is given one. */
async function openNumbers(
  path: string,
  rules: { readonly anyText: boolean; readonly defaultCountry?: string },
): Promise<OpenList> {
  const opened = await openListFile(path, rules);
  if (opened.ok || opened.error.code !== 'LIST_UNREADABLE' || path === '-') return unwrap(opened);
  const bare = await beginsWithNumber(path);
  if (!bare) return unwrap(opened);
  return unwrap(await openList({ ...rules, format: 'csv', name: path, source: withHeader(path) }));
}

async function beginsWithNumber(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return /^\uFEFF?\s*[+(]?\d[\d\s().-]{4,}/.test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
}

async function* withHeader(path: string): AsyncGenerator<Uint8Array | string, void> {
  yield 'to\n';
  const file = await open(path);
  yield* file.createReadStream();
}
