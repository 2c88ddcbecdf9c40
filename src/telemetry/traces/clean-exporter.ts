/**
 * The last gate before spans leave, as `redact.ts` is that of the log: what is not on the list does not go, whoever set
 * it. BullMQ names spans after jobs, whose names may hold a campaign's, and errors quote what they failed on.
 */
import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** What a span may say, and nothing else. */
const ALLOWED: ReadonlySet<string> = new Set([
  'bullmq.queue.name',
  'bullmq.queue.operation',
  'callpermit.applied',
  'callpermit.batch',
  'callpermit.campaign',
  'callpermit.claimed',
  'callpermit.code',
  'callpermit.fence',
  'callpermit.outcome',
  'callpermit.request',
  'callpermit.sender',
  'callpermit.verdict',
  'db.operation.name',
  'db.system.name',
  'http.request.method',
  'http.response.status_code',
  'http.route',
  'server.address',
]);

/** Of BullMQ's spans those that a job passes; it also makes one for each look of an idle worker. */
const OPERATIONS: ReadonlySet<string> = new Set(['add', 'addBulk', 'process']);

/** An exporter that passes on only what may leave. */
export function cleanExporter(exporter: SpanExporter): SpanExporter {
  return {
    export: (spans, done) => exporter.export(spans.flatMap(cleaned), done),
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

function cleaned(span: ReadableSpan): readonly ReadableSpan[] {
  const attributes = allowed(span.attributes);
  const operation = span.attributes['bullmq.queue.operation'];
  if (operation !== undefined && !OPERATIONS.has(String(operation))) return [];
  const name =
    operation === undefined
      ? span.name
      : `${String(operation)} ${String(span.attributes['bullmq.queue.name'])}`;
  const status = { code: span.status.code };
  // The rest of it are getters of its class.
  const own = { name, attributes, status, events: [] };
  return [
    Object.create(
      span,
      Object.fromEntries(
        Object.entries(own).map(([key, value]) => [key, { value, enumerable: true }]),
      ),
    ) as ReadableSpan,
  ];
}

function allowed(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => ALLOWED.has(key)));
}
