/**
 * Text and numbers from outside, in a form that every store of ours takes. Postgres refuses NUL and
 * lone surrogates in `text` and codes beyond `int4`, and one value it refuses takes the whole batch
 * along; so each such value passes here, at the edge where an answer or a webhook is read.
 * What a value was before it was changed is kept beside it, escaped ({@link outsideRaw}).
 */
import { given } from './given.ts';
import type { StatusEvent } from './ports/evidence.ts';

/** The most characters of a text for people; Meta's own messages have some hundred. */
export const MESSAGE_CHARS = 4_000;
/** The most characters of an id: `biz_opaque_callback_data` has 512 at most (docs/meta.md, "Answers and errors"), a wamid some 60. */
export const ID_CHARS = 512;
/** The most characters of a status; `held_for_quality_assessment` has 27. */
export const STATUS_CHARS = 64;
/** The most bytes of a raw answer that are kept. An answer of Graph has a few hundred. */
const RAW_BYTES = 8_192;
/** The longest wait a server may ask for, ms: a day. Meta's own windows are an hour. */
const WAIT_MS = 86_400_000;
const INT4 = 2 ** 31;
/** ASCII without control characters: nothing in it is to be changed. */
const PRINTABLE = /^[ -~]*$/;

/** `text` without NUL and lone surrogates (they become U+FFFD), cut to `most` characters. */
export function outsideText(text: string, most: number): string {
  // As a rule, and cheaper than to look for what is not there.
  if (text.length <= most && PRINTABLE.test(text)) return text;
  const whole = text.replaceAll('\u0000', '\ufffd').replace(/\p{Surrogate}/gu, '\ufffd');
  if (whole.length <= most) return whole;
  // A pair that the cut would split goes as a whole.
  return `${whole.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * An id as it stood; `undefined` where it would have to be changed, or was by reading (bytes that are no
 * UTF-8 read as U+FFFD), for then it names nothing.
 */
export function outsideId(text: string): string | undefined {
  return outsideText(text, ID_CHARS) === text && !text.includes('\ufffd') ? text : undefined;
}

/** True for a whole number that fits `int4`. */
export function isInt4(value: number): boolean {
  return Number.isInteger(value) && value >= -INT4 && value < INT4;
}

/** A wait that a server asks for, ms: from nothing to a day. */
export function outsideWaitMs(ms: number): number {
  return Math.min(WAIT_MS, Math.max(0, ms));
}

/**
 * An answer as it came, for evidence: control characters and lone surrogates as `\uXXXX`, cut to
 * 8 kB. Secrets are to be taken out before.
 */
export function outsideRaw(text: string): string {
  const escaped = text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the pattern finds
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const bytes = Buffer.from(escaped);
  if (bytes.length <= RAW_BYTES) return escaped;
  // What the cut leaves of a character reads as U+FFFD, 3 bytes for 1 to 3.
  return `${bytes
    .subarray(0, RAW_BYTES - 3)
    .toString()
    .replace(/\ufffd$/, '')}…`;
}

/** A status webhook with all its texts and numbers in a form that the ledger takes. */
export function outsideStatus(event: StatusEvent): StatusEvent {
  const { request, fence, wamid, waId, error, ...rest } = event;
  const id = wamid === undefined ? undefined : outsideId(wamid);
  const isOurs = /^\d{1,18}$/.test(request ?? '') && isInt4(fence ?? 0);
  return {
    ...rest,
    ...(isOurs && request !== undefined ? { request } : {}),
    ...(isOurs && fence !== undefined ? { fence } : {}),
    ...given({ wamid: id }),
    ...(waId !== undefined && isWaId(waId) ? { waId } : {}),
    ...given({ error: error === undefined ? undefined : outsideError(error) }),
  };
}

/** True for the digits of a `wa_id`; longer ones are no phone number and no person of ours. */
export function isWaId(text: string): boolean {
  return /^\d{5,20}$/.test(text);
}

/** Code and message of a refusal; a code that does not fit is -1, and its digits stand in the message. */
export function outsideError(error: { readonly code: number; readonly message: string }): {
  readonly code: number;
  readonly message: string;
} {
  if (isInt4(error.code)) {
    return { code: error.code, message: outsideText(error.message, MESSAGE_CHARS) };
  }
  const digits = ` (code ${error.code})`;
  return { code: -1, message: outsideText(error.message, MESSAGE_CHARS - digits.length) + digits };
}
