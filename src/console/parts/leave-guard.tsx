/** Asks before a page is left on which something was done that nothing keeps: by a link, by the way back, or by closing the tab. */
import { useBlocker } from '@tanstack/react-router';
import { texts } from '../texts.ts';
import { Confirm } from './confirm.tsx';

/** The question. @param p.isOn there is something to lose @param p.what is lost */
export function LeaveGuard({ isOn, what }: { readonly isOn: boolean; readonly what: string }) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isOn && current.pathname !== next.pathname,
    enableBeforeUnload: isOn,
    withResolver: true,
  });
  const { leave } = texts;
  return (
    <Confirm
      isOpen={blocker.status === 'blocked'}
      title={leave.title}
      action={leave.action}
      isDangerous
      needsService={false}
      onConfirm={() => blocker.proceed?.()}
      onClose={() => blocker.reset?.()}
    >
      {what}
    </Confirm>
  );
}
