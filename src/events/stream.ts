/**
 * Events as streams for people and programs that look on. All readers of a process share one look at the log, and what it
 * finds is handed to those who are at its end; whoever is behind, or comes back, reads pages of its own until it is
 * there. A reader that takes nothing holds one page and no more.
 */
import type { CampaignProgress, Clock, EventStore, StoredEvent } from '../core/ports/index.ts';
import type { Logger } from '../telemetry/log.ts';

/** An event in a stream. */
export type StreamedEvent = Awaited<ReturnType<EventStore['after']>>[number];

/**
 * What a reader is handed: the place that it begins at, once; then some events, the progress of its campaign, or a sign
 * of life. The place is written as an id of an event, so that one that is cut off before the first event goes on from there.
 */
export type Piece =
  | { readonly kind: 'place'; readonly id: string }
  | { readonly kind: 'events'; readonly events: readonly StreamedEvent[] }
  | { readonly kind: 'progress'; readonly progress: CampaignProgress }
  | { readonly kind: 'beat' };

/** Streams of a process. */
export interface EventStreams {
  /** Pieces until `signal` ends it, or the process. */
  read(p: {
    /** Id of the last event that the reader had; else it begins with what comes now. */
    readonly lastEventId?: string | undefined;
    /** Only of a campaign, and with its progress. */
    readonly campaignId?: string;
    /** Nothing of a campaign but its progress: a page that shows counts would throw the rest away. */
    readonly onlyProgress?: boolean;
    readonly signal: AbortSignal;
  }): AsyncGenerator<Piece, void>;
  /** How many read. */
  readers(): number;
  /** There may be new events: looked at once. */
  wake(): void;
  /** Ends all of them. */
  close(): void;
}

/** What it needs. */
export interface StreamsSetup {
  readonly clock: Clock;
  readonly log: Logger;
  readonly events: Pick<EventStore, 'after' | 'lastPos' | 'subscribe'>;
  progress(campaignId: string): Promise<CampaignProgress | undefined>;
  /** How long nothing may happen before a sign of life, in ms; {@link BEAT_MS} by default. */
  readonly beatMs?: number;
}

const PAGE = 500;
const LOOK_MS = 500;
const BEAT_MS = 15_000;
const PROGRESS_MS = 1_000;
// Events are written for so long after the last reader: one that comes back finds what it missed.
const WANTED_MS = 600_000;
const RENEW_MS = 60_000;

interface Batch {
  readonly from: bigint;
  readonly to: bigint;
  readonly events: readonly StreamedEvent[];
}

