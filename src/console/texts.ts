/**
 * The texts of the reader's language: of the first of their browser's languages that there is a catalogue for, else English.
 * Numbers and times are shown in the reader's locale by `format.ts`; what the API says (messages, advice) comes from there.
 */
import { CATALOGUES } from './catalogues.ts';
import { chooseLanguage } from './language.ts';
import { english } from './texts.en.ts';

/** The texts that this reader has, and the language they are in, as the browser names it: `de-AT`. */
export const { texts, language } = await chooseLanguage(english, CATALOGUES, navigator.languages);
