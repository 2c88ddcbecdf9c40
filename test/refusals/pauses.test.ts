/** Issue 4, "Must show" 4: each code that pauses, in a campaign of its own; resumed, it finishes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { resumeCampaign } from '../../src/campaign/control.ts';
import type { CampaignSummary } from '../../src/core/campaign.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { CODES, newNumbers, type OpenRoad, openRoad, verdictOf } from './support.ts';

/** More than are in flight at once: of them some must stay unasked. */
const PEOPLE = 40;
/** A second's worth of the rate is not in flight at 10 ms: the horizon and one answer's time at most. */
const SENDERS = 6;

const codesOf = (verdict: Verdict) => CODES.filter((code) => verdictOf(code).verdict === verdict);
const templateOf = (code: number) => `t${code}`;

interface Seen {
  readonly code: number;
  readonly numbers: readonly string[];
  readonly paused: CampaignSummary;
  readonly postsWhenPaused: number;
  /** After others had their turn, before the resume. */
  readonly postsBeforeResume: number;
  readonly ended: CampaignSummary;
  readonly attempts: readonly number[];
}

describeOnBothQueues('one campaign for each code that pauses', (ground) => {
  let road: OpenRoad;

  beforeAll(async () => {
    road = await openRoad(ground, {
      senders: SENDERS,
      profile: {
        templates: [{ name: 't' }, ...CODES.map((code) => ({ name: templateOf(code) }))],
      },
    });
  });
  afterAll(() => road.close());

  const postsTo = (numbers: readonly string[]) => {
    const wanted = new Set(numbers);
    return road.simulator.requests().filter(({ to }) => wanted.has(to ?? '')).length;
  };

  /** One code from its campaign's start to its end; `settled` says when the pause has lasted. */
  async function go(
    code: number,
    senderId: string | undefined,
    settled: () => Promise<unknown>,
  ): Promise<Seen> {
    const numbers = newNumbers(PEOPLE);
    road.simulator.addFaults([
      { to: numbers, times: PEOPLE, effect: { kind: 'refuse', code } },
    ]);
    const id = await road.ask(numbers, {
      template: templateOf(code),
      ...(senderId === undefined ? {} : { senderId }),
    });
    await road.until(id, ({ state }) => state === 'paused');
    const paused = await road.untilIdle(id);
    const postsWhenPaused = postsTo(numbers);
    await settled();
    const postsBeforeResume = postsTo(numbers);
    // What was refused is refused no more: the fault has struck, or its cause was put right.
    road.simulator.setFaults([]);
    await resumeCampaign(road.app, id);
    const ended = await road.until(id, ({ state }) => state === 'completed');
    const results = await road.results(id);
    return {
      ...{ code, numbers, paused, postsWhenPaused, postsBeforeResume, ended },
      attempts: results.map((result) => result.attempts),
    };
  }

  function check(seen: Seen, scope: 'template' | 'sender' | 'campaign'): void {
    const { code, paused } = seen;
    const what = (of: object) => ({ code, ...of });
    expect(what({ reason: paused.reason })).toMatchObject({
      code,
      reason: { by: 'us', scope, code },
    });
    expect(paused.reason?.message).toContain(`(#${code})`);
    expect(paused.reason?.message).toContain(verdictOf(code).advice);
    expect(what({ counts: paused.counts })).toMatchObject({
      code,
      counts: { pending: PEOPLE, accepted: 0, rejected: 0, uncertain: 0 },
    });
    expect(what({ more: seen.postsBeforeResume - seen.postsWhenPaused })).toEqual(
      what({ more: 0 }),
    );
    expect(what({ few: seen.postsWhenPaused < PEOPLE })).toEqual(what({ few: true }));
    expect(what({ counts: seen.ended.counts })).toMatchObject({ counts: { accepted: PEOPLE } });
    expect(what({ attempts: [...new Set(seen.attempts)] })).toEqual(what({ attempts: [1] }));
    const taken = seen.numbers.map((to) =>
      road.simulator.requests({ to, outcome: 'accepted' }).length,
    );
    expect(what({ taken: [...new Set(taken)] })).toEqual(what({ taken: [1] }));
  }

  test('pause-template', () => undefined);
});
