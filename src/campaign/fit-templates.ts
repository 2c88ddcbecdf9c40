/** How a list fits the templates of all its senders, and what Meta says of their numbers. */
import type { SenderConfig } from '../config/config.ts';
import type { Problem } from '../core/problem.ts';
import { ok, type Result } from '../core/result.ts';
import { type HandOverTarget, looksAtMeta } from './hand-over-target.ts';
import { lookAtNumber } from './look-at-number.ts';
import { fitWithoutPreflight, preflight, type TemplateFit } from './preflight.ts';

/** A fit, with the people a day that Meta allows each sender. */
export interface Fit extends TemplateFit {
  readonly limits: ReadonlyMap<string, number | null>;
}

/**
 * Looks at each sender's template and number; the list is fitted to the first one's template.
 *
 * @param p.columns the list's; absent where the list comes later: then the template's own variables
 * @param p.ignoreExtra columns that no variable needs are left out
 */
export async function fitTemplates(
  target: HandOverTarget,
  p: {
    readonly senders: readonly SenderConfig[];
    readonly template: string;
    readonly language: string;
    readonly columns?: readonly string[];
    readonly ignoreExtra?: boolean;
    readonly skipPreflight?: boolean | undefined;
  },
): Promise<Result<Fit, Problem>> {
  const { template, language, ignoreExtra = false } = p;
  const limits = new Map<string, number | null>();
  if (!looksAtMeta(target, p.senders, p.skipPreflight)) {
    const fit = fitWithoutPreflight({ language, columns: p.columns ?? [], ignoreExtra });
    return ok({ ...fit, limits });
  }
  const warnings = new Set<string>();
  let first: TemplateFit | undefined;
  for (const { phoneNumberId } of p.senders) {
    const meta = await target.meta(phoneNumberId);
    if (!meta.ok) return meta;
    const columns = p.columns ?? columnsOf(first);
    const [fit, number] = await Promise.all([
      preflight(meta.value, { template, language, columns, ignoreExtra }),
      lookAtNumber(meta.value),
    ]);
    if (!fit.ok) return fit;
    if (!number.ok) return number;
    first ??= p.columns === undefined ? withHeaderColumn(fit.value) : fit.value;
    if (number.value.limit !== undefined) limits.set(phoneNumberId, number.value.limit);
    for (const warning of [...fit.value.warnings, ...number.value.warnings]) warnings.add(warning);
  }
  if (first === undefined) throw new Error('expected at least one sender, got none');
  return ok({ ...first, limits, warnings: [...warnings] });
}

/** What the first sender's template needs, the others' must take. */
function columnsOf(first: TemplateFit | undefined): readonly string[] | undefined {
  return first && [...new Set([...first.headerParameters, ...(first.bodyParameters ?? [])])];
}

/** `{{1}}` of a positional header is not the body's: a list that is not here yet fills it by the column `header`. */
function withHeaderColumn(fit: TemplateFit): TemplateFit {
  return fit.parameterFormat === 'named'
    ? fit
    : { ...fit, headerParameters: fit.headerParameters.map(() => 'header') };
}
