import { ExitCode, GoodallError } from '../../errors.js';

/** Bytes that are no block of points. */
export class BlockFormatError extends GoodallError {
  constructor(reason: string) {
    super(
      'ERR_BLOCK_FORMAT',
      ExitCode.DatabaseOpen,
      `a block of points is damaged: ${reason}; check the database with PRAGMA integrity_check, and restore a backup`,
    );
  }
}
