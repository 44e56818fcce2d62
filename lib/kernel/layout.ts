/**
 * The memory that the kernel, its host and the receiver of datagrams share: one description for both sides. The
 * kernel (assembly/, AssemblyScript) and the host (TypeScript) compile this same file, so it holds nothing but
 * numbers. All of it is little-endian, as WebAssembly is; an `…At` is an address, everything else an offset or a
 * size in bytes.
 *
 *     0            nothing: address 0 means "none"
 *     64           control block, small tables
 *     1024         a block of lines that have been read: by type, in order, their values
 *     24576        positions of the separators in one datagram
 *     155776       room for one set member that is not in a slot
 *     221312       directory of series
 *     286848       slot table, receive region (the host decides how large)
 *     after that   the heap: series table, series, samples, sketches
 */

// What one call of `ingest` or `resume` ended with.
/** Every datagram of the batch has been taken. */
export const statusDone = 0;
/** A line that the kernel does not read: the range in the control block. */
export const statusLine = 1;
/** A line of a spelling that is not bound to a series: the range in the control block. */
export const statusSpelling = 2;
/** A sample of a timer or distribution that there is no memory for: series, value, weight in the control block. */
export const statusSample = 3;
/** A member of a set that there is no memory for: series and range in the control block. */
export const statusMember = 4;

export const dialectGoodall = 0;
export const dialectStatsd = 1;
export const dialectDogstatsd = 2;

// Control block.
export const lineStartAt = 64;
export const lineEndAt = 68;
/** Number of the slot that holds the line. */
export const lineSlotAt = 72;
export const sampleRefAt = 76;
export const memberStartAt = 80;
export const memberEndAt = 84;
export const sampleValueAt = 88;
export const sampleWeightAt = 96;
/** Lines taken by the kernel itself so far: a 64-bit float, as JavaScript's numbers are. */
export const linesAt = 104;
/** u32: the first chunk of the sealed half's list, 0 when nothing is in it. */
export const sealedListAt = 112;
/** u32: which of its accumulators a series has sealed, 0 or 1. */
export const sealedHalfAt = 116;
/** u32: the first chunk of the open half's list, and which half is open; as of the last `showOpen`. */
export const openListAt = 120;
export const openHalfAt = 124;
/** Sixteen secret bytes: a sender must not be able to make names collide. */
export const seedAt = 144;
/** Sixteen bytes of ones, then sixteen of zeros: a load at `masksAt + 16 - n` keeps the first n bytes of a vector. */
export const masksAt = 160;
/** The powers of ten from 0 to 22, which a double holds exactly. */
export const powersAt = 192;
export const powersCount = 23;
/** Heads of the lists of free blocks, one for each size class. */
export const freeListsAt = 384;
export const freeListsCount = 80;
/** Types by their letters (u32), see assembly/tables.ts. */
export const typesAt = 704;
export const typesCount = 32;
/** The entry of sets: a host that takes their lines itself empties it. */
export const setEntryAt = 780;
/** An operation for a key that stands in no line. */
export const keyOperationAt = 832;

/** Lines of a block, by type of series, see assembly/gathering.ts. */
export const listsAt = 1024;
export const listsCount = 5;
export const listBytes = 264;

/** The lines of a block, see assembly/operation.ts. */
export const operationsAt = 4096;
export const operationsCount = 64;
export const operationBytes = 64;
/** Values of the block's packed lines. */
export const packedAt = 8192;
export const packedCount = 2048;

/** Positions (u16) of LF, ':' and '|' in the datagram that is being read, and of the LF behind its end. */
export const separatorsAt = 24576;
/** Up to seven are written that are none. */
export const separatorsCount = 65543;
export const maxDatagramBytes = 65535;

/** Where the host puts a member that stands in no slot, or a key. */
export const memberAt = 155776;

/**
 * Addresses (u32) of blocks of 1,024 addresses of series, by ref; 0 for none. What stands in it never moves, so any
 * thread may look up a series that it knows to be there.
 */
export const directoryAt = 221312;
export const directoryBlocks = 16384;
export const directoryBlockShift = 10;
/** Behind the addresses of a block: how long each series was not heard (u8), see assembly/ages.ts. */
export const directoryAges = 4096;
export const directoryBlockBytes = 5120;

/** The slot table: for each datagram of a batch its start (u32, an address) and its length (u32). */
export const slotTableAt = 286848;
export const slotEntryBytes = 8;
export const slotStart = 0;
export const slotLength = 4;
/** Behind the receive region: a line feed is written behind a datagram, and whole vectors are loaded at its end. */
export const receiveSlackBytes = 64;

