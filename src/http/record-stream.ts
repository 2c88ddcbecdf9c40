/** Exports over HTTP: records of any number as CSV or NDJSON, sent as fast as they are read, never held. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Cell, FORMATS, type Format, records } from '../core/records.ts';

const TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** Query parameter of an export. */
export const format = z
  .enum(FORMATS)
  .default('ndjson')
  .describe('`csv`: RFC 4180 with a header, or `ndjson`: one JSON object a line.');

/** Query parameter of an export as CSV. */
export const spreadsheet = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional()
  .describe(
    'CSV for a spreadsheet: an apostrophe stands before what it would run as a formula, but for phone numbers.',
  );

/** What an export answers, by the content types that it has. */
export function recordResponse(description: string, columns: readonly string[]) {
  const text = `Columns: ${columns.join(', ')}.`;
  return {
    description,
    content: {
      'text/csv': { schema: z.string().describe(text) },
      'application/x-ndjson': { schema: z.string().describe(text) },
    },
  };
}

/** Sends them. A client that goes away, or is slow, holds up nothing but its own export. */
export function sendRecords<K extends string>(
  request: FastifyRequest,
  reply: FastifyReply,
  p: {
    readonly rows: AsyncIterable<Readonly<Partial<Record<K, Cell>>>>;
    readonly columns: readonly K[];
    readonly format: Format;
    readonly spreadsheet?: boolean | undefined;
    /** Of the file that a browser saves. */
    readonly name: string;
  },
): FastifyReply {
  reply.headers({
    'content-type': TYPES[p.format],
    'content-disposition': `attachment; filename="${p.name}.${p.format}"`,
  });
  // To ask what it would be is no reason to read it all.
  if (request.method === 'HEAD') return reply.send();
  // `records` waits in its generator while the socket is full.
  return reply.send(Readable.from(records(p.rows, p.columns, p.format, p)));
}
