/**
 * Timers and distributions. Samples are kept as they come, in a list of chunks that grow from a few samples to
 * a few dozen; a chunk has values, or pairs of value and weight from the first sample on whose weight is not 1.
 * When there are more than `maxRawSamples`, they become a sketch.
 *
 * Chunks of ten cache lines, not one block that doubles: hundreds of blocks of 8 KiB, all of them written at
 * about the same offset, would fight for the same few places in the caches.
 */
import {
  distributionEnd,
  distributionFirst,
  distributionForm,
  distributionNext,
  distributionSamples,
  distributionWords,
  formPairs,
  formSketch,
  formValues,
  halfBytes,
  maxRawSamples,
  samplesCount,
  samplesForm,
  samplesNext,
  samplesStart,
  samplesWords,
} from '../layout';
import { allocate, free } from './heap';
import { addToSketch, freeSketch, newSketch } from './sketches';

/** Samples of the first chunk. Each has room for as many as there are before it, and as many as the first. */
const firstRoom: u32 = 4;
/** Numbers of the largest chunks: with the chunk's own, ten cache lines. */
const mostWords: u32 = 79;

export function distributionIsEmpty(half: u32): bool {
  return load<u16>(half, distributionSamples) == 0;
}

/** Adds a sample; false, and nothing done, when there is no memory for it. */
export function addToDistribution(half: u32, value: f64, weight: f64): bool {
  const form: u32 = load<u8>(half, distributionForm);
  const next = load<u32>(half, distributionNext);
  if (form == formValues && weight == 1 && next < load<u32>(half, distributionEnd)) {
    store<f64>(next, value);
    store<u32>(half, next + 8, distributionNext);
    store<u16>(half, load<u16>(half, distributionSamples) + 1, distributionSamples);
    return true;
  }
  if (form == formSketch) return addToSketch(load<u32>(half, distributionFirst), value, weight);
  return addSlowly(half, form, value, weight);
}

function addSlowly(half: u32, form: u32, value: f64, weight: f64): bool {
  const samples: u32 = load<u16>(half, distributionSamples);
  if (samples == maxRawSamples) {
    return fold(half) && addToSketch(load<u32>(half, distributionFirst), value, weight);
  }
  const newForm: u32 = weight == 1 ? form : formPairs;
  const isFull = load<u32>(half, distributionNext) == load<u32>(half, distributionEnd);
  if ((isFull || form != newForm) && !openChunk(half, samples, newForm)) return false;
  const next = load<u32>(half, distributionNext);
  store<f64>(next, value);
  if (newForm == formPairs) store<f64>(next, weight, 8);
  store<u32>(half, next + (8 << newForm), distributionNext);
  store<u16>(half, samples + 1, distributionSamples);
  return true;
}

/** Appends a chunk. The one before stays as full as it is. */
function openChunk(half: u32, samples: u32, form: u32): bool {
  // The last chunk is full when a sketch is due.
  const room = min(samples + firstRoom, <u32>maxRawSamples - samples);
  const words = min(room << form, mostWords & ~form);
  const chunk = allocate(samplesStart + (words << 3));
  if (chunk == 0) return false;
  store<u32>(chunk, 0, samplesNext);
  store<u8>(chunk, form, samplesForm);
  store<u8>(chunk, words, samplesWords);
  if (samples == 0) store<u32>(half, chunk, distributionFirst);
  else closeChunk(half, chunk);
  store<u32>(half, chunk + samplesStart, distributionNext);
  store<u32>(half, chunk + samplesStart + (words << 3), distributionEnd);
  store<u8>(half, form, distributionForm);
  store<u8>(half, words, distributionWords);
  return true;
}

/** Says in the last chunk how many samples it has, and which chunk comes after it. */
function closeChunk(half: u32, following: u32): void {
  const words: u32 = load<u8>(half, distributionWords);
  const start = load<u32>(half, distributionEnd) - (words << 3);
  const form: u32 = load<u8>(half, distributionForm);
  const chunk = start - samplesStart;
  store<u16>(chunk, (load<u32>(half, distributionNext) - start) >> (3 + form), samplesCount);
  store<u32>(chunk, following, samplesNext);
}

/** Makes the samples a sketch. */
function fold(half: u32): bool {
  const sketch = newSketch();
  if (sketch == 0) return false;
  closeChunk(half, 0);
  const first = load<u32>(half, distributionFirst);
  for (let chunk = first; chunk != 0; chunk = load<u32>(chunk, samplesNext)) {
    if (addChunk(sketch, chunk)) continue;
    freeSketch(sketch);
    return false;
  }
  freeChunks(first);
  store<u32>(half, sketch, distributionFirst);
  store<u8>(half, formSketch, distributionForm);
  return true;
}

function addChunk(sketch: u32, chunk: u32): bool {
  const form: u32 = load<u8>(chunk, samplesForm);
  const step: u32 = 8 << form;
  let at = chunk + samplesStart;
  for (let left: u32 = load<u16>(chunk, samplesCount); left > 0; left--) {
    const weight = form == formPairs ? load<f64>(at, 8) : 1;
    if (!addToSketch(sketch, load<f64>(at), weight)) return false;
    at += step;
  }
  return true;
}

export function emptyDistribution(half: u32): void {
  const first = load<u32>(half, distributionFirst);
  if (load<u8>(half, distributionForm) == formSketch) freeSketch(first);
  else freeChunks(first);
  memory.fill(half, 0, halfBytes);
}

function freeChunks(first: u32): void {
  let chunk = first;
  while (chunk != 0) {
    const next = load<u32>(chunk, samplesNext);
    free(chunk, samplesStart + ((<u32>load<u8>(chunk, samplesWords)) << 3));
    chunk = next;
  }
}
