/** Waits until all that comes back has come and is applied, and reads what is compared of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestResult } from '../../src/core/request.ts';
import { openDatabase } from '../../src/ledger/database.ts';
import { permissionBook } from '../../src/ledger/permission-book.ts';
import type { RequestRecord } from '../../src/simulator/index.ts';
import type { Ground } from './ground.ts';
import {
  type BookedState,
  bookKey,
  comparePersons,
  namesOf,
  namingOf,
  type PersonVerdicts,
} from './persons.ts';
import { OPAQUE } from './profile.ts';
import type { Witness } from './witness.ts';

/** What came back, in figures. */
export interface Returned {
  /** POSTs that the server saw answered with 200. */
  readonly answered200: number;
  /** POSTs that it had to repeat, by how they ended. */
  readonly repeated: Readonly<Record<string, number>>;
  /** POSTs with a wrong signature that were refused. */
  readonly forged: number;
  /** Deliveries in the ledger, each body once, that are applied. */
  readonly applied: number;
  /** Answered with 200, and there already. */
  readonly doubles: number;
}

/** Nothing moves for so long: the last wait of an answer that looks for its request is two minutes. */
const STUCK_MS = 180_000;
/** Reads of the book at once. */
const READERS = 4;

/** Waits for the server to have told everything, then for the ledger to have applied it. */
export async function untilReturned(p: {
  readonly ground: Pick<Ground, 'server'>;
  readonly witness: Witness;
  readonly signal: AbortSignal;
  readonly onStuck: (what: string) => void;
}): Promise<void> {
  let before = '';
  let movedAt = performance.now();
  for (;;) {
    p.signal.throwIfAborted();
    const { waiting, dropped, givenUp, untold } = await p.ground.server.webhooks();
    const left = await p.witness.unreturned();
    const picture = JSON.stringify({ waiting, ...left });
    if (picture !== before) movedAt = performance.now();
    before = picture;
    if (dropped + givenUp + untold > 0)
      p.onStuck(`the server gave up webhooks: ${JSON.stringify({ dropped, givenUp, untold })}`);
    if (waiting + left.deliveries + left.statuses + left.answers === 0) return;
    if (performance.now() - movedAt > STUCK_MS) {
      p.onStuck(`webhooks are not applied any more: ${picture}`);
      return;
    }
    await sleep(1_000, undefined, { signal: p.signal }).catch(() => undefined);
  }
}

/** Reads the permission book by every name of everybody, and compares. */
export async function compareReturned(p: {
  readonly ground: Ground;
  readonly witness: Witness;
  readonly seed: number;
  readonly exported: readonly RequestResult[];
  readonly server: readonly RequestRecord[];
}): Promise<PersonVerdicts & { readonly returned: Returned }> {
  const { ground, witness, seed, exported, server } = p;
  const people = await ground.server.people();
  const booked = await readBook(
    ground.postgres.url,
    people.filter(({ wamid }) => wamid !== null).flatMap(namesOf),
  );
  const isNamed = namingOf({ seed, opaque: OPAQUE });
  const verdicts = comparePersons({ people, exported, server, booked, isNamed });
  const { answered200, refused, forged, strange } = await ground.server.webhooks();
  const applied = await witness.appliedDeliveries();
  return {
    ...verdicts,
    returned: {
      answered200,
      repeated: refused,
      forged: forged['401'] ?? 0,
      applied,
      doubles: Math.max(0, answered200 + (strange['200'] ?? 0) - applied),
    },
  };
}

async function readBook(
  url: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, BookedState>> {
  const database = openDatabase(url, { max: READERS });
  const book = permissionBook(database);
  const booked = new Map<string, BookedState>();
  const left = names.values();
  const read = async () => {
    for (const to of left)
      for await (const entry of book.entries({ to }))
        booked.set(bookKey(entry.senderId, to), entry);
  };
  try {
    await Promise.all(Array.from({ length: READERS }, read));
  } finally {
    await database.close();
  }
  return booked;
}
