/**
 * What other processes do, found by looking, where a pooler stands between us and what Postgres tells of
 * itself: a subscription belongs to a session, and behind a pooler of transactions nobody has one.
 */
import type { WorkEvent } from '../core/ports/index.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

/** Between two looks, in ms: a held claim of a campaign that is paused is withheld after so long. */
const LOOK_EVERY_MS = 250;
const STATES = statement('campaign_states');

/**
 * Looks until closed. A campaign that is in another state at the next look is told; what was so for less than
 * a quarter of a second is not.
 * @param onEvent called for each event; must not throw
 */
export function pollLedger(
  database: Database,
  onEvent: (event: WorkEvent) => void,
): { close(): Promise<void> } {
  let running = new Set<string>();
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();

  async function look(): Promise<void> {
    const rows = await database.run<{ id: string; state: string }>(STATES, [[...running]]);
    const before = running;
    running = new Set(rows.filter(({ state }) => state === 'running').map(({ id }) => id));
    if (closed) return;
    for (const { id, state } of rows)
      if (before.has(id) !== running.has(id)) onEvent({ kind: 'campaign', id, state });
  }

  function next(): void {
    timer = setTimeout(() => {
      // A database that is away is told of by all who need it more.
      looking = look()
        .catch(() => undefined)
        .then(() => {
          if (!closed) next();
        });
    }, LOOK_EVERY_MS);
    timer.unref();
  }

  next();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking;
    },
  };
}
