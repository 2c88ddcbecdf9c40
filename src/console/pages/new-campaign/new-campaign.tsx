/** From a list to a campaign: the list, the message, when and how, and what will happen, on one page, before anybody is asked. */
import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api, dataOf } from '../../api/client.ts';
import { useIsAway } from '../../api/presence.ts';
import { useMay } from '../../api/session.ts';
import { AskMany, isMany } from '../../campaigns/ask-many.tsx';
import { asNumber } from '../../format.ts';
import { guessMapping, type Mapping, missingIn } from '../../list/mapping.ts';
import { LeaveGuard } from '../../parts/leave-guard.tsx';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { Section } from '../../parts/section.tsx';
import { texts } from '../../texts.ts';
import { inWordsOfPage } from '../../words-of-page.ts';
import { previewOf, variablesIn } from '../templates/template-texts.ts';
import { type Asking, askingOf } from './asking.ts';
import { Outlook } from './forecast-step.tsx';
import { importList } from './import-list.ts';
import { ListStep } from './list-step.tsx';
import { labelOf, MappingStep } from './mapping-step.tsx';
import { type Settings, USUAL, wrongIn } from './settings.ts';
import { SettingsStep } from './settings-step.tsx';
import { useDryRun } from './use-dry-run.ts';
import { useList } from './use-list.ts';

/** The page. */
export function NewCampaign() {
  const mayAsk = useMay('operator');
  const text = texts.newCampaign;
  if (!mayAsk) return <Page title={text.title}>{texts.mayNot(texts.roles.operator)}</Page>;
  return (
    <Page title={text.title}>
      <Steps />
    </Page>
  );
}

function Steps() {
  const text = texts.newCampaign;
  const { chosen, error: unreadable, choose, readAs, nameColumns } = useList();
  // Whoever comes from a template wants that one.
  const { template: wanted = '' } = useSearch({ strict: false });
  const [templateId, setTemplateId] = useState(wanted);
  const [mapped, setMapped] = useState<{ of: string; by: Mapping }>();
  const [settings, setSettings] = useState<Settings>(USUAL);
  const { data: templates, error: noTemplates } = useQuery(TEMPLATES);
  const { data: senders, error: noSenders } = useQuery(SENDERS);

  const usable = templates ?? [];
  const template =
    usable.find(({ id }) => id === templateId) ??
    (templateId === '' && usable.length === 1 ? usable[0] : undefined);
  const parameters = template === undefined ? [] : variablesIn(previewOf(template));
  const head = chosen?.head;
  // What was mapped by hand holds for this list and this template.
  const of = `${chosen?.id} ${template?.id}`;
  const guessed = head === undefined ? {} : guessMapping(head, parameters);
  const mapping = mapped?.of === of ? mapped.by : guessed;
  const missing = head === undefined ? [] : missingIn(mapping, parameters);
  const draft =
    chosen === undefined || template === undefined || missing.length > 0
      ? undefined
      : { chosen, template, mapping, settings };
  const look = useDryRun(draft);
  const change = (by: Partial<Settings>) => setSettings((before) => ({ ...before, ...by }));

  return (
    <>
      <LeaveGuard isOn={chosen !== undefined} what={text.leaving} />
      <ListStep
        {...{ chosen, settings }}
        onChoose={choose}
        onCharset={readAs}
        onNameColumns={nameColumns}
        numbers={mapping.to || undefined}
        onSettings={change}
      />
      {unreadable !== undefined && <ProblemAlert error={unreadable} />}
      {noTemplates !== null && <ProblemAlert error={noTemplates} />}
      {noSenders !== null && <ProblemAlert error={noSenders} />}
      <MappingStep
        {...{ templates: usable, template, parameters, head, mapping }}
        isLoaded={templates !== undefined}
        onTemplate={setTemplateId}
        onMap={(need, column) => setMapped({ of, by: { ...mapping, [need]: column } })}
      />
      <SettingsStep settings={settings} senders={senders ?? []} onChange={change} />
      <Section title={text.forecast}>
        {draft === undefined ? (
          <Text c="dimmed">
            {whatIsMissing({
              hasList: head !== undefined && head.columns.length > 0,
              hasTemplate: template !== undefined,
              missing,
            })}
          </Text>
        ) : (
          <Outlook look={look} chosen={draft.chosen} />
        )}
        {/* Without the senders nobody has chosen one: the first would be used unasked. */}
        <Start look={look} settings={settings} isBlocked={senders === undefined} />
      </Section>
    </>
  );
}

