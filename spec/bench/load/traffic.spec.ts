import { expect } from 'chai';
import { buildTraffic, type Shape, type Traffic } from './traffic.js';

const datagramsOf = (traffic: Traffic) =>
  Array.from({ length: traffic.datagrams }, (_, i) =>
    Buffer.from(
      traffic.bytes.subarray(i * traffic.datagramBytes, (i + 1) * traffic.datagramBytes),
    ).toString(),
  );

const shapes: readonly Shape[] = [
  { datagramBytes: 0, names: 1000, tags: false },
  { datagramBytes: 512, names: 1000, tags: true },
  { datagramBytes: 1432, names: 10_000, tags: false },
];

describe("the load generator's traffic", () => {
  for (const shape of shapes) {
    const title = `${shape.datagramBytes} bytes, ${shape.names} names, ${shape.tags ? 'tags' : 'no tags'}`;
    it(`is what it says it is: ${title}`, () => {
      const traffic = buildTraffic(shape);
      const datagrams = datagramsOf(traffic);
      const lines = datagrams.flatMap((datagram) => datagram.split('\n'));
      for (const line of lines) {
        expect(line).to.match(
          /^app\.(hits\.\d+:\d\|c|depth\.\d+:\d{3}\|g|time\.\d+:\d{3}\|ms)(\|#env:prod,.+)?$/,
        );
        expect(line.includes('|#')).to.equal(shape.tags);
        expect(line.length).to.equal(lines[0]!.length);
      }
      expect(lines).to.have.lengthOf(traffic.datagrams * traffic.linesPerDatagram);
      expect(new Set(lines.map((line) => line.split(':')[0])).size).to.equal(shape.names);
      if (shape.datagramBytes === 0) {
        expect(traffic.linesPerDatagram).to.equal(1);
      } else {
        const oneMore = traffic.datagramBytes + 1 + lines[0]!.length;
        expect(traffic.datagramBytes).to.be.at.most(shape.datagramBytes);
        expect(oneMore).to.be.greaterThan(shape.datagramBytes);
      }
    });

    it(`counts what any number of datagrams hold: ${title}`, () => {
      const traffic = buildTraffic(shape);
      const datagrams = datagramsOf(traffic);
      for (const sent of [0, 1, 37, traffic.datagrams, 2 * traffic.datagrams + 5]) {
        const expected = { lines: 0, counterLines: 0, gaugeLines: 0, timerLines: 0, counterSum: 0 };
        for (let i = 0; i < sent; i++) {
          for (const line of datagrams[i % datagrams.length]!.split('\n')) {
            const [, value, type] = /:(\d+)\|(\w+)/.exec(line)!;
            expected.lines++;
            if (type === 'g') expected.gaugeLines++;
            else if (type === 'ms') expected.timerLines++;
            else {
              expected.counterLines++;
              expected.counterSum += Number(value);
            }
          }
        }
        expect(traffic.totals(sent)).to.deep.equal(expected);
      }
    });
  }

  it('has two counters, one gauge and one timer of every four lines', () => {
    const { lines, counterLines, gaugeLines, timerLines } = buildTraffic(shapes[0]!).totals(9000);
    expect([counterLines, gaugeLines, timerLines].map((count) => count / lines)).to.deep.equal([
      0.5, 0.25, 0.25,
    ]);
  });
});
