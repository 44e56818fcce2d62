/**
 * The numbers of a block's encoding (lib/docs/storage-format.md): one description for the encoder (TypeScript) and the
 * decoder (assembly/, AssemblyScript), which compile this same file, so it holds nothing but numbers.
 */

/** At the end of the numbers: a coder that has lost its way does not find it. */
export const endMark = 0x6b1d;

// Integers.
/** Most have fewer bits than this; how many more others have is a number of its own. */
export const shortLength = 4;
export const escapeLength = 15;
export const longLength = 6;
export const lengthContexts = 12;
/** The bits after the first are nearly even: it costs more to learn that than to take it for granted at first. */
export const evenHeads = 10;
/** In the place of a context: what the integers before tell. */
export const noContext = -1;
/** How many kinds of them a column may have, which are learnt apart. */
export const sides = 3;

// What the numbers of a column are: fractions of a power of ten up to this, of another number, or no fractions.
export const mostDecimals = 9;
export const otherDenominator = mostDecimals + 1;
export const noFractions = mostDecimals + 2;
/** Of the n of a fraction, so that differences stay exact. */
export const mostInteger = 1125899906842624; // 2 ** 50

// What is expected of an integer.
export const expectLeast = 0;
export const expectLast = 1;
export const expectGuess = 2;
export const expectBase = 3;

// Sketches: bytes that the range coder takes (kind, parts, number of bins, first key), and codes for halves of the others.
export const headBytes = 5;
export const symbols = 16;
export const longestCode = 9;

// Where a half is in a sketch, as the first of the codes for it there: sketch-walk.ts.
/** Weights of the bin before that are told apart: one unit, a few, more, and more than half a byte holds. */
export const weightClasses = 4;
export const binHigh = 0;
export const binLow = binHigh + 2 * weightClasses;
export const gapHalves = binLow + 2 * weightClasses;
export const weightHigh = gapHalves + 2;
export const weightLow = weightHigh + 16;
export const moreHalves = weightLow + 2;
export const doubleHalves = moreHalves + 2;
export const walkCodes = doubleHalves + 2;
/** Halves of a bin's byte that say that a gap, a weight or a double follows. */
export const longHalf = 15;
export const varintHalf = 14;
export const doubleBytes = 8;
