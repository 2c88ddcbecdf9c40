/** The metrics as people read them: `docs/metrics.md`, as `npm run docs:metrics` writes it. */
import { Registry } from 'prom-client';
import { metricTable } from './table.ts';

interface Described {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

const TITLES: Readonly<Record<string, string>> = {
  sending: 'Sending: counted by each process since it began',
  webhooks: 'Webhooks: counted by each process since it began',
  ledger: 'The ledger: the same in each process, read when somebody scrapes',
  queue: 'The queue: the same in each process, read when somebody scrapes',
  process: 'The process',
};

/** `docs/metrics.md`. */
export function metricsMarkdown(): string {
  const groups = metricTable(new Registry());
  const sections = Object.entries(TITLES).map(([group, title]) => {
    const metrics = Object.values(
      groups[group as keyof typeof groups],
    ) as unknown as readonly Described[];
    const rows = metrics.map(
      ({ name, type, labelNames, help }) =>
        `| \`${name}\` | ${type} | ${labelNames.map((label) => `\`${label}\``).join(' ')} | ${help} |`,
    );
    return [`### ${title}`, '', '| metric | type | labels | what it says |', '|---|---|---|---|']
      .concat(rows)
      .join('\n');
  });
  return `${[HEAD, ...sections, TAIL].join('\n\n')}\n`;
}

const HEAD = `# Watching callpermit

Made from \`src/telemetry/metrics\` by \`npm run docs:metrics\`.

## Where metrics are

\`callpermit api\` and \`callpermit up\` answer \`GET /metrics\` on their server, in Prometheus' text format: to a key of scope
\`read\`, and without a key to this machine itself. Who that is is decided by the address of the socket, never by a header,
and nobody is where a proxy stands: one that \`TRUST_PROXY\` names at that address, any where \`PUBLIC_URL\` is of another
machine, and whoever sends a header of a proxy's (\`Forwarded\`, \`Via\`, \`X-Forwarded-For\` ...) or another name than this
machine's in \`Host\`. A proxy on this machine that does none of this looks like this machine: name it in \`TRUST_PROXY\`.

\`METRICS_PORT\` opens a small server of its own in any process, also in \`callpermit sender\` and \`callpermit receiver\`:
\`/metrics\` and \`/health\`, without a key, on \`METRICS_HOST\` (127.0.0.1). Open it to a network only where all of that network
may read it.

\`\`\`yaml
scrape_configs:
  - job_name: callpermit
    authorization: { credentials_file: /etc/prometheus/callpermit-key }
    static_configs: [{ targets: ['callpermit.internal:3000'] }]
  - job_name: callpermit-senders
    static_configs: [{ targets: ['127.0.0.1:9464'] }]
\`\`\`

\`deploy/prometheus/alerts.yml\` has rules to begin with, \`deploy/grafana/callpermit.json\` a dashboard to import. Both take
jobs whose names begin with \`callpermit\`.

## What is read

What a process counts is an addition in memory where a call passes a port. What is read of the ledger are counts that are kept
as they change, and rows found by an index; each is read at most every five seconds, however many scrape. People by permission
are counted by reading all of them, so once a minute at most, and never for more than a twentieth of the time. All of it goes over
two connections of its own, so that no claim waits for a scrape. Where Postgres does not answer, \`callpermit_ledger_up\` is 0
and the ledger's figures are left out.

Figures of the ledger are the same in each process: take their \`max by\`, and sum only what each process counts itself.
Labels hold the phone number id of the sender, and values of closed sets: a code that callpermit does not know is \`other\`. None
holds a person's number, a name, a reference, a campaign or a template.

## The metrics`;

const TAIL = `Beside them there are those that every program of Node has (\`process_...\`, \`nodejs_...\`): processor time, memory, the
lag of the event loop, collections of garbage.

The rate that is held is \`sum by (sender) (rate(callpermit_posts_total{outcome!="unsent"}[1m]))\`.

## Traces

\`OTEL_EXPORTER_OTLP_ENDPOINT\` sends traces by OTLP over HTTP to \`/v1/traces\` of that address; without it nothing of it is
loaded. There are spans of requests to the API (a caller's \`traceparent\` is their parent), of what they ask the database, of
jobs (BullMQ's own, from who adds to who processes), of claims, and of each POST to Meta under the job that it came
with. They hold ids of campaigns, requests, batches and senders, codes and verdicts; no number, no text, no token, no parameters of
statements. Nothing of a trace is sent to Meta.

## Logs

One line of JSON each on standard error. \`LOG_LEVEL=debug\` has a line for each decision about a request (claimed, answered with
code and verdict, settled, not asked), with \`campaign\` and \`request\`; each answer of the HTTP server is a line at \`info\` with
its \`Request-Id\` as \`request\`. Phone numbers are masked; \`LOG_PII=1\` writes them whole. Tokens and passwords are in none.`;
