/** Issue 4, "Must show" 4: each code that pauses, in a campaign of its own; resumed, it finishes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { resumeCampaign } from '../../src/campaign/control.ts';
import type { CampaignSummary } from '../../src/core/campaign.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { CODES, newNumbers, type OpenRoad, openRoad, verdictOf } from './support.ts';

/** Slow, so that little is on its way when a refusal comes: on a busy machine an answer takes long. */
const RATE = 20;
const IN_HAND = 10;
const PEOPLE = 25;
const SENDERS = 6;
/** Equal refusals in a row that pause a campaign. */
const ENOUGH = 5;

const codesOf = (verdict: Verdict) => CODES.filter((code) => verdictOf(code).verdict === verdict);
const SENDER_CODES = codesOf('pause-sender');
const ROUNDS = Array.from({ length: Math.ceil(SENDER_CODES.length / SENDERS) }, (_, i) =>
  SENDER_CODES.slice(i * SENDERS, (i + 1) * SENDERS),
);

const templateOf = (code: number) => `t${code}`;

interface Case {
  readonly code: number;
  readonly numbers: readonly string[];
  readonly id: string;
}

describeOnBothQueues('one campaign for each code that pauses', (ground) => {
  let road: OpenRoad;

  beforeAll(async () => {
    road = await openRoad(ground, {
      senders: SENDERS,
      env: { MESSAGES_PER_SECOND: String(RATE) },
      profile: {
        templates: [{ name: 't' }, ...CODES.map((code) => ({ name: templateOf(code) }))],
      },
    });
  });
  afterAll(() => road.close());

  function postsTo({ numbers }: Case, outcome?: 'accepted'): number {
    const wanted = new Set(numbers);
    const posts = road.simulator.requests(outcome === undefined ? {} : { outcome });
    return posts.filter(({ to }) => wanted.has(to ?? '')).length;
  }

  /** Starts a campaign for each code, whose people are all refused with it. */
  async function start(
    codes: readonly number[],
    senderOf: (i: number) => string,
  ): Promise<readonly Case[]> {
    const cases: Case[] = [];
    for (const [i, code] of codes.entries()) {
      const numbers = newNumbers(PEOPLE);
      road.simulator.addFaults([{ to: numbers, effect: { kind: 'refuse', code } }]);
      const id = await road.ask(numbers, { template: templateOf(code), senderId: senderOf(i) });
      cases.push({ code, numbers, id });
    }
    return cases;
  }

  /** All of them paused with their reason, everybody pending, and nothing posted any more. */
  async function checkPaused(
    cases: readonly Case[],
    scope: 'template' | 'sender' | 'campaign',
    othersHadTheirTurn: () => Promise<unknown>,
  ): Promise<void> {
    const paused = new Map<number, CampaignSummary>();
    for (const { id, code } of cases) {
      await road.until(id, ({ state }) => state === 'paused');
      paused.set(code, await road.untilIdle(id));
    }
    const posts = cases.map((one) => postsTo(one));
    await othersHadTheirTurn();
    expect(cases.map((one) => postsTo(one))).toEqual(posts);
    const most = scope === 'campaign' ? ENOUGH + IN_HAND : IN_HAND;
    for (const [i, { code }] of cases.entries())
      expect([code, Math.max(most, posts[i] as number)]).toEqual([code, most]);
    for (const { code } of cases) {
      const { reason, counts } = paused.get(code) as CampaignSummary;
      expect(reason).toMatchObject({ by: 'us', scope, code });
      expect(reason?.message).toContain(`(#${code})`);
      expect(reason?.message).toContain(verdictOf(code).advice);
      expect([code, counts]).toMatchObject([
        code,
        { pending: PEOPLE, accepted: 0, rejected: 0, uncertain: 0 },
      ]);
    }
  }

  /** Once its cause is put right, a person's word finishes each, with one acceptance a person. */
  async function checkResumed(cases: readonly Case[]): Promise<void> {
    road.simulator.setFaults([]);
    for (const { id } of cases) await resumeCampaign(road.app, id);
    for (const one of cases) {
      const { code, id } = one;
      const { counts } = await road.until(id, ({ state }) => state === 'completed');
      expect([code, counts.accepted, postsTo(one, 'accepted')]).toEqual([code, PEOPLE, PEOPLE]);
      // Neither refusal counted: not about the person, or taken back with the streak.
      const results = await road.results(id);
      expect([code, ...new Set(results.map(({ attempts }) => attempts))]).toEqual([code, 1]);
    }
  }

  async function others(): Promise<void> {
    const id = await road.ask(newNumbers(20));
    await road.until(id, ({ state }) => state === 'completed');
  }

  test('a code of the template: others on the sender go on', async () => {
    const codes = codesOf('pause-template');
    expect(codes.length).toBeGreaterThan(5);
    const cases = await start(codes, () => road.senders[0] as string);
    await checkPaused(cases, 'template', others);
    await checkResumed(cases);
  });

  test('a code that is not about the person pauses after a few, which go back', async () => {
    const codes = codesOf('pause-campaign');
    expect(codes.length).toBeGreaterThan(10);
    // Spread, so that each is alone with a fair share of a sender's rate.
    const cases = await start(codes, (i) => road.senders[i % SENDERS] as string);
    await checkPaused(cases, 'campaign', others);
    await checkResumed(cases);
  });

  // The breaker is the ledger's, whatever the queue: one round shows it there.
  const rounds = ground.queue === 'redis' ? ROUNDS : ROUNDS.slice(0, 1);
  test.each(rounds.map((codes) => [codes] as const))(
    'codes of the sender, %j: what else is started on it pauses too, without a POST',
    async (codes) => {
      const cases = await start(codes, (i) => road.senders[i] as string);
      await checkPaused(cases, 'sender', async () => {
        for (const [i, code] of codes.entries()) {
          const numbers = newNumbers(1);
          const id = await road.ask(numbers, { senderId: road.senders[i] as string });
          const { reason } = await road.until(id, ({ state }) => state === 'paused');
          expect(reason).toMatchObject({ scope: 'sender', code });
          expect(road.posts(numbers[0] as string)).toBe(0);
        }
      });
      await checkResumed(cases);
    },
  );
});
