/** Ticks a dispatcher while there is something to claim. */
import type { Clock } from '../core/ports/index.ts';

/** After a tick that failed, ms. */
const AGAIN_MS = 500;

/** What is driven. */
export interface Ticked {
  tick(): Promise<number | undefined>;
  failed(error: unknown): void;
}

/** Makes the drive of what `ticked` gives; each call of it says that there is something to claim. */
export function drive(clock: Pick<Clock, 'sleep'>, ticked: () => Ticked): () => void {
  let isRunning = false;
  let isWanted = false;

  async function tick(): Promise<number | undefined> {
    try {
      return await ticked().tick();
    } catch (error) {
      ticked().failed(error);
      return AGAIN_MS;
    }
  }

  async function run(): Promise<void> {
    let waits: number | undefined;
    do {
      isWanted = false;
      waits = await tick();
      if (waits !== undefined) await clock.sleep(waits);
    } while (waits !== undefined || isWanted);
    // In the same turn as the last look, so that nothing that came in since is left lying.
    isRunning = false;
  }

  return () => {
    isWanted = true;
    if (isRunning) return;
    isRunning = true;
    void run();
  };
}
