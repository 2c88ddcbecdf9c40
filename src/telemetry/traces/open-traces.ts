/**
 * Traces, where `OTEL_EXPORTER_OTLP_ENDPOINT` says where they go. Nothing of OpenTelemetry's is loaded without it: this
 * file is imported only then. Spans are made at our own ports: OpenTelemetry's instrumentations patch modules as CommonJS
 * loads them, and ES modules are not loaded so.
 */
import { context, propagation, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { cleanExporter } from './clean-exporter.ts';

/** Spans go out so often, in ms. */
const EVERY_MS = 2_000;
/** More that wait than so many are dropped: a collector that is away costs no memory. */
const MOST = 10_000;
/** What a collector has at the end of the process, in ms. */
const LAST_MS = 3_000;

/** Traces at work. */
export interface OpenTraces {
  readonly tracer: Tracer;
  /** Sends what waits, and ends. */
  close(): Promise<void>;
}

/**
 * Opens them; a process does so once, for the context is the whole process's.
 * @param p.endpoint as in the setting: `/v1/traces` is added
 */
export function openTraces(p: {
  readonly endpoint: string;
  readonly process: string;
  readonly version: string;
}): OpenTraces {
  const exporter = new OTLPTraceExporter({ url: `${p.endpoint}/v1/traces` });
  const processor = new BatchSpanProcessor({
    exporter: cleanExporter(exporter),
    scheduledDelayMillis: EVERY_MS,
    maxQueueSize: MOST,
    exportTimeoutMillis: LAST_MS,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'callpermit',
      'service.version': p.version,
      'service.instance.id': `${p.process}-${process.pid}`,
    }),
    spanProcessors: [processor],
  });
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  return {
    tracer: provider.getTracer('callpermit', p.version),
    async close() {
      // A collector that is away keeps no process from ending.
      await provider.shutdown().catch(() => undefined);
      manager.disable();
      trace.disable();
      context.disable();
      propagation.disable();
    },
  };
}
