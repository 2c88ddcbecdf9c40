/** Texts that somebody may have meant, though programs write them too: they are sent, and warned of. */

/** Says why a text is doubtful though somebody may have meant it, as a text that follows "the text"; else `undefined`. */
export function doubtfulText(text: string): string | undefined {
  if (text.length < 14 && DOUBTFUL_WORDS.has(text.replace(/^[\s"'`]+|[\s"'`]+$/g, ''))) {
    return 'is what a program writes where it has nothing';
  }
  if (/\.\.|…/.test(text) && LOADING.test(text)) return 'is what a page shows before it has a text';
  if (TO_FILL_IN.test(text)) return 'looks like a hint what to write here';
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

const LOADING =
  /^\s*#?(?:loading|please wait|wird geladen|laden|lade|chargement|cargando|carregando|a carregar|caricamento|загрузка|ładowanie|yükleniyor)\s*(?:\.{2,}|…)\s*$/iu;

/** `INSERT NAME HERE`, `[Your name]`, `enter text`. */
const TO_FILL_IN =
  /^\W*(?:(?:insert|enter|type|add|put|fill in)\s(?:[\w' ]{0,30}\s)?(?:name|text|value|here|code|date|city)|(?:your|first|last|full|customer|company)\s?(?:name|text)(?:\shere)?|name here)\W*$|^\W*lorem ipsum\b/i;

// Case counts: `Na`, `Nil` and `True` are names. `Null` and `None` are too, but more often are a program's.
const DOUBTFUL_WORDS: ReadonlySet<string> = new Set(
  'NULL null Null None NONE none nil NIL nan NAN Nan N/A n/a N/a NA n.a. N.A. #NA true false TRUE FALSE Infinity -Infinity TBD TBA TODO FIXME'.split(
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
