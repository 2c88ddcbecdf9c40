/**
 * How fast a campaign really asks: what its counts grew by within the last minute, as far as somebody looked. Counts come in
 * steps, and what was kept from an earlier look may be old, so it is measured from one change to another.
 */
/** When so many had been asked, in ms since 1970. */
export interface Look {
  readonly at: number;
  readonly sent: number;
}

/** What was seen of one campaign. */
export interface Seen {
  readonly from: Look;
  /** Each at which the number was another one, of the last minute and one before. */
  readonly changes: readonly Look[];
}

const WINDOW_MS = 60_000;
/** Less of it is a number that jumps. */
const ENOUGH_MS = 3_000;
/** Lists are looked at every five seconds: after so long nothing has been asked. */
const STILL_MS = 12_000;

/** What was seen, with one look more. Its size never grows beyond a look a second. */
export function withLook(seen: Seen | undefined, look: Look): Seen {
  if (seen === undefined) return { from: look, changes: [] };
  const before = seen.changes.at(-1) ?? seen.from;
  // Those who are asked again have not been asked any more.
  if (look.sent < before.sent) return { from: look, changes: [] };
  const all = look.sent === before.sent ? seen.changes : [...seen.changes, look];
  const first = all.findLastIndex(({ at }) => at <= look.at - WINDOW_MS);
  return { from: seen.from, changes: all.slice(Math.max(0, first)) };
}

/** Asked a second; `undefined` while nobody can tell. */
export function rateOf({ from, changes }: Seen, now: number): number | undefined {
  const [first] = changes;
  const last = changes.at(-1);
  const isStill = now - (last ?? from).at >= STILL_MS;
  if (first === undefined || last === undefined) return isStill ? 0 : undefined;
  const until = isStill ? now : last.at;
  if (until - first.at < ENOUGH_MS) return undefined;
  // Of a first change that is older than the minute, all that came after it counts, over all of its time.
  return ((last.sent - first.sent) / (until - first.at)) * 1_000;
}
