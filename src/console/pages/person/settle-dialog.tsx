/** An operator says what became of a request whose outcome is not known. */
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { allOf, personQuery } from '../../api/campaign-queries.ts';
import { api, dataOf } from '../../api/client.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { Timeline } from './timeline.tsx';

/** The dialog, with the evidence. */
export function SettleDialog({
  campaign,
  row,
  onClose,
}: {
  readonly campaign: string;
  readonly row: number;
  readonly onClose: () => void;
}) {
  const queries = useQueryClient();
  const { data: person, error } = useQuery(personQuery(campaign, row));
  const settling = useMutation({
    mutationFn: ({ id, as }: { readonly id: string; readonly as: 'accepted' | 'rejected' }) =>
      dataOf(api.POST('/v1/requests/{id}/settle', { params: { path: { id } }, body: { as } })),
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: allOf(campaign) }),
  });
  const text = texts.uncertain;
  const failed = error ?? settling.error;
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={text.settleTitle(String(row))}
      closeButtonProps={{ 'aria-label': texts.app.close }}
    >
      <Stack>
        {failed !== null && <ProblemAlert error={failed} />}
        {person !== undefined && (
          <>
            <Timeline steps={person.history} />
            <Text>{text.settleText}</Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {texts.app.cancel}
              </Button>
              <Button
                variant="default"
                loading={settling.isPending}
                onClick={() => settling.mutate({ id: person.id, as: 'rejected' })}
              >
                {text.asRejected}
              </Button>
              <Button
                loading={settling.isPending}
                onClick={() => settling.mutate({ id: person.id, as: 'accepted' })}
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
