import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { dialects } from '../../lib/protocol/dialect.js';
import { MutatedDatagrams } from '../support/mutated-datagrams.js';
import { allTableLines } from '../support/protocol-rows.js';
import { root } from '../support/source-files.js';
import { Dice, linesOf, randomDatagram } from './traffic.js';
import { Twins } from './twins.js';

/** Lines of each of the six random runs; `GOODALL_TWIN_LINES` is for all of them, and asks for millions now and then. */
const randomLines = Number(process.env.GOODALL_TWIN_LINES ?? 90_000) / (2 * dialects.length);
const startMs = Date.UTC(2026, 0, 1);

/** One datagram of all the lines that fit into one. */
function joined(lines: readonly Uint8Array[]): Uint8Array {
  const lineFeed = Buffer.from('\n');
  return Buffer.concat(lines.filter(({ length }) => length < 500).flatMap((line) => [line, lineFeed]));
}

/** What hot-shots in its flavours, Python's statsd client and the host probe put on the wire. */
function capturedDatagrams(): Uint8Array[] {
  const text = readFileSync(join(root, 'spec/fixtures/captured.json'), 'utf8');
  const rows = JSON.parse(text) as readonly { readonly from: string; readonly datagram: string }[];
  return rows.map(({ datagram }) => Buffer.from(datagram, 'latin1'));
}

for (const dialect of dialects) {
  describe(`the kernel and the plain path, in dialect ${dialect}`, () => {
    it('agree on every row of the tables, alone and together', () => {
      const lines = allTableLines();
      expect(lines).to.have.length.above(300);
      for (const sanitizeNames of [true, false]) {
        const twins = new Twins({ dialect, sanitizeNames });
        for (const line of lines) {
          twins.ingest([line]);
          twins.compare();
        }
        for (const line of lines) twins.ingest([line]);
        twins.ingest([joined(lines)]);
        twins.compare();
      }
    });

    it('agree on what clients send, with some oddities, in random batches', () => {
      const dice = new Dice(20260101);
      const twins = new Twins({ dialect });
      for (let lines = 0, round = 0; lines < randomLines; round += 1) {
        const datagrams = Array.from({ length: 1 + dice.roll(40) }, () =>
          randomDatagram(dice, 1432, 60, dice.pick([2, 5, 50])),
        );
        twins.ingest(datagrams, startMs + round * 17, 1 + dice.roll(16));
        for (const datagram of datagrams) lines += linesOf(datagram);
        if (dice.once(10)) twins.compare();
      }
      twins.compare();
    }).timeout(randomLines * 3 + 20_000);

    it('agree on what real clients were seen to send, together and damaged', () => {
      const captured = capturedDatagrams();
      expect(captured).to.have.length.above(50);
      const twins = new Twins({ dialect });
      twins.ingest(captured, startMs, 7);
      twins.compare();
      const mutated = new MutatedDatagrams(20260103, captured);
      for (let round = 0; round < 200; round += 1) {
        mutated.next();
        twins.ingest([mutated.slab.slice(mutated.start, mutated.end)], startMs + round);
      }
      twins.compare();
    });

    it('agree on damaged lines of the tables', () => {
      const mutated = new MutatedDatagrams(20260102, allTableLines());
      const twins = new Twins({ dialect });
      for (let lines = 0; lines < randomLines; ) {
        const datagrams: Uint8Array[] = [];
        for (let i = 0; i < 100; i += 1) {
          mutated.next();
          datagrams.push(mutated.slab.slice(mutated.start, mutated.end));
          lines += linesOf(datagrams[i]!);
        }
        twins.ingest(datagrams, startMs + lines);
        twins.compare();
      }
    }).timeout(randomLines * 3 + 20_000);
  });
}
