/** A campaign on the screen while it is being sent, by this process or by others. */
import { watchCampaign } from '../../campaign/watch.ts';
import type { CampaignProgress } from '../../core/ports/index.ts';
import type { App } from '../../wiring.ts';
import type { Cli } from '../run/cli.ts';
import { sendingProgress } from '../screen/progress.ts';

/** Shows it until there is nothing to wait for any more, or until the signal; gives what was seen last. */
export async function showProgress(
  cli: Cli,
  app: App,
  id: string,
  signal: AbortSignal,
): Promise<CampaignProgress | undefined> {
  const progress = sendingProgress(cli.terminal);
  let last: CampaignProgress | undefined;
  try {
    for await (const moment of watchCampaign(app, id, { signal })) {
      last = moment;
      progress.update(moment);
    }
  } finally {
    progress.stop();
  }
  return last;
}
