/** A button that opens a dialog. What is in it lives as long as it is open: whoever opens it again begins anew. */
import { Button, type ButtonProps } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { useLeavingFocus } from './leaving-focus.ts';

/** What the content of a dialog can do with it. */
export interface OpenDialog {
  readonly close: () => void;
  /** Whether nothing but `close` ends it: neither the Escape key nor a click beside it takes away what is in it. */
  readonly hold: (isHeld: boolean) => void;
}

/**
 * The button and its dialog.
 *
 * @param p.label of the button
 * @param p.name of the button to screen readers, where the label alone does not say of what
 * @param p.title of the dialog; the label unless told
 * @param p.children what is in it
 */
export function DialogButton({
  label,
  name,
  title = label,
  size = 'md',
  button = { variant: 'default' },
  children,
}: {
  readonly label: string;
  readonly name?: string;
  readonly title?: string;
  readonly size?: 'md' | 'lg';
  readonly button?: ButtonProps;
  readonly children: (dialog: OpenDialog) => ReactNode;
}) {
  const opener = useLeavingFocus();
  const [isOpen, setIsOpen] = useState(false);
  const [isHeld, setIsHeld] = useState(false);
  const close = () => {
    setIsOpen(false);
    setIsHeld(false);
  };
  return (
    <>
      <Button
        ref={opener}
        {...button}
        aria-label={name}
        aria-haspopup="dialog"
        onClick={() => setIsOpen(true)}
      >
        {label}
      </Button>
      <Dialog
        opened={isOpen}
        onClose={close}
        title={title}
        size={size}
        closeOnEscape={!isHeld}
        closeOnClickOutside={!isHeld}
        withCloseButton={!isHeld}
      >
        {isOpen && children({ close, hold: setIsHeld })}
      </Dialog>
    </>
  );
}
