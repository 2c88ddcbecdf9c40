/**
 * The intake as the use cases see it: lists from files, from a request's body, from this process. What reads them is
 * loaded with the first list: the tables of numbering plans and time zones take 0.2 s.
 */
import type { ListIntake } from '../core/ports/index.ts';
import { digestOfObjects } from './digest.ts';

/** Makes the intake. */
export function listIntake(): ListIntake {
  return {
    file: (path, how = {}) => ({
      open: async (rules) => {
        const { openListFile } = await import('./open-list.ts');
        return openListFile(path, { ...rules, ...how });
      },
    }),
    bytes: ({ bytes, ...how }) => ({
      open: async (rules) => {
        const { openList } = await import('./list.ts');
        return openList({ ...rules, ...how, source: bytes });
      },
    }),
    objects: (objects) => ({
      open: async (rules) => {
        const { openObjectList } = await import('./list.ts');
        return openObjectList(objects, rules);
      },
      ...(Array.isArray(objects) ? { digest: () => digestOfObjects(objects) } : {}),
    }),
  };
}
