/** Other shells at work on a campaign: senders that come and go, pause, resume, cancel, Ctrl-C. */
import { expect, test } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import { type Json, people, setUpWorkspace } from './workspace.ts';

const TEMPLATE = ['--template', 't', '--language', 'en'];

describeOnBothQueues('a campaign and many processes', (ground) => {
  const workspace = setUpWorkspace(() => ({ ...ground.env, MESSAGES_PER_SECOND: '100' }));

  async function enqueue(name: string, n: number, from: number): Promise<string> {
    const list = await workspace.file(name, people(n, from));
    const taken = await workspace.run(['enqueue', list, ...TEMPLATE]);
    expect(taken.code).toBe(0);
    expect(taken.stdout).toMatch(/^\w+\n$/);
    return taken.stdout.trim();
  }

  /** What a sender holds is finished or given back; a command may be faster than that. */
  async function untilNothingInFlight(id: string): Promise<Json> {
    for (;;) {
      const stands = await workspace.show(id);
      if (stands.counts.sending === 0) return stands;
    }
  }

  test('two senders share it; one stops with 0 in the middle, the other finishes', async () => {
    const simulator = await workspace.useSimulator({});
    const id = await enqueue('shared.csv', 400, 10_000);
    const [first, second] = [workspace.start(['sender']), workspace.start(['sender'])];
    await simulator.untilPosts(100);
    first.kill('SIGTERM');
    expect(await first.untilExit()).toMatchObject({ code: 0, signal: null });
    expect(await workspace.untilEnded(id)).toMatchObject({
      state: 'completed',
      counts: { accepted: 400 },
    });
    second.kill('SIGINT');
    expect(await second.untilExit()).toMatchObject({ code: 0, signal: null });
    expect(simulator.stats()).toMatchObject({ posts: 400, persons: 400 });
  });

  test('pause stops it, resume finishes it, both can be said twice', async () => {
    const simulator = await workspace.useSimulator({});
    const id = await enqueue('paused.csv', 400, 20_000);
    const sender = workspace.start(['sender'], { MESSAGES_PER_SECOND: '25' });
    await simulator.untilPosts(50);
    expect(await workspace.run(['campaign', 'pause', id])).toMatchObject({ code: 0 });
    expect(await workspace.run(['campaign', 'pause', id])).toMatchObject({ code: 0 });
    const stands = await untilNothingInFlight(id);
    const { posts } = simulator.stats();
    expect(stands).toMatchObject({
      state: 'paused',
      reason: { by: 'person' },
      counts: { accepted: posts },
    });
    await workspace.show(id);
    expect(simulator.stats().posts).toBe(posts);
    expect(await workspace.run(['campaign', 'resume', id])).toMatchObject({ code: 0 });
    expect(await workspace.run(['campaign', 'resume', id])).toMatchObject({ code: 0 });
    await simulator.untilPosts(400);
    expect(await workspace.untilEnded(id)).toMatchObject({
      state: 'completed',
      counts: { accepted: 400 },
    });
    const late = await workspace.run(['campaign', 'resume', id]);
    expect(late.code).toBe(0);
    expect(late.stderr).toContain('completed');
    sender.kill('SIGTERM');
    await sender.untilExit();
  });

  test('cancel leaves the rest cancelled, for good', async () => {
    const simulator = await workspace.useSimulator({});
    const id = await enqueue('cancelled.csv', 400, 30_000);
    // Slow, so that the command comes before the end also on a busy machine.
    const sender = workspace.start(['sender'], { MESSAGES_PER_SECOND: '10' });
    await simulator.untilPosts(10);
    expect(await workspace.run(['campaign', 'cancel', id])).toMatchObject({ code: 0 });
    const stands = await untilNothingInFlight(id);
    const { posts } = simulator.stats();
    expect(stands.state).toBe('cancelled');
    expect(stands.counts.cancelled + posts).toBe(400);
    const resumed = await workspace.run(['campaign', 'resume', id, '--json']);
    expect(resumed).toMatchObject({ code: 1, json: { error: { code: 'CAMPAIGN_STATE' } } });
    sender.kill('SIGTERM');
    await sender.untilExit();
    expect(simulator.stats().posts).toBe(posts);
  });

  test('Ctrl-C: send finishes what is in flight, dies by the signal, says how to go on', async () => {
    const simulator = await workspace.useSimulator({ latency: { kind: 'constant', ms: 300 } });
    const list = await workspace.file('stopped.csv', people(300, 40_000));
    const send = workspace.start(['send', list, ...TEMPLATE, '--json']);
    await simulator.untilPosts(50);
    send.kill('SIGINT');
    const stopped = await send.untilExit();
    expect(stopped).toMatchObject({ code: null, signal: 'SIGINT' });
    const json = JSON.parse(stopped.stdout);
    expect(json).toMatchObject({ state: 'running', stoppedBy: 'SIGINT' });
    expect(json.counts).toMatchObject({ sending: 0, uncertain: 0, rejected: 0 });
    expect(json.counts.accepted).toBe(simulator.stats().accepted);
    expect(stopped.stderr).toContain(`callpermit campaign resume ${json.id}`);
    expect(stopped.stderr).toContain('callpermit sender');

    expect(await workspace.run(['campaign', 'resume', json.id])).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('no sender runs'),
    });
    const sender = workspace.start(['sender']);
    expect(await workspace.untilEnded(json.id)).toMatchObject({ counts: { accepted: 300 } });
    sender.kill('SIGTERM');
    await sender.untilExit();
    expect(simulator.stats()).toMatchObject({ posts: 300, persons: 300 });
  });
});
