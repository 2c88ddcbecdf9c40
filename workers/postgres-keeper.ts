/**
 * The process that stops an embedded Postgres nobody uses; why it is one: src/embedded-postgres/keeper.ts.
 * Started by src/embedded-postgres with two arguments: DATA_DIR/postgres and the server's process id.
 */
import { keep } from '../src/embedded-postgres/keeper.ts';

// A closed terminal must not end it: it belongs to all users of the server.
process.on('SIGHUP', () => {});
process.on('SIGINT', () => {});

const [home = '', serverPid = ''] = process.argv.slice(2);
await keep(home, Number(serverPid));
// A timer that still runs would keep it for up to a second after its server.
process.exit();
