import { describe, expect, it } from '@jest/globals';
import { drawListTroubles, LIST_TROUBLES } from '../../scripts/chaos/load.ts';
import { readOptions, spelled } from '../../scripts/chaos/options.ts';
import {
  ACT_KINDS,
  ACTS,
  type Act,
  type ActKind,
  drawActs,
  drawEnds,
  isKill,
  type PlanSetup,
} from '../../scripts/chaos/plan.ts';
import { createRandom } from '../../src/simulator/prng.ts';

const LONG_MS = 20_000;

function take(n: number, p: Partial<PlanSetup> = {}, draw = drawActs): readonly Act[] {
  const acts = draw({ seed: 1, queue: 'redis', webhooks: true, longMs: LONG_MS, ...p });
  return Array.from({ length: n }, () => acts.next().value);
}

const kindsOf = (acts: readonly Act[]) => new Set(acts.map((act) => act.kind));

describe('the acts of a chaos run', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(take(50, { seed: 7 })).toEqual(take(50, { seed: 7 }));
    expect(take(50, { seed: 7 })).not.toEqual(take(50, { seed: 8 }));
  });

  it.each(ACT_KINDS)('draw %s, for as long as it may last', (kind) => {
    const drawn = take(5_000).filter((act) => act.kind === kind);
    const sort: { lasts: readonly [number, number]; canOutlastLease?: true } = ACTS[kind];
    const [from, to] = sort.lasts;
    expect(drawn.length).toBeGreaterThan(10);
    const long = drawn.filter(({ forMs }) => forMs < from || forMs > to);
    expect(long.every(({ forMs }) => forMs === LONG_MS)).toBe(true);
    expect(long.length > 0).toBe(sort.canOutlastLease === true);
  });

  it('are kills about every second time, mostly of senders', () => {
    const kinds = take(1_000).map((act) => act.kind);
    const kills = kinds.filter(isKill);
    expect(kills.length).toBeGreaterThan(400);
    expect(kills.filter((kind) => kind === 'kill-sender').length).toBeGreaterThan(250);
  });

  it('hit no Redis where there is none', () => {
    const kinds = [...kindsOf([...take(5_000, { queue: 'postgres' })])];
    expect(kinds.filter((kind) => kind.includes('redis'))).toEqual([]);
    expect(kinds).toHaveLength(ACT_KINDS.filter((kind) => !kind.includes('redis')).length);
  });

  it('are those that are asked for, with kills where there is none among them', () => {
    const only = new Set<ActKind>(['read-only', 'cut-backends']);
    expect(kindsOf(take(200, { only }))).toEqual(new Set([...only, 'kill-sender']));
    const killing = new Set<ActKind>(['kill-api']);
    expect(kindsOf(take(50, { only: killing }))).toEqual(killing);
  });
});

describe('what is done at the ends of lists', () => {
  it('begins with something that drops connections, then something that refuses', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const [first, second] = take(2, { seed }, drawEnds);
      expect(first?.kind).toMatch(/^(restart-postgres-\w+|cut-backends|kill-postgres)$/);
      expect(second?.kind).toMatch(/^(read-only|rename-\w+|reject-host|refuse-connections)$/);
    }
  });

  it('is what is asked for, or a kill', () => {
    const only = new Set<ActKind>(['rotate-password']);
    expect(kindsOf(take(20, { only }, drawEnds))).toEqual(only);
    const none = new Set<ActKind>(['wipe-queue']);
    expect(kindsOf(take(20, { only: none }, drawEnds))).toEqual(new Set(['kill-sender']));
  });
});

describe('what goes wrong with lists', () => {
  it('is everything with the first, those that must not be taken first, in either order', () => {
    const orders = Array.from({ length: 20 }, (_, seed) =>
      drawListTroubles(createRandom(seed), true),
    );
    expect(new Set(orders.map(String))).toEqual(
      new Set(['cut-off,broken,killed,raced', 'broken,cut-off,killed,raced']),
    );
    for (const order of orders) expect([...order].sort()).toEqual([...LIST_TROUBLES].sort());
  });

  it.each([...LIST_TROUBLES, undefined])('is one thing, or nothing, with others: %s', (trouble) => {
    const random = createRandom(1);
    const drawn = Array.from({ length: 200 }, () => drawListTroubles(random, false));
    expect(drawn.every((troubles) => troubles.length <= 1)).toBe(true);
    expect(drawn.some(([only]) => only === trouble)).toBe(true);
  });
});

describe('the options of a chaos run', () => {
  it('scale the lists with the kills, so that the work lasts as long', () => {
    expect(readOptions(['--kills', '50'])).toMatchObject({ kills: 50, people: 7_500, ends: 8 });
  });

  it('are spelled so that they can be typed again', () => {
    const args = '--kills 3 --queue postgres --people 9 --seed 5 --rate 60 --senders 2 --numbers 4';
    const more = '--postgres 15 --ends 2 --policy hold --settle 7 --only poison,read-only';
    const line = `${args} ${more} --lift-pair-limit`;
    const options = readOptions(line.split(' '));
    if (typeof options === 'string') throw new Error(options);
    expect(spelled(options)).toBe(line);
    expect(readOptions(spelled(options).split(' '))).toEqual(options);
  });

  it('are refused by name and value', () => {
    expect(readOptions(['--kills', 'many'])).toBe('Expected --kills to be a number, got "many".');
    expect(readOptions(['--queue', 'kafka'])).toMatch(
      /--queue to be redis or postgres, got "kafka"/,
    );
    expect(readOptions(['--postgres', '9'])).toMatch(/--postgres to be 15 or 16 or 17 or 18/);
    expect(readOptions(['--only', 'poison,rain'])).toMatch(/got "rain"/);
    expect(readOptions(['--loud'])).toMatch(/loud/);
  });
});
