import { describe, expect, test } from '@jest/globals';
import { type ListToLoad, loadCampaign } from '../../src/campaign/load.ts';
import type { Clock } from '../../src/core/ports/index.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { spec, useLedger } from '../ledger/support.ts';
import { expectedLines, list, people, said, storedLines } from './lists.ts';

const bench = useLedger();

function load(opened: ListToLoad, given: { readonly idempotencyKey: string }) {
  return loadCampaign(bench, { list: opened, spec: spec('10654', given) });
}

describe('two loads under one key at the same instant', () => {
  test('of one list are one campaign with each line once', async () => {
    const given = people(1_500);
    const loads = await Promise.all(
      [1, 2, 3].map(() => load(said(given, 'w'), { idempotencyKey: 'same' })),
    );
    const ids = loads.map((l) => (l.ok ? l.value.id : l.error.message));
    expect(new Set(ids).size).toBe(1);
    expect(await storedLines(bench, ids[0] as string)).toEqual(expectedLines(given, 'w'));
  });

  test('of two lists: one is in whole, the other is told so', async () => {
    const [a, b] = [people(2_500), people(1_800)] as const;
    const loads = await Promise.all([
      load(said(a, 'a'), { idempotencyKey: 'two lists' }),
      load(said(b, 'b'), { idempotencyKey: 'two lists' }),
    ]);
    const [won, lost] = loads[0].ok ? loads : [loads[1], loads[0]];
    expect(lost).toMatchObject({ error: { code: 'IDEMPOTENCY_MISMATCH' } });
    if (!won.ok) throw new Error(won.error.message);
    const expected = won === loads[0] ? expectedLines(a, 'a') : expectedLines(b, 'b');
    expect(await storedLines(bench, won.value.id)).toEqual(expected);
  });

  test('with two bodies: the second is refused before it writes a row', async () => {
    const given = people(2_500);
    const bodies = await Promise.all(
      ['a', 'b'].map((bodySha256) =>
        loadCampaign(bench, {
          list: said(given, bodySha256),
          spec: { ...spec('10654', { idempotencyKey: 'bodies' }), bodySha256 },
        }),
      ),
    );
    const won = bodies.findIndex((b) => b.ok);
    const [word, other] = won === 0 ? ['a', bodies[1]] : ['b', bodies[0]];
    const answer = bodies[won];
    expect(other).toMatchObject({ error: { code: 'IDEMPOTENCY_MISMATCH' } });
    if (!answer?.ok) throw new Error('neither won');
    expect(await storedLines(bench, answer.value.id)).toEqual(expectedLines(given, word));
  });

  test('behind one that stands still, the second waits up to 30 s and is told', async () => {
    const made = await bench.ledger.campaigns.create(spec('10654', { idempotencyKey: 'still' }));
    const campaignId = made.ok ? made.value.campaign.id : '';
    const me = { campaignId, loader: 'stands still' };
    await bench.ledger.intake.hold(me);
    let now = 0;
    const clock: Clock = {
      ...systemClock,
      now: () => now,
      async sleep(ms) {
        now += ms;
        await bench.ledger.intake.hold(me);
      },
    };
    const told: string[] = [];
    const second = await loadCampaign(
      { ledger: bench.ledger, clock },
      {
        list: list(people(1)),
        spec: spec('10654', { idempotencyKey: 'still' }),
        onWait: () => void told.push('waits'),
      },
    );
    expect(second).toMatchObject({ error: { code: 'CONFLICT' } });
    expect(now).toBeGreaterThanOrEqual(30_000);
    expect(now).toBeLessThan(30_500);
    expect(told).toEqual(['waits']);
  });

  test('a list that comes slowly keeps its hold by smaller batches', async () => {
    let now = 0;
    const given = people(6);
    const told: number[] = [];
    const slow: ListToLoad = {
      batches: (async function* each() {
        for (const line of given) {
          now += 3_000;
          yield [line];
        }
      })(),
      sha256: () => 'slow',
    };
    const loaded = await loadCampaign(
      { ledger: bench.ledger, clock: { ...systemClock, now: () => now } },
      { list: slow, spec: spec('10654'), onProgress: (p) => void told.push(p.lines) },
    );
    expect(loaded).toMatchObject({ value: { added: 6 } });
    expect(told).toEqual([2, 4, 6]);
  });
});

describe('a dry run', () => {
  test('is held by its load until its caller takes it back', async () => {
    const loaded = await loadCampaign(bench, {
      list: said(people(2), 'w'),
      spec: spec('10654'),
      dryRun: 'whole',
    });
    if (!loaded.ok) throw new Error(loaded.error.message);
    const { id: campaignId, state, takeBack } = loaded.value;
    expect(state).toBe('loading');
    await takeBack();
    expect(await bench.ledger.campaigns.get(campaignId)).toBeUndefined();
  });

  test('that breaks off leaves nothing either', async () => {
    const before = (await bench.ledger.campaigns.list({ limit: 1_000 })).length;
    const breaks = loadCampaign(bench, {
      list: said(people(1_500), 'w', 1_200),
      spec: spec('10654'),
      dryRun: 'whole',
    });
    await expect(breaks).rejects.toThrow('broke off');
    expect(await bench.ledger.campaigns.list({ limit: 1_000 })).toHaveLength(before);
  });
});
