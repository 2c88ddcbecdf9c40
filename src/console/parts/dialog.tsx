/**
 * A dialog that gives the focus back: to what had it when it was opened, or, where that has gone meanwhile (a line of a list
 * that is done with), to the heading of the page. Mantine's own way forgets it where a dialog is there only while it is open,
 * and leaves it nowhere where the page was drawn anew.
 */
import { Modal, type ModalProps } from '@mantine/core';
import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';
import { texts } from '../texts.ts';
import { focusHeading } from './leaving-focus.ts';

/** The dialog. */
export function Dialog({ opened, ...props }: ModalProps) {
  const opener = useRef<Element>(undefined);
  // Before its own content takes the focus.
  useLayoutEffect(() => {
    if (opened) opener.current = document.activeElement ?? undefined;
  }, [opened]);
  const giveBack = useCallback(() => {
    const from = opener.current;
    opener.current = undefined;
    const leaving = document.activeElement?.closest('[role="dialog"]');
    // After what is gone has left the page, and the focus with it: on a busy machine that takes a while.
    const give = () => {
      if (from === undefined || opener.current !== undefined) return;
      if (leaving?.contains(document.activeElement)) return void window.setTimeout(give);
      if (hasFocus()) return;
      if (from instanceof HTMLElement && from.isConnected) from.focus({ preventScroll: true });
      if (!hasFocus()) focusHeading();
    };
    window.setTimeout(give);
  }, []);
  useEffect(() => giveBack, [giveBack]);
  return (
    <Modal
      opened={opened}
      returnFocus={false}
      closeButtonProps={{ 'aria-label': texts.app.close }}
      onExitTransitionEnd={giveBack}
      {...props}
    />
  );
}

function hasFocus(): boolean {
  return document.activeElement !== null && document.activeElement !== document.body;
}
