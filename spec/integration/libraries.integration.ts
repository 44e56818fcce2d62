import { expect } from 'chai';
import { Goodall, type Report, report, rowOf } from '../support/goodall.js';
import { temporaryFolder } from '../support/temporary.js';
import { finish, needs } from './other-program.js';

/** A client library of another language: a program that speaks to the port it is given. */
interface Library {
  /** A file that is there when the library is. */
  readonly file: string;
  readonly debianPackage: string;
  readonly run: (port: number) => Promise<string>;
  readonly check: (got: Report) => void;
}

const python = (script: string) => (port: number) => finish('/usr/bin/python3', ['-c', script, String(port)]);

const libraries: Readonly<Record<string, Library>> = {
  "Python's statsd": {
    file: '/usr/lib/python3/dist-packages/statsd',
    debianPackage: 'python3-statsd',
    run: python(`
import statsd, sys
client = statsd.StatsClient('127.0.0.1', int(sys.argv[1]), prefix='py')
client.incr('hits'); client.incr('hits', 4); client.decr('hits', 2)
client.gauge('level', 12.5); client.gauge('level', -2, delta=True)
client.timing('latency', 250)
client.set('users', 'ann'); client.set('users', 'bob'); client.set('users', 'ann')
with client.timer('block'): pass
with client.pipeline() as pipe:
    for value in range(1, 101): pipe.timing('piped', value)
`),
    check: (got) => {
      expect(rowOf(got, 'py.hits')).to.include({ type: 'counter', sum: 3 });
      expect(rowOf(got, 'py.level')).to.include({ type: 'gauge', last: 10.5 });
      expect(rowOf(got, 'py.latency')).to.include({ type: 'timer', count: 1, min: 250 });
      expect(rowOf(got, 'py.users')).to.include({ type: 'set', count: 2 });
      expect(rowOf(got, 'py.block')).to.include({ type: 'timer', count: 1 });
      expect(rowOf(got, 'py.piped')).to.include({ type: 'timer', count: 100, sum: 5050 });
    },
  },
  "Python's aiodogstatsd": {
    file: '/usr/lib/python3/dist-packages/aiodogstatsd',
    debianPackage: 'python3-aiodogstatsd',
    run: python(`
import aiodogstatsd, asyncio, sys
async def main():
    async with aiodogstatsd.Client(host='127.0.0.1', port=int(sys.argv[1]), namespace='aio', constant_tags={'env': 'prod'}) as client:
        client.increment('hits', value=3, tags={'route': 'home'})
        client.gauge('level', value=7)
        client.histogram('size', value=10); client.distribution('spread', value=20); client.timing('latency', value=30)
asyncio.run(main())
`),
    check: (got) => {
      expect(rowOf(got, 'aio.hits')).to.deep.include({ sum: 3, tags: { env: 'prod', route: 'home' } });
      expect(rowOf(got, 'aio.level')).to.include({ last: 7 });
      expect(rowOf(got, 'aio.size')).to.include({ type: 'distribution', sum: 10 });
      expect(rowOf(got, 'aio.spread')).to.include({ type: 'distribution', sum: 20 });
      expect(rowOf(got, 'aio.latency')).to.include({ type: 'timer', sum: 30 });
    },
  },
  "Perl's Net::Statsd": {
    file: '/usr/share/perl5/Net/Statsd.pm',
    debianPackage: 'libnet-statsd-perl',
    run: (port) =>
      finish('/usr/bin/perl', [
        ...['-MNet::Statsd', '-e'],
        `$Net::Statsd::HOST = '127.0.0.1'; $Net::Statsd::PORT = $ARGV[0];
         Net::Statsd::increment('perl.hits'); Net::Statsd::increment(['perl.hits', 'perl.others']);
         Net::Statsd::update_stats('perl.hits', 5); Net::Statsd::decrement('perl.hits');
         Net::Statsd::gauge('perl.level' => 12.5); Net::Statsd::timing('perl.latency', 250);`,
        String(port),
      ]),
    check: (got) => {
      expect(rowOf(got, 'perl.hits')).to.include({ type: 'counter', sum: 6 });
      expect(rowOf(got, 'perl.others')).to.include({ sum: 1 });
      expect(rowOf(got, 'perl.level')).to.include({ type: 'gauge', last: 12.5 });
      expect(rowOf(got, 'perl.latency')).to.include({ type: 'timer', count: 1, sum: 250 });
    },
  },
  "Ruby's statsd-ruby": {
    file: '/usr/lib/ruby/vendor_ruby/statsd.rb',
    debianPackage: 'ruby-statsd',
    run: (port) =>
      finish('/usr/bin/ruby', [
        ...['-rstatsd', '-e'],
        `client = Statsd.new('127.0.0.1', ARGV[0].to_i); client.namespace = 'ruby'
         client.increment('hits'); client.count('hits', 4); client.decrement('hits')
         client.gauge('level', 12.5); client.timing('latency', 250); client.set('users', 'ann')
         client.batch { |b| 100.times { |i| b.timing('batched', i + 1) } }
         client.time('block') { 1 }`,
        String(port),
      ]),
    check: (got) => {
      expect(rowOf(got, 'ruby.hits')).to.include({ type: 'counter', sum: 4 });
      expect(rowOf(got, 'ruby.level')).to.include({ type: 'gauge', last: 12.5 });
      expect(rowOf(got, 'ruby.latency')).to.include({ type: 'timer', sum: 250 });
      expect(rowOf(got, 'ruby.users')).to.include({ type: 'set', count: 1 });
      expect(rowOf(got, 'ruby.batched')).to.include({ type: 'timer', count: 100, sum: 5050 });
      expect(rowOf(got, 'ruby.block')).to.include({ count: 1 });
    },
  },
  "Node's lynx": {
    file: '/usr/share/nodejs/lynx',
    debianPackage: 'node-lynx',
    run: (port) =>
      finish('/usr/bin/env', [
        ...['NODE_PATH=/usr/share/nodejs', process.execPath, '-e'],
        `const client = new (require('lynx'))('127.0.0.1', Number(process.argv[1]), { scope: 'lynx' });
         client.increment('hits'); client.count('hits', 4); client.gauge('level', 12.5); client.timing('latency', 250);
         client.set('users', 'ann'); client.send({ sent: '7|c' }); setTimeout(() => client.close(), 200);`,
        String(port),
      ]),
    check: (got) => {
      expect(rowOf(got, 'lynx.hits')).to.include({ type: 'counter', sum: 5 });
      expect(rowOf(got, 'lynx.level')).to.include({ type: 'gauge', last: 12.5 });
      expect(rowOf(got, 'lynx.latency')).to.include({ type: 'timer', sum: 250 });
      expect(rowOf(got, 'lynx.users')).to.include({ type: 'set', count: 1 });
      expect(rowOf(got, 'lynx.sent')).to.include({ sum: 7 });
    },
  },
};

for (const [name, { file, debianPackage, run, check }] of Object.entries(libraries)) {
  describe(`${name} as a client`, () => {
    const folder = temporaryFolder();
    needs(file, debianPackage);

    it('is understood, every kind of metric that it has', async () => {
      const server = await Goodall.start(folder.file('goodall.db'));
      try {
        await run(server.udpPort);
      } finally {
        await server.stop();
      }
      check(await report(server.db));
    });
  });
}
