import type { Kind } from './kinds.js';

/** One option of the server, as flags, environment, file, help and documents all see it. */
export interface Option<T> {
  /** Heading in the help and the documents. */
  readonly group: string;
  readonly kind: Kind<T>;
  readonly fallback: T;
  /** Says the default in words, where it depends on the machine. */
  readonly fallbackText?: string;
  /** What it means, in one line that starts in lower case and ends without a full stop. */
  readonly meaning: string;
}
