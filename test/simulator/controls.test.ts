import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readRecordFile, type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { graph, send, start } from './support.ts';

const ANN = '+16505551234';
const BOB = '+16505554321';

it('says that it is the simulator', async () => {
  const { body } = await graph(await start(), 'GET', '/_sim/about', undefined, null);
  expect(body).toEqual({ simulator: 'callpermit' });
});

describe('the book over HTTP', () => {
  it('gives every POST as JSON or NDJSON, all or one person', async () => {
    const simulator = await start();
    await send(simulator, ANN);
    await send(simulator, ANN);
    await send(simulator, BOB);
    const all = await graph(simulator, 'GET', '/_sim/requests', undefined, null);
    expect(all.body.data.map((r: { n: number }) => r.n)).toEqual([1, 2, 3]);
    const url = `${simulator.url}/_sim/requests?format=ndjson&to=%2B16505551234`;
    const lines = (await (await fetch(url)).text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).code)).toEqual([null, 138009]);
    const refused = await graph(
      simulator,
      'GET',
      '/_sim/requests?outcome=refused',
      undefined,
      null,
    );
    expect(refused.body.data).toHaveLength(1);
  });

  it('is whole JSON also when empty or longer than one piece', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'callpermit-sim-'));
    try {
      const recordFile = join(folder, 'book.ndjson');
      const simulator = await start({ recordFile });
      const read = async (from: Simulator) =>
        (await graph(from, 'GET', '/_sim/requests')).body.data.length;
      expect(await read(simulator)).toBe(0);
      await send(simulator, ANN);
      await simulator.close();
      appendFileSync(recordFile, readFileSync(recordFile, 'utf8').repeat(1200));
      expect(await read(await start({ recordFile }))).toBe(1201);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives figures, with people unless told not to', async () => {
    const simulator = await start();
    await send(simulator, ANN);
    const stats = (await graph(simulator, 'GET', '/_sim/stats')).body;
    expect(stats).toMatchObject({
      posts: 1,
      accepted: 1,
      persons: 1,
      people: { '16505551234': { posts: 1, accepted: 1 } },
      rate: { [simulator.phoneNumberId]: { arrivals: 1, worstSecond: 1 } },
      askedTwice: { overAllowance: 0, postedMoreThanOnce: 0 },
    });
    expect((await graph(simulator, 'GET', '/_sim/stats?people=false')).body).not.toHaveProperty(
      'people',
    );
    expect((await graph(simulator, 'GET', '/_sim/nothing')).status).toBe(404);
  });

  it('forgets the oldest records beyond its limit but not their figures', async () => {
    const simulator = await start({ recordLimit: 8 });
    for (let i = 0; i < 20; i += 1) await send(simulator, ANN);
    const { posts, recordsForgotten } = simulator.stats();
    expect(posts).toBe(20);
    expect(simulator.requests()).toHaveLength(20 - recordsForgotten);
    expect(simulator.requests().at(-1)?.n).toBe(20);
    expect(recordsForgotten).toBeGreaterThanOrEqual(11);
  });
});

describe('controls that change things', () => {
  it('faults are replaced or added to, and a wrong rule is named', async () => {
    const simulator = await start();
    const rule = { effect: { kind: 'refuse', code: 2 }, times: 1 };
    expect((await graph(simulator, 'POST', '/_sim/faults', [rule])).body.faults).toBe(1);
    expect((await graph(simulator, 'POST', '/_sim/faults?add', rule)).body.faults).toBe(2);
    expect((await send(simulator, ANN)).code).toBe(2);
    expect((await graph(simulator, 'POST', '/_sim/faults', [])).body.faults).toBe(0);
    const wrong = await graph(simulator, 'POST', '/_sim/faults', [{ effect: { kind: 'explode' } }]);
    expect([wrong.status, wrong.body.error.where]).toEqual([400, '[0].effect.kind']);
  });

  it('the clock moves pair windows on', async () => {
    const simulator = await start();
    await send(simulator, ANN);
    await graph(simulator, 'POST', '/_sim/clock', { advanceMs: 86_400_000 });
    expect((await send(simulator, ANN)).status).toBe(200);
    expect((await graph(simulator, 'POST', '/_sim/clock', { advanceMs: 'x' })).status).toBe(400);
  });

  it('the schedule can be added to, and the state read', async () => {
    const simulator = await start();
    const entry = { atMessage: 1, change: { set: 'rate', messagesPerSecond: 7 } };
    await graph(simulator, 'POST', '/_sim/schedule', entry);
    await send(simulator, ANN);
    const state = (await graph(simulator, 'GET', '/_sim/state')).body;
    expect(state.senders[0].messagesPerSecond).toBe(7);
    expect(state.templates[0]).toMatchObject({ name: 't', status: 'APPROVED' });
    expect(JSON.stringify(state)).not.toContain(simulator.token);
  });

  it('reset starts over, and keeps templates when asked', async () => {
    const simulator = await start();
    simulator.addTemplate({ name: 'mine' });
    await send(simulator, ANN);
    simulator.reset({ keepTemplates: true });
    expect(simulator.stats().posts).toBe(0);
    const names = async () =>
      (await graph(simulator, 'GET', '/_sim/state')).body.templates.map(
        (t: { name: string }) => t.name,
      );
    expect(await names()).toEqual(['t', 'mine']);
    expect((await send(simulator, ANN)).status).toBe(200);
    await graph(simulator, 'POST', '/_sim/reset');
    expect(await names()).toEqual(['t']);
  });
});

describe('the record file', () => {
  it('has every POST, and a simulator that starts on it goes on where the last one stopped', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'callpermit-sim-'));
    try {
      const recordFile = join(folder, 'book.ndjson');
      const first = await start({ recordFile });
      await send(first, ANN);
      await send(first, BOB, {}, 'WRONG');
      await first.close();
      appendFileSync(recordFile, '{"n":3,"to":"+165');
      expect(readRecordFile(recordFile).map((r) => r.outcome)).toEqual(['accepted', 'refused']);

      appendFileSync(recordFile, '\n');
      const second = await start({ recordFile });
      expect((await send(second, ANN)).code).toBe(138009);
      expect(second.requests().map((r) => r.n)).toEqual([1, 2, 3]);
      second.reset();
      expect((await send(second, ANN)).status).toBe(200);
      expect(readRecordFile(recordFile)).toHaveLength(1);
      expect(readFileSync(recordFile, 'utf8')).not.toContain(second.token);
      await second.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('a taken port is a problem with a next step', async () => {
  const simulator = await start();
  await expect(startSimulator({ port: simulator.port })).rejects.toMatchObject({
    problem: { code: 'USAGE', next: expect.stringContaining('another port') },
  });
});
