/** The one way to leave out keys that have no value: under `exactOptionalPropertyTypes` an undefined one is not absent. */

/** The keys of `T` that have a value. */
export type Given<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** The same object without its undefined keys: `{ to, ...given({ reference }) }`. */
export function given<T extends object>(all: T): Given<T> {
  const entries = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}
