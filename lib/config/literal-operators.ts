/** Operands are whatever the file says; the types only make the compiler leave JavaScript's own rules alone. */
type Operation = (a: number, b: number) => unknown;

const operations: Readonly<Record<string, Operation>> = {
  'unary -': (a) => -a,
  'unary +': (a) => +a,
  'unary ~': (a) => ~a,
  'unary !': (a) => !a,
  'unary void': () => undefined,
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '>>>': (a, b) => a >>> b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '===': (a, b) => a === b,
  '!==': (a, b) => a !== b,
  // biome-ignore lint/suspicious/noDoubleEquals: the file says so
  '==': (a, b) => a == b,
  // biome-ignore lint/suspicious/noDoubleEquals: the file says so
  '!=': (a, b) => a != b,
  // Conversions, which people put around `process.env.X`.
  'Number()': (a) => Number(a),
  'String()': (a) => String(a),
  'Boolean()': (a) => Boolean(a),
  'parseInt()': (a, radix) => Number.parseInt(a as unknown as string, radix),
  'parseFloat()': (a) => Number.parseFloat(a as unknown as string),
};

/**
 * JavaScript's operators (`+`, `unary -`) and conversions (`Number()`) that need nothing but their operands;
 * undefined for any other.
 */
export function operationOf(name: string): ((...operands: unknown[]) => unknown) | undefined {
  return Object.hasOwn(operations, name)
    ? (operations[name] as (...operands: unknown[]) => unknown)
    : undefined;
}
