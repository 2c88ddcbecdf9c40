/**
 * `/login`: a page without scripts, by which a browser gets a session for the dashboard and the description of the API; the
 * console has a log-in of its own. It loads nothing, may not be framed, and sends its form nowhere else.
 */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../core/problem.ts';
import { PROBLEMS } from '../core/problem.ts';
import { actorOf } from './access.ts';
import { type LogInDesk, logInAt } from './log-in.ts';
import type { HttpServer } from './typed-server.ts';

const LOGIN_PATH = '/login';
const LOGOUT_PATH = '/logout';
const FORM = 'application/x-www-form-urlencoded';
const BODY_BYTES = 8 * 1024;
/** Where somebody goes who says nothing of it: the console. */
const USUAL = '/';

const STYLE = `
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #1b1f24; background: #f4f5f7; }
main { box-sizing: border-box; max-width: 24rem; margin: 10vh auto 0; padding: 1.5rem; background: #fff; border: 1px solid #d0d7de; border-radius: .5rem; }
h1 { margin: 0 0 1rem; font-size: 1.25rem; }
label { display: block; margin: 1rem 0 .25rem; font-weight: 600; }
input, button { box-sizing: border-box; width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; border-radius: .375rem; border: 1px solid #6e7781; }
button { margin-top: 1.5rem; color: #fff; background: #1a5fb4; border-color: #1a5fb4; font-weight: 600; cursor: pointer; }
a { color: #1a5fb4; }
:focus-visible { outline: 3px solid #f0a500; outline-offset: 2px; }
[role=alert] { margin: 0 0 1rem; padding: .75rem; color: #7d1a1a; background: #fdecec; border-left: 4px solid #b42318; }
@media (max-width: 30rem) { main { margin-top: 0; min-height: 100vh; border: 0; border-radius: 0; } }
`;

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Where somebody without a session is sent who asked for a page. */
export function logInFirst(url: string): string {
  return `${LOGIN_PATH}?next=${encodeURIComponent(url)}`;
}

/**
 * Adds the pages.
 * @param p.hasPassword the settings have a password that opens pages, too
 */
export function loginPages(
  server: HttpServer,
  { desk, hasPassword }: { readonly desk: LogInDesk; readonly hasPassword: boolean },
): void {
  const { people, users, trail } = desk;

  server.register((pages: HttpServer, _options, done) => {
    pages.removeAllContentTypeParsers();
    pages.addContentTypeParser(
      FORM,
      { parseAs: 'string', bodyLimit: BODY_BYTES },
      (_r, body, next) => next(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    pages.addHook('onRoute', (route) => {
      route.config = { ...route.config, access: 'open' };
      route.schema = { ...route.schema, hide: true };
    });
    pages.addHook('onRequest', async (_request, reply) => {
      reply.headers({
        'content-security-policy': POLICY,
        'x-content-type-options': 'nosniff',
        // With `no-referrer` a browser would not say that it is our page that sends the form.
        'referrer-policy': 'same-origin',
        'cache-control': 'no-store',
      });
    });

    pages.get(LOGIN_PATH, async (request, reply) => {
      const next = nextOf(request.query);
      const found = await people.find(request);
      if (found.kind !== 'person') return show(reply, formPage({ next, hasPassword }));
      const { name, person } = found.caller;
      const csrf = people.csrfFor(request, reply, found.caller);
      return show(reply, insidePage({ name, role: person.role, csrf }));
    });

    pages.post(LOGIN_PATH, async (request, reply) => {
      const { user = '', password = '' } = request.body as Readonly<Record<string, string>>;
      const next = nextOf(request.body);
      const again = (error: string) => formPage({ next, hasPassword, error, user });
      if (!people.isOfOurs(request)) return show(reply.code(403), again(OTHER_SITE));
      if (user === '' || password === '') return show(reply.code(400), again(EMPTY));
      const begun = await logInAt(desk, request, reply, { user, password });
      if (begun.ok) return reply.redirect(next, 303);
      return show(reply.code(PROBLEMS[begun.error.code].http), again(textOf(begun.error)));
    });

    pages.post(LOGOUT_PATH, async (request, reply) => {
      const found = await people.find(request);
      const { csrf = '' } = request.body as Readonly<Record<string, string>>;
      if (found.kind === 'person') {
        const { caller } = found;
        const foreign = people.foreign(request, caller.person, csrf);
        if (foreign !== undefined)
          return show(reply.code(403), formPage({ next: USUAL, hasPassword, error: OTHER_SITE }));
        const { sessionId: id } = caller.person;
        if (id !== undefined) await users.end({ id });
        await trail.record({
          ...{ actor: actorOf(caller), what: 'logOut', outcome: 'done', status: 303 },
          requestId: request.id,
        });
      }
      people.cookies.clear(request, reply);
      return reply.redirect(LOGIN_PATH, 303);
    });
    done();
  });
}

const OTHER_SITE = 'The form came from a page of another site. Log in here.';
const EMPTY = 'Give a user and a password.';

function textOf({ message, code, next = '' }: Problem): string {
  return code === 'TOO_MANY_REQUESTS' ? `${message} ${next}` : message;
}

/** A page of ours and nobody else's: no host, and nothing that a browser reads as one. */
function nextOf(from: FastifyRequest['query']): string {
  const { next } = (from ?? {}) as { readonly next?: unknown };
  return typeof next === 'string' && /^\/(?![/\\])[\w\-./~%?=&:+,]*$/.test(next) ? next : USUAL;
}

function show(reply: FastifyReply, html: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(html);
}

function formPage(p: {
  readonly next: string;
  readonly hasPassword: boolean;
  readonly error?: string;
  readonly user?: string;
}): string {
  const { next, error, user = '' } = p;
  const alert = error === undefined ? '' : `<p role="alert" id="error">${escapeHtml(error)}</p>`;
  const described = error === undefined ? '' : ' aria-describedby="error" aria-invalid="true"';
  const other = p.hasPassword
    ? `<p><a href="${escapeHtml(passwordPage(next))}">Use the password of the settings</a></p>`
    : '';
  return page(
    'Log in',
    `<h1>Log in to callpermit</h1>${alert}
<form method="post" action="login">
<input type="hidden" name="next" value="${escapeHtml(next)}">
<label for="user">User</label>
<input id="user" name="user" value="${escapeHtml(user)}" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="128"${described}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required maxlength="200"${described}>
<button>Log in</button>
</form>${other}`,
  );
}

/** The dashboard or the description asks for it there, and the browser sends it along from then on. */
function passwordPage(next: string): string {
  return next.startsWith('/docs') ? 'docs/?password' : 'queues/?password';
}

function insidePage(p: {
  readonly name: string;
  readonly role: string;
  readonly csrf: string;
}): string {
  return page(
    'Logged in',
    `<h1>callpermit</h1>
<p>You are logged in as <strong>${escapeHtml(p.name)}</strong> (${escapeHtml(p.role)}).</p>
<ul><li><a href="./">Console</a></li><li><a href="queues">Queues</a></li><li><a href="docs">HTTP API</a></li></ul>
<form method="post" action="logout"><input type="hidden" name="csrf" value="${escapeHtml(p.csrf)}"><button>Log out</button></form>`,
  );
}

function page(title: string, main: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} - callpermit</title><style>${STYLE}</style></head>
<body><main>${main}</main></body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
