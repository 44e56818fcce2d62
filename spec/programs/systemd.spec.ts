import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { connect, type NetConnectOpts } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { options } from '../../lib/config/options.js';
import { loadLibc } from '../../lib/transport/libc.js';
import { sendUnixDatagram } from '../../lib/transport/unix-datagram.js';
import { report, rowOf } from '../support/goodall.js';
import { root } from '../support/source-files.js';
import { makeTemporaryFolder, temporaryFolder } from '../support/temporary.js';

/**
 * Does what systemd does for a service with sockets: opens them, becomes the program, and is told of its state. Sends to each
 * before the program runs. Arguments: folder, then the program's command.
 */
const activate = `
import os, socket, subprocess, sys, threading
folder, command = sys.argv[1], sys.argv[2:]
udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
udp.bind(("::", 0))
stream = socket.socket(socket.AF_UNIX)
stream.bind(folder + "/lines.sock"); stream.listen(5)
gram = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
gram.bind(folder + "/datagrams.sock")
stray = socket.socket(); stray.bind(("127.0.0.1", 0)); stray.listen(5)
notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notify.bind("\\0goodall-spec-%d" % os.getpid())
port = udp.getsockname()[1]
early = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
early.sendto(b"early:1|c", ("127.0.0.1", port))
client = socket.socket(socket.AF_UNIX); client.connect(folder + "/lines.sock"); client.sendall(b"early:2|c\\n"); client.close()
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"early:4|c", folder + "/datagrams.sock")
given = [s.fileno() for s in (udp, stream, gram, stray)]
def become():
    kept = [os.dup(fd) for fd in given]
    for i, fd in enumerate(kept):
        os.dup2(fd, 3 + i)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(given)), LISTEN_FDNAMES=":".join("abcd"),
                      NOTIFY_SOCKET="@goodall-spec-%d" % os.getppid())
    os.execvp(command[0], [part.replace("PORT", str(port)) for part in command])
pid = os.fork()
if pid == 0:
    become()
print(notify.recv(100).decode(), flush=True)
early.sendto(b"late:1|c", ("127.0.0.1", port))
os.kill(pid, 15)
print(notify.recv(100).decode(), os.waitpid(pid, 0)[1], stray.getsockname()[1], flush=True)
`;

import { freePort } from '../support/free-port.js';

describe('the units of systemd', () => {
  const units = join(root, 'lib', 'docs', 'systemd');

  it('are what systemd understands', function () {
    const folder = makeTemporaryFolder();
    for (const name of readdirSync(units)) {
      // The programs are not installed where the specs run.
      const text = readFileSync(join(units, name), 'utf8').replace(/^(ExecStart=)\S+/m, '$1/bin/true');
      folder.write(name, text);
    }
    const files = readdirSync(units).map((name) => folder.file(name));
    const { status, stderr, error } = spawnSync('systemd-analyze', ['verify', ...files], {
      encoding: 'utf8',
    });
    folder.remove();
    if (error !== undefined) return this.skip();
    // It also looks at units of this machine.
    expect(stderr.split('\n').filter((line) => line.includes('goodall'))).to.deep.equal([]);
    expect(status).to.equal(0);
  });

  it('open the socket that the server listens on by default', () => {
    const text = readFileSync(join(units, 'goodall.socket'), 'utf8');
    expect(text).to.include(`ListenDatagram=${options.address.fallback}:${options.port.fallback}\n`);
  });
});

