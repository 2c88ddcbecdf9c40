/** Asking Meta about people of the book, or about people somebody names: who they are, with which senders, by which lines. */
import type { Config } from '../config/config.ts';
import { given } from '../core/given.ts';
import type { BookEntry, GraphAdmin, PermissionBook, ReplyStore } from '../core/ports/index.ts';
import type { Problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import { unwrap } from '../core/unwrap.ts';
import { systemClock } from '../telemetry/clock.ts';
import { type CheckEnd, type Checked, checkBook, type ToCheck } from './check-book.ts';

/** What it needs of an app. */
export interface CheckingApp {
  readonly config: Pick<Config, 'senders' | 'callPermissionChecksPerSecond'>;
  readonly ledger: {
    readonly book: Pick<PermissionBook, 'entries'>;
    readonly replies: Pick<ReplyStore, 'bookAnswers'>;
    advancedMs(): Promise<number>;
  };
  graph(senderId: string): Promise<Result<Pick<GraphAdmin, 'callPermission'>, Problem>>;
}

/** Whom to ask about where the book names them. */
export function toCheckOf({ senderId, waId, userId, to }: BookEntry): ToCheck {
  return { senderId, person: personOf(waId ?? userId ?? to) };
}

/** One person, with each sender that knows them in the book; who is in no book, with each sender of the settings. */
export async function everySenderOf(
  { ledger, config }: Pick<CheckingApp, 'config'> & { ledger: Pick<CheckingApp['ledger'], 'book'> },
  to: string,
  senderId?: string,
): Promise<readonly ToCheck[]> {
  const known: ToCheck[] = [];
  for await (const entry of ledger.book.entries({ to })) known.push(toCheckOf({ ...entry, to }));
  const unknown = config.senders.map(({ phoneNumberId }) => ({
    senderId: phoneNumberId,
    person: personOf(to),
  }));
  const all = known.length > 0 ? known : unknown;
  return all.filter((one) => senderId === undefined || one.senderId === senderId);
}

/** Asks about them, by the lines of the settings' senders. */
export async function checkPeople(
  app: CheckingApp,
  people: AsyncIterable<ToCheck> | Iterable<ToCheck>,
  how: { readonly signal?: AbortSignal; readonly onProgress?: (done: Checked) => void } = {},
): Promise<CheckEnd> {
  const { config, ledger } = app;
  const lines = new Map<string, Pick<GraphAdmin, 'callPermission'>>();
  // Words and rules read one clock: that of the ledger, which `callpermit clock advance` moves on.
  const advancedMs = await ledger.advancedMs();
  return checkBook(
    {
      clock: { ...systemClock, wall: () => systemClock.wall() + advancedMs },
      ...{ book: ledger.book, replies: ledger.replies },
      async line(id) {
        if (!config.senders.some((sender) => sender.phoneNumberId === id)) return undefined;
        const open = lines.get(id) ?? unwrap(await app.graph(id));
        lines.set(id, open);
        return open;
      },
      perSecond: config.callPermissionChecksPerSecond,
      ...given({ signal: how.signal, onProgress: how.onProgress }),
    },
    people,
  );
}

function personOf(name: string): string {
  return name.replace(/^\+/, '');
}
