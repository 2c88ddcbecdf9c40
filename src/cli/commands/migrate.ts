/** `callpermit migrate`: brings the schema up to date, for those who want it as a step of its own. */
import type { Command } from 'commander';
import { type Cli, withApp } from '../run/cli.ts';

/** Adds `migrate`. */
export function addMigrate(program: Command, cli: Cli): void {
  program
    .command('migrate')
    .summary("bring the database's schema up to date")
    .description(
      'Brings the schema of the ledger up to date. Every command does so when it needs to; this is for deployments that change the schema in a step of its own. Any number of them may run at once.',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  DATABASE_URL=postgres://... callpermit migrate')
    .action((options: { readonly json?: true }) =>
      withApp(cli, { name: 'migrate', queue: 'none' }, async (app) => {
        // Opening the ledger ran them.
        const ran = app.migrated;
        await app.ledger.ping();
        cli.terminal.note(
          ran.length === 0
            ? 'The schema is up to date: nothing was to be done.'
            : `The schema is up to date. Migrations that ran: ${ran.join(', ')}.`,
        );
        const { poolerText } = await import('../../diagnosis/store-findings.ts');
        const pooler = poolerText(app);
        if (pooler !== '') cli.terminal.note(`The database is reached${pooler}.`);
        const { route } = app.reach;
        if (options.json)
          cli.terminal.print(JSON.stringify({ state: 'current', migrations: ran, route }));
      }),
    );
}