/** Makes them; nothing is looked at while nobody reads. */
export function eventStreams(setup: StreamsSetup): EventStreams {
  const { clock, log, events, beatMs = BEAT_MS } = setup;
  const ending = new AbortController();
  /** Those who wait for the next batch, or for the time to be up. */
  const waiting = new Set<(batch: Batch | undefined) => void>();
  let readers = 0;
  let head: bigint | undefined;
  let looking: Promise<void> | undefined;
  let renewed = Number.NEGATIVE_INFINITY;
  let cancelLook = () => {};
  const progresses = new Map<
    string,
    { at: number; value: Promise<CampaignProgress | undefined> }
  >();

  const hand = (batch: Batch | undefined) => {
    const all = [...waiting];
    waiting.clear();
    for (const one of all) one(batch);
  };

  async function renew(): Promise<void> {
    if (clock.now() - renewed < RENEW_MS) return;
    renewed = clock.now();
    await events.subscribe({ id: 'stream', kind: 'stream', untilMs: WANTED_MS });
  }

  async function look(): Promise<void> {
    await renew();
    const from = head ?? BigInt(await events.lastPos());
    const found = await events.after(String(from), PAGE);
    const last = found.at(-1);
    head = last === undefined ? from : BigInt(last.pos);
    if (last !== undefined) hand({ from, to: head, events: found });
    if (found.length === PAGE) await look();
  }

  function plan(ms: number): void {
    cancelLook();
    if (readers === 0 || ending.signal.aborted) {
      head = undefined;
      return;
    }
    cancelLook = clock.after(ms, () => void lookNow(), { idle: true });
  }

  function lookNow(): Promise<void> {
    looking ??= look()
      .catch((error: unknown) => log.debug({ err: error }, 'events are not looked for now'))
      .finally(() => {
        looking = undefined;
        plan(LOOK_MS);
      });
    return looking;
  }

  /** The next batch of all, or nothing once the time is up or the reader ends. */
  function next(ms: number, signal: AbortSignal): Promise<Batch | undefined> {
    return new Promise((resolve) => {
      const done = (batch: Batch | undefined) => {
        waiting.delete(done);
        cancel();
        signal.removeEventListener('abort', stop);
        resolve(batch);
      };
      const stop = () => done(undefined);
      const cancel = clock.after(ms, stop, { idle: true });
      signal.addEventListener('abort', stop);
      waiting.add(done);
    });
  }

  /** One answer for all readers of a campaign, at most once a second. */
  function progressOf(campaignId: string): Promise<CampaignProgress | undefined> {
    const known = progresses.get(campaignId);
    if (known !== undefined && clock.now() - known.at < PROGRESS_MS) return known.value;
    const value = setup.progress(campaignId);
    progresses.set(campaignId, { at: clock.now(), value });
    return value;
  }

  /** Of who wants no events: for them none is looked at, and none is written into the log. */
  async function* progressAlone(
    campaignId: string,
    signal: AbortSignal,
  ): AsyncGenerator<Piece, void> {
    let shown = '';
    let beat = clock.now();
    while (!signal.aborted) {
      const progress = await progressOf(campaignId).catch(() => undefined);
      if (signal.aborted) return;
      const text = JSON.stringify(progress);
      if (progress !== undefined && text !== shown) {
        shown = text;
        beat = clock.now();
        yield { kind: 'progress', progress };
      } else if (clock.now() - beat >= beatMs) {
        beat = clock.now();
        yield { kind: 'beat' };
      }
      await next(PROGRESS_MS, signal);
    }
  }

  return {
    readers: () => readers,
    wake: () => {
      if (readers > 0) void lookNow();
    },
    close: () => ending.abort(),
    async *read({ lastEventId, campaignId, onlyProgress = false, signal: over }) {
      const signal = AbortSignal.any([over, ending.signal]);
      if (onlyProgress && campaignId !== undefined) {
        yield* progressAlone(campaignId, signal);
        return;
      }
      readers += 1;
      try {
        await renew();
        await lookNow();
        const end = head ?? BigInt(await events.lastPos());
        const asked = placeOf(lastEventId) ?? end;
        // A ledger that was put back to an older state knows no place so late.
        let at = asked < end ? asked : end;
        yield { kind: 'place', id: `evt_${at}_` };
        let shown = '';
        let beat = clock.now();
        const ofMine = (found: readonly StreamedEvent[]) =>
          campaignId === undefined ? found : found.filter((one) => one.campaignId === campaignId);
        while (!signal.aborted) {
          const isBehind = head !== undefined && at < head;
          const found = isBehind
            ? await page(at)
            : await next(campaignId === undefined ? beatMs : PROGRESS_MS, signal);
          if (found !== undefined && found.from <= at && found.to > at) {
            const mine = ofMine(found.events.filter(({ pos }) => BigInt(pos) > at));
            at = found.to;
            if (mine.length > 0) {
              beat = clock.now();
              yield { kind: 'events', events: mine };
            }
          }
          if (signal.aborted) return;
          if (campaignId !== undefined && !isBehind) {
            const progress = await progressOf(campaignId).catch(() => undefined);
            const text = JSON.stringify(progress);
            if (progress !== undefined && text !== shown) {
              shown = text;
              beat = clock.now();
              yield { kind: 'progress', progress };
            }
          }
          if (clock.now() - beat >= beatMs) {
            beat = clock.now();
            yield { kind: 'beat' };
          }
        }
      } finally {
        readers -= 1;
        if (campaignId !== undefined) progresses.delete(campaignId);
      }
    },
  };

  async function page(at: bigint): Promise<Batch | undefined> {
    const found = await events.after(String(at), PAGE).catch(() => undefined);
    const last = found?.at(-1);
    if (found === undefined || last === undefined) {
      // The log ends before the place: dropped days, or a database that is away.
      await clock.sleep(LOOK_MS, { idle: true });
      return found === undefined ? undefined : { from: at, to: head ?? at, events: [] };
    }
    return { from: at, to: BigInt(last.pos), events: found };
  }
}

/** The place of an event in the log is in its id. */
function placeOf(id: string | undefined): bigint | undefined {
  const digits = /^evt_(\d{1,18})_/.exec(id ?? '')?.[1];
  return digits === undefined ? undefined : BigInt(digits);
}

/** An event without its place, as others see it. */
export function shownEvent({ id, type, occurredAt, data }: StoredEvent) {
  return { id, type, occurredAt, data };
}
