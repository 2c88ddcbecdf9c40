/** A sender's line to Meta, made from its settings. */
import type { Config, SenderConfig } from '../config/config.ts';
import type { GraphPort } from '../core/ports/index.ts';
import { createGraphClient } from './client.ts';
import { createTokenReader } from './token.ts';

/** Makes it; nothing is asked yet. */
export function graphLine(config: Config, sender: SenderConfig): GraphPort {
  const token = createTokenReader(sender.token);
  return createGraphClient({
    baseUrl: config.graphBaseUrl,
    version: config.graphApiVersion,
    token: token.read,
    tokenRefused: token.refresh,
    phoneNumberId: sender.phoneNumberId,
    requestTimeoutMs: config.requestTimeoutMs,
    ...(sender.businessAccountId === undefined
      ? {}
      : { businessAccountId: sender.businessAccountId }),
  });
}
