import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, writeFileSync } from 'node:fs';
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';
import { expect } from 'chai';
import { ListenerBindError } from '../../lib/errors.js';
import { type Libc, loadLibc } from '../../lib/transport/libc.js';
import type { StreamSink } from '../../lib/transport/stream-connection.js';
import { maxConnections, StreamReceiver } from '../../lib/transport/stream-receiver.js';
import { temporaryFolder } from '../support/temporary.js';

/** Keeps what comes; says that there is no room while `isFull`. */
class Kept implements StreamSink {
  readonly lineTexts: string[] = [];
  readonly brokenLines: string[] = [];
  readonly senders = new Set<string>();
  isFull = false;
  private tellRoom: (() => void)[] = [];

  lines(bytes: Uint8Array, sender: string): boolean {
    this.senders.add(sender);
    this.lineTexts.push(...Buffer.from(bytes).toString('latin1').split('\n'));
    return !this.isFull;
  }

  broken(reason: string, beginning: Uint8Array, sender: string): void {
    this.senders.add(sender);
    this.brokenLines.push(`${reason}: ${Buffer.from(beginning).toString('latin1')}`);
  }

  async room(): Promise<void> {
    if (this.isFull) await new Promise<void>((resolve) => this.tellRoom.push(resolve));
  }

  empty(): void {
    this.isFull = false;
    for (const tell of this.tellRoom) tell();
  }
}

