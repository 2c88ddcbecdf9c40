/** `callpermit audit list`: who did what, when. */
import type { Command } from 'commander';
import { given } from '../../core/given.ts';
import { shownTo } from '../../core/people/user-id.ts';
import type { AuditEntry } from '../../core/ports/index.ts';
import { when } from '../../telemetry/times.ts';
import { positive } from '../options/options.ts';
import { instant } from '../options/when-options.ts';
import { type Cli, withApp } from '../run/cli.ts';
import { type ListingColumn, printListing } from '../screen/listing.ts';

interface Options {
  readonly since?: Date;
  readonly who?: string;
  readonly what?: string;
  readonly limit: number;
  readonly json?: true;
}

const PAGE = 500;

const HELP = `
In it is what changes something, by whichever way in: operations of the HTTP API (by their operationId, as \
docs/openapi.json has them), actions in the dashboard, commands; log-ins and log-outs; and what somebody who is known was \
refused. Wrong passwords, refusals and single requests of a key are counted by the minute.

Who: the name of a user, of a key, of the password in the settings (DASHBOARD_USER), or "command line of USER@HOST".

Rows are kept for AUDIT_RETENTION_DAYS. A person who is forgotten is taken out of them.

Examples:
  callpermit audit list --since 2026-11-01T00:00:00Z
  callpermit audit list --who ann --what pauseCampaign
  callpermit audit list --limit 1000 --json`;

/** Adds `audit`. */
export function addAudit(program: Command, cli: Cli): void {
  const audit = program
    .command('audit')
    .summary('who did what, when')
    .description('Shows the audit log.')
    .addHelpText('after', '\nExample:\n  callpermit audit list --who ann');
  audit
    .command('list')
    .summary('the audit log, the newest first')
    .description('Lists who did what, to what or whom, and how it ended; the newest first.')
    .option('--since <time>', 'only since then, like 2026-11-28T00:00:00Z', instant)
    .option('--who <name>', 'only by this user, key or command line')
    .option('--what <operation>', 'only this operation or command, like pauseCampaign')
    .option('--limit <n>', 'as many at most', positive, 100)
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action((options: Options) => list(cli, options));
}

const COLUMNS: readonly ListingColumn<AuditEntry>[] = [
  { head: 'at', width: 21, of: ({ at }) => when(at) },
  { head: 'who', width: 16, of: ({ who }) => who },
  { head: 'what', width: 20, of: ({ what, times }) => (times > 1 ? `${what} (${times})` : what) },
  { head: 'end', width: 7, of: ({ outcome }) => outcome },
  { head: 'to', of: ({ target, person }) => person ?? target ?? '' },
];

async function list(cli: Cli, { limit, json, since, who, what }: Options): Promise<void> {
  await withApp(cli, { name: 'audit', queue: 'none' }, async ({ ledger }) => {
    async function* items() {
      let left = limit;
      let before: string | undefined;
      while (left > 0) {
        const page = await ledger.audit.list({
          ...given({ since, who, what, before }),
          limit: Math.min(left, PAGE),
        });
        for (const one of page)
          yield { ...one, person: one.person === null ? null : shownTo(`+${one.person}`) };
        before = page.at(-1)?.id;
        left = page.length < PAGE ? 0 : left - page.length;
      }
    }
    await printListing(cli, {
      items: items(),
      columns: COLUMNS,
      name: 'entries',
      json: json === true,
      none: 'There is no such entry.',
    });
  });
}
