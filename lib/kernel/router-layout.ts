/**
 * The memory of the router (assembly/router.ts), which the proxy's host, receiver and sender share. As in
 * layout.ts, an `…At` is an address, everything else an offset or a size in bytes; `seedAt` and `masksAt` are
 * where layout.ts has them.
 *
 *     0         nothing, seed, masks
 *     1024      the open output of each node
 *     8192      the table of outputs
 *     16384     the cache: hashes of its names, then the names
 *     then      the outputs' bytes; headers for the sender, the receive region (the host decides where)
 */

/** Most nodes of a proxy; a node is a number below it. */
export const maxNodes = 1024;
/** For each node (u32): its open output, counted from 1; 0 when it has none. */
export const openAt = 1024;

/** Most datagrams put together before they must be sent. */
export const maxOutputs = 512;
/** For each output: where its bytes are, how many there are, the node it goes to, its lines (u32 each). */
export const outputsAt = 8192;
export const outputEntryBytes = 16;
export const outputStart = 0;
export const outputLength = 4;
export const outputNode = 8;
export const outputLines = 12;

/** Most bytes of a datagram of several lines: it fits an Ethernet frame, with whatever a tunnel adds. */
export const outputBytes = 1432;
/** An odd number of cache lines, with room for a last vector. */
export const outputStride = 1472;

/** Names are cached in groups of four: their hashes (u32, 0 for none) side by side, then their entries. */
export const groupsAt = 16384;
export const groupBytes = 16;
export const namesPerGroup = 4;
/** An entry: node and length of the name (u16 each), then the name. */
export const nameEntryBytes = 128;
export const nameBytes = 4;
/** Longer names are not cached. */
export const maxNameBytes = 124;

/**
 * Behind the receive region: a line feed is written behind a datagram, and whole vectors are loaded at its end.
 */
export const routerSlackBytes = 64;
