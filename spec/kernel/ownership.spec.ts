import { expect } from 'chai';
import { Kernel, type LineHost } from '../../lib/kernel/host.js';
import { SealedReader } from '../../lib/kernel/sealed.js';
import { ReceiveSlots } from '../../lib/kernel/slots.js';
import { KernelTwin, Twins } from './twins.js';

describe('intervals of the kernel', () => {
  it('stay as they were sealed while the next one is collected, until they are released', () => {
    const twin = new KernelTwin({ dialect: 'goodall' });
    const { kernel } = twin;
    const lines = 'c:1|c\ng:5|g\nt:1:2:3|ms\ns:a|s\n';
    const read = (list: number) =>
      [...new SealedReader(kernel.memory, {}).points(list)].map(({ ref, partial }) => ({
        ref,
        partial: JSON.stringify(partial),
      }));
    twin.ingest([Buffer.from(lines)], 1000);
    const first = kernel.seal()!;
    const before = read(first);
    twin.ingest([Buffer.from(`${lines}c:10|c\ng:+1|g\nt:4:5:6:7:8|ms\ns:b|s\nnew:1|c\n`)], 2000);
    expect(read(first)).to.deep.equal(before);
    expect(kernel.seal(), 'a second seal').to.equal(undefined);
    while (kernel.release());
    const second = read(kernel.seal()!);
    expect(second.map(({ ref }) => ref)).to.deep.equal([0, 1, 2, 3, 4]);
    expect(second[0]!.partial).to.contain('"sum":11,"samples":2');
    expect(second[2]!.partial).to.contain('"samples":8');
  });

  it('name only what was heard in them', () => {
    const twins = new Twins({ dialect: 'goodall' });
    const all = Array.from({ length: 3000 }, (_, i) => `name.${i}:1|c`);
    twins.ingest(all);
    expect(twins.compare().points).to.have.length(3000);
    twins.ingest([all[7]!, all[2999]!, all[7]!]);
    expect(twins.compare().points).to.have.length(2);
    expect(twins.compare().points).to.have.length(0);
    twins.ingest(all);
    expect(twins.compare().points).to.have.length(3000);
  });

  it('are released a thousand series at a time', () => {
    const twin = new KernelTwin({ dialect: 'goodall' });
    const all = Array.from({ length: 3000 }, (_, i) => Buffer.from(`name.${i}:${i}|ms`));
    twin.ingest(all, 0);
    twin.kernel.seal();
    expect(twin.kernel.release()).to.equal(true);
    twin.ingest(all, 1);
    expect(twin.kernel.seal()).to.equal(undefined);
    expect(twin.kernel.release()).to.equal(true);
    expect(twin.kernel.release()).to.equal(false);
    expect([...new SealedReader(twin.kernel.memory, {}).points(twin.kernel.seal()!)]).to.have.length(3000);
  });

  it('use the memory of those before', () => {
    const twin = new KernelTwin({ dialect: 'goodall' });
    const lines = Array.from({ length: 400 }, (_, i) =>
      Buffer.from(`t.${i % 20}${`:${i}`.repeat(60)}|ms\ns.${i % 20}:${i}|s\nu.${i % 20}:${i * i}|h|@0.5`),
    );
    let afterThird = 0;
    for (let interval = 0; interval < 40; interval += 1) {
      twin.ingest(lines, interval);
      twin.seal();
      if (interval === 2) afterThird = twin.kernel.usedBytes;
    }
    expect(twin.kernel.usedBytes).to.equal(afterThird);
  });
});

describe('a kernel whose memory is used up', () => {
  const lineCounts = { names: 15_000, samples: 30_000, members: 45_000, everything: 30_000 };
  for (const [kind, count] of Object.entries(lineCounts)) {
    it(`hands over what it has no memory for: ${kind}`, () => {
      const twins = new Twins({ dialect: 'goodall', slotBytes: 1500, maxMemoryBytes: 2 ** 21 });
      const { kernel } = twins.kernel;
      const line = (i: number): string => {
        if (kind === 'names') return `some.long.name.of.a.series.${i}:${i}|c`;
        if (kind === 'samples') return `t.${i % 400}:${i % 5000}:1:2:3:4:5:6:7:8:9:10|ms`;
        if (kind === 'members') return `s.${i % 170}:${i}|s`;
        return [`n${i}:1|ms`, `s${i % 50}:${i}|s`, `g${i}:+1|g`, `t${i % 99}:${i}|h|@0.5`, `c${i}:2|c`][
          i % 5
        ]!;
      };
      for (let interval = 0; interval < 2; interval += 1) {
        for (let i = 0; i < count; i += 30) {
          twins.ingest([Array.from({ length: 30 }, (_, n) => line(i + n)).join('\n')]);
        }
        twins.compare();
      }
      const { lines, samples } = twins.kernel.handedOver;
      expect(lines + samples).to.be.above(1000);
      expect(kernel.usedBytes).to.be.within(2 ** 20, 2 ** 21);
    });
  }
});

