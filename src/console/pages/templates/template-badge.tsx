/** How a template stands at Meta, in a word. */
import { StateBadge } from '../../parts/state-badge.tsx';
import { texts } from '../../texts.ts';

const COLOURS: Readonly<Record<string, string>> = {
  APPROVED: 'green',
  PENDING: 'blue',
  IN_APPEAL: 'blue',
  REJECTED: 'red',
  DISABLED: 'red',
  PAUSED: 'orange',
};

/** The badge; a status that Meta has newly made up is shown as it says it. */
export function TemplateBadge({ status }: { readonly status: string }) {
  return (
    <StateBadge color={COLOURS[status] ?? 'gray'} text={texts.templateStates[status] ?? status} />
  );
}
