import { expect } from 'chai';
import fc from 'fast-check';
import { decodeAddress, encodeAddress, portOf } from '../../lib/transport/address.js';

const viewOf = (address: string, port = 8125, scope = 0) => {
  const encoded = encodeAddress(address, port, scope);
  if (encoded === undefined) throw new Error(`${address} was refused`);
  return new DataView(encoded.bytes.buffer);
};

describe('a socket address', () => {
  it('keeps any IPv4 address and port', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(65_535), (address, port) => {
        const view = viewOf(address, port);
        expect([view.byteLength, decodeAddress(view, 0), portOf(view, 0)]).to.deep.equal([16, address, port]);
      }),
    );
  });

  it('keeps any IPv6 address, in the canonical text that URLs have', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const canonical = new URL(`http://[${address}]/`).hostname.slice(1, -1);
        fc.pre(!canonical.startsWith('::ffff:'));
        expect(decodeAddress(viewOf(address), 0)).to.equal(canonical);
      }),
    );
  });

  it('is laid out as the kernel wants it', () => {
    expect([...(encodeAddress('1.2.3.4', 0x1fbd)?.bytes ?? [])]).to.deep.equal([
      2, 0, 0x1f, 0xbd, 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect([...(encodeAddress('fe80::102', 0x1fbd, 3)?.bytes ?? [])]).to.deep.equal([
      10, 0, 0x1f, 0xbd, 0, 0, 0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0,
    ]);
  });

  it('shows an IPv4 sender as IPv4 even when an IPv6 socket saw it', () => {
    expect(decodeAddress(viewOf('::ffff:10.0.0.7', 4711), 0)).to.equal('10.0.0.7');
  });

  it('is not made of a name or of half an address', () => {
    for (const text of ['localhost', '', '1.2.3', '1.2.3.4:5', '[::1]', ':::']) {
      expect(encodeAddress(text, 1), text).to.equal(undefined);
    }
  });
});
