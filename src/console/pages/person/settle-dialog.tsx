/** An operator says what became of a request whose outcome is not known. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { allOf, personQuery } from '../../api/campaign-queries.ts';
import { api, dataOf } from '../../api/client.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { Timeline } from './timeline.tsx';

/** The dialog of somebody on a list, with the evidence. */
export function SettleDialog({
  campaign,
  row,
  onClose,
}: {
  readonly campaign: string;
  readonly row: number;
  readonly onClose: () => void;
}) {
  const { data: person, error } = useQuery(personQuery(campaign, row));
  return (
    <Settling
      {...{ error, onClose }}
      title={texts.uncertain.settleTitle(String(row))}
      id={person?.id}
      evidence={person && <Timeline steps={person.history} />}
      renews={allOf(campaign)}
    />
  );
}

/** The dialog of any request. @param p.id once it is known @param p.renews the key of what is looked at again */
export function Settling({
  title,
  id,
  error = null,
  evidence,
  renews,
  onClose,
}: {
  readonly title: string;
  readonly id: string | undefined;
  readonly error?: Error | null;
  readonly evidence: ReactNode;
  readonly renews: readonly unknown[];
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const settling = useMutation({
    mutationFn: (p: { readonly id: string; readonly as: 'accepted' | 'rejected' }) => {
      const params = { path: { id: p.id } };
      return dataOf(api.POST('/v1/requests/{id}/settle', { params, body: { as: p.as } }));
    },
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: renews }),
  });
  const text = texts.uncertain;
  const failed = error ?? settling.error;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={title}
      closeButtonProps={{ 'aria-label': texts.app.close }}
    >
      <Stack>
        {failed !== null && <ProblemAlert error={failed} />}
        {id !== undefined && (
          <>
            {evidence}
            <Text>{text.settleText}</Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {texts.app.cancel}
              </Button>
              <Button
                variant="default"
                loading={settling.isPending}
                onClick={() => settling.mutate({ id, as: 'rejected' })}
              >
                {text.asRejected}
              </Button>
              <Button
                loading={settling.isPending}
                onClick={() => settling.mutate({ id, as: 'accepted' })}
              >
                {text.asAccepted}
              </Button>
            </Group>
          </>
        )}
      </Stack>
    </Modal>
  );
}
