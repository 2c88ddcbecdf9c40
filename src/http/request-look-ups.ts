/** `/v1/requests`, looked at: those of all campaigns and single ones, and what became of an uncertain one. */
import { z } from 'zod';
import { placeOf, publicId, standingOfAny } from '../campaign/look-up.ts';
import { settleRequest } from '../campaign/operator.ts';
import { resultForPrograms } from '../campaign/option-names.ts';
import { given } from '../core/given.ts';
import { readPerson } from '../core/people/read-person.ts';
import type { LookUpPlace } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';
import type { App } from '../wiring.ts';
import { unwrap } from './find-campaign.ts';
import { settleBody } from './operator-schemas.ts';
import { cursorOf, readCursor } from './pages.ts';
import { requestPath, requestStanding } from './request-schemas.ts';
import { foundRequests, lookUpQuery } from './result-schemas.ts';
import type { HttpServer } from './typed-server.ts';

const ID = z.string().regex(/^\d{1,18}$/);
const WORD = z
  .string()
  .max(64)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);
const MICROS = z.number().int().min(-1).max(8_000_000_000_000_000);

/** A page ends with an id, or at a place among those who wait. */
const PLACE = z.union([z.tuple([ID]), z.tuple([WORD, WORD, WORD, MICROS, ID])]);

/** Adds the look-ups of requests. */
export function requestLookUpRoutes(server: HttpServer, app: App): void {
  const tags = ['requests'];

  server.get(
    '/v1/requests',
    {
      schema: {
        tags,
        operationId: 'findRequests',
        summary: 'Requests of all campaigns and single ones, the newest first',
        description:
          'All that is given has to fit. Those who wait come behind the others. A page may hold fewer than ' +
          '`limit`, or nobody, though `next` leads on: for one page some 50,000 requests are looked at, ' +
          'and of those who wait, by number or reference, 200,000. Where `next` is null that was all.',
        querystring: lookUpQuery,
        response: { 200: foundRequests },
      },
    },
    async (request) => {
      const { limit, after, number, state, reference, wamid } = request.query;
      const last = readCursor(after, PLACE);
      const { requests, next } = await app.ledger.requests.find({
        limit,
        ...given({ after: last && placeOfCursor(last), states: state, reference, wamid }),
        ...(number === undefined ? {} : { name: await nameOf(app, number) }),
      });
      const lists = requests.filter(({ single }) => !single).map(({ campaignId }) => campaignId);
      const names = await app.ledger.campaigns.names([...new Set(lists)]);
      return {
        requests: requests.map((one) => ({
          ...resultForPrograms(one),
          id: publicId(one),
          campaign: one.single ? null : one.campaignId,
          campaignName: names.get(one.campaignId) ?? null,
        })),
        next: next === null ? null : cursorOf(next.waiting ?? [next.before]),
      };
    },
  );

  server.get(
    '/v1/requests/:id',
    {
      schema: {
        tags,
        operationId: 'getRequest',
        summary: 'How a request stands, single or on a list',
        params: requestPath,
        response: { 200: requestStanding },
      },
    },
    async (request) => standing(app, request.params.id),
  );

  server.post(
    '/v1/requests/:id/settle',
    {
      config: { scope: 'send' },
      schema: {
        tags,
        operationId: 'settleRequest',
        summary: 'Say what became of a request whose outcome is not known',
        description:
          'Only an uncertain one is settled, once. An acceptance that comes later counts.',
        params: requestPath,
        body: settleBody,
        response: { 200: requestStanding },
      },
    },
    async (request) => {
      const { id } = request.params;
      const place = await placeOf(app, id);
      if (place === undefined) throw notThere(id);
      const { campaignId, row } = place;
      unwrap(await settleRequest(app, { campaignId, row, as: request.body.as }));
      return standing(app, id);
    },
  );
}

function placeOfCursor(last: z.output<typeof PLACE>): LookUpPlace {
  return last.length === 1 ? { before: last[0] } : { waiting: last };
}

async function standing(app: App, id: string) {
  const found = await standingOfAny(app, id);
  if (found === undefined) throw notThere(id);
  return { ...resultForPrograms(found), id };
}

function notThere(id: string): ProblemError {
  const next = 'GET /v1/requests finds them by number, reference or wamid.';
  return new ProblemError(problem('NOT_FOUND', `There is no request ${id}.`, { where: id, next }));
}

/** The name by which the ledger knows a person. In a query a bare plus is a space. */
async function nameOf({ config }: Pick<App, 'config'>, text: string): Promise<string> {
  const written = /^ \d/.test(text) ? `+${text.trim()}` : text.trim();
  const { defaultCountry } = config;
  return unwrap(await readPerson(written, { defaultCountry })).replace(/^\+/, '');
}
