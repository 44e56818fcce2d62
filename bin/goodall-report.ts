#!/usr/bin/env node
import type * as ReportProgram from '../lib/cli/report-program.js';

import fs = require('node:fs');
import path = require('node:path');
import vm = require('node:vm');

const dist = path.dirname(__dirname);
const bundle = path.join(dist, 'bundle');

/** A file of the bundle, which is one expression: rolldown.config.js says so. */
type Body = (exports: object, require: (name: string) => unknown, module: object, file: string) => void;

const loaded = new Map<string, { readonly exports: object }>();

/**
 * What `require` gives to the bundle. Its files are scripts with the code that V8 made of them when they were bundled, all
 * functions included: to read that takes a third of the time of making it. V8 refuses what another version of it has made,
 * or one with other flags, and compiles; the name saves reading that in vain.
 */
function load(name: string): unknown {
  if (!name.startsWith('./')) return require(name);
  const known = loaded.get(name);
  if (known !== undefined) return known.exports;
  const filename = path.join(bundle, name);
  const made = `${filename}.${process.versions.v8}-${process.arch}`;
  const cachedData = fs.existsSync(made) ? fs.readFileSync(made) : undefined;
  const script = new vm.Script(fs.readFileSync(filename, 'latin1'), { filename, cachedData });
  const module = { exports: {} };
  loaded.set(name, module);
  (script.runInThisContext() as Body)(module.exports, load, module, filename);
  return module.exports;
}

/** When a file was made; the beginning of time for one that is not there. */
function madeMs(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/*
 * A bundle in CommonJS loads in a quarter of the time that its 130 modules take, which is half of what a small report
 * takes. The compiler's notes are not part of an installed package: they are newer than the bundle where somebody has
 * compiled without bundling, who wants to see what was compiled.
 */
const isCurrent = madeMs(path.join(bundle, 'report-program.cjs')) > madeMs(path.join(dist, '.tsbuildinfo'));
const loading: Promise<typeof ReportProgram> = isCurrent
  ? Promise.resolve(load('./report-program.cjs') as typeof ReportProgram)
  : import('../lib/cli/report-program.js');
void loading.then(({ reportProgram }) => reportProgram());
