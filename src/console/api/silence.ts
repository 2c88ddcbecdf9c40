/** Knows by the answers that are late whether somebody answers at all. */

/** So long nothing may come while an answer is waited for, ms. */
const LATE_MS = 3_500;
/** Between two questions for a sign of life, ms. */
const AGAIN_MS = 1_000;

/** What it is told. */
interface Silence {
  /** A call is on its way. */
  began(call: string): void;
  /** It ended. @param isAnswered somebody answered it */
  ended(call: string, isAnswered: boolean): void;
  /** Something came by itself. */
  heard(): void;
  /** When the last thing came, by its clock. */
  heardAt(): number;
}

/** Makes one. @param p.probe asks for a sign of life; throws where none comes @param p.onChange it has fallen silent, or is back */
export function createSilence(p: {
  readonly now: () => number;
  readonly after: (ms: number, then: () => void) => void;
  readonly probe: () => Promise<void>;
  readonly onChange: (isSilent: boolean) => void;
}): Silence {
  const waiting = new Map<string, number>();
  let heardAt = p.now();
  let isSilent = false;
  let isWatching = false;

  const heard = () => {
    heardAt = p.now();
    if (!isSilent) return;
    isSilent = false;
    p.onChange(false);
  };
  const watch = () => {
    isWatching = true;
    // One call that takes long is none that is not answered, as long as others are.
    const since = Math.max(heardAt, Math.min(...waiting.values()));
    p.after(isSilent ? AGAIN_MS : Math.max(0, since + LATE_MS - p.now()), () => void look());
  };
  const look = async () => {
    if (waiting.size === 0 && !isSilent) {
      isWatching = false;
      return;
    }
    const since = Math.max(heardAt, Math.min(...waiting.values()));
    if (isSilent || p.now() - since >= LATE_MS) {
      const asked = p.now();
      try {
        await p.probe();
        heard();
      } catch {
        // Something may have come while it was asked.
        if (!isSilent && heardAt <= asked) {
          isSilent = true;
          p.onChange(true);
        }
      }
    }
    watch();
  };
  return {
    began(call) {
      waiting.set(call, p.now());
      if (!isWatching) watch();
    },
    ended(call, isAnswered) {
      waiting.delete(call);
      if (isAnswered) heard();
    },
    heard,
    heardAt: () => heardAt,
  };
}
