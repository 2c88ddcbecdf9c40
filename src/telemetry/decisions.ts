/**
 * One line for each decision about a request, at `debug`: at 1,000 a second nobody wants them otherwise. Seen at the
 * ports, so that where the level is higher nothing is between sending and what it calls.
 */
import { given } from '../core/given.ts';
import type { GraphPort, PeopleStore, SenderStore, SendingStore } from '../core/ports/index.ts';
import type { Outcome } from '../core/verdicts/outcome.ts';
import { verdictFor } from '../core/verdicts/verdicts.ts';
import type { Logger } from './log.ts';

/** Claims whose outcome is not recorded yet, at most: their campaigns are remembered for the line that says it. */
const MOST = 20_000;

/** What sending asks of the ledger, told. */
export function toldSending(log: Logger, store: SendingStore): SendingStore {
  if (!log.isLevelEnabled('debug')) return store;
  const campaigns = new Map<string, string>();
  return {
    ...store,
    async claim(p) {
      const answer = await store.claim(p);
      if (campaigns.size > MOST) campaigns.clear();
      for (const { request, fence, campaignId: campaign, to, attempts, batch } of answer.claimed) {
        campaigns.set(request, campaign);
        const line = { campaign, request, fence, sender: p.senderId, to, attempts, batch };
        log.debug(line, 'claimed');
      }
      return answer;
    },
    async record(entries) {
      const answers = await store.record(entries);
      for (const { request, fence, applied, state } of answers) {
        const campaign = campaigns.get(request);
        campaigns.delete(request);
        log.debug({ ...given({ campaign }), request, fence, state, applied }, 'settled');
      }
      return answers;
    },
    async decideUnclaimed(p) {
      const rows = await store.decideUnclaimed(p);
      for (const { request, batch, fate } of rows)
        log.debug({ request, sender: p.senderId, batch, fate }, 'not asked');
      return rows;
    },
    async streak(p) {
      const paused = await store.streak(p);
      const line = { campaign: p.campaignId, key: p.key, enough: p.enough, paused };
      log.debug(line, 'equal failures counted');
      return paused;
    },
  };
}

/** Breakers that open and close, told; what pauses campaigns is told louder by who does it. */
export function toldSenders(log: Logger, store: SenderStore): SenderStore {
  return {
    ...store,
    async reopen(p) {
      const resumed = await store.reopen(p);
      const { senderId: sender, template } = p;
      const line = { sender, ...given({ template: template?.name }), campaigns: resumed };
      log.info(line, 'breaker closed');
      return resumed;
    },
  };
}

/** Opt-outs, told: how many and by whom; a single one with its person, masked as each number in the log. */
export function toldPeople(log: Logger, store: PeopleStore): PeopleStore {
  return {
    ...store,
    async suppress(p) {
      const answer = await store.suppress(p);
      const [one, ...others] = p.people;
      const to = others.length === 0 ? one?.to : undefined;
      log.info({ count: p.people.length, source: p.source, ...given({ to }) }, 'suppressed');
      return answer;
    },
  };
}

/** A line to Meta whose answers are told. */
export function toldLine(log: Logger, sender: string, line: GraphPort): GraphPort {
  if (!log.isLevelEnabled('debug')) return line;
  return {
    ...line,
    async send(input, options) {
      const began = performance.now();
      const outcome = await line.send(input, options);
      const { claim } = options;
      const of = claim && {
        campaign: claim.campaignId,
        request: claim.request,
        fence: claim.fence,
      };
      const ms = Math.round(performance.now() - began);
      log.debug({ ...of, sender, ...saidOf(outcome), ms }, 'answered');
      return outcome;
    },
  };
}

function saidOf(outcome: Outcome): object {
  switch (outcome.kind) {
    case 'accepted':
      return { outcome: 'accepted', status: outcome.messageStatus };
    case 'refused': {
      const { verdict } = verdictFor(outcome.error);
      return { outcome: 'refused', code: outcome.error.code, verdict };
    }
    case 'uncertain':
      return { outcome: 'uncertain', cause: outcome.cause };
    case 'unsent':
      return { outcome: 'unsent', detail: outcome.detail };
  }
}
