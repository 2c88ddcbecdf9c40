/** Ticks a dispatcher while there is something to claim. */
import type { Clock } from '../core/ports/index.ts';

/** After a tick that failed, ms. */
const AGAIN_MS = 500;

/** What is driven. */
export interface Ticked {
  tick(): Promise<number | undefined>;
  failed(error: unknown): void;
}

/**
 * Makes the drive of what `ticked` gives; each call of it says that there is something to claim, and whether at once: a
 * pause between two ticks ends then.
 */
export function drive(
  clock: Pick<Clock, 'after'>,
  ticked: () => Ticked,
): (atOnce: boolean) => void {
  let isRunning = false;
  let isWanted = false;
  let isWantedAtOnce = false;
  let endPause: (() => void) | undefined;

  async function tick(): Promise<number | undefined> {
    try {
      return await ticked().tick();
    } catch (error) {
      ticked().failed(error);
      return AGAIN_MS;
    }
  }

  async function pause(ms: number): Promise<void> {
    if (isWantedAtOnce) return;
    await new Promise<void>((resolve) => {
      const cancel = clock.after(ms, resolve);
      endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  async function run(): Promise<void> {
    let waits: number | undefined;
    do {
      isWanted = false;
      isWantedAtOnce = false;
      waits = await tick();
      if (waits !== undefined) await pause(waits);
    } while (waits !== undefined || isWanted);
    // In the same turn as the last look, so that nothing that came in since is left lying.
    isRunning = false;
  }

  return (atOnce) => {
    isWanted = true;
    if (atOnce) {
      isWantedAtOnce = true;
      endPause?.();
    }
    if (isRunning) return;
    isRunning = true;
    void run();
  };
}
