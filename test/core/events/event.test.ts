/** What subscribers are told: the schemas are those of docs/openapi.json, to the word. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { EVENT_SCHEMAS, eventSchema, eventTypeSchema } from '../../../src/core/events/event.ts';
import {
  EVENT_STATES,
  EVENT_TYPES,
  EVENTS_QUEUE,
  isEventType,
} from '../../../src/core/events/event-types.ts';

type Node = Readonly<Record<string, unknown>>;

const DOCUMENT = JSON.parse(
  readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
) as {
  readonly components: { readonly schemas: Readonly<Record<string, Node>> };
  readonly webhooks: Readonly<Record<string, { readonly post: Node }>>;
};

/** A schema as far as both say it in one way: where one refers to another, that one. */
function plain(node: Node, named: Readonly<Record<string, Node>>): Node {
  const { $ref, anyOf, type, properties, items, ...rest } = node;
  if (typeof $ref === 'string') return plain(named[$ref.replace(/^.*\//, '')] ?? {}, named);
  const ways = (Array.isArray(anyOf) ? anyOf : [node]) as readonly Node[];
  const types = ways.flatMap((way) => way.type ?? []).map(String);
  const { id: _id, $schema: _schema, ...said } = Object.assign({}, ...ways, rest) as Node;
  const inside = Object.assign({}, properties, ...ways.map((way) => way.properties)) as Node;
  return {
    ...said,
    ...{ type: types.sort().join(' '), items: items && plain(items as Node, named) },
    properties: Object.fromEntries(
      Object.entries(inside).map(([name, one]) => [name, plain(one as Node, named)]),
    ),
  };
}

describe('an event of each type', () => {
  test('has a schema, one by itself and as one of all', () => {
    expect(Object.keys(EVENT_SCHEMAS)).toEqual(EVENT_TYPES);
    expect(eventSchema.options).toEqual(Object.values(EVENT_SCHEMAS));
    expect(eventTypeSchema.options).toEqual(EVENT_TYPES);
  });

  test.each(EVENT_TYPES)('is what docs/openapi.json says of it: %s', (type) => {
    const { id, description } = z.globalRegistry.get(EVENT_SCHEMAS[type]) ?? {};
    const { summary, requestBody } = DOCUMENT.webhooks[type]?.post ?? {};
    expect(description).toBe(summary);
    expect(requestBody).toMatchObject({
      content: { 'application/json': { schema: { $ref: `#/components/schemas/${id}` } } },
    });
    const made = z.toJSONSchema(EVENT_SCHEMAS[type]) as Node;
    const { schemas } = DOCUMENT.components;
    expect(plain(made, made.$defs as typeof schemas)).toEqual(
      plain(schemas[`${id}`] ?? {}, schemas),
    );
    const data = `${type[0]?.toUpperCase()}${type.slice(1, type.indexOf('.'))}EventData`;
    expect(Object.keys(made.$defs ?? {})).toEqual([id, data]);
  });
});

test('a text is a type of an event, or none', () => {
  expect(EVENT_TYPES.every(isEventType)).toBe(true);
  expect(['', 'request', 'Request.read', 'toString'].some(isEventType)).toBe(false);
});

test('who is told by a queue, or asks how far an event is, knows these names', () => {
  expect(EVENTS_QUEUE).toBe('callpermit-events');
  expect(EVENT_STATES).toEqual(['pending', 'delivered', 'dead']);
});
