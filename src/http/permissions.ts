/** `/v1/permissions`: whom each sender may call, until when and why; by the book that webhooks fill. */
import { z } from 'zod';
import type { BookEntry, BookPlace } from '../core/ports/index.ts';
import { ProblemError, problem } from '../core/problem.ts';
import { bookFilter, mayCall, mayCallAt } from '../replies/book-filter.ts';
import { BOOK_COLUMNS, bookRecords } from '../replies/book-records.ts';
import { lookAtPerson } from '../replies/look-at-person.ts';
import type { App } from '../wiring.ts';
import { cursorOf, readCursor } from './pages.ts';
import {
  bookExportQuery,
  bookQuery,
  type permission,
  permissions,
  person,
} from './permission-schemas.ts';
import { personOf, personPath, personQuery } from './person-path.ts';
import { recordResponse, sendRecords } from './record-stream.ts';
import type { HttpServer } from './typed-server.ts';

const PLACE = z.tuple([z.string(), z.string()]);
const PLACE_IN_CAMPAIGN = z.tuple([z.number().int().nonnegative()]);

/** Adds the routes of the permission book. */
export function permissionRoutes(server: HttpServer, app: App): void {
  const tags = ['permissions'];

  server.get(
    '/v1/permissions',
    {
      schema: {
        operationId: 'listPermissions',
        tags,
        summary: 'Whom each sender may call, who was asked, who declined',
        description:
          'A page looks at 5,000 people at most: with a filter that fits few of them it may have fewer items than `limit`, or none, and a `next`. The walk is over where `next` is null.',
        querystring: bookQuery,
        response: { 200: permissions },
      },
    },
    async (request) => {
      const { limit, after, campaign } = request.query;
      await needCampaign(app, campaign, 'querystring/campaign');
      const place = placeIn(after, campaign);
      const found = await app.ledger.book.page({
        ...filterOf(request.query),
        ...(place === undefined ? {} : { after: place }),
        limit,
      });
      return {
        permissions: await viewPermissions(app, found.entries),
        next: found.next === null ? null : cursorOf(found.next),
      };
    },
  );

  server.get(
    '/v1/permissions/export',
    {
      schema: {
        operationId: 'exportPermissions',
        tags,
        summary: 'The book as CSV or NDJSON',
        querystring: bookExportQuery,
        response: { 200: recordResponse('A line for each person and sender.', BOOK_COLUMNS) },
      },
    },
    async (request, reply) => {
      await needCampaign(app, request.query.campaign, 'querystring/campaign');
      return sendRecords(request, reply, {
        rows: bookRecords(app.ledger.book.entries(filterOf(request.query))),
        columns: BOOK_COLUMNS,
        format: request.query.format,
        spreadsheet: request.query.spreadsheet,
        name: 'permissions',
      });
    },
  );

  server.get(
    '/v1/permissions/:to',
    {
      schema: {
        operationId: 'getPerson',
        tags,
        summary:
          'One person: what they allow each sender, what happened, their calls, the opt-out list',
        description: 'Of whom nothing is known the lists are empty: that is no failure.',
        params: personPath,
        querystring: personQuery,
        response: { 200: person },
      },
    },
    async (request) => {
      const where = 'params/to';
      const to = await personOf(app.config, request.params.to, { ...request.query, where });
      const found = await lookAtPerson(app, to);
      const asked = found.history.filter(({ kind }) => kind === 'request');
      const names = await namesOf(
        app,
        asked.map(({ source }) => source),
      );
      return {
        to,
        optOut: found.optOut && { ...found.optOut, addedAt: found.optOut.addedAt.toISOString() },
        permissions: (await viewPermissions(app, found.permissions)).map((one) => ({
          ...one,
          mayCall: mayCallAt(to, one),
        })),
        calls: found.calls.map(({ senderId: sender, ...call }) => ({ sender, ...call })),
        history: found.history.map(({ senderId: sender, at, until, ...one }) => ({
          ...{ ...one, sender, at: at.toISOString(), until: until?.toISOString() ?? null },
          campaignName: one.kind === 'request' ? (names.get(one.source ?? '') ?? null) : null,
        })),
      };
    },
  );
}

/** A campaign that is not there is told; its empty book would look like "nobody". */
export async function needCampaign(
  { ledger }: Pick<App, 'ledger'>,
  id: string | undefined,
  where: string,
): Promise<void> {
  if (id === undefined || (await ledger.campaigns.get(id)) !== undefined) return;
  throw new ProblemError(
    problem('USAGE', `There is no campaign ${id}.`, {
      where,
      next: 'GET /v1/campaigns lists them.',
    }),
  );
}

/** Where the page before ended; a cursor of a campaign is none of the whole book. */
export function placeIn(
  after: string | undefined,
  campaign: string | undefined,
): BookPlace | undefined {
  return readCursor<BookPlace>(after, campaign === undefined ? PLACE : PLACE_IN_CAMPAIGN);
}

function filterOf(query: z.output<typeof bookExportQuery> | z.output<typeof bookQuery>) {
  const { state: states, expiringWithin: expiringWithinMs, campaign, sender } = query;
  return bookFilter({ states, expiringWithinMs, campaignId: campaign, senderId: sender });
}

/** A page of the book. */
async function viewPermissions(
  app: Pick<App, 'ledger'>,
  entries: readonly BookEntry[],
): Promise<z.output<typeof permission>[]> {
  const names = await namesOf(
    app,
    entries.map(({ campaign }) => campaign),
  );
  return entries.map((entry) => viewPermission(entry, names));
}

/** What campaigns are called; each is looked for once. */
function namesOf({ ledger }: Pick<App, 'ledger'>, ids: readonly (string | null)[]) {
  return ledger.campaigns.names([...new Set(ids)].filter((id) => id !== null));
}

function viewPermission(
  entry: BookEntry,
  names: ReadonlyMap<string, string>,
): z.output<typeof permission> {
  const { senderId, state, since, until, to, waId, userId, source, reference, campaign } = entry;
  return {
    ...{ sender: senderId, to, waId, userId, state, mayCall: mayCall(state) },
    ...{ since: since?.toISOString() ?? null, until: until?.toISOString() ?? null },
    ...{ source, reference, campaign },
    campaignName: campaign === null ? null : (names.get(campaign) ?? null),
  };
}
