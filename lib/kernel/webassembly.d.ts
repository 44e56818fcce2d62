/**
 * The part of WebAssembly's JavaScript interface that the kernel uses: TypeScript has it only with the
 * browser's.
 */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { initial: number; maximum: number; shared: true });
    /** Grows with the memory: each growth makes a new one, the one before stays valid for what it covers. */
    readonly buffer: SharedArrayBuffer;
  }

  class Module {
    constructor(bytes: Uint8Array);
  }

  class Instance {
    constructor(module: Module, imports: { readonly env: { readonly memory: Memory } });
    readonly exports: unknown;
  }
}
