/** What Meta says of a template beside its status: why it was rejected, its quality, another category to come. */
import { Text } from '@mantine/core';
import type { Schema } from '../../api/client.ts';
import { asTime } from '../../format.ts';
import { texts } from '../../texts.ts';

/** Meta writes this where there was no reason. */
const NO_REASON = new Set(['NONE', '']);

/** The lines; a dash where Meta says nothing. */
export function TemplateNews({ template }: { readonly template: Schema<'Template'> }) {
  const { rejectedReason, qualityScore, correctCategory, news } = template;
  const { templates } = texts;
  const lines = [
    ...(rejectedReason !== null && !NO_REASON.has(rejectedReason)
      ? [templates.rejected(rejectedReason)]
      : []),
    ...(qualityScore !== null && qualityScore !== 'UNKNOWN'
      ? [templates.quality(qualityScore)]
      : []),
    ...(correctCategory === null ? [] : [templates.willBe(correctCategory)]),
    ...news.map(({ what, value, detail, at }) =>
      [`${what}: ${value}`, detail, asTime(at)].filter((part) => part !== null).join(', '),
    ),
  ];
  if (lines.length === 0) return texts.app.none;
  return lines.map((line) => (
    <Text key={line} size="sm">
      {line}
    </Text>
  ));
}
