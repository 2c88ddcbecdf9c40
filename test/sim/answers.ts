/** What the Graph API may do to one POST, and how its answer looks on the wire. */
import type { Chance } from './chance.ts';

/** What Meta does, and what is read of it. */
export interface Behaviour {
  readonly name: string;
  /** Meta takes the message. */
  readonly taken: boolean;
  /** It refuses with this code. */
  readonly code?: number;
  /** What comes back; `nothing`: no answer before the time-out. */
  readonly reply: 'whole' | 'nothing' | 'reset' | 'html' | 'empty' | 'cut';
  /** Texts from a nasty alphabet in the answer. */
  readonly nasty?: string;
  /** The socket has a second answer to it, which comes when the next POST waits. */
  readonly doubled?: boolean;
  /** Meta names another wa_id. */
  readonly otherWaId?: boolean;
  /** Nothing can be written at all. */
  readonly refusesConnection?: boolean;
}

const refuses = (code: number): Behaviour => ({
  name: `refused ${code}`,
  taken: false,
  code,
  reply: 'whole',
});

/** Meta takes the message and says so. */
export const ACCEPTS: Behaviour = { name: 'accepted', taken: true, reply: 'whole' };

/** One code of each verdict. */
const REFUSALS = [
  131026, 131000, 130429, 131056, 131049, 138009, 138017, 131050, 132015, 131031, 131008, 999_999,
].map(refuses);

/** U+0000, lone halves of surrogate pairs, escapes of a terminal, and text as long as an answer may be. */
const NASTY = ['\u0000', '\ud800', 'x\udfffy', '\u001b[2J', '\ufeff\u202e', 'x'.repeat(3_000)];

const FAULTS: readonly Behaviour[] = [
  { name: 'taken, never answered', taken: true, reply: 'nothing' },
  { name: 'dropped, never answered', taken: false, reply: 'nothing' },
  { name: 'reset after it was taken', taken: true, reply: 'reset' },
  { name: 'reset before it was taken', taken: false, reply: 'reset' },
  { name: '502 with HTML, taken', taken: true, reply: 'html' },
  { name: '500 with nothing', taken: false, reply: 'empty' },
  { name: 'JSON cut in half, taken', taken: true, reply: 'cut' },
  { name: 'answered twice', taken: true, reply: 'whole', doubled: true },
  { name: 'another wa_id', taken: true, reply: 'whole', otherWaId: true },
  { name: 'connection refused', taken: false, reply: 'reset', refusesConnection: true },
];

/**
 * Refusals that are read by the next POST of their socket. Whoever reads one and never gets his own answer cannot know:
 * that is beyond what is promised (`docs/guarantees.md`), so that no seed draws them, and scenarios do.
 */
export const MISLEADING: readonly Behaviour[] = [131026, 131000].map((code) => ({
  ...refuses(code),
  name: `refused ${code}, answered twice`,
  doubled: true,
}));

/** What the next POSTs may be made to meet. */
export const BEHAVIOURS: readonly Behaviour[] = [
  ...REFUSALS,
  ...FAULTS,
  ...NASTY.flatMap((nasty, i): Behaviour[] => [
    { ...ACCEPTS, name: `accepted, nasty text ${i}`, nasty },
    { ...refuses(131026), name: `refused 131026, nasty text ${i}`, nasty },
    { ...refuses(132015), name: `refused 132015, nasty text ${i}`, nasty },
  ]),
  refuses(2_147_483_648),
  refuses(Number.MAX_SAFE_INTEGER),
];

/** Draws what Meta does as a rule: mostly it accepts. */
export function drawBehaviour(chance: Chance, faulty: number): Behaviour {
  if (!chance.hits(faulty)) return ACCEPTS;
  return chance.pick(chance.hits(0.5) ? FAULTS : BEHAVIOURS);
}

/** The body of an answer. */
export function bodyOf(
  b: Behaviour,
  p: { readonly to: string; readonly waId: string; readonly wamid: string },
): { readonly status: number; readonly body: string } {
  if (b.reply === 'html') return { status: 502, body: '<html>Bad Gateway</html>' };
  if (b.reply === 'empty') return { status: 500, body: '' };
  const nasty = b.nasty ?? '';
  if (b.code !== undefined) {
    const error = {
      code: b.code,
      type: 'OAuthException',
      message: `refused${nasty}`,
      fbtrace_id: 'A',
    };
    return { status: 400, body: JSON.stringify({ error }) };
  }
  const body = JSON.stringify({
    messaging_product: 'whatsapp',
    contacts: [{ input: p.to, wa_id: p.waId }],
    messages: [{ id: p.wamid, message_status: `accepted${nasty}` }],
  });
  return { status: 200, body: b.reply === 'cut' ? body.slice(0, body.length / 2) : body };
}
