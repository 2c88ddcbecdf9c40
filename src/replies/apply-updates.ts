/**
 * The updates of stored deliveries, applied. Each change is monotone, so that their order is nothing and any of them may
 * be applied again; those that cannot be applied are given back one by one and hold up nobody.
 */
import type {
  LinkedNames,
  PeopleStore,
  ReplyStore,
  SenderStore,
  WebhookCount,
} from '../core/ports/index.ts';
import { InfrastructureError } from '../core/problem.ts';
import type { NamesTogether, ReadDelivery, Update } from '../core/webhook/update.ts';
import { applyAccountNews } from './apply-account-news.ts';
import { applyStatuses, type StatusTarget } from './apply-statuses.ts';
import { applyTemplateNews } from './apply-template-news.ts';
import type { KnownLinks } from './known-links.ts';
import { isOptOut, type OptOutWords } from './opt-out-words.ts';
import type { Ours } from './ours.ts';
import { linksOf, nameOf, toAnswer, toCall, toNameChange, toStatus } from './to-facts.ts';

/** What updates are applied to. */
export interface UpdateTarget extends StatusTarget {
  readonly ledger: StatusTarget['ledger'] & {
    readonly replies: ReplyStore;
    readonly senders: Pick<SenderStore, 'close' | 'slow' | 'probeSoon'>;
    readonly people: Pick<PeopleStore, 'suppress'>;
    advancedMs(): Promise<number>;
  };
  readonly ours: Ours;
  readonly known: KnownLinks;
  /** They were taken before, by who perhaps died between a failure's record and what follows from it. */
  readonly isAgain?: boolean;
  /** By which a text is an opt-out; absent: none is. */
  readonly optOutWords?: OptOutWords;
}

/** Some updates and what stands beside them. */
export interface Updates {
  readonly updates: readonly Update[];
  readonly together: readonly NamesTogether[];
}

/** Applies updates of any kind, all of them in few statements. */
export async function applyUpdates(target: UpdateTarget, all: Updates): Promise<void> {
  const { replies, people } = target.ledger;
  const updates = all.updates.filter((one) => isOurs(target.ours, one));
  const of = <K extends Update['kind']>(kind: K) =>
    updates.filter((one): one is Extract<Update, { kind: K }> => one.kind === kind);

  const changes = of('identity').flatMap((one) => toNameChange(one) ?? []);
  const together = all.together.filter(({ senderId }) => target.ours.senders.has(senderId));
  const links = withoutDoubles(together.flatMap(linksOf)).filter((one) => !target.known.has(one));
  if (changes.length > 0) target.known.clear();
  // First: until it is known that only their user id changed, the new one is somebody else's.
  await replies.changeNames(changes);
  await replies.learnNames(links);
  target.known.add(links);
  await applyStatuses(target, of('status').map(toStatus), { again: target.isAgain === true });
  await replies.bookAnswers(of('reply').flatMap((one) => toAnswer(one) ?? []));
  await replies.bookCalls(of('call').flatMap((one) => toCall(one) ?? []));
  await replies.setPreferences(
    of('preference').flatMap(({ who, category, value, at }) => {
      const person = nameOf(who);
      return person === undefined ? [] : [{ person, category, value, at }];
    }),
  );
  for (const { text, who, at } of of('text')) {
    const to = nameOf(who);
    const word = isOptOut(target.optOutWords, text);
    if (to !== undefined && word !== undefined)
      await people.suppress({
        people: [{ to, at, reason: `They wrote "${word}".` }],
        source: 'typed',
      });
  }
  for (const one of of('template')) await applyTemplateNews(target, one);
  for (const one of of('account')) await applyAccountNews(target, one);
}

/** Those that failed by themselves, each with why; a database out of reach is thrown. */
export async function applyOneByOne(
  target: UpdateTarget,
  { updates, together }: Updates,
): Promise<readonly { readonly update: Update; readonly why: string }[]> {
  const failed: { update: Update; why: string }[] = [];
  const learn = (some: readonly NamesTogether[]) =>
    unlessBug(applyUpdates(target, { updates: [], together: some }));
  const unlearned = new Map<NamesTogether, string>();
  if ((await learn(together)) !== undefined)
    for (const one of together) {
      const why = await learn([one]);
      if (why !== undefined) unlearned.set(one, why);
    }
  for (const update of updates) {
    const [unknown] = [...unlearned].find(([one]) => isOf(update, one)) ?? [];
    const why = unknown && unlearned.get(unknown);
    const applied = why === undefined ? update : byNumber(update);
    const failure =
      applied && (await unlessBug(applyUpdates(target, { updates: [applied], together: [] })));
    if (why !== undefined || failure !== undefined)
      failed.push({ update, why: why ?? failure ?? '' });
  }
  return failed;
}

/** Whether an update names a person of these names. */
function isOf(update: Update, { names }: NamesTogether): boolean {
  const who = 'who' in update ? update.who : {};
  return (['waId', 'userId', 'parentUserId'] as const).some(
    (kind) => who[kind] !== undefined && who[kind] === names[kind],
  );
}

/**
 * Of somebody whose names could not be learned: a no is booked by their number, which is what they are asked by; all else that
 * is theirs might make a stranger callable, and is kept aside alone.
 */
function byNumber(update: Update): Update | undefined {
  const isNo =
    (update.kind === 'reply' && update.response === 'reject') ||
    (update.kind === 'preference' && update.value === 'stop') ||
    update.kind === 'text';
  if (update.kind === 'status') return update;
  if (!isNo || update.who.waId === undefined) return undefined;
  return { ...update, who: { waId: update.who.waId } };
}

async function unlessBug(work: Promise<unknown>): Promise<string | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof InfrastructureError) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/** Whether an update is of a sender or an account of ours. */
export function isOurs(ours: Ours, update: Update): boolean {
  if (update.kind === 'ignored' || update.kind === 'unreadable') return true;
  if (update.kind === 'template' || update.kind === 'account')
    return (
      ours.accounts.has(update.account) ||
      ('senderId' in update && update.senderId !== undefined && ours.senders.has(update.senderId))
    );
  return ours.senders.has(update.senderId);
}

/** What came, to be counted: by field, kind, and what was not applied. */
export function countsOf(ours: Ours, read: ReadDelivery): readonly WebhookCount[] {
  const sums = new Map<string, { about: string; what: string; senderId: string; n: number }>();
  const add = (about: string, what: string, senderId = '', n = 1) => {
    const key = `${about}\n${what}\n${senderId}`;
    const sum = sums.get(key) ?? { about, what, senderId, n: 0 };
    sums.set(key, { ...sum, n: sum.n + n });
  };
  for (const field of read.fields) add('field', field);
  for (const [what, n] of read.unknown) add('unknown', what, '', n);
  for (const one of read.updates) {
    const sender = 'senderId' in one ? (one.senderId ?? '') : '';
    if (!isOurs(ours, one)) add('foreign', one.kind, sender);
    else if (one.kind === 'ignored') add('ignored', one.why);
    else if (one.kind === 'unreadable') add('unreadable', one.where.replace(/\d+/g, 'n'));
    else add('kind', one.kind === 'status' ? one.status : one.kind, sender);
  }
  return [...sums.values()];
}

/** Each pair of names once, as of the first time that they were told together. */
function withoutDoubles(links: readonly LinkedNames[]): readonly LinkedNames[] {
  const first = new Map<string, LinkedNames>();
  for (const link of links) {
    const key = `${link.a} ${link.b}`;
    const before = first.get(key);
    if (before === undefined || link.at < before.at) first.set(key, link);
  }
  return [...first.values()];
}
