/** What keeps a sender from sending, as the ledger knows it, and where it is noted for others. */
import type { SilenceStore } from '../core/ports/index.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const STANDING = statement('standing');
const NOTE = {
  name: 'note_silence',
  text: "update workers set silent_since = clock_timestamp() - $3 * interval '1 ms', silent_why = $4 where sender_id = $1 and id = $2",
};

interface StandingRow {
  readonly moves: boolean;
  readonly due: boolean;
  readonly queued: boolean;
  readonly feedable: boolean;
  readonly closed: string | null;
  readonly held_until: Date | null;
  readonly spent: boolean;
  readonly frees_at: Date | null;
  readonly template: string | null;
}

/** Makes the {@link SilenceStore} over a database. */
export function silenceStore(database: Database): SilenceStore {
  return {
    async standing(senderId) {
      const [row] = await database.run<StandingRow>(STANDING, [senderId]);
      if (row === undefined) throw new Error(`sender ${senderId} is not in the ledger`);
      const { held_until, spent, frees_at, ...same } = row;
      return { ...same, heldUntil: held_until, spent: spent ? { freesAt: frees_at } : null };
    },
    async note({ senderId, worker, silence }) {
      await database.run(NOTE, [senderId, worker, silence?.forMs ?? null, silence?.why ?? null]);
    },
  };
}
