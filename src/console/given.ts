/** Only what is there: queries and bodies name no field that nobody filled in. */
type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that are not `undefined`. */
export function given<T extends object>(fields: T): Given<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}
