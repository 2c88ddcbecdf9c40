/** Small rules of templates and their texts, each of which a slip in the code once would have broken unseen. */
import { describe, expect, test } from '@jest/globals';
import type { TemplateComponent } from '../../../src/core/graph.ts';
import { nearestLanguage, sameLanguage } from '../../../src/core/template/languages.ts';
import { newTemplate } from '../../../src/core/template/new-template.ts';
import { checkParameterText } from '../../../src/core/template/parameter-text.ts';
import { checkColumns } from '../../../src/core/template/template.ts';

describe('errors of spreadsheets', () => {
  test('are said to be the text, or to stand in it', () => {
    expect(checkParameterText('#N/A')?.message).toContain('the text is an error');
    expect(checkParameterText('Ann #N/A')?.message).toContain('the text has an error');
  });

  test.each(['“#REF”', '(#BEZUG)', '"Erreur :502"', 'Fehler:502 Ann'])('%s is one', (text) => {
    expect(checkParameterText(text)?.code).toBe('PARAMETER_SPREADSHEET_ERROR');
  });

  test.each(['#AD', '#LT', '#Valor', 'Greetings from #NV', 'Fehler:5021'])('%s is none', (text) => {
    expect(checkParameterText(text)).toBeUndefined();
  });
});

describe('a new template', () => {
  const made = (body: string, examples: readonly string[] = ['Ann']) =>
    newTemplate({ name: 't', language: 'en', category: 'UTILITY', body, examples });
  const refusals = (body: string, examples?: readonly string[]) => {
    const template = made(body, examples);
    return template.ok ? '' : template.error.map((problem) => problem.message).join(' ');
  };

  test('begins and ends with more than spaces around a variable', () => {
    expect(refusals(' {{1}}, may we call you?')).toContain('begins with {{1}}');
    expect(refusals('May we call you, dear {{1}} ')).toContain('ends with {{1}}');
  });

  test('may say a number twice, but a name once', () => {
    expect(refusals('Hello {{1}}, may we call you, {{1}}, about your order?')).toBe('');
    const named = 'Hello {{a}}, may we call you, {{a}}, about your order?';
    expect(refusals(named, ['A'])).toContain('{{a}} stands twice');
  });

  test.each(['Hello Ann}}, may we call?', 'Hello {{Ann, may we call?'])('%s', (body) => {
    expect(refusals(body, [])).toContain('braces that form no variable');
  });

  test.each(['สวัสดี{{1}}ครับ', 'こんにちは{{1}}さん', 'ສະບາຍດີ{{1}}ເຈົ້າ', '您好{{1}}先生'])(
    'in a script without spaces is not counted in words: %s',
    (body) => {
      expect(refusals(body)).toBe('');
    },
  );

  test('has one example for each name', () => {
    const body = 'Hello {{name}}, may we call you about {{order}} today?';
    expect(refusals(body, ['name=Ann', 'order=7'])).toBe('');
    expect(refusals(body, ['name=Ann', 'name=Bob'])).toContain('two examples for {{name}}');
  });

  test('in a language that is none is told the nearest one', () => {
    expect(['en us', 'EN-us', ' en_US '].every((code) => sameLanguage(code, 'en_US'))).toBe(true);
    expect(['de_XX', 'pt', 'klingon'].map(nearestLanguage)).toEqual(['de', 'pt_BR', undefined]);
  });
});

describe('the columns of a list', () => {
  const body = { type: 'BODY', text: 'Hello {{name}}, about {{order}}?' };
  const fitted = (components: readonly TemplateComponent[], columns: readonly string[]) =>
    checkColumns(
      { id: '1', name: 't', language: 'en', status: 'APPROVED', category: 'UTILITY', components },
      columns,
    );

  test('may call the variable of a named header "header"', () => {
    const header = { type: 'HEADER', format: 'TEXT', text: 'Dear {{title}}' };
    const filled = { header: ['header'], body: ['name', 'order'] };
    expect(fitted([header, body], ['name', 'order', 'header'])).toEqual({
      ok: true,
      value: filled,
    });
  });

  test('fill a template whose buttons have no variable', () => {
    const buttons = { type: 'BUTTONS', buttons: [{ type: 'URL', url: 'https://example.com' }] };
    expect(fitted([body, buttons], ['name', 'order'])).toMatchObject({ ok: true });
  });

  test.each([
    [['name', 'Order No'], '--map "Order No=order"'],
    [['name'], '--map "Column=order"'],
    [['name', 'order', 'x'], '--ignore-columns all'],
  ])('%j do not, and what to type is told', (columns, typed) => {
    const misfit = fitted([body], columns);
    expect(misfit.ok ? '' : misfit.error.next).toContain(typed);
  });
});
