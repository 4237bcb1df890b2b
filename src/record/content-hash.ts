/**
 * What identifies a sample in other runs. The ids of evals, `name.split.index`, shift when a row is inserted above; what was asked and
 * expected does not.
 */
import { sha256 } from '../model/digest.ts';

/**
 * The hash of a sample: of what was asked and expected, or of its id where the record has neither.
 * @param asked the digest of the prompt; undefined when the record has none
 * @param expected the digest of what was expected
 */
export function contentHash(id: string, asked: string | undefined, expected: string | undefined): string {
  if (asked === undefined && expected === undefined) return sha256(`id\n${id}`);
  return sha256(`content\n${asked ?? ''}\n${expected ?? ''}`);
}

/**
 * Tells samples of the same content apart, such as the repetitions of one question. The first of them has the hash of the content, and
 * the others have hashes of that and their number, in the order of their ids. So the nth of one run is the nth of another.
 */
export class Repetitions {
  readonly #seen = new Map<string, number>();

  distinct(hash: string): string {
    const number = this.#seen.get(hash) ?? 0;
    this.#seen.set(hash, number + 1);
    return number === 0 ? hash : sha256(`${hash}\n${number}`);
  }
}
