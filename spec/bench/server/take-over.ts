import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dropsOnPort } from '../../../lib/transport/drops.js';
import { Goodall, report } from '../../support/goodall.js';
import { makeTemporaryFolder } from '../../support/temporary.js';
import type { Sent } from '../load/generate.js';

export interface TakeOverRun {
  readonly sent: Sent;
  readonly received: number;
  readonly dropped: number | null;
  /** How many of these were dropped before the first take-over: by a server that had just begun. */
  readonly droppedBefore: number;
  /** Sum of all counters that were read back; what was sent is in `sent.counterSum`. */
  readonly counterSum: number;
  /** How each server but the last ended, in the order of their ends. */
  readonly exitCodes: readonly (number | null)[];
  /** From the start of each new server to its being up, in milliseconds. */
  readonly tookMs: readonly number[];
}

/**
 * Sends at a steady rate while one server takes over from another, several times, and reads back what they stored
 * together.
 */
export async function takeOverUnderLoad(rate: number, seconds: number, times: number): Promise<TakeOverRun> {
  const folder = makeTemporaryFolder();
  const db = folder.file('goodall.db');
  const start = (port: number) => Goodall.start(db, ['--take-over', '--port', String(port)]);
  let server = await start(0);
  try {
    const { udpPort } = server;
    const generator = fileURLToPath(new URL('../load/generate.js', import.meta.url));
    const args = ['--port', String(udpPort), '--rate', String(rate), '--seconds', String(seconds)];
    const sender = spawn(process.execPath, [generator, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    sender.stdout.on('data', (text) => {
      printed += text;
    });
    const sending = once(sender, 'close');
    const exitCodes: (number | null)[] = [];
    const tookMs: number[] = [];
    let droppedBefore = 0;
    for (let i = 0; i < times; i++) {
      await new Promise((resolve) => setTimeout(resolve, (seconds * 1000) / (times + 1)));
      if (i === 0) droppedBefore = (await dropsOnPort(udpPort)) ?? 0;
      const began = performance.now();
      const next = await start(udpPort);
      tookMs.push(Math.round(performance.now() - began));
      exitCodes.push((await server.program.finished).code);
      server = next;
    }
    await sending;
    exitCodes.push((await server.stop()).code);
    const { rows, loss } = await report(db);
    const counterSum = rows.reduce((sum, row) => sum + (row.type === 'counter' ? (row.sum ?? 0) : 0), 0);
    return {
      sent: JSON.parse(printed) as Sent,
      received: loss.datagramsReceived,
      dropped: loss.datagramsDropped,
      droppedBefore,
      counterSum,
      exitCodes,
      tookMs,
    };
  } finally {
    await server.stop('SIGKILL');
    folder.remove();
  }
}

// Run as a program; importing it starts nothing.
if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '100000' },
      seconds: { type: 'string', default: '12' },
      times: { type: 'string', default: '3' },
    },
  });
  const { sent, ...rest } = await takeOverUnderLoad(
    Number(values.rate),
    Number(values.seconds),
    Number(values.times),
  );
  const { datagrams, datagramsPerSecond, refused, skipped, counterSum } = sent;
  console.log(
    JSON.stringify(
      { sent: { datagrams, datagramsPerSecond, refused, skipped, counterSum }, ...rest },
      null,
      2,
    ),
  );
}
