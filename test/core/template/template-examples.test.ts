import { describe, expect, test } from '@jest/globals';
import { pairExamples } from '../../../src/core/template/template-examples.ts';

type Given = Partial<Parameters<typeof pairExamples>[0]>;

const pair = (p: Given) =>
  pairExamples({ format: 'positional', header: [], body: [], given: [], ...p });

describe('examples in order', () => {
  test.each<[Given, object]>([
    [{}, { header: {}, body: {} }],
    [
      { body: ['1', '2'], given: ['Ann', 'a=b'] },
      { header: {}, body: { example: { body_text: [['Ann', 'a=b']] } } },
    ],
    [
      { header: ['1'], given: ['A-17'] },
      { header: { example: { header_text: ['A-17'] } }, body: {} },
    ],
    [
      { header: ['1'], body: ['1'], given: ['A-17', 'Ann'] },
      {
        header: { example: { header_text: ['A-17'] } },
        body: { example: { body_text: [['Ann']] } },
      },
    ],
    [
      { format: 'named', body: ['name', 'order'], given: ['Ann', 'x=A-17'] },
      {
        header: {},
        body: {
          example: {
            body_text_named_params: [
              { param_name: 'name', example: 'Ann' },
              { param_name: 'order', example: 'x=A-17' },
            ],
          },
        },
      },
    ],
  ])('%j', (p, value) => {
    expect(pair(p)).toEqual({ ok: true, value });
  });
});

describe('examples by name', () => {
  test('one that header and body have in common is given once', () => {
    const given = ['name= Ann = Bob ', ' order =7'];
    expect(pair({ format: 'named', header: ['name'], body: ['order', 'name'], given })).toEqual({
      ok: true,
      value: {
        header: {
          example: { header_text_named_params: [{ param_name: 'name', example: 'Ann = Bob' }] },
        },
        body: {
          example: {
            body_text_named_params: [
              { param_name: 'order', example: '7' },
              { param_name: 'name', example: 'Ann = Bob' },
            ],
          },
        },
      },
    });
  });

  test('no variable, no block', () => {
    const blocks = pair({ format: 'named', header: ['a'], given: ['a=1'] });
    expect(blocks.ok && blocks.value.body).toEqual({});
    const others = pair({ format: 'named', body: ['a'], given: ['a=1'] });
    expect(others.ok && others.value.header).toEqual({});
  });
});

describe('what is wrong with examples is said, and what to do', () => {
  const [body, named] = [
    ['1', '2'],
    ['name', 'order'],
  ];
  test.each<[Given, ...string[]]>([
    [{ body, given: ['Ann', ' '] }, 'Example 2 is empty. Give it a text.'],
    [
      { body, given: ['a', 'b', 'c'] },
      '3 examples are given for 2 variables. Leave the others out.',
    ],
    [
      { body: ['1'], given: ['a', 'b'] },
      '2 examples are given for 1 variable. Leave the others out.',
    ],
    [{ given: ['a'] }, '1 examples are given for 0 variables. Leave the others out.'],
    [
      { body, given: ['Ann'] },
      'Meta wants an example for each variable, and {{2}} has none. Add --example "<text for {{2}}>".',
    ],
    [
      { header: ['1'], body, given: [] },
      `Meta wants an example for each variable, and the header's {{1}}, {{1}}, {{2}} have none. Add --example "<text for the header's {{1}}>" --example "<text for {{1}}>" --example "<text for {{2}}>" (header first, then body).`,
    ],
    [
      { header: ['1'], body: ['1'], given: ['A-17'] },
      'Meta wants an example for each variable, and {{1}} has none. Add --example "<text for {{1}}>" (header first, then body).',
    ],
    [
      { format: 'named', body: named, given: ['name=Ann'] },
      'Meta wants an example for each variable, and {{order}} has none. Add --example "order=<text>".',
    ],
    [
      { format: 'named', body: [...named, 'day'], given: ['name=Ann'] },
      'Meta wants an example for each variable, and {{order}}, {{day}} have none. Add --example "order=<text>" --example "day=<text>".',
    ],
    [
      { format: 'named', body: named, given: ['name=Ann', 'x=1', 'Bob'] },
      'The example "x=1" names no variable of the template. Write name=value with name, order.',
      'The example "Bob" names no variable of the template. Write name=value with name, order.',
    ],
    [
      { format: 'named', body: named, given: ['name=Ann', 'name=Bob', 'order='] },
      'There are two examples for {{name}}. Leave one out.',
      'The example for {{order}} is empty. Give it a text.',
    ],
    [
      { body: ['name'], given: ['name=Ann', 'order=7'] },
      '2 examples are given for 1 variable. Leave the others out.',
    ],
  ])('%j', (p, ...lines) => {
    const paired = pair(p);
    expect(paired.ok ? [] : paired.error).toEqual(
      lines.map((line) => {
        const [, message, next] = /^(.*?\.) ((?:Give|Leave|Add|Write).*)$/.exec(line) ?? [];
        return { code: 'TEMPLATE_INVALID', message, next, where: 'example' };
      }),
    );
  });
});
