/** A list is sent to the API as it lies there, byte for byte; `fetch` tells nobody how far an upload is. */
import { ApiError, type ApiProblem, BASE, type Schema, unreachable } from '../../api/client.ts';
import { csrfToken } from '../../api/session-token.ts';
import type { Charset, ListFormat } from '../../list/read-head.ts';

/** What would become of a list. */
export type DryRun = Schema<'DryRun'>;
/** What became of it. */
export type Made = Schema<'MadeCampaign'>;

/** What is sent. */
export interface Upload {
  readonly list: Blob;
  readonly format: ListFormat;
  readonly charset: Charset;
  /** Options of the import. */
  readonly query: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  /** How much has been sent, 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

const TYPES: Readonly<Record<ListFormat, string>> = {
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  json: 'application/json',
};

/** Says what would become of it; nothing stays. */
export function dryRun(upload: Upload): Promise<DryRun> {
  return send<DryRun>({ ...upload, query: { ...upload.query, dryRun: 'true' } });
}

/** Makes the campaign. */
export function importList(upload: Upload): Promise<Made> {
  return send<Made>(upload);
}

function send<Answer>(upload: Upload): Promise<Answer> {
  const { list, format, charset, query, idempotencyKey, onProgress, signal } = upload;
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open('POST', `${BASE}/v1/campaigns/import?${new URLSearchParams(query)}`);
    call.setRequestHeader('content-type', `${TYPES[format]}; charset=${charset}`);
    call.setRequestHeader('x-csrf-token', csrfToken() ?? '');
    if (idempotencyKey !== undefined) call.setRequestHeader('idempotency-key', idempotencyKey);
    call.upload.onprogress = ({ loaded, total }) => onProgress?.(total === 0 ? 1 : loaded / total);
    call.onload = () => {
      const body = readJson(call.responseText);
      if (call.status < 300) resolve(body as Answer);
      else reject(new ApiError(problemOf(call, body)));
    };
    call.onerror = () => reject(unreachable(undefined));
    call.onabort = () => reject(new DOMException('The upload was broken off.', 'AbortError'));
    signal?.addEventListener('abort', () => call.abort());
    call.send(list);
  });
}

function problemOf({ status, statusText }: XMLHttpRequest, body: unknown): ApiProblem {
  const isOurs = typeof body === 'object' && body !== null && 'code' in body && 'detail' in body;
  if (isOurs) return { ...(body as ApiProblem), status };
  return { status, code: `HTTP_${status}`, detail: statusText };
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
