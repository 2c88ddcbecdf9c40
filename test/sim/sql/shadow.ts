/**
 * The model beside the real SQL: before a statement runs there, its rule runs here on a copy of the same rows, and
 * then both must have come to the same. So the model that mode A stands on is held against the SQL, statement by
 * statement, and what one of them does otherwise is found where it happens.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Store } from '../database.ts';
import { emptyTables, type Seen, snapshots, type Tables, unchanged } from '../model/tables.ts';
import { differences } from './differences.ts';

/** A rule of the model, ready to run on the shadow's tables. */
export type Rule = () => unknown;

/** The model's copy of a world that runs on the real SQL. */
export interface Shadow {
  /** The real rows. */
  readonly seen: Tables;
  readonly tables: Tables;
  readonly snapshot: () => Seen;
  /**
   * Where the statements of one process wait for the real ones. Each call has its own: of two lists that are read side by
   * side, the second may be the first to write.
   */
  rulesOf(): {
    readonly store: Store;
    take(name: string): Rule | undefined;
    /** Runs a call of the ledger: in it the model's statements wait for the real ones. */
    call<T>(run: () => T): T;
  };
  /**
   * The real answer to a question that was asked before, where the rule says that nothing would change now and gives
   * the same as it did then.
   */
  known<T>(question: string, rule: Rule | undefined): { readonly value: T } | undefined;
  /** Notes the real answer to a question, for `known`. */
  note(question: string, rule: Rule | undefined, value: unknown): void;
  /** Runs the real statement, and its rule where there is one. */
  compare<T>(name: string, rule: Rule | undefined, real: () => Promise<T>): Promise<T>;
}

/** Makes the shadow of a world whose rows are in `tables`. */
export function createShadow(p: {
  readonly tables: Tables;
  readonly clock: () => number;
  readonly broken: (rule: string, detail: string) => void;
}): Shadow {
  const tables = emptyTables();
  const answers = new Map<string, unknown>();

  /** The question with what the model has to say; without a rule, as of the last change. */
  function keyOf(question: string, rule: Rule | undefined): string | undefined {
    if (rule === undefined) return `${question} ${p.tables.version}`;
    copy(p.tables, tables);
    const found = unchanged(tables, rule);
    return found && `${question} ${JSON.stringify(found.value)}`;
  }

  return {
    seen: p.tables,
    tables,
    snapshot: snapshots(tables),
    rulesOf() {
      const calls = new AsyncLocalStorage<{ readonly name: string; readonly rule: Rule }[]>();
      const store = {
        run: ({ name, begin }: Parameters<Store['run']>[0]) => {
          calls.getStore()?.push({ name, rule: () => begin()() });
          // What follows in the same method has parameters of the real answer: it is not compared.
          return new Promise(() => undefined);
        },
      } as Partial<Store> as Store;
      return {
        store,
        take(name) {
          const waiting = calls.getStore() ?? [];
          const i = waiting.findIndex((one) => one.name === name);
          return i < 0 ? undefined : waiting.splice(i, 1)[0]?.rule;
        },
        call: (run) => calls.run([], run),
      };
    },
    known<T>(question: string, rule: Rule | undefined) {
      const key = keyOf(question, rule);
      return key !== undefined && answers.has(key) ? { value: answers.get(key) as T } : undefined;
    },
    note(question, rule, value) {
      const key = keyOf(question, rule);
      if (key !== undefined) answers.set(key, value);
    },
    async compare(name, rule, real) {
      if (rule === undefined) return real();
      copy(p.tables, tables);
      let refused = false;
      try {
        rule();
      } catch {
        refused = true;
      }
      const answer = await real();
      if (!refused)
        for (const difference of differences(tables, p.tables, p.clock()))
          p.broken('model and SQL differ', `${name}: ${difference}`);
      return answer;
    },
  };
}

/** What is the same already is left alone: most of it, before each statement. */
function copy(from: Tables, to: Tables): void {
  for (const kind of MAPS) {
    const source = from[kind] as ReadonlyMap<string, unknown>;
    const target = to[kind] as Map<string, unknown>;
    for (const key of target.keys()) if (!source.has(key)) target.delete(key);
    for (const [key, value] of source) if (target.get(key) !== value) target.set(key, value);
  }
  for (const kind of SETS) {
    for (const value of to[kind]) if (!from[kind].has(value)) to[kind].delete(value);
    for (const value of from[kind]) to[kind].add(value);
  }
  to.changes.rows.clear();
}

const MAPS = [
  ...(['rows', 'campaigns', 'senders', 'templates', 'probes'] as const),
  ...(['pairs', 'waIds', 'workers'] as const),
];
const SETS = ['suppressed', 'granted', 'deadClaims'] as const;
