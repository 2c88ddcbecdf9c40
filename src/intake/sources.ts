/** The intake as the use cases see it: lists from files, from a request's body, from this process. */
import type { ListIntake } from '../core/ports/index.ts';
import { digestOfObjects, openList, openObjectList } from './list.ts';
import { openListFile } from './open-list.ts';

/** Makes the intake. */
export function listIntake(): ListIntake {
  return {
    file: (path, how = {}) => ({ open: (rules) => openListFile(path, { ...rules, ...how }) }),
    bytes: ({ bytes, ...how }) => ({
      open: (rules) => openList({ ...rules, ...how, source: bytes }),
    }),
    objects: (objects) => ({
      open: (rules) => openObjectList(objects, rules),
      ...(Array.isArray(objects) ? { digest: () => digestOfObjects(objects) } : {}),
    }),
  };
}
