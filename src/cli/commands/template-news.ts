/** What Meta told of templates by webhooks, beside what it shows: from the ledger, where there is one already. */
import type { TemplateNews } from '../../core/ports/index.ts';
import { hasLedger } from '../run/audit-apart.ts';
import type { Cli } from '../run/cli.ts';

/**
 * What was told. Templates are looked at before there is a database, and while it is away: then it is nothing. No database
 * is made for it.
 */
export async function templateNews(cli: Cli): Promise<readonly TemplateNews[]> {
  if (!(await hasLedger(cli))) return [];
  const config = cli.config();
  const { openApp } = await import('../../wiring.ts');
  const app = await openApp(config, await cli.log('template'), { queue: 'none' });
  if (!app.ok) {
    cli.terminal.note(`What webhooks told of templates is not shown: ${app.error.message}`);
    return [];
  }
  try {
    return await app.value.ledger.replies.templateNews();
  } finally {
    await app.value.close();
  }
}
