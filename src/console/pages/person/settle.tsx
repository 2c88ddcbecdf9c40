/** An operator says what became of a request whose outcome is not known. */
import { Button, type ButtonProps, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { allOf, personQuery } from '../../api/campaign-queries.ts';
import { api, dataOf } from '../../api/client.ts';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { Timeline } from './timeline.tsx';

interface Place {
  /** Of a request that was made alone its own id. */
  readonly campaign: string;
  readonly row: number;
}

/** Neither stands out: which of them is so the evidence says, and not this dialog. */
const CHOICES = [
  {
    as: 'accepted',
    label: texts.uncertain.asAccepted,
    means: texts.uncertain.acceptedMeans,
  },
  {
    as: 'rejected',
    label: texts.uncertain.asRejected,
    means: texts.uncertain.rejectedMeans,
  },
] as const;

/** The button and its dialog, with the evidence. @param p.title of the dialog */
export function Settle({
  title,
  name,
  button = {},
  ...settling
}: Place & {
  readonly title: string;
  /** Of the button, where there are several. */
  readonly name?: string;
  readonly button?: ButtonProps;
}) {
  return (
    <DialogButton
      label={texts.uncertain.settle}
      {...(name === undefined ? {} : { name })}
      title={title}
      size="lg"
      button={button}
    >
      {({ close }) => <Settling {...settling} onClose={close} />}
    </DialogButton>
  );
}

function Settling({ campaign, row, onClose }: Place & { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const { data: person, error } = useQuery(personQuery(campaign, row));
  const settling = useMutation({
    mutationFn: (p: { readonly id: string; readonly as: 'accepted' | 'rejected' }) => {
      const params = { path: { id: p.id } };
      return dataOf(api.POST('/v1/requests/{id}/settle', { params, body: { as: p.as } }));
    },
    onSuccess: onClose,
    onSettled: () => queries.invalidateQueries({ queryKey: allOf(campaign) }),
  });
  const text = texts.uncertain;
  const failed = error ?? settling.error;
  return (
    <Stack>
      {failed !== null && <ProblemAlert error={failed} />}
      {person !== undefined && (
        <>
          <Timeline steps={person.history} />
          <Text>{text.settleText}</Text>
          {CHOICES.map(({ as, label, means }) => (
            <Group key={as} justify="space-between" gap="xs">
              <Text size="sm" flex="1 1 16rem">
                {means}
              </Text>
              <Button
                variant="default"
                loading={settling.isPending}
                onClick={() => settling.mutate({ id: person.id, as })}
              >
                {label}
              </Button>
            </Group>
          ))}
          <Group justify="flex-end">
            <Button variant="subtle" onClick={onClose}>
              {texts.app.notNow}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}
