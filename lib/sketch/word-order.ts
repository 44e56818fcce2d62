const words = new Uint32Array(new Float64Array([1]).buffer);

/**
 * Where the 32 bits with sign and exponent are among the two words of a double, and the high half of any 64
 * bits.
 */
export const highWord: 0 | 1 = words[1] === 0 ? 0 : 1;

export const lowWord: 0 | 1 = highWord === 0 ? 1 : 0;
