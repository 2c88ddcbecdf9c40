/**
 * Server-sent events of the API for as long as a page is shown. A stream that breaks off comes back by itself; since events may
 * have been missed meanwhile, and the service may have been started anew, whoever listens is told so and looks again. A tab
 * that nobody sees holds no stream: browsers give a server six connections, over all of its tabs.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { BASE } from '../api/client.ts';
import { silence, useIsSilent } from '../api/presence.ts';
import { lookAtSession } from '../api/session.ts';

/** How a stream is. */
export type StreamState = 'connecting' | 'open' | 'lost';

/** What is told of a stream. */
export interface StreamListener {
  /** By the name of the event; `data` is what stood in it. */
  readonly onEvent: (type: string, data: unknown) => void;
  /** It is there, for the first time or again: what was looked at before may be old. */
  readonly onOpen?: () => void;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/**
 * Listens to a stream.
 *
 * @param path of the API; `undefined`: none for now
 * @param types names of the events that matter
 */
export function useEventStream(
  path: string | undefined,
  types: readonly string[],
  listener: StreamListener,
): StreamState {
  const queries = useQueryClient();
  const [state, setState] = useState<StreamState>('connecting');
  const onEvent = useEffectEvent(listener.onEvent);
  const onOpen = useEffectEvent(() => listener.onOpen?.());
  const wanted = types.join();
  // A line that is dead tells no end; a new one is made once somebody answers.
  const isSilent = useIsSilent();
  useEffect(() => {
    if (path === undefined || isSilent) return undefined;
    return whileSeen(() =>
      listen(`${BASE}${path}`, wanted.split(','), {
        onState: setState,
        onEvent: (type, data) => onEvent(type, data),
        onOpen: () => onOpen(),
        // A browser tells no status: it may be that nobody is logged in any more.
        onRefused: () => lookAtSession(queries),
      }),
    );
  }, [path, wanted, queries, isSilent]);
  return state;
}

function listen(
  url: string,
  types: readonly string[],
  told: {
    readonly onState: (state: StreamState) => void;
    readonly onEvent: (type: string, data: unknown) => void;
    readonly onOpen: () => void;
    readonly onRefused: () => void;
  },
): () => void {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let wait = FIRST_WAIT_MS;
  const open = () => {
    source = new EventSource(url);
    source.onopen = () => {
      wait = FIRST_WAIT_MS;
      told.onState('open');
      told.onOpen();
    };
    source.onerror = () => {
      told.onState('lost');
      // It tries again by itself unless it was refused, as it is by a proxy while we start anew.
      if (source?.readyState !== EventSource.CLOSED) return;
      told.onRefused();
      timer = window.setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
    for (const type of types)
      source.addEventListener(type, (event) => {
        silence.heard();
        told.onEvent(type, JSON.parse(event.data));
      });
  };
  open();
  return () => {
    window.clearTimeout(timer);
    source?.close();
    told.onState('connecting');
  };
}

/** Runs something while the tab is seen. */
function whileSeen(start: () => () => void): () => void {
  let stop: (() => void) | undefined;
  const look = () => {
    if (document.visibilityState === 'visible') stop ??= start();
    else {
      stop?.();
      stop = undefined;
    }
  };
  look();
  document.addEventListener('visibilitychange', look);
  return () => {
    document.removeEventListener('visibilitychange', look);
    stop?.();
  };
}
