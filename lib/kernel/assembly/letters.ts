/** The bytes that mean something on the wire. */
export const lineFeed: u32 = 0x0a;
export const carriageReturn: u32 = 0x0d;
export const hashMark: u32 = 0x23;
export const plus: u32 = 0x2b;
export const minus: u32 = 0x2d;
export const dot: u32 = 0x2e;
export const colon: u32 = 0x3a;
export const at: u32 = 0x40;
export const bar: u32 = 0x7c;
