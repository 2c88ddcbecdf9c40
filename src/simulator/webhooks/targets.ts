/** Where webhooks go: the number's own URL, else its account's, else the app's. */
import type { WebhookSettings } from './settings.ts';

/** The fields that may go elsewhere than to the app; templates and accounts never do. */
const OVERRIDABLE: ReadonlySet<string> = new Set(['messages', 'calls', 'account_settings_update']);

/** The URLs as they stand. */
export class Targets {
  /** The app's own. */
  url: string | undefined;
  appSecret: string;
  readonly #overrides = new Map<string, string>();
  readonly #unsubscribed = new Set<string>();

  constructor(settings: WebhookSettings) {
    this.url = settings.url;
    this.appSecret = settings.appSecret;
  }

  /** Whether anything can be told to anybody. */
  get any(): boolean {
    return this.url !== undefined || this.#overrides.size > 0;
  }

  /** Sets (or without a URL removes) the URL of a number or an account. */
  override(id: string, url: string | undefined): void {
    if (url === undefined) this.#overrides.delete(id);
    else this.#overrides.set(id, url);
  }

  /** The URL of a number or an account itself. */
  overrideOf(id: string): string | undefined {
    return this.#overrides.get(id);
  }

  /** Whether the app hears of this account. */
  isSubscribed(account: string): boolean {
    return !this.#unsubscribed.has(account);
  }

  subscribe(account: string, isOn: boolean): void {
    if (isOn) this.#unsubscribed.delete(account);
    else this.#unsubscribed.add(account);
  }

  /** Where an update goes; `undefined`: nobody hears of it. */
  of(field: string, account: string, phoneNumberId: string | undefined): string | undefined {
    if (!this.isSubscribed(account)) return undefined;
    if (!OVERRIDABLE.has(field)) return this.url;
    return this.#overrides.get(phoneNumberId ?? '') ?? this.#overrides.get(account) ?? this.url;
  }
}
