/**
 * Objects to list lines: what NDJSON, a JSON array, the Node client and inline recipients of the
 * HTTP API share. An object is as flat as a line of CSV, so nothing is guessed about nested ones.
 */

import type { KnownColumn } from '../core/people/known-columns.ts';
import type { ListLine } from '../core/people/recipient.ts';
import type { ListRules } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';
import { isVisible } from '../core/template/leftovers.ts';
import { type ColumnRoles, checkMap, columnRoles, saysWho } from './columns.ts';
import { ignoredPhone, noSuchColumn, notThere, plainColumn } from './ignored-columns.ts';
import { readLine, refusedLine, whom } from './line.ts';
import { type ListBody, type ListPiece, needed } from './list-body.ts';
import { mapToPhone, phoneColumnOf } from './phone-columns.ts';
import { isExact, kindOf, shown, textOf } from './values.ts';
import type { WarningBook } from './warnings.ts';

/** One element of a list of objects, or why there is none in its place. */
export type ListItem =
  | { readonly kind: 'value'; readonly value: unknown }
  | {
      readonly kind: 'broken';
      readonly code: string;
      readonly message: string;
      readonly text?: string;
    };

/**
 * Items as they came together, those of one chunk of a text: a step of a generator for each of a million lines is garbage
 * that lives until the next one, and made reading a third slower.
 */
export type ListItems = AsyncGenerator<readonly ListItem[], void>;

/** So many lines without one usable object, and it is no list of recipients at all. */
const LOOK_AHEAD = 1_000;

/** Finds the parameter columns (those of the first usable object) and gives all lines. */
export async function openObjects(
  items: ListItems,
  name: string,
  rules: ListRules,
  warnings?: WarningBook,
): Promise<ListBody> {
  const roles = columnRoles(rules);
  const reading = { rules, roles, warnings, name };
  const seen: ListItem[] = [];
  let columns: readonly string[] | undefined;
  while (columns === undefined) {
    const next = await items.next();
    if (next.done) break;
    for (const item of next.value) {
      seen.push(item);
      if (columns !== undefined) continue;
      columns = columnsOf(item, roles);
      if (columns !== undefined && isValue(item)) {
        checkMap(rules, Object.keys(item.value), name, true);
      }
      if (columns === undefined && seen.length >= LOOK_AHEAD) throw noPhones(seen, name);
    }
  }
  const first = seen.find((item) => isValue(item) && !isEmpty(item));
  const ignored =
    columns === undefined && first !== undefined && isValue(first)
      ? ignoredPhone(rules, Object.keys(first.value))
      : undefined;
  if (ignored !== undefined) throw ignored;
  if (columns === undefined && phoneIn(seen) !== undefined) throw noPhones(seen, name);
  return {
    columns: columns ?? [],
    batches: objectLines(seen, items, columns ?? [], reading),
  };
}

function noPhones(seen: readonly ListItem[], name: string): ProblemError {
  const phone = phoneIn(seen);
  return new ProblemError(
    problem(
      'LIST_UNREADABLE',
      `The first ${seen.length} lines of "${name}" hold no object with "to" (or "phone").`,
      {
        where: name,
        next:
          phone === undefined
            ? 'Look at the format: --format csv, ndjson or json.'
            : mapToPhone(phone),
      },
    ),
  );
}

function phoneIn(seen: readonly ListItem[]): string | undefined {
  const first = seen.find((item) => isValue(item) && !isEmpty(item));
  return first !== undefined && isValue(first)
    ? phoneColumnOf(Object.keys(first.value))
    : undefined;
}

interface ValueItem {
  readonly kind: 'value';
  readonly value: Readonly<Record<string, unknown>>;
}

function isValue(item: ListItem): item is ValueItem {
  return item.kind === 'value' && isPlainObject(item.value);
}

/** An object with nothing in it is no line, as a CSV's row of empty cells is none. */
function isEmpty(item: ListItem): boolean {
  if (!isValue(item)) return false;
  // Of nearly all lines the first value ends it.
  for (const name of Object.keys(item.value)) {
    const value = item.value[name];
    const isNothing = typeof value === 'string' ? !isVisible(value) : (value ?? null) === null;
    if (!isNothing) return false;
  }
  return true;
}

function columnsOf(item: ListItem, roles: ColumnRoles): readonly string[] | undefined {
  if (!isValue(item) || isEmpty(item)) return undefined;
  const all = Object.keys(item.value).flatMap((name) => roles(name));
  if (!saysWho(all)) return undefined;
  return all.flatMap((role) => (role.kind === 'parameter' ? [role.name] : []));
}

interface Reading {
  readonly rules: ListRules;
  readonly roles: ColumnRoles;
  readonly warnings: WarningBook | undefined;
  /** The list's, for messages. */
  readonly name: string;
}

