/**
 * The hot path of the proxy: cuts datagrams into lines, finds the node of each line's name in a cache, and puts
 * the lines together again in datagrams for one node each. The host says which node a name belongs to that the
 * cache does not have, and sends what is put together.
 */
import { masksAt } from '../layout';
import {
  groupBytes,
  groupsAt,
  maxNameBytes,
  maxNodes,
  maxOutputs,
  nameBytes,
  nameEntryBytes,
  namesPerGroup,
  openAt,
  outputBytes,
  outputEntryBytes,
  outputLength,
  outputLines,
  outputNode,
  outputStart,
  outputStride,
  outputsAt,
} from '../router-layout';
import { absorb, equal, finish, seed } from './bytes';
import { colon, lineFeed } from './letters';

/** The node of the name in `[start, start + length)`; negative when there is none. */
declare function nodeOf(start: u32, length: u32): i32;
/** Sends the first `count` outputs. */
declare function send(count: u32): void;

let groups: u32 = 0;
let payloadAt: u32 = 0;
let outputs: u32 = 0;
let nextVictim: u32 = 0;
let withoutNode: u32 = 0;

// What `readLine` found.
let nameEnd: u32 = 0;
let lineEnd: u32 = 0;

/**
 * Makes the memory ready.
 *
 * @param groupCount groups of the cache, a power of two
 * @param payload where the bytes of outputs go
 */
export function init(groupCount: u32, payload: u32): void {
  v128.store(masksAt, v128.splat<u8>(0xff));
  v128.store(masksAt, v128.splat<u8>(0), 16);
  groups = groupCount;
  payloadAt = payload;
}

/** Forgets which name belongs to which node. */
export function forget(): void {
  memory.fill(groupsAt, 0, groups * groupBytes);
}

/** Takes the lines of a datagram. The byte behind it is overwritten. */
export function route(start: u32, length: u32): void {
  const end = start + length;
  store<u8>(end, <u8>lineFeed);
  while (start < end) {
    readLine(start);
    if (lineEnd > start) routeLine(start);
    start = lineEnd + 1;
  }
}

/** Sends what is put together. */
export function flush(): void {
  if (outputs == 0) return;
  send(outputs);
  outputs = 0;
  memory.fill(openAt, 0, maxNodes << 2);
}

/** How many lines had no node since it was last asked. */
export function takeWithoutNode(): u32 {
  const count = withoutNode;
  withoutNode = 0;
  return count;
}

/** Finds the end of a line and of its name, which goes up to the first colon. */
function readLine(at: u32): void {
  let firstColon: u32 = 0;
  while (true) {
    const bytes = v128.load(at);
    const colons = v128.bitmask<u8>(v128.eq<u8>(bytes, v128.splat<u8>(<u8>colon)));
    const feeds = v128.bitmask<u8>(v128.eq<u8>(bytes, v128.splat<u8>(<u8>lineFeed)));
    if (firstColon == 0 && colons != 0) firstColon = at + <u32>ctz(colons);
    if (feeds != 0) {
      lineEnd = at + <u32>ctz(feeds);
      nameEnd = firstColon == 0 || firstColon > lineEnd ? lineEnd : firstColon;
      return;
    }
    at += 16;
  }
}

function routeLine(start: u32): void {
  const node = lookUp(start, nameEnd - start);
  if (node < 0) withoutNode++;
  else append(node, start, lineEnd - start);
}

function lookUp(start: u32, length: u32): i32 {
  // A hash of 0 stands for an empty place.
  const hash = max<u32>(finish(absorb(seed(), start, length), length), 1);
  const group = hash & (groups - 1);
  const hashes = v128.load(groupsAt + group * groupBytes);
  let hits = v128.bitmask<u32>(v128.eq<u32>(hashes, v128.splat<u32>(hash)));
  for (; hits != 0; hits &= hits - 1) {
    const entry = entryOf(group, <u32>ctz(hits));
    if (load<u16>(entry, 2) == length && equal(entry + nameBytes, start, length)) return load<u16>(entry);
  }
  const node = nodeOf(start, length);
  if (node >= 0 && length <= <u32>maxNameBytes) remember(group, hashes, hash, start, length, node);
  return node;
}

function remember(group: u32, hashes: v128, hash: u32, start: u32, length: u32, node: i32): void {
  const free = v128.bitmask<u32>(v128.eq<u32>(hashes, v128.splat<u32>(0)));
  const place = free != 0 ? <u32>ctz(free) : nextVictim++ & (namesPerGroup - 1);
  store<u32>(groupsAt + group * groupBytes + (place << 2), hash);
  const entry = entryOf(group, place);
  store<u16>(entry, node);
  store<u16>(entry, length, 2);
  memory.copy(entry + nameBytes, start, length);
}

function entryOf(group: u32, place: u32): u32 {
  return groupsAt + groups * groupBytes + (group * namesPerGroup + place) * nameEntryBytes;
}

function append(node: u32, start: u32, length: u32): void {
  const open = load<u32>(openAt + (node << 2));
  if (open != 0) {
    const row = rowOf(open - 1);
    const used = load<u32>(row, outputLength);
    if (used + 1 + length <= <u32>outputBytes) {
      const end = load<u32>(row, outputStart) + used;
      store<u8>(end, <u8>lineFeed);
      copy(end + 1, start, length);
      store<u32>(row, used + 1 + length, outputLength);
      store<u32>(row, load<u32>(row, outputLines) + 1, outputLines);
      return;
    }
  }
  begin(node, start, length);
}

/** Begins an output. A line too long for one goes alone, from where it is. */
function begin(node: u32, start: u32, length: u32): void {
  if (outputs == maxOutputs) flush();
  const row = rowOf(outputs);
  const isLong = length > <u32>outputBytes;
  const payload = isLong ? start : payloadAt + outputs * outputStride;
  if (!isLong) copy(payload, start, length);
  outputs++;
  store<u32>(openAt + (node << 2), isLong ? 0 : outputs);
  store<u32>(row, payload, outputStart);
  store<u32>(row, length, outputLength);
  store<u32>(row, node, outputNode);
  store<u32>(row, 1, outputLines);
}

function rowOf(output: u32): u32 {
  return outputsAt + output * outputEntryBytes;
}

/** Copies in whole vectors: what is behind the run is written over later. */
function copy(to: u32, from: u32, length: u32): void {
  const end = from + length;
  for (; from < end; from += 16, to += 16) v128.store(to, v128.load(from));
}
