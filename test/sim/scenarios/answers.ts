/** Answers that poison, that belong to somebody else, and proofs that come late. */
import { answers, type Scenario, scenario } from './scenario.ts';

/** Scenarios of Meta's answers. */
export const ANSWERS: readonly Scenario[] = [
  ...[0, 1, 2].flatMap((i) => [
    scenario(`an acceptance with nasty text ${i} costs its neighbours nothing`, {
      items: [answers(`accepted, nasty text ${i}`, 1, { what: 'connected', nth: 2 })],
    }),
    scenario(`a refusal with nasty text ${i} costs its neighbours nothing`, {
      items: [answers(`refused 131026, nasty text ${i}`, 1, { what: 'connected', nth: 2 })],
    }),
    scenario(`a template closed with nasty text ${i} is closed`, {
      items: [answers(`refused 132015, nasty text ${i}`, 1, { what: 'connected', nth: 2 })],
    }),
  ]),
  scenario('a code beyond 32 bits costs its neighbours nothing', {
    items: [answers('refused 2147483648', 1, { what: 'connected', nth: 2 })],
  }),
  scenario('an answer too many on a socket is taken for nobody', {
    profile: { processes: 1, senders: ['1001'], rate: 8 },
    items: [answers('answered twice', 1, { what: 'connected', nth: 2 })],
  }),
  ...[131026, 131000].flatMap((code) =>
    [1, 2, 3, 4].map((seed) =>
      scenario(
        `a refusal ${code} too many on a socket is no word about the next person (${seed})`,
        {
          seed,
          profile: { processes: 1, senders: ['1001'], rate: 25 },
          items: [answers(`refused ${code}, answered twice`, 1, { what: 'connected', nth: 2 })],
        },
      ),
    ),
  ),
  ...[1, 2, 3].map((nth) =>
    scenario(`nothing is claimed while the closing of a template is on its way (${nth})`, {
      profile: { processes: 1, senders: ['1001'], rate: 12 },
      items: [
        answers('refused 132015', 1, { what: 'connected', nth }),
        { do: 'strike', name: 'closeTemplate', strike: { kind: 'stalled', ms: 3_000 } },
      ],
    }),
  ),
  ...[1, 2, 3, 4].map((seed) =>
    scenario(`a claim that missed its time is lost to somebody who opted out since (${seed})`, {
      seed,
      profile: { processes: 1, senders: ['1001'], lines: 4, rate: 20 },
      items: [
        { do: 'freeze', which: 0, ms: 2_000, cue: { what: 'answered claim', nth: 1 } },
        ...[0.1, 0.4, 0.6, 0.9].map((which) => ({
          do: 'opt-out' as const,
          which,
          cue: { what: 'answered claim', nth: 1 },
        })),
      ],
    }),
  ),
  scenario(
    'a proof of the first attempt that comes once the second was given back unwritten counts',
    {
      profile: { processes: 1, senders: ['1001'], lines: 1 },
      items: [
        answers('taken, never answered', 1),
        { do: 'retry', which: 0, cue: { what: 'answered record', nth: 1 } },
        { do: 'freeze', which: 0, ms: 2_000, cue: { what: 'committed claim', nth: 2 } },
        { do: 'pause', which: 0, cue: { what: 'committed claim', nth: 2 } },
        { do: 'webhook', which: 0, cue: { what: 'committed release', nth: 1 } },
        { do: 'resume', which: 0, cue: { what: 'committed applyStatuses', nth: 1 } },
      ],
    },
  ),
];
