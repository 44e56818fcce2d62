import { isMap, isNode, isScalar, LineCounter, type Pair, parseDocument } from 'yaml';
import { ConfigError, messageOf } from '../errors.js';
import type { FileEntry } from './file-text.js';

/**
 * Reads the text of a YAML or JSON file of settings. A name that ends in `.json` must hold JSON; anything else
 * is read as YAML, of which JSON is a part.
 *
 * @throws ConfigError when the text is not YAML (or JSON), or is not a list of settings
 */
export function readYaml(text: string, path: string): readonly FileEntry[] {
  if (path.toLowerCase().endsWith('.json')) refuseWhatIsNotJson(path, text);
  const lines = new LineCounter();
  // Repeated keys are found by the caller, who knows which spellings mean the same option.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const lineOf = (offset: number): number => lines.linePos(offset).line;
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault?.code === 'MULTIPLE_DOCS') {
    throw new ConfigError(`${path}, line ${lineOf(fault.pos[0])}: a second document starts here; keep one`);
  }
  if (fault !== undefined) {
    throw new ConfigError(`${path}, line ${lineOf(fault.pos[0])}: not valid YAML: ${fault.message}`);
  }
  if (document.contents === null) return [];
  if (!isMap(document.contents)) {
    throw new ConfigError(`${path}: holds no settings; write one "key: value" a line, such as "port: 8125"`);
  }
  const plain = (node: unknown): unknown => (isNode(node) ? node.toJS(document) : node);
  try {
    return document.contents.items.map((pair) => entryOf(pair, plain, lineOf));
  } catch (error) {
    throw new ConfigError(`${path}: not valid YAML: ${messageOf(error)}`, { cause: error });
  }
}

function refuseWhatIsNotJson(path: string, text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const offset = /at position (\d+)/.exec(messageOf(error))?.[1];
    const line = offset === undefined ? '' : `, line ${text.slice(0, Number(offset)).split('\n').length}`;
    throw new ConfigError(`${path}${line}: not valid JSON: ${messageOf(error)}`, { cause: error });
  }
}

function entryOf(
  { key, value }: Pair,
  plain: (node: unknown) => unknown,
  lineOf: (offset: number) => number,
): FileEntry {
  return {
    key: isScalar(key) ? String(key.value) : '(not text)',
    value: plain(value),
    line: lineOf(isNode(key) ? (key.range?.[0] ?? 0) : 0),
  };
}
