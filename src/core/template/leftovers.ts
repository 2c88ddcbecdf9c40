/**
 * What programs leave behind where a text should stand. Greeting somebody "Hello #N/A" or "Hello {{1}}" cannot be taken
 * back, so texts that no person writes are refused; those that somebody may be called by (Mr. Null) are only
 * warned of (`doubtful.ts`).
 */
import { isFormula, spreadsheetErrorIn } from './spreadsheet-errors.ts';

/** Why a text cannot be a parameter: a fixed code for programs, a reason for people. */
export interface TextFailure {
  readonly code: string;
  readonly message: string;
}

/** Says what a text was left behind by, or `undefined` where it is a text that somebody may have written. */
export function checkLeftover(text: string): TextFailure | undefined {
  if (!SIGNS.test(text) && !FIRST_WORDS.test(text)) return undefined;
  // Full-width signs are signs, and what nobody sees does not make another text.
  const whole = text.normalize('NFKC').replace(UNSEEN, '').trim();
  const error = spreadsheetErrorIn(whole);
  if (error !== undefined) {
    return {
      code: 'PARAMETER_SPREADSHEET_ERROR',
      message: `the text ${error === whole ? 'is' : 'has'} an error of a spreadsheet (${shown(error)}); correct the formula, or write what was meant`,
    };
  }
  if (isFormula(whole)) {
    return {
      code: 'PARAMETER_SPREADSHEET_ERROR',
      message: `the text is a formula (${shown(whole)}), not what it comes to; save the list with the values`,
    };
  }
  if (/^#+$/.test(whole)) {
    return {
      code: 'PARAMETER_SPREADSHEET_ERROR',
      message:
        'a spreadsheet shows # where the column is too narrow; make it wider and save the list again',
    };
  }
  if (PROGRAM_WORDS.test(whole) || NOTHING.test(whole) || /\[object [A-Z]\w*\]/.test(whole)) {
    return {
      code: 'PARAMETER_PROGRAM_VALUE',
      message: `a program wrote ${shown(whole)} where it had no text; write what was meant`,
    };
  }
  if (PLACEHOLDERS.some((placeholder) => placeholder.test(whole))) {
    return {
      code: 'PARAMETER_PLACEHOLDER',
      message: `the text is a placeholder that nobody filled in (${shown(whole)}); write what was meant`,
    };
  }
  return undefined;
}

/** True where a reader sees anything at all: no white space, joiner, filler or mark without a letter. */
export function isVisible(text: string): boolean {
  return /[A-Za-z0-9]/.test(text) || text.replace(INVISIBLE, '') !== '';
}

const INVISIBLE = /[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{M}\u2800]/gu;

/** One of these stands in each text that is looked at more closely. */
const SIGNS = /[#＃﹟{}｛｝<[%$*(=＝|]|\]\]/;
/** Or it begins with one of these. Apart from the signs: one pattern for both made a list slower to read. */
const FIRST_WORDS =
  /^[^\p{L}\p{N}]*(?:undefined|na[nt]|invalid|err|error?|errore|erreur|fehler|fout|fe[il]l|fejl|virhe|hiba|chyba|błąd|hata|ошибка|помилка|грешка|σφάλμα)(?!\p{Ll})|^\s*(?:""|'')\s*$/iu;

const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

// `nan` is a name (and what Python writes): in other cases than this one it is only doubtful.
const PROGRAM_WORDS =
  /^(["'`]?)(?:[Uu]ndefined|UNDEFINED|NaN|NaT|\((?:[Nn]ull|NULL|undefined|[Nn]one|nil|blank)\)|[Ii]nvalid [Dd]ate(?:Time)?)\1$/;

/** `{}`, `[]`, `[{}]`, `""`: an object, a list, a text with nothing in it. */
const NOTHING = /^(?:(?!\{\{)[[{][\s[\]{},]*[\]}]|"\s*"|'\s*')$/;

const FIELD = String.raw`[\p{L}_][\p{L}\p{M}\p{N}_ .:|-]{0,60}`;
const PLACEHOLDERS: readonly RegExp[] = [
  // Anywhere in the text: {{1}}, ${name}, #{name}, {!Contact.Name}, %%Name%%, *|FNAME|*, <<Name>>, <%= name %>, {% name %}
  /\{\{[^{}]{0,100}\}\}|[$#@]\{[^{}]{1,100}\}|\{[!$%][^{}]{1,100}\}|%%[\p{L}_][\p{L}\p{N}_ .-]{0,60}%%|\*\|[^|*]{1,60}\|\*/u,
  /<<[^<>]{1,60}>>|<%[^<>]{1,100}%>|\[\[[^[\]]{1,60}\]\]/u,
  new RegExp(String.raw`\{(?:\d{1,2}|${FIELD})\}`, 'u'),
  // Half of one: {{1, 1}}; as the whole text also ${name, {name, name}, [[name
  /\{\{\s*[\p{L}\p{N}_]|[\p{L}\p{N}_]\s*\}\}/u,
  new RegExp(
    String.raw`^(?:(?:[$#@]?\{|\[\[|<%=?|\*\|)\s*(?:\d{1,2}|${FIELD})|(?:\d{1,2}|${FIELD})(?:\}|\]\]|%>|\|\*))$`,
    'u',
  ),
  // The whole text: [Name], <Name>, %NAME%
  new RegExp(String.raw`^(?:\[${FIELD}\]|<${FIELD}>|%${FIELD}%)[?!.,]?$`, 'u'),
];

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
