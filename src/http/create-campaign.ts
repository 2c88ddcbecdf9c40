/** `POST /v1/campaigns`: a campaign with its people inline, or one that waits for its list. */
import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Config, SenderConfig } from '../config/config.ts';
import { flatRecipient } from '../core/people/flat-recipient.ts';
import { ProblemError, problem } from '../core/problem.ts';
import {
  ensureSender,
  fitTemplate,
  type Submission,
  senderFor,
  specOf,
  submit,
} from '../submit.ts';
import type { App } from '../wiring.ts';
import { openObjectList } from '../wiring.ts';
import { viewCampaign, viewList } from './campaign-view.ts';
import { canonicalJson } from './canonical-json.ts';
import { findCampaign, unwrap } from './find-campaign.ts';
import { DetailedProblemError } from './problems.ts';
import type { campaignWithList, NewCampaign } from './schemas.ts';

type Made = z.output<typeof campaignWithList>;

/** Makes the campaign, or finds the one that the same key and body made. */
export async function createCampaign(
  app: App,
  body: NewCampaign,
  idempotencyKey: string | undefined,
): Promise<Made> {
  const sender = senderOf(app.config, body.sender);
  const { template, language } = body;
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  // Of the whole body, so that the same key with any other body is told apart.
  const bodySha256 = createHash('sha256').update(canonicalJson(body)).digest('hex');
  const what = { sender, template, language, bodySha256, ...key };
  return body.recipients === undefined
    ? await createEmpty(app, body, what)
    : await createWithList(app, body, body.recipients, what);
}

type What = Omit<Submission, 'fit'> & { readonly bodySha256: string };

async function createEmpty(app: App, body: NewCampaign, what: What): Promise<Made> {
  const fit = body.skipPreflight
    ? unfitted(body.parameterFormat ?? 'positional')
    : unwrap(await fitTemplate(app, what));
  await ensureSender(app, what.sender);
  const { campaign, created } = unwrap(await app.ledger.campaigns.create(specOf({ ...what, fit })));
  return {
    ...viewCampaign(await findCampaign(app, campaign.id)),
    created,
    warnings: [...fit.warnings],
  };
}

async function createWithList(
  app: App,
  body: NewCampaign,
  given: readonly unknown[],
  what: What,
): Promise<Made> {
  const recipients = given.map(flatRecipient);
  const country = body.defaultCountry ?? app.config.defaultCountry;
  const rules = country === undefined ? {} : { defaultCountry: country };
  const list = unwrap(await openObjectList(recipients, rules));
  const skip = body.skipPreflight ?? false;
  const fit = unwrap(await fitTemplate(app, { ...what, columns: list.columns, skip }));
  // Opened again, now that it is known which column fills the header, whose texts are shorter.
  const again = { ...rules, headerParameters: fit.headerParameters };
  const opened = unwrap(await openObjectList(recipients, again));
  const submitted = await submit(
    app,
    { ...opened, sha256: () => what.bodySha256 },
    {
      ...what,
      fit,
      defaultCountry: country,
      ...(body.strict === undefined ? {} : { strict: body.strict }),
      ...(body.start === undefined ? {} : { start: body.start }),
    },
  );
  if (!submitted.ok) {
    const { refusedLines, ...problem } = submitted.error;
    throw new DetailedProblemError(problem, refusedLines.length === 0 ? {} : { refusedLines });
  }
  const { id, created } = submitted.value;
  return {
    ...viewCampaign(await findCampaign(app, id)),
    created,
    list: viewList(submitted.value),
    warnings: [...fit.warnings],
  };
}

/** Without a look at the template and without a list, only the caller can tell the format. */
function unfitted(parameterFormat: 'positional' | 'named') {
  return { parameterFormat, headerParameters: [], bodyParameters: null, warnings: [] };
}

/** A wrong sender is a fault of the body: 404 would say that the route is not there. */
export function senderOf(config: Config, id: string | undefined): SenderConfig {
  const sender = senderFor(config, id);
  if (sender.ok) return sender.value;
  if (id === undefined) throw new ProblemError(sender.error);
  const { message, next } = sender.error;
  const more = { where: 'body/sender', ...(next === undefined ? {} : { next }) };
  throw new ProblemError(problem('USAGE', message, more));
}