describe('a server whose sockets systemd has opened', () => {
  const folder = temporaryFolder();

  before(function () {
    try {
      loadLibc();
    } catch {
      this.skip();
    }
  });

  it('goes on with them, leaves their paths, tells its state, and names a socket that is for nothing', async () => {
    const db = folder.file('goodall.db');
    const [lines, datagrams] = [folder.file('lines.sock'), folder.file('datagrams.sock')];
    const command = [
      ...[process.execPath, join(root, 'dist', 'bin', 'goodall.js'), '--db', db, '--port', 'PORT'],
      ...['--http-port', '0', '--mgmt-port', '0', '--no-probe'],
      ...['--listen', `unix:${lines}`, '--listen', `unixgram:${datagrams}`],
    ];
    const python = spawn('python3', ['-c', activate, folder.path, ...command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    python.stdout.on('data', (text) => {
      stdout += text;
    });
    python.stderr.on('data', (text) => {
      stderr += text;
    });
    await once(python, 'close');
    const [ready, stopping] = stdout.split('\n').filter((line) => /^[A-Z]+=1/.test(line));
    expect(ready, stderr).to.equal('READY=1');
    expect(stopping).to.match(/^STOPPING=1 0 \d+$/);
    expect(stderr).to.include(`tcp 127.0.0.1:${stopping!.split(' ')[2]}`);
    const got = await report(db);
    expect(rowOf(got, 'early')).to.include({ sum: 7 });
    expect(rowOf(got, 'late')).to.include({ sum: 1 });
    expect([lines, datagrams].map((path) => existsSync(path))).to.deep.equal([true, true]);
  });
});

async function sendUdp(port: number, line: string): Promise<void> {
  const socket = createSocket('udp4');
  await new Promise((resolve) => socket.send(line, port, '127.0.0.1', resolve));
  socket.close();
}

/** Resolves when the connection is there and the system has the line, whether or not anybody reads it yet. */
async function sendStream(target: NetConnectOpts, line: string): Promise<void> {
  const socket = connect(target);
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    socket.write(`${line}\n`, () => resolve());
  });
  socket.end();
}

/** What a child prints on both its outputs. */
function outputOf(child: ChildProcess): { readonly text: string; until(part: string): Promise<void> } {
  const output = {
    text: '',
    until: async (part: string) => {
      while (!output.text.includes(part)) {
        if (child.exitCode !== null) throw new Error(`it ended without "${part}": ${output.text}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text) => {
      output.text += text;
    });
  }
  return output;
}

describe("a server that is started by systemd's own socket activation", () => {
  const folder = temporaryFolder();

  before(function () {
    const activator = spawnSync('systemd-socket-activate', ['--version']);
    if (activator.error !== undefined) this.skip();
    try {
      loadLibc();
    } catch {
      this.skip();
    }
  });

  it('takes what was sent over UDP, TCP and both kinds of unix sockets before it ran, and what comes later', async () => {
    const db = folder.file('goodall.db');
    const [lines, datagrams] = [folder.file('lines.sock'), folder.file('datagrams.sock')];
    const [udp, tcp] = [await freePort(), await freePort()];
    // One for datagrams, which starts another for streams, which starts the server: it opens one kind at a time.
    const command = [
      ...['--datagram', '-l', `127.0.0.1:${udp}`, '-l', datagrams, 'systemd-socket-activate'],
      ...['-l', `127.0.0.1:${tcp}`, '-l', lines, process.execPath, join(root, 'dist', 'bin', 'goodall.js')],
      ...['--db', db, '--address', '127.0.0.1', '--port', `${udp}`, '--listen', `tcp://127.0.0.1:${tcp}`],
      ...['--listen', `unix:${lines}`, '--listen', `unixgram:${datagrams}`],
      ...['--http-port', '0', '--mgmt-port', '0', '--no-probe'],
    ];
    const child = spawn('systemd-socket-activate', command, { stdio: ['ignore', 'pipe', 'pipe'] });
    try {
      const output = outputOf(child);
      const send = async (name: string) => {
        await sendUdp(udp, `${name}:1|c`);
        sendUnixDatagram(loadLibc(), datagrams, `${name}:2|c`);
        await output.until(`Listening on ${lines}`);
        await sendStream({ host: '127.0.0.1', port: tcp }, `${name}:4|c`);
        await sendStream({ path: lines }, `${name}:8|c`);
      };
      await output.until(`Listening on ${datagrams}`);
      await send('early');
      await output.until('server is up');
      await send('late');
      child.kill();
      const [code] = await once(child, 'close');
      expect([code, output.text.includes('ERROR')], output.text).to.deep.equal([0, false]);
      const got = await report(db);
      expect(['early', 'late'].map((name) => rowOf(got, name).sum)).to.deep.equal([15, 15]);
    } finally {
      child.kill('SIGKILL');
    }
  });
});
