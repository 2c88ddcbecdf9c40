/** How many of a campaign were asked. */

/** What is counted of them. */
interface Ended {
  readonly accepted: number;
  readonly 'already-granted': number;
  readonly rejected: number;
  readonly uncertain: number;
}

/** Those whom Meta answered, or of whom it is not known: who was refused without a code of Meta's was never asked. */
export function askedOf(
  counts: Ended,
  reasons: readonly {
    readonly state: string;
    readonly errorCode: number | null;
    readonly count: number;
  }[],
): number {
  const { accepted, 'already-granted': granted, rejected, uncertain } = counts;
  const unasked = reasons
    .filter(({ state, errorCode }) => state === 'rejected' && errorCode === null)
    .reduce((sum, { count }) => sum + count, 0);
  return accepted + granted + Math.max(0, rejected - unasked) + uncertain;
}
