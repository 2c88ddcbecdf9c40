/** Claims and logs for the tests of the use cases. */
import type { ClaimedRequest } from '../../src/core/ports/index.ts';
import { createLogger, type Logger } from '../../src/telemetry/log.ts';

let requests = 0;

/** A claim of one person. */
export function claim(more: Partial<ClaimedRequest> = {}): ClaimedRequest {
  requests += 1;
  const request = more.request ?? String(requests);
  return {
    request,
    fence: 1,
    epoch: 0,
    leaseLeftMs: 45_000,
    batch: 1,
    row: 1,
    weight: 1,
    campaignId: 'c1',
    senderId: '106540352242922',
    to: '+16505551234',
    template: 't',
    language: 'en',
    parameterFormat: 'positional',
    headerParameters: [],
    bodyParameters: ['1'],
    parameters: { 1: 'Ann' },
    attempts: 1,
    slotAtMs: 0,
    ...more,
  };
}

/** A logger whose lines are kept: as text, and with what they name. */
export function keptLog(): {
  readonly log: Logger;
  readonly messages: () => string[];
  readonly fields: () => Record<string, unknown>[];
  readonly levels: () => string[];
} {
  const lines: string[] = [];
  const log = createLogger({
    level: 'debug',
    name: 'test',
    stream: { write: (line) => void lines.push(line) },
  });
  return {
    log,
    messages: () => lines.map((line) => String(JSON.parse(line).msg)),
    levels: () => lines.map((line) => String(JSON.parse(line).level)),
    fields: () =>
      lines.map((line) => {
        const { level, time, pid, hostname, name, msg, ...fields } = JSON.parse(line);
        return fields;
      }),
  };
}
