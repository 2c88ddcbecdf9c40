/** Each code that pauses a template or a campaign, in one of its own. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import {
  codesOf,
  expectPaused,
  expectResumed,
  openPausingSystem,
  startRefused,
} from './pausing.ts';
import { newNumbers, type OpenSystem } from './support.ts';

describeOnBothQueues('one campaign for each code that pauses it', (ground) => {
  let system: OpenSystem;

  beforeAll(async () => {
    system = await openPausingSystem(ground, 6);
  });
  afterAll(() => system.close());

  async function others(): Promise<void> {
    const ids: string[] = [];
    for (const senderId of system.senders) ids.push(await system.ask(newNumbers(2), { senderId }));
    for (const id of ids) await system.until(id, ({ state }) => state === 'completed');
  }

  test('codes of the template: others on the same senders go on', async () => {
    const codes = codesOf('pause-template');
    expect(codes.length).toBeGreaterThan(5);
    const cases = await startRefused(system, codes);
    await expectPaused(system, cases, 'template', others);
    await expectResumed(system, cases);
  });

  test('codes that are not about the person: it pauses after a few, which go back', async () => {
    const codes = codesOf('pause-campaign');
    expect(codes.length).toBeGreaterThan(10);
    // The streak is counted in the ledger, whatever the queue: a few show it on the slower one.
    const some = ground.queue === 'redis' ? codes : codes.slice(0, system.senders.length);
    const cases = await startRefused(system, some);
    await expectPaused(system, cases, 'campaign', others);
    await expectResumed(system, cases);
  });
});
