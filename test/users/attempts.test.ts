/** How often somebody may be wrong: by address, by name, and all together. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { attempts } from '../../src/users/attempts.ts';

const MINUTE = 60_000;

function bench() {
  let now = 0;
  const all = attempts(() => now);
  /** A try through all rules: it, or in how many ms there is another. */
  const tried = (p: { name: string; address: string; known?: boolean }) => {
    const attempt = all.begin(p.address);
    if ('waitMs' in attempt) return attempt;
    const heldUp = attempt.takeOf({ name: p.name, isKnownAddress: p.known ?? false });
    if (heldUp === undefined) return attempt;
    attempt.giveBack();
    return heldUp;
  };
  return {
    /** How many of so many tries at once are let through; each was wrong. */
    wrong: (n: number, p: { name?: string; address?: (i: number) => string; known?: boolean }) => {
      const { name = 'ann', address = () => '192.0.2.1', known = false } = p;
      const tries = Array.from({ length: n }, (_, i) =>
        tried({ name, address: address(i), known }),
      );
      return tries.filter((one) => !('waitMs' in one)).length;
    },
    all,
    tried,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('an address has ten, and then four a minute', () => {
  const { wrong, pass } = bench();
  expect(wrong(1_000, {})).toBe(10);
  pass(MINUTE);
  expect(wrong(1_000, {})).toBe(4);
  pass(60 * MINUTE);
  expect(wrong(1_000, {})).toBe(10);
});

test('who is refused is told when, and is let through then', () => {
  const { wrong, all, pass } = bench();
  wrong(10, {});
  const refused = all.begin('192.0.2.1');
  const waitMs = 'waitMs' in refused ? refused.waitMs : 0;
  expect(waitMs).toBeGreaterThan(0);
  pass(waitMs - 1);
  expect(all.begin('192.0.2.1')).toHaveProperty('waitMs');
  pass(2);
  expect(all.begin('192.0.2.1')).not.toHaveProperty('waitMs');
});

test('an address has no more than ten tries before anybody knows whose names they are', () => {
  const { all, wrong } = bench();
  const begun = Array.from({ length: 1_000 }, () => all.begin('192.0.2.1'));
  const tries = begun.flatMap((one) => ('waitMs' in one ? [] : [one]));
  expect(tries).toHaveLength(10);
  for (const one of tries) one.giveBack();
  // Once, however often it is said.
  for (const one of tries) one.giveBack();
  expect(wrong(1_000, {})).toBe(10);
});

test('a thousand by one address leave the name to all others', () => {
  const { wrong } = bench();
  wrong(1_000, {});
  expect(wrong(5, { address: () => '198.51.100.7' })).toBe(5);
});

test('a name has thirty over all addresses, but not for an address of its user', () => {
  const { wrong, pass } = bench();
  const botnet = (i: number) => `10.0.${i >> 8}.${i & 255}`;
  expect(wrong(1_000, { address: botnet })).toBe(30);
  expect(wrong(1, { address: () => '198.51.100.7' })).toBe(0);
  expect(wrong(1, { address: () => '198.51.100.7', known: true })).toBe(1);
  expect(wrong(1, { name: 'bob', address: () => '198.51.100.8' })).toBe(1);
  pass(MINUTE / 6);
  expect(wrong(5, { name: 'ANN', address: (i) => `203.0.113.${i}` })).toBe(1);
});

test('all together have 300 and then 30 a minute, but for addresses of users', () => {
  const { wrong, tried, pass } = bench();
  const many = (n: number) =>
    Array.from({ length: n }, (_, i) =>
      tried({ name: `user${i}`, address: `10.1.${i >> 8}.${i & 255}` }),
    ).filter((one) => !('waitMs' in one)).length;
  expect(many(1_000)).toBe(300);
  expect(wrong(1, { name: 'x', known: true })).toBe(1);
  pass(MINUTE);
  expect(many(1_000)).toBe(30);
});

test('an IPv6 address stands for its network of 64 bits, and a mapped one is IPv4', () => {
  const { wrong } = bench();
  expect(wrong(100, { address: (i) => `2001:db8:0:1::${i.toString(16)}` })).toBe(10);
  expect(wrong(1, { address: () => '2001:DB8::1:0:0:0:7' })).toBe(0);
  expect(wrong(1, { address: () => '2001:db8:0:2::1' })).toBe(1);
  wrong(10, { address: () => '192.0.2.9', name: 'bob' });
  expect(wrong(1, { address: () => '::ffff:192.0.2.9', name: 'bob' })).toBe(0);
});

test('a try that was right costs nothing', () => {
  const { tried } = bench();
  for (let i = 0; i < 1_000; i += 1) {
    const attempt = tried({ name: 'ann', address: '192.0.2.1' });
    if ('waitMs' in attempt) throw new Error(`held up at try ${i}`);
    attempt.giveBack();
  }
});

test('however tries come, an address has no more than ten and four a minute', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20_000), { maxLength: 200 }), (gaps) => {
      const { wrong, pass } = bench();
      let let_ = 0;
      let elapsed = 0;
      for (const ms of gaps) {
        pass(ms);
        elapsed += ms;
        let_ += wrong(1, {});
      }
      expect(let_).toBeLessThanOrEqual(10 + (elapsed / MINUTE) * 4 + 1e-6);
    }),
  );
});

test('what is remembered is bounded, and who is held up is not forgotten by a flood of names', () => {
  const { all, tried, wrong } = bench();
  wrong(10, { address: () => '192.0.2.1' });
  for (let i = 0; i < 9_000; i += 1)
    tried({ name: `n${i}`, address: `10.${i >> 8}.${i & 255}.1`, known: true });
  expect(all.begin('192.0.2.1')).toHaveProperty('waitMs');
});
