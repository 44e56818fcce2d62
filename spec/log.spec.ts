import { expect } from 'chai';
import { lineLogger } from '../lib/log.js';

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
});
