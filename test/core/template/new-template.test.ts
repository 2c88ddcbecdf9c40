import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TEMPLATE_LANGUAGES } from '../../../src/core/template/languages.ts';
import { newTemplate, type TemplateDraft } from '../../../src/core/template/template.ts';

const DRAFT: TemplateDraft = {
  name: 'sample_cpr_template',
  language: 'en',
  category: 'UTILITY',
  body: 'We would like to call you to help support your order.',
  examples: [],
};

function messages(draft: Partial<TemplateDraft>): string[] {
  const result = newTemplate({ ...DRAFT, ...draft });
  return result.ok ? [] : result.error.map((p) => `${p.code} ${p.where}: ${p.message} ${p.next}`);
}

describe('newTemplate', () => {
  test('makes the body that Meta takes', () => {
    expect(newTemplate(DRAFT)).toEqual({
      ok: true,
      value: {
        name: 'sample_cpr_template',
        language: 'en',
        category: 'UTILITY',
        parameterFormat: 'positional',
        components: [
          { type: 'BODY', text: 'We would like to call you to help support your order.' },
          { type: 'call_permission_request' },
        ],
      },
    });
  });

  test.each(['utility', 'Utility', 'UTILITY'])('sends category %s in upper case', (category) => {
    expect(newTemplate({ ...DRAFT, category })).toMatchObject({ value: { category: 'UTILITY' } });
    expect(newTemplate({ ...DRAFT, category: 'Marketing' })).toMatchObject({
      value: { category: 'MARKETING' },
    });
  });

  test('gives positional examples, header first', () => {
    const result = newTemplate({
      ...DRAFT,
      header: 'Order {{1}}',
      footer: 'Reply stop to opt out',
      body: 'Hello {{1}}, we would like to call you about {{2}} today.',
      examples: ['A-17', 'Ann', 'your order'],
    });
    expect(result).toMatchObject({
      ok: true,
      value: {
        components: [
          {
            type: 'HEADER',
            format: 'TEXT',
            text: 'Order {{1}}',
            example: { header_text: ['A-17'] },
          },
          { type: 'BODY', example: { body_text: [['Ann', 'your order']] } },
          { type: 'FOOTER', text: 'Reply stop to opt out' },
          { type: 'call_permission_request' },
        ],
      },
    });
  });

  test.each([
    ['as name=value in any order', ['order=A-17', 'first_name=Ann']],
    ['as plain values in order', ['Ann', 'A-17']],
  ])('takes examples of named variables %s', (_how, examples) => {
    const result = newTemplate({
      ...DRAFT,
      body: 'Hello {{first_name}}, may we call you about order {{order}} today?',
      examples,
    });
    expect(result).toMatchObject({
      ok: true,
      value: {
        parameterFormat: 'named',
        components: [
          {
            type: 'BODY',
            example: {
              body_text_named_params: [
                { param_name: 'first_name', example: 'Ann' },
                { param_name: 'order', example: 'A-17' },
              ],
            },
          },
          { type: 'call_permission_request' },
        ],
      },
    });
  });

  test.each<[string, Partial<TemplateDraft>, RegExp]>([
    ['an empty name', { name: '' }, /name: The template has no name.*--name/],
    [
      'a name with capitals',
      { name: 'My Template' },
      /name: The name "My Template".*"my_template"/,
    ],
    ['a name of 513 characters', { name: 'a'.repeat(513) }, /513 characters; Meta takes 512/],
    ['an unknown language', { language: 'xx' }, /language: "xx" is no language code/],
    ['a hyphen in the language', { language: 'en-us' }, /Did you mean "en_US"/],
    ['another category', { category: 'AUTHENTICATION' }, /category: "AUTHENTICATION".*UTILITY/],
    ['an empty body', { body: ' ' }, /body: The body is empty/],
    ['a body of 1,025 characters', { body: 'x'.repeat(1_025) }, /1025 characters; Meta takes 1024/],
    ['a header of 61 characters', { header: 'x'.repeat(61) }, /header: The header has 61/],
    ['a footer of 61 characters', { footer: 'x'.repeat(61) }, /footer: The footer has 61/],
    ['a variable in the footer', { footer: 'by {{1}} only' }, /footer: The footer has a variable/],
    [
      'two variables in the header',
      { header: 'a {{1}} b {{2}} c', examples: ['a', 'b'] },
      /header has 2 variables; Meta takes one/,
    ],
    ['a line break in the header', { header: 'a\nb' }, /line break or formatting/],
    ['bold in the header', { header: 'a *b* c' }, /line break or formatting/],
    [
      'a variable at the start',
      { body: '{{1}}, may we call you?', examples: ['A'] },
      /begins with \{\{1\}\}.*2388299/,
    ],
    [
      'a variable at the end',
      { body: 'May we call you {{1}}', examples: ['A'] },
      /ends with \{\{1\}\}.*2388299/,
    ],
    [
      'adjacent variables',
      { body: 'May we call you {{1}} {{2}} about this order?', examples: ['A', 'B'] },
      /\{\{1\}\} and \{\{2\}\} stand side by side/,
    ],
    [
      'too many variables',
      { body: 'Hi {{1}}!', examples: ['A'] },
      /1 variables in 2 words.*2388293/,
    ],
    [
      'a number left out',
      { body: 'Hello {{1}} and {{3}}, may we call you?', examples: ['a', 'b'] },
      /uses \{\{3\}\} where \{\{2\}\} is due/,
    ],
    [
      'numbers from 0',
      { body: 'Hello {{0}}, may we call you?', examples: ['a'] },
      /uses \{\{0\}\} where \{\{1\}\} is due/,
    ],
    [
      'mixed variables',
      { body: 'Hello {{1}}, may we call {{name}} now?', examples: ['a', 'b'] },
      /mixes numbered and named/,
    ],
    [
      'mixing header and body',
      { header: 'Order {{1}} it is', body: 'Hello {{name}}, may we call you?' },
      /mixes numbered and named/,
    ],
    [
      'a name with capitals in braces',
      { body: 'Hello {{Name}}, may we call you?' },
      /\{\{Name\}\} is no variable/,
    ],
    ['a # in a variable', { body: 'Hello {{#1}}, may we call you?' }, /\{\{#1\}\} is no variable/],
    ['an empty variable', { body: 'Hello {{}}, may we call you?' }, /\{\{\}\} is no variable/],
    [
      'braces that do not close',
      { body: 'Hello {{1}, may we call you?' },
      /braces that form no variable/,
    ],
    [
      'a name used twice',
      { body: 'Hello {{n}}, may we call you, {{n}}, today?' },
      /\{\{n\}\} stands twice/,
    ],
    [
      'no example',
      { body: 'Hello {{1}}, may we call you?' },
      /example: Meta wants an example.*--example/,
    ],
    [
      'no example for a name',
      { body: 'Hello {{n}} and {{m}}, may we call you?', examples: ['n=A'] },
      /\{\{m\}\} has none.*--example "m=<text>"/,
    ],
    ['an example too many', { examples: ['Ann'] }, /1 examples are given for 0 variables/],
    [
      'an empty example',
      { body: 'Hello {{1}}, may we call you?', examples: [' '] },
      /Example 1 is empty/,
    ],
    [
      'an example of no variable',
      { body: 'Hello {{n}}, may we call you?', examples: ['n=A', 'x=B'] },
      /"x=B" names no variable/,
    ],
  ])('refuses %s', (_what, draft, expected) => {
    const found = messages(draft);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(expected);
    expect(found[0]).toMatch(/^TEMPLATE_INVALID /);
  });

  test.each<[Partial<TemplateDraft>, string, string, string]>([
    [{ name: '' }, 'name', 'The template has no name.', 'Give it one with --name.'],
    [
      { name: 'a'.repeat(513) },
      'name',
      'The name has 513 characters; Meta takes 512.',
      'Shorten it.',
    ],
    ...[
      ['My  Template', 'my_template'],
      ['order-2', 'order_2'],
      ['-order', '_order'],
      ['order!', 'order_'],
    ].map(([name, better]): [Partial<TemplateDraft>, string, string, string] => [
      { name: `${name}` },
      'name',
      `The name "${name}" holds more than lower-case letters, digits and underscores.`,
      `Take for example "${better}".`,
    ]),
    [
      { language: 'klingon' },
      'language',
      '"klingon" is no language code of Meta\'s templates.',
      'Use a code such as "en", "en_US" or "pt_BR".',
    ],
    [
      { language: 'en-us' },
      'language',
      '"en-us" is no language code of Meta\'s templates.',
      'Did you mean "en_US"?',
    ],
    ...['AUTHENTICATION', 'no utility', 'marketing of us', ''].map(
      (category): [Partial<TemplateDraft>, string, string, string] => [
        { category },
        'category',
        `"${category}" cannot be the category of a call permission request.`,
        "Use UTILITY (tied to the person's own order or request) or MARKETING.",
      ],
    ),
  ])('of %j it is said what is wrong, and what to do', (draft, where, message, next) => {
    expect(newTemplate({ ...DRAFT, ...draft })).toEqual({
      ok: false,
      error: [{ code: 'TEMPLATE_INVALID', message, where, next }],
    });
  });

  test('a name of 512 characters and a category between spaces are taken', () => {
    const made = newTemplate({ ...DRAFT, name: 'a'.repeat(512), category: ' \tmarketing  ' });
    expect(made.ok && made.value.category).toBe('MARKETING');
    expect(newTemplate({ ...DRAFT, category: '  Utility \n' })).toMatchObject({
      value: { category: 'UTILITY' },
    });
  });

  test('examples are not spoken of while the variables are wrong', () => {
    const mixed = newTemplate({ ...DRAFT, body: 'Hello {{1}}, may we call {{name}} now?' });
    expect(mixed.ok ? [] : mixed.error.map((p) => p.where)).toEqual(['body']);
    const both = newTemplate({ ...DRAFT, name: '', body: 'Hello {{1}}, may we call you?' });
    expect(both.ok ? [] : both.error.map((p) => p.where)).toEqual(['name']);
  });

  test('names every broken rule at once', () => {
    expect(messages({ name: 'A', language: 'x', category: 'y', body: '' })).toHaveLength(4);
  });

  test.each([...TEMPLATE_LANGUAGES])('takes language %s', (language) => {
    expect(newTemplate({ ...DRAFT, language }).ok).toBe(true);
  });

  test('never throws, whatever is typed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('{', '}', '1', '2', 'a', ' ', '=') }),
        (body) => {
          newTemplate({ ...DRAFT, body, header: body, examples: [body] });
        },
      ),
    );
  });
});
