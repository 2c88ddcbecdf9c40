/** A template that is being written, and what Meta would refuse of it: by the rules that the API checks it by. */
import { newTemplate } from '../../../core/template/new-template.ts';
import { isPosition, namesOf } from '../../../core/template/variables.ts';
import type { Schema } from '../../api/client.ts';
import { texts } from '../../texts.ts';

/** What somebody has typed. */
export interface Draft {
  readonly name: string;
  readonly language: string;
  readonly category: string;
  readonly header: string;
  readonly body: string;
  readonly footer: string;
  /** By the names of the variables. */
  readonly examples: Readonly<Record<string, string>>;
}

/** What is wrong, and where. */
export interface Fault {
  /** A field of the draft, or `example NAME`. */
  readonly where: string;
  readonly message: string;
}

/** All that is wrong. */
export function faultsOf(draft: Draft): readonly Fault[] {
  const { header, footer, examples, ...own } = draft;
  const names = namesIn(draft);
  const made = newTemplate({
    ...own,
    ...(header === '' ? {} : { header }),
    ...(footer === '' ? {} : { footer }),
    // Said of each by itself below.
    examples: examplesOf(draft).map((text) => (text.trim() === '' ? 'x' : text)),
  });
  const missing = names
    .filter((name) => (examples[name] ?? '').trim() === '')
    .map((name) => ({ where: `example ${name}`, message: texts.newTemplate.exampleMissing }));
  if (made.ok) return missing;
  const broken = made.error.map(({ where = 'body', message, next = '' }) => ({
    where,
    // What is said to people at a command line is no advice here.
    message: next.includes('--') ? message : `${message} ${next}`,
  }));
  return [...broken, ...missing];
}

/** The body of the call. */
export function toBody(draft: Draft): Schema<'NewTemplate'> {
  const { header, footer, examples: _, ...own } = draft;
  const names = namesIn(draft);
  const isNamed = names.some((name) => !isPosition(name));
  const examples = isNamed
    ? Object.fromEntries(names.map((name) => [name, draft.examples[name] ?? '']))
    : [...examplesOf(draft)];
  return {
    ...own,
    ...(header === '' ? {} : { header }),
    ...(footer === '' ? {} : { footer }),
    ...(names.length === 0 ? {} : { examples }),
  };
}

/** In the order in which they are given: of numbers those of the header first; of names each once. */
function examplesOf({ header, body, examples }: Draft): readonly string[] {
  const all = [...namesOf(header), ...namesOf(body)];
  const names = all.every(isPosition) ? all : [...new Set(all)];
  return names.map((name) => examples[name] ?? '');
}

function namesIn({ header, body }: Draft): readonly string[] {
  return [...new Set([...namesOf(header), ...namesOf(body)])];
}
