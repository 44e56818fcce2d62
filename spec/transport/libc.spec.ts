import { expect } from 'chai';
import { type Host, type Koffi, LibcUnavailableError, loadLibc } from '../../lib/transport/libc.js';

/** A koffi on another system: its C library has the functions named, each answering what is given. */
function koffiWith(functions: Readonly<Record<string, unknown>>, errno = 9): Koffi {
  const func = (definition: string) => {
    const name = /(\w+)\(/.exec(definition)?.[1] ?? '';
    if (!(name in functions) && functions['*'] === undefined)
      throw new Error(`Cannot find function '${name}'`);
    return () => functions[name] ?? functions['*'];
  };
  return { load: () => ({ func }), errno: () => errno, address: () => 0n } as unknown as Koffi;
}

const host = (overrides: Partial<Host>): Host => ({
  platform: 'linux',
  arch: 'x64',
  requireKoffi: () => koffiWith({ '*': -1, gnu_get_libc_version: '2.36' }),
  ...overrides,
});

const reason = (overrides: Partial<Host>): string => {
  try {
    loadLibc(host(overrides));
  } catch (error) {
    if (error instanceof LibcUnavailableError) return error.message;
    throw error;
  }
  return 'none';
};

describe('loading the C library', () => {
  it('works on Linux with the GNU library, on both architectures', () => {
    expect(loadLibc(host({})).version).to.equal('2.36');
    expect(loadLibc(host({ arch: 'arm64' })).version).to.equal('2.36');
  });

  it('says that other systems have no recvmmsg', () => {
    expect(reason({ platform: 'darwin' })).to.equal('recvmmsg is a Linux call and this is darwin');
  });

  it('says that the layout is unknown on other architectures', () => {
    expect(reason({ arch: 's390x' })).to.include('known for x64 and arm64, not for s390x');
  });

  it('gives the first line of the reason why koffi cannot be loaded', () => {
    const requireKoffi = () => {
      throw new Error("Cannot find module 'koffi'\nRequire stack:\n- /srv/app");
    };
    expect(reason({ requireKoffi })).to.equal("koffi cannot be loaded: Cannot find module 'koffi'");
  });

  it('says that the C library is another one, as on Alpine', () => {
    expect(reason({ requireKoffi: () => koffiWith({}) })).to.include('not the GNU one');
  });

  it('says that a call is missing', () => {
    expect(reason({ requireKoffi: () => koffiWith({ gnu_get_libc_version: '2.5' }) })).to.include(
      'lacks a call',
    );
  });

  for (const errno of [1, 13, 38]) {
    it(`says that the system forbids the call when it answers errno ${errno}`, () => {
      const functions = { '*': -1, gnu_get_libc_version: '2.36' };
      expect(reason({ requireKoffi: () => koffiWith(functions, errno) })).to.include(
        `forbids recvmmsg (errno ${errno}`,
      );
    });
  }
});
