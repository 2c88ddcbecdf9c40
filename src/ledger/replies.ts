/** What comes back from people and from Meta, in the ledger: names, answers, calls, settings, news. */
import type { AccountNews, ReplyStore, TemplateNews } from '../core/ports/index.ts';
import type { Database } from './database.ts';
import { statement } from './sql.ts';

/** Connections by which a process applies webhooks. */
export const APPLYING_CONNECTIONS = 2;

const LEARN = { name: 'learn_names', text: 'select learn_names($1)' };
const TEMPLATE = {
  name: 'book_template_news',
  text: 'select book_template_news($1, $2, $3, $4, $5, $6, $7, $8, $9) as news',
};
const ACCOUNT = {
  name: 'book_account_news',
  text: 'select book_account_news($1, $2, $3, $4, $5, $6, $7, $8) as news',
};
const LEFT = { name: 'learn_left_names', text: 'select learn_left_names($1) as n' };
const ANSWERS = { name: 'book_answers', text: 'select book_answers($1)' };
const MATCH = { name: 'match_answers', text: 'select match_open_answers($1) as found' };
const ANSWERERS = { name: 'learn_answerers', text: 'select learn_answerers($1)' };
const FORGOTTEN = {
  name: 'forgotten_so_far',
  text: 'select generation::text as n from forgetting',
};
const FOLD = { name: 'fold_funnel', text: 'select fold_funnel()' };
const SENDERS = {
  name: 'sender_accounts',
  text: 'select id as "senderId", account, shown_number as shown from senders order by id',
};
const SHOWN = {
  name: 'learn_shown_number',
  text: 'update senders set shown_number = $2 where id = $1 and shown_number is distinct from $2',
};
const TEMPLATES = {
  name: 'template_news',
  text: `select template_id as "templateId", account, name, language, what, value, detail, effective_at as "effectiveAt", at
    from template_news order by name, language, template_id, what`,
};
const ACCOUNTS = {
  name: 'account_news',
  text: `select account, sender_id as "senderId", what, value, detail, until, at
    from account_news order by account, sender_id, what, at desc`,
};
const CHECKED = {
  name: 'permission_checked',
  text: 'delete from permission_checks where sender_id = $1 and person = $2',
};
const CHANGE = statement('change_names');
const CALLS = statement('book_calls');
const PREFERENCES = statement('set_preferences');
const CHECK = statement('take_permission_check');

/** Makes the {@link ReplyStore} over a database. */
export function replyStore(database: Database): ReplyStore {
  const each = async (text: typeof LEARN, facts: readonly object[]) => {
    if (facts.length > 0) await database.run(text, [JSON.stringify(facts)]);
  };
  return {
    learnNames: (links) => each(LEARN, links),
    async learnLeftNames(most) {
      const [row] = await database.run<{ n: number }>(LEFT, [most]);
      return row?.n ?? 0;
    },
    async forgotten() {
      const [row] = await database.run<{ n: string }>(FORGOTTEN, []);
      return row?.n ?? '';
    },
    changeNames: (changes) => each(CHANGE, changes),
    async bookAnswers(answers) {
      await each(ANSWERS, answers);
      const byId = answers.filter(
        ({ person, number }) => number === undefined && !/^\d/.test(person),
      );
      await each(
        ANSWERERS,
        byId.map(({ senderId, key }) => ({ senderId, key })),
      );
    },
    bookCalls: (calls) => each(CALLS, calls),
    setPreferences: (preferences) => each(PREFERENCES, preferences),
    async matchAnswers(most) {
      const [row] = await database.run<{ found: readonly object[] }>(MATCH, [most]);
      await each(ANSWERERS, row?.found ?? []);
    },
    async bookTemplateNews(n) {
      const [row] = await database.run<{ news: boolean }>(TEMPLATE, [
        ...[n.templateId, n.account, n.name, n.language, n.what, n.value, n.detail],
        ...[n.effectiveAt, n.at],
      ]);
      return row?.news === true;
    },
    async bookAccountNews(n) {
      const values = [n.account, n.senderId, n.what, n.value, n.detail, n.until, n.at, n.stops];
      const [row] = await database.run<{ news: boolean }>(ACCOUNT, values);
      return row?.news === true;
    },
    templateNews: () => database.run<TemplateNews & Record<string, unknown>>(TEMPLATES, []),
    accountNews: () => database.run<AccountNews & Record<string, unknown>>(ACCOUNTS, []),
    senders: () =>
      database.run<{ senderId: string; account: string; shown: string | null }>(SENDERS, []),
    async learnShownNumber({ senderId, shown }) {
      await database.run(SHOWN, [senderId, shown]);
    },
    async takePermissionCheck({ senderId, putOffMs, paceMs }) {
      const [row] = await database.run<{ person: string; why: string; wait_ms: string }>(CHECK, [
        senderId,
        putOffMs,
        paceMs,
      ]);
      return row && { person: row.person, why: row.why, waitMs: Number(row.wait_ms) };
    },
    async permissionChecked({ senderId, person }) {
      await database.run(CHECKED, [senderId, person]);
    },
    async foldFunnel() {
      await database.run(FOLD, []);
    },
  };
}
