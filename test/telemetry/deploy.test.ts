/** The rules and the dashboard: whatever they name is what a service answers. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { metricsMarkdown } from '../../src/telemetry/metrics/describe.ts';
import { openMetrics } from '../../src/telemetry/metrics/open-metrics.ts';

const ROOT = new URL('../../', import.meta.url);
const ALERTS = fileURLToPath(new URL('deploy/prometheus/alerts.yml', ROOT));
const textOf = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');

/** What PromQL itself names, and labels that Prometheus adds to all that it scrapes. */
const OF_PROMETHEUS = new Set(['up', 'ALERTS']);
const ADDED_LABELS = ['instance', 'job', 'le'];

interface Named {
  readonly metric: string;
  readonly labels: readonly string[];
}

/** Metrics of an expression, each with the labels that stand in its braces. */
function namedIn(expression: string): readonly Named[] {
  const found = expression.matchAll(/\b(up|(?:callpermit|nodejs|process)_\w+)\b(?:\{([^}]*)\})?/g);
  return [...found].map(([, metric = '', braces = '']) => ({
    metric,
    labels: [...braces.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
  }));
}

/** Labels of `by (...)` and `on (...)`. */
function groupedIn(expression: string): readonly string[] {
  return [...expression.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map((label) => label.trim()),
  );
}

/** The expressions of the rules: `expr:` on its line, or in the block below it. */
function rulesIn(yaml: string): readonly string[] {
  return [...yaml.matchAll(/^( +)expr: (?:\|\n((?:\1 +.*\n)+)|(.*)\n)/gm)].map(
    ([, , block, line]) => block ?? line ?? '',
  );
}

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

/** The names and labels that a service answers: `_bucket` and its like are of a histogram. */
async function answered(): Promise<ReadonlyMap<string, readonly string[]>> {
  const metrics = openMetrics({ process: 'test', version: '0' });
  const types = [...(await metrics.text()).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  const labels = new Map(
    Object.values(metrics.table)
      .flatMap((group) => Object.values(group))
      .map((metric) => {
        const { name, labelNames } = metric as unknown as { name: string; labelNames: string[] };
        return [name, labelNames] as const;
      }),
  );
  return new Map(
    types.flatMap(([, name = '', type]) => {
      const own = [...(labels.get(name) ?? []), ...ADDED_LABELS];
      const endings = type === 'histogram' ? ['_bucket', '_count', '_sum'] : [''];
      return endings.map((ending) => [name + ending, own] as const);
    }),
  );
}

async function strangeIn(expression: string): Promise<readonly string[]> {
  const known = await answered();
  const named = namedIn(expression);
  const all = named.flatMap(({ metric }) => known.get(metric) ?? []);
  return [
    ...named.flatMap(({ metric, labels }) => {
      if (OF_PROMETHEUS.has(metric)) return [];
      const own = known.get(metric);
      if (own === undefined) return [metric];
      return labels.filter((label) => !own.includes(label)).map((label) => `${metric}{${label}}`);
    }),
    ...groupedIn(expression).filter((label) => !all.includes(label)),
  ];
}

describe('deploy/prometheus/alerts.yml', () => {
  const rules = rulesIn(readFileSync(ALERTS, 'utf8'));

  test('has an expression for each alert', () => {
    const alerts = readFileSync(ALERTS, 'utf8').match(/^ +- alert: /gm) ?? [];
    expect(alerts.length).toBeGreaterThan(15);
    expect(rules).toHaveLength(alerts.length);
  });

  test.each(rules.map((rule) => [rule.trim()]))('%s', async (rule) => {
    expect(namedIn(rule).length).toBeGreaterThan(0);
    expect(await strangeIn(rule)).toEqual([]);
  });

  const promtool = spawnSync('promtool', ['--version']).error === undefined;
  test(
    promtool
      ? 'promtool check rules takes it'
      : 'promtool is not installed here (Debian: prometheus): its syntax was not checked',
    () => {
      if (!promtool) return;
      const checked = spawnSync('promtool', ['check', 'rules', ALERTS], { encoding: 'utf8' });
      expect([checked.status, checked.stderr]).toEqual([0, '']);
    },
  );
});

describe('deploy/grafana/callpermit.json', () => {
  const { panels, templating } = JSON.parse(textOf('deploy/grafana/callpermit.json')) as {
    readonly panels: readonly Panel[];
    readonly templating: { readonly list: readonly { readonly definition?: string }[] };
  };
  const targets = panels.flatMap(({ title, targets: all = [] }) =>
    all.map((one) => [title, one.expr, one.legendFormat] as const),
  );

  test.each(targets)('%s: %s', async (_title, expression, legend) => {
    expect(await strangeIn(expression)).toEqual([]);
    const known = await answered();
    const labels = namedIn(expression).flatMap(({ metric }) => known.get(metric) ?? []);
    const shown = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
    expect(shown.filter((label) => !labels.includes(label))).toEqual([]);
  });

  test('its variable reads a metric that is there', async () => {
    const known = await answered();
    const definitions = templating.list.flatMap(({ definition }) => definition ?? []);
    const read = definitions.map((one) => /^label_values\((\w+), (\w+)\)$/.exec(one));
    for (const [, metric = '', label = ''] of read.map((found) => found ?? []))
      expect(known.get(metric)).toContain(label);
    expect(read).toHaveLength(1);
  });

  test('shows every metric of ours but those that only say who waits', async () => {
    const all = targets.map(([, expression]) => expression).join('\n');
    const names = [...(await answered()).keys()].filter((name) => /^callpermit_/.test(name));
    const unseen = names.filter(
      (name) => !/_(sum|count)$/.test(name) && !new RegExp(`\\b${name}\\b`).test(all),
    );
    expect(unseen).toEqual([]);
  });
});

test('a name that is not there is seen', async () => {
  expect(await strangeIn('max by (sendr) (callpermit_request{state="x"})')).toEqual([
    'callpermit_request',
    'sendr',
  ]);
  expect(await strangeIn('callpermit_requests{campaign="x"}')).toEqual([
    'callpermit_requests{campaign}',
  ]);
});

test('docs/metrics.md is what `npm run docs:metrics` writes', () => {
  expect(textOf('docs/metrics.md')).toBe(metricsMarkdown());
});
