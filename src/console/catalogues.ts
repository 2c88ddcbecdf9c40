/** The languages of the console beside English, by their two letters: `de: () => import('./texts.de.ts')`. */
import type { Catalogues } from './language.ts';
import type { Texts } from './texts.en.ts';

/** Each is loaded by those alone who read it; it has the texts as `texts`. */
export const CATALOGUES: Catalogues<Texts> = {};
