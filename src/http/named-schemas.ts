/**
 * The named schemas of the description, once each. What goes in and what comes out is made from one schema twice, as
 * `Campaign` and `CampaignInput`; where only one of them is used, or both say the same, the plain name stands for it.
 */

type Schemas = Readonly<Record<string, object>>;

const PLACE = '#/components/schemas/';
const INPUT = /^(.+)Input$/;

/** The document with the schemas that its paths and webhooks lead to, by the plainest names. */
export function withNamedSchemas<
  D extends {
    readonly paths?: object;
    readonly webhooks?: object;
    readonly components?: { readonly schemas?: object };
  },
>(document: D): D {
  const all = (document.components?.schemas ?? {}) as Schemas;
  const used = reached([document.paths ?? {}, document.webhooks ?? {}], all);
  const plain = plainNames(all, used);
  const rename = (value: object): object =>
    JSON.parse(JSON.stringify(value), (key, inner: unknown) =>
      key === '$ref' && typeof inner === 'string' ? renamed(inner, plain) : inner,
    );
  const schemas = [...used].map((name) => [plain.get(name) ?? name, rename(all[name] ?? {})]);
  return {
    ...document,
    paths: rename(document.paths ?? {}),
    ...(document.webhooks === undefined ? {} : { webhooks: rename(document.webhooks) }),
    components: { ...document.components, schemas: Object.fromEntries(schemas.sort(byName)) },
  };
}

function byName([a]: readonly unknown[], [b]: readonly unknown[]): number {
  return String(a) < String(b) ? -1 : 1;
}

/** The plain name of each schema that can bear it. */
function plainNames(all: Schemas, used: ReadonlySet<string>): ReadonlyMap<string, string> {
  const plain = new Map<string, string>();
  for (const name of used) {
    const base = INPUT.exec(name)?.[1];
    if (base !== undefined && base in all) plain.set(name, base);
  }
  // A name that turns out to stand for two things takes those along that refer to it.
  for (let before = -1; before !== plain.size; ) {
    before = plain.size;
    for (const [name, base] of plain) {
      const own = all[name] ?? {};
      if (used.has(base) && textOf(own, plain) !== textOf(all[base] ?? {}, plain))
        plain.delete(name);
    }
  }
  return plain;
}

function textOf(schema: object, plain: ReadonlyMap<string, string>): string {
  return JSON.stringify(schema, (key, inner: unknown) =>
    key === '$ref' && typeof inner === 'string' ? renamed(inner, plain) : inner,
  );
}

function renamed(ref: string, plain: ReadonlyMap<string, string>): string {
  if (!ref.startsWith(PLACE)) return ref;
  const name = ref.slice(PLACE.length);
  return PLACE + (plain.get(name) ?? name);
}

function reached(from: object, all: Schemas): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting: object[] = [from];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    JSON.stringify(next, (key, inner: unknown) => {
      if (key !== '$ref' || typeof inner !== 'string' || !inner.startsWith(PLACE)) return inner;
      const name = inner.slice(PLACE.length);
      const schema = all[name];
      if (schema !== undefined && !found.has(name)) {
        found.add(name);
        waiting.push(schema);
      }
      return inner;
    });
  }
  return found;
}
