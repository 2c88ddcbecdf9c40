/** What will happen: how many are asked, who is left out and why, when it will be done; and what cannot be read of the list. */
import { Alert, List, Progress, Stack, Text, Title } from '@mantine/core';
import { ApiError } from '../../api/client.ts';
import { BudgetItems } from '../../campaigns/budget-items.tsx';
import { asNearTime, asNumber, asSpan } from '../../format.ts';
import { PagedTable } from '../../parts/paged-table.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';
import { inWordsOfPage } from '../../words-of-page.ts';
import { type RefusedLine, refusedColumns } from '../campaign/refused-lines.tsx';
import type { DryRun } from './import-list.ts';
import type { Look } from './use-dry-run.ts';
import { useFileLines } from './use-file-lines.ts';
import type { ChosenList } from './use-list.ts';
import { useReadSoFar } from './use-read-so-far.ts';

/** What was said of a list: refused lines alone where all of it was refused, or while it is read. */
export function Outlook({
  chosen,
  look: { found, error, sent, retry, lookedAt },
}: {
  readonly chosen: ChosenList;
  readonly look: Pick<Look, 'found' | 'error' | 'sent' | 'retry' | 'lookedAt'>;
}) {
  const text = texts.newCampaign;
  return (
    <Stack aria-live="polite" aria-busy={sent !== undefined}>
      {sent !== undefined && (
        <div>
          <Text size="sm">{text.looking}</Text>
          <Progress value={sent * 100} aria-label={text.looking} animated />
        </div>
      )}
      {sent !== undefined && lookedAt !== undefined && (
        <SoFar key={lookedAt} name={lookedAt} chosen={chosen} />
      )}
      {error !== null && (
        <>
          <ProblemAlert error={inWordsOfPage(error)} onRetry={retry} />
          <Refused lines={refusedOf(error)} chosen={chosen} />
        </>
      )}
      {found !== undefined && error === null && <Found found={found} chosen={chosen} />}
    </Stack>
  );
}

/** What has been read of it: who sees a wrong column need not wait for the rest. */
function SoFar({ name, chosen }: { readonly name: string; readonly chosen: ChosenList }) {
  const text = texts.newCampaign;
  const read = useReadSoFar(name);
  if (read === undefined) return null;
  const { lines, refused, refusedLines } = read;
  return (
    <>
      <Text size="sm">{text.readSoFar(lines, asNumber(lines), asNumber(refused))}</Text>
      <Refused lines={refusedLines} chosen={chosen} />
    </>
  );
}

function Found({ found, chosen }: { readonly found: DryRun; readonly chosen: ChosenList }) {
  const text = texts.newCampaign;
  const { lines, added, doubles, refused, refusedLines, warnings, forecast } = found;
  const skips = Object.entries(forecast?.skipped ?? {}).filter(([, n]) => n > 0);
  return (
    <>
      {forecast !== undefined && (
        <Text size="lg" fw={600}>
          {forecast.doneAt === null
            ? text.nobody
            : text.willAsk(
                texts.people(forecast.willAsk, asNumber(forecast.willAsk)),
                asSpan(forecast.seconds),
                asNearTime(forecast.doneAt),
              )}
        </Text>
      )}
      <List>
        <List.Item>
          {(forecast === undefined || forecast.willAsk === added ? text.lines : text.linesRead)(
            ...([lines, asNumber(lines), asNumber(added)] as const),
          )}
        </List.Item>
        {doubles > 0 && <List.Item>{text.doubles(doubles, asNumber(doubles))}</List.Item>}
        {skips.map(([reason, n]) => (
          <List.Item key={reason}>
            {text.skipped(asNumber(n), texts.skipReasons[reason] ?? reason)}
          </List.Item>
        ))}
        {forecast !== undefined && forecast.withinADay < forecast.willAsk && (
          <List.Item>{text.budget(asNumber(forecast.withinADay))}</List.Item>
        )}
        {forecast !== undefined && <BudgetItems forecast={forecast} />}
        {refused > 0 && <List.Item>{text.refused(refused, asNumber(refused))}</List.Item>}
      </List>
      {(forecast?.pausedSenders ?? []).map((id) => (
        <Alert key={id} color="orange">
          {text.pausedSender(id)}
        </Alert>
      ))}
      {warnings.map((warning) => (
        <Alert key={warning} color="orange">
          {warning}
        </Alert>
      ))}
      <Refused lines={refusedLines} chosen={chosen} />
    </>
  );
}

function Refused({
  lines,
  chosen,
}: {
  readonly lines: readonly RefusedLine[];
  readonly chosen: ChosenList;
}) {
  const places = useFileLines(chosen, lines);
  if (lines.length === 0) return null;
  return (
    <section>
      <Title order={3} size="h5" mb="xs">
        {texts.newCampaign.refusedLines}
      </Title>
      <PagedTable
        what={texts.refused.what}
        columns={refusedColumns(places)}
        keyOf={({ row, column }) => `${row} ${column}`}
        pages={{ items: lines, isFirstLoad: false, error: null, page: 1, retry: () => {} }}
        empty={texts.refused.empty}
      />
    </section>
  );
}

function refusedOf(error: Error): readonly RefusedLine[] {
  const lines = error instanceof ApiError ? error.problem.refusedLines : undefined;
  return Array.isArray(lines) ? lines : [];
}
