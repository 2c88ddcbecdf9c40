/** The last minutes of a campaign, a point a second: what was sent, what was allowed, how long it took. Its size never grows. */

/** One second. */
export interface PacePoint {
  /** In ms since 1970. */
  readonly at: number;
  /** Messages sent since the campaign began; `null` where nobody told it at that time: the line has a gap there. */
  readonly sent: number | null;
  readonly allowed: number | null;
  readonly latencyMs: number | null;
}

/** What is drawn: parallel columns, times in seconds. */
export interface PaceColumns {
  readonly times: readonly number[];
  readonly rates: readonly (number | null)[];
  readonly allowed: readonly (number | null)[];
  readonly latencies: readonly (number | null)[];
}

const MOST_POINTS = 600;
/** The counts come in steps of a second or so: a rate over less than this would jump. */
const WINDOW_MS = 5_000;

/** The history with one point more; the oldest goes where there are too many. */
export function withPoint(history: readonly PacePoint[], point: PacePoint): readonly PacePoint[] {
  return [...history.slice(-(MOST_POINTS - 1)), point];
}

/** The history where nothing was told since then: what was taken down as standing still was only not known. */
export function withoutSince(history: readonly PacePoint[], since: number): readonly PacePoint[] {
  return history.map((point) =>
    point.at <= since ? point : { at: point.at, sent: null, allowed: null, latencyMs: null },
  );
}

/** Messages a second at each point: over the five seconds before it, or since the last gap. */
export function columnsOf(history: readonly PacePoint[]): PaceColumns {
  let from = 0;
  const rates = history.map(({ at, sent }, i) => {
    if (sent === null) from = i + 1;
    while (from < i && at - (history[from + 1]?.at ?? at) >= WINDOW_MS) from += 1;
    const first = history[from];
    if (sent === null || first === undefined || first.sent === null || first.at === at) return null;
    return Math.max(0, ((sent - first.sent) / (at - first.at)) * 1_000);
  });
  return {
    times: history.map(({ at }) => at / 1_000),
    rates,
    allowed: history.map(({ allowed }) => allowed),
    latencies: history.map(({ latencyMs }) => latencyMs),
  };
}

/** Whether nothing of it would be drawn: nobody told of it, or nothing was sent. What is allowed alone says nothing. */
export function isEmpty({ rates, latencies }: PaceColumns): boolean {
  return !rates.some((rate) => rate !== null && rate > 0) && latencies.every((one) => one === null);
}
