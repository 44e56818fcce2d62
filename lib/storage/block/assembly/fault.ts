/** What is wrong with a block; 0 as long as nothing is. Whoever finds a fault goes on to where it is looked at. */
export let fault: i32 = 0;

/** The faults, as `faultTexts` in ../decoder.ts tells them. */
export const faultStart: i32 = 1;
export const faultShort: i32 = 2;
export const faultNumber: i32 = 3;
export const faultSketchEnd: i32 = 4;
export const faultSketchLong: i32 = 5;
export const faultSketchShort: i32 = 6;
export const faultBits: i32 = 7;
export const faultCodes: i32 = 8;
export const faultEnd: i32 = 9;
export const faultMemory: i32 = 10;

export function clearFault(): void {
  fault = 0;
}

/** The first one stays. */
export function fail(what: i32): void {
  if (fault == 0) fault = what;
}
