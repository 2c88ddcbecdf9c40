/**
 * The real ledger, queue and senders in this process against a server that refuses: what the tests of refusals share.
 * The ledger's clock is moved in place of waiting, so that a pause of hours takes no time.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startCampaign } from '../../src/campaign/control.ts';
import { readConfig } from '../../src/config/read-config.ts';
import type { CampaignSpec, CampaignSummary } from '../../src/core/campaign.ts';
import { given } from '../../src/core/given.ts';
import type { Recipient } from '../../src/core/people/recipient.ts';
import { openCount, type RequestResult } from '../../src/core/request.ts';
import { VERDICT_FAMILIES, verdictFor } from '../../src/core/verdicts/verdicts.ts';
import type { RunningSenders } from '../../src/sending/run-senders.ts';
import {
  SIMULATOR_DEFAULTS,
  type Simulator,
  type SimulatorProfileInput,
  startSimulator,
} from '../../src/simulator/index.ts';
import { createLogger } from '../../src/telemetry/log.ts';
import { metricsWatch } from '../../src/wiring/metrics.ts';
import { tracesWatch } from '../../src/wiring/traces.ts';
import { type App, openApp } from '../../src/wiring.ts';
import { all, spec } from '../ledger/support.ts';

/** Beyond any rate these tests send at: the server refuses only by its faults. */
const NO_LIMIT = 100_000;
const RATE = 400;
const LOOK_MS = 100;
/** Less than a test may take, so that it is this that speaks. */
const PATIENCE_MS = 150_000;

