/** From nothing to the first campaign: what is there, what is missing, and where to go on. */
import { Alert, List, Text } from '@mantine/core';
import { useMay } from '../../api/session.ts';
import { asAgo, asNumber } from '../../format.ts';
import { ButtonLink } from '../../parts/links.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useTicks } from '../../parts/use-ticks.ts';
import { PageLoading } from '../../shell/page-states.tsx';
import { texts } from '../../texts.ts';
import { Sample } from './sample.tsx';
import { Step } from './step.tsx';
import { MOST_COUNTED, type Standing, useStanding } from './use-standing.ts';

/** The page. */
export function FirstSteps() {
  const { standing, error } = useStanding();
  const { firstSteps } = texts;
  return (
    <Page title={firstSteps.title}>
      <Text c="dimmed">{firstSteps.about}</Text>
      {error !== null && <ProblemAlert error={error} />}
      {standing === undefined ? error === null && <PageLoading /> : <Steps standing={standing} />}
    </Page>
  );
}

function Steps({ standing }: { readonly standing: Standing }) {
  const isAdmin = useMay('admin');
  const mayAsk = useMay('operator');
  const { setup, number, template, campaigns } = standing;
  const { firstSteps } = texts;
  const hasSettings = setup.settings.every(({ isSet, isNeeded }) => isSet || !isNeeded);
  return (
    <>
      {setup.simulator && (
        <Alert color="blue" title={firstSteps.simulator}>
          {isAdmin && <Sample />}
        </Alert>
      )}
      <Step title={firstSteps.settings} isDone={hasSettings}>
        <Text>{hasSettings ? firstSteps.settingsDone : firstSteps.settingsMissing}</Text>
        <List size="sm">
          {setup.settings.map(({ name, text, isSet, isNeeded }) => (
            <List.Item key={name}>
              <code>{name}</code>{' '}
              <strong>
                {isSet ? firstSteps.isSet : isNeeded ? firstSteps.isMissing : firstSteps.isOptional}
              </strong>
              {!isSet && (
                <Text size="sm" c="dimmed">
                  {text}
                </Text>
              )}
            </List.Item>
          ))}
        </List>
      </Step>
      <Step title={firstSteps.number} isDone={number.wrong.length === 0}>
        {number.wrong.length === 0 && <Text>{firstSteps.numberDone(number.facts)}</Text>}
        <Findings found={number.wrong} />
      </Step>
      <Webhooks standing={standing} />
      <Step title={firstSteps.template} isDone={template.approved.length > 0}>
        <Text>
          {template.approved.length > 0
            ? firstSteps.templateDone(template.approved.join(', '))
            : template.waiting.length > 0
              ? firstSteps.templateWaits(template.waiting.join(', '))
              : firstSteps.templateNone}
        </Text>
        {isAdmin && template.approved.length === 0 && (
          <div>
            <ButtonLink to="/templates/new" search={{}}>
              {firstSteps.templateMake}
            </ButtonLink>
          </div>
        )}
      </Step>
      <Step title={firstSteps.list} isDone={campaigns > 0}>
        <Text>
          {campaigns > 0
            ? firstSteps.listDone(asNumber(campaigns), campaigns < MOST_COUNTED)
            : firstSteps.listNone}
        </Text>
        {mayAsk && (
          <div>
            <ButtonLink to="/campaigns/new" search={{}}>
              {firstSteps.listMake}
            </ButtonLink>
          </div>
        )}
      </Step>
    </>
  );
}

function Findings({ found }: { readonly found: Standing['webhooks'] }) {
  return found.map(({ code, message, next }) => (
    <div key={`${code} ${message}`}>
      <Text>{message}</Text>
      {next !== null && <Text c="dimmed">{next}</Text>}
    </div>
  ));
}

function Webhooks({
  standing: { setup, lastWebhookAt, webhooks },
}: {
  readonly standing: Standing;
}) {
  useTicks();
  const { firstSteps } = texts;
  return (
    <Step title={firstSteps.webhooks} isDone={lastWebhookAt !== null && webhooks.length === 0}>
      <Text>
        {lastWebhookAt === null
          ? firstSteps.webhooksNone
          : firstSteps.webhooksDone(asAgo(lastWebhookAt))}
      </Text>
      <Findings found={webhooks} />
      {lastWebhookAt === null && !setup.simulator && (
        <Text c="dimmed">
          {setup.webhookUrl === null
            ? firstSteps.webhooksUrl
            : firstSteps.webhooksTell(setup.webhookUrl)}
        </Text>
      )}
    </Step>
  );
}
