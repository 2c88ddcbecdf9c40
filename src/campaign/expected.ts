/** What is expected of a list that is in: the forecast, before anybody is asked. */
import type { SenderConfig } from '../config/config.ts';
import { type Forecast, forecast } from '../core/pace/forecast.ts';
import type { CampaignStore } from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';

/** A forecast, or why there is none this time. */
export interface Expected {
  readonly forecast?: Forecast;
  readonly noForecast?: string;
}

/** Messages a second by sender, as they are set here: for those that no process works on yet. */
export function ratesOf(senders: readonly SenderConfig[]): ReadonlyMap<string, number> {
  return new Map(senders.map((s) => [s.phoneNumberId, s.messagesPerSecond]));
}

/** Works the forecast of a campaign out; throws where the ledger cannot be asked. */
export async function readForecast(
  campaigns: Pick<CampaignStore, 'forecast'>,
  id: string,
  rates: ReadonlyMap<string, number>,
): Promise<Forecast> {
  const input = await campaigns.forecast(id);
  if (input === undefined) throw new Error(`campaign ${id} vanished from the ledger`);
  return forecast(input, { rates });
}

/** The same at a start: one that cannot be had, or comes too late, holds nobody up. */
export async function expectedOf(
  campaigns: Pick<CampaignStore, 'forecast'>,
  id: string,
  rates: ReadonlyMap<string, number>,
): Promise<Expected> {
  try {
    return { forecast: await readForecast(campaigns, id, rates) };
  } catch (error) {
    if (!(error instanceof InfrastructureError)) throw error;
    return { noForecast: error.message };
  }
}
