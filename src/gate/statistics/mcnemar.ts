/**
 * The exact two-sided p-value of McNemar's test on pairs with two outcomes: McNemar, Note on the Sampling Error of the Difference
 * between Correlated Proportions or Percentages, Psychometrika 12, 1947. Pairs that agree say nothing. By chance, each of the
 * others goes either way with probability ½, so p is twice the binomial tail, at most 1.
 * @param worse pairs that changed one way
 * @param better pairs that changed the other way
 */
export function mcnemar(worse: number, better: number): number {
  const discordant = worse + better;
  const fewer = Math.min(worse, better);
  if (worse === better) return 1;
  // Weights are relative to the largest probability, so that none underflows before it is negligible.
  const mode = Math.floor(discordant / 2);
  let [total, tail] = [0, 0];
  let weight = 1;
  for (let count = mode; count >= 0 && weight > 0; count -= 1) {
    // Above the mode lie the same weights again, but of an even number the mode itself has no counterpart.
    total += 2 * count === discordant ? weight : 2 * weight;
    if (count <= fewer) tail += weight;
    weight *= count / (discordant - count + 1);
  }
  return Math.min(1, (2 * tail) / total);
}
