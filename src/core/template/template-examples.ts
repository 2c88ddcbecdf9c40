/**
 * The `example` block that Meta demands as soon as there is a variable, made of the
 * examples a person gave.
 */
import { type Problem, problem } from '../problem.ts';
import { err, ok, type Result } from '../result.ts';

/** The fields to merge into the HEADER and BODY components; empty where there is no variable. */
export interface ExampleBlocks {
  readonly header: { readonly example?: object };
  readonly body: { readonly example?: object };
}

/** Pairs `given` with the variables: header first, then body; named ones also as `name=value`. */
export function pairExamples(p: {
  readonly format: 'positional' | 'named';
  readonly header: readonly string[];
  readonly body: readonly string[];
  readonly given: readonly string[];
}): Result<ExampleBlocks, readonly Problem[]> {
  const slots =
    p.format === 'named'
      ? [...new Set([...p.header, ...p.body])]
      : [...p.header.map((n) => `header ${n}`), ...p.body];
  const values =
    p.format === 'named' && p.given.some((e) => nameIn(e, slots) !== undefined)
      ? byName(slots, p.given)
      : inOrder(slots, p.given);
  if (!values.ok) return values;
  const exampleOf = (slot: string): string => values.value.get(slot) ?? '';
  if (p.format === 'named') {
    const named = (names: readonly string[]): object[] =>
      names.map((name) => ({ param_name: name, example: exampleOf(name) }));
    return ok({
      header:
        p.header.length === 0 ? {} : { example: { header_text_named_params: named(p.header) } },
      body: p.body.length === 0 ? {} : { example: { body_text_named_params: named(p.body) } },
    });
  }
  return ok({
    header:
      p.header.length === 0
        ? {}
        : { example: { header_text: p.header.map((n) => exampleOf(`header ${n}`)) } },
    body: p.body.length === 0 ? {} : { example: { body_text: [p.body.map(exampleOf)] } },
  });
}

function inOrder(
  slots: readonly string[],
  given: readonly string[],
): Result<ReadonlyMap<string, string>, readonly Problem[]> {
  const empty = given.findIndex((example) => example.trim() === '');
  if (empty !== -1) return err([invalid(`Example ${empty + 1} is empty.`, 'Give it a text.')]);
  if (given.length === slots.length) {
    return ok(new Map(slots.map((slot, index) => [slot, given[index] ?? ''])));
  }
  if (given.length > slots.length) {
    return err([
      invalid(
        `${given.length} examples are given for ${slots.length} ${variables(slots.length)}.`,
        'Leave the others out.',
      ),
    ]);
  }
  const missing = slots.slice(given.length);
  return err([
    invalid(
      `Meta wants an example for each variable, and ${missing.map(shown).join(', ')} ${missing.length === 1 ? 'has' : 'have'} none.`,
      `Add ${missing.map((slot) => `--example "<text for ${shown(slot)}>"`).join(' ')}${slots.some((s) => s.startsWith('header ')) ? ' (header first, then body)' : ''}.`,
    ),
  ]);
}

function byName(
  slots: readonly string[],
  given: readonly string[],
): Result<ReadonlyMap<string, string>, readonly Problem[]> {
  const problems: Problem[] = [];
  const values = new Map<string, string>();
  for (const example of given) {
    const name = nameIn(example, slots);
    const value = example.slice(example.indexOf('=') + 1).trim();
    if (name === undefined) {
      problems.push(
        invalid(
          `The example "${example}" names no variable of the template.`,
          `Write name=value with ${slots.join(', ')}.`,
        ),
      );
    } else if (values.has(name)) {
      problems.push(invalid(`There are two examples for {{${name}}}.`, 'Leave one out.'));
    } else if (value === '') {
      problems.push(invalid(`The example for {{${name}}} is empty.`, 'Give it a text.'));
    } else {
      values.set(name, value);
    }
  }
  const missing = slots.filter((slot) => !values.has(slot));
  if (missing.length > 0 && problems.length === 0) {
    problems.push(
      invalid(
        `Meta wants an example for each variable, and ${missing.map(shown).join(', ')} ${missing.length === 1 ? 'has' : 'have'} none.`,
        `Add ${missing.map((slot) => `--example "${slot}=<text>"`).join(' ')}.`,
      ),
    );
  }
  return problems.length > 0 ? err(problems) : ok(values);
}

function nameIn(example: string, slots: readonly string[]): string | undefined {
  const at = example.indexOf('=');
  const name = at === -1 ? undefined : example.slice(0, at).trim();
  return slots.find((slot) => slot === name);
}

function shown(slot: string): string {
  return slot.startsWith('header ') ? `the header's {{${slot.slice(7)}}}` : `{{${slot}}}`;
}

function variables(count: number): string {
  return count === 1 ? 'variable' : 'variables';
}

function invalid(message: string, next: string): Problem {
  return problem('TEMPLATE_INVALID', message, { where: 'example', next });
}