// A spelling: what stands in the series table. The first one of a series has the series behind it.
/** u32: address of the series' record, its own when it is the series' first spelling. */
export const recordSeries = 0;
/** u32: the SeriesRef. */
export const recordRef = 4;
/** u16 length of the name, u16 length of the tags, u8 type, then what is no part of the shape. */
export const recordShape = 8;
/** Added to the type in the shape while no line has spelt the key: no line has this shape. */
export const unspoken = 128;
/** u8: where in the record the key is (name, then tags), divided by eight. */
export const recordKey = 13;
/** u8: the type of the series. */
export const recordType = 14;
/** u8: 1 when the key is the canonical one (`keys.ts`) and not just the first spelling. */
export const recordIsCanonical = 15;
/** The two accumulators of a series: one is open, the other sealed or free. A spelling that is not its first has none. */
export const recordHalves = 16;

// Accumulators. An empty one is all zeros, but for the sum of a counter, which is -0.
/** Size of an accumulator, but for gauges. */
export const halfBytes = 16;

export const counterSum = 0;
export const counterSamples = 8;

export const gaugeHalfBytes = 48;
export const gaugeLast = 0;
export const gaugeSamples = 8;
export const gaugeLastAtMs = 16;
export const gaugeMin = 24;
export const gaugeMax = 32;
export const gaugeSum = 40;
/** Behind both halves: the value that the gauge has now, for changes; NaN when it has none. It outlives intervals. */
export const gaugeNowBytes = 8;

// Timers and distributions: samples as they came, in a list of chunks, or a sketch.
/** u32: address of the first chunk, or of the sketch. */
export const distributionFirst = 0;
/** u32: where in the last chunk the next sample goes, and where the chunk ends. */
export const distributionNext = 4;
export const distributionEnd = 8;
/** u16: how many samples came; a sketch has its own count. */
export const distributionSamples = 12;
/** u8: what there is, and whether the last chunk has pairs of value and weight instead of values that all weigh 1. */
export const distributionForm = 14;
export const formValues = 0;
export const formPairs = 1;
export const formSketch = 2;
/** u8: `samplesWords` of the last chunk. */
export const distributionWords = 15;
/** Samples that are kept as they came; with one more they become a sketch. */
export const maxRawSamples = 1024;

// A chunk of samples.
/** u32: the next chunk, 0 at the end. */
export const samplesNext = 0;
/** u16: how many samples it has; not said of the last chunk, see `distributionNext`. */
export const samplesCount = 4;
/** u8: `formValues` or `formPairs`. */
export const samplesForm = 6;
/** u8: how many numbers there is room for. */
export const samplesWords = 7;
export const samplesStart = 8;

// Sets.
/** u32: address of the table of hashes (u64, the high word first, 0 for a free place), or of the registers. */
export const setBlock = 0;
/** u32: how many places the table has. */
export const setRoom = 4;
/** u32: how many members the table has; no longer counted for registers. */
export const setMembers = 8;
/** u8: how to read the block. */
export const setForm = 12;
export const formHashes = 0;
export const formRegisters = 1;
/** Members that are kept one by one; with one more they become registers. As in lib/sketch/hyperloglog.ts. */
export const maxExactMembers = 1024;
export const registerCount = 16384;

/** A sketch: 64-bit floats, then two stores. */
export const sketchSamples = 0;
export const sketchCount = 8;
export const sketchSum = 16;
export const sketchMin = 24;
export const sketchMax = 32;
export const sketchZeroWeight = 40;
export const sketchPositive = 48;
export const sketchNegative = 88;
export const sketchBytes = 128;

/** A store: weights (f64) of consecutive keys. */
export const storeCollapsed = 0;
/** u32: address of the weight of `storeBase`, 0 when the store is empty. */
export const storeWeights = 8;
/** u32: how many weights there is room for. */
export const storeRoom = 12;
/** i32: keys of the first place, of the lowest and highest in use, and the one that lower ones collapse into. */
export const storeBase = 16;
export const storeLowest = 20;
export const storeHighest = 24;
export const storeFloor = 28;

/** The list of series that a half was touched in: chunks of addresses. */
export const chunkBytes = 4096;
/** u32: the next chunk, 0 at the end. */
export const chunkNext = 0;
/** u32: how many entries are used. */
export const chunkCount = 4;
export const chunkEntries = 8;
export const chunkRoom = 1022;
