/** Severity of a log line, most severe first. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Where the server says what it does: one line an event, never one a datagram. */
export interface Logger {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

/**
 * A logger that writes `TIME LEVEL message` lines.
 *
 * @param level the least severe level that is written; a function where it may change
 * @param write takes one whole line, its newline included
 * @param now wall-clock milliseconds, for the time in front of each line
 */
export function lineLogger(
  level: LogLevel | (() => LogLevel),
  write: (line: string) => void,
  now: () => number,
): Logger {
  const limit = typeof level === 'string' ? () => level : level;
  const at = (own: LogLevel) => (message: string) => {
    if (logLevels.indexOf(own) <= logLevels.indexOf(limit())) {
      write(`${new Date(now()).toISOString()} ${own.toUpperCase()} ${message}\n`);
    }
  };
  return { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') };
}
