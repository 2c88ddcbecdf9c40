/** `POST /v1/permissions/check`: asks Meta what people allow, a bounded number of them a call, and corrects the book. */
import type { z } from 'zod';
import { problemWhile } from '../campaign/graph-problem.ts';
import type { BookPage, BookPlace } from '../core/ports/index.ts';
import { bookFilter } from '../replies/book-filter.ts';
import type { CheckEnd, ToCheck } from '../replies/check-book.ts';
import { checkPeople, everySenderOf, toCheckOf } from '../replies/check-people.ts';
import type { App } from '../wiring.ts';
import { endsOf } from './caller-left.ts';
import { cursorOf } from './pages.ts';
import { checkBody, checked } from './permission-schemas.ts';
import { needCampaign, placeIn } from './permissions.ts';
import { personOf } from './person-path.ts';
import { DetailedProblemError } from './problems.ts';
import type { HttpServer } from './typed-server.ts';

type CheckBody = z.output<typeof checkBody>;

/** Adds the check. */
export function permissionCheckRoutes(server: HttpServer, app: App): void {
  const ends = endsOf(server);

  server.post(
    '/v1/permissions/check',
    {
      config: { scope: 'send' },
      schema: {
        operationId: 'checkPermissions',
        tags: ['permissions'],
        summary: 'Ask Meta what people allow, and correct the book',
        description:
          'For what no webhook told. Meta is asked CALL_PERMISSION_CHECKS_PER_SECOND (80) times a second, more slowly where it says that this is too fast, and the answer comes when all of `limit` are done: 1,000 people take some twelve seconds. While `next` is not null the rest is asked about by the same call with `after`. Who hangs up ends it; what Meta has said by then is booked. A token that is refused, or Meta out of reach, is a problem that has the counts too.',
        body: checkBody,
        response: { 200: checked },
      },
    },
    async (request, reply) => {
      const { body } = request;
      await needCampaign(app, body.campaign, 'body/campaign');
      const signal = ends.of(reply);
      const { end, next } =
        body.to === undefined
          ? await checkPage(app, body, signal)
          : {
              end: await checkPeople(app, await named(app, body, body.to), { signal }),
              next: null,
            };
      // A kept connection would hold the closing server up.
      if (ends.isClosing) reply.header('connection', 'close');
      const { gaveUp, reasons, asked, changed, failed } = end;
      const counts = { asked, changed, failed, reasons: [...reasons] };
      if (gaveUp !== undefined)
        throw new DetailedProblemError(problemWhile(gaveUp, 'ask on'), counts);
      return { ...counts, next: next === null ? null : cursorOf(next) };
    },
  );
}

async function named(
  app: App,
  body: CheckBody,
  to: string | readonly string[],
): Promise<readonly ToCheck[]> {
  const people = await Promise.all(
    [to].flat().map((text) => personOf(app.config, text, { ...body, where: 'body/to' })),
  );
  const found: ToCheck[] = [];
  for (const one of new Set(people)) found.push(...(await everySenderOf(app, one, body.sender)));
  return found;
}

/** One page of a campaign, or of all expired. */
async function checkPage(
  app: App,
  { campaign: campaignId, sender: senderId, limit, after }: CheckBody,
  signal: AbortSignal,
): Promise<{ readonly end: CheckEnd; readonly next: BookPlace | null }> {
  const states = campaignId === undefined ? (['expired'] as const) : undefined;
  const place = placeIn(after, campaignId);
  const first: BookPlace = campaignId === undefined ? [senderId ?? '', ''] : [0];
  const found = await app.ledger.book.page({
    ...bookFilter({ campaignId, states, senderId }),
    ...(place === undefined ? {} : { after: place }),
    limit,
  });
  let taken = 0;
  function* people(): Generator<ToCheck> {
    for (const entry of found.entries) {
      taken += 1;
      yield toCheckOf(entry);
    }
  }
  const end = await checkPeople(app, people(), { signal });
  return { end, next: signal.aborted ? placeBefore(found, taken, place ?? first) : found.next };
}

/** Of a call that was ended: the last one was taken, but not asked about. */
function placeBefore({ entries }: BookPage, taken: number, first: BookPlace): BookPlace {
  return entries[taken - 2]?.place ?? first;
}
