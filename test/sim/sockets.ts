/**
 * Kept-alive connections to Meta's double. Answers have nothing but their order to say whose they are: one that
 * comes while another POST waits is taken for that one's answer, and one that comes while none does shows that
 * the connection mixes up answers.
 */

import type { ExchangeError, Reply } from '../../src/graph/exchange.ts';
import type { HttpCall } from '../../src/graph/http.ts';
import type { Post } from './wire.ts';

/** One connection. */
export interface Socket {
  open: boolean;
  asked: Asked | undefined;
  /** Answers read on it that name nobody: until when, virtual ms, and who is told of a doubt. */
  nameless: readonly { readonly until: number; readonly doubt: () => void }[];
}

/** The POST that waits on a connection. */
export interface Asked {
  readonly post: Post;
  readonly judge: HttpCall['judge'];
  readonly onDoubt: HttpCall['onDoubt'];
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: ExchangeError) => void;
}

/** The connections of one sender in one process. */
export interface Sockets {
  /** One that is idle, or a new one, with this POST waiting on it. */
  take(asked: Asked): Socket;
  /** An answer comes in on a connection. */
  deliver(
    socket: Socket,
    answer: { readonly post: Post; readonly reply: Reply; readonly isWhole: boolean },
  ): void;
  /** It breaks, or is given up: the POST that waits on it hears of this. */
  lose(socket: Socket, error: ExchangeError): void;
}

/** Makes an empty set; refusals can be doubted for `doubtMs`. */
export function createSockets(p: {
  readonly now: () => number;
  readonly doubtMs: number;
  /** An answer was read. */
  readonly answered: (post: Post) => void;
}): Sockets {
  const idle: Socket[] = [];

  function drop(socket: Socket): void {
    socket.open = false;
    const i = idle.indexOf(socket);
    if (i >= 0) idle.splice(i, 1);
  }

  function spoil(socket: Socket): void {
    drop(socket);
    for (const { until, doubt } of socket.nameless) if (until > p.now()) doubt();
  }

  return {
    take(asked) {
      const socket = idle.pop() ?? { open: true, asked: undefined, nameless: [] };
      socket.asked = asked;
      return socket;
    },
    deliver(socket, answer) {
      if (!socket.open) return;
      const { asked } = socket;
      if (asked === undefined) {
        spoil(socket);
        return;
      }
      socket.asked = undefined;
      const { post } = asked;
      const isOwn = answer.post === post && answer.isWhole;
      post.heard = !isOwn ? 'fault' : post.code === undefined ? 'accepted' : 'refused';
      const belongs = asked.judge?.(answer.reply) ?? 'own';
      post.misled = !isOwn && belongs === 'nameless';
      if (belongs === 'mismatched') spoil(socket);
      else {
        if (belongs === 'nameless') {
          const doubt = () => {
            post.doubted = true;
            asked.onDoubt?.();
          };
          socket.nameless = [...socket.nameless, { until: p.now() + p.doubtMs, doubt }];
        }
        idle.push(socket);
      }
      p.answered(post);
      asked.resolve(answer.reply);
    },
    lose(socket, error) {
      const { asked } = socket;
      drop(socket);
      socket.asked = undefined;
      if (asked === undefined) return;
      asked.post.heard = 'fault';
      asked.reject(error);
    },
  };
}
