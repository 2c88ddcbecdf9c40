/** What every message says of itself: its id, its time and who wrote it. */
import type { PersonNames } from '../core/webhook/update.ts';
import { isNamed, namesOf } from './names.ts';
import type { Line, Part } from './part.ts';
import { idOf, type Json, timeOf } from './values.ts';

/** What a message's id, time and sender say. */
export interface MessageHead {
  readonly id: string;
  readonly at: Date;
  readonly who: PersonNames;
}

/**
 * Id, time and person of a message; one without an id or a person is kept raw.
 * @param isNo it may be a person's no, which counts by whomever it is told, also without an id
 */
export function headOf(line: Line, { json, keep }: Part, isNo = false): MessageHead | undefined {
  const own = idOf(json.id);
  if (own === undefined && isNo) line.reading.countValue('messages.id', json.id);
  const id = own ?? (isNo ? line.reading.idOf(json) : undefined);
  if (id === undefined) return void keep('no id of a message');
  const at = timeOf(json.timestamp) ?? line.at;
  const who = line.contacts.personOf(writerOf(line, json), at);
  if (!isNamed(who)) return void keep('nobody is named');
  return { id, at, who };
}

/** The names that a message itself has. */
export function writerOf(line: Line, json: Json): PersonNames {
  return namesOf({
    number: json.from,
    userId: json.from_user_id,
    parentUserId: json.from_parent_user_id,
    notNumber: line.ownNumber,
  });
}
