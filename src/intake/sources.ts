/** The intake as the use cases see it: lists from files, from a request's body, from this process. */
import type { ListIntake, ListRules, ListSource, OpenList } from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import { ok, type Result } from '../core/result.ts';
import { digestOfObjects, openList, openObjectList } from './list.ts';
import { openFile } from './open-list.ts';
import { type Replay, replay } from './replay.ts';

/** Makes the intake. */
export function listIntake(): ListIntake {
  return {
    file: (path, { format, signal } = {}) =>
      listSource(async () => {
        const file = await openFile(path, signal);
        if (!file.ok) return file;
        const { bytes, name, close } = file.value;
        return ok({ items: bytes, close, open: reader(name, format) });
      }),
    bytes: ({ bytes, name, format }) =>
      listSource(async () => ok({ items: bytes, open: reader(name, format) })),
    objects: (objects) => ({
      ...listSource(async () => ok({ items: objects, open: openObjectList })),
      ...(Array.isArray(objects) ? { digest: async () => digestOfObjects(objects) } : {}),
    }),
  };
}

type Opener<T> = (items: AsyncIterable<T>, rules: ListRules) => Promise<Result<OpenList, Problem>>;

/** Where the items of a list come from, and how they become one. */
interface Ground<T> {
  readonly items: Iterable<T> | AsyncIterable<T>;
  readonly open: Opener<T>;
  readonly close?: () => void;
}

function reader(
  name: string,
  format: Parameters<typeof openList>[0]['format'],
): Opener<Uint8Array | string> {
  return (source, rules) =>
    openList({ ...rules, source, name, ...(format === undefined ? {} : { format }) });
}

/** A list that is opened when it is first looked at. */
function listSource<T>(ground: () => Promise<Result<Ground<T>, Problem>>): ListSource {
  let found: { readonly ground: Ground<T>; readonly items: Replay<T> } | undefined;

  async function opened() {
    if (found !== undefined) return ok(found);
    const made = await ground();
    if (!made.ok) return made;
    found = { ground: made.value, items: replay(made.value.items) };
    return ok(found);
  }
  async function close(): Promise<void> {
    await found?.items.close();
    found?.ground.close?.();
  }
  /** Opens it; what cannot be opened is let go. */
  async function open(
    rules: ListRules,
    itemsOf: (items: Replay<T>) => AsyncIterable<T>,
  ): Promise<Result<OpenList, Problem>> {
    const source = await opened();
    if (!source.ok) return source;
    const list = await source.value.ground.open(itemsOf(source.value.items), rules);
    if (!list.ok) await close();
    return list;
  }

  return {
    async look(rules) {
      const list = await open(rules, (items) => items.head());
      if (!list.ok) return list;
      await list.value.close();
      return ok({ columns: list.value.columns });
    },
    read: (rules) => open(rules, (items) => items.all()),
    close,
  };
}
