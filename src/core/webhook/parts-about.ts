/**
 * What of a stored delivery is about one request: the statuses, messages and calls that name its message, its answer or
 * the request itself. A delivery may tell of a thousand people; the others stay where they are.
 */
import { type Json, readWhole, writeWhole } from './whole-numbers.ts';

/** By what a delivery can name a request. */
export interface RequestTraces {
  /** Of the ledger; what we send along begins with it. */
  readonly id: string;
  /** Meta's id of the message; an answer names it. */
  readonly wamid: string | null;
  /** Meta's id of the answer. */
  readonly answerKey: string | null;
}

/** One element of a delivery. */
export interface DeliveryPart {
  /** `messages`, `calls` ... */
  readonly field: string;
  /** The array it stood in: `statuses`, `messages` ... */
  readonly kind: string;
  /** As Meta wrote it, over several lines. */
  readonly raw: string;
}

/** Texts of which a body that names the request holds one, for a coarse look that a database can take. */
export function tracesOfRequest({ id, wamid, answerKey }: RequestTraces): readonly string[] {
  const ids = [wamid, answerKey].filter((one) => one !== null && one !== '');
  // Meta writes JSON with escaped slashes now and then.
  return [
    `"${id}.`,
    ...new Set(ids.flatMap((one) => [`"${one}"`, `"${one?.replaceAll('/', '\\/')}"`])),
  ];
}

/** The parts of a body that are about a request; none where it is no JSON. */
export function partsAbout(body: string, traces: RequestTraces): readonly DeliveryPart[] {
  let read: Json;
  try {
    read = readWhole(body);
  } catch {
    return [];
  }
  return listOf(fieldOf(read, 'entry'))
    .flatMap((entry) => listOf(fieldOf(entry, 'changes')))
    .flatMap((change) => partsOfChange(change, traces));
}

function partsOfChange(change: Json, traces: RequestTraces): readonly DeliveryPart[] {
  const value = fieldOf(change, 'value');
  if (!isRecord(value)) return [];
  const field = String(fieldOf(change, 'field') ?? '');
  return Object.entries(value).flatMap(([kind, list]) =>
    listOf(list)
      .filter((part) => names(part, traces))
      .map((part) => ({ field, kind, raw: writeWhole(part, 2) })),
  );
}

function names(node: Json | undefined, traces: RequestTraces): boolean {
  if (typeof node === 'string')
    return node !== '' && (node === traces.wamid || node === traces.answerKey);
  if (Array.isArray(node)) return node.some((part: Json) => names(part, traces));
  if (!isRecord(node)) return false;
  const sentAlong = node.biz_opaque_callback_data;
  if (typeof sentAlong === 'string' && sentAlong.startsWith(`${traces.id}.`)) return true;
  return Object.values(node).some((part) => names(part, traces));
}

function isRecord(node: Json | undefined): node is { readonly [key: string]: Json } {
  return typeof node === 'object' && node !== null && !Array.isArray(node);
}

function fieldOf(node: Json | undefined, name: string): Json | undefined {
  return isRecord(node) ? node[name] : undefined;
}

function listOf(node: Json | undefined): readonly Json[] {
  return Array.isArray(node) ? node : [];
}
