import { RuleProblem } from './rule-problem.ts';
import type { Token } from './tokens.ts';

/** The tokens of one rule, which are read from left to right. */
export class TokenReader {
  readonly line: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[], line: string) {
    this.#tokens = tokens;
    this.line = line;
  }

  /** Undefined after the last token. */
  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#next + ahead];
  }

  take(): Token | undefined {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  /** Takes the next token if it is this word, without quotes. */
  takeWord(word: string): boolean {
    const token = this.peek();
    const isWord = token?.kind === 'word' && token.text === word;
    if (isWord) this.#next += 1;
    return isWord;
  }

  /** A problem at the next token, or at the end of the line. */
  problem(why: string, instead: string): RuleProblem {
    return new RuleProblem(this.peek()?.start ?? this.line.length, why, instead);
  }
}
