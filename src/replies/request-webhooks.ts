/**
 * What Meta told of one request, as it came. Deliveries are found by reading them: nothing in the ledger says which one
 * named whom. First near the times that the request knows, where they nearly always are; then, page by page, in all
 * that came since.
 */
import type { DeliveryPlace, HistoryStore, KeptRequest } from '../core/ports/index.ts';
import { type DeliveryPart, partsAbout, tracesOfRequest } from '../core/webhook/parts-about.ts';

/** Part of a delivery, and when that came. */
export interface TimedPart extends DeliveryPart {
  /** Of the delivery. */
  readonly delivery: string;
  readonly receivedAt: Date;
}

/** Some of what was told. */
export interface ToldOfRequest {
  readonly parts: readonly TimedPart[];
  /** Where to look on; `null`: all was looked at. */
  readonly next: DeliveryPlace | null;
}

/** Where it is read. */
export interface ToldTarget {
  readonly ledger: { readonly histories: HistoryStore };
  readonly now: () => Date;
}

/** Meta's times are whole seconds, and what it tells arrives within some: later only where we were away. */
const BEFORE_MS = 2_000;
const AFTER_MS = 60_000;
/** Deliveries looked at for one page: some 30 ms. */
const LOOKED = 20_000;

/** The parts that came near the times of a request. */
export async function toldNear(
  { ledger: { histories }, now }: ToldTarget,
  kept: KeptRequest,
): Promise<ToldOfRequest> {
  const days = new Set(await histories.deliveryDays());
  const texts = tracesOfRequest(kept.traces);
  const parts = new Map<string, TimedPart>();
  for (const { from, until } of spansOf(kept, now())) {
    let left = LOOKED;
    for (const day of new Set([dayOf(from), dayOf(until)])) {
      if (!days.has(day) || left <= 0) continue;
      const place = await histories.firstFrom(day, from);
      if (place === undefined) continue;
      const page = await histories.deliveriesWith({ from: place, until, texts, most: left });
      left -= page.looked;
      for (const part of toParts(page.found, kept)) parts.set(keyOf(part), part);
    }
  }
  return { parts: [...parts.values()], next: await firstPlace(histories, kept, [...days]) };
}

/** The parts from a place on, of so many deliveries. */
export async function toldFrom(
  { ledger: { histories }, now }: ToldTarget,
  kept: KeptRequest,
  from: DeliveryPlace,
): Promise<ToldOfRequest> {
  const days = (await histories.deliveryDays()).filter((day) => day >= from.day);
  const texts = tracesOfRequest(kept.traces);
  const parts: TimedPart[] = [];
  let left = LOOKED;
  for (const day of days) {
    const start = day === from.day ? from : { day, id: '0' };
    if (left <= 0) return { parts, next: start };
    const page = await histories.deliveriesWith({ from: start, until: now(), texts, most: left });
    left -= page.looked;
    parts.push(...toParts(page.found, kept));
    if (page.next !== null) return { parts, next: page.next };
  }
  return { parts, next: null };
}

/** Spans of time in which something was told, without overlaps. */
function spansOf(kept: KeptRequest, now: Date): readonly { from: Date; until: Date }[] {
  const { request, claimedAt, failedAt, tries } = kept;
  const texts = [request.accepted_at, request.delivered_at, request.read_at, request.answered_at];
  const tried = tries.map(({ at }) => at);
  const times = [...texts.map((text) => text && new Date(text)), claimedAt, failedAt, ...tried]
    .flatMap((time) => (time === null || time === '' ? [] : [time.getTime()]))
    .sort((a, b) => a - b);
  const spans: { from: Date; until: Date }[] = [];
  for (const time of times) {
    const from = new Date(time - BEFORE_MS);
    const until = new Date(Math.min(time + AFTER_MS, now.getTime()));
    const last = spans.at(-1);
    if (last !== undefined && last.until >= from) last.until = until;
    else spans.push({ from, until });
  }
  return spans;
}

/** Where a look at everything begins: with the first try, or the claim. Before it nothing can have been told. */
async function firstPlace(
  histories: HistoryStore,
  { claimedAt, tries }: KeptRequest,
  days: readonly string[],
): Promise<DeliveryPlace | null> {
  const began = [claimedAt, ...tries.map(({ at }) => at)].flatMap((at) => at?.getTime() ?? []);
  if (began.length === 0) return null;
  const from = new Date(Math.min(...began) - BEFORE_MS);
  const day = days.toSorted().find((one) => one >= dayOf(from));
  if (day === undefined) return null;
  return (day === dayOf(from) && (await histories.firstFrom(day, from))) || { day, id: '0' };
}

function toParts(
  found: readonly { readonly id: string; readonly receivedAt: Date; readonly body: string }[],
  { traces }: KeptRequest,
): readonly TimedPart[] {
  return found.flatMap(({ id, receivedAt, body }) =>
    partsAbout(body, traces).map((part) => ({ ...part, delivery: id, receivedAt })),
  );
}

function keyOf({ delivery, raw }: TimedPart): string {
  return `${delivery} ${raw}`;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
