/**
 * A long list, and a sender at work, make garbage faster than V8 collects it where memory is plenty: it lets the old part of the
 * heap grow to several times what lives in it before it looks (29 MB to 110 MB, seen), and a longer list to more.
 * How far it may grow is worked out at the end of each full collection. Before the first one the bound is a guess
 * from the memory of the machine, so that the first came after 4 s or not at all, at a peak of 190 to 210 MB.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How much of what lives may be added before the heap is looked through, in %: 155 MB at the peak instead of 240. */
const GROWTH_PERCENT = 30;

/**
 * The young part too may grow to more than the rest: 34 MB up to V8 12 (Node 22), 134 MB in V8 13 (Node 24), where 254 to
 * 269 MB were used at the peak of a list. With this factor V8 13 and 14 keep it at some 34 MB, and older ones at 2.
 */
const YOUNG_GROWTH = { factor: 1, fromV8: 13 } as const;

/**
 * The parser of HTTP answers (undici's, WebAssembly) is one large function. Once it is hot V8 makes it anew with its optimizing
 * compiler, which takes 30 MB for a quarter of a second: the peak of a sender, 154 to 160 MB instead of 140 to 143. What the
 * compiler before it made costs no more that could be measured (172 and 176 us a message, each twice, at 1,000 a second).
 */
const PARSER = '--liftoff-only';

/** From now on the heap is collected early. The first collection is now, some 20 ms; the others cost nothing that could be measured. */
export function keepHeapSmall(): void {
  // Read at each collection (V8's MemoryController), so that it counts also once the program runs.
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  if (Number.parseInt(process.versions.v8, 10) >= YOUNG_GROWTH.fromV8)
    setFlagsFromString(`--semi-space-growth-factor=${YOUNG_GROWTH.factor}`);
  setFlagsFromString(PARSER);
  collect();
}

/** The full collection of a program that was not started with `--expose-gc`: contexts made from now on have it. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  const gc: () => void = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  gc();
}
