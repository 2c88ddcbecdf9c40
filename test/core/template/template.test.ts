import { describe, expect, test } from '@jest/globals';
import type { Template } from '../../../src/core/graph.ts';
import {
  checkColumns,
  hasCallPermissionComponent,
  templateVariables,
} from '../../../src/core/template/template.ts';

const template = (components: Template['components'], more: Partial<Template> = {}): Template => ({
  id: '1',
  name: 't',
  language: 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  components,
  ...more,
});

describe('templateVariables', () => {
  test('reads header and body, in whatever case the types are', () => {
    const t = template([
      { type: 'Header', format: 'TEXT', text: 'Order {{1}}' },
      { type: 'body', text: 'a {{2}} b {{1}} c {{1}}' },
    ]);
    expect(templateVariables(t)).toEqual({ format: 'positional', header: ['1'], body: ['1', '2'] });
  });

  test('puts numbers in order of size', () => {
    const text = Array.from({ length: 11 }, (_, i) => `x {{${11 - i}}}`).join(' ');
    expect(templateVariables(template([{ type: 'BODY', text }])).body.at(-1)).toBe('11');
  });

  test('tells named from positional by the names when the API does not', () => {
    const named = template([{ type: 'BODY', text: 'a {{n}} b {{m}}' }]);
    expect(templateVariables(named)).toEqual({ format: 'named', header: [], body: ['n', 'm'] });
    expect(templateVariables(template([])).format).toBe('positional');
    expect(templateVariables({ ...template([]), parameterFormat: 'named' }).format).toBe('named');
  });
});

test.each(['call_permission_request', 'CALL_PERMISSION_REQUEST'])(
  'a component of type %s asks for call permission',
  (type) => {
    expect(hasCallPermissionComponent(template([{ type: 'BODY', text: 'x' }, { type }]))).toBe(
      true,
    );
    expect(hasCallPermissionComponent(template([{ type: 'BODY', text: 'x' }]))).toBe(false);
  },
);

describe('checkColumns', () => {
  const body = { type: 'BODY', text: 'a {{1}} b {{2}} c' };
  const header = { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}' };
  const named = { type: 'BODY', text: 'a {{name}} b {{order}} c' };

  test.each<[string, Template['components'], string[], object]>([
    ['numbers', [body], ['2', '1'], { header: [], body: ['1', '2'] }],
    [
      'numbers and header',
      [header, body],
      ['1', '2', 'header'],
      { header: ['header'], body: ['1', '2'] },
    ],
    [
      'numbers and header_1',
      [header, body],
      ['1', '2', 'header_1'],
      { header: ['header_1'], body: ['1', '2'] },
    ],
    ['names', [named], ['order', 'name'], { header: [], body: ['name', 'order'] }],
    [
      'a name for both',
      [{ ...header, text: 'For {{name}}' }, named],
      ['order', 'name'],
      { header: ['name'], body: ['name', 'order'] },
    ],
    ['nothing', [{ type: 'BODY', text: 'x' }], [], { header: [], body: [] }],
  ])('accepts %s', (_what, components, columns, expected) => {
    expect(checkColumns(template(components), columns)).toEqual({ ok: true, value: expected });
  });

  test.each<[string, Template['components'], string[], RegExp]>([
    ['a column too few', [body], ['1'], /lacks "2"/],
    ['a column too many', [body], ['1', '2', '3'], /no variable for "3"/],
    ['names for numbers', [body], ['name', 'order'], /lacks "1", "2"; .* "name", "order"/],
    ['no header column', [header, body], ['1', '2'], /lacks "header"/],
    [
      'columns for a template without variables',
      [{ type: 'BODY', text: 'x' }],
      ['1'],
      /no variable for "1"/,
    ],
    [
      'a picture as header',
      [{ type: 'HEADER', format: 'IMAGE' }, body],
      ['1', '2'],
      /header of format IMAGE/,
    ],
    [
      'a button with a variable',
      [body, { type: 'BUTTONS', buttons: [{ type: 'URL', url: 'https://x/{{1}}' }] }],
      ['1', '2'],
      /button with a variable/,
    ],
  ])('refuses %s', (_what, components, columns, expected) => {
    const result = checkColumns(template(components), columns);
    expect(result).toMatchObject({ ok: false, error: { code: 'TEMPLATE_COLUMNS' } });
    expect(result.ok ? '' : result.error.message).toMatch(expected);
  });
});

describe('columns that do not fit', () => {
  const body = { type: 'BODY', text: 'a {{1}} b {{2}} c' };
  const head = 'The columns of the list do not fit template "t" (en): ';
  const exactly = 'Give the list exactly these parameter columns: "1", "2".';
  const named = ' Where a column goes by another name, say --map';
  const ignored = ' To leave out what no variable needs, say --ignore-columns all.';

  test.each<[string[], boolean, string, string]>([
    [['1'], false, 'the list lacks "2".', `${exactly}${named} "Column=2".`],
    [['1', '2', 'x'], false, 'the template has no variable for "x".', `${exactly}${ignored}`],
    [
      ['1', 'x', 'y'],
      false,
      'the list lacks "2"; the template has no variable for "x", "y".',
      `${exactly}${named} "x=2".${ignored}`,
    ],
    [['1', 'x'], true, 'the list lacks "2".', `${exactly}${named} "x=2".${ignored}`],
  ])(
    '%j, ignoring others %p: are told what is wrong, and what to type',
    (columns, ignore, wrong, next) => {
      expect(checkColumns(template([body]), columns, ignore)).toEqual({
        ok: false,
        error: { code: 'TEMPLATE_COLUMNS', message: `${head}${wrong}`, next },
      });
    },
  );

  test('of a template without variables are to be left out', () => {
    expect(checkColumns(template([{ type: 'BODY', text: 'x' }]), ['y'])).toMatchObject({
      error: {
        next: 'The template has no variables: leave these columns out, or say --ignore-columns all.',
      },
    });
  });

  test.each([
    [{ type: 'HEADER', format: 'image' }, 'has a header of format IMAGE.'],
    [{ type: 'BUTTONS', buttons: [{ url: 'https://x/{{1}}' }] }, 'has a button with a variable.'],
  ])('of %j are none at all', (part, why) => {
    expect(checkColumns(template([body, part]), ['1', '2'])).toMatchObject({
      error: {
        message: `Template "t" ${why}`,
        next: 'Use a template whose only variables stand in its body or in a text header.',
      },
    });
  });

  test.each([
    { type: 'BUTTONS' },
    { type: 'HEADER' },
    { type: 'BUTTONS', buttons: [{ text: 'x' }] },
  ])('of %j are those of its body', (part) => {
    expect(checkColumns(template([body, part]), ['1', '2']).ok).toBe(true);
  });
});
