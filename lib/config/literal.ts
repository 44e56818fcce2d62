import { type Expression, type Property, parse, type SpreadElement, type TemplateLiteral } from 'acorn';
import { ConfigError, messageOf } from '../errors.js';
import type { FileEntry } from './file.js';

/** A value that a literal can have. */
export type LiteralValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly LiteralValue[]
  | { readonly [key: string]: LiteralValue };

export interface LiteralOptions {
  /** Name of the file, for messages. */
  readonly path: string;
  /** What `process.env` gives. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

type Node = Expression | Property | SpreadElement;

/**
 * Reads a configuration file of statsd: the JavaScript literal of an object, with comments, which statsd evaluates. Here
 * nothing is executed: only literals, lists, objects, signs, `+`, templates without expressions, and `process.env.NAME`
 * with `||` or `??` are understood.
 *
 * @throws ConfigError naming line and construct
 */
export function readLiteral(text: string, { path, env }: LiteralOptions): readonly FileEntry[] {
  const node = parseLiteral(text, path);
  if (node.type !== 'ObjectExpression') {
    throw new ConfigError(`${path}: holds no settings; write an object such as { port: 8125 }`);
  }
  const evaluator = new Evaluator(path, env);
  return node.properties.map((property) => {
    const [key, value] = evaluator.property(property);
    return { key, value, line: property.loc?.start.line ?? 1 };
  });
}

function parseLiteral(text: string, path: string): Expression {
  // As statsd does it: the file stands behind an equals sign, so it may begin with a brace and end with a semicolon.
  const source = `config = ${text.replace(/^\uFEFF/, '')}`;
  try {
    const [statement, more] = parse(source, { ecmaVersion: 'latest', locations: true }).body;
    if (statement?.type === 'ExpressionStatement' && statement.expression.type === 'AssignmentExpression') {
      if (more === undefined || more.type === 'EmptyStatement') return statement.expression.right;
      throw new ConfigError(
        `${path}, line ${more.loc?.start.line}: something follows the object; keep the object alone`,
      );
    }
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const { loc } = error as { loc?: { line: number } };
    const reason = messageOf(error).replace(/ \(\d+:\d+\)$/, '');
    throw new ConfigError(`${path}, line ${loc?.line ?? 1}: not valid JavaScript: ${reason}`, {
      cause: error,
    });
  }
  throw new ConfigError(`${path}: holds no settings; write an object such as { port: 8125 }`);
}

class Evaluator {
  constructor(
    private readonly path: string,
    private readonly env: Readonly<Record<string, string | undefined>>,
  ) {}

  evaluate(node: Node): LiteralValue {
    switch (node.type) {
      case 'Literal':
        if (node.regex !== undefined || node.bigint) throw this.refusal(node);
        return node.value as LiteralValue;
      case 'ArrayExpression':
        return node.elements.map((element) => (element === null ? undefined : this.evaluate(element)));
      case 'ObjectExpression':
        return Object.fromEntries(node.properties.map((property) => this.property(property)));
      case 'UnaryExpression':
        return this.unary(node.operator, this.evaluate(node.argument), node);
      case 'BinaryExpression':
        if (node.operator !== '+' || node.left.type === 'PrivateIdentifier') throw this.refusal(node);
        return this.sum(this.evaluate(node.left), this.evaluate(node.right), node);
      case 'LogicalExpression':
        return this.either(node.operator, this.evaluate(node.left), () => this.evaluate(node.right), node);
      case 'TemplateLiteral':
        return this.template(node);
      case 'MemberExpression':
        return this.env[this.variable(node)];
      case 'Identifier':
        if (node.name === 'undefined') return undefined;
        throw this.refusal(node);
      default:
        throw this.refusal(node);
    }
  }

  property(node: Property | SpreadElement): [string, LiteralValue] {
    if (node.type !== 'Property' || node.kind !== 'init' || node.method || node.shorthand)
      throw this.refusal(node);
    const { key } = node;
    const name =
      key.type === 'Identifier' && !node.computed ? key.name : String(this.evaluate(key as Expression));
    return [name, this.evaluate(node.value)];
  }

  private unary(operator: string, value: LiteralValue, node: Node): LiteralValue {
    if (operator === '-' && typeof value === 'number') return -value;
    if (operator === '+' && typeof value !== 'object') return Number(value);
    if (operator === '!') return !value;
    throw this.refusal(node);
  }

  private sum(left: LiteralValue, right: LiteralValue, node: Node): LiteralValue {
    if (typeof left === 'number' && typeof right === 'number') return left + right;
    if (typeof left === 'string' && typeof right !== 'object') return left + String(right);
    if (typeof right === 'string' && typeof left !== 'object') return String(left) + right;
    throw this.refusal(node);
  }

  private either(operator: string, left: LiteralValue, right: () => LiteralValue, node: Node): LiteralValue {
    if (operator === '||') return left || right();
    if (operator === '??') return left ?? right();
    throw this.refusal(node);
  }

  private template({ quasis, expressions }: TemplateLiteral): string {
    const [expression] = expressions;
    if (expression !== undefined) throw this.refusal(expression);
    return quasis[0]?.value.cooked ?? '';
  }

  /** NAME of `process.env.NAME` or `process.env['NAME']`. */
  private variable(node: Expression): string {
    if (node.type === 'MemberExpression' && node.object.type === 'MemberExpression') {
      const { object, property } = node.object;
      const isEnv = object.type === 'Identifier' && object.name === 'process';
      if (isEnv && property.type === 'Identifier' && property.name === 'env') {
        if (node.property.type === 'Identifier' && !node.computed) return node.property.name;
        if (node.property.type === 'Literal') return String(node.property.value);
      }
    }
    throw this.refusal(node);
  }

  private refusal(node: Node): ConfigError {
    const line = node.loc?.start.line ?? 1;
    return new ConfigError(
      `${this.path}, line ${line}: ${words[node.type] ?? node.type} is code, which is not executed; write the value itself`,
    );
  }
}

/** What a construct is called, where its name in the grammar says little. */
const words: Readonly<Record<string, string>> = {
  CallExpression: 'a call',
  NewExpression: 'a call',
  FunctionExpression: 'a function',
  ArrowFunctionExpression: 'a function',
  Identifier: 'a variable',
  MemberExpression: 'a property of something',
  SpreadElement: 'a spread',
  Property: 'a method or a shorthand',
  Literal: 'a regular expression or big integer',
  ConditionalExpression: 'a condition',
  BinaryExpression: 'arithmetic',
  LogicalExpression: 'logic',
  UnaryExpression: 'an operator',
};
