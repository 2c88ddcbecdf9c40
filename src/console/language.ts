/** Which language a reader has. */

/** Catalogues of texts, by the language that is meant by a tag like `de-AT`. */
export type Catalogues<Texts> = Readonly<
  Record<string, (() => Promise<{ readonly texts: Texts }>) | undefined>
>;

const ENGLISH = 'en';

/**
 * Chooses the first language a reader wants that there is a catalogue for, and loads it; English where there is none, or where
 * it does not come.
 *
 * @param wanted by their tags, the one that is liked best first
 */
export async function chooseLanguage<Texts>(
  english: Texts,
  catalogues: Catalogues<Texts>,
  wanted: readonly string[],
): Promise<{ readonly texts: Texts; readonly language: string }> {
  for (const tag of wanted) {
    const [language = ''] = tag.toLowerCase().split('-');
    if (language === ENGLISH) return { texts: english, language: tag };
    const load = Object.hasOwn(catalogues, language) ? catalogues[language] : undefined;
    const found = await load?.().catch(() => undefined);
    if (found !== undefined) return { texts: found.texts, language: tag };
  }
  return { texts: english, language: ENGLISH };
}
