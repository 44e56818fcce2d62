/** Exit codes of the three programs, documented in README.md. */
export const ExitCode = {
  Ok: 0,
  DatabaseOpen: 1,
  DatabaseSchema: 2,
  UdpBind: 10,
  ListenerBind: 11,
  Config: 12,
  NothingToReport: 13,
  /** `goodall-probe --once`: what was measured could not be sent. */
  NotSent: 14,
  /** `goodall-report compare --fail-if`: a change is as great as it must not be. */
  Worse: 20,
  Usage: 64,
  /** A fault of the program itself. */
  Internal: 70,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/**
 * An error that ends a program in a known way. The message is one line for a person: what failed, where, and
 * what to do about it.
 */
export class GoodallError extends Error {
  readonly code: string;
  readonly exitCode: ExitCode;

  constructor(code: string, exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** The database cannot be opened, read or is not ours. */
export class DatabaseOpenError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_DATABASE_OPEN', ExitCode.DatabaseOpen, message, options);
  }
}

/** The database is damaged: it can be moved aside, and a new one started. */
export class DatabaseDamagedError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_DATABASE_DAMAGED', ExitCode.DatabaseOpen, message, options);
  }
}

/** Another server writes the database. */
export class DatabaseHeldError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_DATABASE_HELD', ExitCode.DatabaseOpen, message, options);
  }
}

/** The database's tables cannot be created or migrated. */
export class DatabaseSchemaError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_DATABASE_SCHEMA', ExitCode.DatabaseSchema, message, options);
  }
}

/** The database cannot be written at the moment; nothing of the write was kept, and it may be tried again. */
export class DatabaseWriteError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_DATABASE_WRITE', ExitCode.DatabaseOpen, message, options);
  }
}

/** The UDP address cannot be bound. */
export class UdpBindError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_UDP_BIND', ExitCode.UdpBind, message, options);
  }
}

/** A listener other than the UDP one (HTTP, management console) cannot be bound. */
export class ListenerBindError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_LISTENER_BIND', ExitCode.ListenerBind, message, options);
  }
}

/** The configuration is invalid. The message names the key, the value and what is allowed. */
export class ConfigError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_CONFIG', ExitCode.Config, message, options);
  }
}

/** The database holds nothing that the report was asked for. */
export class NothingToReportError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_NOTHING_TO_REPORT', ExitCode.NothingToReport, message, options);
  }
}

/** A sample that somebody waits for could not be sent. */
export class SendError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_SEND', ExitCode.NotSent, message, options);
  }
}

/** The command line was used wrongly. */
export class UsageError extends GoodallError {
  constructor(message: string, options?: ErrorOptions) {
    super('ERR_USAGE', ExitCode.Usage, message, options);
  }
}

/** The message of anything thrown, for a line of log. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
