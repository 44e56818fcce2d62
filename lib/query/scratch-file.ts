import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExitCode, GoodallError, messageOf } from '../errors.js';

/** Numbers written or read at once. */
const numbersAtOnce = 1 << 15;

/**
 * Numbers put away in a file of the system's folder for temporary files, which is made with the first of them and
 * has no name from then on: it is gone with the process. Errors are a GoodallError.
 */
export class ScratchFile {
  private file: number | undefined;
  private written = 0;
  private waitingLength = 0;
  private readonly waiting = new Float64Array(numbersAtOnce);
  private readonly coming = new Float64Array(numbersAtOnce);

  /** @param directory for temporary files */
  constructor(private readonly directory = tmpdir()) {}

  /** Where the next number will lie. */
  get end(): number {
    return this.written + this.waitingLength;
  }

  append(numbers: readonly number[]): void {
    for (let i = 0; i < numbers.length; i += 1) {
      if (this.waitingLength === numbersAtOnce) this.flush();
      this.waiting[this.waitingLength] = numbers[i] as number;
      this.waitingLength += 1;
    }
  }

  /** The numbers from one place up to another. */
  read(start: number, end: number): number[] {
    if (end > this.written) this.flush();
    const numbers: number[] = [];
    for (let place = start; place < end; ) {
      const some = this.coming.subarray(0, Math.min(numbersAtOnce, end - place));
      this.fill(bytesOf(some), 8 * place);
      for (let i = 0; i < some.length; i += 1) numbers.push(some[i] as number);
      place += some.length;
    }
    return numbers;
  }

  /** What is read after that is nothing. */
  close(): void {
    if (this.file !== undefined) closeSync(this.file);
    this.file = undefined;
  }

  private flush(): void {
    const bytes = bytesOf(this.waiting.subarray(0, this.waitingLength));
    this.file ??= this.attempt(() => openUnnamed(this.directory));
    for (let done = 0; done < bytes.length; ) {
      const [left, place] = [bytes.length - done, 8 * this.written + done];
      done += this.attempt(() => writeSync(this.file as number, bytes, done, left, place));
    }
    this.written += this.waitingLength;
    this.waitingLength = 0;
  }

  private fill(bytes: Uint8Array, start: number): void {
    for (let done = 0; done < bytes.length; ) {
      const [left, place] = [bytes.length - done, start + done];
      const got = this.attempt(() => readSync(this.file as number, bytes, done, left, place));
      if (got === 0) throw this.failure('it has become shorter');
      done += got;
    }
  }

  private attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw this.failure(messageOf(error), error);
    }
  }

  private failure(reason: string, cause?: unknown): GoodallError {
    return new GoodallError(
      'ERR_SCRATCH_FILE',
      ExitCode.Usage,
      `cannot put the many rows of this report away in ${this.directory}: ${reason}; set TMPDIR to a folder with room, or ask for a longer --step or fewer series`,
      { cause },
    );
  }
}

function openUnnamed(directory: string): number {
  const folder = mkdtempSync(join(directory, 'goodall-report-'));
  try {
    return openSync(join(folder, 'rows'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
