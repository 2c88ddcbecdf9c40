/** Campaigns all of whose people are refused with one code: paused, looked at, resumed, finished. */
import { expect } from '@jest/globals';
import { resumeCampaign } from '../../src/campaign/control.ts';
import type { CampaignSummary } from '../../src/core/campaign.ts';
import type { Verdict } from '../../src/core/verdicts/verdict.ts';
import { CODES, newNumbers, type OpenSystem, openSystem, verdictOf } from './support.ts';

/** Slow, so that little is on its way when a refusal comes: on a busy machine an answer takes long. */
const RATE = 20;
const IN_HAND = 9;
const PEOPLE = 16;
/** Equal refusals in a row that pause a campaign. */
const ENOUGH = 5;

const templateOf = (code: number) => `t${code}`;

/** Every code of a verdict. */
export const codesOf = (verdict: Verdict) =>
  CODES.filter((code) => verdictOf(code).verdict === verdict);

/** One code and its campaign. */
export interface Case {
  readonly code: number;
  readonly numbers: readonly string[];
  readonly id: string;
  readonly senderId: string;
}

/** A system with a template for each code, so that each pauses alone. */
export function openPausingSystem(
  ground: { readonly env: Readonly<Record<string, string>> },
  senders: number,
): Promise<OpenSystem> {
  const templates = [{ name: 't' }, ...CODES.map((code) => ({ name: templateOf(code) }))];
  return openSystem(ground, {
    senders,
    env: { MESSAGES_PER_SECOND: String(RATE) },
    profile: { templates },
  });
}

/** Starts a campaign for each code, in turn on the system's senders. */
export async function startRefused(
  system: OpenSystem,
  codes: readonly number[],
): Promise<readonly Case[]> {
  const cases: Case[] = [];
  for (const [i, code] of codes.entries()) {
    const numbers = newNumbers(PEOPLE);
    const senderId = system.senders[i % system.senders.length] as string;
    system.simulator.addFaults([{ to: numbers, effect: { kind: 'refuse', code } }]);
    const id = await system.ask(numbers, { template: templateOf(code), senderId });
    cases.push({ code, numbers, id, senderId });
  }
  return cases;
}

/**
 * All of them paused with their reason, everybody pending, and nothing posted any more.
 *
 * @param othersHadTheirTurn resolves when a POST that should not have gone out would have
 */
export async function expectPaused(
  system: OpenSystem,
  cases: readonly Case[],
  scope: 'template' | 'sender' | 'campaign',
  othersHadTheirTurn: () => Promise<unknown>,
): Promise<void> {
  const paused: CampaignSummary[] = [];
  for (const { id } of cases)
    paused.push(
      // A refusal is written before the ledger counts it as one of a streak and takes it back.
      await system.until(id, (c) => c.state === 'paused' && c.counts.pending === PEOPLE),
    );
  const posts = cases.map((one) => postsTo(system, one));
  await othersHadTheirTurn();
  expect(cases.map((one) => postsTo(system, one))).toEqual(posts);
  const most = scope === 'campaign' ? ENOUGH + IN_HAND : IN_HAND;
  for (const [i, { code }] of cases.entries()) {
    expect([code, Math.max(most, posts[i] as number)]).toEqual([code, most]);
    const reason = paused[i]?.reason;
    expect(reason).toMatchObject({ by: 'us', scope, code });
    expect(reason?.message).toContain(`(#${code})`);
    expect(reason?.message).toContain(verdictOf(code).advice);
  }
}

/** Once its cause is put right, a person's command finishes each, with one acceptance a person. */
export async function expectResumed(system: OpenSystem, cases: readonly Case[]): Promise<void> {
  system.simulator.setFaults([]);
  for (const { id } of cases) await resumeCampaign(system.app, id);
  for (const one of cases) {
    const { code, id } = one;
    const { counts } = await system.until(id, ({ state }) => state === 'completed');
    expect([code, counts.accepted, postsTo(system, one, 'accepted')]).toEqual([
      code,
      PEOPLE,
      PEOPLE,
    ]);
    // No refusal counted: not about the person, or taken back with the streak.
    const results = await system.results(id);
    expect([code, ...new Set(results.map(({ attempts }) => attempts))]).toEqual([code, 1]);
  }
}

function postsTo(system: OpenSystem, { numbers }: Case, outcome?: 'accepted'): number {
  const wanted = new Set(numbers);
  const posts = system.simulator.requests(outcome === undefined ? {} : { outcome });
  return posts.filter(({ to }) => wanted.has(to ?? '')).length;
}
