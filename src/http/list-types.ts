/** Content types of lists that are sent as a stream. */
import type { ListFormat } from '../core/ports/index.ts';

const FORMATS: Readonly<Record<string, ListFormat>> = {
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'application/jsonl': 'ndjson',
  'text/csv': 'csv',
  'application/json': 'json',
};

/** The types that are taken. */
export const LIST_TYPES: readonly string[] = Object.keys(FORMATS);

/** The format that a `Content-Type` names; nothing where it names none. */
export function formatOf(header: string | undefined): { readonly format?: ListFormat } {
  const format = FORMATS[(header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''];
  return format === undefined ? {} : { format };
}

/** `text/csv; charset=windows-1252`, quoted or not (RFC 9110). */
export function charsetOf(header: string | undefined): { readonly charset?: string } {
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(header ?? '')?.[1];
  return charset === undefined ? {} : { charset };
}
