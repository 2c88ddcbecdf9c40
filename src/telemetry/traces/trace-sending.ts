/**
 * Spans of sending. A POST leaves long after its job was handed over and at its own time, so that no context reaches it
 * by itself: who takes a batch keeps the job's, and the POSTs of its claims are its children.
 */
import {
  type Context,
  context,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { BatchTaker, GraphPort, QueuePort, SendingStore } from '../../core/ports/index.ts';
import type { Outcome } from '../../core/verdicts/outcome.ts';
import { verdictFor } from '../../core/verdicts/verdicts.ts';

/** The contexts of the batches in hand. */
export type BatchContexts = Map<number, Context>;

/** A queue whose batches are remembered with their jobs' contexts while they are in hand. */
export function tracedQueue<Queue extends Pick<QueuePort, 'work'>>(
  contexts: BatchContexts,
  queue: Queue,
): Queue {
  return {
    ...queue,
    work(senderId: string, taker: BatchTaker) {
      return queue.work(senderId, {
        ...taker,
        async handle(job) {
          contexts.set(job.batch, context.active());
          return taker.handle(job).finally(() => contexts.delete(job.batch));
        },
      });
    },
  };
}

/** Claims as spans, each linked to the batches it was for; one that claims nothing is none. */
export function tracedSending(
  { tracer, contexts }: { readonly tracer: Tracer; readonly contexts: BatchContexts },
  store: SendingStore,
): SendingStore {
  return {
    ...store,
    async claim(p) {
      const startTime = Date.now();
      const answer = await store.claim(p);
      if (answer.claimed.length === 0) return answer;
      const links = [...new Set(answer.claimed.map(({ batch }) => batch))].flatMap((batch) => {
        const found = trace.getSpanContext(contexts.get(batch) ?? context.active());
        return found === undefined ? [] : [{ context: found }];
      });
      const attributes = {
        'callpermit.sender': p.senderId,
        'callpermit.claimed': answer.claimed.length,
      };
      tracer.startSpan('claim', { startTime, links, attributes }).end();
      return answer;
    },
  };
}

/** A line to Meta whose POSTs are spans. */
export function tracedLine(
  p: {
    readonly tracer: Tracer;
    readonly contexts: BatchContexts;
    readonly sender: string;
    readonly host: string;
  },
  line: GraphPort,
): GraphPort {
  const { tracer, contexts, sender, host } = p;
  return {
    ...line,
    async send(input, options) {
      const { claim } = options;
      const parent = claim === undefined ? undefined : contexts.get(claim.batch);
      const span = tracer.startSpan(
        'POST /messages',
        {
          kind: SpanKind.CLIENT,
          attributes: {
            'http.request.method': 'POST',
            'server.address': host,
            'callpermit.sender': sender,
            ...(claim === undefined
              ? {}
              : {
                  'callpermit.campaign': claim.campaignId,
                  'callpermit.request': claim.request,
                  'callpermit.fence': claim.fence,
                  'callpermit.batch': claim.batch,
                }),
          },
        },
        parent ?? context.active(),
      );
      const outcome = await line.send(input, options);
      span.setAttributes(saidOf(outcome));
      // Withheld is no failure: it goes out at another time.
      const isFine =
        outcome.kind === 'accepted' || (outcome.kind === 'unsent' && outcome.detail === 'withheld');
      if (!isFine) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
      return outcome;
    },
  };
}

function saidOf(outcome: Outcome): Readonly<Record<string, string | number>> {
  if (outcome.kind !== 'refused') return { 'callpermit.outcome': outcome.kind };
  const { error } = outcome;
  return {
    'callpermit.outcome': 'refused',
    'callpermit.code': error.code,
    'callpermit.verdict': verdictFor(error).verdict,
    ...(error.httpStatus === undefined ? {} : { 'http.response.status_code': error.httpStatus }),
  };
}
