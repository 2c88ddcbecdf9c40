/** `POST /v1/campaigns`: a campaign with its people inline, or one that waits for its list. */
import { createHash } from 'node:crypto';
import { type HandedOver, handOver } from '../campaign/hand-over.ts';
import { makeWaiting } from '../campaign/hand-over-stream.ts';
import { senderFor, targetOf } from '../campaign/hand-over-target.ts';
import { linesForPrograms } from '../campaign/option-names.ts';
import { pausedWarnings } from '../campaign/paused-queues.ts';
import type { Refusal } from '../campaign/take-list.ts';
import type { Config, SenderConfig } from '../config/config.ts';
import { ProblemError, problem } from '../core/problem.ts';
import type { Result } from '../core/result.ts';
import type { App } from '../wiring.ts';
import {
  type MadeCampaign,
  viewCampaign,
  viewDryRun,
  viewForecast,
  viewList,
} from './campaign-view.ts';
import { canonicalJson, inOrder } from './canonical-json.ts';
import { findCampaign, unwrap } from './find-campaign.ts';
import type { NewCampaign } from './list-schemas.ts';
import { DetailedProblemError } from './problems.ts';

/**
 * Makes the campaign, or finds the one that the same key and body made.
 * @param p.written the recipients' text, where some of them have a key twice
 */
export async function createCampaign(
  app: App,
  body: NewCampaign,
  p: { readonly idempotencyKey: string | undefined; readonly written: string | undefined },
): Promise<MadeCampaign> {
  const { idempotencyKey, written } = p;
  for (const id of [body.sender ?? []].flat()) senderOf(app.config, id);
  const target = targetOf(app, 'asked-for');
  const { recipients, parameterFormat, ...said } = body;
  const options = { ...said, idempotencyKey };
  const bodySha256 = digestOf(body, written);
  if (recipients === undefined) {
    const made = unwrap(await makeWaiting(target, { options, bodySha256, parameterFormat }));
    const { created, warnings } = made;
    return { ...viewCampaign(await findCampaign(app, made.id)), created, warnings: [...warnings] };
  }
  const done = handed(
    await handOver(target, {
      options,
      list:
        written === undefined
          ? app.lists.objects(recipients.map(inOrder))
          : app.lists.bytes({
              bytes: new Blob([written]).stream(),
              name: 'recipients',
              format: 'json',
            }),
      bodySha256,
    }),
  );
  return answerOf(app, done, options);
}

/** What is answered of a list that was handed over: its campaign, or of a dry run what would become of it. */
export async function answerOf(
  app: App,
  done: HandedOver,
  options: { readonly dryRun?: boolean | undefined },
): Promise<MadeCampaign> {
  const warnings = [...done.warnings];
  if (options.dryRun) return { ...viewDryRun(done), warnings };
  const { created } = done;
  const list = viewList(done);
  const found = await findCampaign(app, done.id);
  warnings.push(...(await pausedWarnings(app, found)));
  const campaign = viewCampaign(found);
  return { ...campaign, created, list, ...viewForecast(done), warnings };
}

/** What was handed over, or a throw that is answered with the problem and the lines at fault. */
export function handed(result: Result<HandedOver, Refusal>): HandedOver {
  const { refusedLines: found } = result.ok ? result.value : result.error;
  const refusedLines = linesForPrograms(found);
  if (result.ok) return { ...result.value, refusedLines };
  const { refusedLines: _, ...refusal } = result.error;
  throw new DetailedProblemError(refusal, refusedLines.length === 0 ? {} : { refusedLines });
}

/** Of the whole body, so that the same key with any other body is told apart; not of an option of the handing over alone. */
function digestOf({ again: _, ...body }: NewCampaign, written: string | undefined): string {
  const said = written === undefined ? body : { ...body, recipients: written };
  return createHash('sha256').update(canonicalJson(said)).digest('hex');
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
