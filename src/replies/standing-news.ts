/** Of what Meta told of accounts and templates: what still stands, and what is over or was taken back. */
import type { Template } from '../core/graph.ts';
import type { AccountNews, ReplyStore, TemplateNews } from '../core/ports/index.ts';

/** Kinds that have one value at a time: the last one stands. The others add up. */
const ONE_AT_A_TIME = new Set([
  ...['calling', 'throughput', 'daily-limit', 'number-quality', 'review', 'ban', 'name'],
]);
/** How long a thing that Meta says once, without an end, is worth telling. */
const WORTH_MS = 30 * 86_400_000;

/**
 * What stands for a sender: of its number and of its whole account; by kind, the newest first.
 * @param sender the account it belongs to may be told by its own id only
 */
export function standingNews(
  news: readonly AccountNews[],
  sender: { readonly senderId: string; readonly account: string },
  now: Date,
): readonly AccountNews[] {
  const own = news
    .filter((one) =>
      one.senderId === '' ? one.account === sender.account : one.senderId === sender.senderId,
    )
    .toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const isOver = ({ until, at, what }: AccountNews) => {
    if (until !== null) return until <= now;
    return !ONE_AT_A_TIME.has(what) && at.getTime() < now.getTime() - WORTH_MS;
  };
  const isLast = (one: AccountNews, i: number) =>
    !ONE_AT_A_TIME.has(one.what) ||
    !own.slice(0, i).some((later) => later.what === one.what && later.senderId === one.senderId);
  return own.filter((one, i) => isLast(one, i) && !isOver(one));
}

/** Whether news of an account tell of something that stops or threatens a sender. */
export function isTrouble({ what, value }: Pick<AccountNews, 'what' | 'value'>): boolean {
  if (what === 'restriction' || what === 'violation') return true;
  if (what === 'ban') return value !== 'REINSTATE';
  if (what === 'calling') return value === 'DISABLED';
  if (what === 'review') return value === 'REJECTED';
  return what === 'throughput' && /DOWNGRADE|FLAGGED/.test(value) && !/UNFLAGGED/.test(value);
}

/** What stands for a template as Meta shows it now: nothing that it has got over since. */
export function standingTemplateNews(
  news: readonly TemplateNews[],
  template: Pick<Template, 'id' | 'status' | 'category'>,
): readonly TemplateNews[] {
  return news.filter(({ templateId, what, value, detail }) => {
    if (templateId !== template.id) return false;
    if (what === 'status') return value === template.status && detail !== null;
    if (what === 'category') return value === template.category;
    if (what === 'category-ahead') return value !== template.category;
    return true;
  });
}

/** A template with what was told of it. */
export type Told = Template & { readonly news: readonly TemplateNews[] };

/** Templates with what stands of it. */
export function withNews(
  templates: readonly Template[],
  news: readonly TemplateNews[],
): readonly Told[] {
  return templates.map((t) => ({ ...t, news: standingTemplateNews(news, t) }));
}

/** What Meta told of each sender and its account, as far as it stands. */
export async function newsOfSenders(
  replies: Pick<ReplyStore, 'accountNews' | 'senders'>,
): Promise<ReadonlyMap<string, readonly AccountNews[]>> {
  const all = await replies.accountNews();
  const senders = await replies.senders();
  const now = new Date();
  return new Map(senders.map((one) => [one.senderId, standingNews(all, one, now)]));
}
