import type { MetricType, SeriesKey, Tag } from '../metric.js';
import { textOf } from '../protocol/bytes.js';
import { readTags } from '../protocol/tags.js';
import { type KeyIndex, TextIndex } from '../series/key-index.js';
import { KeyList, type SeriesNotes, type SeriesNumbering } from '../series/numbering.js';
import { NoSeries } from '../series/raw-index.js';
import type { NewSeries, SeriesRef } from '../series/table.js';
import type { Kernel } from './host.js';
import * as layout from './layout.js';

/**
 * The key of a series as the kernel has it: the name, then `a:1,b` for the tags a=1 and b, as most clients send it. Tags
 * that would read differently have line feeds instead, which no line holds: `a`, `1`, `b`, nothing.
 */
function tagsText(tags: readonly Tag[]): string | undefined {
  if (tags.every(isPlain)) {
    return tags.map(({ key, value }) => (value === '' ? key : `${key}:${value}`)).join();
  }
  if (tags.some(({ key, value }) => key.includes('\n') || value.includes('\n'))) return undefined;
  return tags.flatMap(({ key, value }) => [key, value]).join('\n');
}

function isPlain({ key, value }: Tag): boolean {
  return !/[:,\n]/.test(key) && !/[,\n]/.test(value) && (key !== '' || value !== '');
}

function tagsOf(text: string): Tag[] {
  if (!text.includes('\n')) return readTags(text, ',', ':');
  const words = text.split('\n');
  return Array.from({ length: words.length / 2 }, (_, i) => ({
    key: words[2 * i]!,
    value: words[2 * i + 1]!,
  }));
}

/** Finds series by the key that the kernel has of them anyway. What it has no memory for is kept as text. */
export class KernelKeys implements KeyIndex {
  private readonly kernel: Kernel;
  private readonly area: Buffer;
  private readonly others = new TextIndex();
  private readonly numbering: KernelNumbering;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.numbering = new KernelNumbering(kernel.memory);
    this.area = Buffer.from(kernel.memory.buffer, layout.memberAt, layout.maxDatagramBytes);
  }

  find(key: SeriesKey): SeriesRef | typeof NoSeries {
    const lengths = this.write(key);
    const ref = lengths === undefined ? NoSeries : this.kernel.refOfKey(...lengths, key.type);
    return ref === NoSeries && this.others.size > 0 ? this.others.find(key) : ref;
  }

  add(key: SeriesKey, ref: SeriesRef): boolean {
    const lengths = this.write(key);
    if (lengths !== undefined && this.kernel.openByKey(...lengths, key.type, ref)) return true;
    return this.others.add(key, ref);
  }

  remove(refs: readonly SeriesRef[], onRemoved: (ref: SeriesRef, key: SeriesKey) => void): void {
    const others: SeriesRef[] = [];
    for (const ref of refs) {
      const key = this.numbering.keyInKernel(ref);
      this.kernel.idle.remove(ref);
      if (key === undefined) others.push(ref);
      else onRemoved(ref, key);
    }
    if (others.length > 0) this.others.remove(others, onRemoved);
  }

  /** Lengths of name and tags; undefined when they cannot be written. */
  private write({ name, tags }: SeriesKey): [nameBytes: number, tagsBytes: number] | undefined {
    const text = tags.length === 0 ? '' : tagsText(tags);
    if (text === undefined || 3 * (name.length + text.length) > this.area.length) return undefined;
    const nameBytes = this.area.write(name, 0);
    return [nameBytes, this.area.write(text, nameBytes)];
  }
}

/** The keys of a kernel's series, read from its memory, in any thread. */
export class KernelNumbering implements SeriesNumbering {
  private readonly memory: WebAssembly.Memory;
  /** Of series that the kernel has not; and the notes on all of them. */
  private readonly others = new KeyList();
  private buffer: ArrayBufferLike | undefined;
  private bytes = new Uint8Array(0);
  private words = new Uint32Array(0);

  constructor(memory: WebAssembly.Memory) {
    this.memory = memory;
  }

  /** Keeps keys of series that the kernel has not. */
  learn(series: readonly NewSeries[]): void {
    this.others.learn(series);
  }

  forget(refs: readonly SeriesRef[]): void {
    this.others.forget(refs);
  }

  notes(onForgotten?: (note: number) => void): SeriesNotes {
    return this.others.notes(onForgotten);
  }

  keyOf(ref: SeriesRef): SeriesKey {
    return this.keyInKernel(ref) ?? this.others.keyOf(ref);
  }

  /** Undefined for a series whose key the kernel has not. */
  keyInKernel(ref: SeriesRef): SeriesKey | undefined {
    this.look();
    const { bytes, words } = this;
    const block = words[(layout.directoryAt >> 2) + (ref >> layout.directoryBlockShift)] ?? 0;
    const refInBlock = ref & ((1 << layout.directoryBlockShift) - 1);
    const series = block === 0 ? 0 : words[(block >> 2) + refInBlock]!;
    if (series === 0 || bytes[series + layout.recordIsCanonical] === 0) return undefined;
    const type = bytes[series + layout.recordType] as MetricType;
    const lengths = words[(series + layout.recordShape) / 4]!;
    const name = series + 8 * bytes[series + layout.recordKey]!;
    const tags = name + (lengths & 0xffff);
    const end = tags + (lengths >>> 16);
    return {
      name: textOf(bytes, name, tags),
      type,
      tags: tags === end ? noTags : tagsOf(textOf(bytes, tags, end)),
    };
  }

  /** The memory may have grown. */
  private look(): void {
    const { buffer } = this.memory;
    if (buffer === this.buffer) return;
    this.buffer = buffer;
    this.bytes = new Uint8Array(buffer);
    this.words = new Uint32Array(buffer);
  }
}

/** One for all: series are many, and most have none. */
const noTags: readonly Tag[] = [];
