import { expect } from 'chai';
import * as layout from '../../lib/transport/layout.js';
import { libcOrSkip } from './fixture.js';

const u8 = 'uint8_t';
const u16 = 'uint16_t';
const u32 = 'uint32_t';
const i16 = 'int16_t';
const i32 = 'int32_t';
const size = 'size_t';
const pointer = 'void *';

/** The declarations of the C headers: our offset on the left, their name and type on the right, in order. */
const declarations = {
  iovec: { iov_base: pointer, iov_len: size },
  pollfd: { fd: i32, events: i16, revents: i16 },
  mmsghdr: {
    msg_name: pointer,
    msg_namelen: u32,
    msg_iov: pointer,
    msg_iovlen: size,
    msg_control: pointer,
    msg_controllen: size,
    msg_flags: i32,
  },
} as const;

describe('the layouts of the C structures', () => {
  it('are what the C calling convention of this machine makes of the declarations', async function () {
    libcOrSkip(this);
    const { default: koffi } = await import('koffi');
    const offsetsOf = (type: ReturnType<typeof koffi.struct>) =>
      Object.values(type.members ?? {}).map((member) => member.offset);
    const iovec = koffi.struct(declarations.iovec);
    expect([...offsetsOf(iovec), iovec.size]).to.deep.equal(Object.values(layout.iovec));
    const pollfd = koffi.struct(declarations.pollfd);
    expect([...offsetsOf(pollfd), pollfd.size]).to.deep.equal(Object.values(layout.pollfd));
    const msghdr = koffi.struct(declarations.mmsghdr);
    const mmsghdr = koffi.struct({ msg_hdr: msghdr, msg_len: u32 });
    expect([...offsetsOf(msghdr), offsetsOf(mmsghdr)[1], mmsghdr.size]).to.deep.equal(
      Object.values(layout.mmsghdr),
    );
    const sockaddrIn = koffi.struct({ family: u16, port: u16, address: u32, zero: koffi.array(u8, 8) });
    expect([...offsetsOf(sockaddrIn).slice(0, 3), sockaddrIn.size]).to.deep.equal(
      Object.values(layout.sockaddrIn),
    );
    const sockaddrIn6 = koffi.struct({
      family: u16,
      port: u16,
      flow: u32,
      address: koffi.array(u8, 16),
      scope: u32,
    });
    const [family, port, , address, scope] = offsetsOf(sockaddrIn6);
    expect([family, port, address, scope, sockaddrIn6.size]).to.deep.equal(Object.values(layout.sockaddrIn6));
  });

  it('write 64-bit addresses in the two halves that the machine reads', () => {
    const view = new DataView(new ArrayBuffer(8));
    for (const address of [0, 1, 2 ** 32 - 1, 2 ** 32, 0x7f12_3456_789a]) {
      layout.writeU64(view, 0, address);
      expect(view.getBigUint64(0, true)).to.equal(BigInt(address));
    }
  });
});
