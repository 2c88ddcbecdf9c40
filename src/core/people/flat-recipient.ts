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
