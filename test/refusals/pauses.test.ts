/** Each code that pauses a template or a campaign, in one of its own. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import { codesOf, expectPaused, expectResumed, openPausingRoad, startRefused } from './pausing.ts';
import { newNumbers, type OpenRoad } from './support.ts';

describeOnBothQueues('one campaign for each code that pauses it', (ground) => {
  let road: OpenRoad;

  beforeAll(async () => {
    road = await openPausingRoad(ground, 6);
  });
  afterAll(() => road.close());

  async function others(): Promise<void> {
    const ids: string[] = [];
    for (const senderId of road.senders) ids.push(await road.ask(newNumbers(2), { senderId }));
    for (const id of ids) await road.until(id, ({ state }) => state === 'completed');
  }

  test('codes of the template: others on the same senders go on', async () => {
    const codes = codesOf('pause-template');
    expect(codes.length).toBeGreaterThan(5);
    const cases = await startRefused(road, codes);
    await expectPaused(road, cases, 'template', others);
    await expectResumed(road, cases);
  });

  test('codes that are not about the person: it pauses after a few, which go back', async () => {
    const codes = codesOf('pause-campaign');
    expect(codes.length).toBeGreaterThan(10);
    // The streak is counted in the ledger, whatever the queue: a few show it on the slower one.
    const some = ground.queue === 'redis' ? codes : codes.slice(0, road.senders.length);
    const cases = await startRefused(road, some);
    await expectPaused(road, cases, 'campaign', others);
    await expectResumed(road, cases);
  });
});
