/**
 * Words of a delivery that are counted: names of fields and keys, values that are not known. They are shown and kept,
 * so nothing in them may be of a person: what might be is `other`.
 */

/** `text` where it is the name of a field, or of a kind of message: small letters. */
export function nameWord(text: unknown): string {
  return isHarmless(text) && /^[a-z0-9_.-]{1,64}$/.test(text) ? text : 'other';
}

/** `text` where it is a key or a value from a list of Meta's, in letters of either kind. */
export function valueWord(text: unknown): string {
  return isHarmless(text) && /^[A-Za-z0-9_.-]{1,64}$/.test(text) ? text : 'other';
}

// Neither a phone number or an id, nor a business-scoped user id (`US.1349`).
function isHarmless(text: unknown): text is string {
  return typeof text === 'string' && !/\d{5}|^[A-Z]{2}\./.test(text);
}
