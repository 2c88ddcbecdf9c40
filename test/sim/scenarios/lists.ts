/** Lists that come twice at once, break off, come again shorter or with other parameters. */
import { type Scenario, scenario } from './scenario.ts';

/** Dies with its lines in the ledger, and the list not ended. */
const BROKEN_OFF = [0.24, 0.26, 0.28];

/** Scenarios of lists. */
export const LISTS: readonly Scenario[] = [
  ...[0.2, 0.7].map((which) =>
    scenario(
      `one key, two lists at the same instant: ${which < 0.5 ? 'other people' : 'other parameters'}`,
      {
        items: [
          { do: 'load', how: 'raced', which, cue: { what: 'answered finishLoading', nth: 1 } },
          // The first to write its lines is the last to end.
          ...(['addLines', 'finishLoading'] as const).map((name) => ({
            do: 'strike' as const,
            name,
            strike: { kind: 'stalled' as const, ms: name === 'addLines' ? 50 : 300 },
            cue: { what: 'committed create', nth: 2 },
          })),
        ],
      },
    ),
  ),
  ...[2, 3].flatMap((seed) =>
    BROKEN_OFF.map((which) =>
      scenario(
        `a load that dies, another list refused under its key, then the right one (${seed}, ${which})`,
        {
          seed,
          items: [{ do: 'load', how: 'refused-between', which }],
        },
      ),
    ),
  ),
  ...[2, 3].flatMap((seed) => [
    scenario(`a load that dies, then a shorter list under its key (${seed})`, {
      seed,
      items: [{ do: 'load', how: 'shortened', which: 0.26 }],
    }),
    scenario(`a load that dies, then other people under its key (${seed})`, {
      seed,
      items: [{ do: 'load', how: 'cut', which: 0.26 }],
    }),
  ]),
];
