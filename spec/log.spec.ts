import { expect } from 'chai';
import { type LogLevel, lineLogger } from '../lib/log.js';

describe('the line logger', () => {
  it('writes what is at least as severe as its level, one line each', () => {
    const lines: string[] = [];
    const logger = lineLogger(
      'warn',
      (line) => lines.push(line),
      () => Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    );
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.error('d');
    expect(lines).to.deep.equal(['2026-01-02T03:04:05.006Z WARN c\n', '2026-01-02T03:04:05.006Z ERROR d\n']);
  });

  it('asks for its level where that may change', () => {
    const lines: string[] = [];
    let level: LogLevel = 'error';
    const logger = lineLogger(
      () => level,
      (line) => lines.push(line),
      () => 0,
    );
    logger.debug('a');
    level = 'debug';
    logger.debug('b');
    expect(lines).to.deep.equal(['1970-01-01T00:00:00.000Z DEBUG b\n']);
  });
});
