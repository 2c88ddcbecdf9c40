/**
 * What waits to be told, and the telling: in time, in batches, over a few connections, again and
 * again until 200. Nothing here is waited for by a message, unless it is to be told before its answer.
 */
import type { SimClock } from '../clock.ts';
import type { Random } from '../prng.ts';
import { WebhookCounts, type WebhookStats } from './counts.ts';
import { payloadOf, strangeBody } from './envelope.ts';
import { type Batch, Lane } from './lane.ts';
import { Poster } from './post.ts';
import type { WebhookSettings } from './settings.ts';
import { signatureOf, writePayload } from './sign.ts';
import type { Targets } from './targets.ts';
import { TimeHeap } from './time-heap.ts';
import type { WebhookUpdate } from './update.ts';

/** Longest delay of one timer; one of 2^31 ms would fire at once. */
const LONGEST_TIMER_MS = 86_400_000;
/** What `before` waits for at most: an answer is not held for a receiver that hangs. */
const BEFORE_ANSWER_MS = 1000;

/** An update that was told already and comes again. */
class Again {
  readonly update: WebhookUpdate;

  constructor(update: WebhookUpdate) {
    this.update = update;
  }
}

type Waiting = WebhookUpdate | Batch | Again | (() => void);

/** The queue of one world. */
export class Outbox {
  readonly #clock: SimClock;
  readonly #settings: WebhookSettings;
  readonly #targets: Targets;
  readonly #random: Random;
  readonly #poster: Poster;
  readonly #heap = new TimeHeap<Waiting>();
  readonly #lanes = new Map<string, Lane>();
  readonly #counts = new WebhookCounts();
  #held = 0;
  #underWay = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerDue = Number.POSITIVE_INFINITY;
  #isClosed = false;
  #quiet: { readonly withinMs: number; readonly resolve: () => void }[] = [];

  constructor(clock: SimClock, settings: WebhookSettings, targets: Targets, random: Random) {
    this.#clock = clock;
    this.#settings = settings;
    this.#targets = targets;
    this.#random = random;
    this.#poster = new Poster(settings.connections);
  }

  /** Lets an update happen and be told at `due` (milliseconds of the calendar). */
  plan(due: number, update: WebhookUpdate): void {
    if (this.#held >= this.#settings.queue) {
      this.#counts.dropped += 1;
      return;
    }
    this.#held += 1;
    this.#add(due, update);
  }

  /** Calls `act` at `due`. */
  call(due: number, act: () => void): void {
    this.#add(due, act);
  }

