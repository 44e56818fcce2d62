import { readFileSync } from 'node:fs';

/** What assembly/kernel.ts exports, which also says what each does. Booleans come as 0 and 1. */
export interface KernelExports {
  init(
    dialect: number,
    heapStart: number,
    heapBound: number,
    binsPerOctave: number,
    maxBins: number,
    hashBits: number,
  ): number;
  ingest(count: number, nowMs: number): number;
  resume(): number;
  bind(ref: number): number;
  refOfKey(nameBytes: number, tagsBytes: number, type: number): number;
  openByKey(nameBytes: number, tagsBytes: number, type: number, ref: number): number;
  addCounter(ref: number, value: number, weight: number): number;
  addGauge(ref: number, value: number, atMs: number): number;
  turnGauge(ref: number, value: number, isChange: number): number;
  addSample(ref: number, type: number, value: number, weight: number): number;
  addMember(ref: number, start: number, end: number): number;
  seal(): number;
  release(): number;
  showOpen(): void;
  forget(ref: number): void;
  dropEmpty(): void;
  growOlder(): void;
  resetAge(ref: number): void;
  forgetIdleAliases(from: number, count: number, age: number): number;
  nextIdle(from: number, age: number): number;
  removeSeries(ref: number): void;
  gaugeNow(ref: number): number;
  tableSlots(): number;
  seriesCount(): number;
  seriesOf(ref: number): number;
  spellings(): number;
  heapTop(): number;
}

let compiled: WebAssembly.Module | undefined;

/** Starts the kernel in a memory of its own. The module is compiled once in a thread. */
export function startModule(memory: WebAssembly.Memory): KernelExports {
  compiled ??= new WebAssembly.Module(readFileSync(new URL('kernel.wasm', import.meta.url)));
  // Unknown by our own declaration, `Exports` where the browser's are loaded too, as for the report's page.
  const exports: unknown = new WebAssembly.Instance(compiled, { env: { memory } }).exports;
  return exports as KernelExports;
}
