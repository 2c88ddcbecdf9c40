/**
 * The list is sent once to hear what would become of it, as soon as enough is chosen, and again when something is chosen otherwise.
 * Nothing of it stays.
 */
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { Schema } from '../../api/client.ts';
import { type Mapping, queryOf } from '../../list/mapping.ts';
import { randomKey } from '../../random-key.ts';
import { texts } from '../../texts.ts';
import { type DryRun, dryRun, type Upload } from './import-list.ts';
import { type Settings, settingsQuery } from './settings.ts';
import type { ChosenList } from './use-list.ts';

/** All that has to be chosen. */
export interface CampaignDraft {
  readonly chosen: ChosenList;
  readonly template: Schema<'Template'>;
  readonly mapping: Mapping;
  readonly settings: Settings;
}

/** While somebody types, nothing is sent. */
const PAUSE_MS = 600;
/** Permissions, opt-outs and the time go on while a page stands open. */
const STALE_MS = 300_000;

/** What is known of it. */
export interface Look {
  readonly found: DryRun | undefined;
  readonly error: Error | null;
  /** How much has been sent; `undefined`: nothing is on its way. */
  readonly sent: number | undefined;
  /** Sends it once more, after a failure. */
  readonly retry: () => void;
  /** What was asked about, ready to be sent in earnest. */
  readonly upload: Upload | undefined;
  /** What it is called in the ledger while it is looked at. */
  readonly lookedAt: string | undefined;
}

/** What would become of it. */
export function useDryRun(draft: CampaignDraft | undefined): Look {
  const [sent, setSent] = useState<number>();
  const [lookedAt, setLookedAt] = useState<string>();
  const wanted = draft === undefined ? undefined : uploadOf(draft);
  // What it is to be called changes nothing of it.
  const { name: _, ...query } = wanted?.query ?? {};
  const name = JSON.stringify([draft?.chosen.id, query, wanted?.charset]);
  const [settled] = useDebouncedValue(name, PAUSE_MS);
  // The same question twice leads to one campaign, another one to another.
  const question = `${name} ${draft?.settings.start} ${draft?.settings.name}`;
  const idempotencyKey = useMemo(() => keyOf(question), [question]);
  const isSettled = settled === name;
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['dry run', name],
    enabled: wanted !== undefined && isSettled,
    staleTime: STALE_MS,
    gcTime: 0,
    // A list may be large: after a failure it is sent again when somebody says so, not by itself.
    retry: false,
    refetchInterval: false,
    queryFn: ({ signal }) => {
      if (wanted === undefined) throw new Error('Expected a list to ask about, got none.');
      const ours = texts.newCampaign.lookedAt(randomKey());
      setSent(0);
      setLookedAt(ours);
      return dryRun({
        ...{ ...wanted, query: { ...query, name: ours }, onProgress: setSent, signal },
      });
    },
  });
  const isLooking = wanted !== undefined && (!isSettled || isFetching);
  return {
    found: isLooking ? undefined : data,
    error: isLooking ? null : error,
    sent: isLooking ? (sent ?? 0) : undefined,
    retry: () => void refetch(),
    upload: wanted && { ...wanted, idempotencyKey },
    lookedAt,
  };
}

function uploadOf({ chosen, template, mapping, settings }: CampaignDraft): Upload {
  const { head, list } = chosen;
  return {
    ...{ list, format: head.format, charset: head.charset },
    query: {
      ...{ template: template.name, language: template.language },
      ...queryOf(head, mapping),
      ...{ ...nameOf(chosen), ...settingsQuery(settings) },
    },
  };
}

/** Without a name of its own a campaign is called as its file is. */
function nameOf({ name }: ChosenList): { readonly name?: string } {
  const clean = name
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, 255);
  return name === texts.newCampaign.pasted || clean === '' ? {} : { name: clean };
}

function keyOf(_question: string): string {
  return randomKey();
}
