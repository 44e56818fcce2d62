import {
  type AnyNode,
  type Expression,
  type ObjectExpression,
  type Program,
  parse,
  type SpreadElement,
} from 'acorn';
import { ConfigError, messageOf } from '../errors.js';
import type { FileEntry } from './file-text.js';
import { operationOf } from './literal-operators.js';

export interface LiteralOptions {
  /** Name of the file, for messages. */
  readonly path: string;
  /** What `process.env` gives. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a JavaScript configuration without executing it: an object literal, as statsd takes one, or what is
 * assigned to `module.exports`. Values may be literals, lists, objects, arithmetic, text with `+` and
 * templates, conditions, `process.env.X`, and conversions such as `Number(...)`. Of a key given twice the last
 * one counts, as in JavaScript.
 *
 * @throws ConfigError naming file, line and construct
 */
export function readLiteral(text: string, { path, env }: LiteralOptions): readonly FileEntry[] {
  const fault = (node: AnyNode, what: string): ConfigError =>
    new ConfigError(
      `${path}, line ${node.loc?.start.line}: ${what} cannot be read without running the file; ` +
        'write a plain value, or start with --allow-js-config, which runs it',
    );
  const program = parseConfig(text, path);
  try {
    const literal = new Literal(env, fault);
    const entries = new Map<string, FileEntry>();
    for (const property of configObject(program, fault).properties) {
      const line = property.loc?.start.line ?? 1;
      for (const [key, value] of literal.property(property)) entries.set(key, { key, value, line });
    }
    return [...entries.values()];
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${path}: cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** @throws ConfigError when the text is no JavaScript that can be assigned to something */
function parseConfig(text: string, path: string): Program {
  try {
    // As statsd reads it: a brace at the start opens an object, not a block.
    return parse(`config = ${text}\n`, { ecmaVersion: 'latest', sourceType: 'script', locations: true });
  } catch (error) {
    const line = (error as { loc?: { line: number } }).loc?.line ?? 1;
    const reason = messageOf(error).replace(/ \(\d+:\d+\)$/, '');
    throw new ConfigError(`${path}, line ${line}: not a JavaScript object: ${reason}`, { cause: error });
  }
}

/**
 * In which line each key stands, as far as the text shows it without being run.
 *
 * @throws ConfigError when the text is no JavaScript that can be assigned to something
 */
export function literalLines(text: string, path: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  const last = parseConfig(text, path).body.at(-1);
  let value: AnyNode | undefined = last?.type === 'ExpressionStatement' ? last.expression : undefined;
  while (value?.type === 'AssignmentExpression') value = value.right;
  for (const property of value?.type === 'ObjectExpression' ? value.properties : []) {
    if (property.type !== 'Property' || property.computed) continue;
    const { key } = property;
    lines.set(key.type === 'Literal' ? String(key.value) : describe(key), key.loc?.start.line ?? 1);
  }
  return lines;
}

type Fault = (node: AnyNode, what: string) => ConfigError;

/** The object that evaluating the program would give. */
function configObject(program: Program, fault: Fault): ObjectExpression {
  const statements = program.body.filter(({ type }) => type !== 'EmptyStatement');
  // A leading `'use strict';` is harmless: the last statement is what counts.
  const [first] = statements;
  const isDirective = first?.type === 'ExpressionStatement' && isAssignedText(first.expression);
  const [only, more] = isDirective && statements.length > 1 ? statements.slice(1) : statements;
  if (only?.type !== 'ExpressionStatement') throw fault(only ?? program, `a statement (${only?.type})`);
  if (more !== undefined) throw fault(more, 'a second statement');
  let value = only.expression;
  while (value.type === 'AssignmentExpression' && value.operator === '=' && isConfigTarget(value.left)) {
    value = value.right;
  }
  if (value.type === 'ObjectExpression') return value;
  throw fault(value, `${describe(value)} instead of an object`);
}

/** `config = 'use strict'` */
function isAssignedText(node: Expression): boolean {
  return node.type === 'AssignmentExpression' && node.right.type === 'Literal';
}

/** `config`, `exports`, `module.exports`, `exports.config`. */
function isConfigTarget(node: AnyNode): boolean {
  if (node.type === 'Identifier') return node.name === 'config' || node.name === 'exports';
  return node.type === 'MemberExpression' && /^(module\.exports|exports\.config)$/.test(describe(node));
}

/** Works out expressions that need nothing but themselves and the environment. */
class Literal {
  private readonly env: LiteralOptions['env'];
  private readonly fault: Fault;

  constructor(env: LiteralOptions['env'], fault: Fault) {
    this.env = env;
    this.fault = fault;
  }

  /** What one part of an object literal adds to it. */
  property(node: ObjectExpression['properties'][number]): (readonly [string, unknown])[] {
    if (node.type === 'SpreadElement') return Object.entries(this.value(node.argument) ?? {});
    if (node.kind !== 'init' || node.method) throw this.fault(node, 'a function');
    const { key } = node;
    const name = !node.computed && key.type === 'Identifier' ? key.name : String(this.value(key));
    return [[name, this.value(node.value)]];
  }

  private value(node: Expression | AnyNode): unknown {
    switch (node.type) {
      case 'Literal':
        if ('regex' in node || 'bigint' in node) throw this.fault(node, describe(node));
        return node.value;
      case 'ArrayExpression':
        return node.elements.flatMap((element) => this.element(element));
      case 'ObjectExpression':
        // Not by assignment: `__proto__` is a key like any other.
        return Object.fromEntries(node.properties.flatMap((property) => this.property(property)));
      case 'TemplateLiteral':
        return node.quasis
          .map(({ value }, i) => `${value.cooked}${this.inserted(node.expressions[i])}`)
          .join('');
      case 'UnaryExpression':
        return this.applied(node, `unary ${node.operator}`, [node.argument]);
      case 'BinaryExpression':
        return this.applied(node, node.operator, [node.left, node.right]);
      case 'LogicalExpression':
        return this.logical(node.operator, node.left, node.right);
      case 'ConditionalExpression':
        return this.value(node.test) ? this.value(node.consequent) : this.value(node.alternate);
      case 'CallExpression':
        return this.applied(node, `${describe(node.callee)}()`, node.arguments);
      case 'ChainExpression':
        return this.value(node.expression);
      default:
        return this.named(node);
    }
  }

  private element(node: Expression | SpreadElement | null): readonly unknown[] {
    if (node?.type !== 'SpreadElement') return [node === null ? undefined : this.value(node)];
    const spread = this.value(node.argument);
    if (!Array.isArray(spread)) throw this.fault(node, `... of ${describe(node.argument)}`);
    return spread;
  }

  private inserted(node: Expression | undefined): string {
    return node === undefined ? '' : String(this.value(node));
  }

  private applied(node: AnyNode, operator: string, operands: readonly AnyNode[]): unknown {
    const operation = operationOf(operator);
    if (operation === undefined) {
      throw this.fault(node, node.type === 'CallExpression' ? operator : `the operator ${operator}`);
    }
    return operation(...operands.map((operand) => this.value(operand)));
  }

  private logical(operator: string, left: Expression, right: Expression): unknown {
    const value = this.value(left);
    if (operator === '??') return value ?? this.value(right);
    return Boolean(value) === (operator === '||') ? value : this.value(right);
  }

  private named(node: AnyNode): unknown {
    const name = describe(node);
    if (node.type === 'Identifier') {
      if (name === 'undefined') return undefined;
      if (name === 'Infinity') return Number.POSITIVE_INFINITY;
      if (name === 'NaN') return Number.NaN;
    }
    if (node.type === 'MemberExpression' && describe(node.object) === 'process.env') {
      const variable =
        node.computed || node.property.type !== 'Identifier'
          ? String(this.value(node.property))
          : node.property.name;
      return Object.hasOwn(this.env, variable) ? this.env[variable] : undefined;
    }
    throw this.fault(node, name);
  }
}

/** A construct as a person would name it. */
function describe(node: AnyNode): string {
  switch (node.type) {
    case 'Identifier':
      return node.name;
    case 'MemberExpression':
      return `${describe(node.object)}.${node.computed ? '[...]' : describe(node.property)}`;
    case 'CallExpression':
      return `${describe(node.callee)}()`;
    case 'Literal':
      if ('regex' in node) return 'a regular expression';
      return 'bigint' in node ? 'a BigInt' : `the value ${node.raw}`;
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return 'a function';
    default:
      return `what it says (${node.type})`;
  }
}
