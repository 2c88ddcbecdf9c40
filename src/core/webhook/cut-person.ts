/**
 * A stored delivery without one person: what Meta told of others stays as it stood. Statuses, messages, contacts, calls
 * and settings are elements of arrays; those that name the person go as a whole. Anywhere else a name is emptied, and in a
 * field's value what stands beside it: of a shape that is not known nobody knows whose name that is.
 */
import type { Mentions } from '../people/mentions.ts';
import { type Json, readWhole, writeWhole } from './whole-numbers.ts';

/** Takes a person out of a delivery's body; `undefined` where nothing in it names them. */
export function cutPerson(body: string, mentions: Mentions): string | undefined {
  let read: Json;
  try {
    read = readWhole(body);
  } catch {
    return mentions(body) ? '{}' : undefined;
  }
  if (!names(read, mentions)) return undefined;
  return writeWhole(cut(read, mentions));
}

function names(node: Json, mentions: Mentions): boolean {
  if (typeof node === 'string') return mentions(node);
  if (typeof node === 'number') return mentions(String(node));
  if (!isNested(node)) return false;
  return Object.entries(node).some(([key, part]) => mentions(key) || names(part, mentions));
}

/** `entry` and `changes` are not somebody's: they are gone through, and stay without what was in them. */
const OUTER = new Set<string | undefined>(['entry', 'changes']);

function cut(node: Json, mentions: Mentions, isInValue = false, key?: string): Json {
  if (!names(node, mentions)) return node;
  if (Array.isArray(node))
    return OUTER.has(key)
      ? node.map((part: Json) => cut(part, mentions, isInValue))
      : without(node, mentions);
  if (!isNested(node)) return '';
  const inValue = isInValue || key === 'value';
  const isTheirs =
    inValue && Object.values(node).some((part) => !isNested(part) && names(part, mentions));
  const kept = Object.entries(node).filter(([name]) => !mentions(name));
  return Object.fromEntries(
    kept.map(([name, part]) => [
      name,
      isTheirs ? emptied(part, mentions) : cut(part, mentions, inValue, name),
    ]),
  );
}

/** What stands beside a name; of a list, which may be of several people, only what names this one goes. */
function emptied(part: Json, mentions: Mentions): Json {
  if (Array.isArray(part)) return without(part, mentions);
  return isNested(part) ? {} : '';
}

function without(list: readonly Json[], mentions: Mentions): Json {
  return list.filter((part) => !names(part, mentions));
}

function isNested(part: Json): part is Exclude<Json, null | boolean | number | string> {
  return typeof part === 'object' && part !== null;
}
