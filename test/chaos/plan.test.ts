import { describe, expect, it } from '@jest/globals';
import { readOptions } from '../../scripts/chaos/options.ts';
import { type Act, drawActs } from '../../scripts/chaos/plan.ts';

function take(n: number, seed: number, queue: 'redis' | 'postgres'): readonly Act[] {
  const acts = drawActs(seed, queue, 20_000);
  return Array.from({ length: n }, () => acts.next().value);
}

describe('the acts of a chaos run', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(take(50, 7, 'redis')).toEqual(take(50, 7, 'redis'));
    expect(take(50, 7, 'redis')).not.toEqual(take(50, 8, 'redis'));
  });

  it('hit everything there is, mostly senders, and no Redis where there is none', () => {
    const kinds = take(500, 1, 'redis').map((act) => act.kind);
    expect(new Set(kinds).size).toBe(7);
    expect(kinds.filter((kind) => kind === 'kill-sender').length).toBeGreaterThan(250);
    expect(take(500, 1, 'postgres').some((act) => act.kind === 'kill-redis')).toBe(false);
  });
});

describe('the options of a chaos run', () => {
  it('scale the list with the kills, so that the work lasts as long', () => {
    expect(readOptions(['--kills', '50'])).toMatchObject({ kills: 50, people: 5_000 });
  });

  it('are refused by name and value', () => {
    expect(readOptions(['--kills', 'many'])).toBe('Expected --kills to be a number, got "many".');
    expect(readOptions(['--queue', 'kafka'])).toMatch(
      /--queue to be redis or postgres, got "kafka"/,
    );
    expect(readOptions(['--loud'])).toMatch(/loud/);
  });
});
