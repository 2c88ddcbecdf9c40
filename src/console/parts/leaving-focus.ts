/** Where the focus goes when what has it is taken away: a line of a list that is done with. */
import { type RefObject, useLayoutEffect, useRef } from 'react';

/** The heading of the page has the focus then, and not the beginning of the document. */
export function focusHeading(): void {
  document.querySelector('h1')?.focus({ preventScroll: true });
}

/** For a button that may go while it has the focus. */
export function useLeavingFocus(): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const own = button.current;
    return () => {
      if (document.activeElement === own) focusHeading();
    };
  }, []);
  return button;
}
