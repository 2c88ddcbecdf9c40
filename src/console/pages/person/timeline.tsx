/** What happened to one person, in its order. */
import { Timeline as Line, Text } from '@mantine/core';
import type { Schema } from '../../api/client.ts';
import { asExactTime, asNearTime } from '../../format.ts';
import { texts } from '../../texts.ts';

type Step = Schema<'HistoryStep'>;

const COLOURS: Readonly<Partial<Record<Step['what'], string>>> = {
  accepted: 'green',
  delivered: 'green',
  read: 'green',
  answered: 'teal',
  refused: 'red',
  failed: 'red',
  uncertain: 'orange',
};

/** The line. */
export function Timeline({ steps }: { readonly steps: readonly Step[] }) {
  const { line: text } = texts;
  if (steps.length === 0) return <Text c="dimmed">{text.noHistory}</Text>;
  return (
    <Line active={steps.length} bulletSize={16} lineWidth={2} aria-label={text.history}>
      {steps.map((step, i) => (
        <Line.Item
          key={`${step.at} ${i}`}
          color={COLOURS[step.what] ?? 'gray'}
          title={text.steps[step.what]}
        >
          <Text size="sm" c="dimmed">
            <time dateTime={step.at}>{asExactTime(step.at)}</time>
            {!step.applied && ` · ${text.notApplied}`}
          </Text>
          {step.detail !== null && <Text size="sm">{once(step.detail)}</Text>}
          {step.code !== null && <Text size="sm">{text.code(String(step.code))}</Text>}
          {step.retryAt !== null && <Text size="sm">{text.retryAt(asNearTime(step.retryAt))}</Text>}
        </Line.Item>
      ))}
    </Line>
  );
}

/** Meta's title and its details are often one sentence twice. */
function once(detail: string): string {
  const middle = Math.floor(detail.length / 2);
  const [title, more] = [detail.slice(0, middle - 1), detail.slice(middle + 1)].map((part) =>
    part.replace(/\.$/, ''),
  );
  return detail.slice(middle - 1, middle + 1) === ': ' && title === more ? `${more}.` : detail;
}
