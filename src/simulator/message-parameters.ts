/** Whether the parameters of a send fit its template: 132000 to 132018. */
import { type Envelope, listOf, objectOf } from './message-shape.ts';
import { type Refusal, refuse } from './sim-errors.ts';
import type { StoredTemplate } from './template-store.ts';
import { hydrate, readVariables } from './template-text.ts';

type Json = Readonly<Record<string, unknown>>;

/** A text with its variables filled in: 32,768 with a body alone, else 1,024, as Meta takes. */
const MAX_BODY_ALONE = 32_768;
const MAX_BODY = 1024;
const MAX_HEADER = 60;

/** Why the template cannot be sent as it stands, or `undefined`. */
export function checkTemplateStatus(
  template: StoredTemplate | undefined,
  envelope: Envelope,
): Refusal | undefined {
  const where = `template name (${envelope.template}) does not exist in ${envelope.language}`;
  if (template === undefined) return refuse(132001, where);
  switch (template.status) {
    case 'APPROVED':
      return undefined;
    case 'PAUSED':
      return refuse(132015, 'The template is paused because of its quality.');
    case 'DISABLED':
      return refuse(132016, 'The template was paused too often and is disabled for good.');
    default:
      return refuse(132001, `${where} or is not approved (${template.status})`);
  }
}

/** Why the parameters are refused, or `undefined`. */
export function checkParameters(template: StoredTemplate, envelope: Envelope): Refusal | undefined {
  return checkPart(template, envelope, 'header') ?? checkPart(template, envelope, 'body');
}

function checkPart(
  template: StoredTemplate,
  envelope: Envelope,
  part: 'header' | 'body',
): Refusal | undefined {
  const component = template.components.find((c) => c.type.toLowerCase() === part);
  const sent = envelope.components.filter((c) => c.type === part);
  const given = sent.flatMap((c) => listOf(c.parameters)).map(objectOf);
  if (part === 'header' && component !== undefined && component.format !== 'TEXT') {
    return given.length === 1 ? undefined : wrongCount(part, given.length, 1);
  }
  const text = typeof component?.text === 'string' ? component.text : '';
  const { names } = readVariables(text, template.parameterFormat);
  if (given.length !== names.length) return wrongCount(part, given.length, names.length);

  const values = new Map<string, string>();
  for (const [index, parameter] of given.entries()) {
    const named = checkName(template, part, parameter, names);
    if (named !== undefined) return named;
    const value = readValue(parameter);
    if (typeof value !== 'string') return value;
    values.set(String(parameter.parameter_name ?? names[index]), value);
  }
  if (values.size !== names.length) {
    return refuse(132018, `${part}: a parameter_name is given twice.`);
  }
  if (names.length === 0) return undefined;
  const alone = template.components.every((c) =>
    ['body', 'call_permission_request'].includes(c.type.toLowerCase()),
  );
  const most = part === 'header' ? MAX_HEADER : alone ? MAX_BODY_ALONE : MAX_BODY;
  const { length } = hydrate(text, values);
  return length > most
    ? refuse(
        132005,
        `${part}: the text has ${length} characters with its parameters, ${most} are allowed`,
      )
    : undefined;
}

function checkName(
  template: StoredTemplate,
  part: string,
  parameter: Json,
  names: readonly string[],
): Refusal | undefined {
  const name = parameter.parameter_name;
  if (template.parameterFormat === 'named') {
    if (typeof name !== 'string') {
      return refuse(
        132012,
        `${part}: the template is NAMED and each parameter needs a parameter_name`,
      );
    }
    return names.includes(name)
      ? undefined
      : refuse(132018, `${part}: the template has no parameter of the name ${name}`);
  }
  return name === undefined
    ? undefined
    : refuse(132018, `${part}: the template is POSITIONAL and takes no parameter_name`);
}

/** The text Meta would fill in; `currency` and `date_time` always show their fallback. */
function readValue(parameter: Json): string | Refusal {
  const type = parameter.type;
  if (type === 'currency' || type === 'date_time') {
    const fallback = (parameter[type] as Json | undefined)?.fallback_value;
    return typeof fallback === 'string'
      ? fallback
      : refuse(131008, `${type} needs a fallback_value`);
  }
  if (type !== 'text') {
    return refuse(132012, `A parameter of type ${String(type)} does not fit a text.`);
  }
  const text = parameter.text;
  if (text === undefined) return refuse(131008, 'Parameter of type text is missing text value');
  if (typeof text !== 'string')
    return refuse(100, undefined, { message: 'Param text must be a string' });
  if (text.trim() === '') {
    return refuse(100, 'Parameter of type text must not be empty');
  }
  if (/[\n\r\t]| {5,}/.test(text)) {
    return refuse(
      132018,
      'Param text cannot have new-line/tab characters or more than 4 consecutive spaces',
    );
  }
  return text;
}

function wrongCount(part: string, given: number, expected: number): Refusal {
  return refuse(
    132000,
    `${part}: number of localizable_params (${given}) does not match the expected number of params (${expected})`,
  );
}
