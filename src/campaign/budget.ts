/**
 * The daily budget, written before a forecast: people whom a portfolio may reach in a moving 24 hours. The
 * limit is the lowest of the portfolio's senders: each its setting's, else what Meta says of the number. The ledger
 * counts, and every claim keeps to it.
 */
import type { SenderConfig } from '../config/config.ts';
import { lowestLimit, portfolioOf } from '../core/pace/portfolio.ts';
import type { SenderStore } from '../core/ports/index.ts';

/**
 * Writes the budgets of a campaign's senders into the ledger and counts them, once: before a forecast. Of the others
 * in a portfolio only the settings are known here: a lower limit that a sender process says stays.
 * @param p.senderIds those of the campaign
 * @param p.configs all senders of the settings
 * @param p.limits people a day by sender, as Meta says; a setting goes before it
 */
export async function registerBudgets(p: {
  readonly senders: Pick<SenderStore, 'budget'>;
  readonly senderIds: readonly string[];
  readonly configs: readonly SenderConfig[];
  readonly limits: ReadonlyMap<string, number | null>;
}): Promise<void> {
  for (const config of p.configs.filter((c) => p.senderIds.includes(c.phoneNumberId))) {
    const portfolio = portfolioOf(config);
    const { limit, isWhole } = lowestLimit(p.configs, p.limits, portfolio);
    if (limit !== undefined)
      await p.senders.budget({
        ...{ senderId: config.phoneNumberId, portfolio, limit },
        keepLower: !isWhole,
      });
  }
}
