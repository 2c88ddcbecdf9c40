/** Processes that sleep on what they hold, while others go on without them. */
import { type Scenario, scenario } from './scenario.ts';

const ASLEEP_MS = 40_000;

/** Scenarios of processes. */
export const PROCESSES: readonly Scenario[] = (['freeze', 'suspend'] as const).flatMap((how) =>
  [1, 2].flatMap((nth) => [
    scenario(`${how} between the commit of a claim and its answer (${nth}), asked again by hand`, {
      items: [
        { do: how, which: 0, ms: ASLEEP_MS, cue: { what: 'committed claim', nth } },
        // The leases end after some 19 s, and each living process sweeps once a second.
        ...[12, 16, 20, 24].map((sweep) => ({
          do: 'retry' as const,
          which: 0,
          cue: { what: 'committed sweepLeases', nth: sweep },
        })),
      ],
    }),
    scenario(
      `${how} between the commit of a claim and its answer (${nth}), asked again by a check`,
      {
        profile: { policy: 'resend-after-check' },
        items: [{ do: how, which: 0, ms: 60_000, cue: { what: 'committed claim', nth } }],
      },
    ),
  ]),
);
