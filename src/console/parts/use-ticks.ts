/** Draws again each second what says how long ago something was: what was looked at may be the same for long. */
import { useEffect, useReducer } from 'react';

const TICK_MS = 1_000;

/** Ticks while it is shown. */
export function useTicks(): void {
  const [, tick] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = window.setInterval(tick, TICK_MS);
    return () => window.clearInterval(timer);
  }, []);
}
