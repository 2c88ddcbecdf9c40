/** What operators, machines, Meta and those who hand lists over do to a world. */

import { cancelCampaign, pauseCampaign, resumeCampaign } from '../../src/campaign/control.ts';
import { retryRequests, settleRequest } from '../../src/campaign/operator.ts';
import { applyStatuses } from '../../src/replies/apply-statuses.ts';
import { BEGAN_MS } from './clock.ts';
import { makeList } from './loads.ts';
import type { Item } from './plan.ts';
import type { Process } from './processes.ts';
import { campaignOf, type World } from './world.ts';

/** An act is a plan's item that is no fault of database, queue or Graph. */
export type Act = Extract<
  Item,
  {
    readonly do:
      | 'kill'
      | 'stop'
      | 'freeze'
      | 'suspend'
      | 'flush'
      | 'double'
      | 'pause'
      | 'resume'
      | 'cancel'
      | 'retry'
      | 'settle'
      | 'opt-out'
      | 'webhook'
      | 'load';
  }
>;

/** So long a load goes on before it is cut off, ms: its lines are in by then, or are not. */
const CUT_MS = 40;
/** The right list comes so long after the refused one, ms. */
const BETWEEN_MS = 300;

/** Does it; `by`: the process whose event gave the cue. */
export function act(world: World, item: Act, by?: Process): void {
  const { fleet, timeline, queue } = world;
  const chosen = () => by ?? choose(fleet.living(), item.do === 'flush' ? 0 : item.which);
  switch (item.do) {
    case 'kill':
    case 'stop': {
      const one = chosen();
      if (one === undefined) return;
      if (item.do === 'kill') fleet.kill(one);
      else if (one.running !== undefined && !one.frozen) fleet.stop(one);
      else return;
      timeline.schedule({ inMs: item.backMs, what: 'begun again', run: fleet.start });
      return;
    }
    case 'freeze':
    case 'suspend': {
      const one = chosen();
      if (one === undefined || one.frozen) return;
      fleet.freeze(one, { suspend: item.do === 'suspend', ms: item.ms });
      timeline.schedule({ inMs: item.ms, what: 'woken', run: () => wake(world, one) });
      return;
    }
    case 'flush':
      queue.flush();
      return;
    case 'double':
      queue.double(item.which);
      return;
    case 'load':
      loadAgain(world, item);
      return;
    default:
      operate(world, item);
  }
}

function wake(world: World, one: Process): void {
  if (one.frozen) world.fleet.wake(one);
}

function choose<T>(list: readonly T[], which: number): T | undefined {
  return list[Math.floor(which * list.length)];
}

/** A person's command, or a webhook; what fails is told to that person and done again by hand, or not. */
function operate(
  world: World,
  item: Extract<
    Act,
    { do: 'pause' | 'resume' | 'cancel' | 'retry' | 'settle' | 'opt-out' | 'webhook' }
  >,
): void {
  const { operator: ledger, witness } = world;
  const target = { ledger, config: { senders: [] } };
  const rows = [...witness.tables.rows.values()];
  const campaign = choose([...witness.tables.campaigns.keys()], item.which);
  const quietly = (command: Promise<unknown>) => void command.catch(() => undefined);
  if (item.do === 'webhook') {
    const post = choose(
      witness.wire.posts.filter((one) => one.taken),
      item.which,
    );
    if (post === undefined) return;
    const at = new Date(BEGAN_MS + witness.now());
    const wamid = post.wamid ?? '';
    quietly(
      applyStatuses(target, [
        { request: post.request, fence: post.fence, wamid, status: 'delivered', at },
      ]),
    );
    return;
  }
  if (item.do === 'opt-out') {
    const row = choose(rows, item.which);
    if (row !== undefined)
      quietly(ledger.people.suppress({ people: [{ to: row.to }], source: 'operator' }));
    return;
  }
  if (item.do === 'settle') {
    const row = choose(
      rows.filter((one) => one.state === 'uncertain'),
      item.which,
    );
    if (row !== undefined)
      quietly(settleRequest(target, { campaignId: row.campaign, row: row.row, as: item.as }));
    return;
  }
  if (campaign === undefined) return;
  if (item.do === 'pause') quietly(pauseCampaign(target, campaign));
  if (item.do === 'resume') quietly(resumeCampaign(target, campaign));
  if (item.do === 'cancel') quietly(cancelCampaign(target, campaign));
  if (item.do === 'retry')
    quietly(retryRequests(target, { campaignId: campaign, states: ['uncertain', 'rejected'] }));
}

/**
 * A list comes again under its key: cut off, shorter, with other people and parameters, or twice at once; or whole, after
 * a stranger's, with other options, was refused in between.
 */
function loadAgain(world: World, item: Extract<Act, { do: 'load' }>): void {
  const { plan, timeline } = world;
  const i = plan.profile.campaigns;
  const made = campaignOf(plan, i + Math.floor(item.which * 1_000));
  const shorter = made.list.slice(0, Math.ceil(made.list.length / 2));
  const other = makeList({ lines: made.list.length, from: 500, prefix: 'other' });
  const otherParameters = made.list.map((line) => ({
    ...line,
    parameters: { 1: `new ${line.row}` },
  }));
  const second = item.how === 'shortened' ? shorter : item.which < 0.5 ? other : otherParameters;
  const first = world.loads(made);
  const again = () => {
    if (item.how !== 'refused-between') {
      world.loads({ ...made, list: second });
      return;
    }
    world.loads({ ...made, template: 'of another', list: other });
    timeline.schedule({ inMs: BETWEEN_MS, what: 'right list', run: () => void world.loads(made) });
  };
  if (item.how === 'raced') again();
  else
    timeline.schedule({
      inMs: item.how === 'changed' ? 200 : CUT_MS * item.which,
      what: 'list again',
      run: () => {
        if (item.how !== 'changed') first.alive = false;
        again();
      },
    });
}
