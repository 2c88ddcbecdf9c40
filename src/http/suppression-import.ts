/**
 * `POST /v1/suppressions/import`: a list of opt-outs as a stream. The body is read as fast as the ledger takes it. What was read is on the list at once; an upload that broke off is sent again whole, and changes nothing twice.
 */
import type { App } from '../wiring.ts';
import { listBody } from './list-schemas.ts';
import { LIST_TYPES } from './list-types.ts';
import { importQuery, takenSuppressions } from './suppression-schemas.ts';
import { takeSuppressions } from './take-suppressions.ts';
import type { HttpServer } from './typed-server.ts';
import { withUploadedList } from './uploaded-list.ts';

/** Adds the upload. */
export function suppressionImportRoutes(server: HttpServer, app: App, most?: number): void {
  server.register((uploads: HttpServer, _options, done) => {
    uploads.removeAllContentTypeParsers();
    uploads.addContentTypeParser([...LIST_TYPES], async (_request: unknown, body: unknown) => body);
    uploads.post(
      '/v1/suppressions/import',
      {
        config: { scope: 'send' },
        schema: {
          operationId: 'importSuppressions',
          tags: ['suppressions'],
          summary: 'Put everybody of a list on the opt-out list',
          description:
            'CSV with a column to (or phone) and, if you like, reason; NDJSON; a JSON array; or bare numbers, one a line. Lines that cannot be read are refused, the others are taken. May be packed: `Content-Encoding: gzip`.',
          consumes: [...LIST_TYPES],
          querystring: importQuery,
          body: listBody,
          response: { 200: takenSuppressions },
        },
      },
      async (request) =>
        withUploadedList(
          app,
          request,
          (list) => takeSuppressions(app, list, { ...request.query, source: 'import' }),
          most,
        ),
    );
    done();
  });
}
