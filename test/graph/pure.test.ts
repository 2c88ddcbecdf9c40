import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SendInput } from '../../src/core/graph.ts';
import { sendPayload } from '../../src/graph/payload.ts';
import { readRetryAfter } from '../../src/graph/reply.ts';
import { readUsage } from '../../src/graph/usage.ts';
import { INPUT } from './support.ts';

describe('sendPayload', () => {
  test('leaves components out where there are no parameters', () => {
    const template = JSON.parse(sendPayload({ ...INPUT, body: [] })).template;
    expect(template).toEqual({ name: 't', language: { code: 'en', policy: 'deterministic' } });
  });

  test('names a person by their user id where that stands for the number', () => {
    const body = JSON.parse(sendPayload({ ...INPUT, to: '+US.1349' }));
    expect(body).toMatchObject({ recipient: 'US.1349' });
    expect(body).not.toHaveProperty('to');
  });

  test('gives header before body, and names where the template has them', () => {
    const body = [
      { name: 'first', text: 'A' },
      { name: 'last', text: 'B' },
    ];
    const header = [{ text: 'H' }];
    expect(JSON.parse(sendPayload({ ...INPUT, header, body })).template.components).toEqual([
      { type: 'header', parameters: [{ type: 'text', text: 'H' }] },
      {
        type: 'body',
        parameters: [
          { type: 'text', parameter_name: 'first', text: 'A' },
          { type: 'text', parameter_name: 'last', text: 'B' },
        ],
      },
    ]);
  });
});

test('sendPayload is JSON of what it is given, whatever stands in it', () => {
  const text = fc.string({ unit: 'binary' });
  const parameters = fc.array(fc.record({ name: fc.option(text, { nil: undefined }), text }));
  const anything = fc.record({
    ...{ to: text, template: text, language: text, callbackData: text },
    ...{ header: parameters, body: parameters },
  });
  const componentsOf = (input: { header: readonly object[]; body: readonly object[] }) =>
    (['header', 'body'] as const).flatMap((type) => {
      const all = input[type].map((one) => {
        const { name, text: value } = one as { name?: string; text: string };
        return {
          type: 'text',
          ...(name === undefined ? {} : { parameter_name: name }),
          text: value,
        };
      });
      return all.length === 0 ? [] : [{ type, parameters: all }];
    });
  fc.assert(
    fc.property(anything, (given) => {
      const components = componentsOf(given);
      expect(sendPayload(given as SendInput)).toBe(
        JSON.stringify({
          messaging_product: 'whatsapp',
          recipient_type: 'individual',
          to: given.to,
          type: 'template',
          template: {
            name: given.template,
            language: { code: given.language, policy: 'deterministic' },
            ...(components.length === 0 ? {} : { components }),
          },
          biz_opaque_callback_data: given.callbackData,
        }),
      );
    }),
  );
});

describe('readUsage', () => {
  const buc = (entry: object): object => ({
    'x-business-use-case-usage': JSON.stringify({ 1: [entry] }),
  });
  test.each<[object, object | undefined]>([
    [{}, undefined],
    [{ 'x-app-usage': 'no json' }, undefined],
    [{ 'x-app-usage': '[]' }, undefined],
    [{ 'x-app-usage': '{"call_count":-1}' }, undefined],
    [{ 'x-app-usage': '{"call_count":12,"total_time":40}' }, { percent: 40 }],
    [buc({ total_cputime: 7, estimated_time_to_regain_access: 0 }), { percent: 7 }],
    [buc({ estimated_time_to_regain_access: '3' }), { percent: 100, regainAccessMs: 180_000 }],
    [{ ...buc({ call_count: 80 }), 'x-app-usage': '{"call_count":90}' }, { percent: 90 }],
  ])('%j', (headers, expected) => {
    expect(readUsage({ ...headers })).toEqual(expected);
  });

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.json(),
        (text) => void readUsage({ 'x-app-usage': text, 'x-business-use-case-usage': text }),
      ),
    );
  });
});

test.each<[object, number | undefined]>([
  [{}, undefined],
  [{ 'retry-after': '30' }, 30_000],
  [{ 'retry-after': '-1' }, undefined],
  [{ 'retry-after': 'soon' }, undefined],
  [
    { 'retry-after': 'Thu, 05 Nov 2026 10:00:30 GMT', date: 'Thu, 05 Nov 2026 10:00:00 GMT' },
    30_000,
  ],
  [{ 'retry-after': 'Thu, 05 Nov 2026 09:00:00 GMT', date: 'Thu, 05 Nov 2026 10:00:00 GMT' }, 0],
])('Retry-After of %j is %p ms', (headers, expected) => {
  expect(readRetryAfter({ ...headers })).toBe(expected);
});
