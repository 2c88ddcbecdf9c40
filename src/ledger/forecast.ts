/** What a forecast is worked out from: the same judgements as the claim makes, without a claim. */
import type { Campaign } from '../core/campaign.ts';
import type { ForecastInput } from '../core/ports/index.ts';
import type { Limits } from './bounded-query.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const FORECAST = statement('forecast');
const SENDERS = statement('forecast_senders');

/** A person waits for it: a million people take two seconds, and one that comes later is no help any more. */
const LIMITS: Limits = { lockMs: 5_000, statementMs: 60_000 };

interface SenderRow {
  readonly id: string;
  readonly rate_now: number;
  readonly closed: boolean;
  readonly portfolio: string | null;
  readonly daily_limit: number | null;
  readonly remaining: number | null;
  readonly processes: number;
  readonly now: Date;
  readonly others: { weight: number; n: number }[];
  readonly frees: { at: number; n: number }[];
}

/** Reads it for one campaign. */
export async function readForecast(
  database: Database,
  campaign: Campaign,
  pairLimit: { readonly perDay: number; readonly perWeek: number },
): Promise<ForecastInput> {
  const rows = await database.run<{
    reason: string | null;
    sender_id: string;
    at: Date | null;
    n: number;
  }>(FORECAST, [campaign.id, pairLimit.perDay, pairLimit.perWeek], LIMITS);
  const senders = await database.run<SenderRow>(SENDERS, [campaign.senderIds, campaign.id], LIMITS);
  const skips = new Map<string, number>();
  for (const { reason, n } of rows)
    if (reason !== null) skips.set(reason, (skips.get(reason) ?? 0) + n);
  return {
    nowMs: senders[0]?.now.getTime() ?? 0,
    weight: campaign.weight ?? 1,
    asks: rows.flatMap(({ at, sender_id, n }) =>
      at === null ? [] : [{ senderId: sender_id, atMs: at.getTime(), n }],
    ),
    skips: [...skips].map(([reason, n]) => ({ reason, n })),
    senders: senders.map((row) => ({
      senderId: row.id,
      rate: row.rate_now,
      processes: row.processes,
      closed: row.closed,
      others: row.others,
      budget:
        row.portfolio === null || row.daily_limit === null || row.remaining === null
          ? null
          : {
              portfolio: row.portfolio,
              limit: row.daily_limit,
              remaining: row.remaining,
              frees: row.frees.map(({ at, n }) => ({ atMs: Number(at), n })),
            },
    })),
  };
}
