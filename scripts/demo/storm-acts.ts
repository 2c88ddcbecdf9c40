/** What changes in the storm, and at which message; told when it happens. */
import type { Change, Simulator } from '../../src/simulator/index.ts';
import { TEMPLATE } from '../chaos/profile.ts';
import { STORM_RATE } from './storm-profile.ts';

type Fault = Parameters<Simulator['addFaults']>[0][number];

/** One act: at the `at`th POST the server changes as it says. */
export interface Act {
  readonly at: number;
  readonly says: string;
  readonly changes?: readonly Change[];
  readonly faults?: readonly Fault[];
}

const template = (status: 'PAUSED' | 'APPROVED'): Change => ({
  set: 'template',
  name: TEMPLATE.name,
  status,
});

/** Meta's review has ended well. */
export const APPROVE = template('APPROVED');
/** The people in the list: the last act comes well before the last message. */
export const STORM_PEOPLE = 4_000;

/** The acts in their order. */
export const ACTS: readonly Act[] = [
  {
    at: 250,
    says: `Meta takes only ${STORM_RATE / 2} a second from now on (130429)`,
    changes: [{ set: 'rate', messagesPerSecond: STORM_RATE / 2 }],
  },
  {
    at: 850,
    says: `Meta takes ${STORM_RATE} a second again`,
    changes: [{ set: 'rate', messagesPerSecond: STORM_RATE }],
  },
  {
    at: 1_000,
    says: '15 messages are taken, but their answers never come',
    faults: [{ times: 15, effect: { kind: 'accept-and-never-answer' } }],
  },
  {
    at: 1_200,
    says: 'a proxy answers 502 to 20 messages, half of which were taken',
    faults: [
      { times: 10, effect: { kind: 'html', status: 502, accepted: true } },
      { times: 10, effect: { kind: 'html', status: 502, accepted: false } },
    ],
  },
  {
    at: 1_400,
    says: "Meta's usage headers stand at 93 %",
    changes: [{ set: 'usage', usage: { percent: 93, regainMinutes: 0 } }],
  },
  {
    at: 1_600,
    says: "Meta's usage headers say: used up, access again in 3 s",
    changes: [{ set: 'usage', usage: { percent: 100, regainMinutes: 0.05 } }],
  },
  { at: 1_610, says: 'the usage headers are gone', changes: [{ set: 'usage', usage: 'off' }] },
  {
    at: 1_900,
    says: 'Meta pauses the template for low quality (132015)',
    changes: [template('PAUSED')],
  },
  {
    at: 2_300,
    says: 'ten connections break off, some before and some after the message was taken; ten answers are cut in half',
    faults: [
      { times: 5, effect: { kind: 'accept-and-reset' } },
      { times: 5, effect: { kind: 'drop-before-accept' } },
      { times: 10, effect: { kind: 'truncated-json', cut: true } },
    ],
  },
  {
    at: 2_800,
    says: 'the token is revoked (190)',
    changes: [{ set: 'token', action: 'revoke' }],
  },
  {
    at: 3_300,
    says: 'Meta is out of order: 60 messages get 131000',
    faults: [{ times: 60, timesPerPerson: 1, effect: { kind: 'refuse', code: 131000 } }],
  },
];

/** Codes that a whole storm brings; one that is missing means that an act did not take place. */
export const EXPECTED_CODES = [130429, 131000, 131026, 131056, 132015, 138017, 190] as const;

/** Lets the acts happen, each at its message; nothing is waited for. */
export function playActs(simulator: Simulator, print: (line: string) => void): void {
  for (const { at, says, changes = [], faults = [] } of ACTS) {
    void simulator.untilPosts(at).then(() => {
      print(`   ⚡ message ${at}: ${says}`);
      simulator.apply(...changes);
      simulator.addFaults(faults);
    });
  }
}
