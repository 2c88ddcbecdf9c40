/** What comes back from people and from Meta, on its way into the ledger: each change is monotone, its order is nothing. */
import type { ShownNumber } from '../webhook/update.ts';

/** Two names of one person, told together: digits of a number, or a user id. */
export interface LinkedNames {
  readonly a: string;
  /** The number where one is known. */
  readonly b: string;
  readonly at: Date;
  /** To whose webhooks: a user id is one of a person and a business portfolio. */
  readonly senderId?: string;
}

/** A person has other names from now on. */
export interface NameChange {
  readonly key: string;
  readonly what: 'number' | 'user-id';
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly at: Date;
  /** To whose webhooks it was told. */
  readonly senderId?: string;
}

/** Where a word on permission came from. */
export type AnswerSource = 'answer' | 'profile' | 'callback' | 'automatic' | 'person' | 'query';

/** A word of a person, or of Meta for them, on being phoned. */
export interface Answer {
  readonly senderId: string;
  /** The message's id: each counts once. */
  readonly key: string;
  /** The user id where one is told, since a number is passed on; else the number. */
  readonly person: string;
  /** Told beside the user id. */
  readonly number?: string;
  readonly status: 'temporary' | 'permanent' | 'declined' | 'revoked' | 'none';
  readonly source: AnswerSource;
  /** Of a temporary one, as Meta says it. */
  readonly expiresAt?: Date;
  readonly at: Date;
  /** The wamid that is answered, or the call. */
  readonly context?: string;
}

/** What is known of a call. */
export interface CallFact {
  readonly senderId: string;
  readonly id: string;
  readonly person: string;
  readonly byBusiness: boolean;
  readonly isConnected: boolean;
  readonly isOver: boolean;
  readonly at: Date;
  readonly durationS?: number;
}

/** A person's setting for marketing messages. */
export interface PreferenceFact {
  readonly person: string;
  readonly category: string;
  readonly value: 'stop' | 'resume';
  readonly at: Date;
}

/** The last that Meta said of a template, by kind. */
export interface TemplateNews {
  readonly templateId: string;
  readonly account: string;
  readonly name: string | null;
  readonly language: string | null;
  readonly what: string;
  readonly value: string;
  readonly detail: string | null;
  readonly effectiveAt: Date | null;
  readonly at: Date;
}

/** The last that Meta said of an account or one of its numbers, by kind and value. */
export interface AccountNews {
  readonly account: string;
  /** Empty: the whole account. */
  readonly senderId: string;
  readonly what: string;
  readonly value: string;
  readonly detail: string | null;
  readonly until: Date | null;
  readonly at: Date;
}

/** Meta is to be asked what a person allows. */
export interface WantedCheck {
  readonly person: string;
  readonly why: string;
  /** Wait this long before asking: the pace of the route. */
  readonly waitMs: number;
}

/** What came back, in the ledger. */
export interface ReplyStore {
  learnNames(links: readonly LinkedNames[]): Promise<void>;
  /** Learns what was told of names beside records while somebody else learned some; at most so many, gives how many. */
  learnLeftNames(most: number): Promise<number>;
  /** Goes up with each person that is forgotten: what is remembered of names is to be dropped then. */
  forgotten(): Promise<string>;
  changeNames(changes: readonly NameChange[]): Promise<void>;
  bookAnswers(answers: readonly Answer[]): Promise<void>;
  /** Looks again for the requests of words that came before them. */
  matchAnswers(most: number): Promise<void>;
  bookCalls(calls: readonly CallFact[]): Promise<void>;
  setPreferences(preferences: readonly PreferenceFact[]): Promise<void>;
  /** `false`: something later is known. */
  bookTemplateNews(news: TemplateNews): Promise<boolean>;
  bookAccountNews(news: AccountNews & { readonly stops: boolean }): Promise<boolean>;
  templateNews(): Promise<readonly TemplateNews[]>;
  accountNews(): Promise<readonly AccountNews[]>;
  /** The senders of the ledger, each with its account and the number that Meta shows it by, where that was told. */
  senders(): Promise<
    readonly {
      readonly senderId: string;
      readonly account: string;
      readonly shown: string | null;
    }[]
  >;
  learnShownNumber(p: ShownNumber): Promise<void>;
  /**
   * A person of whom Meta is to be asked; the same one is given to nobody else for `putOffMs`, and for twice as long each
   * time after it, until {@link permissionChecked}.
   */
  takePermissionCheck(p: {
    readonly senderId: string;
    readonly putOffMs: number;
    readonly paceMs: number;
  }): Promise<WantedCheck | undefined>;
  /** Meta was asked. */
  permissionChecked(p: { readonly senderId: string; readonly person: string }): Promise<void>;
  /** Makes few rows of the funnel's many. */
  foldFunnel(): Promise<void>;
}

/** What a campaign led to. */
export interface FunnelCount {
  readonly language: string;
  readonly fact: string;
  readonly n: number;
}
