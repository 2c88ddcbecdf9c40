/** From updates to the payload of one POST: entries by account, changes by field and number. */
import type { Json, ListedPart, WebhookUpdate } from './update.ts';

/** Parts beside the updates that a receiver has to live with; a number picks one of each kind. */
export interface Oddities {
  readonly broken?: number | undefined;
  readonly unknown?: number | undefined;
}

type Value = Record<string, unknown> & {
  [list in ListedPart['list'] | 'contacts']?: Json[];
};

/** The payload of some updates. */
export function payloadOf(updates: readonly WebhookUpdate[], odd: Oddities): Json {
  const entries: { id: string; time?: number; changes: Json[] }[] = [];
  const changesOf = (id: string): Json[] => {
    let entry = entries.find((e) => e.id === id && e.time === undefined);
    if (entry === undefined) {
      entry = { id, changes: [] };
      entries.push(entry);
    }
    return entry.changes;
  };
  const values = new Map<string, Value>();
  for (const update of updates) {
    const part = update.render();
    if ('value' in part) {
      const change = { field: update.field, value: part.value };
      if (part.time === undefined) changesOf(update.account).push(change);
      else entries.push({ id: update.account, time: part.time, changes: [change] });
      continue;
    }
    const key = `${update.account}|${update.phoneNumberId ?? ''}|${update.field}|${part.list}`;
    let value = values.get(key);
    if (value === undefined) {
      value = headOf(update);
      values.set(key, value);
      changesOf(update.account).push({ field: update.field, value });
    }
    if (part.contact !== undefined) addContact(value, part.contact);
    value[part.list] ??= [];
    value[part.list]?.push(part.item);
  }
  const [first] = updates;
  if (first !== undefined) addOddities(changesOf(first.account), headOf(first), odd);
  return { object: 'whatsapp_business_account', entry: entries };
}

function headOf({ displayNumber, phoneNumberId }: WebhookUpdate): Value {
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: displayNumber, phone_number_id: phoneNumberId },
  };
}

/** Contacts are told once a value, so they cannot be matched by their place. */
function addContact(value: Value, contact: Json): void {
  value.contacts ??= [];
  const isThere = value.contacts.some(
    (c) => c.wa_id === contact.wa_id && c.user_id === contact.user_id,
  );
  if (!isThere) value.contacts.push(contact);
}

function addOddities(changes: Json[], head: Json, { broken, unknown }: Oddities): void {
  const pick = <T>(from: readonly T[], share: number): T | undefined =>
    from[Math.floor(share * from.length)];
  if (broken !== undefined) {
    const message = {
      id: 'wamid.BROKEN',
      type: 'interactive',
      interactive: { type: 'call_permission_reply', call_permission_reply: null },
    };
    const part = pick<Json>(
      [
        { field: 'messages', value: { ...head, statuses: [{ id: 7, status: null }] } },
        { field: 'messages', value: { ...head, messages: [message] } },
        { field: 'messages', value: { ...head, statuses: ['broken'] } },
        { field: 'messages', value: 'broken' },
      ],
      broken,
    );
    if (part !== undefined) changes.push(part);
  }
  if (unknown !== undefined) {
    const part = pick<Json>(
      [
        { field: 'tracking_events', value: { events: [{ type: 'unheard_of' }] } },
        { field: 'messages', value: { ...head, unheard_of: { a: [1] } }, unheard_of: true },
        {
          field: 'messages',
          value: { ...head, errors: [{ code: 131000, title: 'Something went wrong' }] },
        },
      ],
      unknown,
    );
    if (part !== undefined) changes.push(part);
  }
}

/** A body that is no delivery at all: another object, no entries, or half of `body`. */
export function strangeBody(body: string, share: number): string {
  if (share < 1 / 3) return '{"object":"page","entry":[{"id":"1","changes":[]}]}';
  if (share < 2 / 3) return '{"object":"whatsapp_business_account","entry":[]}';
  return body.slice(0, Math.ceil(body.length / 2));
}
