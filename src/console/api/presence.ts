/**
 * Whether the service is there. What is refused, or cannot be reached, says so by itself; a process that hangs, or a line that is
 * cut without a word, answers nothing at all. So where an answer is late and nothing else came meanwhile, the service is asked for
 * a sign of life, and until it gives one nothing that a page shows is taken for what is so now.
 */
import { useSyncExternalStore } from 'react';
import { createSilence } from './silence.ts';

/** Where the page lies, as `client.ts` has it. */
const BASE = document.baseURI.replace(/\/+$/, '');
const PROBE_MS = 3_000;

const listeners = new Set<() => void>();
let isRefused = false;
let isSilent = false;
let isAway = false;

/** Calls and their answers are told to it. */
export const silence = createSilence({
  now: () => performance.now(),
  after: (ms, then) => void window.setTimeout(then, ms),
  // Whatever the answer is, somebody gave it.
  probe: async () => {
    await fetch(`${BASE}/health/live`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(PROBE_MS),
    });
  },
  onChange: (is) => {
    isSilent = is;
    tell();
  },
});

/** A look was refused because nobody answers, or one was answered. */
export function tellRefused(is: boolean): void {
  isRefused = is;
  tell();
}

function tell(): void {
  isAway = isRefused || isSilent;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Nobody answers: what is shown may be old, and nothing can be done. */
export function useIsAway(): boolean {
  return useSyncExternalStore(subscribe, () => isAway);
}

/** Not even a refusal comes. */
export function useIsSilent(): boolean {
  return useSyncExternalStore(subscribe, () => isSilent);
}
