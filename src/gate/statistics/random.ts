/** Pseudo-random numbers that are the same in every run, so that the same samples always get the same verdict. */

/** xoshiro128** of Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, ACM Trans. Math. Softw. 47(4), 2021. */
export class Random {
  readonly #state = new Uint32Array(4);

  constructor(seed: number) {
    // SplitMix32: any seed, zero included, fills the state with different words.
    for (let index = 0; index < 4; index += 1) {
      let word = Math.imul(seed + index + 1, 0x9e3779b9);
      word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      this.#state[index] = word ^ (word >>> 15);
    }
  }

  /** A whole number from 0 to 2³² − 1. */
  bits(): number {
    const state = this.#state;
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const third = c ^ a;
    const fourth = d ^ b;
    state[0] = a ^ fourth;
    state[1] = b ^ third;
    state[2] = third ^ (b << 9);
    state[3] = rotate(fourth, 11);
    return scrambled;
  }

  /** At least 0, less than 1. */
  uniform(): number {
    return this.bits() / 0x1_0000_0000;
  }

  /** A whole number from 0, below `bound`. */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Standard normal, by the method of Box and Muller, 1958. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
