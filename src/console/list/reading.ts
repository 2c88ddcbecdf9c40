/** How the numbers of a list are read that do not say it themselves, as somebody chose it and as the API is told. */
import { given } from '../given.ts';

/** What was chosen; texts are empty where nothing was. */
export interface Reading {
  readonly defaultCountry: string;
  /** Empty: each as it can be read. */
  readonly numbers: '' | 'national' | 'international';
}

/** As the API is told it. */
export function readingQuery({ defaultCountry, numbers }: Reading) {
  const country = defaultCountry.trim().toUpperCase();
  return given({
    defaultCountry: country === '' ? undefined : country,
    numbers: numbers === '' ? undefined : numbers,
  });
}
