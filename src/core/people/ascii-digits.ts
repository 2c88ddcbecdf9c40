/** Digits and the plus as some keyboards write them, full-width, in ASCII. */

const FULL_WIDTH = /[\uff0b\uff10-\uff19]/g;
const APART = 0xfee0;

/** The text with each full-width digit, and plus, as the one of ASCII. */
export function asciiDigits(text: string): string {
  return text.replace(FULL_WIDTH, (char) => String.fromCharCode(char.charCodeAt(0) - APART));
}

/** Digits as they may stand full-width in JSON: as they are, and escaped in either case. */
export function fullWidthForms(digits: string): readonly string[] {
  const wide = [...digits].map((digit) => digit.charCodeAt(0) + APART);
  const escaped = (hex: (text: string) => string) =>
    wide.map((code) => `\\u${hex(code.toString(16))}`).join('');
  return [
    String.fromCharCode(...wide),
    escaped((text) => text),
    escaped((text) => text.toUpperCase()),
  ];
}
