/** Counts what passes the ports of sending: each is what it was, with an addition in memory beside it. */
import type { GraphPort, SenderStore, SendingStore } from '../../core/ports/index.ts';
import type { Outcome } from '../../core/verdicts/outcome.ts';
import { verdictFor } from '../../core/verdicts/verdicts.ts';
import { codeLabel } from './labels.ts';
import type { MetricTable } from './table.ts';

type Sending = MetricTable['sending'];

/** A sender's line to Meta whose POSTs are counted. */
export function countedLine(metrics: Sending, sender: string, line: GraphPort): GraphPort {
  const inFlight = metrics.inFlight.labels(sender);
  return {
    ...line,
    async send(input, options) {
      const began = performance.now();
      inFlight.inc();
      try {
        const outcome = await line.send(input, options);
        countOutcome(metrics, sender, outcome, (performance.now() - began) / 1_000);
        return outcome;
      } finally {
        inFlight.dec();
      }
    },
  };
}

function countOutcome(metrics: Sending, sender: string, outcome: Outcome, s: number): void {
  const { kind } = outcome;
  const error = kind === 'refused' ? outcome.error : undefined;
  const verdict = error === undefined ? 'none' : verdictFor(error).verdict;
  metrics.posts.inc({ sender, outcome: kind, code: codeLabel(error?.code), verdict });
  if (kind === 'uncertain') metrics.uncertain.inc({ sender, cause: outcome.cause });
  // Nothing was written: how long that took says nothing of Meta.
  if (kind !== 'unsent') metrics.duration.observe({ sender, outcome: kind }, s);
}

/** What sending reads and writes, counted. */
export function countedSending(metrics: Sending, store: SendingStore): SendingStore {
  return {
    ...store,
    async feed(p) {
      const fed = await store.feed(p);
      const sender = p.senderId;
      metrics.fed.inc(
        { sender },
        fed.reduce((sum, { size }) => sum + size, 0),
      );
      metrics.fedAt.set({ sender }, Date.now() / 1_000);
      return fed;
    },
    async claim(p) {
      const began = performance.now();
      const answer = await store.claim(p);
      metrics.claiming.observe({ sender: p.senderId }, (performance.now() - began) / 1_000);
      if (answer.claimed.length > 0)
        metrics.claimed.inc({ sender: p.senderId }, answer.claimed.length);
      return answer;
    },
    async record(entries) {
      const answers = await store.record(entries);
      const states = new Map(entries.map((one) => [`${one.request}.${one.fence}`, one.state]));
      for (const { request, fence, applied, state } of answers)
        metrics.recorded.inc({
          state: states.get(`${request}.${fence}`) ?? state,
          applied: String(applied),
        });
      return answers;
    },
    async decideUnclaimed(p) {
      const rows = await store.decideUnclaimed(p);
      for (const { fate } of rows) metrics.unclaimed.inc({ fate });
      return rows;
    },
    async sweepLeases(p) {
      const ended = await store.sweepLeases(p);
      if (ended > 0) metrics.leasesEnded.inc(ended);
      return ended;
    },
  };
}

/** Rate and breakers, counted. */
export function countedSenders(metrics: Sending, store: SenderStore): SenderStore {
  return {
    ...store,
    async slow(p) {
      await store.slow(p);
      metrics.cuts.inc({ sender: p.senderId });
    },
    async close(p) {
      const paused = await store.close(p);
      const scope = p.template === undefined ? 'sender' : 'template';
      metrics.opened.inc({ sender: p.senderId, scope, code: codeLabel(p.reason.code) });
      return paused;
    },
  };
}
