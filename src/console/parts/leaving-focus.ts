/** Where the focus goes when what has it is taken away: a line of a list that is done with. */
import { type RefObject, useLayoutEffect, useRef } from 'react';

/** For the button that goes: the heading of the page has the focus then, and not the beginning of the document. */
export function useLeavingFocus(): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const own = button.current;
    return () => {
      const focused = document.activeElement;
      // Its dialog may not have gone yet.
      if (focused !== own && focused?.closest('[role=dialog]') == null) return;
      document.querySelector('h1')?.focus({ preventScroll: true });
    };
  }, []);
  return button;
}
