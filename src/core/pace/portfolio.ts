/**
 * People a day: Meta gives the limit to a portfolio (all numbers of a business), and names it as a tier.
 */

/** Senders that name no portfolio are taken to share one: most businesses have one. */
const DEFAULT_PORTFOLIO = 'default';

/** Meta's tiers of `whatsapp_business_manager_messaging_limit`; other names are read by their digits. */
const UNLIMITED = 'TIER_UNLIMITED';

/** People a day that a tier allows: `TIER_2K` is 2000, `null` no limit, `undefined` not understood. */
export function peopleOfTier(tier: string | undefined): number | null | undefined {
  if (tier === undefined) return undefined;
  if (tier.toUpperCase() === UNLIMITED) return null;
  const found = /^TIER_(\d+)(K|M)?$/i.exec(tier);
  if (found === null) return undefined;
  const unit = { K: 1_000, M: 1_000_000 }[(found[2] ?? '').toUpperCase()] ?? 1;
  return Number(found[1]) * unit;
}

/** The portfolio a sender belongs to. */
export function portfolioOf(config: { readonly portfolio?: string }): string {
  return config.portfolio ?? DEFAULT_PORTFOLIO;
}

/** People a day of a portfolio, as far as it is known. */
export interface PortfolioLimit {
  /** `null`: no limit; `undefined`: none of its senders' is known. */
  readonly limit: number | null | undefined;
  /** `false` where that of a sender is not known: it may be lower. */
  readonly isWhole: boolean;
}

/**
 * The lowest limit of a portfolio's senders.
 * @param configs all senders of the settings
 * @param limits people a day by sender, as Meta says; a setting goes before it
 */
export function lowestLimit(
  configs: readonly {
    readonly phoneNumberId: string;
    readonly portfolio?: string;
    readonly dailyRecipientLimit?: number;
  }[],
  limits: ReadonlyMap<string, number | null>,
  portfolio: string,
): PortfolioLimit {
  const all = configs
    .filter((config) => portfolioOf(config) === portfolio)
    .map((config) => config.dailyRecipientLimit ?? limits.get(config.phoneNumberId));
  const known = all.filter((limit) => limit !== undefined);
  const isWhole = known.length === all.length;
  if (known.length === 0) return { limit: undefined, isWhole };
  const bounds = known.filter((limit) => limit !== null);
  return { limit: bounds.length === 0 ? null : Math.min(...bounds), isWhole };
}
