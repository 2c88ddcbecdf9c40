/** Holds every answer of a service under test against its own description: path, status, media type, headers, body. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** What came back of a call, as far as the description speaks of it. */
export interface Answered {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema?: object }>>;
}

interface Description {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Record<string, Response> }>>>
  >;
  readonly components: { readonly responses: Readonly<Record<string, Response>> };
}

/** The description in the repository, which is held against that of a service by a test of its own. */
export const DESCRIPTION = JSON.parse(
  readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8'),
) as Description;

// Of the protocol and not of an operation: a method that is not there, a path that is too long.
const OF_ALL = new Set([405, 414]);

/** Makes the check; it throws where an answer is not as described. */
export function answersAsDescribed(description: Description): (answered: Answered) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(description, 'api');

  function isValid(pointer: readonly string[], value: unknown): string | undefined {
    const path = pointer.map((part) =>
      encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    const validate = ajv.compile({ $ref: `api#/${path.join('/')}` });
    return validate(value) ? undefined : ajv.errorsText(validate.errors);
  }

  return ({ method, path, status, headers, text }) => {
    const place = `${method} ${path} answered ${status}`;
    const template = templateOf(description, path);
    if (template === undefined || OF_ALL.has(status)) return;
    const operation = description.paths[template]?.[method.toLowerCase()];
    if (operation === undefined) return;
    const direct = operation.responses[String(status)];
    if (direct === undefined) throw new Error(`${place}, which is not described: ${text}`);
    const name = direct.$ref?.split('/').at(-1);
    const response = name === undefined ? direct : description.components.responses[name];
    const pointer =
      name === undefined
        ? ['paths', template, method.toLowerCase(), 'responses', String(status)]
        : ['components', 'responses', name];
    if (!headers.has('request-id')) throw new Error(`${place} without Request-Id`);
    const type = headers.get('content-type')?.split(';', 1)[0]?.trim() ?? '';
    const content = response?.content;
    if (content === undefined) {
      if (text !== '') throw new Error(`${place} with a body, which is not described: ${text}`);
      return;
    }
    if (content[type]?.schema === undefined) {
      throw new Error(`${place} as ${type}; described: ${Object.keys(content).join(', ')}`);
    }
    const value: unknown = /[/+]json$/.test(type) ? JSON.parse(text) : text;
    const wrong = isValid([...pointer, 'content', type, 'schema'], value);
    if (wrong !== undefined) throw new Error(`${place}, not as described: ${wrong}: ${text}`);
  };
}

function templateOf({ paths }: Description, path: string): string | undefined {
  const plain = path.split(/[?#]/, 1)[0] ?? '';
  if (paths[plain] !== undefined) return plain;
  return Object.keys(paths).find((template) =>
    new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain),
  );
}
