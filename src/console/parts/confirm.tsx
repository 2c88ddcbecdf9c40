/** Asks once more before something that is not undone by a click. */
import { Alert, Button, Group, Stack } from '@mantine/core';
import { type ReactNode, useEffect, useState } from 'react';
import { useIsAway } from '../api/presence.ts';
import { texts } from '../texts.ts';
import { Dialog } from './dialog.tsx';
import { ProblemAlert } from './problem-alert.tsx';

/**
 * The dialog.
 *
 * @param p.action what its button says
 * @param p.isByKey its button has the focus, so that a key press is enough; neither a key that is held nor the second click of a
 *   double click decides
 * @param p.needsService what it does is done by the service: not while that is away
 * @param p.error why it was refused; the dialog stays
 * @param p.late why there is nothing left to do, where that came about while the dialog stood open
 */
export function Confirm({
  isOpen,
  title,
  action,
  isDangerous = false,
  isBusy = false,
  isByKey = false,
  needsService = true,
  error,
  late,
  children,
  onConfirm,
  onClose,
}: {
  readonly isOpen: boolean;
  readonly title: string;
  readonly action: string;
  readonly isDangerous?: boolean;
  readonly isBusy?: boolean;
  readonly isByKey?: boolean;
  readonly needsService?: boolean;
  readonly error?: Error | null;
  readonly late?: string | undefined;
  readonly children?: ReactNode;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}) {
  const isAway = useIsAway() && needsService;
  // What was refused before it was opened was not this.
  const [before, setBefore] = useState(error);
  useEffect(() => {
    if (!isOpen) setBefore(error);
  }, [isOpen, error]);
  return (
    <Dialog opened={isOpen} onClose={onClose} title={title} closeOnClickOutside={!isByKey}>
      <Stack>
        {late === undefined ? (
          children
        ) : (
          <Alert color="orange" role="alert">
            {late}
          </Alert>
        )}
        {isAway && (
          <Alert color="orange" role="status">
            {texts.app.offline}
          </Alert>
        )}
        {error != null && error !== before && <ProblemAlert error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {late === undefined ? texts.app.notNow : texts.app.close}
          </Button>
          {late === undefined && (
            <Button
              color={isDangerous ? 'red' : 'blue'}
              loading={isBusy}
              disabled={isAway}
              data-autofocus={isByKey || undefined}
              onKeyDown={(event) => {
                if (isByKey && event.repeat) event.preventDefault();
              }}
              onClick={onConfirm}
            >
              {action}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}
