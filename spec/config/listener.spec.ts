import { expect } from 'chai';
import { listener, listenerText } from '../../lib/config/listener.js';

describe('a listener as text', () => {
  const rows: readonly (readonly [text: string, config: object, written?: string])[] = [
    ['tcp://127.0.0.1:8125', { kind: 'tcp', address: '127.0.0.1', port: 8125, dialect: undefined }],
    [
      'udp://[::1]:0?dialect=statsd',
      { kind: 'udp', address: '::1', port: 0, dialect: 'statsd' },
      'udp://[::1]:0?dialect=statsd',
    ],
    ['udp://:9', { kind: 'udp', address: '0.0.0.0', port: 9, dialect: undefined }, 'udp://0.0.0.0:9'],
    [
      'tcp://localhost:9',
      { kind: 'tcp', address: '127.0.0.1', port: 9, dialect: undefined },
      'tcp://127.0.0.1:9',
    ],
    ['unix:/run/x.sock', { kind: 'unix', path: '/run/x.sock', mode: undefined, dialect: undefined }],
    [
      'unixgram:///run/x.sock?mode=666',
      { kind: 'unixgram', path: '/run/x.sock', mode: 0o666, dialect: undefined },
      'unixgram:/run/x.sock?mode=0666',
    ],
    [
      'unix:x.sock?dialect=dogstatsd&mode=0600',
      { kind: 'unix', path: 'x.sock', mode: 0o600, dialect: 'dogstatsd' },
    ],
  ];
  for (const [text, config, written = text] of rows) {
    it(`reads ${text} and writes it as ${written}`, () => {
      const read = listener.read(text);
      expect(read).to.deep.equal(config);
      expect(read === undefined ? '' : listenerText(read)).to.equal(written);
    });
  }

  const wrong = [
    'tcp://127.0.0.1',
    'tcp://example.com:1',
    'tcp://127.0.0.1:70000',
    'tcp://127.0.0.1:1?mode=0666',
    'tcp://127.0.0.1:1?dialect=Statsd',
    'http://127.0.0.1:1',
    'unix:',
    'unix:/x?mode=888',
    'unix:/x?mode=',
    'unix:/x?color=red',
    'unix:/x?dialect=statsd&dialect=statsd',
    8125,
  ];
  for (const text of wrong) {
    it(`does not read ${text}`, () => {
      expect(listener.read(text)).to.equal(undefined);
    });
  }
});
