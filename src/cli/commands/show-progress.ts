/** A campaign on the screen while it is being sent, by this process or by others. */
import { whileThere } from '../../campaign/await-outcome.ts';
import type { Expected } from '../../campaign/expected.ts';
import { expectedWatch } from '../../campaign/outlook.ts';
import { watchCampaign } from '../../campaign/watch.ts';
import type { CampaignSummary } from '../../core/campaign.ts';
import type { CampaignProgress } from '../../core/ports/index.ts';
import type { App } from '../../wiring.ts';
import type { Cli } from '../run/cli.ts';
import { orStopped } from '../run/shutdown.ts';
import { sendingProgress } from '../screen/progress.ts';

interface Shown {
  readonly signal: AbortSignal;
  /** What was expected of the campaign a moment ago; asked for where it is left out. */
  readonly known?: Expected | undefined;
}

/** Shows it until there is nothing to wait for any more, or until the signal; gives what was seen last. */
export async function showProgress(
  cli: Cli,
  app: App,
  campaign: CampaignSummary,
  p: Shown,
): Promise<CampaignProgress | undefined> {
  const progress = sendingProgress(cli.terminal);
  let last: CampaignProgress | undefined;
  try {
    const expectedSeconds = await secondsExpected(app, campaign, p);
    const watched = watchCampaign(app, campaign.id, { signal: p.signal, expectedSeconds });
    for await (const moment of watched) {
      last = moment;
      progress.update(moment);
    }
  } finally {
    progress.stop();
  }
  return last;
}

/** Of a million people the ledger tells it in two seconds: who leaves does not wait for that. */
async function secondsExpected(
  app: App,
  campaign: CampaignSummary,
  { signal, known }: Shown,
): Promise<number | undefined> {
  try {
    return await orStopped(
      whileThere(() => expectedWatch(app, campaign, known)),
      signal,
    );
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
