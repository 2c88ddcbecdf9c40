/**
 * What an idempotency key is bound to: each option that changes who is asked, when, or with what text.
 * The next request under the key has to say the same.
 */
import { createHash } from 'node:crypto';
import type { Campaign, CampaignSpec } from '../core/campaign.ts';
import type { NewCampaign } from '../core/ports/index.ts';

/** A campaign that has the key already, and what it was made with. */
export interface MadeCampaign extends Campaign {
  readonly specSha256: string;
  readonly bodySha256: string | null;
}

/** SHA-256 in hex of all that a campaign is made with, but its list. */
export function fingerprint(spec: CampaignSpec): string {
  return sha256([2, firstOptions(spec), laterOptions(spec), spec.maxErrors ?? null]);
}

/** Whether a campaign was made with this spec, and with this body where there was one. */
export function isMadeWith(made: MadeCampaign, spec: NewCampaign): boolean {
  if (made.specSha256 === fingerprint(spec)) return made.bodySha256 === (spec.bodySha256 ?? null);
  // Made by a program that kept less: its other options are in its row, and its list decides the rest.
  return (
    made.specSha256 === sha256(firstOptions(spec)) &&
    JSON.stringify(laterOptions(made)) === JSON.stringify(laterOptions(spec))
  );
}

/** In the form in which the first version of this program hashed them. */
function firstOptions(spec: CampaignSpec): readonly unknown[] {
  const { senderId, template, language, parameterFormat, headerParameters, bodyParameters } = spec;
  const others = spec.senderIds?.slice(1) ?? [];
  return [
    senderId,
    template,
    language,
    parameterFormat,
    headerParameters,
    bodyParameters,
    ...(others.length > 0 ? [others] : []),
  ];
}

/** The options that campaigns of that version have in their row only. */
function laterOptions(spec: CampaignSpec): readonly unknown[] {
  const { startAt, expireAt, quietHours } = spec;
  return [
    spec.single === true,
    spec.weight ?? 1,
    spec.onPairLimit ?? 'wait',
    spec.includeGranted === true,
    spec.includeDeclined === true,
    startAt?.toISOString() ?? null,
    expireAt?.toISOString() ?? null,
    quietHours === undefined ? null : [quietHours.from, quietHours.to],
  ];
}

function sha256(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
