/** `user_preferences[]`: whether a person wants marketing messages of a business. */
import { STATUS_CHARS } from '../core/outside-text.ts';
import { isNamed, namesOf } from './names.ts';
import type { Line, Part } from './part.ts';
import { smallWordOf, textOf, timeOf } from './values.ts';
import { valueWord } from './words.ts';

/** The only category there is so far; a "stop" without one is one too. */
const MARKETING = 'marketing_messages';

/** Reads one preference; one of nobody is kept raw. */
export function readPreference(line: Line, { json, keep }: Part): void {
  const { reading, senderId } = line;
  const value = smallWordOf(json.value);
  if (value === undefined) {
    keep('no value');
    return;
  }
  const at = timeOf(json.timestamp) ?? line.at;
  const own = namesOf({
    number: json.wa_id,
    userId: json.user_id,
    parentUserId: json.parent_user_id,
    notNumber: line.ownNumber,
  });
  const who = line.contacts.personOf(own, at);
  if (value !== 'stop' && value !== 'resume') {
    reading.countValue('preference', json.value);
    reading.ignore(line, `preference ${valueWord(json.value)}`);
    return;
  }
  if (!isNamed(who)) {
    keep('nobody is named');
    return;
  }
  const category = textOf(json.category, STATUS_CHARS) ?? MARKETING;
  reading.add({ kind: 'preference', senderId, at, who, category, value });
}
