/** Names that were meant: what a wrong one is most like. */

/** Letters that may be wrong, at most; with more of them a guess misleads. */
const WRONG_LETTERS = 2;

/** The name that a wrong one was meant to be, if one is near: `dryrun` for `dryRun`, `country` for `defaultCountry`. */
function nearestOf(wrong: string, names: readonly string[]): string | undefined {
  const word = plain(wrong);
  const byDistance = names
    .map((name) => ({ name, distance: distance(word, plain(name)) }))
    .sort((a, b) => a.distance - b.distance);
  const [near] = byDistance;
  if (near !== undefined && near.distance <= Math.min(WRONG_LETTERS, word.length - 2))
    return near.name;
  return word.length < 4 ? undefined : names.find((name) => plain(name).includes(word));
}

/** For people: an unknown name, and what it was meant to be. */
export function unknownName(wrong: string, names: readonly string[]): string {
  const near = nearestOf(wrong, names);
  const meant = near === undefined ? '' : `; did you mean "${near}"?`;
  return `There is no option "${wrong}"${meant}`;
}

/** `dry-run`, `dry_run` and `dryrun` are `dryRun` written otherwise. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]/g, '');
}

/** Letters to add, take away or change (Levenshtein). */
function distance(a: string, b: string): number {
  let before = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const row = [i + 1];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (before[j - 1] ?? 0) + (b[j - 1] === letter ? 0 : 1);
      row.push(Math.min(change, (before[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    before = row;
  }
  return before[b.length] ?? 0;
}