async function* objectLines(
  seen: readonly ListItem[],
  items: ListItems,
  columns: readonly string[],
  reading: Reading,
): AsyncGenerator<ListPiece, void> {
  let row = 0;
  /** What each line needs, known with the first line: what the template needs is found out by the columns. */
  let wants: Wants | undefined;
  /** Columns to be ignored that no object had yet: any may leave them out, but not all. */
  const unseen = new Map(notThere(reading.rules, []).map((name) => [plainColumn(name), name]));
  const keys = new Set<string>();
  const look = (item: ListItem) => {
    if (unseen.size === 0 || !isValue(item)) return;
    for (const key of Object.keys(item.value)) {
      if (keys.size < 20) keys.add(key);
      unseen.delete(plainColumn(key));
    }
  };
  const piece = (some: readonly ListItem[]): ListPiece => {
    for (const item of some) look(item);
    const filled = some.filter((item) => !isEmpty(item));
    return {
      size: filled.length,
      lines() {
        wants ??= wantsOf(columns, reading.rules);
        const wanted = wants;
        return filled.map((item) => itemLine(item, ++row, wanted, reading));
      },
    };
  };
  try {
    yield piece(seen);
    for await (const some of items) yield piece(some);
    const [name] = unseen.values();
    if (name !== undefined) throw noSuchColumn(name, [...keys], reading.name);
  } finally {
    await items.return();
  }
}

/** What lines are to have. */
interface Wants {
  /** Parameters that each line has. */
  readonly columns: ReadonlySet<string>;
  /** The same in their order. */
  readonly names: readonly string[];
  isNeeded(parameter: string): boolean;
}

function wantsOf(columns: readonly string[], rules: ListRules): Wants {
  const isNeeded = needed(rules);
  const wanted = new Set(columns.filter(isNeeded));
  return { columns: wanted, names: [...wanted], isNeeded };
}

function itemLine(
  item: ListItem,
  row: number,
  { columns, names: all, isNeeded }: Wants,
  { rules, roles, warnings }: Reading,
): ListLine {
  if (item.kind === 'broken') {
    const { code, message, text } = item;
    return refusedLine({ row, code, message, ...(text === undefined ? {} : { value: text }) });
  }
  const refuse = (code: string, message: string, column?: string, value: unknown = item.value) =>
    refusedLine({
      row,
      code,
      message,
      value: shown(value),
      ...(column === undefined ? {} : { column }),
    });
  if (!isPlainObject(item.value)) {
    return refuse('NOT_AN_OBJECT', 'this is not an object; write { "to": "+16505551234", ... }');
  }

  const known = new Map<KnownColumn, string>();
  const parameters = new Map<string, string>();
  for (const name of Object.keys(item.value)) {
    const value = item.value[name];
    if (value === null || value === undefined) continue;
    const its = roles(name);
    if (rules.optOuts && !saysWho(its)) {
      parameters.set(name, textOf(value) ?? '');
      continue;
    }
    // Of what nothing needs, nothing has to be a text.
    const wanted = its.filter((role) => role.kind === 'known' || isNeeded(role.name));
    const unknown = wanted.some((role) => role.kind === 'parameter' && !columns.has(role.name));
    if (unknown && rules.ignoreColumns !== 'all') {
      return refuse(
        'PARAMETER_UNKNOWN',
        'the other lines have no such parameter; all lines need the same ones',
        name,
        value,
      );
    }
    const read = unknown ? wanted.filter((role) => role.kind === 'known') : wanted;
    if (read.length === 0) continue;
    const text = textOf(value);
    if (text === undefined) {
      return refuse(
        'VALUE_NOT_TEXT',
        `the value is ${kindOf(value)}; write a text or a number`,
        name,
        value,
      );
    }
    if (typeof value === 'number' && !isExact(value)) {
      return refuse(
        'NUMBER_INEXACT',
        `as a JSON number this reads ${text}, which may not be what was written; put it in quotes`,
        name,
        value,
      );
    }
    for (const role of read) {
      const isTwice =
        role.kind === 'known' ? known.has(role.as) : (parameters.get(role.name) ?? text) !== text;
      const our = role.kind === 'known' ? role.as : role.name;
      if (isTwice) return refuse('COLUMN_TWICE', `"${our}" stands there twice`, name, value);
      if (role.kind === 'known') known.set(role.as, text);
      else parameters.set(role.name, text);
    }
  }
  if (known.has('to') && known.has('phone')) {
    return refuse('COLUMN_TWICE', 'there are both "to" and "phone"; keep one of them', 'phone');
  }
  for (const name of rules.optOuts ? [] : all) {
    if (parameters.has(name)) continue;
    return refuse('PARAMETER_MISSING', 'this parameter is missing; all lines need the same', name);
  }
  const phone = known.has('phone') ? 'phone' : 'to';
  const names = rules.optOuts ? [...parameters.keys()] : all;
  return readLine(
    {
      row,
      to: whom({ column: phone, text: known.get(phone) ?? '' }, known.get('user_id')),
      reference: known.get('reference'),
      language: known.get('language'),
      notBefore: known.get('not_before'),
      notAfter: known.get('not_after'),
      names,
      values: names.map((name) => parameters.get(name) ?? ''),
    },
    rules,
    warnings,
  );
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