  /** Tells an update now and alone; resolves once it was answered, or after a second. */
  before(update: WebhookUpdate): Promise<void> {
    update.happen?.();
    const url = this.#targets.of(update.field, update.account, update.phoneNumberId);
    if (url === undefined) return Promise.resolve();
    this.#held += 1;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, BEFORE_ANSWER_MS);
      void this.#post(url, this.#batch([update])).then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Looks at once for what is due: the calendar was moved. */
  wake(): void {
    this.#tick();
  }

  /** Resolves once nothing is under way and nothing more is due within `withinMs`. */
  untilQuiet(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#quiet.push({ withinMs, resolve });
      this.#checkQuiet();
    });
  }

  stats(): WebhookStats {
    return this.#counts.stats(this.#held);
  }

  /** Ends it: what waits is forgotten. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#heap.clear();
    this.#lanes.clear();
    this.#poster.close();
    for (const { resolve } of this.#quiet.splice(0)) resolve();
  }

  #add(due: number, item: Waiting): void {
    if (this.#isClosed) return;
    this.#heap.add(due, item);
    this.#arm(due);
  }

  #arm(due: number): void {
    if (due >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    const delayMs = Math.min(LONGEST_TIMER_MS, Math.max(0, due - this.#clock.now()));
    this.#timer = setTimeout(() => this.#tick(), delayMs);
    // The server keeps the process alive, and nothing else here should.
    this.#timer.unref();
  }

  #tick(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (let item = this.#heap.take(now); item !== undefined; item = this.#heap.take(now)) {
      if (typeof item === 'function') item();
      else if (item instanceof Again) this.#enqueue(item.update, now);
      else if ('updates' in item) this.#enqueueAgain(item);
      else this.#happen(item, now);
    }
    for (const lane of this.#lanes.values()) this.#pump(lane);
    const next = this.#heap.nextDue;
    if (next !== undefined) this.#arm(next);
    this.#checkQuiet();
  }

  #happen(update: WebhookUpdate, now: number): void {
    update.happen?.();
    const { doubles, spreadMs, batch } = this.#settings;
    if (doubles > 0 && this.#random() < doubles) {
      this.#held += 1;
      this.#add(now + this.#random() * (spreadMs + batch.lingerMs), new Again(update));
    }
    this.#enqueue(update, now);
  }

  #enqueue(update: WebhookUpdate, now: number): void {
    const url = this.#targets.of(update.field, update.account, update.phoneNumberId);
    if (url === undefined) {
      this.#held -= 1;
      this.#counts.untold += 1;
      return;
    }
    const flushAt = this.#laneOf(url).add(update, now, this.#settings.batch.lingerMs);
    if (flushAt !== undefined) this.call(flushAt, () => undefined);
  }

  /** By the URLs of now: a receiver that moved gets what its old place did not take. */
  #enqueueAgain(batch: Batch): void {
    const [first] = batch.updates;
    const url = first && this.#targets.of(first.field, first.account, first.phoneNumberId);
    if (url !== undefined) {
      this.#laneOf(url).addRepeat(batch);
      return;
    }
    this.#held -= batch.updates.length;
    this.#counts.untold += batch.updates.length;
  }

  #laneOf(url: string): Lane {
    let lane = this.#lanes.get(url);
    if (lane === undefined) {
      lane = new Lane(url);
      this.#lanes.set(url, lane);
    }
    return lane;
  }

  #pump(lane: Lane): void {
    const { batch, connections } = this.#settings;
    while (lane.inFlight < connections) {
      const next = lane.next(this.#clock.now(), batch.max);
      if (next === undefined) return;
      lane.inFlight += 1;
      const post = 'updates' in next ? next : this.#batch(next);
      void this.#post(lane.url, post).then(() => {
        lane.inFlight -= 1;
        if (this.#isClosed) return;
        this.#pump(lane);
        this.#checkQuiet();
      });
    }
  }

  #batch(updates: readonly WebhookUpdate[]): Batch {
    const { brokenParts, unknownParts } = this.#settings;
    const struck = (share: number): number | undefined =>
      share > 0 && this.#random() < share ? this.#random() : undefined;
    const odd = { broken: struck(brokenParts), unknown: struck(unknownParts) };
    return { updates, odd, firstAt: this.#clock.now(), tries: 0 };
  }

  async #post(url: string, batch: Batch): Promise<void> {
    const { escapes, timeoutMs } = this.#settings;
    const { appSecret } = this.#targets;
    const body = writePayload(payloadOf(batch.updates, batch.odd), escapes);
    this.#underWay += 1;
    if (batch.tries === 0) await this.#postOddities(url, body);
    if (this.#isClosed) return;
    const outcome = await this.#poster.post(url, body, signatureOf(body, appSecret), timeoutMs);
    this.#underWay -= 1;
    if (this.#isClosed) return;
    this.#counts.posted(outcome, batch.updates);
    batch.tries += 1;
    if (outcome === 200) this.#held -= batch.updates.length;
    else this.#repeat(batch);
    this.#checkQuiet();
  }

  /** POSTs that a receiver has to refuse or to ignore; they are told once. */
  async #postOddities(url: string, body: string): Promise<void> {
    const { wrongSignature, strangePosts, timeoutMs } = this.#settings;
    const { appSecret } = this.#targets;
    if (wrongSignature > 0 && this.#random() < wrongSignature) {
      // Wrong, and missing.
      const signature = this.#random() < 0.5 ? signatureOf(body, `not ${appSecret}`) : undefined;
      this.#counts.forged(await this.#poster.post(url, body, signature, timeoutMs));
    }
    if (strangePosts > 0 && this.#random() < strangePosts) {
      const strange = strangeBody(body, this.#random());
      const signature = signatureOf(strange, appSecret);
      this.#counts.strange(await this.#poster.post(url, strange, signature, timeoutMs));
    }
  }

  #repeat(batch: Batch): void {
    const { retryMs, retryMostMs, giveUpMs } = this.#settings;
    const next = this.#clock.now() + Math.min(retryMostMs, retryMs * 2 ** (batch.tries - 1));
    if (next - batch.firstAt <= giveUpMs) {
      this.#add(next, batch);
      return;
    }
    this.#held -= batch.updates.length;
    this.#counts.givenUp += batch.updates.length;
  }

  #checkQuiet(): void {
    if (this.#quiet.length === 0 || this.#underWay > 0) return;
    for (const lane of this.#lanes.values()) if (!lane.isIdle) return;
    const next = this.#heap.nextDue ?? Number.POSITIVE_INFINITY;
    const horizon = next - this.#clock.now();
    for (const { withinMs, resolve } of this.#quiet) if (horizon > withinMs) resolve();
    this.#quiet = this.#quiet.filter(({ withinMs }) => horizon <= withinMs);
  }
}
