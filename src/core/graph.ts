import type { GraphError } from './verdicts/outcome.ts';

/** One component of a template as Meta returns it; the `type` is compared without case. */
export interface TemplateComponent {
  readonly type: string;
  readonly format?: string;
  readonly text?: string;
  readonly example?: unknown;
  readonly [field: string]: unknown;
}

/** A message template as the templates API returns it. */
export interface Template {
  readonly id: string;
  readonly name: string;
  readonly language: string;
  readonly status: string;
  readonly category: string;
  readonly components: readonly TemplateComponent[];
  readonly parameterFormat?: 'positional' | 'named';
  readonly rejectedReason?: string;
  readonly qualityScore?: string;
  readonly correctCategory?: string;
}

/** What the body of a create call is made from; already checked by `core/template/new-template.ts`. */
export interface NewTemplate {
  readonly name: string;
  readonly language: string;
  readonly category: 'MARKETING' | 'UTILITY';
  readonly parameterFormat: 'positional' | 'named';
  readonly components: readonly TemplateComponent[];
}

/** The answer of a create call. */
export interface CreatedTemplate {
  readonly id: string;
  readonly status: string;
  readonly category: string;
}

/** The fields of a business phone number that matter before sending. */
export interface NumberInfo {
  readonly id: string;
  readonly displayPhoneNumber?: string;
  readonly verifiedName?: string;
  readonly qualityRating?: string;
  /** `throughput.level`: `STANDARD`, `HIGH`, `NOT_APPLICABLE`. */
  readonly throughputLevel?: string;
  /** `whatsapp_business_manager_messaging_limit`: `TIER_250` ... `TIER_UNLIMITED`. */
  readonly messagingLimit?: string;
  /** `health_status.can_send_message`: `AVAILABLE`, `LIMITED`, `BLOCKED`. */
  readonly canSendMessage?: string;
  readonly healthErrors: readonly {
    readonly code: number;
    readonly description: string;
    readonly solution?: string;
  }[];
}

/** `calling` of `GET /<PHONE_NUMBER_ID>/settings`. */
export interface CallingSettings {
  readonly status: string;
  readonly restrictions: readonly {
    readonly type: string;
    readonly reason?: string;
    readonly expiration?: Date;
  }[];
}

/** `GET /debug_token`, where the server has it. */
export interface TokenInfo {
  readonly isValid: boolean;
  readonly expiresAt?: Date;
  readonly scopes: readonly string[];
}

/** Where webhooks are to be sent. */
export interface WebhookTarget {
  readonly url: string;
  /** Meta asks the URL for it before it takes it. */
  readonly verifyToken: string;
}

/** Where webhooks of a number are sent: to the first of these that is set. */
export interface WebhookSettings {
  readonly number?: string;
  readonly account?: string;
  readonly app?: string;
}

/** `GET /<PHONE_NUMBER_ID>/call_permissions`, both vocabularies of Meta's documents folded into one. */
export interface CallPermissionInfo {
  /** `granted` and `temporary` are one; unknown values are kept as they came. */
  readonly status:
    | 'none'
    | 'temporary'
    | 'permanent'
    | 'pending'
    | 'denied'
    | 'expired'
    | (string & {});
  readonly expiresAt?: Date;
  readonly canRequest?: boolean;
  /** Usage of `send_call_permission_request`; a window absent from the answer is absent here. */
  readonly day?: PermissionWindow;
  readonly week?: PermissionWindow;
}

/** One window of an allowance. */
export interface PermissionWindow {
  readonly used: number;
  readonly allowed: number;
  readonly freesAt?: Date;
}

/** One send, ready for the wire. */
export interface SendInput {
  /** `+<digits>`. Without the plus Meta may prepend the sender's own country code. */
  readonly to: string;
  readonly template: string;
  readonly language: string;
  readonly header: readonly TemplateParameter[];
  readonly body: readonly TemplateParameter[];
  /** `<request>.<fence>`; comes back in status webhooks (512 characters at most). */
  readonly callbackData: string;
}

/** A text parameter; `name` only for templates with named variables. */
export interface TemplateParameter {
  readonly name?: string;
  readonly text: string;
}

/** Why a management call (everything but the send) did not give its value. */
export type GraphFailure =
  | { readonly kind: 'refused'; readonly error: GraphError }
  | { readonly kind: 'unreachable'; readonly detail: string; readonly notFound?: boolean };
