/** The ledger client looks at people, and takes opt-outs. */
import { linesForPrograms } from '../../campaign/option-names.ts';
import { takeOptOuts } from '../../campaign/take-opt-outs.ts';
import { given } from '../../core/given.ts';
import { readPerson } from '../../core/people/read-person.ts';
import type { BookEntry } from '../../core/ports/index.ts';
import { readSpan } from '../../core/span.ts';
import { bookFilter, mayCall, mayCallAt, namedStates } from '../../replies/book-filter.ts';
import { lookAtPerson } from '../../replies/look-at-person.ts';
import type { App } from '../../wiring.ts';
import type { PermissionResult, PersonPermissions, Suppressed } from '../answers.ts';
import { noCampaign } from '../check-input.ts';
import type { OptOut, PermissionQuery, PersonQuery, SuppressOptions } from '../input.ts';
import { unwrap } from './open.ts';

const PAGE_ITEMS = 1_000;

/** The permission book. */
export async function* permissionsOf(
  app: App,
  query: PermissionQuery,
): AsyncGenerator<PermissionResult, void> {
  const { state, expiringWithin, campaign, sender, signal, pageItems: limit = PAGE_ITEMS } = query;
  if (campaign !== undefined && (await app.ledger.campaigns.get(campaign)) === undefined)
    throw noCampaign(campaign);
  const span = expiringWithin === undefined ? undefined : readSpan(expiringWithin);
  const filter = bookFilter({
    states: state === undefined ? undefined : namedStates([state].flat()),
    expiringWithinMs: span?.ok ? span.value : undefined,
    ...{ campaignId: campaign, senderId: sender },
  });
  const read = (after?: Parameters<App['ledger']['book']['page']>[0]['after']) =>
    app.ledger.book.page({ ...filter, limit, ...given({ after }) });
  for (let page = await read(); ; page = await read(page.next)) {
    for (const entry of page.entries) {
      signal?.throwIfAborted();
      yield view(entry);
    }
    if (page.next === null) return;
  }
}

/** What one person allows. */
export async function personOf(
  app: App,
  text: string,
  { sender, defaultCountry }: PersonQuery,
): Promise<PersonPermissions> {
  const to = await read(app, text, defaultCountry);
  const found = await lookAtPerson(app, to);
  const isMeant = ({ senderId }: { readonly senderId: string }) =>
    sender === undefined || senderId === sender;
  const { optOut } = found;
  return {
    to,
    opt_out: optOut && {
      ...{ source: optOut.source, reason: optOut.reason },
      added_at: optOut.addedAt.toISOString(),
    },
    permissions: found.permissions.filter(isMeant).map((one) => ({
      ...view(one),
      may_call: mayCallAt(to, one),
    })),
    calls: found.calls.filter(isMeant).map(({ senderId, connectedDay, unanswered }) => ({
      ...{ sender: senderId, connected_day: connectedDay, unanswered },
    })),
  };
}

/** Whether one person may be called now. */
export async function mayCallNow(app: App, text: string, query: PersonQuery): Promise<boolean> {
  const to = await read(app, text, query.defaultCountry);
  const { sender } = query;
  for await (const one of app.ledger.book.entries({ to }))
    if ((sender === undefined || one.senderId === sender) && mayCallAt(to, one)) return true;
  return false;
}

/** Puts people on the opt-out list. */
export async function suppress(
  app: App,
  people: readonly OptOut[],
  { reason, defaultCountry }: SuppressOptions,
): Promise<Suppressed> {
  const rules = given({ defaultCountry: defaultCountry ?? app.config.defaultCountry });
  const list = unwrap(await app.lists.objects(people).open({ optOuts: true, ...rules }));
  try {
    const p = { source: 'api', reason } as const;
    const taken = unwrap(await takeOptOuts(app.ledger.people, list.batches, p));
    return { ...taken, refusedLines: linesForPrograms(taken.refusedLines) };
  } finally {
    await list.close();
  }
}

async function read(app: App, text: string, country: string | undefined): Promise<string> {
  const defaultCountry = country?.toUpperCase() ?? app.config.defaultCountry;
  return unwrap(await readPerson(text, { defaultCountry }));
}

function view(entry: BookEntry): PermissionResult {
  const { senderId, reference, to, waId, userId, state, since, until, source, campaign } = entry;
  return {
    ...{ sender: senderId, reference, to, wa_id: waId, user_id: userId, state },
    may_call: mayCall(state),
    since: since?.toISOString() ?? null,
    until: until?.toISOString() ?? null,
    ...{ source, campaign },
  };
}
