import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { maxCommandLength } from '../../lib/admin/command-reader.js';
import { lineEndPatienceMs, readPatienceMs } from '../../lib/admin/connection.js';
import { maxConnections } from '../../lib/admin/console.js';
import { ListenerBindError } from '../../lib/errors.js';
import { ask, ConsoleClient } from './console-client.js';
import { ConsoleRig, consoleRig } from './console-rig.js';

const openAll = (port: number, count: number): Promise<ConsoleClient[]> =>
  Promise.all(Array.from({ length: count }, () => ConsoleClient.open(port)));

/** How many bytes the other side has still not taken when it takes no more. */
async function whatIsLeft(socket: Socket): Promise<number> {
  let left = socket.writableLength;
  for (let quietTurns = 0; quietTurns < 200; quietTurns++) {
    await nextTurn();
    if (socket.writableLength !== left) quietTurns = 0;
    left = socket.writableLength;
  }
  return left;
}

describe('the segments that commands come in', () => {
  const held = consoleRig();

  it('may hold several commands, which are answered in order', async () => {
    held.rig.record.counter('a', 1);
    expect(await ask(held.rig.port, 'counters\ndelcounters a\r\ncounters\nnonsense\nhealth\n')).to.equal(
      '{ a: 1 }\nEND\n\ndeleted: a\nEND\n\n{}\nEND\n\nERROR\nhealth: up\n',
    );
  });

  it('may cut a command anywhere', async () => {
    const client = await ConsoleClient.open(held.rig.port);
    for (const byte of 'health down\r\n') {
      await client.send(byte);
      await nextTurn();
    }
    await client.until('health: down\n');
    expect(client.received).to.equal('health: down\n');
    client.socket.destroy();
  });

  it('get one answer to the blank line of statsd’s own health check', async () => {
    expect(await ask(held.rig.port, 'health\n\n')).to.equal('health: up\n');
  });

  it('may end without a line end when the client has no more to say', async () => {
    expect(await ask(held.rig.port, 'health down')).to.equal('health: down\n');
    expect(await ask(held.rig.port, 'help\nnonsense')).to.match(/ERROR\n$/);
    expect(await ask(held.rig.port)).to.equal('');
  });

  it('need no line end when nothing more comes, which belongs to the command when it does', async () => {
    const { rig } = held;
    const client = await ConsoleClient.open(rig.port);
    await client.send('health');
    await rig.passTime(lineEndPatienceMs, () => client.received !== '');
    await client.send('\r\nhealth down\n');
    await client.until('down\n');
    expect(client.received).to.equal('health: up\nhealth: down\n');
    client.socket.destroy();
  });

  it('do not delete half a name, however long the other half takes', async () => {
    const { rig } = held;
    rig.record.counter('a', 1);
    rig.record.counter('a.b', 1);
    const client = await ConsoleClient.open(rig.port);
    await client.send('health\ndelcounters a');
    await client.until('health: up\n');
    let turns = 0;
    await rig.passTime(lineEndPatienceMs, () => turns++ === 20);
    await client.send('.b\n');
    await client.until('END\n\n');
    expect(client.received).to.equal('health: up\ndeleted: a.b\nEND\n\n');
    client.socket.destroy();
  });

  it('may hold a line without end, which is one error', async () => {
    const client = await ConsoleClient.open(held.rig.port);
    for (let sent = 0; sent <= 3 * maxCommandLength; sent += 1000) await client.send('x'.repeat(1000));
    await client.send('\nhealth\n');
    await client.until('health: up\n');
    expect(client.received).to.equal('ERROR\nhealth: up\n');
    client.socket.destroy();
  });
});

