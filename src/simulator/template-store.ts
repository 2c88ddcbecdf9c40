/**
 * The templates and their lives. A review is a time and an outcome on the template, looked at when
 * somebody reads it: no timers, and an advanced clock approves at once.
 */
import { randomInt } from 'node:crypto';
import type { SimClock } from './clock.ts';
import { DAY_MS } from './clock.ts';
import type { PostedComponent } from './component-rules.ts';
import type { GivenTemplate, SimulatorProfile } from './profile.ts';
import type { TemplateStatus } from './schemas.ts';
import { SlidingWindow } from './sliding-window.ts';

/** One template in one language. */
export interface StoredTemplate {
  readonly id: string;
  /** Order of creation; what a paging cursor points at. */
  readonly sequence: number;
  readonly businessAccountId: string;
  readonly name: string;
  readonly language: string;
  readonly parameterFormat: 'positional' | 'named';
  category: string;
  components: readonly PostedComponent[];
  status: TemplateStatus;
  rejectedReason: string;
  correctCategory: string | undefined;
  previousCategory: string | undefined;
  quality: string;
  ttlSeconds: number | undefined;
  review: Review | undefined;
  /** Times of edits while approved: Meta allows 1 in 24 h and 10 in 30 days. */
  readonly edits: number[];
}

/** A decision that falls at `at`, milliseconds since the epoch. */
export interface Review {
  readonly at: number;
  readonly outcome: 'APPROVED' | 'REJECTED';
  readonly reason: string;
}

/** What a new template is made of. */
export interface TemplateSeed {
  readonly businessAccountId: string;
  readonly name: string;
  readonly language: string;
  readonly category: string;
  readonly parameterFormat: 'positional' | 'named';
  readonly components: readonly PostedComponent[];
  readonly ttlSeconds?: number;
}

/** The templates of every WABA. */
export class TemplateStore {
  readonly #clock: SimClock;
  readonly #byId = new Map<string, StoredTemplate>();
  readonly #byKey = new Map<string, StoredTemplate>();
  readonly #blockedNames = new Map<string, number>();
  readonly #creations = new Map<string, SlidingWindow>();
  /** Called when a review has ended. */
  onReviewed: ((template: StoredTemplate) => void) | undefined;
  #sequence = 0;
  /** A random start, so that nobody can rely on small ids. */
  readonly #firstId = 1_000_000_000_000_000 + randomInt(100_000_000_000);

  constructor(profile: SimulatorProfile, clock: SimClock) {
    this.#clock = clock;
    for (const given of profile.templates) this.give(given);
  }

  /** Puts a template in without any check. */
  give(given: GivenTemplate): StoredTemplate {
    const template = this.insert({ ...given, components: given.components }, given.id);
    template.status = given.status;
    template.rejectedReason = given.rejectedReason ?? 'NONE';
    template.correctCategory = given.correctCategory;
    return template;
  }

  insert(seed: TemplateSeed, id?: string): StoredTemplate {
    this.#sequence += 1;
    const template: StoredTemplate = {
      id: id ?? String(this.#firstId + this.#sequence * 7919),
      sequence: this.#sequence,
      businessAccountId: seed.businessAccountId,
      name: seed.name,
      language: seed.language,
      parameterFormat: seed.parameterFormat,
      category: seed.category,
      components: seed.components,
      status: 'PENDING',
      rejectedReason: 'NONE',
      correctCategory: undefined,
      previousCategory: undefined,
      quality: 'UNKNOWN',
      ttlSeconds: seed.ttlSeconds,
      review: undefined,
      edits: [],
    };
    this.#byId.set(template.id, template);
    this.#byKey.set(keyOf(template), template);
    return template;
  }

  /** Takes over a template of another store as it stands. */
  adopt(template: StoredTemplate): void {
    if (this.#byKey.has(keyOf(template))) return;
    this.#sequence += 1;
    const own = { ...template, sequence: this.#sequence };
    this.#byId.set(own.id, own);
    this.#byKey.set(keyOf(own), own);
  }

  byId(id: string): StoredTemplate | undefined {
    return this.#settle(this.#byId.get(id));
  }

  find(businessAccountId: string, name: string, language: string): StoredTemplate | undefined {
    return this.#settle(this.#byKey.get(`${businessAccountId}|${name}|${language}`));
  }

  /** All of a WABA, oldest first. */
  list(businessAccountId: string): readonly StoredTemplate[] {
    const all = [...this.#byId.values()].filter((t) => t.businessAccountId === businessAccountId);
    for (const template of all) this.#settle(template);
    return all;
  }

  /** Everything there is, for the controls. */
  all(): readonly StoredTemplate[] {
    for (const template of this.#byId.values()) this.#settle(template);
    return [...this.#byId.values()];
  }

  /** Takes a template out; the name of an approved one stays blocked for 30 days. */
  remove(template: StoredTemplate): void {
    this.#byId.delete(template.id);
    this.#byKey.delete(keyOf(template));
    if (template.status === 'APPROVED') {
      this.#blockedNames.set(keyOf(template), this.#clock.now() + 30 * DAY_MS);
    }
  }

  isNameBlocked(businessAccountId: string, name: string, language: string): boolean {
    const until = this.#blockedNames.get(`${businessAccountId}|${name}|${language}`) ?? 0;
    return until > this.#clock.now();
  }

  /** Counts a creation; `false` when the WABA has had `perHour` in this hour. */
  countCreation(businessAccountId: string, perHour: number): boolean {
    const window = this.#creations.get(businessAccountId) ?? new SlidingWindow(3_600_000);
    this.#creations.set(businessAccountId, window);
    return window.tryAdd(this.#clock.now(), perHour);
  }

  #settle(template: StoredTemplate | undefined): StoredTemplate | undefined {
    const review = template?.review;
    if (template !== undefined && review !== undefined && review.at <= this.#clock.now()) {
      template.status = review.outcome;
      template.rejectedReason = review.outcome === 'REJECTED' ? review.reason : 'NONE';
      template.review = undefined;
      this.onReviewed?.(template);
    }
    return template;
  }
}

function keyOf(template: StoredTemplate): string {
  return `${template.businessAccountId}|${template.name}|${template.language}`;
}

/** Whether the template carries the `call_permission_request` component. */
export function isCallPermissionTemplate(template: StoredTemplate): boolean {
  return template.components.some((c) => c.type.toLowerCase() === 'call_permission_request');
}
