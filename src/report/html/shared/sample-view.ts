/** What the page shows of a sample. The page carries it as JSON; every text in it is bounded and printable. */
import type { SampleOutcome } from '../../../model/sample.ts';

export interface SampleView {
  readonly id: string;
  /** The first digits. */
  readonly hash: string;
  readonly outcome: SampleOutcome | null;
  readonly scores: Readonly<Record<string, number>>;
  readonly choice: string | null;
  readonly tokens: number | null;
  readonly replayed: boolean | null;
  readonly prompt: string | null;
  readonly answer: string | null;
  readonly expected: string | null;
  readonly picked: string | null;
  readonly judge: string | null;
  readonly error: string | null;
  /** How it was in the baseline; null unless its score differs. */
  readonly flip: FlipView | null;
}

export interface FlipView {
  readonly isWorse: boolean;
  /** The score that is compared. */
  readonly before: number;
  readonly now: number;
  readonly outcome: SampleOutcome | null;
  readonly choice: string | null;
  readonly answer: string | null;
  readonly picked: string | null;
  readonly judge: string | null;
}

const NO_FLIP_TEXTS = { outcome: null, choice: null, answer: null, picked: null, judge: null } as const;

const NOTHING = {
  ...{ outcome: null, scores: {}, choice: null, tokens: null, replayed: null, prompt: null, answer: null },
  ...{ expected: null, picked: null, judge: null, error: null, flip: null },
} as const;

/** Nulls are most of a view without texts, so they are left out. */
export function viewToJson(view: SampleView): string {
  return JSON.stringify(view, (_, value: unknown) => (value === null ? undefined : value));
}

/** @param parsed what `viewToJson` wrote */
export function viewFromJson(parsed: Partial<SampleView> & Pick<SampleView, 'id' | 'hash'>): SampleView {
  const { flip } = parsed;
  return { ...NOTHING, ...parsed, flip: flip ? { ...NO_FLIP_TEXTS, ...flip } : null };
}
