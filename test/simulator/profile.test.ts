import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkProfile, loadProfile, startSimulator } from '../../src/simulator/index.ts';
import { drawLatency } from '../../src/simulator/latency.ts';
import { createRandom } from '../../src/simulator/prng.ts';
import { waIdOf } from '../../src/simulator/wa-id.ts';

describe('the profile', () => {
  it('of the examples is one', () => {
    const path = join(import.meta.dirname, '../../examples/refusing-simulator.json');
    expect(loadProfile(path)).toMatchObject({ ok: true, value: { faults: { length: 3 } } });
  });

  it('of people who answer is one, and its receiver is that of the documents', () => {
    const path = join(import.meta.dirname, '../../examples/answering-simulator.json');
    expect(loadProfile(path)).toMatchObject({
      ok: true,
      value: {
        webhooks: { url: 'http://127.0.0.1:3000/webhooks/whatsapp', timeoutMs: 20_000 },
        answers: { accept: 0.25, expiresInMs: 604_800_000 },
      },
    });
  });

  it('empty is what the brief promises', () => {
    const checked = checkProfile({});
    expect(checked).toMatchObject({
      ok: true,
      value: {
        messagesPerSecond: 80,
        pairLimit: { perDay: 1, perWeek: 2, enforce: true },
        senders: [
          {
            phoneNumberId: '106540352242922',
            businessAccountId: '102290129340398',
            tokens: [{ value: 'SIMULATOR_TOKEN' }],
            displayPhoneNumber: '4930901820',
            calling: 'ENABLED',
          },
        ],
      },
    });
  });

  it.each([
    [{ messagesPerSecond: 'fast' }, 'messagesPerSecond'],
    [{ mesagesPerSecond: 80 }, 'mesagesPerSecond'],
    [{ faults: [{ effect: { kind: 'slow', ms: -1 } }] }, 'faults[0].effect.ms'],
    [{ faults: [{ toPattern: '(', effect: { kind: 'accept-and-reset' } }] }, 'faults[0].toPattern'],
    [{ latency: { kind: 'constant' } }, 'latency.ms'],
    [{ people: [{ permission: 'none' }] }, 'people[0]'],
    [{ senders: [] }, 'senders'],
    [{ schedule: [{ change: { set: 'block', code: 1 } }] }, 'schedule[0]'],
    [{ webhooks: { url: 'ftp://x' } }, 'webhooks.url'],
    [{ webhooks: { batch: { max: 1001 } } }, 'webhooks.batch.max'],
    [{ answers: { acept: 0.5 } }, 'answers.acept'],
    [{ answers: { accept: 0.6, decline: 0.6 } }, 'answers'],
    [{ deliveries: { failed: { '131026': 0.6, '131049': 0.6 } } }, 'deliveries.failed'],
    [
      {
        schedule: [{ atMs: 0, change: { kind: 'answer', to: '+16505551234', answer: 'perhaps' } }],
      },
      'schedule[0].change.answer',
    ],
    [{ people: [{ pattern: '1$', changesNumberTo: '+16505551234' }] }, 'people[0]'],
    [[], ''],
  ])('%j is refused at %s', (input, field) => {
    const checked = checkProfile(input, 'p.json');
    expect(checked).toMatchObject({
      ok: false,
      error: { code: 'SETTING_INVALID', where: field === '' ? 'p.json' : `p.json: ${field}` },
    });
  });

  it('shows the wrong value, but never that of a token', () => {
    const rate = checkProfile({ messagesPerSecond: 'fast' });
    expect(rate.ok ? '' : rate.error.message).toContain('got "fast"');
    const token = checkProfile({ senders: [{ tokens: [{ value: 'SECRET', scopes: 'SECRET' }] }] });
    expect(JSON.stringify(token)).not.toContain('SECRET');
    const secret = checkProfile({ webhooks: { appSecret: 7_654_321 } });
    expect(JSON.stringify(secret)).not.toContain('7654321');
  });

  it('from a file: missing, not JSON, wrong and right', () => {
    const folder = mkdtempSync(join(tmpdir(), 'callpermit-sim-'));
    try {
      const path = join(folder, 'p.json');
      expect(loadProfile(path)).toMatchObject({ ok: false, error: { code: 'USAGE' } });
      writeFileSync(path, '{ nope');
      expect(loadProfile(path)).toMatchObject({ ok: false, error: { code: 'SETTING_INVALID' } });
      writeFileSync(path, '{ "seed": 3 }');
      expect(loadProfile(path)).toMatchObject({ ok: true, value: { seed: 3 } });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that is wrong keeps the simulator from starting', async () => {
    await expect(startSimulator({ profile: { messagesPerSecond: -1 } })).rejects.toMatchObject({
      problem: { code: 'SETTING_INVALID' },
    });
  });
});

describe('latency', () => {
  const draws = (latency: Parameters<typeof drawLatency>[0]): number[] => {
    const random = createRandom(11);
    return Array.from({ length: 2001 }, () => drawLatency(latency, random));
  };
  it('constant is constant, uniform stays between its ends', () => {
    expect(new Set(draws({ kind: 'constant', ms: 5 }))).toEqual(new Set([5]));
    const uniform = draws({ kind: 'uniform', minMs: 10, maxMs: 20 });
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...uniform)).toBeLessThanOrEqual(20);
  });

  it('lognormal has its median, is skewed, and is cut', () => {
    const drawn = draws({ kind: 'lognormal', medianMs: 100, sigma: 0.5, maxMs: 400 });
    const sorted = drawn.toSorted((a, b) => a - b);
    expect(sorted[1000]).toBeGreaterThan(93);
    expect(sorted[1000]).toBeLessThan(107);
    expect(sorted[1900] ?? 0).toBeGreaterThan(200);
    expect(sorted.at(-1)).toBeLessThanOrEqual(400);
    expect(draws({ kind: 'lognormal', medianMs: 100, sigma: 0.5, maxMs: 400 })).toEqual(drawn);
  });
});

describe('wa_id', () => {
  it.each([
    ['5531987654321', '553187654321'],
    ['5511987654321', '5511987654321'],
    ['553187654321', '553187654321'],
    ['5531900012960', '5531900012960'],
    ['525512345678', '5215512345678'],
    ['5215512345678', '5215512345678'],
    ['541123456789', '5491123456789'],
    ['16505551234', '16505551234'],
  ])('%s is %s', (digits, waId) => {
    expect(waIdOf(digits)).toBe(waId);
  });
});
