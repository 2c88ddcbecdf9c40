/** Lists of opt-outs over HTTP: in a body, or as a stream of any length. */
import type { z } from 'zod';
import { linesForPrograms } from '../campaign/option-names.ts';
import { takeOptOuts } from '../campaign/take-opt-outs.ts';
import { given } from '../core/given.ts';
import type { ColumnMap } from '../core/people/column-map.ts';
import type { ListSource } from '../core/ports/index.ts';
import type { App } from '../wiring.ts';
import { unwrap } from './find-campaign.ts';
import { DetailedProblemError } from './problems.ts';
import type { takenSuppressions } from './suppression-schemas.ts';

/** Puts the people of a list on the opt-out list; one without a good line is refused with its lines. */
export async function takeSuppressions(
  app: Pick<App, 'config' | 'ledger'>,
  list: ListSource,
  p: {
    readonly source: 'import' | 'api';
    readonly reason?: string | undefined;
    readonly defaultCountry?: string | undefined;
    readonly numbers?: 'national' | 'international' | undefined;
    readonly map?: ColumnMap | undefined;
  },
): Promise<z.output<typeof takenSuppressions>> {
  const { source, reason, numbers, map } = p;
  const defaultCountry = p.defaultCountry ?? app.config.defaultCountry;
  const open = unwrap(
    await list.open({ optOuts: true, ...given({ defaultCountry, numbers, map }) }),
  );
  try {
    const taken = await takeOptOuts(app.ledger.people, open.batches, { source, reason });
    if (taken.ok)
      return { ...taken.value, refusedLines: linesForPrograms(taken.value.refusedLines) };
    const { refusedLines, ...refused } = taken.error;
    throw new DetailedProblemError(refused, { refusedLines: linesForPrograms(refusedLines) });
  } finally {
    await open.close();
  }
}
