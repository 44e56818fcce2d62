/** What the generator's datagrams look like. */
export interface Shape {
  /** Most bytes of a datagram, filled with as many whole lines as fit; 0 puts one line in each. */
  readonly datagramBytes: number;
  /** How many series there are. Two of four are counters, one is a gauge and one a timer. */
  readonly names: number;
  /** Whether lines carry DogStatsD tags. */
  readonly tags: boolean;
}

/** Lines sent, by type, and the sum of the counters' values: what a server must have seen if it lost nothing. */
export interface Totals {
  readonly lines: number;
  readonly counterLines: number;
  readonly gaugeLines: number;
  readonly timerLines: number;
  readonly counterSum: number;
}

/** Prebuilt datagrams of one length, back to back, so that UDP_SEGMENT can send runs of them. They are sent round and round. */
export interface Traffic {
  readonly bytes: Uint8Array;
  readonly datagramBytes: number;
  readonly datagrams: number;
  readonly linesPerDatagram: number;
  /** What the first `sent` datagrams hold, the rounds counted. */
  totals(sent: number): Totals;
}

/** Length of an untagged line without its line feed. All lines are of one length, as UDP_SEGMENT demands. */
const lineBytes = 31;
/** Enough lines for varied values when there are few names. */
const fewestLines = 8192;

interface Line {
  readonly text: string;
  readonly kind: 0 | 1 | 2;
  readonly value: number;
}

export function buildTraffic(shape: Shape): Traffic {
  const lines = buildLines(shape);
  const oneLine = lines[0]!.text.length;
  const linesPerDatagram = Math.max(1, Math.floor((shape.datagramBytes + 1) / (oneLine + 1)));
  const datagramBytes = linesPerDatagram * (oneLine + 1) - 1;
  const datagrams = Math.ceil(lines.length / linesPerDatagram);
  // Shared, so that its address can be handed to the C library: memory of the JavaScript heap might move.
  const bytes = new Uint8Array(new SharedArrayBuffer(datagrams * datagramBytes));
  const running = new Float64Array((datagrams + 1) * 4);
  for (let d = 0; d < datagrams; d++) {
    running.copyWithin((d + 1) * 4, d * 4, (d + 1) * 4);
    const packed: string[] = [];
    for (let i = 0; i < linesPerDatagram; i++) {
      const line = lines[(d * linesPerDatagram + i) % lines.length]!;
      packed.push(line.text);
      running[(d + 1) * 4 + line.kind]! += 1;
      if (line.kind === 0) running[(d + 1) * 4 + 3]! += line.value;
    }
    bytes.set(Buffer.from(packed.join('\n'), 'latin1'), d * datagramBytes);
  }
  const totals = (sent: number): Totals => {
    const rounds = Math.floor(sent / datagrams);
    const at = (field: number) =>
      rounds * running[datagrams * 4 + field]! + running[(sent % datagrams) * 4 + field]!;
    return {
      lines: sent * linesPerDatagram,
      counterLines: at(0),
      gaugeLines: at(1),
      timerLines: at(2),
      counterSum: at(3),
    };
  };
  return { bytes, datagramBytes, datagrams, linesPerDatagram, totals };
}

/** Every name once a round, each round in another order: a server's caches get no help from the sender. */
function buildLines({ names, tags }: Shape): Line[] {
  const random = randomBelow(1);
  const order = Array.from({ length: names }, (_, i) => i);
  const rounds = Math.ceil(fewestLines / names);
  const lines: Line[] = [];
  for (let round = 0; round < rounds; round++) {
    for (let i = names - 1; i > 0; i--) {
      const j = random(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    for (const index of order) lines.push(lineOf(index, random, tags));
  }
  return lines;
}

function lineOf(index: number, random: (limit: number) => number, tags: boolean): Line {
  const kind = ([0, 0, 1, 2] as const)[index % 4]!;
  const value = kind === 0 ? 1 + random(9) : 100 + random(900);
  const tail = `:${value}|${['c', 'g', 'ms'][kind]}`;
  const word = ['app.hits.', 'app.depth.', 'app.time.'][kind]!;
  const name = word + String(index).padStart(lineBytes - word.length - tail.length, '0');
  const host = String(index % 100).padStart(2, '0');
  return { text: name + tail + (tags ? `|#env:prod,service:checkout,host:web-${host}` : ''), kind, value };
}

/** The same numbers on every run: Lehmer's generator, modulus 2^31 - 1, multiplier 48271. */
function randomBelow(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 48271) % 2147483647;
    return state % limit;
  };
}
