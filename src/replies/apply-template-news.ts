/**
 * What Meta says of a template. One that may not be sent, that somebody edited, or whose category changed stops its
 * campaigns at once: with each refusal less, a person less is lost.
 */
import type { ReplyStore, SenderStore } from '../core/ports/index.ts';
import type { TemplateUpdate } from '../core/webhook/update.ts';
import type { Ours } from './ours.ts';

/** What it needs. */
export interface TemplateNewsTarget {
  readonly ledger: {
    readonly replies: Pick<ReplyStore, 'bookTemplateNews' | 'templateNews'>;
    readonly senders: Pick<SenderStore, 'close' | 'probeSoon'>;
  };
  readonly ours: Pick<Ours, 'sendersOf'>;
  /** Whoever booked it before may have died before what follows was done. */
  readonly isAgain?: boolean;
}

/** Statuses in which a template may be sent; all others stop it (docs/meta.md, "Templates and restrictions by webhook"). */
const SENDABLE = new Set(['APPROVED', 'REINSTATED', 'FLAGGED', 'UNARCHIVED']);
// A pause of Meta's is of 3 or 6 hours; the probe looks earlier, for a person may have lifted it.
const PROBE_MS = 600_000;

/** Books the news and stops what it concerns. */
export async function applyTemplateNews(
  { ledger, ours, isAgain = false }: TemplateNewsTarget,
  update: TemplateUpdate,
): Promise<void> {
  const { templateId, account, name, language, what, value, detail, effectiveAt, at } = update;
  const isNews = await ledger.replies.bookTemplateNews({
    ...{ templateId, account, what, value, at },
    ...{ name: name ?? null, language: language ?? null },
    ...{ detail: detail ?? null, effectiveAt: effectiveAt ?? null },
  });
  const [senderId] = ours.sendersOf(account);
  const stands =
    isNews ||
    (isAgain &&
      (await ledger.replies.templateNews()).some(
        (one) =>
          one.templateId === templateId &&
          one.what === what &&
          one.value === value &&
          one.at.getTime() === at.getTime(),
      ));
  if (!stands || senderId === undefined || name === undefined || language === undefined) return;
  const template = { name, language };
  if (what === 'status' && SENDABLE.has(value)) {
    await ledger.senders.probeSoon({ senderId, template });
    return;
  }
  const message = whyStopped(update);
  if (message === undefined) return;
  await ledger.senders.close({
    senderId,
    template,
    reason: { by: 'us', scope: 'template', message },
    // What somebody changed, somebody must look at.
    ...(what === 'status' ? { probeAfterMs: PROBE_MS } : {}),
  });
}

function whyStopped({ what, value, detail, name }: TemplateUpdate): string | undefined {
  const because = detail === undefined ? '' : ` (${detail})`;
  if (what === 'status')
    return `Meta says that the template ${name} is ${value}${because}. It goes on when Meta approves it again.`;
  if (what === 'components')
    return `The template ${name} was edited${because}. Look at its text, then resume the campaign.`;
  if (what === 'category' && value === 'MARKETING')
    return `Meta made the template ${name} a MARKETING template${because}: other prices and limits hold. Resume the campaign if that is right.`;
  return undefined;
}
