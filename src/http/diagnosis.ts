/**
 * `/v1/health`: what `callpermit doctor` finds, for consoles. Looks are shared, so that it costs the same however many
 * watch; those at Meta are kept longer, since an account has a number of calls an hour (docs/meta.md).
 */

import { shared } from '../core/shared-look.ts';
import { type Finding, isWell, settingsFinding } from '../diagnosis/finding.ts';
import { groundOfService } from '../diagnosis/ground.ts';
import { metaFindingsOfAll } from '../diagnosis/meta-findings.ts';
import { storeFindings } from '../diagnosis/stores.ts';
import type { App } from '../wiring.ts';
import { diagnosis } from './diagnosis-schemas.ts';
import type { HttpServer } from './typed-server.ts';

/** For each look, in ms. Two wait for each other, token and number: 8 s, of the 30 that proxies wait as a rule. */
const LOOK_MS = 4_000;
/** So long a look at database, queue and disk holds for all who ask, in ms. */
const STORES_MS = 5_000;
/** The same of Meta: three calls a sender and minute, of the 5,000 that an account has in an hour. */
const META_MS = 60_000;
/** What failed is looked at sooner, for somebody is mending it. */
const META_FAILED_MS = 15_000;

/** Adds the route. */
export function diagnosisRoutes(server: HttpServer, app: App): void {
  const ground = groundOfService(app, LOOK_MS);
  const stores = shared(
    () => STORES_MS,
    () => storeFindings(ground),
  );
  const meta = shared(
    (found) => (isWell(found) ? META_MS : META_FAILED_MS),
    () => metaFindingsOfAll(ground),
  );

  server.get(
    '/v1/health',
    {
      schema: {
        operationId: 'getHealth',
        tags: ['health'],
        summary: 'What is wrong, and what to do: database, queue, webhooks, token, numbers',
        response: { 200: diagnosis },
      },
    },
    async () => {
      const [near, far] = await Promise.all([stores(), meta()]);
      const findings = [settingsFinding(app.config), ...near.found, ...far.found];
      return {
        ok: isWell(findings),
        at: near.at.toISOString(),
        metaAt: far.at.toISOString(),
        findings: findings.map(view),
      };
    },
  );
}

function view({ check, code, level, message, next, unreachable, sender }: Finding) {
  return {
    ...{ check, code, level, message, unreachable: unreachable ?? false },
    next: level === 'ok' ? null : (next ?? null),
    sender: sender ?? null,
  };
}
