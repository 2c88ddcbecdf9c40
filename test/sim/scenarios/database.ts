/** Databases that are lost, refuse, or take their time, while people are being asked. */
import { SQLSTATES } from '../plan.ts';
import { type Scenario, scenario } from './scenario.ts';

/** Every SQLSTATE class for four seconds, beginning while answers come in. */
const REFUSED: readonly Scenario[] = SQLSTATES.map((code) =>
  scenario(
    `a database that refuses with ${code} for 4 s while answers come in costs nobody anything`,
    {
      items: [{ do: 'refuse-all', code, ms: 4_000, cue: { what: 'answer', nth: 3 } }],
    },
  ),
);

/** Scenarios of the database. */
export const DATABASE: readonly Scenario[] = [
  ...[1, 2, 3, 4].map((nth) =>
    scenario(
      `the answer of a claim is lost while another sender's POSTs are on the wire (${nth})`,
      {
        profile: { processes: 1 },
        items: [
          {
            do: 'strike',
            name: 'claim',
            strike: { kind: 'answer-lost' },
            cue: { what: 'connected', nth },
          },
        ],
      },
    ),
  ),
  ...[1, 3].map((nth) =>
    scenario(`a restart of the database while POSTs are on the wire (${nth})`, {
      items: [{ do: 'refuse-all', code: '57P01', ms: 1_500, cue: { what: 'connected', nth } }],
    }),
  ),
  ...REFUSED,
  ...[1, 2, 3, 4].flatMap((seed) =>
    [33_000, 40_000].map((ms) =>
      scenario(`a lock of ${ms} ms on the requests while a sender claims (${seed})`, {
        seed,
        profile: { processes: 1, senders: ['1001'], rate: 8 },
        items: [{ do: 'lock', ms, cue: { what: 'sent claim', nth: 1 } }],
      }),
    ),
  ),
  ...[1, 2, 3].map((nth) =>
    scenario(`a claim that is committed long after its connection was cut (${nth})`, {
      items: [
        {
          do: 'strike',
          name: 'claim',
          strike: { kind: 'cut-under-way', ms: 3_000 },
          cue: { what: 'answered claim', nth },
        },
      ],
    }),
  ),
];
