/** What people in browsers need, put together: who they are, how they log in, what they did. */
import { given } from '../core/given.ts';
import { systemClock } from '../telemetry/clock.ts';
import { attempts } from '../users/attempts.ts';
import { auditTrail } from '../users/audit-trail.ts';
import { type PasswordHashes, passwordHashes, type Scrypt } from '../users/hash-queue.ts';
import type { App } from '../wiring.ts';
import { auditRoutes } from './audit.ts';
import { auditActions } from './audit-hook.ts';
import { keyRoutes } from './keys.ts';
import type { LogInDesk } from './log-in.ts';
import { loginPages } from './login-page.ts';
import { findPeople } from './people.ts';
import type { Proxies } from './prefix.ts';
import { sessionRoutes } from './sessions.ts';
import type { HttpServer } from './typed-server.ts';
import { userRoutes } from './users.ts';

/** What logging in and managing users needs. */
export type ConsoleDesk = LogInDesk & { readonly hashes: PasswordHashes };

/** Opens it; before whoever asks is looked at. @param p.hash instead of node's scrypt */
export function openConsole(
  server: HttpServer,
  { config, ledger, log }: App,
  p: { readonly around: Proxies; readonly hash?: Scrypt },
): ConsoleDesk {
  const { users } = ledger;
  server.decorateRequest('actor', undefined);
  server.decorateRequest('isStillIn', undefined);
  const trail = auditTrail({
    store: ledger.audit,
    clock: systemClock,
    onLost({ actor, what, target, outcome, requestId }, err) {
      // Without the person: the log knows none.
      const lost = { actor, what, target, outcome, request: requestId };
      log.error({ err, ...lost }, 'an action could not be written into the audit log');
    },
  });
  auditActions(server, { trail, config });
  return {
    ...{ users, trail, attempts: attempts(systemClock.now) },
    hashes: passwordHashes(given({ hash: p.hash })),
    people: findPeople({ config, users, around: p.around, log }),
  };
}

/** Adds its routes. */
export function consoleRoutes(
  server: HttpServer,
  { config, ledger }: App,
  desk: ConsoleDesk,
): void {
  sessionRoutes(server, desk);
  userRoutes(server, desk);
  keyRoutes(server, ledger.keys);
  auditRoutes(server, ledger);
  loginPages(server, { desk, hasPassword: config.dashboard !== undefined });
}
