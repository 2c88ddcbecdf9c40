/**
 * Meta's double, at the height of HTTP: the real `send` writes to it and reads its answers. Sockets are
 * kept alive and answer in order, so that an answer too many meets the POST after.
 */
import type { GraphStation } from '../../src/core/ports.ts';
import { ok } from '../../src/core/result.ts';
import type { HttpCall } from '../../src/graph/adapter.ts';
import { ExchangeError, type Reply } from '../../src/graph/exchange.ts';
import { send } from '../../src/graph/send.ts';
import { type Behaviour, bodyOf } from './answers.ts';
import type { Chance } from './chance.ts';
import type { Life, Timeline } from './timeline.ts';
import type { Post, Wire } from './wire.ts';

/** The request time-out of each process, ms. */
export const REQUEST_TIMEOUT_MS = 3_000;

/** Meta. */
export interface Meta {
  /** A process's line to it for one sender. */
  stationOf(life: Life, worker: string, sender: string): GraphStation;
  /** What the next POST meets. */
  arm(behaviour: Behaviour): void;
  calm(): void;
  /** Requests that a person got from a sender within the last so many ms. */
  taken(sender: string, waId: string, withinMs: number): number;
}

interface Socket {
  readonly waiting: Answer[];
}

interface Answer {
  readonly post: Post;
  readonly reply: Reply;
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
  readonly answered: (post: Post) => void;
}): Meta {
  const { timeline, wire, chance } = p;
  const armed: Behaviour[] = [];

  function http(life: Life, worker: string, sender: string, sockets: Socket[]) {
    return (call: HttpCall): Promise<Reply> =>
      new Promise((resolve, reject) => {
        const behaviour = armed.shift() ?? p.draw();
        const later = (inMs: number, what: string, touches: readonly string[], run: () => void) =>
          timeline.schedule({ inMs, what, owner: life, touches, run });
        const message = readMessage(call);
        const touches = [message.request];
        // Answers and time-outs of one exchange: the first counts.
        let over = false;
        const end = (how: () => void) => {
          if (over) return;
          over = true;
          how();
        };

        later(chance.between(0.2, 4), 'connected', touches, () => {
          if (behaviour.refusesConnection === true) {
            end(() => reject(new ExchangeError('timeout', false, 'no connection')));
            return;
          }
          if (call.mayWrite?.() === false) {
            end(() => reject(new ExchangeError('withheld', false, 'withheld')));
            return;
          }
          const socket = sockets.pop() ?? { waiting: [] };
          const post = wire.write({
            at: timeline.now(),
            worker,
            sender,
            ...message,
            taken: behaviour.taken,
            wamid: behaviour.taken
              ? `wamid.${wire.posts.length + 1}${behaviour.nasty ?? ''}`
              : undefined,
            code: behaviour.code,
            heard: 'nothing',
          });
          const timeOut = timeline.schedule({
            inMs: REQUEST_TIMEOUT_MS,
            what: 'time-out',
            owner: life,
            isTimer: true,
            touches,
            run: () =>
              end(() => {
                post.heard = 'fault';
                reject(
                  new ExchangeError('timeout', true, `no answer within ${REQUEST_TIMEOUT_MS} ms`),
                );
              }),
          });
          if (behaviour.reply === 'nothing') return;
          later(latency(), 'answer', touches, () =>
            end(() => {
              timeOut.cancelled = true;
              read(socket, behaviour, post);
            }),
          );
        });

        function read(socket: Socket, b: Behaviour, post: Post): void {
          if (b.reply === 'reset') {
            post.heard = 'fault';
            reject(new ExchangeError('connection-lost', true, 'ECONNRESET'));
            return;
          }
          const { status, body } = bodyOf(b, {
            to: post.to,
            waId: b.otherWaId === true ? p.waIdOf(post.to) : post.to.replace('+', ''),
            wamid: post.wamid ?? '',
          });
          const own = { post, reply: { status, headers: {}, body: Buffer.from(body) } };
          socket.waiting.push(own, ...(b.doubled === true ? [own] : []));
          const first = socket.waiting.shift() ?? own;
          const isWhole = b.reply === 'whole' && first === own && first.post === post;
          post.heard = isWhole ? (b.code === undefined ? 'accepted' : 'refused') : 'fault';
          sockets.push(socket);
          p.answered(post);
          resolve(first.reply);
        }
      });
  }

  // Now and then an answer that comes after the time-out.
  function latency(): number {
    if (chance.hits(0.01)) return REQUEST_TIMEOUT_MS + chance.between(1, 3_000);
    return chance.hits(0.1) ? chance.between(200, 1_500) : chance.between(5, 120);
  }

  return {
    stationOf(life, worker, sender) {
      const sockets: Socket[] = [];
      const base = {
        http: http(life, worker, sender, sockets),
        path: '/messages',
        token: () => 'EAAtoken',
        tokenRefused: () => undefined,
        requestTimeoutMs: REQUEST_TIMEOUT_MS,
      };
      const after = <T>(value: () => T): Promise<T> =>
        new Promise((resolve) =>
          timeline.schedule({
            inMs: chance.between(5, 100),
            what: 'graph',
            owner: life,
            run: () => resolve(value()),
          }),
        );
      const unused = () => Promise.reject(new Error('not part of the simulation'));
      return {
        async send(input, options) {
          const outcome = await send(base, input, options);
          // A socket whose acceptance was not taken for one is dropped by whoever reads it.
          if (outcome.kind === 'uncertain') sockets.length = 0;
          return outcome;
        },
        setConnections: () => undefined,
        createTemplate: unused,
        getTemplate: unused,
        deleteTemplate: unused,
        callingSettings: unused,
        tokenInfo: unused,
        async *listTemplates({ name = '' } = {}) {
          const template = {
            id: '1',
            name,
            language: 'en',
            status: 'APPROVED',
            category: 'UTILITY',
          };
          yield await after(() => ok({ ...template, components: [] }));
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
    taken,
  };

  function taken(sender: string, waId: string, withinMs: number): number {
    return wire.posts.filter(
      (post) =>
        post.taken &&
        post.sender === sender &&
        post.at > timeline.now() - withinMs &&
        (post.to === `+${waId}` || p.waIdOf(post.to) === waId),
    ).length;
  }
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
    words: (body.template.components ?? []).flatMap((c) => c.parameters.map((q) => q.text)),
  };
}
