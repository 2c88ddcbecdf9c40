/** A button that asks once more, then does it. Where that is refused the dialog stays, and says why. */
import { Button, type ButtonProps, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Confirm } from './confirm.tsx';
import { useLeavingFocus } from './leaving-focus.ts';

/**
 * The button and its dialog.
 *
 * @param p.label of the button, and of the one in the dialog
 * @param p.title of the dialog, and the button's name to screen readers; the label unless told
 * @param p.renews the key of what is looked at again afterwards
 */
export function ConfirmButton({
  label,
  title = label,
  sure,
  isDangerous = true,
  button = { variant: 'default' },
  act,
  renews,
}: {
  readonly label: string;
  readonly title?: string;
  readonly sure: string;
  readonly isDangerous?: boolean;
  readonly button?: ButtonProps;
  readonly act: () => Promise<unknown>;
  readonly renews: readonly unknown[];
}) {
  const queries = useQueryClient();
  const opener = useLeavingFocus();
  const [isSure, setIsSure] = useState(false);
  const acting = useMutation({
    mutationFn: act,
    onSuccess: () => {
      setIsSure(false);
      return queries.invalidateQueries({ queryKey: renews });
    },
  });
  return (
    <>
      <Button
        ref={opener}
        {...button}
        aria-label={title}
        aria-haspopup="dialog"
        onClick={() => setIsSure(true)}
      >
        {label}
      </Button>
      <Confirm
        isOpen={isSure}
        title={title}
        action={label}
        isDangerous={isDangerous}
        isBusy={acting.isPending}
        error={acting.error}
        onConfirm={() => acting.mutate()}
        onClose={() => setIsSure(false)}
      >
        <Text>{sure}</Text>
      </Confirm>
    </>
  );
}