/** Ledger, queue, senders and simulator at work. */
export interface OpenSystem {
  readonly app: App;
  readonly simulator: Simulator;
  /** Phone number ids, `p.senders` of them. */
  readonly senders: readonly string[];
  /** Looks past our own code. */
  rows<R extends pg.QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<R[]>;
  /** What was logged at `warn`, by message. */
  warnings(): readonly { readonly msg: string; readonly code?: number }[];
  /** Makes a campaign and starts it. */
  ask(people: readonly string[], more?: AskMore): Promise<string>;
  get(id: string): Promise<CampaignSummary>;
  results(id: string): Promise<readonly RequestResult[]>;
  /** Resolves with the campaign once `is` says so. */
  until(id: string, is: (campaign: CampaignSummary) => boolean): Promise<CampaignSummary>;
  /** Resolves once a campaign has nothing queued or under way that is due now. */
  untilIdle(id: string): Promise<CampaignSummary>;
  /** What a test that waited in vain prints: the campaign, its rows, the senders, the last warnings. */
  standing(campaign: CampaignSummary): Promise<string>;
  /** POSTs to one number. */
  posts(to: string): number;
  /** Moves the ledger's clock. */
  advance(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** How a campaign of the tests differs from the usual one. */
export interface AskMore extends Partial<CampaignSpec> {
  /** By index in the list. */
  readonly recipient?: (i: number) => Partial<Recipient>;
}

/** Opens one; close it in `afterAll`. */
export async function openSystem(
  ground: { readonly env: Readonly<Record<string, string>> },
  p: {
    readonly senders?: number;
    readonly profile?: SimulatorProfileInput;
    readonly env?: Readonly<Record<string, string>>;
    /** What it does is counted. */
    readonly counted?: boolean;
    /** Where its traces go. */
    readonly traces?: string;
  } = {},
): Promise<OpenSystem> {
  const folder = await mkdtemp(join(tmpdir(), 'callpermit-refusals-'));
  const senders = Array.from({ length: p.senders ?? 1 }, (_, i) => `10654035224292${i}`);
  const simulator = await startSimulator({
    profile: {
      messagesPerSecond: NO_LIMIT,
      latency: { kind: 'constant', ms: 10 },
      templates: [{ name: 't' }],
      senders: senders.map((phoneNumberId) => ({ phoneNumberId })),
      ...p.profile,
    },
  });
  const file = join(folder, 'senders.json');
  await writeFile(file, JSON.stringify(senders.map((phoneNumberId) => ({ phoneNumberId }))));
  const config = readConfig({
    GRAPH_BASE_URL: simulator.url,
    WHATSAPP_ACCESS_TOKEN: simulator.token,
    WHATSAPP_BUSINESS_ACCOUNT_ID: SIMULATOR_DEFAULTS.businessAccountId,
    SENDERS_FILE: file,
    MESSAGES_PER_SECOND: String(RATE),
    ...ground.env,
    ...p.env,
  });
  if (!config.ok) throw new Error(config.error.map((problem) => problem.message).join(' '));
  const warnings: { msg: string; code?: number }[] = [];
  const write = (line: string) => warnings.push(JSON.parse(line));
  const log = createLogger({ level: 'warn', name: 'test', stream: { write } });
  const metrics = p.counted ? metricsWatch({ process: 'test', version: '0' }) : undefined;
  const own = { process: 'test', version: '0', graph: simulator.url };
  const traces = p.traces ? tracesWatch({ ...own, endpoint: p.traces }) : undefined;
  const watches = given({ metrics, traces });
  const opened = await openApp(config.value, log, { queue: 'needed', ...watches });
  if (!opened.ok) throw new Error(opened.error.message);
  const app = opened.value;
  const client = new pg.Pool({ connectionString: config.value.databaseUrl, max: 1 });
  // Some tests take the database away.
  client.on('error', () => undefined);
  const running: RunningSenders = await app.runSenders();

  const system: OpenSystem = {
    app,
    simulator,
    senders,
    async rows<R extends pg.QueryResultRow>(sql: string, values: readonly unknown[] = []) {
      return (await client.query<R>(sql, [...values])).rows;
    },
    warnings: () => warnings,
    async ask(people, { recipient, ...more } = {}) {
      const senderId = more.senderId ?? senders[0] ?? '';
      const { campaigns, intake } = app.ledger;
      const made = await campaigns.create(spec(senderId, more));
      if (!made.ok) throw new Error(made.error.message);
      const { id, language } = made.value.campaign;
      const lines = people.map((to, i) => ({
        kind: 'recipient' as const,
        recipient: { row: i + 1, to, parameters: { 1: 'Ann' }, ...recipient?.(i) },
      }));
      const senderIds = more.senderIds ?? [senderId];
      const loading = { campaignId: id, loader: 'the test' };
      const stands = await intake.hold(loading);
      if (stands === undefined) throw new Error(`there is no campaign ${id}`);
      const { terms } = stands;
      await intake.addLines({ ...loading, terms, senderIds, language, lines });
      await intake.finishLoading({ ...loading, listSha256: id, lines: lines.length });
      await startCampaign(app, id);
      return id;
    },
    async get(id) {
      const found = await app.ledger.campaigns.get(id);
      if (found === undefined) throw new Error(`there is no campaign ${id}`);
      return found;
    },
    results: (id) => all(app.ledger.campaigns.results({ id })),
    async until(id, is) {
      const ends = performance.now() + PATIENCE_MS;
      for (;;) {
        const campaign = await system.get(id);
        if (is(campaign)) return campaign;
        if (performance.now() > ends) throw new Error(await system.standing(campaign));
        await sleep(LOOK_MS);
      }
    },
    async untilIdle(id) {
      const ends = performance.now() + PATIENCE_MS;
      for (;;) {
        const [open] = await system.rows<{ n: number }>(
          `select count(*)::int as n from requests where campaign_id = $1
           and (state in ('queued', 'sending') or (state = 'pending' and due_at <= now_()))`,
          [id],
        );
        const campaign = await system.get(id);
        // A paused one keeps its pending rows: they are not due, whatever their times say.
        const isStill =
          campaign.state === 'paused'
            ? campaign.counts.sending === 0 && campaign.counts.queued === 0
            : open?.n === 0;
        if (isStill && (campaign.state !== 'running' || openCount(campaign.counts) > 0))
          return campaign;
        if (performance.now() > ends) throw new Error(await system.standing(campaign));
        await sleep(LOOK_MS);
      }
    },
    async standing(campaign) {
      const rows = await system.rows(
        `select state, count(*)::int, min(due_at), max(due_at), max(batch), max(fence), now_() as now
         from requests where campaign_id = $1 group by state`,
        [campaign.id],
      );
      const held = await system.rows('select * from senders');
      const said = warnings.slice(-5);
      return `waited in vain: ${JSON.stringify({ campaign, rows, held, said }, undefined, 1)}`;
    },
    posts: (to) => simulator.requests({ to }).length,
    async advance(ms) {
      await system.rows(`update ledger_clock set ahead = ahead + $1 * interval '1 ms'`, [ms]);
    },
    async close() {
      await running.close();
      await client.end();
      await app.close();
      await simulator.close();
      await rm(folder, { recursive: true });
    },
  };
  return system;
}

/** Every code of the table; a range stands for its first and last. */
export const CODES: readonly number[] = [
  ...new Set(
    VERDICT_FAMILIES.flatMap(({ rules, ranges }) => [
      ...rules.map((rule) => rule.code),
      ...ranges.flatMap((range) => [range.code, range.to]),
    ]),
  ),
].sort((a, b) => a - b);

/** The verdict of a code alone, without words of Meta's that would refine it. */
export const verdictOf = (code: number) => verdictFor({ code, message: '' });

let lastNumber = 0;

/** Numbers nobody else in the tests asks. */
export function newNumbers(n: number): string[] {
  return Array.from({ length: n }, () => {
    lastNumber += 1;
    return `+4915113${String(lastNumber).padStart(6, '0')}`;
  });
}
