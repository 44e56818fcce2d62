import { expect } from 'chai';
import { ask } from '../admin/console-client.js';
import { freePort } from '../support/free-port.js';
import { Goodall, report, rowOf } from '../support/goodall.js';
import { temporaryFolder } from '../support/temporary.js';

async function until<T>(answer: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answered = await answer();
    if (holds(answered)) return answered;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const hour = ['--flush-interval', '3600000'];

for (const transport of ['auto', 'dgram']) {
  describe(`the management console of a server that receives with ${transport}`, () => {
    const folder = temporaryFolder();
    let server: Goodall;

    beforeEach(async () => {
      const mgmtPort = String(await freePort());
      const http = String(await freePort());
      server = await Goodall.start(folder.file('goodall.db'), [
        ...['--transport', transport, '--mgmt-port', mgmtPort, '--http-port', http],
        ...hour,
      ]);
      expect(server.mgmtPort).to.equal(Number(mgmtPort));
    });

    afterEach(() => server.stop());

    it('shows what is being collected, of every kind', async () => {
      await server.send([
        'hits:3|c|@0.5|#route:home\nlatency:5:7|ms\nqueue:4|g\nusers:ann|s\nusers:bob|s\nbad',
      ]);
      await until(
        () => ask(server.mgmtPort, 'sets\n'),
        (text) => text.includes('users'),
      );
      expect(await ask(server.mgmtPort, 'counters\ntimers\ngauges\nsets\njson timers\n')).to.equal(
        [
          "{ 'hits;route=home': 6 }\nEND\n\n",
          '{ latency: [ 5, 7 ] }\nEND\n\n',
          '{ queue: 4 }\nEND\n\n',
          '{ users: 2 }\nEND\n\n',
          '{"latency":[5,7]}\n',
        ].join(''),
      );
      expect(await ask(server.mgmtPort, 'stats\n')).to.match(
        /^uptime: \d+\nmessages\.last_msg_seen: \d\d?\nmessages\.bad_lines_seen: 1\nsqlite\.last_flush: \d\d?\nEND\n\n$/,
      );
      expect(await ask(server.mgmtPort, 'config\n')).to.include(`\ntransport: ${transport}\n`);
    });

    it('deletes what is not to be stored, and no more', async () => {
      await server.send(['a.b:1|c\na.c:1|c\nkept:1|c\nt:1|ms\ng:100|g']);
      await until(
        () => ask(server.mgmtPort, 'gauges\n'),
        (text) => text.includes('g: 100'),
      );
      expect(await ask(server.mgmtPort, 'delcounters a.* a.b\ndeltimers t\ndelgauges g\n')).to.equal(
        'deleted: a.b\ndeleted: a.c\nmetric a.b not found\nEND\n\ndeleted: t\nEND\n\ndeleted: g\nEND\n\n',
      );
      await server.send(['kept:1|c\na.c:5|c\ng:+3|g']);
      const { code } = await server.stop();
      expect(code).to.equal(0);
      const got = await report(server.db);
      expect(got.rows.map(({ name }) => name).sort()).to.deep.equal(['a.c', 'g', 'kept']);
      expect(rowOf(got, 'a.c')).to.include({ sum: 5 });
      expect(rowOf(got, 'kept')).to.include({ sum: 2 });
      expect(rowOf(got, 'g')).to.include({ last: 3 });
    });

    it('takes the server out of a load balancer, which /healthz tells', async () => {
      const healthz = async () => {
        const reply = await fetch(`http://127.0.0.1:${server.httpPort}/healthz`);
        return { status: reply.status, body: (await reply.json()) as { problems: readonly string[] } };
      };
      expect((await healthz()).status).to.equal(200);
      expect(await ask(server.mgmtPort, 'health down\n')).to.equal('health: down\n');
      const { status, body } = await healthz();
      expect(status).to.equal(503);
      expect(body.problems).to.deep.equal(['health was set to down at the management console']);
      expect(await ask(server.mgmtPort, 'health up\n')).to.equal('health: up\n');
      expect((await healthz()).status).to.equal(200);
    });

    it('does not hold up the end of the server', async () => {
      const waiting = ask(server.mgmtPort, 'counters\n').catch(() => {});
      const { code } = await server.stop();
      expect(code).to.equal(0);
      await waiting;
    });
  });
}
