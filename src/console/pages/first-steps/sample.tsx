/** With the simulator: one click makes a template and a campaign of invented people. */
import { Button, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, dataOf } from '../../api/client.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';

const TEMPLATE = 'sample_call_permission';
const PEOPLE = 100;
const NAMES = ['Ann', 'Bo', 'Chloé', 'Dag', 'Eva', 'Finn', 'Gül', 'Hana', 'Ivo', 'Jō'];
/** A simulated review takes moments. */
const REVIEW_MS = 30_000;
const LOOK_MS = 500;

/** The button. */
export function Sample() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const making = useMutation({
    mutationFn: makeSample,
    onSuccess: async (id) => {
      await queries.invalidateQueries();
      await navigate({ to: '/campaigns/$id', params: { id }, search: {} });
    },
  });
  const { firstSteps } = texts;
  return (
    <>
      <Text size="sm" mb="xs">
        {firstSteps.sampleHint}
      </Text>
      {making.error !== null && <ProblemAlert error={making.error} />}
      <Button loading={making.isPending} onClick={() => making.mutate()}>
        {firstSteps.sample}
      </Button>
    </>
  );
}

async function makeSample(): Promise<string> {
  const { firstSteps } = texts;
  await dataOf(
    api.POST('/v1/templates', {
      body: {
        ...{ name: TEMPLATE, language: 'en', category: 'UTILITY', examples: ['Ann', '1001'] },
        body: 'Hello {{1}}, may we call you about your order {{2}}? It takes two minutes.',
      },
    }),
  );
  await untilApproved();
  const first = Math.floor(Math.random() * 9_000) * 100;
  const recipients = Array.from({ length: PEOPLE }, (_, i) => ({
    to: `+1650${String(2_000_000 + first + i)}`,
    reference: `sample ${i + 1}`,
    1: NAMES[i % NAMES.length],
    2: String(1_001 + i),
  }));
  const made = await dataOf(
    api.POST('/v1/campaigns', {
      body: { template: TEMPLATE, language: 'en', name: firstSteps.sampleName, recipients },
    }),
  );
  if (!('id' in made)) throw new Error('Expected a campaign, got a dry run.');
  return made.id;
}

async function untilApproved(): Promise<void> {
  const until = Date.now() + REVIEW_MS;
  while (Date.now() < until) {
    const params = { path: { name: TEMPLATE } };
    const { templates } = await dataOf(api.GET('/v1/templates/{name}', { params }));
    if (templates.some(({ status }) => status === 'APPROVED')) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
