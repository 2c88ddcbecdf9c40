/** What is learned of an attempt when there was a later one, which few seeds come upon. */
import { answers, type Cued, type Scenario, scenario } from './scenario.ts';

const ALONE = { senders: ['1001'], lines: 1 } as const;

/** Scenarios of attempts and the fences that name them. */
export const ATTEMPTS: readonly Scenario[] = [
  ...[
    ['while the next one is on its way', { what: 'committed claim', nth: 2 }],
    ['once the next one is uncertain too', { what: 'committed record', nth: 2 }],
  ].map(([when, cue]) =>
    scenario(`a webhook proves an attempt before the last, ${when}`, {
      profile: { ...ALONE, processes: 1 },
      items: [
        answers('taken, never answered', 1),
        answers('dropped, never answered', 1),
        { do: 'retry', which: 0, cue: { what: 'committed record', nth: 1 } },
        { do: 'webhook', which: 0, cue: cue as { what: string; nth: number } },
      ],
    }),
  ),
  ...[1, 2, 3, 4].map((seed) =>
    scenario(`a refusal is read long after its attempt was followed by another (${seed})`, {
      seed,
      profile: ALONE,
      items: [
        answers('refused 131026', 1),
        answers('taken, never answered', 1),
        // Its clock stands still: when it wakes it reads the answer, and not that time is up.
        { do: 'suspend', which: 0, ms: 30_000, cue: { what: 'connected', nth: 1 } },
        // The sweep that ends the lease is one of the first.
        ...[1, 2, 3, 4].map((nth): Cued => {
          return { do: 'retry', which: 0, cue: { what: 'committed sweepLeases', nth } };
        }),
      ],
    }),
  ),
  scenario('a final refusal stays where an earlier attempt of that person was part of a streak', {
    seed: 2,
    profile: { senders: ['1001'], processes: 1, lines: 4, rate: 1 },
    items: [
      answers('refused 131008', 4),
      answers('refused 131026', 2),
      answers('refused 131008', 1),
      { do: 'retry', which: 0, cue: { what: 'committed streak', nth: 1 } },
      { do: 'retry', which: 0, cue: { what: 'committed record', nth: 5 } },
      // The fifth in the streak pauses the campaign.
      { do: 'resume', which: 0, cue: { what: 'committed streak', nth: 5 } },
    ],
  }),
];
