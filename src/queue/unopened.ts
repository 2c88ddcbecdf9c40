/** The queues of commands that do not work with one; BullMQ is not loaded for them. */
import type { QueuePort } from '../core/ports/index.ts';

/** The queue of a command that was opened without one. */
export const noQueue: QueuePort = {
  add: () => Promise.resolve(),
  size: () => Promise.resolve(0),
  missing: () => Promise.resolve([]),
  work: () => {
    throw new Error('this command was opened without a queue');
  },
  isPaused: () => Promise.resolve(false),
  resume: () => Promise.resolve(),
  ping: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** The queue of a command that looks for paused ones and resumes them: opened by its first look, which may never come. */
export function lookedAtQueue(open: () => Promise<QueuePort>): QueuePort {
  let opening: Promise<QueuePort> | undefined;
  const opened = () => {
    opening ??= open();
    return opening;
  };
  return {
    ...noQueue,
    isPaused: async (senderId) => (await opened()).isPaused(senderId),
    resume: async (senderId) => (await opened()).resume(senderId),
    async close() {
      const queue = await opening?.catch(() => undefined);
      await queue?.close();
    },
  };
}
