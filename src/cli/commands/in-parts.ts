/**
 * Work on a long list that a person waits for: a bar shows how far it is, and the first signal ends it after
 * the part under way, so that the command can say what stands.
 */
import type { InParts } from '../../core/ports/index.ts';
import { listenForShutdown } from '../run/shutdown.ts';
import { partsProgress } from '../screen/progress.ts';
import type { Terminal } from '../screen/terminal.ts';

/** What the work came to. */
export interface DoneInParts<T> {
  readonly result: T;
  /** The signal that came; the caller says what stands and ends by it (`dieBy`). */
  readonly stoppedBy?: NodeJS.Signals;
}

/**
 * Does the work.
 * @param p.done what is done to people, e.g. `cancelled`
 * @param p.lines of the list
 */
export async function doInParts<T>(
  terminal: Terminal,
  p: { readonly done: string; readonly lines: number },
  work: (how: InParts) => Promise<T>,
): Promise<DoneInParts<T>> {
  const shutdown = listenForShutdown(() => terminal.note('Stopping.'));
  const progress = partsProgress(terminal, p.done);
  try {
    const result = await work({
      signal: shutdown.signal,
      onProgress: ({ changed, looked }) =>
        progress.update({ changed, looked: Math.min(looked, p.lines), lines: p.lines }),
    });
    return { result, ...(shutdown.by === undefined ? {} : { stoppedBy: shutdown.by }) };
  } finally {
    progress.stop();
    shutdown.stopListening();
  }
}
