import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ReadDelivery, Update } from '../../src/core/webhook/update.ts';
import { readDelivery } from '../../src/webhook/read-delivery.ts';
import { ADA, type Change, delivery, payloads, RECEIVED, readOf, value } from './support.ts';

const CHANGES: readonly Change[] = [
  'messages',
  'statuses',
  'calls',
  'templates',
  'account',
].flatMap((file) => [...payloads(file).values()]);
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** What a store would not take, or what should be absent; `undefined` where all is well. */
function problemIn(part: unknown): string | undefined {
  if (typeof part === 'string') {
    return part.includes('\0') || /\p{Surrogate}/u.test(part) ? `text ${part}` : undefined;
  }
  if (typeof part === 'number') return Number.isInteger(part) ? undefined : `number ${part}`;
  if (part instanceof Date) {
    return part.getTime() >= 0 && part.getTime() <= LAST ? undefined : `time ${part.getTime()}`;
  }
  if (typeof part !== 'object' || part === null) return undefined;
  for (const [key, inner] of Object.entries(part)) {
    const problem = inner === undefined ? `${key} is undefined` : problemIn(inner);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Everything of a delivery is in a form that every store takes. */
function expectTaken(read: ReadDelivery): void {
  const words = [...read.unknown.keys(), ...read.fields];
  expect({
    updates: problemIn(read.updates),
    together: problemIn(read.together),
    person: words.find((word) => /\d{5}|Ada/.test(word)),
    isBounded: read.unknown.size <= 200,
  }).toEqual({ isBounded: true });
}

/** What may stand anywhere instead of what is expected. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('', '\u0000', '\ud83d', '1e999', '9'.repeat(40), 2 ** 53, -1, 1e300, 'US.7'),
  fc.constantFrom('15550100777', 15550100777, 'call', 'group', 'accept', 'terminate'),
);

/** One change of a tree of JSON: where (by a share of its places), and what. */
type Mutation =
  | { readonly at: number; readonly how: 'delete' | 'double' | 'swap' }
  | { readonly at: number; readonly how: 'set'; readonly to: unknown };
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    how: fc.constantFrom('delete' as const, 'double' as const, 'swap' as const),
  }),
  fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    how: fc.constant('set' as const),
    to: anything,
  }),
);

type Node = Record<string, unknown>;

function placesIn(tree: unknown): (readonly [Node, string])[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const node = tree as Node;
  return Object.keys(node).flatMap((key) => [[node, key] as const, ...placesIn(node[key])]);
}

/** The other type of the same value: a string for a number, a list for an object. */
function swapped(part: unknown): unknown {
  if (typeof part === 'string') return Number.isFinite(Number(part)) ? Number(part) : [part];
  if (typeof part === 'number') return String(part);
  return Array.isArray(part) ? { ...part } : [part];
}

function mutate(tree: unknown, mutations: readonly Mutation[]): void {
  for (const one of mutations) {
    const places = placesIn(tree);
    const place = places[Math.floor(one.at * places.length)];
    if (place === undefined) return;
    const [node, key] = place;
    if (one.how === 'set') node[key] = structuredClone(one.to);
    else if (one.how === 'delete') delete node[key];
    else if (one.how === 'double') node[`${key}_too`] = structuredClone(node[key]);
    else node[key] = swapped(node[key]);
  }
}

test('any JSON is read, and any text', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (json) => expectTaken(readOf(json))),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => expectTaken(readDelivery(text, RECEIVED))),
  );
});

test('any value in any field is read', () => {
  const names = [
    ...new Set(
      CHANGES.flatMap(({ field, value: json }) => [String(field), ...Object.keys(json as object)]),
    ),
  ];
  const part = fc.dictionary(fc.constantFrom(...names, 'type', 'id', 'event', 'status'), anything);
  const inner = fc.dictionary(fc.constantFrom(...names), fc.oneof(anything, part, fc.array(part)));
  fc.assert(
    fc.property(fc.constantFrom(...names), inner, fc.boolean(), (field, json, isWhole) => {
      expectTaken(readOf(delivery([{ field, value: isWhole ? value(json) : json }])));
    }),
    { numRuns: 1000 },
  );
});

test('good deliveries with keys deleted and types swapped are read', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...CHANGES), { minLength: 1, maxLength: 3 }),
      fc.array(mutation, { minLength: 1, maxLength: 6 }),
      (changes, mutations) => {
        const body = structuredClone(delivery(changes, { time: 1795000000 }));
        mutate(body, mutations);
        expectTaken(readOf(body));
      },
    ),
    { numRuns: 2000 },
  );
});

const isGood = (update: Update) =>
  update.kind === 'status' && update.wamid === 'wamid.GOOD' && update.who.waId === ADA.waId;
const STATUS = {
  id: 'wamid.GOOD',
  status: 'sent',
  timestamp: '1795000001',
  recipient_id: ADA.waId,
};

test('a good update beside a broken one is always read', () => {
  const broken = fc
    .tuple(fc.constantFrom(...CHANGES), fc.array(mutation, { maxLength: 6 }))
    .map(([change, mutations]) => {
      const copy = structuredClone({ change });
      mutate(copy, mutations);
      return copy.change;
    });
  const good = { field: 'messages', value: value({ statuses: [STATUS] }) };
  fc.assert(
    fc.property(fc.array(broken, { maxLength: 3 }), fc.array(broken, { maxLength: 3 }), (a, b) => {
      expect(readOf(delivery([...a, good, ...b])).updates.filter(isGood)).toHaveLength(1);
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(fc.array(anything), fc.array(anything), anything, (a, b, contacts) => {
      const parts = { statuses: [...a, STATUS, ...b], contacts };
      const { updates } = readOf(delivery([{ field: 'messages', value: value(parts) }]));
      expect(updates.filter(isGood)).toHaveLength(1);
      // Nothing is lost: each part is an update, or kept.
      expect(updates).toHaveLength(a.length + b.length + 1);
    }),
    { numRuns: 1000 },
  );
});

test('numbers and texts are the same to all that is read', () => {
  const texts = (json: unknown): unknown =>
    JSON.parse(JSON.stringify(json), (_, part) => (typeof part === 'number' ? String(part) : part));
  const numbers = (json: unknown): unknown =>
    JSON.parse(JSON.stringify(json), (_, part) =>
      typeof part === 'string' && /^[1-9]\d{3,14}$/.test(part) ? Number(part) : part,
    );
  for (const change of CHANGES) {
    const read = readOf(delivery([change], { time: 1795000000 }));
    expect(readOf(texts(delivery([change], { time: 1795000000 })))).toEqual(read);
    expect(readOf(numbers(delivery([change], { time: 1795000000 })))).toEqual(read);
  }
});
