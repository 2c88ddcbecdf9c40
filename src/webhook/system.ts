/** Messages of type `system`, and the older field `user_id_update`: a person has other names from now on. */
import { given } from '../core/given.ts';
import type { IdentityUpdate, PersonNames } from '../core/webhook/update.ts';
import { writerOf } from './message-head.ts';
import { isNamed, namesOf } from './names.ts';
import type { Line, Part } from './part.ts';
import { idOf, type Json, recordOf, smallWordOf, textOf, timeOf } from './values.ts';
import { nameWord } from './words.ts';

const CHANGES = new Map<string, IdentityUpdate['what']>([
  ['user_changed_number', 'number'],
  // Its name before version 12 of the API.
  ['customer_changed_number', 'number'],
  ['user_changed_user_id', 'user-id'],
]);
/** Says that the person has a new phone or set up WhatsApp again. The names stay. */
const SAME_NAMES: ReadonlySet<string> = new Set([
  'customer_identity_changed',
  'user_identity_changed',
]);
const NOBODY: PersonNames = {};
const ID = String.raw`(?:\+?\d{5,20}|[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128})`;
/** The end of `User Ada changed from 15550100777 to 15550100888`: before it stands what a person calls themselves. */
const FROM_TO = new RegExp(String.raw`\bfrom (${ID}) to (${ID})\.?\s*$`);
/** The longest end of a body that is looked at; two parent user ids have some 270 characters. */
const BODY_END = 400;

/** Reads a system message; a change without both names is kept raw. */
export function readSystem(line: Line, { json, keep }: Part): void {
  const { reading } = line;
  const system = recordOf(json.system);
  if (system === undefined) {
    keep('no system');
    return;
  }
  reading.countKeys(system, 'system');
  const type = smallWordOf(system.type);
  const what = CHANGES.get(type ?? '');
  if (what === undefined) {
    if (type !== undefined && !SAME_NAMES.has(type)) reading.countValue('system', system.type);
    reading.ignore(line, `system message ${nameWord(type ?? 'missing')}`);
    return;
  }
  const id = idOf(json.id);
  if (id === undefined) {
    keep('no id of a message');
    return;
  }
  const told = namesInBody(system.body);
  const after = newNames(line, json, system, { what, told: told.after });
  const before = oldNames(line, json, system, { what, after, told: told.before });
  addChange(line, keep, { id, at: timeOf(json.timestamp) ?? line.at, what, before, after });
}

/** Reads one `user_id_update`, which has no id of its own. */
export function readUserIdUpdate(line: Line, { json, keep }: Part): void {
  const users = recordOf(json.user_id);
  const parents = recordOf(json.parent_user_id);
  const names = (which: 'previous' | 'current', number?: unknown) =>
    namesOf({
      number,
      userId: users?.[which],
      parentUserId: parents?.[which],
      notNumber: line.ownNumber,
    });
  const before = names('previous');
  const after = names('current', json.wa_id);
  const at = timeOf(json.timestamp) ?? line.at;
  const id = `user_id_update ${before.userId ?? before.parentUserId} ${after.userId ?? after.parentUserId}`;
  addChange(line, keep, { id, at, what: 'user-id', before, after });
}

function addChange(
  line: Line,
  keep: Part['keep'],
  change: Omit<IdentityUpdate, 'kind' | 'senderId'>,
): void {
  const { before, after, at } = change;
  if (!isNamed(after)) {
    keep('no new names');
    return;
  }
  // Each side by itself: that both are one person is what the update says. Whoever it is, they have the new names.
  line.reading.addTogether(line.senderId, before, at);
  line.reading.addTogether(line.senderId, after, at);
  if (!isNamed(before)) {
    keep('no old names');
    return;
  }
  line.reading.add({ kind: 'identity', senderId: line.senderId, ...change });
}

function newNames(
  line: Line,
  json: Json,
  system: Json,
  { what, told }: { what: IdentityUpdate['what']; told: PersonNames },
): PersonNames {
  const own = namesOf({
    number: system.wa_id ?? system.new_wa_id,
    userId: system.user_id,
    parentUserId: system.parent_user_id,
    notNumber: line.ownNumber,
  });
  const names = isOfKind(own, what) ? own : { ...told, ...own };
  if (what === 'number' || !isOfKind(names, what)) return names;
  // Where only the user id changed, the number stays, and is not told again as a rule.
  return { ...given({ waId: writerOf(line, json).waId }), ...names };
}

function oldNames(
  line: Line,
  json: Json,
  system: Json,
  p: { what: IdentityUpdate['what']; after: PersonNames; told: PersonNames },
): PersonNames {
  const writer = writerOf(line, json);
  const { userId, parentUserId } = isOldId(writer.userId, system, p.after) ? writer : NOBODY;
  const before = namesOf({
    number: system.customer ?? writer.waId,
    userId: system.previous_user_id ?? userId,
    parentUserId: system.previous_parent_user_id ?? parentUserId,
    notNumber: line.ownNumber,
  });
  // A message that comes from the new number already does not tell the old one.
  const { waId, ...ids } = before;
  const own = p.what === 'number' && waId !== undefined && waId === p.after.waId ? ids : before;
  return isOfKind(own, p.what) ? own : { ...p.told, ...own };
}

// The ids beside `from` are the old ones in Meta's samples; where they are others, they may be the new ones already.
function isOldId(userId: string | undefined, system: Json, after: PersonNames): boolean {
  const previous = idOf(system.previous_user_id);
  if (userId === undefined) return true;
  return previous === undefined ? userId !== after.userId : userId === previous;
}

/** True where the names have the one that changes. */
function isOfKind(names: PersonNames, what: IdentityUpdate['what']): boolean {
  return what === 'number' ? names.waId !== undefined : names.userId !== undefined;
}

function namesInBody(body: unknown): { readonly before: PersonNames; readonly after: PersonNames } {
  const [, from, to] = FROM_TO.exec((textOf(body) ?? '').slice(-BODY_END)) ?? [];
  const names = (number: unknown) =>
    namesOf({ number, userId: undefined, parentUserId: undefined });
  return { before: names(from), after: names(to) };
}
