/** What is wrong with one line of the input `thresholds`. It ends the parsing of the line, and `parseRules` collects it. */
export class RuleProblem extends Error {
  override readonly name = 'RuleProblem';
  /** Where in the line, in UTF-16 units from 0. */
  readonly at: number;
  /** What to write instead; a whole sentence. */
  readonly instead: string;

  /** @param why a whole sentence */
  constructor(at: number, why: string, instead: string) {
    super(why);
    this.at = at;
    this.instead = instead;
  }
}
