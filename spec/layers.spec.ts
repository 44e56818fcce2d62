import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { importsOf, root, sourceFiles } from './support/source-files.js';

/** Folders (and single files) of lib by layer, lowest first. A file imports its own folder or a lower layer. */
const layers: readonly (readonly string[])[] = [
  ['metric', 'errors', 'clock', 'log', 'edit-distance', 'files', 'lean-heap', 'package-root'],
  ['protocol', 'sketch', 'transport'],
  ['series'],
  ['aggregate'],
  ['kernel'],
  ['ingest', 'flush', 'config'],
  ['storage'],
  ['backends', 'query'],
  ['report', 'probe', 'admin', 'http'],
  ['server', 'proxy'],
  ['cli', 'index'],
];

/** The one file that may import each runtime dependency, so that replacing one is one file's work. */
const doorways: Readonly<Record<string, string>> = {
  koffi: 'lib/transport/libc.ts',
  'dgram-as-promised': 'lib/transport/dgram.ts',
  sqlite3: 'lib/storage/sqlite/owner.ts',
  systeminformation: 'lib/probe/host.ts',
  'hot-shots': 'lib/probe/client.ts',
  acorn: 'lib/config/literal.ts',
  yaml: 'lib/config/file.ts',
  yargs: 'lib/cli/yargs.ts',
  'yargs-parser': 'lib/cli/report-program.ts',
  uplot: 'lib/report/html/browser/charts.ts',
};

const roomOf = (file: string): string => file.split('/')[1]?.replace(/\.ts$/, '') ?? '';
const layerOf = (room: string): number => layers.findIndex((rooms) => rooms.includes(room));

describe('the layers of lib', () => {
  const files = sourceFiles('lib').filter((file) => !file.includes('/assembly/'));

  it('have a place for every file', () => {
    expect(files.filter((file) => layerOf(roomOf(file)) < 0)).to.deep.equal([]);
  });

  it('import downward only, never a sibling folder of their own layer', () => {
    const wrong = files.flatMap((file) => {
      const room = roomOf(file);
      return importsOf(file)
        .filter((target) => target.startsWith('lib/'))
        .filter((target) => {
          const other = roomOf(target);
          if (other === room) return false;
          const shared = layerOf(room) === 0 && layerOf(other) === 0;
          return !shared && layerOf(other) >= layerOf(room);
        })
        .map((target) => `${file} imports ${target}`);
    });
    expect(wrong).to.deep.equal([]);
  });

  it('reach each dependency through its one doorway', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((name) => !name.startsWith('lib/') && !name.startsWith('node:'))
        .filter((name) => doorways[name] !== file)
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).to.deep.equal([]);
  });

  it('do no input or output in parsing, sketches, series and aggregation', () => {
    const pure = ['protocol', 'sketch', 'series', 'aggregate'];
    const wrong = files
      .filter((file) => pure.includes(roomOf(file)))
      .filter((file) => importsOf(file).some((name) => name.startsWith('node:')));
    expect(wrong).to.deep.equal([]);
  });
});

describe('the files of lib and bin', () => {
  it('stay within 250 lines', () => {
    const long = [...sourceFiles('lib'), ...sourceFiles('bin')]
      .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
      .filter(({ lines }) => lines > 250);
    expect(long).to.deep.equal([]);
  });
});
