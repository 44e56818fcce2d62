/** The operations of a block by type of series, each list in order. */
import { listBytes, listsAt, listsCount } from '../layout';

/** A list: where the next operation to take is, where the next one goes, then room for a whole block. */
const listHead: usize = 0;
const listTail: usize = 4;
const listEntries: u32 = 8;

function listOf(type: u32): u32 {
  return listsAt + type * listBytes;
}

export function clearLists(): void {
  for (let type = 0; type < listsCount; type++) clearList(listOf(type));
}

function clearList(list: u32): void {
  store<u32>(list, list + listEntries, listHead);
  store<u32>(list, list + listEntries, listTail);
}

export function append(type: u32, op: u32): void {
  const list = listOf(type);
  const tail = load<u32>(list, listTail);
  store<u32>(tail, op);
  store<u32>(list, tail + 4, listTail);
}

/** The next operation of a type, 0 when all are taken. */
export function take(type: u32): u32 {
  const list = listOf(type);
  const head = load<u32>(list, listHead);
  if (head == load<u32>(list, listTail)) {
    clearList(list);
    return 0;
  }
  store<u32>(list, head + 4, listHead);
  return load<u32>(head);
}

/** Takes back the operation that was taken last. */
export function putBack(type: u32): void {
  const list = listOf(type);
  store<u32>(list, load<u32>(list, listHead) - 4, listHead);
}
