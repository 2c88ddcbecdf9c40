/**
 * The shape of a send, before anything is looked up: what Meta refuses with 100, 131008 or 131009.
 * Reading for the record is tolerant, checking is strict: also a hopeless body is
 * booked with as much as can be read of it.
 */
import type { PostedParameter } from './record.ts';
import { type Refusal, refuse } from './sim-errors.ts';
import { isUserId } from './webhooks/user-id.ts';

type Json = Readonly<Record<string, unknown>>;

/** What could be read of a body. */
export interface Envelope {
  readonly body: Json;
  readonly to: string | null;
  /** A user id; where `to` is given as well, that one counts. */
  readonly recipient: string | null;
  readonly callbackData: string | null;
  readonly template: string | null;
  readonly language: string | null;
  readonly components: readonly Json[];
  readonly parameters: readonly PostedParameter[];
}

const TYPES: ReadonlySet<unknown> = new Set(
  'audio contacts document image interactive location reaction sticker template text video'.split(
    ' ',
  ),
);
const TEMPLATE_KEYS: ReadonlySet<string> = new Set(['name', 'language', 'components', 'namespace']);
const COMPONENT_TYPES: ReadonlySet<unknown> = new Set(['header', 'body', 'button']);

/** Reads what can be read. */
export function readEnvelope(body: Json): Envelope {
  const template = objectOf(body.template);
  const components = listOf(template.components).map(objectOf);
  return {
    body,
    to: textOf(body.to),
    recipient: body.to === undefined ? textOf(body.recipient) : null,
    callbackData: textOf(body.biz_opaque_callback_data),
    template: textOf(template.name),
    language: textOf(objectOf(template.language).code),
    components,
    parameters: components.flatMap((component) =>
      listOf(component.parameters).map((entry) => readParameter(component, objectOf(entry))),
    ),
  };
}

/** Why the shape is refused, or `undefined`. */
export function checkShape(envelope: Envelope): Refusal | undefined {
  const { body } = envelope;
  if (body.messaging_product === undefined) return required('messaging_product');
  if (body.messaging_product !== 'whatsapp') return oneOf('messaging_product', 'whatsapp');
  const recipientType = body.recipient_type ?? 'individual';
  if (recipientType === 'group') return refuse(131041);
  if (recipientType !== 'individual') return oneOf('recipient_type', 'individual, group');
  const nobody = checkRecipient(envelope);
  if (nobody !== undefined) return nobody;
  const callback = body.biz_opaque_callback_data;
  if (callback !== undefined && (typeof callback !== 'string' || callback.length > 512)) {
    return refuse(100, undefined, {
      message: 'Param biz_opaque_callback_data must be a string of at most 512 characters',
    });
  }
  const type = body.type ?? 'text';
  if (!TYPES.has(type)) return oneOf('type', [...TYPES].join(', '));
  if (type !== 'template') {
    // Nobody here ever wrote to the business, so no customer service window is open.
    return refuse(131047, 'More than 24 hours have passed since the customer last replied.');
  }
  return checkTemplateShape(envelope);
}

function checkRecipient({ body, to, recipient }: Envelope): Refusal | undefined {
  if (recipient !== null) {
    return isUserId(recipient)
      ? undefined
      : refuse(131009, 'The recipient is not a valid business-scoped user ID.');
  }
  if (body.to === undefined) return required('to');
  if (to === null) return refuse(100, undefined, { message: 'Param to must be a string' });
  // Meta takes +, hyphens, brackets and spaces; E.164 has 15 digits at most.
  return /^\+?[1-9]\d{6,14}$/.test(to.replace(/[\s()-]/g, ''))
    ? undefined
    : refuse(131009, 'The recipient is not a valid phone number.');
}

function checkTemplateShape({ body, ...envelope }: Envelope): Refusal | undefined {
  if (!isObject(body.template)) return required('template');
  const template = body.template;
  if (envelope.template === null) return required("template['name']");
  const language = template.language;
  if (!isObject(language)) return required("template['language']");
  if (envelope.language === null) return required("template['language']['code']");
  if (language.policy !== undefined && language.policy !== 'deterministic') {
    return oneOf("template['language']['policy']", 'deterministic');
  }
  const unexpected = Object.keys(template).find((key) => !TEMPLATE_KEYS.has(key));
  if (unexpected !== undefined) {
    return refuse(100, undefined, {
      message: `Unexpected key "${unexpected}" on param "template".`,
    });
  }
  if (template.components !== undefined && !Array.isArray(template.components)) {
    return refuse(100, undefined, { message: "Param template['components'] must be an array." });
  }
  for (const [index, component] of envelope.components.entries()) {
    const at = `template['components'][${index}]`;
    if (!COMPONENT_TYPES.has(component.type)) return oneOf(`${at}['type']`, 'header, body, button');
    if (component.parameters !== undefined && !Array.isArray(component.parameters)) {
      return refuse(100, undefined, { message: `Param ${at}['parameters'] must be an array.` });
    }
    if (component.type === 'button' && component.sub_type === undefined) {
      return refuse(131008, 'Component of type button is missing sub_type.');
    }
  }
  return undefined;
}

function required(name: string): Refusal {
  return refuse(100, undefined, { message: `The parameter ${name} is required.` });
}

function oneOf(name: string, allowed: string): Refusal {
  return refuse(100, undefined, { message: `Param ${name} must be one of {${allowed}}` });
}

function readParameter(component: Json, entry: Json): PostedParameter {
  const name = textOf(entry.parameter_name);
  const text = textOf(entry.text);
  return {
    component: textOf(component.type) ?? '',
    ...(name === null ? {} : { name }),
    ...(text === null ? {} : { text }),
  };
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value if it is an object, else an empty one. */
export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** The value if it is an array, else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
