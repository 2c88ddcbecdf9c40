/**
 * What each column of a list is, whatever it is called there: to everybody his own spreadsheet. The same for a CSV's
 * header and an object's keys.
 */

import { namesIn } from '../core/people/column-map.ts';
import { type KnownColumn, knownColumn, namesPerson } from '../core/people/known-columns.ts';
import type { ListRules } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';

/** What a column is: one of ours, or a parameter. */
export type ColumnRole =
  | { readonly kind: 'known'; readonly as: KnownColumn }
  | { readonly kind: 'parameter'; readonly name: string };

/** Says what a column of that name is: one thing, several by `--map`, or nothing to us. */
export type ColumnRoles = (column: string) => readonly ColumnRole[];

/** Whether one of a column's roles says who is meant. */
export function saysWho(roles: readonly ColumnRole[]): boolean {
  return roles.some((role) => role.kind === 'known' && namesPerson(role.as));
}

const IGNORED: readonly ColumnRole[] = [];

/** The roles by a list's rules; a mapping that cannot be meant throws a `ProblemError`. */
export function columnRoles(rules: ListRules): ColumnRoles {
  const pairs = pairsIn(rules).map(([from, to]) => [plain(from), to.trim()] as const);
  const ignored = new Set(
    Array.isArray(rules.ignoreColumns) ? rules.ignoreColumns.map((column) => plain(column)) : [],
  );
  const takenBy = new Map<string, string>();
  const map = new Map<string, readonly ColumnRole[]>();
  for (const [from, to] of pairs) {
    const role = roleNamed(to);
    const target = role.kind === 'known' ? role.as : to;
    const other = takenBy.get(target);
    if (to === '') throw wrong(`--map names nothing that the column "${from}" is to be.`);
    if (other !== undefined) {
      throw wrong(
        other === from
          ? `--map makes the column "${from}" twice the one "${target}".`
          : `--map makes two columns, "${other}" and "${from}", the one "${target}".`,
      );
    }
    if (ignored.has(from)) {
      throw wrong(`The column "${from}" stands in --map and in --ignore-columns.`);
    }
    takenBy.set(target, from);
    map.set(from, [...(map.get(from) ?? []), role]);
  }
  const cache = new Map<string, readonly ColumnRole[]>();
  return (column) => {
    const before = cache.get(column);
    if (before !== undefined) return before;
    const roles =
      map.get(plain(column)) ?? (ignored.has(plain(column)) ? IGNORED : [roleNamed(column)]);
    // Objects may bring any number of names.
    if (cache.size < MOST_NAMES) cache.set(column, roles);
    return roles;
  };
}

const MOST_NAMES = 1_000;

/** A column, and one name that it is to have. An empty array is one that names nothing. */
function pairsIn({ map = {} }: Pick<ListRules, 'map'>): readonly (readonly [string, string])[] {
  return Object.entries(map).flatMap(([column, to]) => {
    const names = namesIn(to);
    return names.length === 0
      ? [[column, ''] as const]
      : names.map((one) => [column, one] as const);
  });
}

function roleNamed(given: string): ColumnRole {
  const name = given.trim();
  const as = knownColumn(name);
  return as === undefined ? { kind: 'parameter', name } : { kind: 'known', as };
}

/**
 * Looks whether the columns that `--map` names are there, and whether it gives two columns one name. The first of
 * many objects need not have what a line may leave out.
 */
export function checkMap(
  rules: ListRules,
  columns: readonly string[],
  where: string,
  isFirstOfMany = false,
): void {
  const pairs = pairsIn(rules);
  const there = new Set(columns.map(plain));
  const [missing] =
    pairs.find(
      ([column, to]) => !there.has(plain(column)) && !(isFirstOfMany && isOptional(roleNamed(to))),
    ) ?? [];
  if (missing !== undefined) {
    throw wrong(
      `"${where}" has no column "${missing}", which --map names; it has: ${columns
        .slice(0, 20)
        .map((c) => `"${c}"`)
        .join(', ')}.`,
      'Write the column as the list has it.',
    );
  }
  const roles = columnRoles(rules);
  const byRole = new Map<string, string[]>();
  for (const column of columns) {
    for (const key of roles(column).map(keyOf)) {
      const there = byRole.get(key) ?? [];
      // Two tell of any third one whether it is another.
      if (there.length < 2 && !there.some((one) => plain(one) === plain(column)))
        there.push(column);
      byRole.set(key, there);
    }
  }
  for (const [from, to] of pairs) {
    const others = byRole.get(keyOf(roleNamed(to))) ?? [];
    const target = others.find((column) => plain(column) !== plain(from));
    if (target === undefined) continue;
    throw wrong(
      `--map makes "${from}" the column "${to}", but "${where}" has a column "${target}" already.`,
      `Say --ignore-columns "${target}" too, or give the column another name.`,
    );
  }
}

/** What the list calls the column that is `ours`: as `--map` names it, so that who reads of a line finds it in the file. */
export function nameInList(ours: string, rules: Pick<ListRules, 'map'>): string {
  const named = pairsIn(rules).find(([, to]) => {
    const role = roleNamed(to);
    return (role.kind === 'known' ? role.as : to.trim()) === ours;
  });
  return named?.[0] ?? ours;
}

function isOptional(role: ColumnRole): boolean {
  return role.kind === 'known' && !namesPerson(role.as);
}

/** The same of two columns with one meaning; `to` and `phone` are one. */
function keyOf(role: ColumnRole): string {
  if (role.kind === 'parameter') return `parameter ${role.name}`;
  return `known ${role.as === 'phone' ? 'to' : role.as}`;
}

function plain(column: string): string {
  return column.trim().toLowerCase();
}

function wrong(
  message: string,
  next = 'Give each name to one column, like --map "Name=1,City=2".',
): ProblemError {
  return new ProblemError(problem('LIST_COLUMNS', message, { where: '--map', next }));
}
