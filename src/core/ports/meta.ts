/** Meta's side: the one call that all this is about, and everything else asked of it. */
import type {
  CallingSettings,
  CallPermissionInfo,
  CreatedTemplate,
  GraphFailure,
  NewTemplate,
  NumberInfo,
  SendInput,
  Template,
  TokenInfo,
  WebhookSettings,
  WebhookTarget,
} from '../graph.ts';
import type { Result } from '../result.ts';
import type { Outcome, Uncertain } from '../verdicts/outcome.ts';
import type { ClaimedRequest } from './sending.ts';

/** The one call this all is about. */
export interface MessageSender {
  /**
   * POSTs once. Never rejects for anything the network or Meta does.
   * `mayWrite` is asked at the last moment before the first byte; `false` gives `unsent`.
   */
  send(
    input: SendInput,
    options: {
      readonly mayWrite: () => boolean;
      /** Whose message it is, for who watches: nothing of it is sent. */
      readonly claim?: Pick<ClaimedRequest, 'request' | 'fence' | 'campaignId' | 'batch'>;
      /**
       * Called at most once, after a refusal was given and within the request time-out: its connection
       * turned out to mix up answers, so that the refusal may be somebody else's.
       */
      readonly onDoubt?: (doubt: Uncertain) => void;
    },
  ): Promise<Outcome>;
  setConnections(n: number): void;
}

/** Everything else asked of Meta. */
export interface GraphAdmin {
  createTemplate(template: NewTemplate): Promise<Result<CreatedTemplate, GraphFailure>>;
  listTemplates(filter?: {
    name?: string;
    status?: string;
  }): AsyncIterable<Result<Template, GraphFailure>>;
  getTemplate(id: string): Promise<Result<Template, GraphFailure>>;
  deleteTemplate(p: { name: string; id?: string }): Promise<Result<void, GraphFailure>>;
  numberInfo(): Promise<Result<NumberInfo, GraphFailure>>;
  callingSettings(): Promise<Result<CallingSettings, GraphFailure>>;
  /** @param person digits of their number, or a user id */
  callPermission(person: string): Promise<Result<CallPermissionInfo, GraphFailure>>;
  tokenInfo(): Promise<Result<TokenInfo, GraphFailure>>;
  /** Subscribes the app to the account; sets its override, or takes it off where none is given. */
  subscribeApp(override?: WebhookTarget): Promise<Result<void, GraphFailure>>;
  /** The override of the number; `undefined` takes it off. */
  setWebhookOverride(override: WebhookTarget | undefined): Promise<Result<void, GraphFailure>>;
  readWebhook(): Promise<Result<WebhookSettings, GraphFailure>>;
}

/** A sender's line to Meta. */
export type GraphPort = MessageSender & GraphAdmin & { close(): Promise<void> };
