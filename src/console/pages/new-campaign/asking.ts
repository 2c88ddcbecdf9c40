/** What the button does that starts a campaign: what the forecast above it says. */

/** So long after it begins, and a second for each person, is still now. */
const NOW_S = 300;

/** What it does: `nobody`, nothing; `later`, where all of them wait for something first. */
export interface Asking {
  readonly how: 'now' | 'later' | 'at' | 'draft' | 'nobody';
  readonly people: number;
}

/** Works it out. @param found what would become of the list */
export function askingOf(
  found: {
    readonly added: number;
    readonly forecast?: { readonly willAsk: number; readonly seconds: number } | undefined;
  },
  start: 'now' | 'at' | 'draft',
): Asking {
  const { added, forecast } = found;
  const people = forecast?.willAsk ?? added;
  // A draft is kept for a later day, on which more of them may be asked.
  if (start === 'draft') return { how: 'draft', people };
  if (people === 0) return { how: 'nobody', people };
  if (start === 'at') return { how: 'at', people };
  const isNow = forecast === undefined || forecast.seconds <= NOW_S + people;
  return { how: isNow ? 'now' : 'later', people };
}
