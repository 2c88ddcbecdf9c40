/** The columns of a list that are not parameters. */

/** Their names. */
export const KNOWN_COLUMNS = [
  'to',
  'phone',
  'user_id',
  'reference',
  'language',
  'not_before',
  'not_after',
] as const;

/** A column that is not a parameter. */
export type KnownColumn = (typeof KNOWN_COLUMNS)[number];

/** The columns that say who is meant. */
export function namesPerson(column: KnownColumn): boolean {
  return column === 'to' || column === 'phone' || column === 'user_id';
}

/** The known column a name stands for, if any; names are compared without case. */
export function knownColumn(name: string): KnownColumn | undefined {
  const lower = name.trim().toLowerCase();
  return KNOWN_COLUMNS.find((known) => known === lower);
}
