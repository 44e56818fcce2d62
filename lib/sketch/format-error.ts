import { ExitCode, GoodallError } from '../errors.js';

/**
 * Bytes that are no encoded sketch, or one of a later version: the database that holds them is damaged or not
 * ours.
 */
export class SketchFormatError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SKETCH_FORMAT', ExitCode.DatabaseOpen, `sketch cannot be decoded: ${message}`, options);
  }
}
