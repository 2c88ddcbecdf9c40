/** Errors and formulas of spreadsheets, which write them in the language of whoever saved the list. */

/** The error that stands in a text, or that it is, `undefined` where none does; the text without invisible characters. */
export function spreadsheetErrorIn(text: string): string | undefined {
  const bare = text.replace(BEFORE, '').replace(BEHIND, '');
  const upper = bare.toUpperCase();
  if (ERRORS.has(upper) || ERROR_SHAPES.test(bare)) return bare;
  // Without their sign only as spreadsheets write them: `#Valor` is a word.
  if (SIGNLESS.has(bare)) return bare;
  return (
    (text.match(CANDIDATES) ?? []).find(isErrorInText) ??
    /(?<!\p{L})(?:Err|Fehler) ?:5\d\d(?!\d)/u.exec(text)?.[0]
  );
}

/** Whether the text is a formula that was saved in place of what it comes to: `=A1`, `=VLOOKUP(A1,B,2)`, `="Ann"`. */
export function isFormula(text: string): boolean {
  return FORMULA.test(text.replace(/^[\s'"‘’“”„]+(?==)/u, ''));
}

const CELL = String.raw`\$?[a-z]{1,3}\$?\d{1,7}(?![\p{L}\p{N}])`;
const SHEET = String.raw`(?:'[^']{1,60}'|[\p{L}_][\p{L}\p{N}_.]{0,60})!`;
const FUNCTION = String.raw`[\p{L}_][\p{L}\p{N}_.]{0,40}\(`;
const FORMULA = new RegExp(
  String.raw`^=\s*(?:(?:[-+@(]{1,4}\s*)?(?:${CELL}|${SHEET}|${FUNCTION})|"[^"]*"\s*(?:&|$))`,
  'iu',
);

/** Quotation marks, brackets and the like around a whole text. */
const BEFORE = /^[\s'"`´‘’‚“”„«»‹›()[\]{}<>*]+/u;
// Looked for from where a row of them begins: from each of them on it would cost the square of a long row.
const BEHIND = /(?<![\s'"`´‘’‚“”„«»‹›()[\]{}<>*,;:])[\s'"`´‘’‚“”„«»‹›()[\]{}<>*,;:]+$/u;

/** What begins like an error, anywhere in a text. */
const CANDIDATES = /#[¡¿]?[\p{L}\p{N}/_]+[!?]?/gu;

/** Within a text only what no hashtag looks like: a slash in it, or capitals and a sign at the end. */
function isErrorInText(candidate: string): boolean {
  const upper = candidate.toUpperCase();
  if (candidate.includes('/')) return SIGNLESS.has(upper.replace(/[!?]+$/, ''));
  return candidate === upper && /[!?]$/.test(candidate) && ERRORS.has(candidate);
}

// Excel's, Google's and LibreOffice's, as each language of Excel writes them.
const ERRORS: ReadonlySet<string> = new Set(
  `#N/A #N/A! #N/DISP #N/DISP! #N.A. #NA! #REF! #NAME? #VALUE! #DIV/0! #NUM! #NULL! #ERROR! #SPILL! #CALC! #FIELD! #BLOCKED! #CONNECT! #UNKNOWN!
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
  #ZÉRÓOSZTÓ! #SZÁM! #NULLA! #Δ/Υ #Δ/Υ! #ΑΝΑΦ! #ΟΝΟΜΑ? #ΤΙΜΗ! #ΔΙΑΙΡ/0! #ΑΡΙΘ! #KENO! #ΚΕΝΟ! #LT!`.split(
    /\s+/,
  ),
);

/** `#REF` and `#DIV/0`: somebody, or a program, took the sign away. Shorter ones are words. */
const SIGNLESS: ReadonlySet<string> = new Set(
  [...ERRORS].map((error) => error.replace(/[!?.]+$/, '')).filter((error) => error.length > 3),
);

/** LibreOffice's `Err:502`, as its languages write it, Visual Basic's `Error 2042`, a division by zero in any language. */
const ERROR_SHAPES =
  /^(?:(?:err|erro|errore|erreur|error|fehler|fout|fel|feil|fejl|virhe|hiba|chyba|błąd|hata|ошибка|помилка|грешка|σφάλμα)\s*:\s*5\d\d|(?:error|fehler) 20\d\d|#[¡¿]?\p{L}+[ /]0!?)$/iu;
