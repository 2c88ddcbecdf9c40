/**
 * Commands that need no ledger (of templates, of where Meta's webhooks go) are in its audit log where there is one already: no
 * database is made for it.
 */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { isToRecord, recordCommand } from './audited.ts';
import type { Cli } from './cli.ts';

/** Does the work and writes it down. */
export async function audited(cli: Cli, work: () => Promise<void>): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  try {
    await work();
  } catch (error) {
    failure = { error };
  }
  if (isToRecord(cli.acting) && (await hasLedger(cli))) await record(cli, failure?.error);
  if (failure !== undefined) throw failure.error;
}

/** Whether a ledger is set, or its folder is there. */
export async function hasLedger(cli: Cli): Promise<boolean> {
  const config = cli.config();
  if (config.databaseUrl !== undefined) return true;
  return access(join(config.dataDir, 'postgres')).then(
    () => true,
    () => false,
  );
}

async function record(cli: Cli, error: unknown): Promise<void> {
  const { openApp } = await import('../../wiring.ts');
  const app = await openApp(cli.config(), await cli.log('audit'), { queue: 'none' });
  if (!app.ok) {
    cli.terminal.note(`It is not in the audit log: ${app.error.message}`);
    return;
  }
  try {
    await recordCommand(cli, app.value, error);
  } finally {
    await app.value.close();
  }
}
