/** `/v1/suppressions`: the opt-out list, people who are asked by nobody. All of it may be repeated: nothing is done twice. */
import { z } from 'zod';
import { shownTo } from '../core/people/user-id.ts';
import type { Suppression } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';
import type { App } from '../wiring.ts';
import { onePage, readCursor } from './pages.ts';
import { personOf, personPath, personQuery } from './person-path.ts';
import {
  addedSuppression,
  newSuppressions,
  removedSuppression,
  suppression,
  suppressionBody,
  suppressions,
  suppressionsQuery,
  takenSuppressions,
} from './suppression-schemas.ts';
import { takeSuppressions } from './take-suppressions.ts';
import type { HttpServer } from './typed-server.ts';

const CURSOR = z.tuple([z.string()]);
const WHERE = 'params/to';

/** Adds the routes of the opt-out list; a streamed one is in `suppression-import.ts`. */
export function suppressionRoutes(server: HttpServer, app: App): void {
  const tags = ['suppressions'];
  const config = { scope: 'send' } as const;
  const { people } = app.ledger;

  server.get(
    '/v1/suppressions',
    {
      schema: {
        operationId: 'listSuppressions',
        tags,
        summary: 'Who is on the opt-out list, by number',
        querystring: suppressionsQuery,
        response: { 200: suppressions },
      },
    },
    async (request) => {
      const { limit, after, ends } = request.query;
      const [last = ''] = readCursor(after, CURSOR) ?? [];
      const found = await people.suppressionPage({ after: last, limit: limit + 1, ends });
      const { items, next } = onePage(found, limit, ({ person }) => [person]);
      return { suppressions: items.map(viewSuppression), next };
    },
  );

  server.post(
    '/v1/suppressions',
    {
      config,
      schema: {
        operationId: 'addSuppressions',
        tags,
        summary: 'Put people on the opt-out list',
        description:
          'From the next send on nobody asks them, also in campaigns that run. A number that cannot be read costs no good one. Longer lists than a body takes go to /v1/suppressions/import.',
        body: newSuppressions,
        response: { 200: takenSuppressions },
      },
    },
    async (request) => {
      const { people: given, reason, ...reading } = request.body;
      const objects = given.map((one) => (typeof one === 'string' ? { to: one } : one));
      return takeSuppressions(app, app.lists.objects(objects), {
        ...{ ...reading, reason, source: 'api' },
      });
    },
  );

  server.get(
    '/v1/suppressions/:to',
    {
      schema: {
        operationId: 'getSuppression',
        tags,
        summary: 'Whether a person is on the opt-out list, under whatever name; 404 where not',
        params: personPath,
        querystring: personQuery,
        response: { 200: suppression },
      },
    },
    async (request) => {
      const to = await personOf(app.config, request.params.to, { ...request.query, where: WHERE });
      const found = await find(app, to);
      if (found !== undefined) return found;
      throw new ProblemError(
        problem('NOT_FOUND', 'This person is not on the opt-out list.', {
          where: WHERE,
          next: 'GET /v1/suppressions lists who is.',
        }),
      );
    },
  );

  server.put(
    '/v1/suppressions/:to',
    {
      config,
      schema: {
        operationId: 'putSuppression',
        tags,
        summary: 'Put one person on the opt-out list',
        params: personPath,
        querystring: personQuery,
        body: suppressionBody,
        response: { 200: addedSuppression },
      },
    },
    async (request) => {
      const to = await personOf(app.config, request.params.to, { ...request.query, where: WHERE });
      const reason = request.body?.reason;
      const one = { to, ...(reason === undefined ? {} : { reason }) };
      const added = (await people.suppress({ people: [one], source: 'api' })) > 0;
      const found = await find(app, to);
      // Taken off again in between: as it was put on.
      const own = { to, source: 'api' as const, reason: reason ?? null };
      return { ...(found ?? { ...own, addedAt: new Date().toISOString() }), added };
    },
  );

  server.delete(
    '/v1/suppressions/:to',
    {
      config,
      schema: {
        operationId: 'removeSuppression',
        tags,
        summary: 'Take a person off the opt-out list, under all their names',
        description:
          'Requests that were skipped meanwhile stay skipped; a retry of the campaign asks them.',
        params: personPath,
        querystring: personQuery,
        response: { 200: removedSuppression },
      },
    },
    async (request) => {
      const to = await personOf(app.config, request.params.to, { ...request.query, where: WHERE });
      return { to, removed: (await people.unsuppress([to])) > 0 };
    },
  );
}

/** Of several names of one person that stand there the one that was put on it first. */
async function find({ ledger }: Pick<App, 'ledger'>, to: string) {
  let first: Suppression | undefined;
  for await (const one of ledger.people.suppressions({ to }))
    if (first === undefined || one.addedAt < first.addedAt) first = one;
  return first && viewSuppression(first);
}

function viewSuppression(found: Suppression): z.output<typeof suppression> {
  const { person, source, reason, addedAt } = found;
  return { to: shownTo(`+${person}`), source, reason, addedAt: addedAt.toISOString() };
}
