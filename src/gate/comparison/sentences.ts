/** What a person reads about the comparison of one eval. */
import { counted, probabilityText, wholeNumber } from '../../model/format.ts';
import { MIN_SAMPLES } from '../statistics/mean-interval.ts';
import type { IntervalsFinding, Subject } from './finding.ts';
import type { PairedDifference } from './paired-difference.ts';
import { ALPHA, type Reading, type Tested } from './reading.ts';
import {
  boundText,
  changeText,
  metricAtStart,
  type Scale,
  scaleFor,
  toleranceText,
  valueText,
} from './words.ts';

/** Numbers of samples that have no counterpart. */
interface Unpaired {
  readonly onlyNow: number;
  readonly onlyBefore: number;
}

export function tooFewSentence(pairs: number, unpaired: Unpaired): string {
  const are = pairs === 1 ? 'is' : 'are';
  return `${counted(pairs, 'pair')} ${are} too few to tell; at least ${MIN_SAMPLES} are needed.${unpairedText(unpaired)}`;
}

export function pairsSentence(
  subject: Subject,
  paired: PairedDifference,
  unpaired: Unpaired,
  tested: Tested,
  reading: Reading,
): string {
  const { worse, better, isRate, pairs } = paired;
  const rest = unpairedText(unpaired);
  if (worse + better === 0)
    return isRate
      ? `None of the ${wholeNumber(pairs)} samples flipped.${rest}`
      : `The score of none of the ${wholeNumber(pairs)} samples changed.${rest}`;
  if (isRate && reading !== 'real' && Math.max(worse, better) < tested.flipsNeeded)
    return `${fewFlips(paired, tested)}${rest}`;
  const scale = scaleFor(isRate, paired.difference);
  const facts = [`${counted(pairs, 'pair')}`, `${wholeNumber(worse)} worse`, `${wholeNumber(better)} better`];
  const details = `${changeOf(paired, scale)}; ${[...facts, pWords(tested)].join(', ')}`;
  return `${movement(subject, paired, scale)} (${details})${meaning(paired, reading, tested)}.${rest}`;
}

export function intervalsSentence(
  subject: Subject,
  finding: IntervalsFinding,
  tested: Tested,
  reading: Reading,
): string {
  const { isRate, p, unpaired } = finding;
  const scale = scaleFor(isRate, finding.now - finding.before);
  const intervals = `the 95 % intervals of the two runs ${p < ALPHA ? 'do not overlap' : 'overlap'}`;
  const facts = `${movement(subject, finding, scale)}, and ${intervals} (${pWords(tested)})`;
  return `${facts}${meaning(finding, reading, tested)}. Samples could not be paired, because ${unpaired}.`;
}

function fewFlips({ worse, better }: PairedDifference, { flipsNeeded, tests }: Tested): string {
  const one = worse > 0 ? 'it got worse' : 'it got better';
  const flips = worse + better;
  const every = flips === 2 ? 'both' : 'all';
  const all =
    worse === 0 ? `${every} better` : better === 0 ? `${every} worse` : `${worse} worse, ${better} better`;
  const seen = `${counted(flips, 'sample')} flipped (${flips === 1 ? one : all})`;
  const among = tests > 1 ? ` among ${tests} evals` : '';
  return `${seen}; at least ${flipsNeeded} one way are needed to tell${among}.`;
}

/** `Accuracy fell from 84.9 % to 81.2 %` */
function movement(
  { metric, higherIsBetter }: Subject,
  { before, now }: { readonly before: number; readonly now: number },
  scale: Scale,
): string {
  const name = `${metricAtStart(metric)}${higherIsBetter ? '' : ' (lower is better)'}`;
  if (before === now) return `${name} is ${valueText(now, scale)}, as before`;
  const [from, to] = [valueText(before, scale), valueText(now, scale)];
  return `${name} ${now < before ? 'fell' : 'rose'} from ${from} to ${to}`;
}

/** `−3.7 points, 95 % −5.2 to −2.2` */
function changeOf({ difference, interval }: PairedDifference, scale: Scale): string {
  const change = changeText(difference, scale);
  if (!interval) return change;
  return `${change}, 95 % ${boundText(interval.low, scale)} to ${boundText(interval.high, scale)}`;
}

/** Of several evals, the corrected p decides, so it is shown. */
function pWords({ p, adjustedP, tests }: Tested): string {
  return tests > 1
    ? `p ${probabilityText(adjustedP)} corrected for ${tests} evals`
    : `p ${probabilityText(p)}`;
}

function meaning(
  { before, now, isRate }: Pick<PairedDifference, 'before' | 'now' | 'isRate'>,
  reading: Reading,
  { tolerance }: Tested,
): string {
  if (reading === 'real' || before === now) return '';
  if (reading === 'tolerated')
    return `, which is within the tolerance of ${toleranceText(tolerance, isRate)}`;
  return ', which may be noise';
}

function unpairedText({ onlyNow, onlyBefore }: Unpaired): string {
  const only = (count: number, where: string) =>
    `${counted(count, 'sample')} ${count === 1 ? 'has' : 'have'} a score only in ${where}`;
  if (onlyNow > 0 && onlyBefore > 0)
    return ` ${only(onlyNow, 'this run')}, and ${wholeNumber(onlyBefore)} only in the baseline.`;
  if (onlyNow > 0) return ` ${only(onlyNow, 'this run')}.`;
  return onlyBefore > 0 ? ` ${only(onlyBefore, 'the baseline')}.` : '';
}
