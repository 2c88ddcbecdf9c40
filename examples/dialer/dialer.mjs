/**
 * Takes callable people one by one, whose permission ends soonest first, and asks right before each call whether it still
 * holds. Who says yes meanwhile comes in by events, who takes it back goes.
 *
 *   CALLPERMIT_URL=http://127.0.0.1:3000 CALLPERMIT_KEY=... node dialer.mjs
 *
 * A key of scope `read` is enough. Put your own call into `dial`.
 */
import { createHttpClient } from 'callpermit/http';

const { CALLPERMIT_URL: url, CALLPERMIT_KEY: key, CALLPERMIT_SENDER: sender } = process.env;
const client = createHttpClient({ url, key, sender });

/** Until when each who waits may be called, in ms; for good is for ever. */
const callable = new Map();
/** Whom this process has called; a real one keeps them in its own database. */
const called = new Set();
let wake = () => {};

/** Makes the call; here it is only told. */
async function dial(to, until) {
  console.log(
    `dial ${to} until ${until === Infinity ? 'taken back' : new Date(until).toISOString()}`,
  );
}

function add(to, until) {
  if (to === null || called.has(to)) return;
  callable.set(to, until === null ? Infinity : Date.parse(until));
  wake();
}

// First the events, then who may be called already: nobody falls between.
const events = client.on('*', ({ type, data }) => {
  if (sender !== undefined && data.senderId !== sender) return;
  if (type === 'permission.granted') add(data.to, data.until);
  if (type === 'permission.revoked') callable.delete(data.to);
});
await events.ready;
for await (const { to, until } of client.permissions({ state: 'callable', sender })) add(to, until);

let isClosing = false;
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    isClosing = true;
    wake();
  });

while (!isClosing) {
  const [next, until] = [...callable].sort(([, a], [, b]) => (a < b ? -1 : 1))[0] ?? [];
  if (next === undefined) {
    await new Promise((resolve) => {
      wake = resolve;
    });
    continue;
  }
  callable.delete(next);
  // The book knows what came a moment ago: they took it back, its time is over, or their number changed.
  const mayCall = await client.mayCall(next, { sender });
  if (!mayCall) {
    console.log(`not ${next}`);
    continue;
  }
  called.add(next);
  await dial(next, until);
}
await client.close();
