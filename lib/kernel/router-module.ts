import { readFileSync } from 'node:fs';

/** What assembly/router.ts exports, which also says what each does. */
export interface RouterExports {
  init(groupCount: number, payload: number): void;
  forget(): void;
  route(start: number, length: number): void;
  flush(): void;
  takeWithoutNode(): number;
}

/** What the router asks of its host. */
export interface RouterHost {
  nodeOf(start: number, length: number): number;
  send(count: number): void;
}

/** Starts the router in a memory of its own. */
export function startRouter(memory: WebAssembly.Memory, host: RouterHost): RouterExports {
  const module = new WebAssembly.Module(readFileSync(new URL('router.wasm', import.meta.url)));
  const router = {
    nodeOf: (start: number, length: number) => host.nodeOf(start >>> 0, length),
    send: (count: number) => host.send(count),
  };
  const exports: unknown = new WebAssembly.Instance(module, { env: { memory }, router }).exports;
  return exports as RouterExports;
}
