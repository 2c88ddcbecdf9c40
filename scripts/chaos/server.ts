/**
 * The simulator in a process of its own, which nobody kills. An entry of its own rather than
 * `callpermit simulate`, so that stopping simulators by name does not take a run's book along.
 */
import { settingsFor } from '../../src/cli/commands/simulate.ts';
import { loadProfile, startSimulator } from '../../src/simulator/index.ts';

const profile = loadProfile(process.argv[2] ?? '');
if (!profile.ok) throw new Error(profile.error.message);
const simulator = await startSimulator({ profile: profile.value });
console.log(JSON.stringify({ url: simulator.url, settings: settingsFor(simulator) }));
process.once('SIGTERM', () => void simulator.close());
