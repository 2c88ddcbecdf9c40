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
        { do: 'resume', which: 0, cue: { what: 'committed applyStatus', nth: 1 } },
      ],
    },
  ),
];
