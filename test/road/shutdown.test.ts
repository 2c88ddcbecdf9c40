/** SIGTERM while nothing answers any more, old connections and new ones alike: the process ends. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { people, setUpWorkspace } from '../cli/workspace.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

/** From the last answer of Meta's to the end of the process, in ms. */
const ENDED_MS = 30_000;
/** The server's time to answer, in ms: POSTs are under way when the signal comes. */
const LATENCY_MS = 2_000;

describeOnBothQueues('a process whose connections are dead', (ground) => {
  const proxies: TcpProxy[] = [];
  const env: Record<string, string> = {};
  const workspace = setUpWorkspace(() => env);

  beforeAll(async () => {
    for (const [name, url] of Object.entries(ground.env)) {
      const proxy = await startTcpProxy({ port: Number(new URL(url).port) });
      proxies.push(proxy);
      env[name] = proxy.through(url);
    }
    env.MESSAGES_PER_SECOND = '20';
    await workspace.useSimulator({ latency: { kind: 'constant', ms: LATENCY_MS } });
  });
  afterAll(() => Promise.all(proxies.map((proxy) => proxy.close())));

  test('ends within half a minute after the last answer, with a reason and exit code 4', async () => {
    const list = await workspace.file('list.csv', people(200, 400_000));
    const asked = await workspace.run([
      'enqueue',
      list,
      '--template',
      't',
      '--language',
      'en',
      '--json',
    ]);
    expect(asked).toMatchObject({ code: 0 });
    const sender = workspace.start(['sender']);
    await workspace.simulator.untilPosts(30);
    for (const proxy of proxies) {
      proxy.stallAll();
      proxy.setNew('stall');
    }
    const began = performance.now();
    sender.kill('SIGTERM');
    const ended = await sender.untilExit();
    expect(performance.now() - began).toBeLessThan(ENDED_MS + LATENCY_MS);
    expect(ended).toMatchObject({ code: 4, signal: null });
    expect(ended.stderr).toMatch(/database does not answer/);
  });
});
