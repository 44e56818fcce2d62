import * as fs from 'node:fs';
import { promisify } from 'node:util';

/*
 * The calls of node:fs/promises that a report makes before its first row: loading that module would take it as long as
 * opening its database.
 */
export const access = promisify(fs.access);
export const readlink: (path: string) => Promise<string> = promisify(fs.readlink);
export const realpath: (path: string) => Promise<string> = promisify(fs.realpath.native);
export const stat: (path: string) => Promise<fs.Stats> = promisify(fs.stat);
