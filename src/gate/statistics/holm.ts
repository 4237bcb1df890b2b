/**
 * p-values that remain valid when several tests are made at once: Holm, A Simple Sequentially Rejective Multiple Test Procedure,
 * Scand. J. Stat. 6, 1979. Whoever acts on an adjusted p below 0.05 is misled by chance in at most 5 % of the sets.
 * @returns in the order of `pValues`
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  order.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, p * (order.length - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}
