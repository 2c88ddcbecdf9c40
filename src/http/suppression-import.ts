/**
 * `POST /v1/suppressions/import`: a list of opt-outs as a stream. No limit in bytes: the body is read as fast as the ledger
 * takes it. What was read is on the list at once; an upload that broke off is sent again whole, and changes nothing twice.
 */
import { ProblemError, problem } from '../core/problem.ts';
import type { App } from '../wiring.ts';
import { listBody } from './list-schemas.ts';
import { charsetOf, formatOf, LIST_TYPES } from './list-types.ts';
import { piecesOf } from './slow-bodies.ts';
import { importQuery, takenSuppressions } from './suppression-schemas.ts';
import { takeSuppressions } from './take-suppressions.ts';
import type { HttpServer } from './typed-server.ts';

/** Adds the upload. */
export function suppressionImportRoutes(server: HttpServer, app: App): void {
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
            'CSV with a column to (or phone) and, if you like, reason; NDJSON; a JSON array; or bare numbers, one a line. Lines that cannot be read are refused, the others are taken.',
          consumes: [...LIST_TYPES],
          querystring: importQuery,
          body: listBody,
          response: { 200: takenSuppressions },
        },
      },
      async (request) => {
        const type = request.headers['content-type'];
        const body = request.raw;
        const list = app.lists.bytes({
          bytes: piecesOf(body),
          name: 'the body',
          ...{ ...formatOf(type), ...charsetOf(type) },
        });
        try {
          return await takeSuppressions(app, list, { ...request.query, source: 'import' });
        } catch (error) {
          if (body.errored === null) throw error;
          const next = 'Send the list again from its beginning; nobody is put on it twice.';
          throw new ProblemError(
            problem('LIST_UNREADABLE', 'The upload broke off before its end.', { next }),
            { cause: error },
          );
        } finally {
          // What a refusal leaves unread is read away, or the caller would never get to the answer.
          body.resume();
        }
      },
    );
    done();
  });
}
