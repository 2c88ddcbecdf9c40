/**
 * Phone numbers inside free text, as we write them (`+16505551234`) and as Meta does (without the
 * plus). Digits alone do not say what they are, so the rule is by what no phone number can be.
 */
import { maskPhone } from '../core/people/mask-phone.ts';

/**
 * Words to leave whole, tried first: message ids, UUIDs, ISO times, and digits that a word before
 * them names (`campaign 1234567`).
 */
const NOT_NUMBERS = [
  String.raw`wamid\.[\w+/=-]+`,
  String.raw`\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b`,
  String.raw`\b\d{4}-\d\d-\d\dT[\d:.]+Z?`,
  String.raw`\b(?:campaign|request|row|sender|job|feed|pid|process|code)\s+#?\d+(?:\.\d+)?\b`,
  // A claim (`<request>.<fence>`), a job (`<request>-<feed>`), a queue.
  String.raw`\b\d+[.-]\d{1,4}\b(?![.-]?\d)`,
  String.raw`\bcallpermit-\d+\b`,
];

/** E.164 has 15 digits at most; the shortest numbers that Meta knows have 7. */
const NUMBER = String.raw`\+\d{7,15}(?!\d)|(?<![\w.])\d{7,15}(?!\w)`;

const WORDS = new RegExp(`(${NOT_NUMBERS.join('|')})|${NUMBER}`, 'g');

/**
 * Masks every phone number in a text; ids and times stay.
 *
 * @param ids digits that are known to be ids
 */
export function maskNumbers(text: string, ids: ReadonlySet<string>): string {
  return text.replace(WORDS, (word, kept: string | undefined) =>
    kept !== undefined || ids.has(word) || isId(word) ? word : maskPhone(word),
  );
}

/**
 * Numbers of country code 1 have eleven digits, always (North American Numbering Plan); Meta's ids
 * (15 digits) and times since 1970 in s or ms (10 or 13 until 2033) begin with 1 and have not.
 */
function isId(word: string): boolean {
  return word.startsWith('1') && word.length !== 11;
}
