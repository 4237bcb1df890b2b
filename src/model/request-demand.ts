/** The kinds of answers that classes of evals ask for. How long they are: src/estimate/answer-tokens.ts. */
export const ANSWER_KINDS = ['short', 'text', 'json', 'choice', 'reasoned'] as const;

export type AnswerKind = (typeof ANSWER_KINDS)[number];

/** The requests of one kind that an eval sends for all its samples, as far as the samples show it before it runs. */
export interface RequestDemand {
  /** Who gets them: the model that is evaluated, or the judge. */
  readonly by: 'model' | 'judge';
  readonly requests: number;
  /** Of all prompts together. */
  readonly characters: number;
  /** In UTF-8. Texts that are not English have more bytes than characters, and more tokens. */
  readonly bytes: number;
  readonly messages: number;
  /** How many answers of the model are in the prompts as well. */
  readonly answers: number;
  readonly answer: AnswerKind;
  /** How many answers each response has. */
  readonly choices: number;
  /** The limit of tokens of an answer; null when the class sends none. */
  readonly maxTokens: number | null;
}
