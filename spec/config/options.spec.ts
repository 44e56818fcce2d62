import { expect } from 'chai';
import type { Option } from '../../lib/config/option.js';
import { environmentName, fallbackText, flagName, optionKeys, options } from '../../lib/config/options.js';

describe('the table of options', () => {
  it('has defaults that are allowed', () => {
    for (const key of optionKeys) {
      const { kind, fallback } = options[key] as Option<unknown>;
      expect(kind.read(kind.text?.(fallback) ?? fallback), key).to.deep.equal(fallback);
    }
  });

  it('derives the flag and the environment name from the key', () => {
    expect(flagName('flushInterval')).to.equal('flush-interval');
    expect(environmentName('flushInterval')).to.equal('GOODALL_FLUSH_INTERVAL');
    expect(flagName('db')).to.equal('db');
    expect(environmentName('db')).to.equal('GOODALL_DB');
  });

  it('shows defaults as a person would type or say them', () => {
    expect(fallbackText('port')).to.equal('8125');
    expect(fallbackText('probe')).to.equal('on');
    expect(fallbackText('source')).to.equal("the host's name");
  });

  it('gives each meaning as part of a sentence', () => {
    for (const key of optionKeys) expect(options[key].meaning, key).to.match(/^[^.\n]+[^.\n ]$/);
  });
});
