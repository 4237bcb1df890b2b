import { MAX_FLIPS, type SampleFlip } from '../../model/verdict.ts';
import { byId, type Pair } from './pairs.ts';

/** The pairs that got worse, then those that got better, the greatest changes first. */
export function flipsOf(pairs: readonly Pair[], higherIsBetter: boolean): SampleFlip[] {
  const gain = ({ scoreNow, scoreBefore }: Pair) =>
    higherIsBetter ? scoreNow - scoreBefore : scoreBefore - scoreNow;
  const bySize = (a: Pair, b: Pair) => Math.abs(gain(b)) - Math.abs(gain(a)) || byId(a.now, b.now);
  const worse = pairs.filter((pair) => gain(pair) < 0).sort(bySize);
  const better = pairs.filter((pair) => gain(pair) > 0).sort(bySize);
  return [...worse, ...better].slice(0, MAX_FLIPS).map(flipOf);
}

function flipOf({ now, before, scoreNow, scoreBefore }: Pair): SampleFlip {
  return {
    id: now.id,
    hash: now.hash,
    before: scoreBefore,
    now: scoreNow,
    outcomeBefore: before.outcome,
    outcomeNow: now.outcome,
  };
}
