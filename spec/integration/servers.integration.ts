import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { freePort } from '../support/free-port.js';
import { Goodall, report, rowOf } from '../support/goodall.js';
import { temporaryFolder } from '../support/temporary.js';
import { needs, OtherProgram } from './other-program.js';

/** Waits until a report has what is looked for. */
async function reported(db: string, has: (names: readonly string[]) => boolean): Promise<void> {
  for (let turn = 0; turn < 60; turn++) {
    // Until the first flush there is nothing to report.
    const rows = await report(db).then(
      (got) => got.rows,
      () => [],
    );
    if (has(rows.map(({ name }) => name))) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('what was looked for did not come within 12 s');
}

const quickFlushes = ['--flush-interval', '200'];

describe('gunicorn with --statsd-host', () => {
  const folder = temporaryFolder();
  needs('/usr/bin/gunicorn', 'gunicorn');

  it('counts and times the requests of a web application', async function () {
    this.timeout(60_000);
    folder.write(
      'app.py',
      `def app(environ, start_response):
    start_response('404 Not Found' if environ['PATH_INFO'] == '/none' else '200 OK', [('Content-Length', '2')])
    return [b'ok']
`,
    );
    const server = await Goodall.start(folder.file('goodall.db'));
    const statsd = ['--statsd-host', `127.0.0.1:${server.udpPort}`, '--statsd-prefix', 'web'];
    const gunicorn = new OtherProgram('/usr/bin/gunicorn', [...statsd, '-b', '127.0.0.1:0', 'app:app'], {
      cwd: folder.path,
    });
    try {
      const [, url] = await gunicorn.waitFor(/Listening at: (http:[^ ]+)/);
      for (const path of ['/', '/', '/', '/none']) await (await fetch(url + path)).text();
    } finally {
      await gunicorn.stop('SIGTERM');
      await server.stop();
    }
    const got = await report(server.db);
    expect(rowOf(got, 'web.gunicorn.requests')).to.include({ type: 'counter', sum: 4 });
    expect(rowOf(got, 'web.gunicorn.request.status.200')).to.include({ sum: 3 });
    expect(rowOf(got, 'web.gunicorn.request.status.404')).to.include({ sum: 1 });
    expect(rowOf(got, 'web.gunicorn.request.duration')).to.include({ type: 'timer', count: 4 });
    expect(rowOf(got, 'web.gunicorn.workers')).to.include({ type: 'gauge', max: 1 });
  });
});

describe('uwsgi with --stats-push', () => {
  const folder = temporaryFolder();
  needs('/usr/lib/uwsgi/plugins/stats_pusher_statsd_plugin.so', 'uwsgi-core');

  it('pushes its counters and gauges', async function () {
    this.timeout(60_000);
    const server = await Goodall.start(folder.file('goodall.db'), quickFlushes);
    const uwsgi = new OtherProgram('/usr/bin/uwsgi', [
      ...['--plugins', 'stats_pusher_statsd', '--http-socket', '127.0.0.1:0', '--master', '--processes', '1'],
      ...['--stats-pusher-default-freq', '1', '--stats-push', `statsd:127.0.0.1:${server.udpPort},uw`],
    ]);
    try {
      await reported(server.db, (names) => names.includes('uw.core.idle_workers'));
    } finally {
      await uwsgi.stop('SIGINT');
      await server.stop();
    }
    const got = await report(server.db);
    expect(rowOf(got, 'uw.core.idle_workers')).to.include({ type: 'gauge', last: 1 });
    expect(rowOf(got, 'uw.worker.1.requests')).to.include({ type: 'counter', sum: 0 });
  });
});

describe("ProFTPD's mod_statsd", () => {
  const folder = temporaryFolder();
  needs('/usr/lib/proftpd/mod_statsd.so', 'proftpd-mod-statsd');

  it('counts commands and connections', async function () {
    this.timeout(60_000);
    const server = await Goodall.start(folder.file('goodall.db'), quickFlushes);
    const port = await freePort();
    const settings = [
      ...['ServerType standalone', 'DefaultServer on', `Port ${port}`, 'DefaultAddress 127.0.0.1'],
      ...[
        'SocketBindTight on',
        'UseReverseDNS off',
        'ModulePath /usr/lib/proftpd',
        'LoadModule mod_statsd.c',
      ],
      ...['StatsdEngine on', `StatsdServer udp://127.0.0.1:${server.udpPort}`, 'DelayEngine off'],
      ...[`PidFile ${folder.file('pid')}`, `ScoreboardFile ${folder.file('score')}`],
      ...[
        `SystemLog ${folder.file('log')}`,
        'WtmpLog off',
        'TransferLog none',
        'User nobody',
        'Group nogroup',
      ],
    ];
    const config = folder.write('proftpd.conf', `${settings.join('\n')}\n`);
    const ftpd = new OtherProgram('/usr/sbin/proftpd', ['-n', '-c', config]);
    try {
      await session(port, ['SYST', 'NOOP', 'QUIT']);
      await reported(server.db, (names) => names.includes('command.QUIT.221'));
    } finally {
      await ftpd.stop('SIGTERM');
      await server.stop();
    }
    const got = await report(server.db);
    expect(rowOf(got, 'command.SYST.215', 'counter')).to.include({ sum: 1 });
    expect(rowOf(got, 'command.SYST.215', 'timer')).to.include({ count: 1 });
    // A gauge that goes up and down by one.
    expect(rowOf(got, 'connection', 'gauge')).to.include({ max: 1, last: 0 });
  });
});

/** Says lines to an FTP server, one a reply, as soon as it is there. */
async function session(port: number, lines: readonly string[]): Promise<void> {
  for (let turn = 0; turn < 100; turn++) {
    const socket = connect(port, '127.0.0.1');
    const left = [...lines];
    socket.on('data', () => {
      const next = left.shift();
      if (next !== undefined) socket.write(`${next}\r\n`);
    });
    const outcome = await Promise.race([
      once(socket, 'close').then(() => (left.length === 0 ? 'said' : 'refused')),
      once(socket, 'error').then(() => 'refused'),
    ]).catch(() => 'refused');
    if (outcome === 'said') return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nobody answers on port ${port}`);
}
