/**
 * How campaigns in hand share the send times of a process by their weights. A claim may have room for one row only, so
 * what each of them had is remembered here from one claim to the next, and the ledger goes by it (`claim.sql`).
 */

/** Counts what each campaign in hand had, in turns: claims over weight. */
export class CampaignTurns {
  readonly #had = new Map<string, { weight: number; turns: number }>();

  /** The turn of the one that had the fewest: where who comes now begins, without making up for the time before. */
  least(): number {
    const turns = [...this.#had.values()].map((had) => had.turns);
    return turns.length === 0 ? 0 : Math.min(...turns);
  }

  /**
   * One request of a campaign was claimed.
   * @param since the turn at which it came, where it is new
   */
  add(campaignId: string, weight: number, since: number): void {
    const turns = this.#had.get(campaignId)?.turns ?? since;
    this.#had.set(campaignId, { weight, turns: turns + 1 / weight });
  }

  /** Forgets all campaigns but these. */
  keep(campaignIds: ReadonlySet<string | undefined>): void {
    for (const id of this.#had.keys()) if (!campaignIds.has(id)) this.#had.delete(id);
  }

  /** How many requests of a campaign were claimed since a turn; none of one of which nothing is known yet. */
  served(campaignId: string | undefined, since: number): number {
    const had = campaignId === undefined ? undefined : this.#had.get(campaignId);
    return had === undefined ? 0 : Math.max(0, (had.turns - since) * had.weight);
  }
}
