import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import { number, people, setUpWorkspace } from './workspace.ts';

describeOnBothQueues('callpermit request', (ground) => {
  const workspace = setUpWorkspace(() => ground.env);
  const template = ['--template', 't', '--language', 'en'];
  const ask = (to: string, ...more: string[]) => [
    ...['request', to, ...template, '--param', 'Ann', '--json'],
    ...more,
  ];

  test('asks one person from here where no sender runs, and ends with 0', async () => {
    const simulator = await workspace.useSimulator({});
    // In a process of its own, which ends by itself.
    const asked = await workspace.start(ask(number(10_000), '--reference', 'order-7')).untilExit();
    const json = JSON.parse(asked.stdout.trim().split('\n').at(-1) ?? '');
    expect({ ...asked, json }).toMatchObject({
      code: 0,
      signal: null,
      json: {
        state: 'completed',
        status: 'accepted',
        to: number(10_000),
        reference: 'order-7',
        created: true,
        waits_for: null,
        counts: { accepted: 1 },
        refusedLines: 0,
      },
    });
    const [post, ...others] = simulator.requests();
    expect(others).toEqual([]);
    expect(post).toMatchObject({ to: number(10_000), wamid: json.wamid });
    expect(post?.parameters[0]?.text).toBe('Ann');
  });

  test('who was asked today waits for the time it names, or is skipped as asked', async () => {
    const simulator = await workspace.useSimulator({});
    await workspace.run(ask(number(10_100)));
    const began = Date.now();
    const waits = await workspace.run(ask(number(10_100)));
    expect(waits).toMatchObject({
      code: 2,
      json: { state: 'running', status: 'pending', waits_for: 'pair-limit' },
    });
    const due = Date.parse(waits.json.due_at) - began;
    expect(Math.abs(due - 86_400_000)).toBeLessThan(60_000);
    expect(waits.stderr).toMatch(/goes on at \d+ \w+ 20\d\d \d\d:\d\d \S+\./);

    const skipped = await workspace.run(ask(number(10_100), '--on-pair-limit', 'skip'));
    expect(skipped).toMatchObject({ code: 2, json: { state: 'completed', status: 'skipped' } });
    expect(skipped.stderr).toContain('once in 24 hours');
    expect(simulator.stats().posts).toBe(1);
  });

  test('is accepted long before a bulk campaign of 2,000 that runs already', async () => {
    const simulator = await workspace.useSimulator({});
    const sender = workspace.start(['sender'], { MESSAGES_PER_SECOND: '20' });
    await sender.untilLine(/Sending for/);
    const list = await workspace.file('bulk.csv', people(2_000, 20_000));
    const bulk = await workspace.run(['enqueue', list, ...template, '--json']);
    while (simulator.stats().accepted < 40) await sleep(50);

    const asked = await workspace.run(ask(number(10_200)));
    expect(asked).toMatchObject({ code: 0, json: { status: 'accepted' } });
    const posts = simulator.requests();
    const at = posts.findIndex((post) => post.to === number(10_200));
    expect(at).toBeGreaterThan(30);
    expect(at).toBeLessThan(400);
    expect(await workspace.show(bulk.json.id)).toMatchObject({ state: 'running' });
    // The running sender did it: two would have had to share its rate.
    expect(asked.stderr).not.toContain('from here');

    await workspace.run(['campaign', 'cancel', bulk.json.id]);
    sender.kill('SIGTERM');
    await sender.untilExit();
  });

  test('a sender that was killed a moment ago is not waited for longer than it is worth', async () => {
    await workspace.useSimulator({});
    const sender = workspace.start(['sender']);
    await sender.untilLine(/Sending for/);
    sender.kill('SIGKILL');
    await sender.untilExit();
    const asked = await workspace.run(ask(number(10_300)));
    expect(asked).toMatchObject({ code: 0, json: { status: 'accepted' } });
    expect(asked.stderr).toContain('from here');
  });

  test('a person who cannot be asked: 2, with the code and what to do', async () => {
    await workspace.useSimulator({ people: [{ number: number(10_400), onWhatsApp: false }] });
    const asked = await workspace.run(ask(number(10_400)));
    expect(asked).toMatchObject({
      code: 2,
      json: { state: 'completed', status: 'rejected', error_code: 131026 },
    });
    expect(asked.stderr).toContain(asked.json.advice);
  });

  test('a dead token pauses it: 3, the reason, and nobody asked', async () => {
    const simulator = await workspace.useSimulator({});
    simulator.apply({ set: 'token', action: 'revoke' });
    const asked = await workspace.run(ask(number(10_500), '--skip-preflight'));
    expect(asked).toMatchObject({
      code: 3,
      json: { state: 'paused', status: 'pending', reason: { by: 'us', code: 190 } },
    });
    expect(asked.stderr).toContain(`campaign resume ${asked.json.id}`);

    simulator.apply({ set: 'token', action: 'restore' });
    await workspace.run(['campaign', 'resume', asked.json.id]);
    const next = await workspace.run(ask(number(10_501)));
    expect(next).toMatchObject({ code: 0, json: { status: 'accepted' } });
  });

  test('the same key and request again asks nobody again; another request is refused', async () => {
    const simulator = await workspace.useSimulator({});
    const key = ['--idempotency-key', `request-${ground.queue}`];
    const first = await workspace.run(ask(number(10_600), ...key));
    const second = await workspace.run(ask(number(10_600), ...key));
    expect(second).toMatchObject({
      code: 0,
      json: { id: first.json.id, created: false, status: 'accepted', wamid: first.json.wamid },
    });
    const others = [
      ask(number(10_601), ...key),
      ask(number(10_600), ...key, '--on-pair-limit', 'skip'),
    ];
    for (const other of others) {
      const refused = await workspace.run(other);
      expect(refused).toMatchObject({ code: 1, json: { error: { code: 'IDEMPOTENCY_MISMATCH' } } });
    }
    expect(simulator.stats().posts).toBe(1);
  });

  test('Ctrl-C finishes what is in flight, says how it stands, and dies by the signal', async () => {
    const simulator = await workspace.useSimulator({ latency: { kind: 'constant', ms: 2_000 } });
    const process = workspace.start(ask(number(10_700), '--skip-preflight'));
    await process.untilLine(/is made/);
    while (simulator.stats().posts === 0) await sleep(20);
    process.kill('SIGINT');
    const ended = await process.untilExit();
    expect(ended.signal).toBe('SIGINT');
    expect(JSON.parse(ended.stdout)).toMatchObject({ status: 'accepted', stoppedBy: 'SIGINT' });
  });

  test('--wait 0 hands it over, and says that nobody sends', async () => {
    const simulator = await workspace.useSimulator({});
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const asked = await workspace.run(ask(number(10_800), '--wait', '0', '--expire-at', soon));
    expect(asked).toMatchObject({
      code: 2,
      json: { state: 'running', status: 'pending', waits_for: 'sender-process' },
    });
    expect(asked.stderr).toContain('callpermit sender');
    expect(simulator.stats().posts).toBe(0);
    const cancelled = await workspace.run(['campaign', 'cancel', asked.json.id, '--json']);
    expect(cancelled.json).toMatchObject({ state: 'cancelled', counts: { cancelled: 1 } });
  });

  test('a time that has passed: expired, never asked', async () => {
    const simulator = await workspace.useSimulator({});
    const asked = await workspace.run(ask(number(10_900), '--expire-at', '2020-01-01T00:00:00Z'));
    expect(asked).toMatchObject({ code: 2, json: { state: 'completed', status: 'expired' } });
    expect(simulator.stats().posts).toBe(0);
  });

  test('is left out of the campaign list, and shown by its id', async () => {
    await workspace.useSimulator({});
    const { json } = await workspace.run(ask(number(11_000)));
    const listed = await workspace.run(['campaign', 'list', '--json']);
    expect(listed.stdout).not.toContain(json.id);
    expect(await workspace.show(json.id)).toMatchObject({ id: json.id, counts: { accepted: 1 } });
  });

  test.each([
    ['a number that is none', ['12', '--param', 'Ann'], 'to', 'PHONE_COUNTRY_MISSING'],
    ['a national number', ['(650) 555-1234', '--param', 'Ann'], 'to', 'PHONE_COUNTRY_MISSING'],
    [
      'a parameter given twice',
      [number(1), '--param', 'Ann', '--param', '1=Ben'],
      '--param',
      'USAGE',
    ],
    [
      'a parameter with a name of ours',
      [number(1), '--param', 'language=Ann'],
      'language',
      'USAGE',
    ],
    ['an empty parameter', [number(1), '--param', ''], '1', 'PARAMETER_EMPTY'],
  ])('%s: 1, and where it stands', async (_what, [to = '', ...more], where, code) => {
    const asked = await workspace.run(['request', to, ...template, ...more, '--json']);
    expect(asked).toMatchObject({ code: 1, json: { error: { code, where } } });
  });

  test('a parameter too few: 1, before anything is written', async () => {
    const asked = await workspace.run(['request', number(11_100), ...template, '--json']);
    expect(asked).toMatchObject({ code: 1, json: { error: { code: 'TEMPLATE_COLUMNS' } } });
  });

  test('no number and no token is in the log, at any level', async () => {
    await workspace.useSimulator({});
    const asked = await workspace.run(ask(number(11_200)), { LOG_LEVEL: 'trace' });
    expect(asked.code).toBe(0);
    const lines = asked.stderr.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain(number(11_200).slice(1));
    expect(asked.stderr).not.toContain(workspace.simulator.token);
  });

  if (ground.queue === 'redis') {
    test('a queue out of reach: 4, and nothing was made', async () => {
      const env = { REDIS_URL: 'redis://127.0.0.1:1' };
      const asked = await workspace.run(ask(number(11_300)), env);
      expect(asked).toMatchObject({ code: 4, json: { error: { code: 'QUEUE_UNREACHABLE' } } });
      expect(asked.stderr).not.toContain('is made');
    });
  }

  // The last one: the limit is the portfolio's, and stays in the ledger for some minutes.
  test('a daily budget that is used up is waited for: 2, and the time it frees', async () => {
    const simulator = await workspace.useSimulator({});
    await workspace.run(ask(number(11_399)));
    const limit = { DAILY_RECIPIENT_LIMIT: '1' };
    const asked = await workspace.run(ask(number(11_400)), limit);
    expect(asked).toMatchObject({
      code: 2,
      json: { state: 'running', status: 'pending', waits_for: 'daily-budget' },
    });
    expect(Date.parse(asked.json.due_at)).toBeGreaterThan(Date.now() + 80_000_000);
    expect(asked.stderr).toMatch(/goes on at \d+ \w+ 20\d\d \d\d:\d\d \S+\./);
    expect(simulator.stats().posts).toBe(1);
  });
});
