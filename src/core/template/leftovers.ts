/**
 * What programs leave behind where a text should stand. Greeting somebody "Hello #N/A" or "Hello {{1}}" cannot be taken
 * back, so texts that no person writes are refused; those that somebody may be called by (Mr. Null) are only
 * warned of. Spreadsheets write their errors in the language of whoever saved the list.
 */

/** Why a text cannot be a parameter: a fixed code for programs, a reason for people. */
export interface TextFailure {
  readonly code: string;
  readonly message: string;
}

/** Says what a text was left behind by, or `undefined` where it is a text that somebody may have written. */
export function checkLeftover(text: string): TextFailure | undefined {
  if (!SUSPICIOUS.test(text)) return undefined;
  const whole = text.trim();
  if (SPREADSHEET_ERRORS.has(whole.toUpperCase()) || ERROR_SHAPES.test(whole)) {
    return {
      code: 'PARAMETER_SPREADSHEET_ERROR',
      message: `the text is an error of a spreadsheet (${shown(whole)}); correct the formula, or write what was meant`,
    };
  }
  if (/^#+$/.test(whole)) {
    return {
      code: 'PARAMETER_SPREADSHEET_ERROR',
      message:
        'a spreadsheet shows # where the column is too narrow; make it wider and save the list again',
    };
  }
  if (PROGRAM_WORDS.test(whole) || /\[object [A-Z]\w*\]/.test(text)) {
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

/** Says why a text is doubtful though somebody may have meant it, as a text that follows "the text"; else `undefined`. */
export function doubtfulText(text: string): string | undefined {
  if (text.length < 12 && DOUBTFUL_WORDS.has(text.trim())) {
    return 'is what a program writes where it has nothing';
  }
  if (!/[^ -~]|[&%\\#$@_?]|\dE[+-]?\d/i.test(text)) return undefined;
  if (/^\s*[+-]?\d(?:[.,]\d+)?E[+-]?\d{1,3}\s*$/i.test(text)) {
    return 'is a number that a spreadsheet has shortened';
  }
  if (/^\s*\?+\s*$/.test(text)) return 'has nothing but question marks';
  if (isBrokenEncoding(text)) return 'looks like UTF-8 that was read in another encoding';
  if (
    /&(?:[a-z]{2,8}|#\d{2,6}|#x[\da-f]{2,6});|(?:%[c-f][\da-f]%[89ab][\da-f])|\\u[\da-f]{4}/i.test(
      text,
    )
  ) {
    return 'has signs that are written for a program';
  }
  if (/^\s*#[¡¿]?\p{Lu}[\p{Lu}\d/_. ]+[!?]\s*$/u.test(text))
    return 'looks like an error of a spreadsheet';
  if (/^\s*(?:«[\w .]+»|\$[a-z_]\w*|__\w+__|@\w+@)\s*$/i.test(text)) {
    return 'looks like a placeholder';
  }
  return undefined;
}

/** True where a reader sees anything at all: no white space, joiner, filler or mark without a letter. */
export function isVisible(text: string): boolean {
  return /[A-Za-z0-9]/.test(text) || text.replace(INVISIBLE, '') !== '';
}

const INVISIBLE = /[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{M}\u2800]/gu;

/** One of these stands in each text that is looked at more closely. */
const SUSPICIOUS = /[#{<[%$*(]|^\s*(?:undefined|NaN|NaT|err|fehler|error)/i;

// Excel's, Google's and LibreOffice's, as each language of Excel writes them.
const SPREADSHEET_ERRORS: ReadonlySet<string> = new Set(
  `#N/A #N/A! #REF! #NAME? #VALUE! #DIV/0! #NUM! #NULL! #ERROR! #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! #UNKNOWN!
  #BUSY! #EXTERNAL! #PYTHON! #TIMEOUT! #GETTING_DATA #LOADING #LOADING... #DATA! #OVERFLOW! #EMPTY!
  #NV #BEZUG! #WERT! #ZAHL! #ÜBERLAUF! #KALK! #FELD! #BLOCKIERT! #VERBINDEN! #UNBEKANNT! #BESCHÄFTIGT! #NAME!
  #NOM? #VALEUR! #NOMBRE! #NUL! #NULL! #PROPAGATION! #CALCUL! #CHAMP! #BLOQUE! #INCONNU! #CONNEXION!
  #N/D #¡REF! #¿NOMBRE? #¡VALOR! #¡DIV/0! #¡NUM! #¡NULO! #¡DESBORDAMIENTO! #¡CALC! #¡CAMPO! #VALOR! #NULO!
  #RIF! #NOME? #VALORE! #NULLO! #ESPANSIONE! #NÚM! #NUM? #DESPEJAR! #DESPEJO! #CAMPO!
  #N/B #VERW! #NAAM? #WAARDE! #DEEL/0! #GETAL! #LEEG! #OVERLOOP! #N/D! #ADR! #NAZWA? #ARG! #DZIEL/0! #LICZBA! #ZERO!
  #Н/Д #ССЫЛКА! #ИМЯ? #ЗНАЧ! #ДЕЛ/0! #ЧИСЛО! #ПУСТО! #ПЕРЕНОС! #ВЫЧИСЛ! #ПОЛЕ!
  #SAKNAS! #REFERENS! #NAMN? #VÄRDEFEL! #DIVISION/0! #OGILTIGT! #SKÄRNING! #I/T #REFERENCE! #NAVN? #VÆRDI! #VERDI!
  #PUUTTUU! #VIITTAUS! #NIMI? #ARVO! #JAKO/0! #LUKU! #TYHJÄ! #YOK #BAŞV! #AD? #DEĞER! #SAYI/0! #SAYI! #BOŞ! #TAŞMA!
  #NENÍ_K_DISPOZICI #ODKAZ! #NÁZEV? #HODNOTA! #DĚLENÍ_NULOU! #ČÍSLO! #NEDOSTUPNÝ #HIÁNYZIK #HIV! #NÉV? #ÉRTÉK!
  #ZÉRÓOSZTÓ! #SZÁM! #NULLA! #Δ/Υ #ΑΝΑΦ! #ΟΝΟΜΑ? #ΤΙΜΗ! #ΔΙΑΙΡ/0! #ΑΡΙΘ! #KENO! #ΚΕΝΟ! #LT!`.split(
    /\s+/,
  ),
);

/** LibreOffice's `Err:502`, Visual Basic's `Error 2042`, and a division by zero in any language. */
const ERROR_SHAPES = /^(?:err:\d{3}|(?:error|fehler) 20\d\d|#[¡¿]?\p{L}+[ /]0!)$/iu;

// `nan` is a name (and what Python writes): in other cases than this one it is only doubtful.
const PROGRAM_WORDS =
  /^(?:[Uu]ndefined|UNDEFINED|NaN|NaT|\((?:[Nn]ull|NULL|undefined|[Nn]one|nil|blank)\))$/;

const FIELD = String.raw`[\p{L}_][\p{L}\p{M}\p{N}_ .:|-]{0,60}`;
const PLACEHOLDERS: readonly RegExp[] = [
  // Anywhere in the text: {{1}}, ${name}, #{name}, {!Contact.Name}, %%Name%%, *|FNAME|*, <<Name>>, <%= name %>, {% name %}
  /\{\{[^{}]{0,100}\}\}|[$#@]\{[^{}]{1,100}\}|\{[!$%][^{}]{1,100}\}|%%[\p{L}_][\p{L}\p{N}_ .-]{0,60}%%|\*\|[^|*]{1,60}\|\*/u,
  /<<[^<>]{1,60}>>|<%[^<>]{1,100}%>|\[\[[^[\]]{1,60}\]\]/u,
  new RegExp(String.raw`\{(?:\d{1,2}|${FIELD})\}`, 'u'),
  // The whole text: [Name], <Name>, %NAME%
  new RegExp(String.raw`^(?:\[${FIELD}\]|<${FIELD}>|%${FIELD}%)[?!.,]?$`, 'u'),
];

// As they stand: `Null`, `None`, `Nil` and `Nan` are names.
const DOUBTFUL_WORDS: ReadonlySet<string> = new Set(
  'NULL null Null None NONE none nil NIL nan NAN Nan N/A n/a N/a NA n.a. N.A. #NA true false TRUE FALSE Infinity -Infinity'.split(
    ' ',
  ),
);

/** Bytes that Windows' code page 1252 shows as other characters than Latin-1, by their characters (WHATWG Encoding). */
const WINDOWS_1252 = new Map(
  [...'€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ'].map((character, i) => [
    character,
    [
      0x80, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8e, 0x91, 0x92,
      0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9e, 0x9f,
    ][i] ?? 0,
  ]),
);
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** `JosÃ©`: characters that are bytes of Windows' or Latin-1 text, and as bytes are UTF-8. Also DOS's and old Macs' (`Jos├®`, `Jos√©`). */
function isBrokenEncoding(text: string): boolean {
  const runs = text.match(/[\u0080-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]{2,}/gu) ?? [];
  return (
    runs.some(isUtf8) || /[├┬╨╤][\u00a1-\u00ff─-▟ƒ]|√[©®°¢£§¶ß†•±≥≤¥µ∂∑∏π∫ªºΩ≠ÆØº¨´ñ]/u.test(text)
  );
}

function isUtf8(run: string): boolean {
  const bytes = [...run].map((c) => WINDOWS_1252.get(c) ?? c.codePointAt(0) ?? 0);
  try {
    return UTF8.decode(Uint8Array.from(bytes)).length < run.length;
  } catch {
    return false;
  }
}

function shown(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
