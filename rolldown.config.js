import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

const dist = fileURLToPath(new URL('dist/', import.meta.url));
const program = `${dist}lib/cli/report-program.js`;
/** What a report loads when its command line has been read. */
const answer = ['cli/report.js', 'storage/sqlite/reader.js'].map((file) => `${dist}lib/${file}`);

/** Modules with all that they import statically. */
function withImports(modules, context) {
  const all = new Set(modules);
  for (const one of all) for (const next of context.getModuleInfo(one).importedIds) all.add(next);
  return all;
}

/*
 * A file for what every command needs, and one for what answers: to find one takes half a millisecond, and by itself the
 * bundler makes one for each way of sharing modules. What one command has of its own stays in files beside them.
 */
let files;
function fileOf(module, context) {
  files ??= [
    ['report-program', withImports([program], context)],
    ['answer', withImports(answer, context)],
  ];
  return files.find(([, modules]) => modules.has(module))?.[0] ?? null;
}

/*
 * V8's code of each file, for the Node that bundles: bin/goodall-report.ts reads it. By itself V8 would only compile what
 * is called; without that flag it would compile so in each process again. The flag must be back when the code is taken:
 * V8 refuses what was made with other flags.
 */
const compiled = {
  name: 'compiled code',
  writeBundle({ dir }, chunks) {
    for (const [name, { code }] of Object.entries(chunks)) {
      const filename = join(dir, name);
      setFlagsFromString('--no-lazy');
      const script = new Script(code, { filename });
      setFlagsFromString('--lazy');
      writeFileSync(`${filename}.${process.versions.v8}-${process.arch}`, script.createCachedData());
    }
  },
};

// biome-ignore lint/style/noDefaultExport: the bundler asks for it
export default {
  input: program,
  platform: 'node',
  external: ['sqlite3', 'koffi'],
  preserveEntrySignatures: 'allow-extension',
  plugins: [compiled],
  checks: { ineffectiveDynamicImport: false },
  output: {
    dir: `${dist}bundle`,
    cleanDir: true,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name].cjs',
    comments: false,
    // Each file is one expression, a function, so that it can be run as a script.
    postBanner: '(function (exports, require, module, __filename) {',
    postFooter: '})',
    // Other characters would make each of its texts in memory twice as large, and longer to read.
    charset: 'ascii',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: fileOf, debugName: 'parts of a report' }],
    },
  },
};
