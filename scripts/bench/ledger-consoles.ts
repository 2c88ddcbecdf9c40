/** Claims beside ten people who look: what an operator reads may not make a sender wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import { acceptedOf, claimOf, fed, type Scene } from './ledger-acts.ts';
import { FULL } from './ledger-fill.ts';

/** Between two looks of one reader, ms. */
const LOOK_MS = 250;
/** Between two claims, ms. */
const CLAIM_MS = 100;
const READERS = 10;

/** What was measured. */
export interface Beside {
  readonly claims: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  /** Of the readers' looks, ms. */
  readonly lookMs: number;
  readonly looks: number;
}

/** Feeds, claims and records for so long, while readers poll. */
export async function claimBesideReaders(scene: Scene, seconds: number): Promise<Beside> {
  const { ledger } = scene;
  const { campaigns } = ledger;
  const end = performance.now() + seconds * 1_000;
  const looks: number[] = [];
  const reads = [
    () => campaigns.list({ limit: 50 }),
    () => campaigns.progress(FULL.mixed),
    () => campaigns.get(FULL.done),
  ];
  async function read(reader: number): Promise<void> {
    while (performance.now() < end) {
      const began = performance.now();
      await reads[reader % reads.length]?.();
      looks.push(performance.now() - began);
      await sleep(LOOK_MS);
    }
  }
  const claims: number[] = [];
  async function claim(): Promise<void> {
    while (performance.now() < end) {
      const claim = claimOf(await fed(scene));
      const began = performance.now();
      const { claimed } = await ledger.sending.claim(claim);
      claims.push(performance.now() - began);
      await ledger.sending.record(acceptedOf(claimed));
      await sleep(CLAIM_MS);
    }
  }
  await Promise.all([claim(), ...Array.from({ length: READERS }, (_, i) => read(i))]);
  return {
    claims: claims.length,
    p99Ms: quantile(claims, 0.99),
    worstMs: Math.max(...claims),
    lookMs: quantile(looks, 0.5),
    looks: looks.length,
  };
}

/** The value below which such a part of them lies. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
