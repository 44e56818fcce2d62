/**
 * Last step: adds the lines of a block to their series. Lines up to the next one that the host must see to are
 * first gathered by type: applied in turn, their types would be guessed wrong by the processor, which costs as
 * much as reading half a line. Samples of one series stay in order, as a series has one type.
 */
import {
  lineEndAt,
  lineSlotAt,
  lineStartAt,
  linesAt,
  memberEndAt,
  memberStartAt,
  recordRef,
  recordSeries,
  sampleRefAt,
  sampleValueAt,
  sampleWeightAt,
  statusDone,
  statusLine,
  statusMember,
  statusSample,
  statusSpelling,
} from '../layout';
import { append, clearLists, putBack, take } from './gathering';
import {
  kindGaugeChange,
  kindLine,
  kindPacked,
  opBytes,
  opEnd,
  operation,
  opKind,
  opLast,
  opMember,
  opMemberLength,
  opNext,
  opRecord,
  opSlot,
  opStart,
  opType,
  opValue,
  opWeight,
} from './operation';
import { recordCounter, recordGauge, recordMember, recordSample, updateNow } from './record';
import { aliasesAbound, bindSpelling } from './series';
import { forgetAliases, lookUp } from './table';
import { counter, distribution, gauge, set, timer } from './types';

/** The first operation that is not gathered yet, and the end of the block. */
let next: u32 = 0;
let end: u32 = 0;
/** The operation whose spelling the host is asked for. */
let asked: u32 = 0;
let batchMs: f64 = 0;

export function beginBatch(nowMs: f64): void {
  batchMs = nowMs;
  // Whatever a host that threw left over of the batch before is dropped.
  next = end;
  clearLists();
}

export function beginBlock(count: u32): void {
  next = operation(0);
  end = operation(count);
}

/** Applies what is left of the block, up to the first line or sample that the host must see to. */
export function applyBlock(): u32 {
  while (true) {
    const status = applyGathered();
    if (status != statusDone || next == end) return status;
    if (load<u32>(next, opRecord) == 0) {
      // It may be a spelling that was bound a few lines ago.
      lookUp(next, next + opBytes);
      if (load<u32>(next, opRecord) == 0) return ask();
    }
    gather();
  }
}

/** Puts operations on the lists of their types, up to the next one without a record. */
function gather(): void {
  const first = next;
  while (next < end && load<u32>(next, opRecord) != 0) {
    append(load<u8>(next, opType), next);
    next += opBytes;
  }
  const lines = <f64>((next - first) / opBytes);
  store<f64>(linesAt, load<f64>(linesAt) + lines);
}

function applyGathered(): u32 {
  applyCounters();
  applyGauges();
  let status = applySamples(timer);
  if (status == statusDone) status = applySamples(distribution);
  return status == statusDone ? applyMembers() : status;
}

/** Asks the host about the line at hand. */
function ask(): u32 {
  const op = next;
  asked = op;
  next = op + opBytes;
  store<u32>(lineStartAt, load<u32>(op, opStart));
  store<u32>(lineEndAt, load<u32>(op, opEnd));
  store<u32>(lineSlotAt, load<u32>(op, opSlot));
  return load<u8>(op, opKind) == kindLine ? statusLine : statusSpelling;
}

/**
 * Binds the spelling that the host was asked for; its line is applied next. False when there is no memory for
 * it.
 */
export function bindAsked(ref: u32): bool {
  // Whoever sends endless spellings of one series must not fill the memory with them.
  if (aliasesAbound() && forgetAliases()) {
    for (let op = asked; op < end; op += opBytes) store<u32>(op, 0, opRecord);
  }
  if (!bindSpelling(asked, ref)) return false;
  next = asked;
  return true;
}

function seriesOfLine(op: u32): u32 {
  return load<u32>(load<u32>(op, opRecord), recordSeries);
}

function applyCounters(): void {
  for (let op = take(counter); op != 0; op = take(counter)) {
    const series = seriesOfLine(op);
    const weight = load<f64>(op, opWeight);
    if (load<u8>(op, opKind) < kindPacked) {
      recordCounter(series, load<f64>(op, opValue), weight);
      continue;
    }
    const last = load<u32>(op, opLast);
    for (let at = load<u32>(op, opNext); at < last; at += 8) recordCounter(series, load<f64>(at), weight);
  }
}

function applyGauges(): void {
  for (let op = take(gauge); op != 0; op = take(gauge)) {
    const series = seriesOfLine(op);
    const kind: u32 = load<u8>(op, opKind);
    if (kind < kindPacked) {
      recordGauge(series, updateNow(series, load<f64>(op, opValue), kind == kindGaugeChange), batchMs);
      continue;
    }
    const last = load<u32>(op, opLast);
    for (let at = load<u32>(op, opNext); at < last; at += 8) {
      recordGauge(series, updateNow(series, load<f64>(at), false), batchMs);
    }
  }
}

function applySamples(type: u32): u32 {
  for (let op = take(type); op != 0; op = take(type)) {
    const series = seriesOfLine(op);
    const weight = load<f64>(op, opWeight);
    if (load<u8>(op, opKind) < kindPacked) {
      const value = load<f64>(op, opValue);
      if (!recordSample(series, value, weight)) return noRoomForSample(series, value, weight);
      continue;
    }
    const last = load<u32>(op, opLast);
    for (let at = load<u32>(op, opNext); at < last; at += 8) {
      const value = load<f64>(at);
      if (recordSample(series, value, weight)) continue;
      store<u32>(op, at + 8, opNext);
      putBack(type);
      return noRoomForSample(series, value, weight);
    }
  }
  return statusDone;
}

function noRoomForSample(series: u32, value: f64, weight: f64): u32 {
  store<u32>(sampleRefAt, load<u32>(series, recordRef));
  store<f64>(sampleValueAt, value);
  store<f64>(sampleWeightAt, weight);
  return statusSample;
}

function applyMembers(): u32 {
  for (let op = take(set); op != 0; op = take(set)) {
    const series = seriesOfLine(op);
    const member = load<u32>(op, opMember);
    const length = load<u32>(op, opMemberLength);
    if (recordMember(series, member, length)) continue;
    store<u32>(sampleRefAt, load<u32>(series, recordRef));
    store<u32>(memberStartAt, member);
    store<u32>(memberEndAt, member + length);
    return statusMember;
  }
  return statusDone;
}
