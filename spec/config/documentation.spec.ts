import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  environmentName,
  fallbackText,
  flagName,
  isSwitch,
  type OptionKey,
  optionKeys,
  options,
} from '../../lib/config/options.js';
import { root } from '../support/source-files.js';

function rowOf(key: OptionKey): string {
  const { kind, meaning } = options[key];
  const flag = isSwitch(key) ? `\`--${flagName(key)}\`, \`--no-${flagName(key)}\`` : `\`--${flagName(key)}\``;
  const fallback = options[key].fallbackText ?? `\`${fallbackText(key)}\``;
  return `| ${flag} | \`${environmentName(key)}\` | ${fallback} | ${kind.allowed} | ${meaning} |`;
}

describe('lib/docs/configuration.md', () => {
  it('holds the table of options as the code has it', () => {
    const document = readFileSync(join(root, 'lib/docs/configuration.md'), 'utf8');
    // The formatter pads the columns.
    const rows = document
      .split('\n')
      .filter((line) => line.startsWith('| `--'))
      .map((line) => line.replace(/ +/g, ' '));
    expect(rows).to.deep.equal(optionKeys.map(rowOf));
  });
});
