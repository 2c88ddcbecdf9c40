/**
 * The rules for header, body and footer texts of a new template: lengths, variables,
 * and where they may stand. Lengths are counted in characters as people see them, not UTF-16 units.
 */
import { type Problem, problem } from '../problem.ts';
import { isPosition, namesOf, type Variable, variablesOf } from './variables.ts';

/** The texts of a template. */
export interface TemplateTexts {
  readonly body: string;
  readonly header?: string;
  readonly footer?: string;
}

/** Longest texts, in characters. Third parties report 550 for some bodies: that is Meta's to refuse. */
const MAX_LENGTH = { body: 1_024, header: 60, footer: 60 } as const;

type Part = keyof typeof MAX_LENGTH;

/** Numbered or named; `undefined` when both are there. No variables at all is positional, Meta's default. */
export function formatOf(names: readonly string[]): 'positional' | 'named' | undefined {
  if (names.every(isPosition)) return 'positional';
  return names.some(isPosition) ? undefined : 'named';
}

/** Every rule that the texts break. */
export function checkText(texts: TemplateTexts): Problem[] {
  const parts = (['header', 'body', 'footer'] as const).flatMap((part) => {
    const text = texts[part];
    return text === undefined ? [] : [{ part, text }];
  });
  const problems = parts.flatMap(({ part, text }) => checkPart(part, text));
  const names = parts.flatMap(({ text }) => namesOf(text));
  if (formatOf(names) === undefined) {
    problems.push(
      invalid(
        'body',
        `The template mixes numbered and named variables (${braces(names)}).`,
        'Use either {{1}}, {{2}}, ... or names throughout.',
      ),
    );
  }
  return problems;
}

function checkPart(part: Part, text: string): Problem[] {
  const length = [...text].length;
  const max = MAX_LENGTH[part];
  const variables = variablesOf(text);
  const own = { header: checkHeader, body: checkBody, footer: checkFooter }[part];
  return [
    ...(text.trim() === '' ? [invalid(part, `The ${part} is empty.`, 'Give it a text.')] : []),
    ...(length > max
      ? [invalid(part, `The ${part} has ${length} characters; Meta takes ${max}.`, 'Shorten it.')]
      : []),
    ...checkNames(part, text, variables),
    ...own(text, variables),
  ];
}

function checkNames(part: Part, text: string, variables: readonly Variable[]): Problem[] {
  const problems: Problem[] = [];
  const outside = variables.reduceRight((t, v) => t.slice(0, v.start) + t.slice(v.end), text);
  if (outside.includes('{{') || outside.includes('}}')) {
    problems.push(
      invalid(
        part,
        `The ${part} has braces that form no variable.`,
        'Write {{1}} or {{first_name}}.',
      ),
    );
  }
  const names = variables.map((v) => v.name);
  for (const name of new Set(names)) {
    if (isPosition(name) || /^[a-z][a-z0-9_]*$/.test(name)) continue;
    problems.push(
      invalid(
        part,
        `{{${name}}} is no variable: Meta takes numbers, or names of lower-case letters, digits and underscores.`,
        'Write {{1}} or {{first_name}}.',
      ),
    );
  }
  const positions = namesOf(text).filter(isPosition).map(Number);
  const gap = positions.findIndex((position, index) => position !== index + 1);
  if (gap !== -1) {
    problems.push(
      invalid(
        part,
        `The ${part} uses {{${positions[gap]}}} where {{${gap + 1}}} is due: numbers start at 1 and leave no gap.`,
        'Number the variables {{1}}, {{2}}, ... again.',
      ),
    );
  }
  const twice = names.find((name, index) => !isPosition(name) && names.indexOf(name) !== index);
  if (twice !== undefined) {
    problems.push(
      invalid(
        part,
        `{{${twice}}} stands twice in the ${part}; names must be unique.`,
        'Rename one.',
      ),
    );
  }
  return problems;
}

function checkHeader(text: string, variables: readonly Variable[]): Problem[] {
  return [
    ...(variables.length > 1
      ? [
          invalid(
            'header',
            `The header has ${variables.length} variables; Meta takes one.`,
            'Move the others to the body.',
          ),
        ]
      : []),
    ...(/[\r\n*~`]|(^|\s)_[^\s_][^_]*_(\s|$)/.test(text)
      ? [
          invalid(
            'header',
            'The header holds a line break or formatting (*, ~, `, _text_); Meta takes plain text.',
            'Move it to the body.',
          ),
        ]
      : []),
  ];
}

function checkFooter(_text: string, variables: readonly Variable[]): Problem[] {
  return variables.length === 0
    ? []
    : [
        invalid(
          'footer',
          'The footer has a variable; Meta takes none there.',
          'Move it to the body.',
        ),
      ];
}

function checkBody(text: string, variables: readonly Variable[]): Problem[] {
  const problems: Problem[] = [];
  const first = variables[0];
  const last = variables.at(-1);
  if (first === undefined || last === undefined) return problems;
  if (text.slice(0, first.start).trim() === '') {
    problems.push(
      invalid(
        'body',
        `The body begins with {{${first.name}}}; Meta refuses that (2388299).`,
        'Put a word before it.',
      ),
    );
  }
  if (text.slice(last.end).trim() === '') {
    problems.push(
      invalid(
        'body',
        `The body ends with {{${last.name}}}; Meta refuses that (2388299).`,
        'Put a word or a full stop after it.',
      ),
    );
  }
  variables.forEach((variable, index) => {
    const next = variables[index + 1];
    if (next === undefined || text.slice(variable.end, next.start).trim() !== '') return;
    problems.push(
      invalid(
        'body',
        `{{${variable.name}}} and {{${next.name}}} stand side by side; Meta refuses that.`,
        'Put a word between them, or make one variable of them.',
      ),
    );
  });
  // Meta publishes no figure; providers report 2n + 1 words for n variables. Variables are counted
  // as words here, so that nothing is refused that Meta might take.
  const words = text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  const needed = 2 * variables.length + 1;
  if (
    words < needed &&
    !/[\p{Script=Han}\p{Script=Thai}\p{Script=Hiragana}\p{Script=Lao}]/u.test(text)
  ) {
    problems.push(
      invalid(
        'body',
        `The body has ${variables.length} variables in ${words} words; Meta refuses too many for the length (2388293).`,
        `Write at least ${needed} words, or use fewer variables.`,
      ),
    );
  }
  return problems;
}

function braces(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `{{${name}}}`).join(', ');
}

function invalid(where: Part, message: string, next: string): Problem {
  return problem('TEMPLATE_INVALID', message, { where, next });
}
