/** Deliveries for the tests of reading: Meta's envelope around the payloads of this folder, with made-up ids. */
import { readFileSync } from 'node:fs';
import type { ReadDelivery, Update } from '../../src/core/webhook/update.ts';
import { readDelivery } from '../../src/webhook/read-delivery.ts';

/** One change of a delivery: its field and value. */
export interface Change {
  readonly field?: unknown;
  readonly value?: unknown;
}

export const RECEIVED = new Date('2026-11-28T10:00:00Z');
export const ACCOUNT = '900000000000001';
export const SENDER = '800000000000001';
export const METADATA = { display_phone_number: '15550100001', phone_number_id: SENDER };
export const ADA = {
  waId: '15550100777',
  userId: 'US.700000000000000001',
  parentUserId: 'US.ENT.710000000000001',
};

/** All payloads of one file of `payloads`, by name. */
export function payloads(file: string): ReadonlyMap<string, Change> {
  const text = readFileSync(new URL(`payloads/${file}.json`, import.meta.url), 'utf8');
  return new Map(Object.entries(JSON.parse(text) as Record<string, Change>));
}

/** A delivery of such changes. */
export function delivery(changes: readonly unknown[], entry: Record<string, unknown> = {}) {
  return { object: 'whatsapp_business_account', entry: [{ id: ACCOUNT, ...entry, changes }] };
}

/** Reads what is no text yet. */
export function readOf(body: unknown): ReadDelivery {
  return readDelivery(JSON.stringify(body), RECEIVED);
}

/** Reads one change. */
export function readChange(change: Change, entry: Record<string, unknown> = {}): ReadDelivery {
  return readOf(delivery([change], entry));
}

/** The value of a field about a number. */
export function value(parts: Record<string, unknown>): Record<string, unknown> {
  return { messaging_product: 'whatsapp', metadata: METADATA, ...parts };
}

/** Reads one such value. */
export function readValue(parts: Record<string, unknown>, field = 'messages'): ReadDelivery {
  return readChange({ field, value: value(parts) });
}

/** The only update of a delivery, as its kind. */
export function only<K extends Update['kind']>(
  { updates }: ReadDelivery,
  kind: K,
): Extract<Update, { kind: K }> {
  const [update] = updates;
  if (updates.length !== 1 || update?.kind !== kind) {
    throw new Error(`Expected one ${kind}, got ${JSON.stringify(updates)}`);
  }
  return update as Extract<Update, { kind: K }>;
}
