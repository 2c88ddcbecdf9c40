/** A line for each decision, where somebody asked for it; numbers whole only by the one setting. */
import { expect, test } from '@jest/globals';
import { readConfig } from '../../src/config/read-config.ts';
import type { GraphPort, SendingStore } from '../../src/core/ports/index.ts';
import { toldLine, toldSending } from '../../src/telemetry/decisions.ts';
import { createLogger } from '../../src/telemetry/log.ts';

const TO = '+16505551234';
const CLAIM = { request: '41', fence: 2, campaignId: 'c-1', batch: 7, to: TO, attempts: 1 };

function told(level: string, showsNumbers = false) {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => lines.push(JSON.parse(line)) };
  return { lines, log: createLogger({ level, name: 'test', stream, showsNumbers }) };
}

const store = {
  claim: async () => ({ claimed: [CLAIM] }),
  record: async () => [{ request: '41', fence: 2, applied: true, state: 'rejected' }],
  decideUnclaimed: async () => [{ request: '42', batch: 7, fate: 'skipped' }],
} as unknown as SendingStore;

const line = {
  send: async () => ({ kind: 'refused', error: { code: 131026, message: `${TO} is unknown` } }),
} as unknown as GraphPort;

async function decide(level: string, showsNumbers?: boolean) {
  const { lines, log } = told(level, showsNumbers);
  const sending = toldSending(log, store);
  await sending.claim({ senderId: '106540352242922' } as never);
  await toldLine(log, '106540352242922', line).send({} as never, {
    mayWrite: () => true,
    claim: CLAIM,
  });
  await sending.record([]);
  await sending.decideUnclaimed({ senderId: '106540352242922', rows: [] });
  return lines;
}

test('claimed, answered with code and verdict, settled, not asked: each with campaign and request', async () => {
  const of = { campaign: 'c-1', request: '41', fence: 2 };
  expect(await decide('debug')).toMatchObject([
    { ...of, msg: 'claimed', sender: '106540352242922', to: '+1650*****34' },
    { ...of, msg: 'answered', outcome: 'refused', code: 131026, verdict: 'reject' },
    { ...of, msg: 'settled', state: 'rejected', applied: true },
    { msg: 'not asked', request: '42', fate: 'skipped' },
  ]);
});

test('at info nothing stands between sending and its ports', async () => {
  const { log } = told('info');
  expect(toldSending(log, store)).toBe(store);
  expect(toldLine(log, '1', line)).toBe(line);
  expect(await decide('info')).toEqual([]);
});

test('LOG_PII=1 shows whole numbers, and tokens never', async () => {
  expect((await decide('debug', true))[0]).toMatchObject({ to: TO });
  const { lines, log } = told('info', true);
  const token = 'EAAGm0PX4ZCpsBAKZCtokentokentoken';
  log.info({ token, to: TO }, `asked ${TO} with ${token}`);
  expect(JSON.stringify(lines)).not.toContain(token);
  expect(lines[0]).toMatchObject({ to: TO, msg: expect.stringContaining(TO) });
});

test.each([
  [{}, false],
  [{ LOG_PII: '0' }, false],
  [{ LOG_PII: '1' }, true],
])('the setting %j', (env, shows) => {
  const config = readConfig(env);
  expect(config.ok && config.value.logPii).toBe(shows);
});
