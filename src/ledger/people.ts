/** Opt-outs in the ledger, over all campaigns. */
import type { PeopleStore, Suppression } from '../core/ports/index.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

const SUPPRESS = statement('suppress');
const SUPPRESSIONS = statement('suppressions');
const SUPPRESSIONS_OF = statement('suppressions_of');
const UNSUPPRESS = statement('unsuppress');

const PAGE = 1_000;

interface SuppressionRow {
  readonly person: string;
  readonly reason: string | null;
  readonly source: Suppression['source'];
  readonly added_at: Date;
}

/** Makes the {@link PeopleStore} over a database. */
export function peopleStore(database: Database): PeopleStore {
  const page: PeopleStore['suppressionPage'] = async ({ after, limit, ends }) =>
    (await database.run<SuppressionRow>(SUPPRESSIONS, [after, limit, ends ?? null])).map(
      toSuppression,
    );

  return {
    async suppress({ people, source }) {
      const persons = people.map(({ to }) => digits(to));
      const reasons = people.map(({ reason }) => reason ?? null);
      const times = people.map(({ at }) => at ?? null);
      return (await database.run(SUPPRESS, [persons, reasons, source, times])).length;
    },
    async unsuppress(to) {
      return (await database.run(UNSUPPRESS, [to.map(digits)])).length;
    },
    async *suppressions({ to } = {}) {
      if (to !== undefined) {
        const rows = await database.run<SuppressionRow>(SUPPRESSIONS_OF, [digits(to)]);
        yield* rows.map(toSuppression);
        return;
      }
      for (let after = ''; ; ) {
        const found = await page({ after, limit: PAGE });
        yield* found;
        if (found.length < PAGE) return;
        after = found.at(-1)?.person ?? after;
      }
    },
    suppressionPage: page,
  };
}

function toSuppression({ added_at, ...row }: SuppressionRow): Suppression {
  return { ...row, addedAt: added_at };
}

function digits(to: string): string {
  return to.replace(/^\+/, '');
}
