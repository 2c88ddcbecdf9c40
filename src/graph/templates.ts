/**
 * The templates API. Pages are followed by their `after` cursor to our own base URL: the
 * `next` URL comes from outside and a token must not follow it to another host. Filters are applied
 * here as well, because servers differ in which they know and how they match.
 */
import type {
  CreatedTemplate,
  GraphFailure,
  NewTemplate,
  Template,
  TemplateComponent,
} from '../core/graph.ts';
import { ID_CHARS, STATUS_CHARS } from '../core/outside-text.ts';
import { err, ok, type Result } from '../core/result.ts';
import { LOCAL_ERROR } from './access.ts';
import type { Call } from './call.ts';
import { asClean, asList, asRecord, asText } from './json.ts';

/** Which templates to list; every field narrows; the status in any case. */
export interface TemplateFilter {
  readonly name?: string;
  readonly status?: string;
}

/** The template calls of one business account. */
export interface TemplateCalls {
  /** POSTs a template that `core/template/new-template.ts` has checked. */
  createTemplate(template: NewTemplate): Promise<Result<CreatedTemplate, GraphFailure>>;
  /** Every template that fits, page by page; ends after the first failure. */
  listTemplates(filter?: TemplateFilter): AsyncIterable<Result<Template, GraphFailure>>;
  getTemplate(id: string): Promise<Result<Template, GraphFailure>>;
  /** Without `id` every language of the name goes. */
  deleteTemplate(which: {
    readonly name: string;
    readonly id?: string;
  }): Promise<Result<void, GraphFailure>>;
}

const FIELDS =
  'id,name,category,status,language,components,parameter_format,quality_score,rejected_reason,correct_category';

/** Templates a page; an account holds 6,000 at most (docs/meta.md, "How fast"). */
const PAGE = '100';

/** A cursor that Meta calls invalid since v24: start again without it. */
const BAD_CURSOR = 131059;

/** Binds the calls to an account; without one each is refused with a local error. */
export function templateCalls(call: Call, businessAccountId: string | undefined): TemplateCalls {
  const path =
    businessAccountId === undefined
      ? undefined
      : `/${encodeURIComponent(businessAccountId)}/message_templates`;

  async function* list(
    filter: TemplateFilter = {},
  ): AsyncGenerator<Result<Template, GraphFailure>> {
    if (path === undefined) {
      yield err(NO_ACCOUNT);
      return;
    }
    const given = new Set<string>();
    const cursors = new Set<string>();
    let after: string | undefined;
    let restarted = false;
    for (;;) {
      const query = { fields: FIELDS, limit: PAGE, name: filter.name, after };
      const page = await call({ method: 'GET', path, query });
      if (!page.ok) {
        const { error } = page;
        if (error.kind === 'refused' && error.error.code === BAD_CURSOR && !restarted) {
          restarted = true;
          after = undefined;
          cursors.clear();
          continue;
        }
        yield page;
        return;
      }
      for (const item of asList(asRecord(page.value)?.data)) {
        const template = readTemplate(item);
        if (template === undefined || !fits(template, filter) || given.has(template.id)) continue;
        given.add(template.id);
        yield ok(template);
      }
      after = nextCursor(page.value);
      if (after === undefined || cursors.has(after)) return;
      cursors.add(after);
    }
  }

  return {
    async createTemplate(template) {
      if (path === undefined) return err(NO_ACCOUNT);
      const result = await call({ method: 'POST', path, body: createBody(template) });
      return result.ok ? readCreated(result.value, template) : result;
    },
    listTemplates: list,
    async getTemplate(id) {
      const result = await call({
        method: 'GET',
        path: `/${encodeURIComponent(id)}`,
        query: { fields: FIELDS },
      });
      if (!result.ok) return result;
      const template = readTemplate(result.value);
      return template === undefined ? err(unreadable('a template')) : ok(template);
    },
    async deleteTemplate({ name, id }) {
      if (path === undefined) return err(NO_ACCOUNT);
      const result = await call({ method: 'DELETE', path, query: { hsm_id: id, name } });
      return result.ok ? ok(undefined) : result;
    },
  };
}

const NO_ACCOUNT: GraphFailure = {
  kind: 'refused',
  error: {
    code: -1,
    type: LOCAL_ERROR,
    message: 'No WhatsApp business account is set for this sender.',
    details:
      'Set WHATSAPP_BUSINESS_ACCOUNT_ID: templates belong to the account, not to the number.',
  },
};

/** `parameter_format` only where it differs from Meta's default. */
function createBody(template: NewTemplate): object {
  return {
    name: template.name,
    language: template.language,
    category: template.category,
    ...(template.parameterFormat === 'named' ? { parameter_format: 'NAMED' } : {}),
    components: template.components,
  };
}

function readCreated(value: unknown, sent: NewTemplate): Result<CreatedTemplate, GraphFailure> {
  const body = asRecord(value);
  const id = asText(body?.id, ID_CHARS);
  if (id === undefined) return err(unreadable('the id of the new template'));
  return ok({
    id,
    status: asText(body?.status, STATUS_CHARS) ?? 'PENDING',
    category: asText(body?.category, STATUS_CHARS) ?? sent.category,
  });
}

/** A template as the API gives it; `undefined` when it has neither id nor name. */
function readTemplate(value: unknown): Template | undefined {
  const item = asRecord(value);
  const id = asText(item?.id, ID_CHARS);
  const name = asText(item?.name, ID_CHARS);
  if (item === undefined || id === undefined || name === undefined) return undefined;
  const format = asText(item.parameter_format)?.toLowerCase();
  const optional = {
    parameterFormat: format === 'named' || format === 'positional' ? format : undefined,
    rejectedReason: item.rejected_reason === 'NONE' ? undefined : asText(item.rejected_reason),
    qualityScore: asText(asRecord(item.quality_score)?.score) ?? asText(item.quality_score),
    correctCategory: asText(item.correct_category),
  };
  return {
    id,
    name,
    language: asText(item.language, STATUS_CHARS) ?? '',
    status: (asText(item.status, STATUS_CHARS) ?? '').toUpperCase(),
    category: (asText(item.category, STATUS_CHARS) ?? '').toUpperCase(),
    components: asList(item.components)
      .map(asRecord)
      .filter((c): c is TemplateComponent => typeof c?.type === 'string')
      .map(asClean),
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, found]) => found !== undefined),
    ) as Partial<Template>),
  };
}

function fits(template: Template, { name, status }: TemplateFilter): boolean {
  return (
    (name === undefined || template.name === name) &&
    (status === undefined || template.status === status.toUpperCase())
  );
}

/** Meta leaves `next` out on the last page, though `cursors.after` is there. */
function nextCursor(page: unknown): string | undefined {
  const paging = asRecord(asRecord(page)?.paging);
  const next = asText(paging?.next);
  if (next === undefined) return undefined;
  const after = asText(asRecord(paging?.cursors)?.after);
  if (after !== undefined) return after;
  return URL.canParse(next) ? (new URL(next).searchParams.get('after') ?? undefined) : undefined;
}

function unreadable(what: string): GraphFailure {
  return { kind: 'unreachable', detail: `the answer does not hold ${what}` };
}
