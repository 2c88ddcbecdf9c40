/**
 * Looks whether what closed a breaker is over, where waiting can help (a paused template, a
 * restriction with an end): asks Meta, never by sending. A person's `resume` need not wait for it.
 */
import type { GraphAdmin, SenderStore } from '../core/ports/index.ts';
import type { Logger } from '../telemetry/log.ts';

/** Between the first look and the second; doubles with each (132015: 3 h, then 6 h). */
const PAUSE_MS = 3 * 3_600_000;

/** What probing needs. */
export interface ProbeSetup {
  readonly senders: SenderStore;
  readonly graph: Pick<GraphAdmin, 'listTemplates' | 'numberInfo'>;
  readonly log: Logger;
}

/** Looks at the breakers of a sender that are due. */
export async function probeBreakers(setup: ProbeSetup, senderId: string): Promise<void> {
  const due = await setup.senders.takeProbes({ senderId, pauseMs: PAUSE_MS });
  for (const template of due) {
    const isWell =
      template === null ? await numberIsWell(setup.graph) : await isApproved(setup.graph, template);
    if (!isWell) continue;
    const campaigns = await setup.senders.reopen({
      senderId,
      resume: true,
      ...(template === null ? {} : { template, templateOnly: true }),
    });
    setup.log.info({ template, campaigns }, 'Meta says that all is well again: resumed');
  }
}

async function numberIsWell(graph: ProbeSetup['graph']): Promise<boolean> {
  const info = await graph.numberInfo();
  return (
    info.ok &&
    (info.value.canSendMessage === 'AVAILABLE' || info.value.canSendMessage === 'LIMITED')
  );
}

async function isApproved(
  graph: ProbeSetup['graph'],
  wanted: { readonly name: string; readonly language: string },
): Promise<boolean> {
  for await (const found of graph.listTemplates({ name: wanted.name })) {
    if (!found.ok) return false;
    const { name, language, status } = found.value;
    if (name === wanted.name && language === wanted.language)
      return status.toUpperCase() === 'APPROVED';
  }
  return false;
}