describe('the clients of the management console', () => {
  const held = consoleRig();

  it('may go away at any moment', async () => {
    const { rig } = held;
    for (let i = 0; i < 5_000; i++) rig.record.counter(`n${i}`, i);
    const clients = await openAll(rig.port, 20);
    for (const [i, client] of clients.entries()) {
      await client.send(i % 2 === 0 ? 'counters\njson counters\ncount' : 'counters\n'.repeat(50));
      if (i % 4 > 1) await once(client.socket, 'data');
      client.socket.resetAndDestroy();
    }
    expect(await ask(rig.port, 'health\n')).to.equal('health: up\n');
    expect(rig.log).to.deep.equal([]);
  });

  it('are given up when they do not read, having had little asked for on their behalf', async () => {
    const { rig } = held;
    for (let i = 0; i < 20_000; i++) rig.record.counter(`a.rather.long.name.of.a.counter.${i}`, i);
    const { counters } = rig.view;
    let asked = 0;
    rig.view.counters = () => {
      asked += 1;
      return counters.call(rig.view);
    };
    const client = await ConsoleClient.open(rig.port);
    client.socket.pause();
    for (let i = 0; i < 320; i++) client.socket.write('counters\n'.repeat(7_000));
    expect(await whatIsLeft(client.socket), 'not taken from a client that does not read').to.be.above(0);
    await rig.passTime(readPatienceMs, () => rig.log.length > 0);
    expect(rig.log).to.deep.equal([
      'WARN management console: closed a connection whose client does not read its answer\n',
    ]);
    expect(asked).to.be.within(1, 100);
    expect(await ask(rig.port, 'health\n')).to.equal('health: up\n');
    client.socket.destroy();
  });

  it('may read slowly without keeping others waiting', async () => {
    const { rig } = held;
    for (let i = 0; i < 50_000; i++) rig.record.counter(`a.rather.long.name.of.a.counter.${i}`, i);
    const slow = await ConsoleClient.open(rig.port);
    slow.socket.pause();
    await slow.send('counters\ncounters\ncounters\ncounters\nhealth\nquit\n');
    expect(await ask(rig.port, 'health\n')).to.equal('health: up\n');
    slow.socket.resume();
    await slow.closed;
    const whole = await ask(rig.port, 'counters\n');
    expect(slow.received === `${whole.repeat(4)}health: up\n`).to.equal(true);
  });

  it('are let in beyond the limit, at the cost of the one silent for longest', async () => {
    const { rig } = held;
    const [first, second, ...others] = await openAll(rig.port, maxConnections);
    await Promise.all([first!.send('health\n'), first!.until('up\n')]);
    const late = await ConsoleClient.open(rig.port);
    await Promise.race([second!.closed, ...others.map((other) => other.closed)]);
    const gone = [second!, ...others].filter(({ socket }) => socket.closed);
    expect(gone).to.have.lengthOf(1);
    for (const client of [first!, late]) {
      client.received = '';
      await client.send('health\n');
      await client.until('health: up\n');
    }
    for (const client of [first!, late, ...others]) client.socket.destroy();
  });

  it('are all let go when the console closes', async () => {
    const { rig } = held;
    const clients = await openAll(rig.port, 3);
    await clients[0]!.send('half a comm');
    clients[1]!.socket.pause();
    await clients[1]!.send('counters\n'.repeat(1000));
    await rig.console.close();
    clients[1]!.socket.resume();
    await Promise.all(clients.map((client) => client.closed));
    const refused = await ConsoleClient.open(rig.port).catch((error: NodeJS.ErrnoException) => error);
    expect(refused).to.have.property('code', 'ECONNREFUSED');
  });
});

describe('the address of the management console', () => {
  const held = consoleRig();

  it('is told when it cannot be bound, with what to do', async () => {
    const { rig } = held;
    const second = new ConsoleRig();
    const fault = await second.console.start(rig.port, '127.0.0.1').catch((error: Error) => error);
    expect(fault).to.be.instanceOf(ListenerBindError);
    expect(fault).to.have.property('exitCode', 11);
    expect(fault)
      .to.have.property('message')
      .that.matches(
        new RegExp(
          `^cannot bind the management console to TCP 127\\.0\\.0\\.1 port ${rig.port}: .*EADDRINUSE.*; choose another --mgmt-port`,
        ),
      );
    await second.console.close();
  });

  it('is told as it was bound', async () => {
    const second = new ConsoleRig();
    const bound = await second.console.start(0, '127.0.0.1');
    expect(bound.address).to.equal('127.0.0.1');
    expect(await ask(bound.port, 'health\n')).to.equal('health: up\n');
    await second.console.close();
  });
});
