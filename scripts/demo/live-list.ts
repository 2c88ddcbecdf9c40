/** A list whose people are due one after the other, so that a console has something to show for a while. */

/** Somebody every so many ms: slow enough to watch, and to look at one of them. */
const EVERY_MS = 1_500;
const NAMES = ['Ann', 'Björn', 'Chloé', 'Dmitri', 'Esra', 'Fatou', 'Gül', 'Hana', 'Íris', 'João'];

/** The list as CSV. @param people how many; the first is due at `from` */
export function liveList({
  people,
  from,
}: {
  readonly people: number;
  readonly from: Date;
}): string {
  const lines = Array.from({ length: people }, (_, i) => {
    const due = new Date(from.getTime() + i * EVERY_MS).toISOString();
    // Numbers that the sample list does not have: nobody is asked twice within a day.
    return `+1650${2_530_000 + i},${NAMES[i % NAMES.length]},live-${i + 1},${due}`;
  });
  return `${['to,1,reference,not_before', ...lines].join('\n')}\n`;
}
