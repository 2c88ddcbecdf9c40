/**
 * The wires between some of the processes and the stores: a proxy each, to which happens what happens
 * to connections on the way. The other processes are joined directly, and go on.
 */
import { startTcpProxy, type TcpProxy } from '../../test/support/tcp-proxy.ts';
import type { ActKind } from './plan.ts';

/** A kind of act on a wire. */
export type WireTrouble = Extract<ActKind, `${Harm}-${'postgres' | 'redis'}`>;
type Harm = 'silence' | 'stall' | 'half-close' | 'cut';

/** The wires of a run. */
export interface Wires {
  /** The settings of a process that is joined through them. */
  readonly env: Readonly<Record<string, string>>;
  /** Harms the connections that stand; a `stall` resolves when the bytes flow again. */
  trouble(kind: WireTrouble, wait: () => Promise<unknown>): Promise<void>;
  close(): Promise<void>;
}

const FORM = /^(silence|stall|half-close|cut)-(postgres|redis)$/;

/** Whether an act is done to a wire. */
export function isWireTrouble(kind: ActKind): kind is WireTrouble {
  return FORM.test(kind);
}

/** Lays wires to the two stores. */
export async function layWires(p: {
  readonly postgresUrl: string;
  readonly redisUrl: string | undefined;
}): Promise<Wires> {
  const postgres = await wireTo(p.postgresUrl);
  const redis = p.redisUrl === undefined ? undefined : await wireTo(p.redisUrl);
  return {
    env: {
      DATABASE_URL: postgres.through(p.postgresUrl),
      ...(p.redisUrl === undefined ? {} : { REDIS_URL: redis?.through(p.redisUrl) ?? p.redisUrl }),
    },
    async trouble(kind, wait) {
      const [, harm, store] = FORM.exec(kind) ?? [];
      const wire = store === 'redis' ? redis : postgres;
      if (harm === 'cut') wire?.cutAll();
      else if (harm === 'half-close')
        for (const each of wire?.connections() ?? []) each.halfClose();
      else wire?.stallAll();
      if (harm !== 'stall') return;
      await wait();
      // What fell silent before says the rest of it now, late: no packet is lost for good.
      wire?.resumeAll();
    },
    close: async () => {
      await postgres.close();
      await redis?.close();
    },
  };
}

function wireTo(url: string): Promise<TcpProxy> {
  return startTcpProxy({ port: Number(new URL(url).port) });
}
