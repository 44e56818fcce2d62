import { expect } from 'chai';
import { Kernel, type LineHost } from '../../lib/kernel/host.js';
import { ReceiveSlots } from '../../lib/kernel/slots.js';

/** Just after the series table has doubled, when it is emptiest. */
const seriesCount = Math.floor(65_536 * 0.7) + 2;

/** Bytes of kernel memory that a live series takes, everything included, after three intervals. */
function bytesPerSeries(line: (name: string, i: number) => string): number {
  const slotBytes = 1432;
  const receiveBytes = ReceiveSlots.regionBytes(1, slotBytes);
  const kernel = new Kernel({
    dialect: 'goodall',
    sketch: {},
    slots: 1,
    receiveBytes,
    maxMemoryBytes: 2 ** 28,
  });
  const slots = new ReceiveSlots(kernel, slotBytes);
  let refs = 0;
  const host: LineHost = {
    line: (start, end) => expect.fail(`line ${Buffer.from(kernel.bytes.subarray(start, end))}`),
    spelling: () => refs++,
    sample: () => expect.fail('a sample was handed over'),
    member: () => expect.fail('a member was handed over'),
  };
  const empty = kernel.usedBytes;
  for (let interval = 0; interval < 3; interval += 1) {
    for (let i = 0; i < seriesCount; i += 1) {
      slots.put(0, Buffer.from(line(`thirty.bytes.of.name.no.${String(i).padStart(6, '0')}`, i)));
      kernel.ingest(1, interval, host);
    }
    kernel.seal();
    while (kernel.release());
  }
  expect(refs).to.equal(seriesCount);
  return (kernel.usedBytes - empty) / seriesCount;
}

describe('the memory of the kernel', () => {
  // The targets are 160 and 400 bytes for the whole server; these bounds notice what is not given back.
  it('is at most 145 bytes for a counter with a name of 30 bytes', () => {
    const bytes = bytesPerSeries((name) => `${name}:1|c`);
    expect(bytes).to.be.within(80, 145);
  });

  it('is at most 260 bytes for a timer with a name of 30 bytes and 10 samples an interval', () => {
    const bytes = bytesPerSeries((name, i) => `${name}:1:2:3:4:5:6:7:8:9:${i}|ms`);
    expect(bytes).to.be.within(160, 260);
  });
});