describe('a kernel with more names than it has memory for', () => {
  it('still has memory for the samples of those it took', () => {
    const twins = new Twins({ dialect: 'goodall', slotBytes: 1500, maxMemoryBytes: 2 ** 21 });
    twins.ingest(['first:1|ms']);
    for (let i = 0; i < 15_000; i += 1) twins.ingest([`some.long.name.of.a.series.${i}:1|c`]);
    expect(twins.kernel.handedOver.lines).to.be.above(0);
    for (let i = 0; i < 300; i += 1) twins.ingest([`first${`:${i}`.repeat(100)}|ms`]);
    twins.compare();
    expect(twins.kernel.handedOver.samples).to.equal(0);
  });
});

describe('the host of the kernel', () => {
  const receiveBytes = ReceiveSlots.regionBytes(4, 1500);
  const options = {
    dialect: 'goodall',
    sketch: {},
    slots: 4,
    receiveBytes,
    maxMemoryBytes: 2 ** 24,
  } as const;

  it('may throw: the rest of the batch is lost, the next batch is not', () => {
    const kernel = new Kernel(options);
    const slots = new ReceiveSlots(kernel, 1500);
    let ref = 0;
    const host: LineHost = {
      line: () => {
        throw new Error('no');
      },
      spelling: () => ref++,
      sample: () => expect.fail('no sample was to be handed over'),
      member: () => expect.fail('no member was to be handed over'),
    };
    slots.put(0, Buffer.from('a:1|c\nodd\nb:1|c\n'));
    slots.put(1, Buffer.from('c:1|c\n'));
    expect(() => kernel.ingest(2, 0, host)).to.throw('no');
    slots.put(0, Buffer.from('d:1|c\n'));
    kernel.ingest(1, 0, host);
    expect(ref).to.equal(2);
    expect([...new SealedReader(kernel.memory, {}).points(kernel.seal()!)]).to.have.length(2);
  });

  it('learns which slot a line came from', () => {
    const kernel = new Kernel(options);
    const slots = new ReceiveSlots(kernel, 1500);
    const heard: string[] = [];
    const hear = (start: number, end: number, slot: number): void => {
      heard.push(`${slot} ${Buffer.from(kernel.bytes.subarray(start, end)).toString()}`);
    };
    const host: LineHost = {
      line: hear,
      spelling: (...line) => {
        hear(...line);
        return undefined;
      },
      sample: () => expect.fail('no sample was to be handed over'),
      member: () => expect.fail('no member was to be handed over'),
    };
    ['odd\na:1|c', '\nb:2|c\r\n', 'c:1|c|T17\nodd'].forEach((text, slot) => {
      slots.put(slot, Buffer.from(text));
    });
    kernel.ingest(3, 0, host);
    expect(heard).to.deep.equal(['0 odd', '0 a:1|c', '1 b:2|c\r', '2 c:1|c|T17', '2 odd']);
  });

  it('is told of what is too small or too large', () => {
    expect(() => new Kernel({ ...options, maxMemoryBytes: 65_536 })).to.throw(RangeError, 'too few');
    expect(() => new Kernel(options).setDatagram(0, 0, 65_536)).to.throw(RangeError, '65536 bytes');
    expect(() => ReceiveSlots.regionBytes(4, 65_536)).to.throw(RangeError, '65536 bytes');
  });

  it('finds datagrams cut off that do not fit into a slot', () => {
    const kernel = new Kernel(options);
    const slots = new ReceiveSlots(kernel, 1500);
    slots.put(0, Buffer.alloc(2000, 'x'));
    expect(kernel.bytes.indexOf(0, kernel.receiveStart) - kernel.receiveStart).to.equal(1500);
  });
});
