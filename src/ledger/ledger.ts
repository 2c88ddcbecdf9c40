/** The ledger as one thing: the truth about campaigns and requests, in Postgres. */
import type {
  CampaignStore,
  EvidenceStore,
  IntakeStore,
  RoadStore,
  SenderStore,
} from '../core/ports.ts';
import { campaignStore } from './campaigns.ts';
import type { Database } from './database.ts';
import { evidenceStore } from './evidence.ts';
import { intakeStore } from './intake.ts';
import { migrate } from './migrate.ts';
import type { RoadSettings } from './road.ts';
import { roadStore } from './road.ts';
import { senderStore } from './senders.ts';

/** Everything the ledger can do, by the port it serves. */
export interface Ledger {
  readonly campaigns: CampaignStore;
  readonly intake: IntakeStore;
  readonly road: RoadStore;
  readonly senders: SenderStore;
  readonly evidence: EvidenceStore;
  /** Resolves when the database answers. */
  ping(): Promise<void>;
  /** Brings the schema up to date; names the migrations that ran. */
  migrate(): Promise<readonly string[]>;
}

const PING = { name: 'ping', text: 'select 1' };

/** Makes the ledger over a database. */
export function createLedger(database: Database, settings: RoadSettings): Ledger {
  return {
    campaigns: campaignStore(database),
    intake: intakeStore(database),
    road: roadStore(database, settings),
    senders: senderStore(database),
    evidence: evidenceStore(database),
    ping: async () => {
      await database.run(PING, []);
    },
    migrate: () => migrate(database),
  };
}