async function client(to: NetConnectOpts): Promise<Socket> {
  const socket = connect(to);
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

const sent = (socket: Socket, text: string) =>
  new Promise<void>((resolve) => {
    socket.write(text, () => resolve());
  });

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe('lines over TCP', () => {
  let kept: Kept;
  let receiver: StreamReceiver;
  let troubles: string[];
  const open = () => client({ host: '127.0.0.1', port: receiver.bound!.port });

  beforeEach(async () => {
    kept = new Kept();
    troubles = [];
    receiver = await StreamReceiver.listenOnTcp({ address: '127.0.0.1', port: 0 }, kept, (trouble) =>
      troubles.push(trouble),
    );
  });

  afterEach(() => receiver.close());

  it('come from several clients, whatever segments they are in', async () => {
    const [a, b] = [await open(), await open()];
    await sent(a, 'a:1|');
    await sent(b, 'b:1|c\nb:');
    await sent(a, 'c\n');
    b.end('2|c');
    await until(() => kept.lineTexts.length === 3);
    expect([...kept.lineTexts].sort()).to.deep.equal(['a:1|c', 'b:1|c', 'b:2|c']);
    expect([...kept.senders]).to.deep.equal(['127.0.0.1']);
    a.destroy();
  });

  it('survive resets, and half a line of a lost client is none', async () => {
    const [lost, other] = [await open(), await open()];
    await sent(lost, 'a:1|c\nb:2|c|@0.');
    await until(() => kept.lineTexts.length === 1);
    lost.resetAndDestroy();
    await until(() => kept.brokenLines.length === 1);
    expect(kept.brokenLines).to.deep.equal(['unfinished: b:2|c|@0.']);
    other.end('c:3|c\n');
    await until(() => kept.lineTexts.length === 2);
    expect(kept.lineTexts).to.deep.equal(['a:1|c', 'c:3|c']);
  });

  it('are not read while there is no room, and none gets lost', async () => {
    kept.isFull = true;
    const [greedy, other] = [await open(), await open()];
    const count = 400_000;
    greedy.end('0123456789\n'.repeat(count));
    await until(() => kept.lineTexts.length > 0);
    const before = kept.lineTexts.length;
    expect(before).to.be.below(count);
    await sent(other, 'other\n');
    await until(() => kept.lineTexts.includes('other'));
    kept.empty();
    await until(() => kept.lineTexts.length === count + 1);
    other.destroy();
  });

  it('of more clients than there may be are refused, and that is told', async () => {
    const clients = await Promise.all(Array.from({ length: maxConnections }, open));
    const tooMany = await open();
    await once(tooMany, 'close');
    expect(troubles).to.have.length(1);
    expect(troubles[0]).to.include(String(maxConnections)).and.include(String(receiver.bound!.port));
    clients[0]!.end('still:1|c\n');
    await until(() => kept.lineTexts.length === 1);
    for (const socket of clients) socket.destroy();
  });

  it('that have reached the system are taken before the end, and every client is told of the end', async () => {
    const clients = await Promise.all(Array.from({ length: 50 }, open));
    await Promise.all(clients.map((socket, i) => sent(socket, `${'a:1|c\n'.repeat(1000)}half${i}`)));
    const closed = clients.map((socket) => once(socket.resume(), 'close'));
    await receiver.drain();
    expect(kept.lineTexts).to.have.length(50_000);
    expect(kept.brokenLines).to.have.length(50);
    await Promise.all(closed);
  });

  it('cannot be listened for on a port that is taken', async () => {
    const { port } = receiver.bound!;
    try {
      await StreamReceiver.listenOnTcp({ address: '127.0.0.1', port }, kept, () => {});
      expect.fail('bound twice');
    } catch (error) {
      expect(error).to.be.instanceOf(ListenerBindError);
      expect((error as Error).message)
        .to.include(String(port))
        .and.include('EADDRINUSE');
    }
  });
});

function libcOrNone(): Libc | undefined {
  try {
    return loadLibc();
  } catch {
    return undefined;
  }
}

const ways: readonly [string, Libc | undefined][] = [
  ['a descriptor of the C library', libcOrNone()],
  ["Node's own way", undefined],
];

for (const [way, libc] of ways) {
  describe(`lines over a unix socket, by ${way}`, () => {
    const folder = temporaryFolder();
    const kept = new Kept();
    const listen = (path: string, mode?: number) =>
      StreamReceiver.listenOnUnix(libc, { path, mode }, kept, () => {});

    it('are taken, and the socket is gone afterwards', async () => {
      const path = folder.file('lines.sock');
      const receiver = await listen(path);
      const socket = await client({ path });
      socket.end('a:1|c\nb:2|c');
      await once(socket.resume(), 'close');
      await receiver.drain();
      expect(kept.lineTexts).to.deep.equal(['a:1|c', 'b:2|c']);
      expect([...kept.senders]).to.deep.equal([`unix:${path}`]);
      expect(existsSync(path)).to.equal(false);
    });

    it('have a socket of the mode that was asked for', async () => {
      const path = folder.file('mode.sock');
      const umask = process.umask();
      for (const mode of [0o666, 0o600, 0o622]) {
        const receiver = await listen(path, mode);
        expect(lstatSync(path).mode & 0o777).to.equal(mode);
        await receiver.close();
      }
      expect(process.umask()).to.equal(umask);
    });

    it('take the place of a socket that nobody listens on', async () => {
      const path = folder.file('stale.sock');
      // A program that ends without removing its socket.
      execFileSync('python3', [
        '-c',
        `import socket; socket.socket(socket.AF_UNIX).bind(${JSON.stringify(path)})`,
      ]);
      expect(lstatSync(path).isSocket()).to.equal(true);
      const receiver = await listen(path);
      (await client({ path })).destroy();
      await receiver.close();
    });

    it('leave alone what is not theirs to remove', async () => {
      const path = folder.file('taken.sock');
      const other = createServer().listen(path);
      await once(other, 'listening');
      const file = folder.file('file');
      writeFileSync(file, 'text');
      const long = folder.file('x'.repeat(108));
      for (const [taken, word] of [
        [path, 'another program'],
        [file, 'no socket'],
        [long, '107'],
        [folder.file('missing/x.sock'), 'missing'],
      ] as const) {
        const error = await listen(taken).catch((reason: unknown) => reason);
        expect(error, taken).to.be.instanceOf(ListenerBindError);
        expect((error as Error).message)
          .to.include(taken)
          .and.include(word);
      }
      expect(existsSync(file)).to.equal(true);
      (await client({ path })).destroy();
      other.close();
    });
  });
}
