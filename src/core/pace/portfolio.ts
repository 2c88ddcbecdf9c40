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
