/**
 * Recipients as programs like to write them, as flat as a line of a list: what the intake reads.
 * Anything that is not of these forms stays as it is, for the intake to refuse with row and reason.
 */

/** `{ to, notBefore, parameters: ['Ann'] }` becomes `{ to, not_before, 1: 'Ann' }`. */
export function flatRecipient(recipient: unknown): unknown {
  if (!isObject(recipient) || !NESTED.some((name) => name in recipient)) return recipient;
  const { parameters, notBefore, notAfter, ...flat } = recipient;
  // Parameters first: one that is named `to` must not send the message to somebody else.
  return {
    ...flatParameters(parameters),
    ...flat,
    ...(notBefore === undefined ? {} : { not_before: notBefore }),
    ...(notAfter === undefined ? {} : { not_after: notAfter }),
  };
}

/**
 * The name that stands in a recipient in two places with two values, as `1` in `{ 1: 'Ann', parameters: ['Bob'] }`.
 * Which of them was meant cannot be known.
 */
export function contradictionIn(recipient: unknown): string | undefined {
  if (!isObject(recipient) || !NESTED.some((name) => name in recipient)) return undefined;
  const { parameters, notBefore, notAfter, ...flat } = recipient;
  const others = [
    ...Object.entries(flatParameters(parameters)),
    ['not_before', notBefore],
    ['not_after', notAfter],
  ] as const;
  const found = others.find(
    ([name, value]) => Object.hasOwn(flat, name) && differ(flat[name], value),
  );
  return found?.[0];
}

function differ(a: unknown, b: unknown): boolean {
  const [left, right] = [a ?? undefined, b ?? undefined];
  return left !== undefined && right !== undefined && textOf(left) !== textOf(right);
}

function textOf(value: unknown): string {
  if (value instanceof Date) return String(value.getTime());
  const isPlain = typeof value === 'string' || typeof value === 'number';
  return isPlain ? String(value) : `${typeof value} ${String(value)}`;
}

/** Fields that a flat one does not have. */
const NESTED = ['parameters', 'notBefore', 'notAfter'];

function flatParameters(parameters: unknown): object {
  if (parameters === undefined) return {};
  if (Array.isArray(parameters)) {
    return Object.fromEntries(parameters.map((text, i) => [String(i + 1), text]));
  }
  return isObject(parameters) ? parameters : { parameters };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
