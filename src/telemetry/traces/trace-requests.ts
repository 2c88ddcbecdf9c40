/** Spans of what is asked of us, and of what that asks of the database and of Meta in turn. */
import {
  type Context,
  context,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** A request as its span begins. */
export interface BegunRequest {
  readonly span: Span;
  readonly context: Context;
}

/** Begins the span of a request; a caller that traces is its parent. */
export function beginRequest(
  tracer: Tracer,
  p: { readonly method: string; readonly headers: Readonly<Record<string, unknown>> },
): BegunRequest {
  const parent = propagation.extract(context.active(), p.headers);
  const attributes = { 'http.request.method': p.method };
  const span = tracer.startSpan(p.method, { kind: SpanKind.SERVER, attributes }, parent);
  return { span, context: trace.setSpan(parent, span) };
}

/** Ends it: only now its route is known, by its pattern. */
export function endRequest(
  span: Span,
  p: { readonly method: string; readonly route: string; readonly status: number },
): void {
  span.updateName(`${p.method} ${p.route}`);
  span.setAttributes({ 'http.route': p.route, 'http.response.status_code': p.status });
  if (p.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

/**
 * Work as a span of what goes on just now. Where nothing does, as in a loop that looks five times a second, there is none:
 * nobody would ever look at them.
 */
export async function asChild<T>(
  tracer: Tracer,
  name: string,
  attributes: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<T> {
  if (trace.getActiveSpan() === undefined) return work();
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes });
  try {
    return await context.with(trace.setSpan(context.active(), span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}
