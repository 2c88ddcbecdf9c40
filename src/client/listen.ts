/**
 * A listener and where its events come from: opened again where it breaks, behind the last event that was told. So
 * whatever happens between is told once it stands again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ToldEvent } from '../core/events/event-data.ts';
import type { EventType } from '../core/events/event-types.ts';
import type { Subscription } from './answers.ts';
import type { ListenOptions } from './input.ts';
import { isPassing } from './until-it-rests.ts';

/** What comes of a stream: the place it begins at, as an id of an event, and events. */
export type Told =
  | { readonly id: string; readonly event?: undefined }
  | { readonly id: string; readonly event: ToldEvent };

/** Opens a stream of events behind one, or from now on. It may end or break at any time. */
export type EventSource = (p: {
  readonly after: string | undefined;
  readonly signal: AbortSignal;
}) => AsyncIterable<Told>;

const FIRST_MS = 250;
const MOST_MS = 10_000;

/** Begins to listen. */
export function listen(p: {
  readonly type: EventType | '*';
  /** Called with events of the type only. */
  readonly listener: (event: never) => unknown;
  readonly options: ListenOptions;
  readonly source: EventSource;
}): Subscription {
  const { type, options } = p;
  const listener = p.listener as (event: ToldEvent) => unknown;
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, ...(options.signal ? [options.signal] : [])]);
  let last = options.after;
  let isReady = () => {};
  let neverReady = (_error: unknown) => {};
  const ready = new Promise<void>((resolve, reject) => {
    isReady = resolve;
    neverReady = reject;
  });
  // Whoever does not wait for it hears of it by `onError`.
  ready.catch(() => {});

  async function tell({ id, event }: Told): Promise<void> {
    if (event !== undefined && (type === '*' || event.type === type)) {
      try {
        await listener(event);
      } catch (error) {
        complain(options, error, event);
      }
    }
    last = id;
    isReady();
  }

  async function run(): Promise<void> {
    for (let tries = 0; !signal.aborted; tries += 1) {
      try {
        for await (const told of p.source({ after: last, signal })) {
          tries = 0;
          if (signal.aborted) return;
          await tell(told);
          if (signal.aborted) return;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!isPassing(error)) throw error;
      }
      const ms = Math.min(MOST_MS, FIRST_MS * 2 ** tries) * (0.5 + Math.random() / 2);
      await sleep(ms, undefined, { signal }).catch(() => {});
    }
  }

  const ended = run()
    .catch((error: unknown) => {
      neverReady(error);
      complain(options, error);
    })
    .finally(() => neverReady(signal.reason));
  return {
    ready,
    ended,
    get lastEventId() {
      return last;
    },
    close: () => over.abort(),
  };
}

function complain({ onError }: ListenOptions, error: unknown, event?: ToldEvent): void {
  try {
    if (onError === undefined) warn(error);
    else onError(error, event);
  } catch (another) {
    warn(another);
  }
}

/** As a text: an error of another realm is none to Node. */
function warn(error: unknown): void {
  const { stack } = (error ?? {}) as { readonly stack?: unknown };
  process.emitWarning(String(stack ?? error), 'CallpermitListenerWarning');
}
