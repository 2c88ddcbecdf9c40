/** Meta's double, at the height of HTTP: the real `send` writes to it and reads its answers. */
import type { GraphPort } from '../../src/core/ports/index.ts';
import { ok } from '../../src/core/result.ts';
import { ExchangeError, type Reply } from '../../src/graph/exchange.ts';
import type { HttpCall } from '../../src/graph/http.ts';
import { send } from '../../src/graph/send.ts';
import { type Behaviour, bodyOf } from './answers.ts';
import type { Chance } from './chance.ts';
import { createSockets, type Sockets } from './sockets.ts';
import type { Life, Timeline } from './timeline.ts';
import type { Wire } from './wire.ts';

/** The request time-out of each process, ms. */
export const REQUEST_TIMEOUT_MS = 3_000;

/** Meta. */
export interface Meta {
  /** A process's line to it for one sender. */
  portOf(life: Life, worker: string, sender: string): GraphPort;
  /** What the next POST meets. */
  arm(behaviour: Behaviour): void;
  calm(): void;
}

const DAY_MS = 86_400_000;

/** Makes Meta. `draw` gives what it does to a POST where nothing is armed. */
export function createMeta(p: {
  readonly timeline: Timeline;
  readonly wire: Wire;
  readonly chance: Chance;
  readonly draw: () => Behaviour;
  /** The real wa_id of a number. */
  readonly waIdOf: (to: string) => string;
  /** An answer was read. */
  readonly answered: Parameters<typeof createSockets>[0]['answered'];
}): Meta {
  const { timeline, wire, chance } = p;
  const armed: Behaviour[] = [];

  /** Writes a POST once a connection stands, and lets its answers come in. */
  function write(
    call: HttpCall,
    on: { life: Life; worker: string; sender: string; sockets: Sockets },
  ) {
    return new Promise<Reply>((resolve, reject) => {
      const { life, worker, sender, sockets } = on;
      const behaviour = armed.shift() ?? p.draw();
      const message = readMessage(call);
      const touches = [message.request];
      const later = (inMs: number, what: string, run: () => void) =>
        timeline.schedule({ inMs, what, owner: life, touches, run });

      later(chance.between(0.2, 4), 'connected', () => {
        if (behaviour.refusesConnection === true) {
          reject(new ExchangeError('timeout', false, 'no connection'));
          return;
        }
        if (call.mayWrite?.() === false) {
          reject(new ExchangeError('withheld', false, 'withheld'));
          return;
        }
        const { taken, code, nasty = '', reply } = behaviour;
        const wamid = taken ? `wamid.${wire.posts.length + 1}${nasty}` : undefined;
        const post = wire.write({
          ...{ at: timeline.now(), worker, sender, ...message, taken, wamid, code },
          ...{ heard: 'nothing', doubted: false, misled: false },
        });
        const timeOut = timeline.schedule({
          ...{ inMs: REQUEST_TIMEOUT_MS, what: 'time-out', owner: life, isTimer: true, touches },
          run: () => sockets.lose(socket, new ExchangeError('timeout', true, 'no answer in time')),
        });
        const socket = sockets.take({
          ...{ post, judge: call.judge, onDoubt: call.onDoubt },
          resolve: (whole) => {
            timeOut.cancelled = true;
            resolve(whole);
          },
          reject: (error) => {
            timeOut.cancelled = true;
            reject(error);
          },
        });
        if (reply === 'nothing') return;
        const waId = behaviour.otherWaId === true ? p.waIdOf(post.to) : post.to.replace('+', '');
        const { status, body } = bodyOf(behaviour, { to: post.to, waId, wamid: wamid ?? '' });
        const answer = {
          ...{ post, isWhole: reply === 'whole' },
          reply: { status, headers: {}, body: Buffer.from(body) },
        };
        const comeIn = () => {
          // A refusal is believed some turns of the real event loop later.
          if (status >= 400) timeline.linger();
          if (reply === 'reset')
            sockets.lose(socket, new ExchangeError('connection-lost', true, 'ECONNRESET'));
          else sockets.deliver(socket, answer);
        };
        const inMs = latency();
        later(inMs, 'answer', comeIn);
        if (behaviour.doubled === true) later(inMs + chance.between(0, 300), 'answer', comeIn);
      });
    });
  }

  // Now and then an answer that comes after the time-out.
  function latency(): number {
    if (chance.hits(0.01)) return REQUEST_TIMEOUT_MS + chance.between(1, 3_000);
    return chance.hits(0.1) ? chance.between(200, 1_500) : chance.between(5, 120);
  }

  /** Requests that a person got from a sender within the last so many ms. */
  function taken(sender: string, waId: string, withinMs: number): number {
    const isTheirs = (to: string) => to === `+${waId}` || p.waIdOf(to) === waId;
    return wire.posts.filter(
      (post) =>
        post.taken &&
        post.sender === sender &&
        post.at > timeline.now() - withinMs &&
        isTheirs(post.to),
    ).length;
  }

  return {
    portOf(life, worker, sender) {
      const { answered } = p;
      const sockets = createSockets({ now: timeline.now, doubtMs: REQUEST_TIMEOUT_MS, answered });
      const base = {
        http: (call: HttpCall) => write(call, { life, worker, sender, sockets }),
        path: '/messages',
        token: () => 'EAAtoken',
        tokenRefused: () => undefined,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
      };
      const after = <T>(value: () => T): Promise<T> =>
        new Promise((resolve) => {
          const inMs = chance.between(5, 100);
          timeline.schedule({ inMs, what: 'graph', owner: life, run: () => resolve(value()) });
        });
      const unused = () => Promise.reject(new Error('not part of the simulation'));
      return {
        send: (input, options) => send(base, input, options),
        setConnections: () => undefined,
        createTemplate: unused,
        getTemplate: unused,
        deleteTemplate: unused,
        callingSettings: unused,
        tokenInfo: unused,
        subscribeApp: unused,
        setWebhookOverride: unused,
        readWebhook: unused,
        async *listTemplates({ name = '' } = {}) {
          const template = { id: '1', name, language: 'en', status: 'APPROVED' };
          yield await after(() => ok({ ...template, category: 'UTILITY', components: [] }));
        },
        numberInfo: () =>
          after(() => ok({ id: sender, canSendMessage: 'AVAILABLE', healthErrors: [] })),
        callPermission: (waId) =>
          after(() =>
            ok({
              status: 'none',
              day: { used: taken(sender, waId, DAY_MS), allowed: 1 },
              week: { used: taken(sender, waId, 7 * DAY_MS), allowed: 2 },
            }),
          ),
        close: () => Promise.resolve(),
      };
    },
    arm: (behaviour) => void armed.push(behaviour),
    calm() {
      armed.length = 0;
    },
  };
}

function readMessage(call: HttpCall) {
  const body = JSON.parse(call.body ?? '{}') as {
    readonly to: string;
    readonly biz_opaque_callback_data: string;
    readonly template: {
      readonly name: string;
      readonly components?: readonly {
        readonly parameters: readonly { readonly text: string }[];
      }[];
    };
  };
  const [request = '', fence = ''] = body.biz_opaque_callback_data.split('.');
  return {
    request,
    fence: Number(fence),
    to: body.to,
    template: body.template.name,
    texts: (body.template.components ?? []).flatMap((c) => c.parameters.map((q) => q.text)),
  };
}
