/** One step of the way, done or not. */
import type { ReactNode } from 'react';
import { Section } from '../../parts/section.tsx';
import { StateBadge } from '../../parts/state-badge.tsx';
import { texts } from '../../texts.ts';

/** The step. */
export function Step({
  title,
  isDone,
  children,
}: {
  readonly title: string;
  readonly isDone: boolean;
  readonly children: ReactNode;
}) {
  const { firstSteps } = texts;
  return (
    <Section
      title={title}
      beside={
        <StateBadge
          color={isDone ? 'green' : 'orange'}
          text={isDone ? firstSteps.done : firstSteps.open}
        />
      }
    >
      {children}
    </Section>
  );
}
