import { once } from 'node:events';
import { lstatSync, type Stats, unlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { ListenerBindError } from '../errors.js';

/** Longest path of a unix socket, in bytes: `sun_path` less its end mark. */
const maxPathBytes = 107;

/**
 * Makes way for a unix socket: removes one that a server has left behind, and nothing else.
 *
 * @throws ListenerBindError when the path is too long, is another kind of file, or somebody listens there
 */
export async function clearUnixPath(path: string): Promise<void> {
  const fail = (reason: string) => new ListenerBindError(`cannot bind the unix socket ${path}: ${reason}`);
  if (Buffer.byteLength(path) > maxPathBytes) {
    throw fail(`a path of a socket has at most ${maxPathBytes} bytes; choose a shorter one`);
  }
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket()) throw fail('a file that is no socket is there; choose another path');
  if (await isListening(path)) {
    throw fail('another program listens there; stop it or choose another path');
  }
  unlinkSync(path);
}

/** Whether anybody has the socket open, for streams or for datagrams. */
async function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    // Of one for datagrams the answer is EPROTOTYPE.
    return (error as NodeJS.ErrnoException).code !== 'ECONNREFUSED';
  } finally {
    socket.destroy();
  }
}

/**
 * Calls `bind` so that the socket it makes has this mode from its first moment; undefined leaves it to the
 * umask.
 */
export function withSocketMode<T>(mode: number | undefined, bind: () => T): T {
  if (mode === undefined) return bind();
  const before = process.umask(0o777 & ~mode);
  try {
    return bind();
  } finally {
    process.umask(before);
  }
}

/** A path with a socket of ours at it. */
export class UnixPath {
  private made: Stats | undefined;

  /** @param path where a socket has been bound */
  constructor(readonly path: string) {
    this.made = lstatSync(path, { throwIfNoEntry: false });
  }

  /** Leaves the socket to somebody else. */
  release(): void {
    this.made = undefined;
  }

  /** Removes the socket, unless it is another's by now. */
  remove(): void {
    const there = lstatSync(this.path, { throwIfNoEntry: false });
    if (there === undefined || there.ino !== this.made?.ino || there.dev !== this.made.dev) return;
    unlinkSync(this.path);
  }
}
