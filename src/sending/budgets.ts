/** The daily budgets of the senders of this process, kept while it runs: said, counted, asked of Meta. */
import type { SenderConfig } from '../config/config.ts';
import { lowestLimit, peopleOfTier, portfolioOf } from '../core/pace/portfolio.ts';
import type { Clock, GraphAdmin, SenderStore } from '../core/ports/index.ts';
import type { Logger } from '../telemetry/log.ts';

/** Meta checks every six hours whether a limit is to be raised. */
const READ_AGAIN_MS = 3_600_000;
/** After a look that failed. */
const RETRY_MS = 60_000;

/** Keeps the budgets of this process's senders counted. */
export interface Budgets {
  /** Says what is set, counts anew; asks Meta where nothing is set and it is time to. */
  keep(senderId: string): Promise<void>;
}

/** Makes them; nothing is asked or written before the first `keep`. */
export function createBudgets(p: {
  readonly clock: Pick<Clock, 'now'>;
  readonly senders: Pick<SenderStore, 'budget'>;
  readonly configs: readonly SenderConfig[];
  readonly graph: (senderId: string) => Pick<GraphAdmin, 'numberInfo'>;
  readonly log: Logger;
}): Budgets {
  const limits = new Map<string, number | null>();
  const askedAt = new Map<string, number>();

  async function ask(senderId: string): Promise<void> {
    const now = p.clock.now();
    if (now < (askedAt.get(senderId) ?? Number.NEGATIVE_INFINITY)) return;
    askedAt.set(senderId, now + RETRY_MS);
    const info = await p.graph(senderId).numberInfo();
    if (!info.ok) return;
    askedAt.set(senderId, now + READ_AGAIN_MS);
    const limit = peopleOfTier(info.value.messagingLimit);
    if (limit === undefined || limit === limits.get(senderId)) return;
    limits.set(senderId, limit);
    if (limit !== null)
      p.log.info({ sender: senderId, limit }, 'people a day, by the messaging limit of the number');
  }

  return {
    async keep(senderId) {
      const config = p.configs.find(({ phoneNumberId }) => phoneNumberId === senderId);
      if (config === undefined) return;
      if (config.dailyRecipientLimit === undefined) void ask(senderId).catch(() => undefined);
      const portfolio = portfolioOf(config);
      const { limit } = lowestLimit(p.configs, limits, portfolio);
      if (limit !== undefined) await p.senders.budget({ senderId, portfolio, limit });
    },
  };
}
