/**
 * The daily budget, written before a forecast: people whom a portfolio may reach in a moving 24 hours. The
 * limit is the setting's, else what Meta says of the number; the ledger counts, and every claim keeps to it.
 */
import type { SenderConfig } from '../config/config.ts';
import { portfolioOf } from '../core/pace/portfolio.ts';
import type { SenderStore } from '../core/ports/index.ts';

/**
 * Writes the budgets of some senders into the ledger and counts them, once: before a forecast.
 * @param p.limits people a day by sender, as Meta says; a setting goes before it
 */
export async function registerBudgets(p: {
  readonly senders: Pick<SenderStore, 'budget'>;
  readonly configs: readonly SenderConfig[];
  readonly limits: ReadonlyMap<string, number | null>;
}): Promise<void> {
  for (const config of p.configs) {
    const { phoneNumberId: senderId, dailyRecipientLimit } = config;
    const limit = dailyRecipientLimit ?? p.limits.get(senderId);
    if (limit !== undefined)
      await p.senders.budget({ senderId, portfolio: portfolioOf(config), limit });
  }
}
