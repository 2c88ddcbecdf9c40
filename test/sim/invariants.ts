/** What must hold after every event, and what when all faults are off and a day has passed: all of it is here. */
import { verdictFor } from '../../src/core/verdicts/verdicts.ts';
import type { Facts } from './facts.ts';
import { asksOf } from './model/people.ts';
import { isOpen, type Row, type Tables } from './model/tables.ts';
import { isHarmless, type Post, type Wire } from './wire.ts';

/** A promise that was broken. */
export interface Violation {
  readonly rule: string;
  readonly detail: string;
  /** Virtual ms. */
  readonly at: number;
}

/** One line of a list. */
export interface Line {
  readonly row: number;
  readonly to: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The world as the invariants see it. */
export interface Witness {
  readonly tables: Tables;
  readonly wire: Wire;
  readonly facts: Facts;
  /** The list that was accepted in the end, by campaign. */
  readonly lists: ReadonlyMap<string, readonly Line[]>;
  /** Campaigns of which somebody was told that they run. */
  readonly started: ReadonlySet<string>;
  readonly now: () => number;
  /** A process was not killed: it could write down, or leave in the spool, whatever it knows. */
  readonly toldAll: (worker: string) => boolean;
  /** Meta knows two numbers as one person. */
  readonly isSame: (a: string, b: string) => boolean;
  readonly broken: (rule: string, detail: string) => void;
}

/** A claim made before a cancel may still be on its way: it is written within 5 s of its send time. */
const IN_HAND_MS = 7_000;
const DAY_MS = 86_400_000;

/** Right when a POST is written. */
export function judgePost(w: Witness, post: Post): void {
  const { facts, wire, tables } = w;
  const name = `${post.request}.${post.fence} (${post.to})`;
  const claim = facts.claims.get(`${post.request}.${post.fence}`);
  const row = tables.rows.get(post.request);
  const retriedAt = facts.retriedAt.get(post.request) ?? -1;
  const cleared = facts.clearedAt.get(post.request) ?? -1;

  for (const other of wire.of(post.request)) {
    if (other === post || other.at <= retriedAt || isHarmless(other)) continue;
    if (!other.taken && other.at <= cleared && post.fence !== other.fence) continue;
    w.broken('asked twice', `${name}: already asked at ${ms(other.at)} as fence ${other.fence}`);
  }
  if (tables.lost.has(`${post.request}.${post.fence}`))
    w.broken('asked though lost', `${name}: its process was told that the claim is its no more`);
  if (claim === undefined) w.broken('unclaimed', `${name} was never claimed`);
  else {
    if (claim.isProven) w.broken('asked after acceptance', `${name} was claimed after the proof`);
    if (claim.isSuppressed) w.broken('asked after opt-out', `${name} was claimed after it`);
    // It may have got another send time: by then the ledger knows who has opted out.
    if (claim.people.some((one) => post.at > (facts.optedOutAt.get(one) ?? post.at) + IN_HAND_MS))
      w.broken('asked after opt-out', `${name} was written ${ms(IN_HAND_MS)} and more after it`);
    if (claim.campaign !== 'running')
      w.broken('asked in a stopped campaign', `${name}: claimed while ${claim.campaign}`);
  }
  const cancelledAt = row && facts.cancelledAt.get(row.campaign);
  if (cancelledAt !== undefined && post.at > cancelledAt + IN_HAND_MS)
    w.broken('asked after cancel', `${name}: ${ms(post.at - cancelledAt)} after it`);
  if (facts.toldClosed.has(`${post.worker} ${post.sender} ${post.template}`))
    w.broken('asked with a closed template', `${name}: this process knew that it is closed`);
  if (row !== undefined) judgeParameters(w, post, row);
  judgePair(w, post, claim?.people ?? []);
  judgeAllowance(w, `${post.request}.${post.fence}`);
}

function judgeParameters(w: Witness, post: Post, row: Row): void {
  const list = w.lists.get(row.campaign);
  const line = list?.find((one) => one.row === row.row);
  if (list === undefined) return;
  if (line === undefined) w.broken('not on the list', `row ${row.row} (${post.to}) is on no list`);
  else if (line.to !== post.to || Object.values(line.parameters).join() !== post.texts.join())
    w.broken('other parameters', `row ${row.row}: ${post.to} got ${post.texts.join()}`);
}

/** One person is asked by one sender once a day, over all campaigns. */
function judgePair(w: Witness, post: Post, people: readonly string[]): void {
  for (const other of w.wire.posts) {
    if (other.request === post.request || other.sender !== post.sender) continue;
    if (!people.includes(other.to.slice(1))) continue;
    if (isHarmless(other) || other.at < post.at - DAY_MS + IN_HAND_MS || other === post) continue;
    const retriedAt = w.facts.retriedAt.get(other.request) ?? -1;
    const cleared = w.facts.clearedAt.get(other.request) ?? -1;
    if (retriedAt >= other.at || (!other.taken && cleared >= other.at)) continue;
    if (w.facts.settled.has(other.request)) continue;
    w.broken('two a day', `${post.to} by ${other.request}.${other.fence} and ${post.request}`);
  }
}

/** When an answer was read. */
export function judgeAnswer(w: Witness, post: Post): void {
  if (post.heard === 'refused' || post.misled) w.facts.owed.delete(`${post.request}.${post.fence}`);
  if (post.heard !== 'refused' || post.code === undefined) return;
  if (verdictFor({ code: post.code, message: '' }).verdict === 'pause-template')
    w.facts.toldClosed.add(`${post.worker} ${post.sender} ${post.template}`);
}

/** After each commit, of what it changed. */
export function judgeLedger(w: Witness): void {
  const { changes, campaigns, rows } = w.tables;
  const touched = changes.campaigns ? rows.keys() : changes.rows.keys();
  for (const id of touched) {
    const row = rows.get(id);
    if (row !== undefined && isOpen(row) && campaigns.get(row.campaign)?.state === 'completed')
      w.broken('open in a completed campaign', `request ${row.id} is ${row.state}`);
  }
  if (changes.pairs) for (const key of w.facts.owed) judgeAllowance(w, key);
}

/** What was asked and not refused holds its person's allowance: for a week, which is as long as it counts. */
function judgeAllowance({ tables, facts, wire, now, broken }: Witness, key: string): void {
  const [request = '', fence] = key.split('.');
  const row = tables.rows.get(request);
  if (row === undefined || !facts.owed.has(key)) return;
  const post = wire.of(request).find((one) => one.fence === Number(fence));
  if (post !== undefined && post.at < now() - 7 * DAY_MS + IN_HAND_MS) return;
  const asks = asksOf(tables, row.sender, row.to);
  if (!asks.some((ask) => ask.request === request && ask.fence === Number(fence)))
    broken('allowance lost', `${key} was asked, and its allowance is not held`);
}

/** When a list was accepted, and at the end. */
export function judgeLists(w: Witness): void {
  for (const [campaign, list] of w.lists) {
    const rows = [...w.tables.rows.values()].filter((row) => row.campaign === campaign);
    for (const row of rows) {
      const line = list.find((one) => one.row === row.row);
      const same =
        line?.to === row.to && JSON.stringify(line.parameters) === JSON.stringify(row.parameters);
      if (!same) w.broken('rows are not lines', `campaign ${campaign}, row ${row.row}: ${row.to}`);
    }
    if (rows.length < list.length)
      w.broken(
        'rows are not lines',
        `campaign ${campaign}: ${rows.length} of ${list.length} lines`,
      );
  }
}

/** With all faults off, after a day. */
export function judgeEnd(w: Witness): void {
  judgeLists(w);
  for (const { id, state } of w.tables.campaigns.values())
    if (state === 'loading') w.broken('a list forgotten', `campaign ${id} has no list after a day`);
  for (const row of w.tables.rows.values()) if (isMeant(w, row)) judgeRow(w, row);
  for (const asks of w.tables.pairs.values())
    for (const ask of asks) {
      const posted = w.wire.of(ask.request).some((post) => post.fence === ask.fence);
      const row = w.tables.rows.get(ask.request);
      if (!posted && row?.state !== 'uncertain' && row?.state !== 'accepted')
        w.broken('allowance kept', `${ask.request}.${ask.fence} was never asked`);
    }
}

/** A campaign whose loader died before it could start it stays a draft: nobody was told that it runs. */
function isMeant(w: Witness, row: Row): boolean {
  const state = w.tables.campaigns.get(row.campaign)?.state;
  return w.started.has(row.campaign) || (state !== 'loading' && state !== 'draft');
}

function judgeRow(w: Witness, row: Row): void {
  const posts = w.wire.of(row.id);
  const taken = posts.filter((post) => post.taken);
  const last = posts.at(-1);
  const name = `request ${row.id} (${row.state})`;
  if (isOpen(row)) {
    w.broken('not final', `${name}, after a day of peace`);
    return;
  }
  const isByHand = w.facts.settled.has(row.id);
  if (row.state === 'accepted') {
    // By the other number of the same person is asked, too: Meta counts people.
    if (!isByHand && !w.wire.posts.some((post) => post.taken && w.isSame(post.to, row.to)))
      w.broken('wrongly accepted', `${name}: nobody was asked`);
    const told = taken.find((post) => post.heard === 'accepted' && w.toldAll(post.worker));
    if (row.wamid === null && told !== undefined && isStorable(told.wamid))
      w.broken('a wamid forgotten', `${name}: Meta answered ${told.wamid}`);
    if (row.wamid !== null && !taken.some((post) => post.wamid === row.wamid))
      w.broken('wrong wamid', `${name} has ${row.wamid}, the wire ${taken.map((q) => q.wamid)}`);
    return;
  }
  // What one process was told before it died is not known to the ledger.
  const heard = taken.find((post) => post.heard === 'accepted' && w.toldAll(post.worker));
  if (heard !== undefined && row.state !== 'uncertain' && !isByHand)
    w.broken('an acceptance forgotten', `${name}: accepted as fence ${heard.fence}`);
  if (row.state === 'rejected' && !isByHand && storedCode(last?.code) !== row.errorCode)
    w.broken('wrongly rejected', `${name} with ${row.errorCode}, Meta said ${last?.code}`);
  if (row.state === 'already-granted' && !isByHand && last?.code !== 138017)
    w.broken('wrongly granted', `${name}: Meta said ${last?.code ?? last?.heard}`);
  if (row.state === 'uncertain') judgeUncertain(w, row, last);
}

/** `uncertain` only where a written request was hit by a fault, or its process died with it. */
function judgeUncertain(w: Witness, row: Row, last: Post | undefined): void {
  const claim = w.facts.claims.get(`${row.id}.${row.fence}`);
  if (!w.toldAll(claim?.claimId.split('.')[0] ?? '')) return;
  const name = `request ${row.id}.${row.fence}`;
  if (last === undefined || last.fence !== row.fence)
    w.broken('uncertain, never written', `${name}: its process lives`);
  else if (!last.doubted && (last.heard === 'accepted' || last.heard === 'refused'))
    w.broken('uncertain, though answered', `${name}: the answer was ${last.heard}`);
}

/** A code that is no integer of Postgres's is kept as -1. */
function storedCode(code: number | undefined): number | undefined {
  return code !== undefined && code > 2 ** 31 - 1 ? -1 : code;
}

/** What is no text for Postgres is no wamid. */
function isStorable(wamid: string | undefined): boolean {
  return wamid !== undefined && /^wamid\.\d+$/.test(wamid);
}

function ms(time: number): string {
  return `${Math.round(time)} ms`;
}
