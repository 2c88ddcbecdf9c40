/**
 * What Meta demands of the components of a template that is created or edited. Each
 * refusal is code 100 with Meta's own subcode where it has one.
 */
import { given } from '../core/given.ts';
import { type Refusal, refuse } from './sim-errors.ts';
import { isGapless, readVariables } from './template-text.ts';

/** One component as it was posted. */
export type PostedComponent = Readonly<Record<string, unknown>> & { readonly type: string };

/** What the rules need to know beside the components. */
export interface ComponentContext {
  readonly format: 'positional' | 'named';
  readonly category: string;
  readonly wordsPerVariable: number;
}

const FORMAT_SUBCODES = { HEADER: 2388047, BODY: 2388072, FOOTER: 2388073 } as const;
const MAX_LENGTHS = { HEADER: 60, BODY: 1024, FOOTER: 60 } as const;
type TextPart = keyof typeof MAX_LENGTHS;

/** Refuses a create or edit call in the way of the templates API. */
export function invalid(
  userMessage: string,
  subcode?: number,
  userTitle = 'Invalid parameter',
): Refusal {
  return refuse(100, undefined, {
    message: 'Invalid parameter',
    isTransient: false,
    userTitle,
    userMessage,
    ...given({ subcode }),
  });
}

/** Why these components are refused, or `undefined` if Meta would take them. */
export function checkComponents(input: unknown, context: ComponentContext): Refusal | undefined {
  if (!Array.isArray(input) || input.length === 0) return invalid('components must be a list.');
  const seen = new Set<string>();
  for (const component of input as unknown[]) {
    if (!isComponent(component)) return invalid('Each component must be an object with a type.');
    const type = component.type.toUpperCase();
    if (seen.has(type))
      return invalid(`There must be no more than one ${type} component.`, 2388072);
    seen.add(type);
    const refusal = checkComponent(type, component, context);
    if (refusal !== undefined) return refusal;
  }
  if (!seen.has('BODY')) return invalid('A BODY component is required.', 2388072);
  return undefined;
}

function isComponent(component: unknown): component is PostedComponent {
  return (
    typeof component === 'object' &&
    component !== null &&
    typeof (component as { type?: unknown }).type === 'string'
  );
}

function checkComponent(
  type: string,
  component: PostedComponent,
  context: ComponentContext,
): Refusal | undefined {
  switch (type) {
    case 'BODY':
    case 'FOOTER':
      return checkText(type, component, context);
    case 'HEADER':
      return checkHeader(component, context);
    case 'BUTTONS': {
      const buttons = component.buttons;
      if (!Array.isArray(buttons) || buttons.length === 0 || buttons.length > 10) {
        return invalid('BUTTONS must hold 1 to 10 buttons.');
      }
      return undefined;
    }
    case 'CALL_PERMISSION_REQUEST': {
      const extra = Object.keys(component).find((key) => key !== 'type');
      if (extra !== undefined) {
        return invalid(`Unexpected key "${extra}" on component call_permission_request.`);
      }
      if (context.category === 'AUTHENTICATION') {
        return invalid('call_permission_request is not available for AUTHENTICATION templates.');
      }
      return undefined;
    }
    default:
      return invalid(`Component type "${component.type}" is not supported.`);
  }
}

function checkHeader(component: PostedComponent, context: ComponentContext): Refusal | undefined {
  const format = component.format;
  if (format === 'TEXT') return checkText('HEADER', component, context);
  if (['IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION'].includes(String(format))) return undefined;
  return invalid('HEADER needs a format: TEXT, IMAGE, VIDEO, DOCUMENT or LOCATION.', 2388047);
}

function checkText(
  part: TextPart,
  component: PostedComponent,
  context: ComponentContext,
): Refusal | undefined {
  const text = component.text;
  const subcode = FORMAT_SUBCODES[part];
  if (typeof text !== 'string' || text.trim() === '') {
    return invalid(`${part} needs a text.`, subcode);
  }
  if ([...text].length > MAX_LENGTHS[part]) {
    return invalid(`${part} is longer than ${MAX_LENGTHS[part]} characters.`, 2388040);
  }
  const variables = readVariables(text, context.format);
  if (variables.malformed !== undefined) {
    return invalid(`${part} holds a variable that is not ${context.format}.`, subcode);
  }
  if (variables.names.length === 0) return undefined;
  if (part === 'FOOTER') return invalid('FOOTER must not hold variables.', subcode);
  if (part === 'HEADER') {
    if (variables.names.length > 1) return invalid('HEADER holds more than one variable.', subcode);
  } else {
    if (variables.atEdge) {
      return invalid('Variables must not be at the start or end of the template.', 2388299);
    }
    if (variables.words < context.wordsPerVariable * variables.names.length) {
      return invalid('There are too many variables for the length of the text.', 2388293);
    }
  }
  if (variables.adjacent) return invalid(`${part} holds variables side by side.`, subcode);
  if (context.format === 'positional' && !isGapless(variables.names)) {
    return invalid(`The variables of ${part} must be {{1}}, {{2}}, ... without gaps.`, subcode);
  }
  return hasExamples(part, component.example, variables.names, context.format)
    ? undefined
    : invalid(`${part} holds variables and needs an example for each of them.`, subcode);
}

function hasExamples(
  part: 'HEADER' | 'BODY',
  example: unknown,
  names: readonly string[],
  format: 'positional' | 'named',
): boolean {
  const key = part === 'BODY' ? 'body_text' : 'header_text';
  const fields = (example ?? {}) as Record<string, unknown>;
  if (format === 'named') {
    const given = fields[`${key}_named_params`];
    if (!Array.isArray(given)) return false;
    const entries = given as { param_name?: unknown; example?: unknown }[];
    return names.every((name) =>
      entries.some((entry) => entry?.param_name === name && isFilled(entry.example)),
    );
  }
  const given = fields[key];
  if (!Array.isArray(given)) return false;
  // Meta's component page shows a flat list as well as a list of lists.
  const values: unknown[] = Array.isArray(given[0]) ? given[0] : given;
  return values.length === names.length && values.every(isFilled);
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
