/** The eval set test-basic of evals, in its order. All but the last two evals differ in what they send. */
export const TEST_BASIC = [
  'test-match.s1.simple-v0',
  'test-fuzzy-match.s1.simple-v0',
  'test-includes.s1.simple-v0',
  'test-includes-ignore-case.s1.simple-v0',
];

/** Of each eval. */
export const REQUESTS_PER_EVAL = 3;
