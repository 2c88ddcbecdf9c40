/** Creating and editing templates: the checks with Meta's messages, then the review that follows. */
import { type Answer, json } from './answer.ts';
import { DAY_MS } from './clock.ts';
import { checkComponents, invalid, type PostedComponent } from './component-rules.ts';
import { LANGUAGES } from './languages.ts';
import { errorAnswer, type Refusal, refuse } from './sim-errors.ts';
import type { StoredTemplate } from './template-store.ts';
import { tellComponents } from './webhooks/news.ts';
import type { World } from './world.ts';

const CATEGORIES: ReadonlySet<string> = new Set(['AUTHENTICATION', 'MARKETING', 'UTILITY']);

/** `POST /<WABA_ID>/message_templates`. */
export function createTemplate(
  world: World,
  businessAccountId: string,
  body: Readonly<Record<string, unknown>>,
): Answer {
  const { profile, templates } = world;
  const name = body.name;
  if (typeof name !== 'string' || !/^[a-z0-9_]{1,512}$/.test(name)) {
    return errorAnswer(
      invalid('name must be 1 to 512 lower-case letters, digits and underscores.'),
    );
  }
  const language = body.language;
  if (typeof language !== 'string' || !LANGUAGES.has(language)) {
    return errorAnswer(invalid('language is not a supported language code.'));
  }
  const category = typeof body.category === 'string' ? body.category.toUpperCase() : '';
  if (!CATEGORIES.has(category)) {
    return errorAnswer(invalid('category must be one of {AUTHENTICATION, MARKETING, UTILITY}.'));
  }
  const parameterFormat = String(body.parameter_format ?? 'positional').toLowerCase();
  if (parameterFormat !== 'positional' && parameterFormat !== 'named') {
    return errorAnswer(invalid('parameter_format must be one of {POSITIONAL, NAMED}.'));
  }
  const ttlSeconds = body.message_send_ttl_seconds;
  const refusal =
    checkTtl(ttlSeconds, category) ??
    checkComponents(body.components, {
      format: parameterFormat,
      category,
      wordsPerVariable: profile.review.wordsPerVariable,
    }) ??
    checkRoom(world, businessAccountId, name, language);
  if (refusal !== undefined) return errorAnswer(refusal);

  const components = body.components as readonly PostedComponent[];
  const duplicate = profile.review.rejectDuplicateText
    ? templates.list(businessAccountId).find((other) => hasSameText(other, language, components))
    : undefined;
  const template = templates.insert({
    businessAccountId,
    name,
    language,
    category,
    parameterFormat,
    components,
    ...(typeof ttlSeconds === 'number' ? { ttlSeconds } : {}),
  });
  sendToReview(world, template, duplicate !== undefined);
  const settled = templates.byId(template.id) ?? template;
  return json(200, { id: settled.id, status: settled.status, category: settled.category });
}

/** `POST /<TEMPLATE_ID>`: replaces category, components or TTL, and sends it to review again. */
export function editTemplate(
  world: World,
  template: StoredTemplate,
  body: Readonly<Record<string, unknown>>,
): Answer {
  const { clock, profile } = world;
  if (!['APPROVED', 'REJECTED', 'PAUSED'].includes(template.status)) {
    return errorAnswer(invalid(`A template in status ${template.status} cannot be edited.`));
  }
  const category =
    typeof body.category === 'string' ? body.category.toUpperCase() : template.category;
  if (!CATEGORIES.has(category)) return errorAnswer(invalid('category is not valid.'));
  if (template.status === 'APPROVED') {
    if (category !== template.category) {
      return errorAnswer(invalid('The category of an approved template cannot be changed.'));
    }
    const now = clock.now();
    const inDay = template.edits.filter((at) => at > now - DAY_MS).length;
    const inMonth = template.edits.filter((at) => at > now - 30 * DAY_MS).length;
    if (inDay >= 1 || inMonth >= 10) {
      return errorAnswer(invalid('An approved template can be edited once in 24 hours.'));
    }
  }
  if (body.components !== undefined) {
    const refusal = checkComponents(body.components, {
      format: template.parameterFormat,
      category,
      wordsPerVariable: profile.review.wordsPerVariable,
    });
    if (refusal !== undefined) return errorAnswer(refusal);
    template.components = body.components as readonly PostedComponent[];
    tellComponents(world, template);
  }
  if (template.status === 'APPROVED') template.edits.push(clock.now());
  template.category = category;
  sendToReview(world, template, false);
  return json(200, { success: true });
}

function checkTtl(ttl: unknown, category: string): Refusal | undefined {
  if (ttl === undefined || (category === 'UTILITY' && ttl === -1)) return undefined;
  // By Meta: utility 30 to 43,200 s or -1, marketing 43,200 to 2,592,000 s.
  const [least, most] = category === 'MARKETING' ? [43_200, 2_592_000] : [30, 43_200];
  return typeof ttl === 'number' && ttl >= least && ttl <= most
    ? undefined
    : invalid(`message_send_ttl_seconds must be between ${least} and ${most}.`);
}

function checkRoom(
  { profile, templates }: World,
  businessAccountId: string,
  name: string,
  language: string,
): Refusal | undefined {
  const existing = templates.find(businessAccountId, name, language);
  if (
    existing?.status === 'PENDING_DELETION' ||
    templates.isNameBlocked(businessAccountId, name, language)
  ) {
    return invalid(
      `New ${language} content cannot be added while the existing ${language} content is being deleted.`,
      2388023,
      'Message template language is being deleted',
    );
  }
  if (existing !== undefined) {
    return invalid(
      `There is already ${language} content for this template.`,
      2388024,
      'Content in this language already exists',
    );
  }
  if (templates.list(businessAccountId).length >= profile.templateLimit) {
    return invalid('The WhatsApp Business account has no room for more templates.', 2388019);
  }
  return templates.countCreation(businessAccountId, profile.templateCreationsPerHour)
    ? undefined
    : refuse(80008);
}

function hasSameText(
  other: StoredTemplate,
  language: string,
  components: readonly PostedComponent[],
): boolean {
  if (other.language !== language || other.status === 'REJECTED') return false;
  return ['BODY', 'FOOTER'].every(
    (type) => textOf(other.components, type) === textOf(components, type),
  );
}

function textOf(components: readonly PostedComponent[], type: string): unknown {
  return components.find((component) => component.type.toUpperCase() === type)?.text;
}

function sendToReview(world: World, template: StoredTemplate, isDuplicate: boolean): void {
  const { review } = world.profile;
  const rule = review.rules.find(({ name }) => new RegExp(name, 'u').test(template.name));
  if (rule?.category !== undefined && rule.category !== template.category) {
    template.previousCategory = template.category;
    template.category = rule.category;
  }
  template.status = 'PENDING';
  template.review = {
    at: world.clock.now() + (rule?.delayMs ?? review.delayMs),
    outcome: isDuplicate ? 'REJECTED' : (rule?.outcome ?? 'APPROVED'),
    reason: rule?.reason ?? 'INVALID_FORMAT',
  };
  if (!world.webhooks.isActive) return;
  // Reading it settles the review; without webhooks nobody would see it sooner.
  world.webhooks.outbox.call(template.review.at, () => world.templates.byId(template.id));
}
