/**
 * How a number of a row is foretold from those before it in the row and from the row before: one description for the
 * encoder (TypeScript) and the decoder (assembly/, AssemblyScript), which compile this same file, so it holds nothing but
 * numbers.
 */

/** Says nothing. */
export const ruleNone = 0;
/** The row's first number. */
export const ruleFirst = 1;
/**
 * The lesser, or the greater, of the row's first number and that of the row before; of the row's own where the row before
 * has none. On its way from the last value of the row before, a gauge went about as far as one of the two at least.
 */
export const ruleTurnLow = 2;
export const ruleTurnHigh = 3;
/** The sum as if the values lay evenly: half of the fourth and fifth number, times the third. */
export const ruleMiddle = 4;
/** How far `ruleTurnHigh` is above the fourth number. */
export const ruleTurnRange = 5;
/** How far the fifth number is above the fourth, times the third. */
export const ruleRange = 6;
/** How far the first number is above the fourth. */
export const ruleFirstRange = 7;
/** Whether the first number is above (1) or below (2) that of the row before. */
export const ruleTurn = 8;
