/** A small real receiver of webhooks: keeps the bytes, checks the signature over them, answers as told. */
import { createHmac } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';
import type { Simulator, SimulatorProfileInput } from '../../../src/simulator/index.ts';
import { type Body, start } from '../support.ts';

export const SECRET = 'a secret of the test';

/** One POST as it came. */
export interface Delivery {
  readonly raw: string;
  /** `undefined` where it is no JSON. */
  readonly body: Body;
  readonly isSigned: boolean;
  readonly path: string;
}

/** What the receiver does with the nth POST (from 1): a status, or nothing yet. */
type Answering = (n: number, response: ServerResponse, delivery: Delivery) => number | undefined;

export interface Receiver {
  readonly url: string;
  readonly deliveries: Delivery[];
  /** The questions of handshakes, by their query. */
  readonly handshakes: URLSearchParams[];
  answer: Answering;
  /** What a handshake is answered with; `undefined`: as it should be. */
  challengeAnswer: string | undefined;
  /** Every item of a list in order of arrival, of POSTs that were answered with 200. */
  items(list: string): Body[];
  /** Every change of a field with its entry's time. */
  changes(field: string): Body[];
}

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

/** Starts one on a free port. */
export async function receive(): Promise<Receiver> {
  const taken: Delivery[] = [];
  const receiver: Receiver = {
    url: '',
    deliveries: [],
    handshakes: [],
    answer: () => 200,
    challengeAnswer: undefined,
    items: (list) =>
      taken.flatMap((d) =>
        d.body.entry.flatMap((e: Body) => e.changes.flatMap((c: Body) => c.value[list] ?? [])),
      ),
    changes: (field) =>
      taken.flatMap((d) =>
        d.body.entry.flatMap((e: Body) =>
          e.changes
            .filter((c: Body) => c.field === field)
            .map((c: Body) => ({ ...c, time: e.time })),
        ),
      ),
  };
  const http = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'GET') {
      receiver.handshakes.push(url.searchParams);
      response.end(receiver.challengeAnswer ?? url.searchParams.get('hub.challenge'));
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const hmac = createHmac('sha256', SECRET).update(bytes).digest('hex');
      const raw = bytes.toString('utf8');
      const delivery: Delivery = {
        raw,
        body: parsed(raw),
        isSigned: request.headers['x-hub-signature-256'] === `sha256=${hmac}`,
        path: url.pathname,
      };
      receiver.deliveries.push(delivery);
      const status = !delivery.isSigned
        ? 401
        : delivery.body === undefined
          ? 400
          : receiver.answer(receiver.deliveries.length, response, delivery);
      if (status === undefined) return;
      if (status === 200) taken.push(delivery);
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  open.push(
    () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  );
  const { port } = http.address() as AddressInfo;
  return Object.assign(receiver, { url: `http://127.0.0.1:${port}/hook` });
}

/** A simulator that tells one receiver, over one connection so that order can be looked at. */
export async function startTelling(
  profile: SimulatorProfileInput = {},
): Promise<{ simulator: Simulator; receiver: Receiver }> {
  const receiver = await receive();
  const simulator = await start({
    ...profile,
    webhooks: { url: receiver.url, appSecret: SECRET, connections: 1, ...profile.webhooks },
  });
  return { simulator, receiver };
}

function parsed(raw: string): Body {
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

/** A number of a crowd. */
export const person = (i: number): string => `+4915110${String(i).padStart(6, '0')}`;
