/**
 * The three parts of undici that are used here. Its index loads fetch, WebSocket and caches beside them: 9 MB that a sender
 * has no use for. The version is pinned (package.json), and the paths are the ones its own index has.
 */
import { createRequire } from 'node:module';

type Undici = typeof import('undici');

const load = createRequire(import.meta.url);

/** One socket to one origin. */
export type Client = InstanceType<Undici['Client']>;
/** Opens one. */
export const Client: Undici['Client'] = load('undici/lib/dispatcher/client.js');
/** Makes what opens the sockets of clients. */
export const buildConnector: Undici['buildConnector'] = load('undici/lib/core/connect.js');
/** The classes of what goes wrong. */
export const errors: Undici['errors'] = load('undici/lib/core/errors.js');
