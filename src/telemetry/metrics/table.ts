/**
 * Every metric of ours, in one table: `docs/metrics.md` is made from it. Labels hold ids of senders, and values of sets
 * that are closed: nobody's number, no name, no reference, no campaign.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Meta answers in some 100 to 600 ms, and is waited for 30 s. */
const POST_S = [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 2, 5, 10, 30];
/** A claim takes some ms; send times are given out 200 ms ahead. */
const CLAIM_S = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5];
/** Webhooks are applied within a quarter of a second as a rule. */
const LAG_S = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600];

/** Makes the metrics in a registry. */
export function metricTable(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labels: readonly L[] = []) =>
    new Counter({ name, help, labelNames: labels, registers });
  const gauge = <L extends string>(name: string, help: string, labels: readonly L[] = []) =>
    new Gauge({ name, help, labelNames: labels, registers });
  const histogram = <L extends string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labels: readonly L[] = [],
  ) => new Histogram({ name, help, buckets: [...buckets], labelNames: labels, registers });

  return {
    process: {
      build: gauge('callpermit_build_info', 'Always 1: which program this is.', [
        'version',
        'node',
        'process',
      ]),
      connections: gauge(
        'callpermit_pool_connections',
        'Connections to Postgres that this process has, by pool.',
        ['pool', 'state'],
      ),
      connectionsMost: gauge(
        'callpermit_pool_connections_max',
        'How many of them a pool may have.',
        ['pool'],
      ),
      waiting: gauge('callpermit_pool_waiting', 'Statements that wait for a connection, by pool.', [
        'pool',
      ]),
      http: counter(
        'callpermit_http_requests_total',
        'Answers of the HTTP server, by the pattern of their route.',
        ['method', 'route', 'status'],
      ),
    },
    sending: {
      posts: counter(
        'callpermit_posts_total',
        'POSTs of messages to Meta, by what came of them; code and verdict of refusals.',
        ['sender', 'outcome', 'code', 'verdict'],
      ),
      uncertain: counter(
        'callpermit_posts_uncertain_total',
        'POSTs whose outcome is not known, by cause.',
        ['sender', 'cause'],
      ),
      duration: histogram(
        'callpermit_post_duration_seconds',
        "Time to Meta's answer, of POSTs that were written.",
        POST_S,
        ['sender', 'outcome'],
      ),
      inFlight: gauge('callpermit_posts_in_flight', 'POSTs under way in this process.', ['sender']),
      claimed: counter('callpermit_requests_claimed_total', 'Requests that were claimed.', [
        'sender',
      ]),
      claiming: histogram(
        'callpermit_claim_duration_seconds',
        "Time to the ledger's answer to a claim.",
        CLAIM_S,
        ['sender'],
      ),
      recorded: counter(
        'callpermit_outcomes_recorded_total',
        'Outcomes that were committed, by the state they led to; those that came too late are not applied.',
        ['state', 'applied'],
      ),
      unclaimed: counter(
        'callpermit_requests_unclaimed_total',
        'Requests whose turn it was and that were not asked, by what became of them.',
        ['fate'],
      ),
      fed: counter('callpermit_requests_fed_total', 'Requests put into the queue.', ['sender']),
      fedAt: gauge(
        'callpermit_feed_last_timestamp_seconds',
        'When this process fed the queue last, or found that nobody is due.',
        ['sender'],
      ),
      opened: counter(
        'callpermit_breakers_opened_total',
        'Breakers that a refusal opened, of the sender or of a template.',
        ['sender', 'scope', 'code'],
      ),
      cuts: counter('callpermit_rate_cuts_total', 'How often Meta made the sender slower.', [
        'sender',
      ]),
      leasesEnded: counter(
        'callpermit_leases_ended_total',
        'Claims of processes that ended, found by this one: they are uncertain.',
      ),
    },
    webhooks: {
      received: counter(
        'callpermit_webhooks_received_total',
        'Webhooks that were signed and are stored.',
      ),
      refused: counter('callpermit_webhooks_refused_total', 'Webhooks that were not taken.', [
        'reason',
      ]),
      applied: counter('callpermit_webhooks_applied_total', 'Webhooks that were applied.'),
      updates: counter('callpermit_webhook_updates_total', 'What the applied ones said.', ['kind']),
      unread: counter(
        'callpermit_webhook_unread_parts_total',
        'Parts of them that could not be read or applied.',
      ),
      lag: histogram(
        'callpermit_webhook_lag_seconds',
        'From the arrival of a webhook until it was applied.',
        LAG_S,
      ),
    },
    ledger: {
      up: gauge('callpermit_ledger_up', 'Whether Postgres answered this scrape.'),
      requests: gauge(
        'callpermit_requests',
        'Requests of lists in the ledger; single requests are not among them.',
        ['sender', 'state'],
      ),
      due: gauge(
        'callpermit_requests_due',
        'Requests of running lists that could be asked now: what waits, not what is on its way.',
        ['sender'],
      ),
      rateAllowed: gauge('callpermit_sender_rate_allowed', 'Messages a second by the settings.', [
        'sender',
      ]),
      rateInForce: gauge(
        'callpermit_sender_rate_in_force',
        'Messages a second now: less than allowed after Meta throttled.',
        ['sender'],
      ),
      breaker: gauge('callpermit_sender_breaker_open', '1: nothing is sent for this sender.', [
        'sender',
      ]),
      silent: gauge('callpermit_sender_silent', '1: people are due and nobody is asked.', [
        'sender',
      ]),
      processes: gauge('callpermit_sender_processes', 'Living processes that send for it.', [
        'sender',
      ]),
      budgetLimit: gauge(
        'callpermit_sender_budget_limit',
        'People that its portfolio may reach in a moving 24 h.',
        ['sender'],
      ),
      budgetLeft: gauge('callpermit_sender_budget_remaining', 'How many of them are left.', [
        'sender',
      ]),
      oldestBatch: gauge(
        'callpermit_queue_oldest_batch_seconds',
        'How long the oldest batch in the queue has waited to be claimed.',
        ['sender'],
      ),
      templateBreakers: gauge('callpermit_template_breakers_open', 'Templates that are stopped.'),
      answers: gauge('callpermit_answers', 'Requests that people answered, by their last answer.', [
        'answer',
      ]),
      permissions: gauge(
        'callpermit_permissions',
        'People by their last word to a sender; counted once a minute or less often.',
        ['sender', 'state'],
      ),
      webhooksWaiting: gauge('callpermit_webhooks_waiting', 'Webhooks stored and not yet applied.'),
      webhooksOldest: gauge(
        'callpermit_webhooks_oldest_waiting_seconds',
        'How long the oldest of them has waited.',
      ),
      webhooksLast: gauge(
        'callpermit_webhooks_last_received_timestamp_seconds',
        'When the last webhook came, to any process; 0: never.',
      ),
      unreadParts: gauge('callpermit_webhook_unread_parts', 'Parts of webhooks kept as unread.'),
      // Events that wait for their subscribers: their gauges stand here, and are set in ledger-figures.ts.
    },
    queue: {
      up: gauge('callpermit_queue_up', 'Whether the queue answered this scrape.'),
      batches: gauge('callpermit_queue_batches', 'Batches in the queue that nobody holds.', [
        'sender',
      ]),
    },
  };
}

/** All metrics of a process. */
export type MetricTable = ReturnType<typeof metricTable>;