function whatIsMissing(p: {
  readonly hasList: boolean;
  readonly hasTemplate: boolean;
  readonly missing: readonly string[];
}): string {
  const text = texts.newCampaign;
  if (!p.hasList) return text.needsList;
  if (!p.hasTemplate) return text.needsTemplate;
  return text.needsColumns(p.missing.map(labelOf).join(', '));
}

function Start({
  look,
  settings,
  isBlocked,
}: {
  readonly look: ReturnType<typeof useDryRun>;
  readonly settings: Settings;
  readonly isBlocked: boolean;
}) {
  const text = texts.newCampaign;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const making = useMutation({
    mutationFn: importList,
    onSuccess: async ({ id }) => {
      await queries.invalidateQueries({ queryKey: ['campaigns'] });
      // It is kept now.
      await navigate({ to: '/campaigns/$id', params: { id }, search: {}, ignoreBlocker: true });
    },
  });
  const isAway = useIsAway();
  const { upload, found } = look;
  const isReady = !isBlocked && upload !== undefined && found !== undefined && look.error === null;
  const asking = found && askingOf(found, settings.start);
  const isNobody = asking?.how === 'nobody';
  // Time goes on while the page stands open: it is looked at when somebody clicks, too.
  const [now, setNow] = useState(Date.now);
  const [isSure, setIsSure] = useState(false);
  const isWrong = Object.keys(wrongIn(settings, Math.max(now, Date.now()))).length > 0;
  const label = asking === undefined ? text.ask : labelOfAsking(asking);
  const make = () => {
    if (upload === undefined) return;
    const start = settings.start === 'draft' ? 'false' : 'true';
    making.mutate({ ...upload, query: { ...upload.query, start } });
  };
  return (
    <>
      {making.error !== null && !isSure && <ProblemAlert error={inWordsOfPage(making.error)} />}
      <Group justify="flex-end">
        {isWrong && <Text c="dimmed">{text.needsTimes}</Text>}
        {isNobody && !isWrong && <Text c="dimmed">{text.needsPeople}</Text>}
        <Button
          size="md"
          disabled={!isReady || isWrong || isNobody || isAway}
          loading={making.isPending}
          onClick={() => {
            setNow(Date.now());
            if (Object.keys(wrongIn(settings)).length > 0 || isHalfTyped()) return;
            if (asking !== undefined && asking.how !== 'draft' && isMany(asking.people))
              setIsSure(true);
            else make();
          }}
        >
          {label}
        </Button>
      </Group>
      <AskMany
        {...{ action: label, isOpen: isSure, people: asking?.people ?? 0 }}
        isBusy={making.isPending}
        error={making.error && inWordsOfPage(making.error)}
        onConfirm={make}
        onClose={() => setIsSure(false)}
      />
    </>
  );
}

function labelOfAsking({ how, people }: Asking): string {
  const text = texts.newCampaign;
  const n = texts.people(people, asNumber(people));
  const labels = {
    ...{ now: text.askNow(n), later: text.askLater(n), at: text.askAt(n) },
    ...{ draft: text.saveDraft, nobody: text.ask },
  };
  return labels[how];
}

/** A time of which only a part is there is none to the page: it would be left out without a word. The browser says so beside it. */
function isHalfTyped(): boolean {
  const box = document.querySelector<HTMLInputElement>('main input:invalid');
  box?.closest('details')?.setAttribute('open', '');
  return box !== null && !box.reportValidity();
}

const TEMPLATES = {
  queryKey: ['templates', 'that ask'],
  queryFn: async () => {
    const query = { status: 'APPROVED', limit: 1_000 };
    const { templates } = await dataOf(api.GET('/v1/templates', { params: { query } }));
    return templates.filter(({ asksForCalls }) => asksForCalls);
  },
} as const;

const SENDERS = {
  queryKey: ['senders', 'ids'],
  queryFn: async () => {
    const { senders } = await dataOf(
      api.GET('/v1/senders', { params: { query: { limit: 1_000 } } }),
    );
    return senders.map(({ sender }) => sender);
  },
} as const;
