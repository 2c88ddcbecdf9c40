/** Who takes the people of a running campaign: not saying so would leave them waiting for nobody. */
import type { CampaignSummary } from '../../core/campaign.ts';
import { openCount } from '../../core/request.ts';
import { count } from '../../telemetry/words.ts';
import type { App } from '../../wiring.ts';
import type { Cli } from '../run/cli.ts';

/** Prints how many are left, and which processes take them, or that none does. */
export async function printWhoWorks(
  cli: Cli,
  app: Pick<App, 'config' | 'ledger'>,
  campaign: CampaignSummary,
): Promise<void> {
  const { note } = cli.terminal;
  const senders = (await app.ledger.senders.list()).filter((s) =>
    campaign.senderIds.includes(s.senderId),
  );
  const processes = senders.reduce((sum, s) => sum + s.processes, 0);
  const people = count(openCount(campaign.counts));
  for (const id of campaign.senderIds)
    if (!app.config.senders.some((s) => s.phoneNumberId === id))
      note(`Its sender ${id} is not in the settings here.`);
  note(
    processes > 0
      ? `${people} people are left; ${processes === 1 ? '1 sender process takes them' : `${processes} sender processes take them`}.`
      : `${people} people are left, and no sender runs. Start one: callpermit sender`,
  );
}
