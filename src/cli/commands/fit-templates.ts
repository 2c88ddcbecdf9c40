/** How a list fits the templates of all its senders, and what Meta says of their numbers. */
import { lookAtNumber } from '../../campaign/look-at-number.ts';
import { fitWithoutPreflight, preflight, type TemplateFit } from '../../campaign/preflight.ts';
import type { SenderConfig } from '../../config/config.ts';
import { openGraph } from '../../wiring.ts';
import type { ListOptions } from '../options/list-options.ts';
import type { Cli } from '../run/cli.ts';
import { unwrap } from '../run/failure.ts';

/** A fit, with the people a day that Meta allows each sender. */
export interface Fit extends TemplateFit {
  readonly limits: ReadonlyMap<string, number | null>;
}

/** Looks at each sender's template and number; the list is fitted to the first one's template. */
export async function fitTemplates(
  cli: Cli,
  p: {
    readonly senders: readonly SenderConfig[];
    readonly options: ListOptions;
    readonly columns: readonly string[];
  },
): Promise<Fit> {
  const { template, language, skipPreflight } = p.options;
  if (skipPreflight) return { ...fitWithoutPreflight(p.columns), limits: new Map() };
  const limits = new Map<string, number | null>();
  const warnings = new Set<string>();
  let first: TemplateFit | undefined;
  for (const { phoneNumberId } of p.senders) {
    const graph = unwrap(openGraph(cli.config(), phoneNumberId));
    try {
      const fit = unwrap(await preflight(graph, {
          template,
          language,
          columns: p.columns,
          ignoreExtra: p.options.ignoreColumns === 'all',
        }));
      const number = unwrap(await lookAtNumber(graph));
      first ??= fit;
      if (number.limit !== undefined) limits.set(phoneNumberId, number.limit);
      for (const warning of [...fit.warnings, ...number.warnings]) warnings.add(warning);
    } finally {
      await graph.close();
    }
  }
  if (first === undefined) throw new Error('expected at least one sender, got none');
  return { ...first, limits, warnings: [...warnings] };
}
