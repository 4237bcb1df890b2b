/** Rules over the set of `reported-set.ts`, whose accuracy and score are 2/3, each with what comes of it. */

export interface RuleRow {
  /** What the rule is. */
  readonly title: string;
  readonly thresholds: string;
  /** `better`: in it, the samples that are wrong now were right. `same`: it has the same results. */
  readonly baseline?: 'better' | 'same';
  readonly verdict: 'passed' | 'failed';
  /** Of each rule, in the order of the input. */
  readonly statuses: readonly ('met' | 'missed' | 'not-judged')[];
  /** The end of the sentence that says the verdict. */
  readonly sentence: string;
  /** What the closing error says; empty for a step that passes. */
  readonly error: string;
}

export const ruleRows: readonly RuleRow[] = [
  {
    title: 'a rule that is missed, one that is met and one that cannot be judged',
    thresholds: 'quiz: accuracy >= 0.9\ntone: score >= 60%\njoke-*: score >= 0.5',
    verdict: 'failed',
    statuses: ['missed', 'met', 'not-judged'],
    sentence: '1 of 3 rules is missed, 1 is not judged, 1 is met.',
    error: '1 of 3 required rules is missed, and 1 cannot be judged:',
  },
  {
    title: 'a drop below the baseline in an eval of 24 samples',
    thresholds: 'accuracy drop <= 2pp',
    baseline: 'better',
    verdict: 'failed',
    statuses: ['missed'],
    sentence: 'the rule is missed; 1 eval is worse than in the baseline.',
    error:
      'The required rule is missed:\n- accuracy drop <= 2pp: accuracy shows a drop beyond 2 points in 1 of 2 evals: quiz (−33.33 points).',
  },
  {
    title: 'rules that are met',
    thresholds: 'accuracy >= 0.6\ncoverage >= 95%\ntotal-tokens <= 2M',
    verdict: 'passed',
    statuses: ['met', 'met', 'met'],
    sentence: '3 of 3 rules are met.',
    error: '',
  },
  {
    title: 'an advisory rule that is missed',
    thresholds: 'advisory: quiz: accuracy >= 0.9',
    verdict: 'passed',
    statuses: ['missed'],
    sentence: 'the advisory rule is missed (quiz: accuracy >= 0.9).',
    error: '',
  },
  {
    title: 'a rule about an eval that is not in the set',
    thresholds: 'joke-*: score >= 0.5',
    verdict: 'failed',
    statuses: ['not-judged'],
    sentence: 'the rule is not judged.',
    error: 'The required rule cannot be judged:',
  },
  {
    title: 'no drop below a baseline with the same results',
    thresholds: 'quiz: accuracy drop <= 0pp\ntone: score drop <= 0pp',
    baseline: 'same',
    verdict: 'passed',
    statuses: ['met', 'met'],
    sentence: '2 of 2 rules are met.',
    error: '',
  },
  {
    title: 'no rule, and a baseline that was better',
    thresholds: '',
    baseline: 'better',
    verdict: 'passed',
    statuses: [],
    sentence: '1 eval is worse than in the baseline.',
    error: '',
  },
  {
    title: 'a drop rule about an eval with too few samples to tell',
    thresholds: 'duel: accuracy drop <= 1pp',
    baseline: 'same',
    verdict: 'failed',
    statuses: ['not-judged'],
    sentence: 'the rule is not judged.',
    error:
      'The required rule cannot be judged:\n- duel: accuracy drop <= 1pp: duel: 2 pairs are too few to tell; at least 10 are needed.',
  },
];
