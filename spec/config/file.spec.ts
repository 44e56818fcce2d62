import { expect } from 'chai';
import { readYaml } from '../../lib/config/file.js';
import { configText, type FileEntry } from '../../lib/config/file-text.js';
import { ConfigError } from '../../lib/errors.js';
import { temporaryFolder } from '../support/temporary.js';

const readConfigFile = (path: string): readonly FileEntry[] => readYaml(configText(path), path);

describe('reading a config file', () => {
  const files = temporaryFolder();

  it('gives keys, values and lines of YAML', () => {
    const path = files.write('a.yaml', '# ours\nport: 9125\n\nprobe: no\ndb: "a b.db" # here\n');
    expect(readConfigFile(path)).to.deep.equal([
      { key: 'port', value: 9125, line: 2 },
      { key: 'probe', value: 'no', line: 4 },
      { key: 'db', value: 'a b.db', line: 5 },
    ]);
  });

  it('gives keys, values and lines of JSON', () => {
    const path = files.write('a.json', '{\n\t"port": 9125,\n\t"probe": false,\n\t"a\\u00e9": null}');
    expect(readConfigFile(path)).to.deep.equal([
      { key: 'port', value: 9125, line: 2 },
      { key: 'probe', value: false, line: 3 },
      { key: 'aé', value: null, line: 4 },
    ]);
  });

  it('reads JSON whatever the file is called, a byte order mark in front or not', () => {
    const entry = { key: 'port', value: 1, line: 1 };
    expect(readConfigFile(files.write('goodall.conf', '{"port": 1}'))).to.deep.equal([entry]);
    expect(readConfigFile(files.write('mark.json', '\uFEFF{"port": 1}'))).to.deep.equal([entry]);
  });

  it('keeps repeated keys, for the caller to judge', () => {
    const path = files.write('twice.yaml', 'port: 1\nport: 2\n__proto__: 3\n');
    expect(readConfigFile(path).map(({ key }) => key)).to.deep.equal(['port', 'port', '__proto__']);
  });

  it('follows aliases', () => {
    const path = files.write('alias.yaml', 'port: &p 9125\nhttp-port: *p\n');
    expect(readConfigFile(path)[1]).to.deep.equal({ key: 'http-port', value: 9125, line: 2 });
  });

  it('finds no settings in an empty file', () => {
    expect(readConfigFile(files.write('empty.yaml', ''))).to.deep.equal([]);
    expect(readConfigFile(files.write('comment.yaml', '# nothing yet\n'))).to.deep.equal([]);
  });

  const faults: readonly (readonly [name: string, text: string, message: RegExp])[] = [
    ['open-list.yaml', 'port: [1\nprobe: no', /open-list\.yaml, line 2: not valid YAML: ./],
    ['alias.yaml', 'port: *nowhere', /alias\.yaml: not valid YAML: ./],
    ['tag.yaml', 'port: 1\ndb: !secret x', /tag\.yaml, line 2: not valid YAML: .*!secret/],
    ['two.yaml', 'port: 1\n---\nport: 2', /two\.yaml, line 2: a second document starts here/],
    ['list.yaml', '- port: 1', /list\.yaml: holds no settings/],
    ['text.yaml', 'port 8125', /text\.yaml: holds no settings/],
    ['comma.json', '{"port": 1,\n}', /comma\.json, line 2: not valid JSON: ./],
    ['yaml.json', 'port: 8125', /yaml\.json.*: not valid JSON: ./],
    ['half.json', '{"port": 81', /half\.json.*: not valid JSON: ./],
    ['empty.JSON', '', /empty\.JSON: not valid JSON: ./],
    ['list.json', '[1]', /list\.json: holds no settings/],
  ];
  for (const [name, text, message] of faults) {
    it(`refuses ${JSON.stringify(text)} in ${name}`, () => {
      expect(() => readConfigFile(files.write(name, text))).to.throw(ConfigError, message);
    });
  }

  it('says why a file cannot be read', () => {
    const missing = files.file('missing.yaml');
    expect(() => readConfigFile(missing)).to.throw(
      ConfigError,
      `cannot read the config file ${missing}: ENOENT: no such file or directory`,
    );
    expect(() => readConfigFile(files.file('.'))).to.throw(ConfigError, /cannot read .*EISDIR/);
  });
});
