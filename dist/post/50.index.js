export const id = 50;
export const ids = [50];
export const modules = {

/***/ 2078:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Y2: () => (/* binding */ MAX_WRITTEN_CHARACTERS),
/* harmony export */   xs: () => (/* binding */ MAX_SAMPLES),
/* harmony export */   yO: () => (/* binding */ formatSample)
/* harmony export */ });
/* harmony import */ var _model_own_value_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9553);
/* harmony import */ var _model_sample_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5307);
/** Writes one line of `samples.jsonl`: one sample of one eval. It needs no schema, which takes time to make. */


/** Of one file. Results of 1,000 evals with 100 samples each have a fifth. */
const MAX_SAMPLES = 500_000;
/** A longer line is written without its texts. */
const MAX_WRITTEN_CHARACTERS = 1_000_000;
/**
 * @param metric the main metric of the eval; undefined when it has none
 * @param texts those that are null are left out
 */
function formatSample(key, metric, sample, texts) {
    const { id, hash, outcome, scores, choice, tokens, replayed } = sample;
    const score = metric === undefined ? null : ((0,_model_own_value_js__WEBPACK_IMPORTED_MODULE_1__/* .ownValue */ .e)(scores, metric) ?? null);
    const fields = { eval: key, id, hash, outcome, score, scores, choice, tokens, replayed };
    const whole = JSON.stringify({ ...fields, ...present(texts) });
    return whole.length <= MAX_WRITTEN_CHARACTERS ? whole : JSON.stringify(fields);
}
function present(texts) {
    return texts === _model_sample_js__WEBPACK_IMPORTED_MODULE_0__/* .NO_TEXTS */ .rl
        ? {}
        : Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== null));
}


/***/ }),

/***/ 6993:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   E: () => (/* binding */ withoutMark)
/* harmony export */ });
/* unused harmony export needsBaseline */
/** Rules about results: the lines of the input `thresholds`. Plain values. */
/** The rule without its mark, where another word says that it is advisory. */
function withoutMark(rule) {
    return rule.replace(/^\s*advisory\s*:\s*/, '');
}
/** The rules that cannot be judged without a baseline, and that fail the step when they are not judged. */
function needsBaseline(rules) {
    return rules.filter((rule) => rule.kind === 'drop').filter(({ advisory }) => !advisory);
}


/***/ }),

/***/ 8050:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  finishInterrupted: () => (/* binding */ finishInterrupted)
});

;// CONCATENATED MODULE: ./lib/action/hide-keys.js
/** Hides API keys and other secrets of the environment in all output, and in all that is redacted. */
function hideKeys({ secrets }, log) {
    for (const { value, isTrimmed } of secrets)
        log.hide(value, { isMasked: !isTrimmed });
}

// EXTERNAL MODULE: ./node_modules/@actions/core/lib/core.js + 20 modules
var core = __webpack_require__(3218);
// EXTERNAL MODULE: ./lib/errors.js
var lib_errors = __webpack_require__(452);
;// CONCATENATED MODULE: ./lib/gate/statistics/flips-needed.js
/**
 * The fewest samples that have to flip, all one way, for McNemar's exact two-sided p to be below `alpha`: six for 0.05, because
 * five have p = 2 / 2⁵ = 0.0625.
 */
function flipsNeeded(alpha) {
    let flips = 1;
    while (2 ** (1 - flips) >= alpha)
        flips += 1;
    return flips;
}

;// CONCATENATED MODULE: ./lib/gate/statistics/holm.js
/**
 * p-values that remain valid when several tests are made at once: Holm, A Simple Sequentially Rejective Multiple Test Procedure,
 * Scand. J. Stat. 6, 1979. Whoever acts on an adjusted p below 0.05 is misled by chance in at most 5 % of the sets.
 * @returns in the order of `pValues`
 */
function holm(pValues) {
    const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
    const adjusted = pValues.map(() => 1);
    let largest = 0;
    order.forEach(({ p, index }, rank) => {
        largest = Math.max(largest, Math.min(1, p * (order.length - rank)));
        adjusted[index] = largest;
    });
    return adjusted;
}

;// CONCATENATED MODULE: ./lib/gate/statistics/moments.js
/** What a list of numbers looks like. */
function momentsOf(values) {
    const mean = meanOf(values);
    let [squares, cubes] = [0, 0];
    for (const value of values) {
        const deviation = value - mean;
        squares += deviation * deviation;
        cubes += deviation * deviation * deviation;
    }
    return { mean, squares, cubes };
}
/** NaN for no values. */
function meanOf(values) {
    let sum = 0;
    for (const value of values)
        sum += value;
    return sum / values.length;
}
/** Whether all values are the same. Rounding can make the deviation of such values differ from 0. */
function isConstant(values) {
    return values.every((value) => value === values[0]);
}
/** The sample skewness g₁. */
function skewnessOf({ squares, cubes }, n) {
    return cubes / n / (squares / n) ** 1.5;
}

;// CONCATENATED MODULE: ./lib/gate/statistics/normal.js
/** The standard normal distribution. */
/** The quantile for a two-sided level of 95 %. */
const Z_95 = 1.959963984540054;
/** The quantile for a power of 80 %. */
const Z_POWER_80 = 0.8416212335729143;
/** From here on, a tail is below 1e-15. */
const FAR = 8;
/** P(X ≤ x), to about 1e-15, by the series of Marsaglia, Evaluating the Normal Distribution, J. Stat. Softw. 11(4), 2004. */
function normalCdf(x) {
    if (x <= -FAR)
        return 0;
    if (x >= FAR)
        return 1;
    let sum = x;
    let term = x;
    for (let odd = 3; Math.abs(term) > 1e-17 * Math.abs(sum); odd += 2) {
        term *= (x * x) / odd;
        sum += term;
    }
    const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    return Math.min(1, Math.max(0, 0.5 + sum * density));
}
/** The x with P(X ≤ x) = p, between −8 and 8. */
function normalQuantile(p) {
    let [low, high] = [-FAR, FAR];
    for (let step = 0; step < 60; step += 1) {
        const middle = (low + high) / 2;
        if (normalCdf(middle) < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

;// CONCATENATED MODULE: ./lib/gate/statistics/random.js
/** Pseudo-random numbers that are the same in every run, so that the same samples always get the same verdict. */
/** xoshiro128** of Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators, ACM Trans. Math. Softw. 47(4), 2021. */
class Random {
    #state = new Uint32Array(4);
    constructor(seed) {
        // SplitMix32: any seed, zero included, fills the state with different words.
        for (let index = 0; index < 4; index += 1) {
            let word = Math.imul(seed + index + 1, 0x9e3779b9);
            word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
            word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
            this.#state[index] = word ^ (word >>> 15);
        }
    }
    /** A whole number from 0 to 2³² − 1. */
    bits() {
        const state = this.#state;
        const [a = 0, b = 0, c = 0, d = 0] = state;
        const scrambled = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
        const third = c ^ a;
        const fourth = d ^ b;
        state[0] = a ^ fourth;
        state[1] = b ^ third;
        state[2] = third ^ (b << 9);
        state[3] = rotate(fourth, 11);
        return scrambled;
    }
    /** At least 0, less than 1. */
    uniform() {
        return this.bits() / 0x1_0000_0000;
    }
    /** A whole number from 0, below `bound`. */
    below(bound) {
        return Math.floor(this.uniform() * bound);
    }
    /** Standard normal, by the method of Box and Muller, 1958. */
    normal() {
        return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
    }
}
function rotate(word, bits) {
    return (word << bits) | (word >>> (32 - bits));
}

;// CONCATENATED MODULE: ./lib/gate/statistics/bootstrap-interval.js



const RESAMPLES = 2000;
/**
 * The 95 % interval of a mean by the bias-corrected and accelerated bootstrap: Efron, Better Bootstrap Confidence Intervals,
 * J. Am. Stat. Assoc. 82, 1987. It follows the skew of the values, which Student's t does not.
 * @param seed the same seed and the same values, in whatever order, give the same interval
 * @returns null when the values say nothing about their spread: fewer than two, all the same, or too large to be added
 */
function bootstrapInterval(values, seed) {
    const n = values.length;
    if (n < 2 || isConstant(values))
        return null;
    const sorted = values.toSorted((a, b) => a - b);
    const { mean, squares, cubes } = momentsOf(sorted);
    const means = resampledMeans(sorted, seed);
    const bias = normalQuantile(shareBelow(means, mean));
    const acceleration = cubes / (6 * squares ** 1.5);
    const bound = (z) => quantileOf(means, adjusted(z, bias, acceleration));
    const [low, high] = [bound(-Z_95), bound(Z_95)];
    return Number.isFinite(low) && Number.isFinite(high) ? { low, high, method: 'bootstrap', n } : null;
}
/** Sorted. */
function resampledMeans(values, seed) {
    const n = values.length;
    const random = new Random(seed);
    const means = new Float64Array(RESAMPLES);
    for (let resample = 0; resample < RESAMPLES; resample += 1) {
        let sum = 0;
        for (let index = 0; index < n; index += 1)
            sum += values[random.below(n)] ?? 0;
        means[resample] = sum / n;
    }
    return means.sort();
}
/** Half of the means that equal the value count as below. Never quite 0 or 1, whose quantiles would be infinite. */
function shareBelow(means, value) {
    let [below, equal] = [0, 0];
    for (const mean of means) {
        if (mean < value)
            below += 1;
        else if (mean === value)
            equal += 1;
    }
    const share = (below + equal / 2) / means.length;
    return Math.min(1 - 0.5 / means.length, Math.max(0.5 / means.length, share));
}
/** The share of resampled means that lie below the bound which belongs to `z`. */
function adjusted(z, bias, acceleration) {
    return normalCdf(bias + (bias + z) / (1 - acceleration * (bias + z)));
}
/** Interpolates between the two nearest. */
function quantileOf(sorted, share) {
    const position = share * (sorted.length - 1);
    const index = Math.floor(position);
    const below = sorted[index] ?? Number.NaN;
    const above = sorted[index + 1] ?? below;
    return below + (above - below) * (position - index);
}

;// CONCATENATED MODULE: ./lib/gate/statistics/student-t.js
/** The quantile of Student's t distribution for a two-sided level of 95 %. */

/** From here on, the expansion is exact to 1e-8. */
const MANY = 60;
/** @param freedom degrees of freedom, a whole number from 1 */
function tQuantile95(freedom) {
    return freedom < MANY ? quantileByBisection(freedom) : quantileByExpansion(freedom);
}
/** Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.7.5. */
function quantileByExpansion(freedom) {
    const z = Z_95;
    const terms = [
        (z ** 3 + z) / 4,
        (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
        (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
        (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / 92160,
    ];
    return terms.reduce((sum, term, index) => sum + term / freedom ** (index + 1), z);
}
function quantileByBisection(freedom) {
    let [low, high] = [Z_95, 13];
    for (let step = 0; step < 60; step += 1) {
        const middle = (low + high) / 2;
        if (massWithin(middle, freedom) < 0.95)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}
/** P(|T| ≤ t) as a finite sum: Abramowitz and Stegun, 26.7.3 for odd degrees of freedom, 26.7.4 for even ones. */
function massWithin(t, freedom) {
    const angle = Math.atan(t / Math.sqrt(freedom));
    const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
    const isOdd = freedom % 2 === 1;
    let term = isOdd ? cosine : 1;
    let sum = freedom === 1 ? 0 : term;
    for (let power = isOdd ? 3 : 2; power <= freedom - 2; power += 2) {
        term *= (cosine * cosine * (power - 1)) / power;
        sum += term;
    }
    return isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}

;// CONCATENATED MODULE: ./lib/gate/statistics/t-interval.js


/**
 * The 95 % interval of a mean by Student's t. The samples are the units, as in Miller, Adding Error Bars to Evals,
 * arXiv 2411.00640; t instead of the normal distribution, because that is too narrow for few samples (Bowyer et al.,
 * arXiv 2503.01747).
 * @returns null when the values say nothing about their spread: fewer than two, all the same, or too large to be added
 */
function tInterval(values) {
    const n = values.length;
    if (n < 2 || isConstant(values))
        return null;
    const { mean, squares } = momentsOf(values);
    const half = tQuantile95(n - 1) * Math.sqrt(squares / (n - 1) / n);
    const [low, high] = [mean - half, mean + half];
    return Number.isFinite(low) && Number.isFinite(high) ? { low, high, method: 't', n } : null;
}

;// CONCATENATED MODULE: ./lib/gate/statistics/wilson.js

/**
 * The 95 % score interval of a rate: Wilson, Probable Inference, the Law of Succession, and Statistical Inference, J. Am. Stat.
 * Assoc. 22, 1927. It stays within 0 and 1, and it does not shrink to a point when all samples are correct, or none.
 * @param successes from 0 to `n`. The sum of n scores between 0 and 1 can stand for it: their spread is at most that of a rate.
 */
function wilson(successes, n) {
    if (n === 0)
        return { low: 0, high: 1, method: 'wilson', n };
    const rate = successes / n;
    const z2 = Z_95 * Z_95;
    const centre = (rate + z2 / (2 * n)) / (1 + z2 / n);
    const half = (Z_95 * Math.sqrt((rate * (1 - rate)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
    return {
        low: successes === 0 ? 0 : Math.max(0, centre - half),
        high: successes === n ? 1 : Math.min(1, centre + half),
        method: 'wilson',
        n,
    };
}

;// CONCATENATED MODULE: ./lib/gate/statistics/mean-interval.js




/** From fewer samples, or pairs of samples, nothing is concluded. */
const MIN_SAMPLES = 10;
/** Of more values the mean is as good as normal, and the bootstrap would take long. */
const MAX_BOOTSTRAPPED = 10_000;
const SEED = 1;
/**
 * The 95 % interval of the mean of scores. Rates, which are means of zeros and ones, have Wilson's. `boostrap_std`, which evals
 * reports, is not used: it is random, and the deviation of means of a tenth of the samples.
 *
 * Scores that are all the same say nothing about their spread, and yet another run may differ. If they lie between 0 and 1, their
 * spread is at most that of a rate, so they have the interval of a rate; otherwise they have none.
 * @returns null for fewer than ten values, and for values whose spread is not known
 */
function meanInterval(values) {
    if (values.length < MIN_SAMPLES || !values.every(Number.isFinite))
        return null;
    const [first = 0] = values;
    if (values.every(isBinary))
        return wilson(values.reduce((sum, value) => sum + value, 0), values.length);
    if (!isConstant(values))
        return spreadInterval(values);
    return first > 0 && first < 1 ? wilson(first * values.length, values.length) : null;
}
/** The 95 % interval of the mean of values that are no rate, such as differences; null as `meanInterval`, or when all are the same. */
function spreadInterval(values) {
    if (values.length < MIN_SAMPLES || isConstant(values))
        return null;
    return values.length <= MAX_BOOTSTRAPPED && isSkewed(values)
        ? bootstrapInterval(values, SEED)
        : tInterval(values);
}
function isBinary(value) {
    return value === 0 || value === 1;
}
/** Cochran's rule: t holds from 25 g₁² samples on (Sampling Techniques, 3rd edition, 1977, 2.15). */
function isSkewed(values) {
    const skewness = skewnessOf(momentsOf(values), values.length);
    return values.length < 25 * skewness * skewness;
}

;// CONCATENATED MODULE: ./lib/gate/statistics/smallest-drop.js

/** The share of pairs that is assumed to flip either way. */
const DISCORDANT = 0.1;
/**
 * The smallest drop of a rate that McNemar's test on `n` pairs finds in about 80 % of runs, at a two-sided level of 5 %, by the
 * formula of Connor, Sample Size for Testing Differences in Proportions for the Paired-Sample Design, Biometrics 43, 1987. It
 * assumes that 10 % of the pairs flip, or, for a greater drop, as many as the drop needs. The exact test finds it a little less
 * often than the formula says: in 76 to 79 % of runs from 30 pairs on.
 * @returns a share, at most 1: 0.24 for 30 pairs, 0.09 for 100, 0.05 for 300, 0.03 for 1,000
 */
function smallestDrop(n) {
    let [low, high] = [0, 1];
    for (let step = 0; step < 50; step += 1) {
        const middle = (low + high) / 2;
        if (canBeSeen(middle, n))
            high = middle;
        else
            low = middle;
    }
    return high;
}
function canBeSeen(drop, n) {
    const discordant = Math.max(DISCORDANT, drop);
    const needed = Z_95 * Math.sqrt(discordant) + Z_POWER_80 * Math.sqrt(discordant - drop * drop);
    return drop * Math.sqrt(n) >= needed;
}

;// CONCATENATED MODULE: ./lib/gate/comparison/reading.js
/** What a difference means, once the p-values of all evals are corrected. */
const ALPHA = 0.05;
/** A difference may exceed the tolerance by this much, because 0.8 − 0.78 is not quite 0.02. */
const ROUNDING = 1e-9;
function readingOf(difference, { adjustedP, tolerance }) {
    if (adjustedP >= ALPHA)
        return 'noise';
    return Math.abs(difference) > tolerance + ROUNDING ? 'real' : 'tolerated';
}

// EXTERNAL MODULE: ./lib/model/format.js
var format = __webpack_require__(9774);
// EXTERNAL MODULE: ./lib/text.js
var lib_text = __webpack_require__(8804);
;// CONCATENATED MODULE: ./lib/gate/comparison/words.js
/** Numbers and names in sentences about a comparison. */


const MAX_NAME_BYTES = 80;
/** A name that others wrote, made safe and short. */
function nameText(name) {
    return (0,lib_text/* oneLine */.TN)(name, MAX_NAME_BYTES);
}
/** A metric at the start of a sentence: `Accuracy`, but `f1_score` as it is. */
function metricAtStart(metric) {
    const name = nameText(metric);
    return /^[a-z]+$/.test(name) ? (0,format/* capitalised */.Iu)(name) : name;
}
/** With as many decimals as it takes to see the difference. */
function scaleFor(isRate, difference) {
    const points = Math.abs(100 * difference);
    const isSmall = points > 0 && points < 0.1;
    return { isRate, decimals: isSmall ? Math.min(5, 1 - Math.floor(Math.log10(points))) : 1 };
}
/** `84.9 %`, `0.7312` */
function valueText(value, { isRate, decimals }) {
    if (!isRate)
        return plainText(value);
    return `${value === 0 || value === 1 ? 100 * value : (100 * value).toFixed(decimals)} %`;
}
/** `−3.7 points`, `+0.02` */
function changeText(change, scale) {
    const text = `${change > 0 ? '+' : ''}${boundText(change, scale)}`;
    return scale.isRate ? `${text} points` : text;
}
/** A bound of a difference, without its unit: `−5.2` */
function boundText(change, { isRate, decimals }) {
    return isRate ? (0,format/* withMinus */.hZ)((100 * change).toFixed(decimals)) : plainText(change);
}
/** `2 points`, `0.05` */
function toleranceText(tolerance, isRate) {
    if (!isRate)
        return plainText(tolerance);
    const points = (0,format/* metricText */._l)(100 * tolerance);
    return `${points} ${points === '1' ? 'point' : 'points'}`;
}
function plainText(value) {
    const isSmall = value !== 0 && Math.abs(value) < 0.001;
    return (0,format/* withMinus */.hZ)(isSmall ? String(Number(value.toPrecision(2))) : (0,format/* metricText */._l)(value));
}

;// CONCATENATED MODULE: ./lib/gate/comparison/sentences.js
/** What a person reads about the comparison of one eval. */




function tooFewSentence(pairs, unpaired) {
    const are = pairs === 1 ? 'is' : 'are';
    return `${(0,format/* counted */.hS)(pairs, 'pair')} ${are} too few to tell; at least ${MIN_SAMPLES} are needed.${unpairedText(unpaired)}`;
}
function pairsSentence(subject, paired, unpaired, tested, reading) {
    const { worse, better, isRate, pairs } = paired;
    const rest = unpairedText(unpaired);
    if (worse + better === 0)
        return isRate
            ? `None of the ${(0,format/* wholeNumber */.rD)(pairs)} samples flipped.${rest}`
            : `The score of none of the ${(0,format/* wholeNumber */.rD)(pairs)} samples changed.${rest}`;
    if (isRate && reading !== 'real' && Math.max(worse, better) < tested.flipsNeeded)
        return `${fewFlips(paired, tested)}${rest}`;
    const scale = scaleFor(isRate, paired.difference);
    const facts = [`${(0,format/* counted */.hS)(pairs, 'pair')}`, `${(0,format/* wholeNumber */.rD)(worse)} worse`, `${(0,format/* wholeNumber */.rD)(better)} better`];
    const details = `${changeOf(paired, scale)}; ${[...facts, pWords(tested)].join(', ')}`;
    return `${movement(subject, paired, scale)} (${details})${meaning(paired, reading, tested)}.${rest}`;
}
function intervalsSentence(subject, finding, tested, reading) {
    const { isRate, p, unpaired } = finding;
    const scale = scaleFor(isRate, finding.now - finding.before);
    const intervals = `the 95 % intervals of the two runs ${p < ALPHA ? 'do not overlap' : 'overlap'}`;
    const facts = `${movement(subject, finding, scale)}, and ${intervals} (${pWords(tested)})`;
    return `${facts}${meaning(finding, reading, tested)}. Samples could not be paired, because ${unpaired}.`;
}
function fewFlips({ worse, better }, { flipsNeeded, tests }) {
    const one = worse > 0 ? 'it got worse' : 'it got better';
    const flips = worse + better;
    const every = flips === 2 ? 'both' : 'all';
    const all = worse === 0 ? `${every} better` : better === 0 ? `${every} worse` : `${worse} worse, ${better} better`;
    const seen = `${(0,format/* counted */.hS)(flips, 'sample')} flipped (${flips === 1 ? one : all})`;
    const among = tests > 1 ? ` among ${tests} evals` : '';
    return `${seen}; at least ${flipsNeeded} one way are needed to tell${among}.`;
}
/** `Accuracy fell from 84.9 % to 81.2 %` */
function movement({ metric, higherIsBetter }, { before, now }, scale) {
    const name = `${metricAtStart(metric)}${higherIsBetter ? '' : ' (lower is better)'}`;
    if (before === now)
        return `${name} is ${valueText(now, scale)}, as before`;
    const [from, to] = [valueText(before, scale), valueText(now, scale)];
    return `${name} ${now < before ? 'fell' : 'rose'} from ${from} to ${to}`;
}
/** `−3.7 points, 95 % −5.2 to −2.2` */
function changeOf({ difference, interval }, scale) {
    const change = changeText(difference, scale);
    if (!interval)
        return change;
    return `${change}, 95 % ${boundText(interval.low, scale)} to ${boundText(interval.high, scale)}`;
}
/** Of several evals, the corrected p decides, so it is shown. */
function pWords({ p, adjustedP, tests }) {
    return tests > 1
        ? `p ${(0,format/* probabilityText */.jm)(adjustedP)} corrected for ${tests} evals`
        : `p ${(0,format/* probabilityText */.jm)(p)}`;
}
function meaning({ before, now, isRate }, reading, { tolerance }) {
    if (reading === 'real' || before === now)
        return '';
    if (reading === 'tolerated')
        return `, which is within the tolerance of ${toleranceText(tolerance, isRate)}`;
    return ', which may be noise';
}
function unpairedText({ onlyNow, onlyBefore }) {
    const only = (count, where) => `${(0,format/* counted */.hS)(count, 'sample')} ${count === 1 ? 'has' : 'have'} a score only in ${where}`;
    if (onlyNow > 0 && onlyBefore > 0)
        return ` ${only(onlyNow, 'this run')}, and ${(0,format/* wholeNumber */.rD)(onlyBefore)} only in the baseline.`;
    if (onlyNow > 0)
        return ` ${only(onlyNow, 'this run')}.`;
    return onlyBefore > 0 ? ` ${only(onlyBefore, 'the baseline')}.` : '';
}

;// CONCATENATED MODULE: ./lib/gate/comparison/conclude.js



function conclusionOf(examined, tested) {
    const { finding, subject } = examined;
    if (finding.kind === 'untested')
        return { status: finding.status, sentence: finding.sentence };
    if (finding.kind === 'intervals') {
        const difference = finding.now - finding.before;
        const reading = readingOf(difference, tested);
        const sentence = intervalsSentence(subject, finding, tested, reading);
        return { status: statusOf(reading, difference, subject), sentence };
    }
    const { pairs, difference } = finding.paired;
    if (pairs < MIN_SAMPLES)
        return { status: 'too-few', sentence: tooFewSentence(pairs, examined) };
    const reading = readingOf(difference, tested);
    const sentence = pairsSentence(subject, finding.paired, examined, tested, reading);
    return { status: statusOf(reading, difference, subject), sentence };
}
function statusOf(reading, difference, { higherIsBetter }) {
    if (reading !== 'real')
        return 'within-noise';
    return difference > 0 === higherIsBetter ? 'improved' : 'degraded';
}

// EXTERNAL MODULE: ./lib/model/own-value.js
var own_value = __webpack_require__(9553);
;// CONCATENATED MODULE: ./lib/gate/statistics/interval-difference.js

/**
 * A two-sided p-value of the difference of two means of which only the 95 % intervals are known. It is below 0.05 exactly when the
 * intervals do not overlap. The errors on the sides that face each other are added as they are, so it holds however the two means
 * depend on each other, and it is larger than that of a test of pairs: Schenker and Gentleman, On Judging the Significance of
 * Differences by Examining the Overlap Between Confidence Intervals, Am. Stat. 55, 2001.
 */
function intervalDifference(before, now) {
    const [lower, upper] = before.value <= now.value ? [before, now] : [now, before];
    const error = lower.interval.high - lower.value + (upper.value - upper.interval.low);
    const distance = upper.value - lower.value;
    // Intervals without a width say nothing about the error, so they make nothing certain.
    return error > 0 ? Math.min(1, 2 * normalCdf((-Z_95 * distance) / error)) : 1;
}

;// CONCATENATED MODULE: ./lib/model/part-names.js
/**
 * The names of a fingerprint's parts. Completion records contain them, and messages show them: `model`, `samples`,
 * `knowledge_base_directory menu.txt`, `code:own/scoring.py`, `package:numpy`.
 */
const CODE = 'code:';
const PACKAGE = 'package:';
/** The part for the judge of a model-graded eval. No argument has such a name, because `dataPart` replaces colons. */
const JUDGE_PART = 'judge:model';
/** The part for the arguments of `oaieval` that change results. */
const part_names_ARGUMENTS_PART = 'arguments';
/** Names of parts that are not arguments. An argument that has such a name gets another one. */
const RESERVED = new Set([
    ...['arguments', 'base_url', 'completion_fn', 'evals', 'model', 'modelgraded', 'solvers', 'spec'],
]);
const MAX_CHARACTERS = 200;
/** The part for the model map. It has a space, so no argument has this name. */
const MODEL_MAP_PART = 'model map';
const codePart = (label) => CODE + printable(label);
const packagePart = (name) => PACKAGE + printable(name);
/** The part for the file or directory that an argument names. */
function dataPart(argument) {
    const name = printable(argument).replaceAll(/[\s:]/g, '_') || '_';
    return RESERVED.has(name) ? `${name}_argument` : name;
}
/** The part for one entry of the directory that an argument names; `part` is that of the argument. */
function entryPart(part, entry) {
    return `${part} ${printable(entry)}`;
}
/** The argument that a part belongs to, as `dataPart` names it. */
function part_names_argumentOf(part) {
    return part.split(' ', 1)[0] ?? part;
}
const LABELS = new Map([
    ['base_url', 'base URL'],
    ['completion_fn', 'completion function'],
    ['evals', 'evals version'],
    ['modelgraded', 'model-graded spec'],
]);
/** The name of a part in messages: `own/scoring.py`, `few shot jsonl`. */
function part_names_describePartName(part) {
    if (part === JUDGE_PART)
        return 'judge';
    if (part.startsWith(CODE))
        return part.slice(CODE.length);
    if (part.startsWith(PACKAGE))
        return `package ${part.slice(PACKAGE.length)}`;
    const label = LABELS.get(part);
    if (label !== undefined)
        return label;
    const [name = '', ...entry] = part.split(' ');
    return [name.replaceAll('_', ' '), ...entry].join(' ');
}
/**
 * Removes control and format characters, and halves of surrogate pairs. It does not use text.ts, because the result is part of
 * fingerprints and must never change.
 */
function printable(text) {
    const line = text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, '?');
    return line.length <= MAX_CHARACTERS ? line : `…${line.slice(-MAX_CHARACTERS)}`.toWellFormed();
}

;// CONCATENATED MODULE: ./lib/gate/comparison/comparability.js
/** Whether two results of an eval measure the same thing. */



const MAX_NAMED = 5;
/**
 * What makes the results not comparable, as clauses: `the judge changed (gpt-4 → gpt-5)`. Empty when they are comparable. Another
 * model, other data or other code is what a comparison is for, so these do not count.
 */
function changesOf(before, now) {
    const unknown = [before, now].findIndex(({ result }) => Object.keys(result.comparable).length === 0);
    if (unknown >= 0)
        return [
            `it is not known what the result of ${unknown === 0 ? 'the baseline' : 'this run'} was made with`,
        ];
    const parts = changedParts(before.result.comparable, now.result.comparable);
    const isOtherVersion = before.evalsVersion !== now.evalsVersion && before.evalsVersion !== '' && now.evalsVersion !== '';
    if (isOtherVersion)
        parts.add('evals');
    // A model that grades its own answers is a judge that no part of the fingerprint names.
    if (before.result.judge && now.result.judge && before.result.judge !== now.result.judge)
        parts.add(JUDGE_PART);
    const clauses = [...parts].sort().map((part) => clauseOf(part, before, now));
    const hidden = clauses.length - MAX_NAMED;
    return hidden > 0 ? [...clauses.slice(0, MAX_NAMED), `${hidden} more parts changed`] : clauses;
}
function changedParts(before, now) {
    const names = [...Object.keys(before), ...Object.keys(now)];
    return new Set(names.filter((name) => (0,own_value/* ownValue */.e)(before, name) !== (0,own_value/* ownValue */.e)(now, name)));
}
function clauseOf(part, before, now) {
    if (part === JUDGE_PART)
        return `the judge changed${fromTo(before.result.judge, now.result.judge)}`;
    if (part === 'evals')
        return `the version of evals changed${fromTo(before.evalsVersion, now.evalsVersion)}`;
    if (part === 'spec')
        return 'the spec of the eval changed';
    if (part === 'modelgraded')
        return 'the model-graded spec changed';
    if (part === MODEL_MAP_PART)
        return 'the model map changed';
    return `${nameText(part)} changed`;
}
/** Empty when it is not known what changed into what. */
function fromTo(before, now) {
    if (before === now)
        return '';
    return before || now ? ` (${nameText(before || 'none')} → ${nameText(now || 'none')})` : '';
}

;// CONCATENATED MODULE: ./lib/gate/comparison/direction.js
/** A metric whose name has one of these words counts something bad. */
const BAD = new Set('error errors violation violations invalid failure failures loss perplexity distance wer cer mae mse rmse latency cost'.split(' '));
/**
 * The registry says it of the main metric of an eval (`higher_is_better`). Of another metric only its name can tell; most are
 * better when they are higher.
 */
function isHigherBetter(metric, sides) {
    const main = sides.find((side) => side?.mainMetric?.name === metric)?.mainMetric;
    return main ? main.higherIsBetter : soundsHigherBetter(metric);
}
/** What the name of a metric tells. */
function soundsHigherBetter(metric) {
    return !metric
        .toLowerCase()
        .split(/[^a-z]+/)
        .some((word) => BAD.has(word));
}

// EXTERNAL MODULE: ./lib/model/verdict.js
var verdict = __webpack_require__(1732);
;// CONCATENATED MODULE: ./lib/gate/comparison/pairs.js
/** Finds the samples that two runs of an eval have in common. */

/**
 * Pairs samples by their content, because ids shift when a row is inserted. Of rows with the same content, the first goes with the
 * first, the second with the second, in the order of their ids, so that no sample counts twice. A sample without a score for the
 * metric, such as an errored one, has nothing to compare and is left out.
 */
function pairSamples(now, before, metric) {
    const waiting = new Waiting(inOrder(before), metric);
    const pairs = [];
    let onlyNow = 0;
    for (const sample of inOrder(now)) {
        const scoreNow = scoreOf(sample, metric);
        if (scoreNow === null)
            continue;
        const other = waiting.take(sample.hash);
        if (!other)
            onlyNow += 1;
        else
            pairs.push({ now: sample, before: other, scoreNow, scoreBefore: scoreOf(other, metric) ?? Number.NaN });
    }
    return { pairs, onlyNow, onlyBefore: waiting.count };
}
/** Squares and cubes of larger scores could not be added up. */
const MAX_SCORE = 1e100;
/** Null when there is none that can be counted with. */
function scoreOf(sample, metric) {
    const score = (0,own_value/* ownValue */.e)(sample.scores, metric);
    return score !== undefined && Math.abs(score) <= MAX_SCORE ? score : null;
}
/** Samples of the baseline that have no counterpart yet. Few have the same content, so only those are in lists. */
class Waiting {
    count = 0;
    #byContent = new Map();
    constructor(samples, metric) {
        // From the end, so that the first of a list is the last that was added.
        for (const sample of samples.toReversed()) {
            if (scoreOf(sample, metric) === null)
                continue;
            this.count += 1;
            const others = this.#byContent.get(sample.hash);
            if (Array.isArray(others))
                others.push(sample);
            else
                this.#byContent.set(sample.hash, others ? [others, sample] : sample);
        }
    }
    take(hash) {
        const found = this.#byContent.get(hash);
        if (!found)
            return undefined;
        if (!Array.isArray(found))
            this.#byContent.delete(hash);
        const taken = Array.isArray(found) ? found.pop() : found;
        if (taken)
            this.count -= 1;
        return taken;
    }
}
function inOrder(samples) {
    const isSorted = samples.every((sample, index) => {
        const previous = samples[index - 1];
        return !previous || byId(previous, sample) <= 0;
    });
    return isSorted ? samples : samples.toSorted(byId);
}
/** Ids end in numbers, so that the shorter of two comes first. */
function byId(a, b) {
    return a.id.length - b.id.length || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

;// CONCATENATED MODULE: ./lib/gate/comparison/flips.js


/** The pairs that got worse, then those that got better, the greatest changes first. */
function flipsOf(pairs, higherIsBetter) {
    const gain = ({ scoreNow, scoreBefore }) => higherIsBetter ? scoreNow - scoreBefore : scoreBefore - scoreNow;
    const bySize = (a, b) => Math.abs(gain(b)) - Math.abs(gain(a)) || byId(a.now, b.now);
    const worse = pairs.filter((pair) => gain(pair) < 0).sort(bySize);
    const better = pairs.filter((pair) => gain(pair) > 0).sort(bySize);
    return [...worse, ...better].slice(0, verdict/* MAX_FLIPS */.Y).map(flipOf);
}
function flipOf({ now, before, scoreNow, scoreBefore }) {
    return {
        id: now.id,
        hash: now.hash,
        before: scoreBefore,
        now: scoreNow,
        outcomeBefore: before.outcome,
        outcomeNow: now.outcome,
    };
}

;// CONCATENATED MODULE: ./lib/gate/statistics/mcnemar.js
/**
 * The exact two-sided p-value of McNemar's test on pairs with two outcomes: McNemar, Note on the Sampling Error of the Difference
 * between Correlated Proportions or Percentages, Psychometrika 12, 1947. Pairs that agree say nothing. By chance, each of the
 * others goes either way with probability ½, so p is twice the binomial tail, at most 1.
 * @param worse pairs that changed one way
 * @param better pairs that changed the other way
 */
function mcnemar(worse, better) {
    const discordant = worse + better;
    const fewer = Math.min(worse, better);
    if (worse === better)
        return 1;
    // Weights are relative to the largest probability, so that none underflows before it is negligible.
    const mode = Math.floor(discordant / 2);
    let [total, tail] = [0, 0];
    let weight = 1;
    for (let count = mode; count >= 0 && weight > 0; count -= 1) {
        // Above the mode lie the same weights again, but of an even number the mode itself has no counterpart.
        total += 2 * count === discordant ? weight : 2 * weight;
        if (count <= fewer)
            tail += weight;
        weight *= count / (discordant - count + 1);
    }
    return Math.min(1, (2 * tail) / total);
}

;// CONCATENATED MODULE: ./lib/gate/statistics/paired-rate-interval.js

/**
 * The 95 % score interval of the difference of two rates over the same samples: Tango, Equivalence Test and Confidence Interval for
 * the Difference in Proportions for the Paired-Sample Design, Stat. Med. 17, 1998. It inverts the score form of McNemar's test, it
 * is good for few pairs (Fagerland, Lydersen and Laake, Stat. Med. 33, 2014), and without any flip it still has a width. The exact
 * test is a little stricter, so an interval without 0 can go with a p just above 0.05.
 * @param worse pairs that went from 1 to 0
 * @param better pairs that went from 0 to 1
 * @param pairs all, more than 0
 * @returns bounds of (better − worse) / pairs
 */
function pairedRateInterval(worse, better, pairs) {
    const difference = (better - worse) / pairs;
    return {
        low: difference <= -1 ? -1 : whereScoreIs(Z_95, -1, difference, worse, better, pairs),
        high: difference >= 1 ? 1 : whereScoreIs(-Z_95, difference, 1, worse, better, pairs),
    };
}
/** The score falls as the assumed difference grows. */
function whereScoreIs(wanted, from, to, worse, better, pairs) {
    let [low, high] = [from, to];
    for (let step = 0; step < 60; step += 1) {
        const middle = (low + high) / 2;
        if (paired_rate_interval_scoreOf(middle, worse, better, pairs) > wanted)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}
function paired_rate_interval_scoreOf(assumed, worse, better, pairs) {
    const linear = (2 * pairs - better + worse) * assumed - better - worse;
    const constant = -worse * assumed * (1 - assumed);
    // The most likely share of pairs that get worse, if the difference is the assumed one.
    const share = (Math.sqrt(Math.max(0, linear * linear - 8 * pairs * constant)) - linear) / (4 * pairs);
    const variance = pairs * (2 * share + assumed * (1 - assumed));
    const distance = better - worse - pairs * assumed;
    return variance > 0 ? distance / Math.sqrt(variance) : Math.sign(distance) * Number.POSITIVE_INFINITY;
}

;// CONCATENATED MODULE: ./lib/gate/statistics/sign-flip.js
/** Tests whether paired scores changed. */

/** Up to so many differences, all ways to flip their signs are tried. */
const MAX_ENUMERATED = 15;
const DRAWS = 19_999;
/** After so many draws that are as extreme, p is known well enough (Besag and Clifford, Biometrika 78, 1991). */
const ENOUGH = 1000;
/** Of more differences, the smallest are drawn together: the sum of so many small ones is normal. */
const MAX_FLIPPED = 1000;
const sign_flip_SEED = 1;
/** Sums that differ by less, relative to the sum of all, are the same, but for rounding. */
const sign_flip_ROUNDING = 1e-9;
/**
 * The two-sided p-value of the paired sign-flip test (Fisher, The Design of Experiments, 1935, 21): by chance, a sample changes by
 * d as easily as by −d. It needs no normal distribution. Few differences are enumerated; of many, random signs are drawn with a
 * fixed seed, and one is added to both counts, so that p is never 0 (Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9(1), 2010).
 *
 * Differences of 0 say nothing, so p is 1 when all are 0. Equal differences are tested as any others: that all of them point the
 * same way is what counts, as in McNemar's test. No deviation is estimated, so none that is 0 can make a change look certain.
 * @param differences finite numbers, in any order
 */
function signFlip(differences) {
    const sizes = Float64Array.from(differences, Math.abs)
        .filter((size) => size > 0)
        .sort()
        .reverse();
    const [largest = 0] = sizes;
    if (largest === 0)
        return 1;
    // Scaled, because the squares of huge numbers overflow.
    const scaled = sizes.map((size) => size / largest);
    const sum = scaled.reduce((total, size) => total + size, 0);
    const seen = Math.abs(differences.reduce((total, difference) => total + difference / largest, 0));
    const extreme = seen - sign_flip_ROUNDING * sum;
    return scaled.length <= MAX_ENUMERATED ? enumerated(scaled, sum, extreme) : drawn(scaled, extreme);
}
/** Flips one sign at a time, in the order of a Gray code. The first sign stays: flipping all signs changes no absolute sum. */
function enumerated(sizes, total, extreme) {
    const ways = 2 ** (sizes.length - 1);
    const signs = sizes.map(() => 1);
    let sum = total;
    let found = sum >= extreme ? 1 : 0;
    for (let way = 1; way < ways; way += 1) {
        const index = 1 + (31 - Math.clz32(way & -way));
        const sign = -(signs[index] ?? 1);
        signs[index] = sign;
        sum += 2 * sign * (sizes[index] ?? 0);
        if (Math.abs(sum) >= extreme)
            found += 1;
    }
    return found / ways;
}
function drawn(sizes, extreme) {
    const random = new Random(sign_flip_SEED);
    const flipped = sizes.subarray(0, MAX_FLIPPED);
    const spread = Math.sqrt(sizes.subarray(MAX_FLIPPED).reduce((squares, size) => squares + size * size, 0));
    let found = 0;
    for (let draw = 1; draw <= DRAWS; draw += 1) {
        const rest = spread > 0 ? spread * random.normal() : 0;
        if (Math.abs(flippedSum(flipped, random) + rest) >= extreme)
            found += 1;
        if (found === ENOUGH)
            return ENOUGH / draw;
    }
    return (found + 1) / (DRAWS + 1);
}
function flippedSum(sizes, random) {
    let [sum, bits] = [0, 0];
    for (let index = 0; index < sizes.length; index += 1) {
        if (index % 32 === 0)
            bits = random.bits();
        const size = sizes[index] ?? 0;
        sum += bits & 1 ? size : -size;
        bits >>>= 1;
    }
    return sum;
}

;// CONCATENATED MODULE: ./lib/gate/comparison/paired-difference.js
/** What the pairs of an eval say. */





/** @param pairs at least one */
function pairedDifference(pairs, higherIsBetter) {
    const differences = pairs.map(({ scoreNow, scoreBefore }) => scoreNow - scoreBefore);
    const rose = differences.filter((difference) => difference > 0).length;
    const fell = differences.filter((difference) => difference < 0).length;
    const isRate = pairs.every(({ scoreNow, scoreBefore }) => isBinary(scoreNow) && isBinary(scoreBefore));
    const isEnough = pairs.length >= MIN_SAMPLES;
    const count = pairs.length;
    return {
        pairs: count,
        isRate,
        before: meanOf(pairs.map(({ scoreBefore }) => scoreBefore)),
        now: meanOf(pairs.map(({ scoreNow }) => scoreNow)),
        difference: isRate ? (rose - fell) / count : meanOf(differences),
        interval: isEnough ? intervalOf(differences, isRate, fell, rose) : null,
        worse: higherIsBetter ? fell : rose,
        better: higherIsBetter ? rose : fell,
        p: isEnough ? (isRate ? mcnemar(fell, rose) : signFlip(differences)) : null,
    };
}
function intervalOf(differences, isRate, fell, rose) {
    if (isRate)
        return pairedRateInterval(fell, rose, differences.length);
    const interval = spreadInterval(differences);
    return interval ? { low: interval.low, high: interval.high } : null;
}

;// CONCATENATED MODULE: ./lib/gate/comparison/examine.js
/** Finds out about one eval what can be known without the others. */










/**
 * @param metric undefined: the main metric of the eval
 * @param hasSamples whether the baseline has a samples.jsonl
 */
function examine(now, before, metric, hasSamples) {
    const subject = subjectOf(now.result, before.result, metric);
    const nothing = { subject, onlyNow: 0, onlyBefore: 0, flips: [] };
    const both = resultsOf(now.result, before.result);
    if (both.kind === 'untested')
        return { ...nothing, finding: both };
    const changes = changesOf({ ...before, result: both.before }, { ...now, result: both.now });
    if (changes.length > 0)
        return { ...nothing, finding: untested('not-comparable', (0,format/* asSentence */.KG)(joined(changes))) };
    if (subject.before === null || subject.now === null)
        return { ...nothing, finding: untested(withoutNumber(subject), missingMetric(subject)) };
    const values = { before: subject.before, now: subject.now };
    const unpaired = whyUnpaired(now, before, subject.metric, values, hasSamples);
    if (unpaired !== null)
        return { ...nothing, finding: compareIntervals(both, subject, values, unpaired) };
    const pairing = pairSamples(now.samples?.samples ?? [], before.samples?.samples ?? [], subject.metric);
    return { ...findInPairs(pairing, subject), onlyNow: pairing.onlyNow, onlyBefore: pairing.onlyBefore };
}
function findInPairs({ pairs }, subject) {
    if (pairs.length === 0) {
        const sentence = 'No sample has the same content in both runs, so nothing can be compared.';
        return { subject, finding: untested('too-few', sentence), flips: [] };
    }
    const paired = pairedDifference(pairs, subject.higherIsBetter);
    return { subject, finding: { kind: 'pairs', paired }, flips: flipsOf(pairs, subject.higherIsBetter) };
}
function subjectOf(now, before, chosen) {
    const metric = chosen ?? now?.mainMetric?.name ?? before?.mainMetric?.name ?? '';
    return {
        key: now?.key ?? before?.key ?? '',
        name: now?.name ?? before?.name ?? '',
        metric,
        higherIsBetter: isHigherBetter(metric, [now, before]),
        before: numberOf(before, metric),
        now: numberOf(now, metric),
    };
}
/** Null unless it is a finite number. */
function numberOf(result, metric) {
    const value = result && (0,own_value/* ownValue */.e)(result.metrics, metric);
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
function untested(status, sentence) {
    return { kind: 'untested', status, sentence };
}
function resultsOf(now, before) {
    if (!now)
        return untested('missing', 'Only the baseline has this eval.');
    if (now.status === 'failed')
        return untested('incomplete', 'This eval failed in this run, so it is not compared.');
    if (now.status === 'pending')
        return untested('incomplete', 'This eval is still pending in this run, so it is not compared.');
    if (!before || before.status === 'excluded')
        return untested('missing', 'The baseline does not have this eval.');
    if (!hasResult(now))
        return untested('missing', 'This run has no recorded result of this eval.');
    if (!hasResult(before))
        return untested('missing', 'The baseline has no recorded result of this eval.');
    return { kind: 'both', now, before };
}
/** Evals that `oaievalset` completed have none. */
function hasResult({ metrics }) {
    return Object.keys(metrics).length > 0;
}
/** Missing is what one side has, and the other one does not. */
function withoutNumber({ before, now }) {
    return before === null && now === null ? 'not-comparable' : 'missing';
}
function missingMetric({ metric, before, now }) {
    if (metric === '')
        return 'This eval reports no metric that can be compared.';
    if (before === null && now === null)
        return `Neither run reports a number for ${nameText(metric)}.`;
    return `${now === null ? 'This run' : 'The baseline'} reports no number for ${nameText(metric)}.`;
}
/** Null when samples can be paired. */
function whyUnpaired(now, before, metric, values, hasSamples) {
    if (!hasSamples)
        return 'no samples.jsonl lies beside the baseline';
    const [scoresNow, scoresBefore] = [scoresOf(now, metric), scoresOf(before, metric)];
    const without = (where) => `the samples of ${where} have no score for ${nameText(metric)}`;
    if (scoresNow.length === 0)
        return without('this run');
    if (scoresBefore.length === 0)
        return without('the baseline');
    return isMean(values.now, scoresNow) && isMean(values.before, scoresBefore)
        ? null
        : 'it is not the mean over the samples';
}
function scoresOf({ samples }, metric) {
    return (samples?.samples ?? []).flatMap((sample) => scoreOf(sample, metric) ?? []);
}
/** Classes round their means to two digits at least (evals/elsuite/function_deduction/eval.py). */
const MAX_ROUNDING = 0.005 + 1e-9;
/**
 * A metric may be named like a score of samples without being its mean: evals' schelling_point computes its rate of errors over events,
 * and make_me_pay counts samples. What is tested must be what is shown.
 */
function isMean(value, scores) {
    return Math.abs(meanOf(scores) - value) <= MAX_ROUNDING + Math.abs(value) * 1e-9;
}
function compareIntervals({ now, before }, { metric }, values, unpaired) {
    const [intervalNow, intervalBefore] = [examine_intervalOf(now, metric), examine_intervalOf(before, metric)];
    if (!intervalNow || !intervalBefore) {
        const without = intervalNow ? 'in the baseline' : intervalBefore ? 'in this run' : 'in either run';
        const sentence = `${metricAtStart(metric)} cannot be tested: ${unpaired}, and it has no interval ${without}.`;
        return untested('not-comparable', sentence);
    }
    return {
        kind: 'intervals',
        ...values,
        isRate: intervalNow.method === 'wilson' && intervalBefore.method === 'wilson',
        p: intervalDifference({ value: values.before, interval: intervalBefore }, { value: values.now, interval: intervalNow }),
        unpaired,
    };
}
function examine_intervalOf({ intervals, mainMetric }, metric) {
    return (0,own_value/* ownValue */.e)(intervals, metric) ?? (mainMetric?.name === metric ? mainMetric.interval : null);
}
/** `a`, `a and b`, `a, b and c` */
function joined(clauses) {
    const last = clauses.at(-1) ?? '';
    return clauses.length < 2 ? last : `${clauses.slice(0, -1).join(', ')} and ${last}`;
}

;// CONCATENATED MODULE: ./lib/gate/comparison/finding.js
/** Null when nothing was tested. */
function pOf(finding) {
    if (finding.kind === 'untested')
        return null;
    return finding.kind === 'pairs' ? finding.paired.p : finding.p;
}

;// CONCATENATED MODULE: ./lib/gate/comparison/compare-evals.js








/**
 * Each eval of the run, then those that only the baseline has; evals that the inputs leave out are left out. The p-values are
 * corrected over all evals that this call tests.
 */
function compareEvals(request) {
    return conclude(examineAll(request), request.tolerance);
}
function examineAll(request) {
    const { evals, samples, baseline, metric, evalsVersion = '' } = request;
    const before = new Map(baseline.results.evals.map((result) => [result.key, result]));
    const here = new Set(evals.map(({ key }) => key));
    const nowSide = (key, result) => ({
        result,
        samples: samples.get(key),
        evalsVersion,
    });
    const beforeSide = (key) => ({
        result: before.get(key),
        samples: baseline.samples?.get(key),
        evalsVersion: baseline.results.versions.evals,
    });
    const hasSamples = baseline.samples !== undefined;
    const examined = (key, result) => examine(nowSide(key, result), beforeSide(key), metric, hasSamples);
    const gone = [...before.values()].filter(({ key, status }) => !here.has(key) && status !== 'excluded');
    return [
        ...evals.filter(({ status }) => status !== 'excluded').map((result) => examined(result.key, result)),
        ...gone.map(({ key }) => examined(key, undefined)),
    ];
}
function conclude(all, tolerance) {
    const pValues = all.map(({ finding }) => pOf(finding));
    const adjusted = holm(pValues.filter((p) => p !== null));
    const tests = adjusted.length;
    // Holm's next step: the level that the next eval has to reach.
    const remaining = Math.max(1, adjusted.filter((p) => p >= ALPHA).length);
    const needed = flipsNeeded(ALPHA / remaining);
    let next = 0;
    return all.map((examined, index) => {
        const adjustedP = pValues[index] === null ? null : (adjusted[next++] ?? 1);
        const tested = {
            p: pValues[index] ?? 1,
            adjustedP: adjustedP ?? 1,
            tests,
            flipsNeeded: needed,
            tolerance,
        };
        return comparisonOf(examined, pValues[index] ?? null, adjustedP, tested);
    });
}
function comparisonOf(examined, p, adjustedP, tested) {
    const { subject, finding, onlyNow, onlyBefore, flips } = examined;
    const paired = finding.kind === 'pairs' ? finding.paired : null;
    const isJudgedRate = paired?.isRate === true && paired.pairs >= MIN_SAMPLES;
    return {
        ...subject,
        ...conclusionOf(examined, tested),
        difference: paired?.difference ?? null,
        differenceInterval: paired?.interval ?? null,
        pairs: paired?.pairs ?? 0,
        onlyNow,
        onlyBefore,
        worse: paired?.worse ?? 0,
        better: paired?.better ?? 0,
        p,
        adjustedP,
        flipsNeeded: isJudgedRate ? tested.flipsNeeded : null,
        smallestDrop: isJudgedRate ? smallestDrop(paired.pairs) : null,
        flips,
    };
}

;// CONCATENATED MODULE: ./lib/gate/comparison/overall-difference.js

/** The difference over all pairs of all evals; null when there are no pairs, or when the evals do not all have the same rate. */
function overallDifference(all) {
    const found = all.flatMap(({ subject, finding }) => finding.kind === 'pairs' ? [{ subject, paired: finding.paired }] : []);
    const [first] = found;
    if (!first)
        return null;
    const areSame = found.every(({ subject, paired }) => paired.isRate &&
        subject.metric === first.subject.metric &&
        subject.higherIsBetter === first.subject.higherIsBetter);
    if (!areSame)
        return null;
    const sum = (of) => found.reduce((total, each) => total + of(each), 0);
    const pairs = sum(({ paired }) => paired.pairs);
    const [worse, better] = [sum(({ paired }) => paired.worse), sum(({ paired }) => paired.better)];
    const [fell, rose] = first.subject.higherIsBetter ? [worse, better] : [better, worse];
    return {
        before: sum(({ paired }) => paired.before * paired.pairs) / pairs,
        now: sum(({ paired }) => paired.now * paired.pairs) / pairs,
        difference: (rose - fell) / pairs,
        ...pairedRateInterval(fell, rose, pairs),
        pairs,
        worse,
        better,
    };
}

;// CONCATENATED MODULE: ./lib/gate/comparison/compare-with-baseline.js



/**
 * Compares a run with what the input `baseline` names, by the main metric of each eval and without a tolerance.
 * @returns null when there is no baseline
 */
function compareWithBaseline(results, samples, baseline) {
    if (!baseline)
        return null;
    if (baseline.kind === 'unusable')
        return notCompared(baseline.problem);
    const isOfOther = compare_with_baseline_whyOfOtherSet(baseline.results.evalSet, results.evalSet);
    if (isOfOther !== undefined)
        return notCompared(isOfOther);
    const evalsVersion = results.versions.evals;
    const examined = examineAll({ evals: results.evals, samples, evalsVersion, baseline, tolerance: 0 });
    return {
        source: baseline.source,
        problem: null,
        hasSamples: baseline.samples !== undefined,
        evals: conclude(examined, 0),
        overall: overallDifference(examined),
    };
}
/** Why the results of one set are no baseline of the other, as a clause; undefined when both are the same set. */
function compare_with_baseline_whyOfOtherSet(theirs, ours) {
    if (theirs === ours)
        return undefined;
    return `it is of the set \`${nameText(theirs)}\`, but this run is of \`${nameText(ours)}\``;
}
function notCompared(problem) {
    return { source: null, problem, hasSamples: false, evals: [], overall: null };
}

;// CONCATENATED MODULE: ./lib/model/similar-names.js
/** Finds the name that a misspelt one was meant to be. */
/** A name is similar when at most this share of it has to be changed. */
const MAX_SHARE_CHANGED = 1 / 3;
/** The most similar candidate; undefined when none is similar. Case, hyphens and underscores make no difference. */
function similar_names_mostSimilar(name, candidates) {
    const [nearest] = candidates
        .map((candidate) => ({ candidate, share: similar_names_shareChanged(plain(name), plain(candidate)) }))
        .filter(({ share }) => share <= MAX_SHARE_CHANGED)
        .sort((a, b) => a.share - b.share || (a.candidate < b.candidate ? -1 : 1));
    return nearest?.candidate;
}
function plain(name) {
    return name.toLowerCase().replace(/[-_\s]/g, '');
}
/** The edit distance (Levenshtein's), as a share of the longer name. */
function similar_names_shareChanged(a, b) {
    let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
    for (let row = 1; row <= a.length; row += 1) {
        const current = [row];
        for (let column = 1; column <= b.length; column += 1) {
            const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
            current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
        }
        previous = current;
    }
    return (previous[b.length] ?? 0) / Math.max(a.length, b.length, 1);
}

;// CONCATENATED MODULE: ./lib/gate/rules/number.js
/** Reads the number at the end of a rule. */
const NUMBER = /^(?<sign>[-+]?)(?<digits>\d+(?:_\d+)*(?:\.\d+)?|\.\d+)(?:e(?<exponent>[-+]?\d+))? ?(?<suffix>%|pp|k|m)?$/i;
const EXPONENTS = { '': 0, '%': -2, pp: -2, k: 3, M: 6 };
/** Undefined when the text is no number. */
function writtenNumber(text) {
    const groups = NUMBER.exec(text)?.groups;
    if (!groups)
        return undefined;
    const suffix = suffixOf(groups.suffix ?? '');
    const digits = (groups.digits ?? '').replaceAll('_', '');
    // A decimal is read once, with its exponent: 33.3 / 100 is not 0.333.
    const exponent = bounded(Number(groups.exponent ?? 0)) + EXPONENTS[suffix];
    const value = Number(`${groups.sign}${digits}e${exponent}`);
    // A minus zero is zero.
    return { value: value === 0 ? 0 : value, suffix, digits: text.replace(/ ?(?:%|pp|k|m)$/i, '') };
}
/** Of no effect on a number: everything beyond is zero or infinite. It keeps the exponent itself a plain whole number. */
function bounded(exponent) {
    return Math.max(-9999, Math.min(9999, exponent));
}
function suffixOf(written) {
    const suffix = written.toLowerCase();
    if (suffix === '%' || suffix === 'pp' || suffix === 'k')
        return suffix;
    return suffix === 'm' ? 'M' : '';
}

;// CONCATENATED MODULE: ./lib/gate/rules/rule-problem.js
/** What is wrong with one line of the input `thresholds`. It ends the parsing of the line, and `parseRules` collects it. */
class RuleProblem extends Error {
    name = 'RuleProblem';
    /** Where in the line, in UTF-16 units from 0. */
    at;
    /** What to write instead; a whole sentence. */
    instead;
    /** @param why a whole sentence */
    constructor(at, why, instead) {
        super(why);
        this.at = at;
        this.instead = instead;
    }
}

;// CONCATENATED MODULE: ./lib/gate/rules/read-comparison.js
/** Reads the operator and the value of a rule. */



const OPERATORS = new Set(['>', '>=', '<', '<=', '==']);
/** What people write instead. */
const MEANT = new Map([
    ['=>', '>='],
    ['=<', '<='],
    ['=', '== or >='],
    ['===', '=='],
    ['>>', '>'],
    ['>==', '>='],
    ['<==', '<='],
    ['<<', '<'],
    ...[...'≥≧⩾'].map((sign) => [sign, '>=']),
    ...[...'≤≦⩽'].map((sign) => [sign, '<=']),
]);
/** @throws RuleProblem */
function readThreshold(reader, metric) {
    const operator = readOperator(reader, metric);
    const { token, number } = readNumber(reader, operator);
    const { value, suffix, digits } = number;
    const refuse = (why, instead) => new RuleProblem(token.start, why, instead);
    if (suffix === 'pp')
        throw refuse('Percentage points (pp) are for a drop only.', `Write ${digits}%, or compare with the baseline: accuracy drop <= ${digits}pp.`);
    const isCount = metric.kind === 'run' || metric.name === 'samples';
    if (metric.kind !== 'report' && isCount && suffix === '%')
        throw refuse(`${metric.name} is a count, not a share.`, 'Write a number, such as 500 or 2M.');
    if (metric.kind === 'samples' && metric.name === 'coverage' && (value < 0 || value > 1))
        throw refuse('coverage is the share of samples that have a score, from 0 to 1.', value > 1 && value <= 100
            ? `Write ${digits}%.`
            : 'Write a number from 0 to 1, or a percentage, such as 95%.');
    return { operator, value, unit: suffix === '%' ? 'percent' : 'number' };
}
/** @throws RuleProblem */
function readDrop(reader, metric) {
    if (metric.kind !== 'report')
        throw new RuleProblem(reader.peek(-1)?.start ?? 0, `A drop of ${metric.name} is not compared with the baseline.`, `Name a metric that evals report, such as accuracy drop <= 2pp, or limit it: ${metric.name} ${metric.kind === 'run' ? '<= 2M' : '>= 0.95'}.`);
    const at = reader.peek();
    const operator = readOperator(reader, metric);
    if (operator !== '<=' && operator !== '<')
        throw new RuleProblem(at?.start ?? 0, `A drop is limited with <=, not with ${operator}.`, 'Write the largest drop that you accept, such as accuracy drop <= 2pp.');
    const { token, number } = readNumber(reader, operator);
    const { value, suffix, digits } = number;
    const refuse = (why, instead) => new RuleProblem(token.start, why, instead);
    if (suffix === '%')
        throw refuse(`${digits}% of a drop could mean percentage points, or a share of the baseline.`, `Write ${digits}pp for percentage points: pp after a number means them.`);
    if (value < 0)
        throw refuse('The largest drop is below 0.', 'Write how much may be lost as a positive number, such as 2pp.');
    if (value === 0 && operator === '<')
        throw refuse('No drop is smaller than 0.', `Write drop <= 0${suffix} to accept none.`);
    return { tolerance: value, unit: suffix === 'pp' ? 'points' : 'number' };
}
function readOperator(reader, metric) {
    const token = reader.peek();
    if (token?.kind !== 'operator')
        throw noOperator(reader, metric);
    const next = reader.peek(1);
    const written = next?.kind === 'operator' ? `${token.text}${next.text}` : token.text;
    if (written === token.text && isOperator(written)) {
        reader.take();
        return written;
    }
    const meant = isOperator(written) ? `${written} without a blank` : MEANT.get(written);
    throw reader.problem(next?.kind === 'operator' && isOperator(written)
        ? `A blank divides the operator ${written}.`
        : `There is no operator ${written}.`, meant ? `Did you mean ${meant}?` : 'Write one of >, >=, <, <= and ==.');
}
function isOperator(text) {
    return OPERATORS.has(text);
}
/** What stands where the operator should be. */
function noOperator(reader, { name }) {
    const token = reader.peek();
    if (token === undefined)
        return reader.problem('The operator and the number are missing.', 'Write what is required, such as accuracy >= 0.8.');
    if (token.kind === 'colon')
        return reader.problem('A second colon is no part of a rule.', 'Remove it. Write a name that contains a colon in quotes.');
    if (token.kind === 'word' && writtenNumber(token.text))
        return reader.problem(`The operator before ${token.text} is missing.`, 'Write one of >, >=, <, <= and == before the number.');
    if (token.kind === 'word' && similar_names_shareChanged(token.text.toLowerCase(), 'drop') <= 1 / 3)
        return reader.problem(`There is no keyword ${token.text}.`, 'Did you mean drop?');
    return reader.problem(`An operator is expected after ${name}.`, 'Write one of >, >=, <, <= and ==. Write a name that contains blanks in quotes.');
}
function readNumber(reader, operator) {
    const token = reader.peek();
    if (token === undefined)
        throw reader.problem(`The number after ${operator} is missing.`, 'Write a number, such as 0.8, 90% or 2M.');
    reader.take();
    const suffix = reader.peek();
    const hasSuffix = suffix?.kind === 'word' && /^(?:%|pp|k|m)$/i.test(suffix.text);
    if (hasSuffix)
        reader.take();
    const text = hasSuffix ? `${token.text}${suffix.text}` : token.text;
    const number = token.kind === 'word' ? writtenNumber(text) : undefined;
    if (number === undefined)
        throw notANumber(token, text);
    if (!Number.isFinite(number.value))
        throw new RuleProblem(token.start, 'The number is too large.', 'Write a smaller number.');
    refuseMore(reader);
    return { token, number };
}
function notANumber({ start, kind }, text) {
    const refuse = (why, instead) => new RuleProblem(start, why, instead);
    if (kind === 'quoted')
        return refuse('The number is in quotes.', 'Write the number without quotes.');
    if (kind !== 'word')
        return refuse(`"${text}" is no number.`, 'Write a number, such as 0.8, 90% or 2M.');
    if (/^[-+]?\d{1,3},\d{3}$/.test(text))
        return refuse(`The comma in ${text} could be one of thousands or of decimals.`, `Write ${text.replace(',', '_')} or ${text.replace(',', '.')}.`);
    if (/^[-+]?\d{1,3}(,\d{3})+$/.test(text))
        return refuse('Commas do not group thousands here.', `Write ${text.replaceAll(',', '_')}.`);
    const withPoint = text.replace(',', '.');
    if (withPoint !== text && writtenNumber(withPoint))
        return refuse('Decimals begin with a point, not with a comma.', `Write ${withPoint}.`);
    return refuse(`"${text}" is no number.`, 'Write a number, such as 0.8, 90% or 2M.');
}
/** Nothing follows the number. */
function refuseMore(reader) {
    const token = reader.peek();
    if (token === undefined)
        return;
    if (token.text.startsWith('#'))
        throw reader.problem('A comment cannot follow a rule.', 'Write the comment into a line of its own.');
    throw reader.problem(`The rule ends before "${token.text}".`, 'Write one comparison a line, and nothing after its number.');
}

;// CONCATENATED MODULE: ./lib/gate/rules/read-metric.js
/** Reads the metric of a rule, and refuses what only looks like one. */



/** Metrics that this action counts itself. In quotes, their names are those of metrics that evals report. */
const COUNTED = new Map([
    ['coverage', { kind: 'samples', name: 'coverage' }],
    ['samples', { kind: 'samples', name: 'samples' }],
    ['total-tokens', { kind: 'run', name: 'total-tokens' }],
    ['requests-sent', { kind: 'run', name: 'requests-sent' }],
]);
/** The names of metrics that rules can use in addition to those of evals. */
const COUNTED_METRICS = [...COUNTED.keys()];
/** Deviations that evals draws at random without a seed: `boostrap_std` [sic], `bootstrap_std_target_50%`. */
const RANDOM_NOISE = /(?:^|\/)boo?t?strap_std/i;
/**
 * @param hasGlob whether the rule names evals
 * @throws RuleProblem
 */
function readMetric(reader, hasGlob) {
    const token = reader.peek();
    if (token === undefined || token.kind === 'operator')
        throw reader.problem('The metric is missing.', 'Write a metric, such as accuracy, before the operator.');
    if (token.kind === 'colon')
        throw reader.problem('A second colon is no part of a rule.', 'Remove it. Write a name that contains a colon in quotes.');
    if (RANDOM_NOISE.test(token.text))
        throw randomNoise(token);
    if (token.kind === 'word')
        refuseWord(token, reader);
    const metric = (token.kind === 'word' && COUNTED.get(token.text)) || { kind: 'report', name: token.text };
    if (metric.kind === 'run' && hasGlob)
        throw new RuleProblem(token.start, `${metric.name} is of the whole run, not of an eval.`, 'Remove the glob and the colon before it.');
    reader.take();
    return metric;
}
function randomNoise({ text, start }) {
    return new RuleProblem(start, `${text} is the noise of a metric, and evals draws it at random: it differs between runs with the same answers.`, 'Name the metric itself. Rules with drop take its noise into account, such as accuracy drop <= 2pp.');
}
/** Without quotes, some words are certainly mistakes. */
function refuseWord(token, reader) {
    const { text, start } = token;
    const next = reader.peek(1);
    const refuse = (why, instead) => new RuleProblem(start, why, instead);
    if (writtenNumber(text))
        throw refuse(`"${text}" is a number, where a metric is expected.`, 'Write the metric first, then the operator and the number: accuracy >= 0.8.');
    if (text === '-' && next !== undefined)
        throw refuse('A hyphen begins no rule.', 'Write one rule a line, without a hyphen before it.');
    if (text.includes('*'))
        throw refuse(`${text} is a glob, where a metric is expected.`, `Write a metric after it: ${text}: accuracy >= 0.8. Without a glob, a rule is about every eval.`);
    if (text === 'advisory')
        throw next?.kind === 'colon'
            ? refuse('advisory: is not at the start.', 'Write it before the evals: advisory: test-*: accuracy >= 0.8.')
            : refuse('The colon after advisory is missing.', 'Write advisory: with a colon.');
    if (text === 'drop' && next?.kind === 'operator')
        throw refuse('The metric before drop is missing.', 'Write the metric first: accuracy drop <= 2pp.');
    if (text === 'cost')
        throw refuse('The cost of a run cannot be judged.', 'Limit what it depends on: total-tokens <= 2M.');
    const meant = similarCounted(text);
    if (meant !== undefined)
        throw refuse(`There is no metric ${text}.`, `Did you mean ${meant}? If evals report a metric of this name, write "${text}" with quotes.`);
}
/** At most one character is different, as in `total_tokens`. Two make another word: average is not coverage. */
function similarCounted(word) {
    if (COUNTED.has(word))
        return undefined;
    const plain = plainName(word);
    return COUNTED_METRICS.find((name) => {
        const other = plainName(name);
        return Math.round(similar_names_shareChanged(plain, other) * Math.max(plain.length, other.length)) <= 1;
    });
}
function plainName(name) {
    return name.toLowerCase().replace(/[-_]/g, '');
}

;// CONCATENATED MODULE: ./lib/gate/rules/token-reader.js

/** The tokens of one rule, which are read from left to right. */
class TokenReader {
    line;
    #tokens;
    #next = 0;
    constructor(tokens, line) {
        this.#tokens = tokens;
        this.line = line;
    }
    /** Undefined after the last token. */
    peek(ahead = 0) {
        return this.#tokens[this.#next + ahead];
    }
    take() {
        const token = this.peek();
        this.#next += 1;
        return token;
    }
    /** Takes the next token if it is this word, without quotes. */
    takeWord(word) {
        const token = this.peek();
        const isWord = token?.kind === 'word' && token.text === word;
        if (isWord)
            this.#next += 1;
        return isWord;
    }
    /** A problem at the next token, or at the end of the line. */
    problem(why, instead) {
        return new RuleProblem(this.peek()?.start ?? this.line.length, why, instead);
    }
}

;// CONCATENATED MODULE: ./lib/gate/rules/tokens.js
/** Splits a rule into words, quoted names, colons and operators. */


/** `!` is an operator only before one of them, because globs contain it: `[!abc]`. */
const OPERATOR = /(?:[<>=≤≥≦≧⩽⩾≠≈]|!(?=[<>=]))+/y;
const WORD = /(?:(?!!?[<>=])[^\s:"≤≥≦≧⩽⩾≠≈])+/y;
const QUOTED = /"(?:[^"\\]|\\["\\])*"/y;
const BLANKS = /\s+/y;
/** What word processors make of a straight quote, and the single quote. */
const OTHER_QUOTE = /^['‘’‚‛“”„‟«»`´]/u;
/** @throws RuleProblem */
function tokens_tokensOf(line) {
    refuseInvisible(line);
    const tokens = [];
    let at = skipBlanks(line, 0);
    while (at < line.length) {
        const token = tokenAt(line, at);
        tokens.push(token);
        at = skipBlanks(line, token.end);
    }
    return tokens;
}
function skipBlanks(line, at) {
    return at + (matchAt(BLANKS, line, at)?.length ?? 0);
}
function tokenAt(line, start) {
    if (line[start] === ':')
        return { kind: 'colon', text: ':', start, end: start + 1 };
    if (line[start] === '"')
        return quotedAt(line, start);
    const operator = matchAt(OPERATOR, line, start);
    const text = operator ?? matchAt(WORD, line, start) ?? line.charAt(start);
    if (OTHER_QUOTE.test(text))
        throw new RuleProblem(start, `Names are not quoted with ${text.charAt(0)}.`, 'Write " before and after a name.');
    return { kind: operator === undefined ? 'word' : 'operator', text, start, end: start + text.length };
}
function quotedAt(line, start) {
    const quoted = matchAt(QUOTED, line, start);
    if (quoted === undefined)
        throw unquotable(line, start);
    const text = quoted.slice(1, -1).replace(/\\(["\\])/g, '$1');
    if (text.trim() === '')
        throw new RuleProblem(start, 'The name between the quotes is empty.', 'Write a name, or remove the quotes.');
    return { kind: 'quoted', text, start, end: start + quoted.length };
}
function unquotable(line, start) {
    const wrong = /^"(?:[^"\\]|\\["\\])*\\(?=[^"\\])/.exec(line.slice(start));
    if (!wrong)
        return new RuleProblem(start, 'The quote is not closed.', 'Write " after the name.');
    return new RuleProblem(start + wrong[0].length - 1, 'A backslash in quotes stands before a quote or a backslash only.', 'Write \\\\ for a backslash.');
}
function refuseInvisible(line) {
    const visible = line.replaceAll('\t', ' ');
    if ((0,lib_text/* isPrintable */.C2)(visible))
        return;
    const at = [...visible].findIndex((character) => !(0,lib_text/* isPrintable */.C2)(character));
    throw new RuleProblem([...visible].slice(0, at).join('').length, `The rule contains the invisible character ${(0,lib_text/* firstInvisible */.k7)(visible)}.`, 'Write the rule without it.');
}
function matchAt(pattern, line, at) {
    pattern.lastIndex = at;
    return pattern.exec(line)?.[0];
}

;// CONCATENATED MODULE: ./lib/gate/rules/parse-rule.js
/** Reads one line of the input `thresholds`: `[advisory:] [<eval glob>:] <metric> [drop] <operator> <value>`. */






/**
 * @param written the line, without white space around it
 * @param line its number, from 1
 * @throws RuleProblem
 */
function parseRule(written, line) {
    const reader = new TokenReader(tokens_tokensOf(written), written);
    const advisory = readAdvisory(reader);
    const glob = readGlob(reader);
    const metric = readMetric(reader, glob !== undefined);
    const common = { text: written, line, advisory };
    const target = { ...common, glob: glob?.text ?? null, metric: metric.name };
    if (reader.takeWord('drop'))
        return { ...target, kind: 'drop', ...readDrop(reader, metric) };
    const threshold = readThreshold(reader, metric);
    return metric.kind === 'run'
        ? { ...common, kind: 'run', metric: metric.name, threshold }
        : { ...target, kind: 'eval', source: metric.kind, threshold };
}
function readAdvisory(reader) {
    const [first, second] = [reader.peek(), reader.peek(1)];
    if (first?.kind !== 'word' || second?.kind !== 'colon')
        return false;
    if (first.text !== 'advisory') {
        refuseSimilar(first);
        return false;
    }
    reader.take();
    reader.take();
    return true;
}
function refuseSimilar({ text, start }) {
    if (similar_names_shareChanged(text.toLowerCase(), 'advisory') > 1 / 3)
        return;
    throw new RuleProblem(start, `There is no keyword ${text}.`, `Did you mean advisory:? If an eval has this name, write "${text}": with quotes.`);
}
function readGlob(reader) {
    const [first, second] = [reader.peek(), reader.peek(1)];
    if (first?.kind === 'colon')
        throw new RuleProblem(first.start, 'The evals before the colon are missing.', 'Remove the colon, or write a glob such as test-*: before the metric.');
    if (second?.kind !== 'colon' || first === undefined || first.kind === 'operator')
        return undefined;
    reader.take();
    reader.take();
    return first;
}

;// CONCATENATED MODULE: ./lib/gate/rules/parse-rules.js
/** Reads the input `thresholds`. */





const NAME = 'thresholds';
const MAX_RULES = 1000;
/** In UTF-16 units. Names of evals are far shorter. */
const MAX_LINE_LENGTH = 500;
/** Further wrong lines are counted. */
const MAX_SHOWN = 50;
/** A sentence may name a part of the line. */
const MAX_SENTENCE_BYTES = 300;
/**
 * Blank lines and lines that start with `#` are skipped.
 * @throws ActionError INPUT_INVALID, which shows every wrong line with a caret under the place
 */
function parseRules(text) {
    const rules = [];
    const wrong = [];
    for (const [index, written] of text.split(/\r?\n/).entries()) {
        const line = written.trim();
        if (line === '' || line.startsWith('#'))
            continue;
        const parsed = ruleOrProblem(line, index + 1);
        if (parsed instanceof RuleProblem)
            wrong.push({ number: index + 1, line, indent: written.indexOf(line), problem: parsed });
        else
            rules.push(parsed);
    }
    if (wrong.length > 0)
        throw wrongLines(wrong);
    if (rules.length <= MAX_RULES)
        return rules;
    throw new lib_errors/* ActionError */.lZ('INPUT_INVALID', `The input ${NAME} has ${(0,format/* counted */.hS)(rules.length, 'rule')}, and at most ${(0,format/* wholeNumber */.rD)(MAX_RULES)} are judged.`, 'Write one rule for several evals, with a glob such as test-*: before the metric.');
}
function ruleOrProblem(line, number) {
    if (line.length > MAX_LINE_LENGTH)
        return new RuleProblem(MAX_LINE_LENGTH, `The line is longer than ${MAX_LINE_LENGTH} characters.`, 'Write one rule a line.');
    try {
        return parseRule(line, number);
    }
    catch (error) {
        if (error instanceof RuleProblem)
            return error;
        throw error;
    }
}
function wrongLines(wrong) {
    const more = wrong.length - MAX_SHOWN;
    const items = [
        ...wrong.slice(0, MAX_SHOWN).map(describe),
        ...(more > 0 ? [`- and ${(0,format/* counted */.hS)(more, 'further wrong line')}`] : []),
    ];
    return new lib_errors/* ActionError */.lZ('INPUT_INVALID', `The input ${NAME} has ${wrong.length === 1 ? 'a wrong line' : `${(0,format/* wholeNumber */.rD)(wrong.length)} wrong lines`}:\n${items.join('\n')}`, 'Write one rule a line, such as "accuracy >= 0.8", "test-*: accuracy >= 90%" or "accuracy drop <= 2pp".');
}
function describe({ number, line, indent, problem }) {
    const { shown, caret, column } = excerpt(line, problem.at);
    const what = `${(0,lib_text/* oneLine */.TN)(problem.message, MAX_SENTENCE_BYTES)} ${(0,lib_text/* oneLine */.TN)(problem.instead, MAX_SENTENCE_BYTES)}`;
    return [
        `- Line ${number}, column ${indent + column}: ${what}`,
        `    ${shown}`,
        `    ${' '.repeat(caret)}^`,
    ].join('\n');
}
/** How much of a line is shown, in characters: before the place, and from it on. */
const SHOWN_BEFORE = 60;
const SHOWN_AFTER = 40;
/** The line around a place, the column of the place in the line, from 1, and its offset in what is shown. */
function excerpt(line, at) {
    const visible = line.replaceAll('\t', ' ');
    const before = [...visible.slice(0, at)];
    const after = [...visible.slice(at)];
    const left = before.length > SHOWN_BEFORE ? `…${before.slice(-SHOWN_BEFORE).join('')}` : before.join('');
    const right = after.length > SHOWN_AFTER ? `${after.slice(0, SHOWN_AFTER).join('')}…` : after.join('');
    const start = (0,lib_text/* printable */.g$)(left);
    return { shown: `${start}${(0,lib_text/* printable */.g$)(right)}`, caret: [...start].length, column: before.length + 1 };
}

// EXTERNAL MODULE: external "node:os"
var external_node_os_ = __webpack_require__(8161);
// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./lib/path-faults.js
var path_faults = __webpack_require__(5608);
// EXTERNAL MODULE: ./lib/action/log.js
var log = __webpack_require__(2988);
;// CONCATENATED MODULE: ./lib/action/input/text.js
/** Reads the text of one input. All errors are ActionErrors that name the input. */




/** Control characters; without those that a value of several lines may contain. */
const ONE_LINE = /\p{Cc}/u;
const text_SEVERAL_LINES = /[^\P{Cc}\r\n\t]/u;
const SECRETS = new Set(['encryption-key', 'github-token']);
/** @throws ActionError INPUT_INVALID when it contains a character that is refused */
function text_text(name, refused = ONE_LINE) {
    const value = (0,core/* getInput */.V4)(name);
    const found = refused.exec(value)?.[0];
    if (found === undefined)
        return value;
    const shown = SECRETS.has(name) ? '***' : value;
    if (refused === ONE_LINE && /[\r\n]/.test(value))
        throw text_invalid(name, shown, 'it has several lines', `Write ${name} in one line.`);
    throw text_invalid(name, shown, `it contains the control character ${(0,lib_text/* firstInvisible */.k7)(found)}`, `Write ${name} without it.`);
}
/** The lines that are not blank, without the white space around them. */
function lines(name) {
    return text_text(name, text_SEVERAL_LINES)
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== '');
}
/** Reads a secret and hides it in all output, however short it is. */
function text_secret(name) {
    const value = text_text(name);
    if (value !== '')
        (0,core/* setSecret */.Pq)(value);
    log/* actionLog */.Zx.hide(value, { isMasked: true });
    return value;
}
/** @param problems of each line that is wrong, a clause after the line */
function text_wrongLines(name, problems, next) {
    const which = problems.length === 1 ? 'a wrong line' : `${problems.length} wrong lines`;
    const items = problems.map((problem) => `- ${problem}`).join('\n');
    return new ActionError('INPUT_INVALID', `The input ${name} has ${which}:\n${items}`, next);
}
/** Of a value in an error. */
const text_MAX_SHOWN_BYTES = 200;
function text_invalid(name, value, why, next) {
    const shown = (0,lib_text/* shorten */.ml)(JSON.stringify(value), text_MAX_SHOWN_BYTES);
    return new lib_errors/* ActionError */.lZ('INPUT_INVALID', `The input ${name} is ${shown}: ${why}.`, next);
}

;// CONCATENATED MODULE: ./lib/action/input/directories.js
/** Reads the inputs that are paths of directories. They are only looked at; nothing is created. */





/** A shell would replace `~`, and other actions do. */
function directories_withHome(path) {
    return path === '~' || path.startsWith('~/') ? (0,external_node_path_.join)((0,external_node_os_.homedir)(), path.slice(1)) : path;
}
/** The absolute path that an input names: a relative one starts at working-directory, also when that is wrong. */
function fromWorkingDirectory(path) {
    return (0,external_node_path_.resolve)(directories_withHome(text_text('working-directory') || '.'), directories_withHome(path));
}
/** Absolute. */
function workingDirectoryInput() {
    const value = text('working-directory') || '.';
    const path = resolve(directories_withHome(value));
    const wrong = directories_directoryFault(directories_withHome(value), process.cwd());
    if (wrong === undefined)
        return path;
    const next = wrong.next ?? 'Set working-directory to a directory of the checkout.';
    throw invalid('working-directory', value, wrong.why, next);
}
/** Absolute. The directory need not exist. */
function stateDirectoryInput() {
    const value = text('state-directory') || '/tmp/oaievalset';
    const path = resolve(directories_withHome(value));
    const wrong = whyNoNewDirectory(path);
    if (wrong === undefined)
        return path;
    const next = 'Set state-directory to a directory that this job can create or write to.';
    throw invalid('state-directory', value, wrong, next);
}
/**
 * Undefined if there is nothing wrong with the directory.
 * @param base the directory where a relative path starts
 * @returns without a next step when nothing shows what was meant
 */
function directories_directoryFault(value, base) {
    const path = resolve(base, value);
    const why = whyNoDirectory(path);
    if (why === undefined || isThere(path))
        return why === undefined ? undefined : { why };
    const slashes = value.replaceAll('\\', '/');
    if (slashes !== value && isThere(resolve(base, slashes)))
        return { why, next: `Write it as ${slashes}.` };
    const parts = value.split(/[,;:\s]+/).filter((part) => part !== '');
    if (parts.length > 1 && parts.every((part) => isThere(resolve(base, part))))
        return { why, next: 'Write one path per line.' };
    const similar = similarPath(value, base);
    if (similar)
        return { why: `${why} (did you mean ${similar}?)`, next: 'Correct the path.' };
    const workspace = process.env.GITHUB_WORKSPACE;
    return workspace && path.startsWith(workspace) && namesIn(workspace).length === 0
        ? { why, next: 'The workspace is empty: add a step with actions/checkout before this one.' }
        : { why };
}
/** The path with its first part that does not exist replaced by a similar one, if that makes it a directory. */
function similarPath(value, base) {
    const parts = value.split('/');
    const until = (end) => resolve(base, parts.slice(0, end).join('/') || (value.startsWith('/') ? '/' : '.'));
    const wrong = parts.findIndex((_, index) => !isThere(until(index + 1)));
    const directories = namesIn(until(wrong)).filter((name) => isDirectory(join(until(wrong), name)));
    const similar = mostSimilar(parts[wrong] ?? '', directories);
    if (similar === undefined)
        return undefined;
    const whole = parts.with(wrong, similar).join('/');
    return isDirectory(resolve(base, whole)) ? whole : undefined;
}

;// CONCATENATED MODULE: ./lib/action/input/gate.js
/** Reads the inputs that decide whether the step passes. */








/** @throws ActionError INPUT_INVALID when a rule is wrong */
async function gateInputs() {
    const rules = parseRules(text_text('thresholds', text_SEVERAL_LINES));
    return { rules, baseline: await baselineInput() };
}
/** @throws ActionError INPUT_INVALID when a required rule needs a baseline that cannot be used; nothing has been paid yet */
async function checkedGateInputs() {
    const gate = await gateInputs();
    const [rule] = needsBaseline(gate.rules);
    if (!rule)
        return gate;
    const why = `The rule \`${rule.text}\` of the input thresholds compares with a baseline`;
    if (!gate.baseline)
        throw new ActionError('INPUT_INVALID', `${why}, but the input baseline is empty.`, 'Set baseline to the results.json of an approved run, or put "advisory:" before the rule.');
    const fault = baselineFault(gate.baseline);
    if (!fault)
        return gate;
    const { path, problem, next } = fault;
    const shown = shorten(JSON.stringify(path), MAX_SHOWN_BYTES);
    throw new ActionError('INPUT_INVALID', `${why}, but the input baseline is ${shown}, which cannot be used: ${problem}.`, next);
}
/** What is known before the plan. Other versions of evals, of a spec or of a judge are found when evals are compared. */
function baselineFault(baseline) {
    if (baseline.kind === 'unusable')
        return baseline;
    // As it is written, because it may be wrong.
    const evalSet = getInput('eval-set');
    const problem = evalSet === '' ? undefined : whyOfOtherSet(baseline.results.evalSet, evalSet);
    const next = 'Set baseline to the results.json of an approved run of this set.';
    return problem === undefined ? undefined : { path: baseline.source.path, problem, next };
}
async function baselineInput() {
    const path = gate_baselinePath();
    if (path === undefined)
        return undefined;
    // The schemas of a results.json take as long to make as the rest of the inputs to read, and few runs have a baseline.
    const { readBaseline } = await __webpack_require__.e(/* import() */ 890).then(__webpack_require__.bind(__webpack_require__, 6890));
    return await readBaseline(path, text_text('baseline'));
}
/** Absolute; undefined when the input is empty. */
function gate_baselinePath() {
    const value = text_text('baseline');
    if (value === '')
        return undefined;
    return fromWorkingDirectory(value);
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
;// CONCATENATED MODULE: ./lib/action/input/values.js
/** Reads the text of one input as a value of one kind. All errors are ActionErrors that name the input. */


/** `true` and `false` are YAML's own. `yes`, `no`, `on` and `off` were, and people still write them. */
function values_boolean(name, fallback) {
    const value = text(name);
    if (value === '')
        return fallback;
    if (/^(true|yes|on)$/i.test(value))
        return true;
    if (/^(false|no|off)$/i.test(value))
        return false;
    throw invalid(name, value, 'it is neither true nor false', `Set ${name} to true or false.`);
}
/** Whether the step sends nothing, so that it needs no key. */
function planOnlyInput() {
    return values_boolean('plan-only', false);
}
/** One of a few words. The first is the default. */
function oneOf(name, words) {
    const value = text_text(name);
    if (value === '')
        return words[0];
    const found = words.find((word) => word === value.toLowerCase());
    if (found !== undefined)
        return found;
    const [first, last] = [words.slice(0, -1).join(', '), words.at(-1)];
    throw text_invalid(name, value, `it is neither ${first} nor ${last}`, `Set ${name} to ${first} or ${last}. The default is ${words[0]}.`);
}
/** @param next a further sentence about what to do when the number is wrong */
function count(name, fallback, most, next = '') {
    const value = text(name);
    if (value === '')
        return fallback;
    const number = values_wholeNumberOf(value);
    if (number !== undefined && number >= 1 && number <= most)
        return number;
    throw invalid(name, value, `it is not a whole number from 1 to ${wholeNumber(most)}`, `Set ${name} to a number in this range.${next && ` ${next}`}`);
}
/** At any price, more than a job could use. */
const MAX_TOKENS = 1_000_000_000_000;
/** Undefined when the input is empty. */
function tokenCount(name) {
    const value = text(name);
    if (value === '')
        return undefined;
    const number = values_wholeNumberOf(value) ?? abbreviated(value);
    if (number !== undefined && number >= 1 && number <= MAX_TOKENS)
        return number;
    throw invalid(name, value, `it is not a number of tokens from 1 to ${wholeNumber(MAX_TOKENS)}`, `Write ${name} as 1000000, 1_000_000, 500k or 1.5M. For no limit, leave it empty.`);
}
/** Reads `1000000`, `1_000_000` and `1,000,000`. A point is no separator here, because it may begin decimals. */
function values_wholeNumberOf(value) {
    const isNumber = /^\d+$/.test(value) || /^\d{1,3}([,_])\d{3}(\1\d{3})*$/.test(value);
    return isNumber ? Number(value.replace(/[,_]/g, '')) : undefined;
}
/** Reads `500k` and `1.5M`. */
function abbreviated(value) {
    const [, digits, unit = ''] = /^(\d+(?:\.\d+)?) ?([km])$/i.exec(value) ?? [];
    return digits === undefined ? undefined : Math.round(Number(digits) * (/k/i.test(unit) ? 1e3 : 1e6));
}

;// CONCATENATED MODULE: ./lib/action/read-all.js

/**
 * Reads all properties, so that one error names all that are wrong, and not only the first.
 * @throws ActionError in the order of the readers; anything else that a reader throws, as it is
 */
async function read_all_readAll(readers) {
    const errors = [];
    const properties = [];
    for (const [name, read] of Object.entries(readers)) {
        try {
            properties.push([name, await read()]);
        }
        catch (error) {
            if (!(error instanceof lib_errors/* ActionError */.lZ))
                throw error;
            errors.push(error);
        }
    }
    if (errors.length > 0)
        throw (0,lib_errors/* oneError */.Po)(errors);
    return Object.fromEntries(properties);
}

;// CONCATENATED MODULE: ./lib/action/comment-inputs.js
/** Reads the inputs about comments: `comment` of both actions, and those of comment/action.yml. */






const MODES = ['changes', 'failures', 'always'];
/** @throws ActionError INPUT_INVALID */
function commentInput() {
    const value = text_text('comment');
    if (value === '')
        return { mode: 'changes', isExplicit: false };
    const mode = MODES.find((each) => each === value.toLowerCase());
    if (mode)
        return { mode, isExplicit: true };
    throw text_invalid('comment', value, 'it is neither changes, failures nor always', /^(false|never|none|no|off)$/i.test(value)
        ? 'Remove the input comment. A job without "pull-requests: write" does not comment.'
        : 'Set comment to changes, failures or always, which says when a pull request gets a comment.');
}
/** @throws ActionError that names every wrong input */
function readCommentActionInputs() {
    return readAll({
        reportDirectory,
        mode: () => commentInput().mode,
        pullRequest,
        token,
        matrix: () => text('matrix', SEVERAL_LINES),
    });
}
const A_REPORT = 'Set report-directory to the directory into which actions/download-artifact downloads the report.';
function reportDirectory() {
    const value = text('report-directory');
    if (value === '')
        throw new ActionError('INPUT_MISSING', 'The input report-directory is missing.', A_REPORT);
    const fault = directoryFault(withHome(value), process.cwd());
    if (fault === undefined)
        return value;
    throw invalid('report-directory', value, fault.why, fault.next ?? A_REPORT);
}
/** The absolute path of the directory that the input names. */
function reportDirectoryPath({ reportDirectory }) {
    return resolve(withHome(reportDirectory));
}
function pullRequest() {
    const value = text('pull-request');
    if (value === '')
        return undefined;
    const number = wholeNumberOf(value.replace(/^#/, ''));
    if (number !== undefined && number >= 1 && Number.isSafeInteger(number))
        return number;
    throw invalid('pull-request', value, 'it is not the number of a pull request', 'Set pull-request to a number such as 12, or remove it to use that of the event.');
}
function token() {
    const value = secret('github-token');
    if (value !== '')
        return value;
    throw new ActionError('INPUT_MISSING', 'The input github-token is empty.', 'Remove it to use the token of the job, or set it to a token with "pull-requests: write".');
}

;// CONCATENATED MODULE: ./lib/action/input/report.js
/** Reads the inputs about reports. Post reads them as well. */









/**
 * What is at report-directory is not checked, so that post reports even when nothing can be written there any more.
 * @throws ActionError INPUT_INVALID that names each of them that is wrong
 */
function reportInputs() {
    return read_all_readAll(readers(report_reportDirectory));
}
/** @throws ActionError INPUT_INVALID that names each of them that is wrong; nothing has been paid yet */
function checkedReportInputs() {
    return readAll(readers(usableReportDirectory));
}
function readers(directory) {
    return {
        samplesText: () => oneOf('samples-text', ['failures', 'none', 'all']),
        reportDirectory: directory,
        comment: commentInput,
    };
}
function report_reportDirectory() {
    const value = text_text('report-directory');
    return value === '' ? '' : fromWorkingDirectory(value);
}
function usableReportDirectory() {
    const value = text('report-directory');
    const path = report_reportDirectory();
    if (path === '')
        return path;
    const wrong = whyNoNewDirectory(path);
    if (wrong !== undefined)
        throw invalid('report-directory', value, wrong, 'Set report-directory to a directory that this job can create or write to.');
    const baseline = baselinePath();
    if (baseline === undefined || !isIn(path, baseline))
        return path;
    throw invalid('report-directory', value, 'it is the directory of the baseline, whose files this run would replace', 'Set report-directory to another directory. A run becomes the baseline only when somebody approves it.');
}
/** Whether the path is a file in the directory, or the directory itself. */
function isIn(directory, path) {
    const real = realPath(directory);
    return realPath(path) === real || dirname(realPath(path)) === real;
}
/** The path itself when it does not exist. */
function realPath(path) {
    try {
        return realpathSync(path);
    }
    catch {
        return path;
    }
}

// EXTERNAL MODULE: ./lib/model/shard.js
var model_shard = __webpack_require__(8165);
// EXTERNAL MODULE: ./lib/gate/rules/rule.js
var rules_rule = __webpack_require__(6993);
;// CONCATENATED MODULE: ./lib/gate/describe-verdict.js
/** The verdict of a run in one line, with all counts. Pure. */



const VERDICT_WORDS = {
    passed: 'Passed',
    failed: 'Failed',
    incomplete: 'Incomplete',
};
/** Plain text: `Passed: all 28 evals are done (23 fresh, 5 reused); 3 of 3 rules are met.` */
function describeVerdict({ status, rules, comparison }, { totals, shard }) {
    const counts = totals.evals;
    const parts = [
        describeEvals(counts, shard),
        ...(status === 'incomplete' ? unjudged(rules) : describeRules(rules)),
        ...describeDegraded(comparison),
    ];
    const of = shard ? `, ${(0,model_shard/* describeShard */.y0)(shard)}` : '';
    return `${VERDICT_WORDS[status]}${of}: ${parts.join('; ')}.`;
}
function describeEvals(counts, shard) {
    // A set may have fewer evals than shards.
    if (shard && counts.total === 0)
        return 'it has no evals';
    return counts.failed + counts.pending > 0 ? describeUnfinished(counts) : describeCompleted(counts);
}
/** `all 28 evals are done (23 fresh, 5 reused)` */
function describeCompleted(counts) {
    const { total, excluded } = counts;
    // Not "all": the set has more.
    const all = excluded > 0 || total < 3 ? '' : 'all ';
    return `${all}${(0,format/* counted */.hS)(total, 'eval')} ${(0,format/* isOrAre */.Cj)(total)} done${describeOrigins(counts)}${describeExcluded(counts)}`;
}
/** `2 of 28 evals failed, 24 are done (20 fresh, 4 reused), 2 are pending` */
function describeUnfinished(counts) {
    const { total, completed, failed, pending } = counts;
    const of = `of ${(0,format/* counted */.hS)(total, 'eval')}`;
    return [
        ...(failed > 0 ? [`${(0,format/* wholeNumber */.rD)(failed)} ${of} failed`] : []),
        `${(0,format/* wholeNumber */.rD)(completed)}${failed > 0 ? '' : ` ${of}`} ${(0,format/* isOrAre */.Cj)(failed === 0 && total === 1 ? 1 : completed)} done${describeOrigins(counts)}`,
        ...(pending > 0 ? [`${(0,format/* wholeNumber */.rD)(pending)} ${(0,format/* isOrAre */.Cj)(pending)} pending`] : []),
    ]
        .join(', ')
        .concat(describeExcluded(counts));
}
function describeExcluded({ excluded }) {
    return excluded > 0 ? `, and ${(0,format/* counted */.hS)(excluded, 'eval')} of the set ${(0,format/* isOrAre */.Cj)(excluded)} left out` : '';
}
function describeOrigins({ fresh, reused, completed }) {
    const parts = [
        ...(fresh > 0 ? [`${(0,format/* wholeNumber */.rD)(fresh)} fresh`] : []),
        ...(reused > 0 ? [`${(0,format/* wholeNumber */.rD)(reused)} reused`] : []),
    ];
    return completed === 0 ? '' : ` (${parts.join(', ')})`;
}
/** Rules of an incomplete run. */
function unjudged({ length }) {
    if (length === 0)
        return [];
    return [length === 1 ? 'the rule is not judged' : `the ${(0,format/* wholeNumber */.rD)(length)} rules are not judged`];
}
function describeRules(rules) {
    const [advisory, required] = [
        rules.filter((rule) => rule.advisory),
        rules.filter((rule) => !rule.advisory),
    ];
    return [
        ...describeStatuses(required, 'rule', ''),
        ...describeStatuses(advisory, 'advisory rule', namesOfMissed(advisory)),
    ];
}
/**
 * `2 of 4 rules are missed, 1 is not judged, 1 is met`; nothing without rules.
 * @param missed follows what is said of missed rules
 */
function describeStatuses(rules, noun, missed) {
    const clauses = ['missed', 'not-judged', 'met'].flatMap((status) => {
        const count = rules.filter((rule) => rule.status === status).length;
        const is = `${(0,format/* isOrAre */.Cj)(count)} ${status === 'not-judged' ? 'not judged' : status}`;
        return count === 0 ? [] : [{ count, is: status === 'missed' ? `${is}${missed}` : is }];
    });
    const texts = clauses.map(({ count, is }, index) => {
        if (rules.length === 1)
            return `the ${noun} ${is}`;
        return `${(0,format/* wholeNumber */.rD)(count)}${index === 0 ? ` of ${(0,format/* counted */.hS)(rules.length, noun)}` : ''} ${is}`;
    });
    return texts.length === 0 ? [] : [texts.join(', ')];
}
const MOST_NAMED = 3;
/** ` (accuracy >= 0.9)`. Nothing else says at once what an advisory rule has found, because it does not fail the step. */
function namesOfMissed(advisory) {
    const missed = advisory.filter(({ status }) => status === 'missed');
    const names = missed.map(({ rule }) => (0,rules_rule/* withoutMark */.E)(rule));
    return ` (${(0,format/* listed */.KE)(names, MOST_NAMED)})`;
}
/** Told also when no rule is about it. */
function describeDegraded(comparison) {
    const degraded = comparison?.evals.filter(({ status }) => status === 'degraded').length ?? 0;
    return degraded === 0
        ? []
        : [`${(0,format/* counted */.hS)(degraded, 'eval')} ${(0,format/* isOrAre */.Cj)(degraded)} worse than in the baseline`];
}

;// CONCATENATED MODULE: ./lib/gate/rules/glob.js
/**
 * Globs over the names of evals, as in the inputs `include` and `exclude`. The language is that of Python's fnmatch, with upper
 * and lower case distinguished: `*` matches any text, dots and slashes too, `?` one character, `[abc]` one of these characters,
 * `[!abc]` one other character.
 */
/** Compares a glob with names. It needs at most time in proportion to the product of their lengths. */
class Glob {
    #items;
    constructor(text) {
        this.#items = itemsOf([...text]);
    }
    matches(name) {
        const items = this.#items;
        const characters = [...name];
        let item = 0;
        let at = 0;
        // Where to continue when what follows the last star does not match: the star takes one character more.
        let afterStar = -1;
        let retryAt = 0;
        while (at < characters.length) {
            const current = items[item];
            if (current === '*') {
                item += 1;
                afterStar = item;
                retryAt = at;
            }
            else if (current?.(characters[at] ?? '')) {
                item += 1;
                at += 1;
            }
            else {
                if (afterStar < 0)
                    return false;
                item = afterStar;
                retryAt += 1;
                at = retryAt;
            }
        }
        return items.slice(item).every((rest) => rest === '*');
    }
}
function itemsOf(characters) {
    const items = [];
    for (let at = 0; at < characters.length; at += 1) {
        const character = characters[at];
        const end = character === '[' ? endOfSet(characters, at) : -1;
        if (character === '*')
            items.push('*');
        else if (character === '?')
            items.push(() => true);
        else if (end < 0)
            items.push((other) => other === character);
        else {
            items.push(setOf(characters.slice(at + 1, end)));
            at = end;
        }
    }
    return items;
}
/** The index of the bracket that closes a set, or -1: then the opening one is an ordinary character. The first member may be `]`. */
function endOfSet(characters, start) {
    const first = start + (characters[start + 1] === '!' ? 2 : 1);
    return characters.indexOf(']', first + 1);
}
/** @param content what stands between the brackets */
function setOf(content) {
    const isNegated = content[0] === '!';
    const members = isNegated ? content.slice(1) : content;
    const ranges = [];
    for (let at = 0; at < members.length; at += 1) {
        const isRange = members[at + 1] === '-' && at + 2 < members.length;
        // A range in reverse, such as `z-a`, has no members.
        ranges.push([codeOf(members[at]), codeOf(members[isRange ? at + 2 : at])]);
        if (isRange)
            at += 2;
    }
    return (character) => {
        const code = codeOf(character);
        return ranges.some(([first, last]) => first <= code && code <= last) !== isNegated;
    };
}
function codeOf(character) {
    return character?.codePointAt(0) ?? Number.NaN;
}
/** The names by which a glob finds an eval: its key, the part before the first dot, and the name that the set lists. */
function namesOf({ key, name }) {
    return [...new Set([key, key.split('.', 1)[0] ?? key, name])];
}
/** The text of a glob without what is special in it, which is similar to the names that it was meant to match. */
function glob_plainText(glob) {
    return glob.replace(/[*?[\]]/g, '');
}

;// CONCATENATED MODULE: ./lib/gate/judging/select-evals.js
/** Which evals of a run a rule is about. */




/** Evals of the plan. An eval that is left out of the plan is not judged at all. */
function plannedEvals(evals) {
    return evals.filter(({ status }) => status !== 'excluded');
}
/** The planned evals that a glob matches. */
function matchedEvals(glob, evals) {
    return plannedEvals(matching(glob, evals));
}
/** Why a glob matches no planned eval; a whole sentence. */
function whyUnmatched(glob, evals) {
    const leftOut = matching(glob, evals);
    if (leftOut.length > 0)
        return `${glob} matches only evals that include and exclude leave out: ${(0,format/* listed */.KE)(leftOut.map(shownName), 3)}.`;
    const planned = plannedEvals(evals);
    const names = planned.flatMap(namesOf);
    const meant = similar_names_mostSimilar(glob_plainText(glob), names);
    if (meant !== undefined)
        return `No eval matches ${glob} (did you mean ${(0,lib_text/* oneLine */.TN)(meant, select_evals_MAX_NAME_BYTES)}?).`;
    const all = planned.map(shownName);
    return `No eval matches ${glob}${all.length === 0 ? '' : `. The plan has ${(0,format/* listed */.KE)(all, 3)}`}.`;
}
/** Those that a glob matches. */
function matching(glob, evals) {
    const compiled = new Glob(glob);
    return evals.filter((each) => namesOf(each).some((name) => compiled.matches(name)));
}
const select_evals_MAX_NAME_BYTES = 200;
/** The name of an eval inside a sentence. */
function shownName({ name }) {
    return (0,lib_text/* oneLine */.TN)(name, select_evals_MAX_NAME_BYTES);
}

;// CONCATENATED MODULE: ./lib/gate/judging/finding.js


/** A rule that is not judged for a reason that is not in a single eval. `sentence` says why. */
function notJudged({ text, line, advisory }, sentence) {
    return { rule: text, line, advisory, status: 'not-judged', sentence, evals: [] };
}
/** @param findings at least one */
function ruleVerdict({ text, line, advisory }, findings, clauses) {
    const [only] = findings;
    return {
        rule: text,
        line,
        advisory,
        status: finding_statusOf(findings),
        sentence: only && findings.length === 1 ? only.sentence : describeAll(findings, clauses),
        evals: findings.map(asVerdict),
    };
}
/** One miss is enough to miss a rule, and one eval that is not judged is enough not to meet it. */
function finding_statusOf(findings) {
    const has = (status) => findings.some((finding) => finding.status === status);
    if (has('missed'))
        return 'missed';
    return has('not-judged') ? 'not-judged' : 'met';
}
function asVerdict({ eval: { key, name }, status, sentence, value }) {
    return { key, name, status, sentence, value };
}
/** Further evals are counted. */
const finding_MOST_NAMED = 5;
function describeAll(findings, { met, missed, detail }) {
    const of = (status) => findings.filter((finding) => finding.status === status);
    const [misses, unknown, fine] = [of('missed'), of('not-judged'), of('met')];
    const total = (0,format/* counted */.hS)(findings.length, 'eval');
    if (misses.length > 0) {
        const names = misses.map((each) => `${shownName(each.eval)} (${each.brief})`);
        const rest = unknown.length === 0 ? '' : ` ${describeUnknown(unknown, (0,format/* wholeNumber */.rD)(unknown.length))}`;
        return `${missed} in ${shareOf(misses.length, findings.length)}: ${some(names, ', ')}.${rest}`;
    }
    if (unknown.length === 0)
        return `${met} in ${shareOf(fine.length, findings.length)}${detail && `; ${detail}`}.`;
    if (fine.length === 0)
        return `${unknown.length === 2 ? 'Neither of the 2 evals' : `None of the ${total}`} is judged: ${reasonsOf(unknown)}.`;
    return `${met} in ${shareOf(fine.length, findings.length)}, and ${describeUnknown(unknown, (0,format/* wholeNumber */.rD)(unknown.length))}`;
}
/** `both evals`, `all 3 evals`, `2 of 3 evals` */
function shareOf(count, of) {
    if (count < of)
        return `${(0,format/* wholeNumber */.rD)(count)} of ${(0,format/* counted */.hS)(of, 'eval')}`;
    return of === 2 ? 'both evals' : `all ${(0,format/* counted */.hS)(of, 'eval')}`;
}
function describeUnknown(unknown, number) {
    return `${number} ${(0,format/* isOrAre */.Cj)(unknown.length)} not judged: ${reasonsOf(unknown)}.`;
}
/** Groups evals that have the same reason. */
function reasonsOf(unknown) {
    const reasons = [...Map.groupBy(unknown, ({ brief }) => brief)];
    const texts = reasons.map(([brief, evals]) => {
        const names = some(evals.map((each) => shownName(each.eval)), ', ');
        return evals.length === 1 ? `${names}, because ${brief}` : `${names}, each because ${brief}`;
    });
    return some(texts, '; ');
}
function some(items, separator) {
    const more = items.length - finding_MOST_NAMED;
    return `${items.slice(0, finding_MOST_NAMED).join(separator)}${more > 0 ? ` and ${(0,format/* wholeNumber */.rD)(more)} more` : ''}`;
}

;// CONCATENATED MODULE: ./lib/gate/judging/figures.js
/** Shows values beside the threshold that they are compared with. */

/** Four decimals of a share. */
const USUAL_DECIMALS = { number: 4, percent: 2 };
/** More are not in a double. */
const MOST_DECIMALS = 15;
/** `0.62`, `62 %`, `812,000`; with as many decimals as it takes to see that the value is not the threshold. */
function figure(value, { value: threshold, unit }) {
    const [shown, limit] = unit === 'percent' ? [value * 100, threshold * 100] : [value, threshold];
    let decimals = USUAL_DECIMALS[unit];
    while (decimals < MOST_DECIMALS && !isSame(value, threshold) && isSame(rounded(shown, decimals), limit))
        decimals += 1;
    return withUnit(rounded(shown, decimals), unit);
}
/** `0.8`, `90 %`, `2,000,000` */
function thresholdFigure({ value, unit }) {
    // Of a double, 15 digits are exact.
    return withUnit(unit === 'percent' ? Number((value * 100).toPrecision(15)) : value, unit);
}
function rounded(value, decimals) {
    const fixed = Number(value.toFixed(decimals));
    return fixed === 0 ? Number(value.toPrecision(2)) : fixed;
}
function withUnit(value, unit) {
    const size = Math.abs(value);
    const text = `${value < 0 ? '−' : ''}${Number.isSafeInteger(size) ? (0,format/* wholeNumber */.rD)(size) : String(size)}`;
    return unit === 'percent' ? `${text} %` : text;
}
/** Sums of decimals are rounded: 0.1 + 0.2 is 0.30000000000000004. Such a difference is no difference to a rule. */
const figures_ROUNDING = 1e-12;
function isSame(a, b) {
    return Math.abs(a - b) <= figures_ROUNDING * Math.max(Math.abs(a), Math.abs(b));
}
function isMet(value, { operator, value: threshold }) {
    if (isSame(value, threshold))
        return operator === '>=' || operator === '<=' || operator === '==';
    if (operator === '==')
        return false;
    return operator === '>' || operator === '>=' ? value > threshold : value < threshold;
}
const WORDS = {
    '>': { met: 'above', missed: 'not above' },
    '>=': { met: 'at least', missed: 'below' },
    '<': { met: 'below', missed: 'not below' },
    '<=': { met: 'at most', missed: 'above' },
    '==': { met: 'equal to', missed: 'not' },
};
/** `at least 0.8`, `below 0.8` */
function comparedWith(threshold, status) {
    return `${WORDS[threshold.operator][status]} ${thresholdFigure(threshold)}`;
}

;// CONCATENATED MODULE: ./lib/model/token-metrics.js
/**
 * evals adds the tokens of all responses to each final report, as `usage_total_tokens` (evals/cli/oaieval.py). They say nothing of the
 * quality of answers, and are shown as tokens.
 */
function isTokenMetric(name) {
    return name.startsWith('usage_');
}

;// CONCATENATED MODULE: ./lib/gate/judging/read-value.js
/** Reads the value that a rule is about from the result of an eval. */





function readValue(result, rule) {
    const reason = whyWithoutResults(result);
    if (reason !== undefined)
        return { kind: 'unusable', reason };
    return rule.source === 'samples' ? countedValue(result, rule.metric) : reportedValue(result, rule.metric);
}
/** Why nothing can be known of any metric of an eval, as a clause. */
function whyWithoutResults({ status, run, metrics }) {
    if (status === 'failed')
        return 'the eval failed';
    if (status === 'pending')
        return 'the eval has not completed';
    // oaievalset itself completed it.
    if (run === null && Object.keys(metrics).length === 0)
        return 'no results are recorded';
    return undefined;
}
function countedValue({ samples: { total, coverage } }, metric) {
    if (metric === 'samples')
        return total === null
            ? { kind: 'absent', reason: 'it is not recorded' }
            : { kind: 'value', value: total, interval: null, samples: null };
    if (total === 0)
        return noSamples;
    return coverage === null
        ? { kind: 'absent', reason: 'the class of the eval records no scores of samples' }
        : { kind: 'value', value: coverage, interval: null, samples: total };
}
const noSamples = { kind: 'unusable', reason: 'no sample was evaluated' };
function reportedValue(result, metric) {
    const { metrics, samples, intervals } = result;
    if (!Object.hasOwn(metrics, metric))
        return { kind: 'absent', reason: `the eval reports no ${absentMetric(metric, Object.keys(metrics))}` };
    if (samples.total === 0)
        return noSamples;
    const value = metrics[metric];
    if (typeof value !== 'number' || !Number.isFinite(value))
        return { kind: 'unusable', reason: `its value is ${shownValue(value)}` };
    const interval = (0,own_value/* ownValue */.e)(intervals, metric) ?? null;
    return { kind: 'value', value, interval, samples: interval?.n ?? samples.total };
}
const MAX_VALUE_BYTES = 100;
const MAX_NAMES = 3;
/** `accurcy (did you mean accuracy?)`, `bleu, only accuracy and f1_score` */
function absentMetric(metric, reported, others = []) {
    const meant = similar_names_mostSimilar(metric, [...reported, ...others]);
    if (meant !== undefined)
        return `${metric} (did you mean ${shown(meant)}?)`;
    const names = reported.filter((name) => !isTokenMetric(name)).map(shown);
    return names.length === 0 ? metric : `${metric}, only ${(0,format/* listed */.KE)(names, MAX_NAMES)}`;
}
/** Records have NaN and the infinities as texts. */
function shownValue(value) {
    const isText = typeof value === 'string' && !/^(?:NaN|-?Infinity)$/.test(value);
    return isText ? `the text "${shown(value)}", not a number` : String(value);
}
function shown(name) {
    return (0,lib_text/* oneLine */.TN)(name, MAX_VALUE_BYTES);
}

;// CONCATENATED MODULE: ./lib/gate/judging/judge-drop-rule.js





/**
 * @param before the evals of the baseline
 * @param comparisons of all evals, by the metric and with the tolerance of the rule. So the p-values are corrected over the whole
 * set: many rules about one eval each raise no more false alarms than one rule about all.
 */
function judgeDropRule(rule, now, before, comparisons) {
    const { glob, metric } = rule;
    const about = glob === null ? withMetric(metric, comparisons, now.evals, before.evals) : matching(glob, comparisons);
    const results = new Map(now.evals.map((result) => [result.key, result]));
    if (about.length > 0)
        return ruleVerdict(rule, about.map((each) => findingOf(each, results.get(each.key), rule)), clausesOf(rule));
    const why = glob === null
        ? `No eval reports ${metric}, neither now nor in the baseline.`
        : whyUnmatched(glob, now.evals);
    return notJudged(rule, why);
}
/** Of evals that report the metric in either run, and of evals whose metrics are not known. */
function withMetric(metric, comparisons, now, before) {
    const keys = new Set([
        ...[...now, ...before].filter(({ metrics }) => Object.hasOwn(metrics, metric)).map(({ key }) => key),
        ...now.filter((each) => whyWithoutResults(each) !== undefined).map(({ key }) => key),
    ]);
    return comparisons.filter(({ key }) => keys.has(key));
}
const STATUSES = {
    degraded: 'missed',
    improved: 'met',
    'within-noise': 'met',
    'too-few': 'not-judged',
    'not-comparable': 'not-judged',
    missing: 'not-judged',
    incomplete: 'not-judged',
};
/** @param result of this run; undefined when only the baseline has the eval */
function findingOf(comparison, result, rule) {
    const { difference, before, now } = comparison;
    const status = STATUSES[comparison.status];
    const value = difference ?? (before !== null && now !== null ? now - before : null);
    const shown = value === null ? 'its difference is not known' : inUnit(value, rule);
    return {
        eval: comparison,
        status,
        value,
        brief: status === 'not-judged' ? reasonFor(comparison, result) : shown,
        sentence: `${shownName(comparison)}: ${comparison.sentence}${status === 'missed' ? ` ${allowed(rule)}` : ''}`,
    };
}
function allowed(rule) {
    return `The rule allows ${rule.tolerance === 0 ? 'no drop' : `a drop of ${inUnit(rule.tolerance, rule)}`}.`;
}
/** `the judge changed (a → b)` */
function asClause(sentence) {
    return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, '')}`;
}
/** For lists. The sentence of the eval says more. */
function reasonFor({ status, before, now, sentence }, result) {
    if (result === undefined)
        return 'only the baseline has it';
    const why = whyWithoutResults(result);
    if (why !== undefined)
        return why;
    if (status === 'too-few')
        return `fewer than ${MIN_SAMPLES} of its samples can be paired with the baseline`;
    if (before === null && now === null)
        return 'neither run reports a number for it';
    if (status === 'not-comparable')
        return asClause(sentence);
    return now === null ? 'the eval reports no number for it' : 'the baseline has no number for it';
}
function clausesOf(rule) {
    const { metric, tolerance } = rule;
    const beyond = tolerance === 0 ? '' : ` beyond ${inUnit(tolerance, rule)}`;
    return { met: `${metric} shows no drop${beyond}`, missed: `${metric} shows a drop${beyond}`, detail: '' };
}
/** `2 points`, `0.02` */
function inUnit(value, { unit }) {
    const shown = Number((unit === 'points' ? value * 100 : value).toPrecision(4));
    const text = thresholdFigure({ value: shown, unit: 'number' });
    return unit === 'number' ? text : `${text} ${text === '1' ? 'point' : 'points'}`;
}

;// CONCATENATED MODULE: ./lib/gate/judging/judge-eval-rule.js
/** Judges a rule about a figure of each eval. */






function judgeEvalRule(rule, { evals }) {
    const matched = rule.glob === null ? plannedEvals(evals) : matchedEvals(rule.glob, evals);
    if (rule.glob !== null && matched.length === 0)
        return notJudged(rule, whyUnmatched(rule.glob, evals));
    const readings = matched.map((each) => ({ each, reading: readValue(each, rule) }));
    // Without a glob, the rule is about evals that have the metric, and about evals whose metrics are not known.
    const about = rule.glob === null ? readings.filter(({ reading }) => reading.kind !== 'absent') : readings;
    if (about.length === 0)
        return notJudged(rule, whyNoEval(rule, matched));
    const findings = about.map(({ each, reading }) => judge_eval_rule_findingOf(each, reading, rule));
    return ruleVerdict(rule, findings, judge_eval_rule_clausesOf(findings, rule));
}
function whyNoEval({ metric, source }, evals) {
    if (evals.length === 0)
        return 'There is no eval to judge.';
    if (source === 'samples')
        return `No eval records ${metric === 'samples' ? 'its number of samples' : 'scores of samples'}.`;
    const names = evals.flatMap(({ metrics }) => Object.keys(metrics));
    return `No eval reports ${absentMetric(metric, [...new Set(names)], COUNTED_METRICS)}.`;
}
function judge_eval_rule_findingOf(of, reading, rule) {
    const { threshold } = rule;
    const subject = `${shownName(of)}: ${shownMetric(rule)} is`;
    if (reading.kind !== 'value') {
        const sentence = `${subject} not judged, because ${reading.reason}.`;
        return { eval: of, status: 'not-judged', value: null, brief: reading.reason, sentence };
    }
    const { value } = reading;
    const shown = figure(value, threshold);
    const status = isMet(value, threshold) ? 'met' : 'missed';
    const isChance = status === 'missed' && includes(reading, threshold);
    const chance = isChance
        ? `; the interval includes ${thresholdFigure(threshold)}, so the miss may be chance`
        : '';
    return {
        eval: of,
        status,
        value,
        brief: isChance ? `${shown}, which may be chance` : shown,
        sentence: `${subject} ${shown}${certainty(reading, threshold)}, ${comparedWith(threshold, status)}${chance}.`,
    };
}
function includes({ interval }, { value }) {
    return interval !== null && interval.low <= value && value <= interval.high;
}
/** ` (95 % interval 0.52 to 0.71, 100 samples)` */
function certainty({ interval, samples }, threshold) {
    const parts = [
        ...(interval === null
            ? []
            : [`95 % interval ${figure(interval.low, threshold)} to ${figure(interval.high, threshold)}`]),
        ...(samples === null ? [] : [(0,format/* counted */.hS)(samples, 'sample')]),
    ];
    return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
function shownMetric({ metric, source }) {
    return source === 'samples' && metric === 'samples' ? 'the number of samples' : metric;
}
function judge_eval_rule_clausesOf(findings, rule) {
    const { threshold } = rule;
    // A name of a metric has no capital at the start of a sentence.
    const metric = shownMetric(rule).replace(/^the /, 'The ');
    return {
        met: `${metric} is ${comparedWith(threshold, 'met')}`,
        missed: `${metric} is ${comparedWith(threshold, 'missed')}`,
        detail: nearest(findings, threshold),
    };
}
/** The eval that comes nearest to the limit: `the lowest is 0.83 (test-match)`. */
function nearest(findings, { operator }) {
    if (operator === '==')
        return '';
    const isLowest = operator === '>' || operator === '>=';
    const [first] = findings.toSorted((a, b) => ((a.value ?? 0) - (b.value ?? 0)) * (isLowest ? 1 : -1));
    return first === undefined
        ? ''
        : `the ${isLowest ? 'lowest' : 'highest'} is ${first.brief} (${shownName(first.eval)})`;
}

;// CONCATENATED MODULE: ./lib/gate/judging/judge-run-rule.js
/** Judges a rule about the whole run. */



/** A failed eval was not paid for as a whole, so the figures of its run say nothing. */
function judgeRunRule(rule, { totals }) {
    const { metric, threshold, text, line, advisory } = rule;
    const value = metric === 'total-tokens' ? totals.tokens.prompt + totals.tokens.completion : totals.requests.sent;
    const { total, failed } = totals.evals;
    const shown = figure(value, threshold);
    if (total === 0)
        return notJudged(rule, 'There is no eval to judge.');
    if (!Number.isFinite(value))
        return notJudged(rule, `${metric} is not judged, because its value is ${value}.`);
    if (failed > 0)
        return notJudged(rule, `${metric} is not judged, because ${(0,format/* counted */.hS)(failed, 'eval')} failed; it is ${shown} so far.`);
    const status = isMet(value, threshold) ? 'met' : 'missed';
    const sentence = `${metric} is ${shown}, ${comparedWith(threshold, status)}.`;
    return { rule: text, line, advisory, status, sentence, evals: [] };
}

;// CONCATENATED MODULE: ./lib/gate/judging/judge-rules.js






/** In the order of the rules. */
function judgeRules(request) {
    const { results, rules } = request;
    const { failed, pending } = results.totals.evals;
    if (failed === 0 && pending > 0)
        return rules.map((rule) => notJudged(rule, 'The rule is not judged, because the run is incomplete.'));
    const baseline = usableBaseline(request);
    const examined = typeof baseline === 'string' ? new Map() : examineMetrics(request, baseline);
    return rules.map((rule) => {
        if (rule.kind === 'run')
            return judgeRunRule(rule, results);
        if (rule.kind === 'eval')
            return judgeEvalRule(rule, results);
        if (typeof baseline === 'string')
            return notJudged(rule, baseline);
        const comparisons = conclude(examined.get(rule.metric) ?? [], rule.tolerance);
        return judgeDropRule(rule, results, baseline.results, comparisons);
    });
}
const MAX_PROBLEM_BYTES = 500;
/** Or why drops cannot be judged; a whole sentence. */
function usableBaseline({ baseline, problem }) {
    if (baseline === undefined)
        return 'The rule is not judged, because the input baseline is empty.';
    const [path, why] = baseline.kind === 'unusable' ? [baseline.path, baseline.problem] : [baseline.source.path, problem];
    if (baseline.kind === 'usable' && problem === null)
        return baseline;
    const shown = [path, why ?? ''].map((text) => (0,lib_text/* oneLine */.TN)(text, MAX_PROBLEM_BYTES));
    return `The rule is not judged, because the baseline ${shown.join(' cannot be used: ')}.`;
}
/** Each metric is examined once, however many rules are about it: 100,000 samples take a while. */
function examineMetrics({ results, samples, rules }, baseline) {
    const metrics = new Set(rules.flatMap((rule) => (rule.kind === 'drop' ? [rule.metric] : [])));
    const request = { evals: results.evals, samples, evalsVersion: results.versions.evals, baseline };
    return new Map([...metrics].map((metric) => [metric, examineAll({ ...request, metric, tolerance: 0 })]));
}

;// CONCATENATED MODULE: ./lib/model/outcome.js
/** Whether an eval has a result, of this run or of an earlier one. */
function isCompleted({ status }) {
    return status === 'fresh' || status === 'reused';
}

;// CONCATENATED MODULE: ./lib/gate/overall.js
/** One rate over all samples of a run. Pure. */




/**
 * The rate over the samples of all completed evals, with its 95 % Wilson interval. Null unless their main metrics have the same
 * name and each of their samples scores 0 or 1: other metrics cannot be pooled, and a rate of only some evals is not that of all.
 */
function overallRate({ evals }, samples) {
    const completed = evals.filter(isCompleted);
    const metric = commonMetric(completed);
    if (metric === undefined)
        return null;
    let [ones, n] = [0, 0];
    for (const { key } of completed) {
        const counts = countOnes(samples, key, metric);
        if (counts === undefined)
            return null;
        ones += counts.ones;
        n += counts.n;
    }
    if (n === 0)
        return null;
    const { low, high } = wilson(ones, n);
    return { metric, rate: ones / n, low, high, n };
}
function commonMetric(completed) {
    const names = new Set(completed.map(({ mainMetric }) => mainMetric?.name));
    const [name] = names;
    return names.size === 1 ? name : undefined;
}
/** Undefined when no sample has a score, or one is neither 0 nor 1. */
function countOnes(samples, key, metric) {
    const scores = (samples.get(key)?.samples ?? []).flatMap((sample) => (0,own_value/* ownValue */.e)(sample.scores, metric) ?? []);
    if (scores.length === 0 || !scores.every(isBinary))
        return undefined;
    return { ones: scores.filter((score) => score === 1).length, n: scores.length };
}

;// CONCATENATED MODULE: ./lib/gate/judge.js




function judge({ results, samples, rules, baseline }) {
    const comparison = compareWithBaseline(results, samples, baseline);
    const verdicts = judgeRules({ results, samples, rules, baseline, problem: comparison?.problem ?? null });
    const status = judge_statusOf(results, verdicts);
    return {
        status,
        sentence: describeVerdict({ status, rules: verdicts, comparison }, results),
        rules: verdicts,
        comparison,
        overall: overallRate(results, samples),
    };
}
/** An eval that is worse than in the baseline fails the step only if a rule says so. */
function judge_statusOf({ totals }, rules) {
    if (totals.evals.failed > 0)
        return 'failed';
    if (totals.evals.pending > 0)
        return 'incomplete';
    return rules.every(({ status, advisory }) => advisory || status === 'met') ? 'passed' : 'failed';
}

// EXTERNAL MODULE: ./lib/model/sample.js
var model_sample = __webpack_require__(5307);
;// CONCATENATED MODULE: ./lib/model/command.js
/** Formats a command as Python's `json.dumps` does: with `", "` between items, and with only printable ASCII unescaped. */
function formatCommand(command) {
    return `[${command.map(pythonString).join(', ')}]`;
}
/** The completion functions of a command. A model-graded eval is graded by the last one. */
function command_completionFnsOf([, model = '']) {
    return model.split(',');
}
/** A key for maps and sets. Two commands are the same if and only if their ids are. */
function commandId(command) {
    return JSON.stringify(command);
}
function pythonString(value) {
    return JSON.stringify(value).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

;// CONCATENATED MODULE: ./lib/model/judge.js
/** Which completion function grades the answers of a model-graded eval. */

/** Undefined when no model grades the eval. */
function judgeOf({ command, modelGraded }) {
    return modelGraded ? command_completionFnsOf(command).at(-1) : undefined;
}
/** Whether a model-graded eval is graded by the model, or by one of the models, whose answers are graded. */
function gradesItself({ command, modelGraded }) {
    const fns = completionFnsOf(command);
    return modelGraded && (fns.length === 1 || fns.indexOf(fns.at(-1) ?? '') < fns.length - 1);
}

;// CONCATENATED MODULE: ./lib/model/model-map.js
const noModelMap = new Map();
/** The lines of the map in an order that does not depend on how the user sorted them. */
function model_map_sortedLines(map) {
    return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
/** Whether an eval that asked for these models would send the same requests with this map. */
function sendsTheSame(asked, map) {
    return Object.entries(asked).every(([name, sent]) => (map.get(name) ?? name) === sent);
}
/** The names that were replaced, each with the model that was sent. */
function replacedIn(asked) {
    return Object.entries(asked).filter(([name, sent]) => name !== sent);
}

// EXTERNAL MODULE: ./lib/model/price.js
var price = __webpack_require__(4028);
;// CONCATENATED MODULE: ./lib/model/sample-counts.js

/**
 * Counts samples by their outcomes. A sample is covered when something was found out about it: an outcome correct or incorrect, a
 * score, or the choice of a judge. An unscored sample is not, although evals gives it the lowest score.
 * @param evaluated how many samples the eval evaluated; a class need not record an event for each; null: only the recorded ones
 */
function countOutcomes(samples, evaluated = null) {
    if (samples.length === 0)
        return { total: evaluated, outcomes: null, coverage: null };
    const outcomes = { correct: 0, incorrect: 0, unscored: 0, errored: 0 };
    let covered = 0;
    for (const sample of samples) {
        if (sample.outcome !== null)
            outcomes[sample.outcome] += 1;
        if (isCovered(sample))
            covered += 1;
    }
    const total = Math.max(samples.length, evaluated ?? 0);
    const hasOutcomes = model_sample/* SAMPLE_OUTCOMES */.pu.some((outcome) => outcomes[outcome] > 0);
    return {
        total,
        outcomes: hasOutcomes ? outcomes : null,
        coverage: covered > 0 || hasOutcomes ? covered / total : null,
    };
}
function isCovered({ outcome, scores, choice }) {
    if (outcome === 'unscored' || outcome === 'errored')
        return false;
    if (outcome !== null || choice !== null)
        return true;
    for (const name in scores)
        if (Object.hasOwn(scores, name))
            return true;
    return false;
}

// EXTERNAL MODULE: ./lib/report/costs.js
var costs = __webpack_require__(676);
;// CONCATENATED MODULE: ./lib/report/describe-reused.js


/** `998 of 1,000 answers reused`, `2 sent`; without kept answers `2 requests sent`, `998 replayed`. */
function describeRequests({ sent, replayed }, reused) {
    if (!reused)
        return [
            ...(sent > 0 ? [`${counted(sent, 'request')} sent`] : []),
            ...(replayed > 0 ? [`${wholeNumber(replayed)} replayed`] : []),
        ];
    const resumed = replayed - reused.count;
    return [
        reusedOf(sent + replayed, reused),
        ...(resumed > 0 ? [`${wholeNumber(resumed)} replayed`] : []),
        `${wholeNumber(sent)} sent`,
    ];
}
/** `998 of 1,000 answers reused, the oldest of 2026-11-27 14:00 UTC`; empty without kept answers. */
function describeReused({ requests, reusedAnswers: reused }) {
    return reused
        ? `${reusedOf(allOf(requests, reused), reused)}, the oldest of ${(0,format/* minuteText */.Wn)(reused.oldest)}`
        : '';
}
/** The same of all evals with kept answers together. */
function reusedAnswerLines({ evals }) {
    const reusing = evals.flatMap(({ requests, reusedAnswers: reused }) => reused ? [{ reused, all: allOf(requests, reused) }] : []);
    const [oldest] = reusing.map(({ reused }) => reused).toSorted((a, b) => (0,lib_text/* compareText */.n6)(a.oldest, b.oldest));
    if (!oldest)
        return [];
    const count = reusing.reduce((sum, { reused }) => sum + reused.count, 0);
    const all = reusing.reduce((sum, each) => sum + each.all, 0);
    const text = reusedOf(all, { ...oldest, count });
    return [
        `${text} from earlier runs in ${(0,format/* counted */.hS)(reusing.length, 'eval')}, the oldest of ${(0,format/* minuteText */.Wn)(oldest.oldest)}.`,
    ];
}
function allOf(requests, { count }) {
    return requests ? requests.sent + requests.replayed : count;
}
function reusedOf(all, { count }) {
    return `${(0,format/* wholeNumber */.rD)(count)} of ${(0,format/* counted */.hS)(all, 'answer')} reused`;
}

;// CONCATENATED MODULE: ./lib/model/logged-line.js
const LOGGED = /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] \[([\w.]+):\d+\] (.*)$/s;
/** Undefined when no logger printed the line. Source of the format: evals/cli/oaieval.py, `logging.basicConfig`. */
function loggedLine(line) {
    const [, file, message] = LOGGED.exec(line) ?? [];
    return file === undefined || message === undefined ? undefined : { file, message };
}

;// CONCATENATED MODULE: ./lib/report/routine-output.js
/** Recognizes what evals and its API client print in every run. It tells a reader nothing that the log does not say elsewhere. Pure. */

/** A progress bar of tqdm. The next message of a logger follows it on the same line, because a bar does not end its line. */
const PROGRESS_BAR = /^(?:[^|[\]]*?\d{1,3}%\|[^|]*\|[^[]*\[[^\]]*\]|\d+(?:\.\d+)?[kMG]?(?:it|B)? \[\d+:\d\d[^\]]*\])/;
/** By file: what is printed in every run (evals/cli/oaieval.py, eval.py, data.py, record.py, registry.py; httpx; openai). */
const ROUTINE = {
    'oaieval.py': /^(?:Run started: |Final report:$|Found \d+\/\d+ sampling events with usage data$|Token usage from \d+ sampling events:$|[\w./ -]+: (?:-?[\d.]+(?:e-?\d+)?|nan|inf)$)/,
    'eval.py': /^(?:Evaluating \d+ samples$|Running in (?:threaded mode with \d+ threads|sequential mode)!$)/,
    'data.py': /^Fetching /,
    'record.py': /^(?:Final report: \{|Logged \d+ rows of events to )/,
    'registry.py': /^Loading registry from /,
    // Requests go to the gateway, and the log says itself when the API is in trouble.
    '_client.py': /^HTTP Request: /,
    '_base_client.py': /^Retrying request to /,
    '_common.py': /^Backing off /,
};
/** The rest of the message `Token usage from 3 sampling events:`. */
const TOKEN_COUNT = /^(?:completion|prompt|total)_tokens(?:_details)?: \d[\d,]*$/;
/** What numpy prints about the spread of one sample (`boostrap_std` of evals), with the lines of its source. */
const NUMPY_WARNING = /\/numpy\/\S+: RuntimeWarning: (?:Mean of empty slice|Degrees of freedom <= 0 for slice|invalid value encountered in (?:scalar )?divide)/;
const NUMPY_SOURCE = /^(?:return _methods\._(?:mean|std|var)\(|ret = (?:ret\.dtype\.type\(ret \/ rcount\)|_var\())/;
/** Whether a reader of the log can do without the line. */
function isRoutine(line) {
    const text = withoutProgressBars(line).trim();
    if (text === '' || TOKEN_COUNT.test(text) || NUMPY_WARNING.test(text) || NUMPY_SOURCE.test(text))
        return true;
    const logged = loggedLine(text);
    return logged !== undefined && (ROUTINE[logged.file]?.test(logged.message) ?? false);
}
/** What is left of a line when the progress bars at its start are removed. */
function withoutProgressBars(line) {
    let text = line;
    for (;;) {
        const rest = text.trimStart();
        const bar = PROGRESS_BAR.exec(rest);
        if (!bar)
            return text;
        text = rest.slice(bar[0].length);
    }
}

;// CONCATENATED MODULE: ./lib/model/python-code.js
/** Whose code a frame or an exception of Python is. Pure. */
/** Installed packages, and directories with `lib/python3.11`, which contain Python's own modules. */
const INSTALLED = /\/(?:site|dist)-packages\/|\/lib\/python3\.\d+\//;
const OF_THE_ACTION = /\/oaievalset_action\//;
/** Exceptions of API clients: the API refused a request, or did not respond. */
const OF_API_CLIENT = /^(?:openai|anthropic|httpx2?|litellm)\./;
function isInstalled(file) {
    return INSTALLED.test(file);
}
/** Whether the file is neither installed, nor one of the action, nor one that Python made up, such as `<string>`. */
function isUsersFile(file) {
    return file.startsWith('/') && !INSTALLED.test(file) && !OF_THE_ACTION.test(file);
}
/** @param type as in the last line of a traceback, such as `openai.NotFoundError` or `openai.NotFoundError: …` */
function isOfApiClient(type) {
    return OF_API_CLIENT.test(type);
}

;// CONCATENATED MODULE: ./lib/report/traceback.js
/** Shortens Python tracebacks to the frames that a reader can do something about. Pure. */

const HEAD = /Traceback \(most recent call last\):\s*$/;
const FRAME = /^\s+File "(.*)", line \d+/;
/** Frames that start every eval, of the action, of evals' command line, and of Python's pools of threads and processes. */
const OF_THE_MACHINERY = /\/oaievalset_action\/|\/evals\/(?:cli\/oaieval|eval)\.py$|\/bin\/oaieval$|\/multiprocessing\/|\/concurrent\/futures\/|\/threading\.py$|\/tqdm\/|^<frozen /;
/**
 * The lines without the frames of the machinery. A traceback that has only such frames stays whole, unless an API client raised
 * the exception: of that one, only frames of the user's own code are shown.
 *
 * @param seen the tracebacks that were shown before; one that occurs again is not shown again
 */
function shortTracebacks(lines, seen = new Set()) {
    const shown = [];
    for (let at = 0; at < lines.length;) {
        const line = lines[at] ?? '';
        at += 1;
        if (!HEAD.test(line)) {
            shown.push(line);
            continue;
        }
        const end = endOfFrames(lines, at);
        const isOfClient = isOfApiClient(lines[end] ?? '');
        const frames = framesThat(isOfClient ? isUsersFile : isNoMachinery, lines.slice(at, end));
        const kept = frames.length > 0 || isOfClient ? frames : lines.slice(at, end);
        // Nothing is left of a traceback of a client. Of one that is cut off, only the head is there.
        if (kept.length === 0)
            shown.push(...(isOfClient ? [] : [line]));
        else
            shown.push(...once(line, kept, lines[end] ?? '', seen));
        at = end;
    }
    return shown;
}
/** @param exception the line that follows the frames */
function once(head, frames, exception, seen) {
    const identity = [...frames, exception].join('\n');
    if (seen.has(identity))
        return [`${head.trimEnd()} (the same as above)`];
    seen.add(identity);
    return [head, ...frames];
}
function endOfFrames(lines, start) {
    let end = start;
    while (/^\s/.test(lines[end] ?? ''))
        end += 1;
    return end;
}
function isNoMachinery(file) {
    return !OF_THE_MACHINERY.test(file);
}
/** Frames with their source lines. */
function framesThat(isKept, lines) {
    let keeps = true;
    return lines.filter((line) => {
        const [, file] = FRAME.exec(line) ?? [];
        if (file !== undefined)
            keeps = isKept(file);
        return keeps;
    });
}

;// CONCATENATED MODULE: ./lib/report/end-of-output.js


const TRACEBACK = 'Traceback (most recent call last):';
/** A frame of a traceback, or a line outside of one. */
const FRAME_OR_TEXT = /^(?:\S|\s+File ")/;
/**
 * The last lines of an eval's output without what every eval prints, and without the frames of the machinery. Pure.
 * @param lines they may begin within a traceback
 */
function endOfOutput(lines) {
    const isCut = /^\s/.test(lines[0] ?? '');
    const firstFrame = Math.max(0, lines.findIndex((line) => FRAME_OR_TEXT.test(line)));
    return shortTracebacks(isCut ? [TRACEBACK, ...lines.slice(firstFrame)] : lines).filter((line) => !isRoutine(line));
}

;// CONCATENATED MODULE: ./lib/report/main-metric.js

/**
 * The metric for a line or a table cell: the first one that the registry names and the report has, or else one with a usual
 * name, or else the first number that is neither a deviation nor a count. Undefined when there is none.
 */
function mainMetric(preferred, metrics) {
    const usual = ['accuracy', 'score', 'f1_score'];
    const name = [...preferred, ...usual].find((candidate) => (0,own_value/* ownValue */.e)(metrics, candidate) !== undefined) ??
        Object.keys(metrics).find((key) => typeof metrics[key] === 'number' && !NO_MAIN_METRIC.test(key));
    const value = name === undefined ? undefined : metrics[name];
    return name === undefined || value === undefined ? undefined : { name, value };
}
/** Tokens, deviations, and how often a judge made each choice. */
const NO_MAIN_METRIC = /^usage_|std$|^counts\//;

;// CONCATENATED MODULE: ./lib/report/results.js
/** Makes the results of a run from its outcomes and from the samples in their records. Pure. */













function summarize(run, pricing = price/* noPricing */.Qx) {
    const { model, evalSet, facts, shard, outcomes, excluded, ended } = run;
    const { versions, judgeModel, modelMap, args } = facts;
    const evals = [
        ...outcomes.map((outcome) => evalResult(outcome, run, pricing.prices)),
        ...excluded.map(excludedEval),
    ];
    const prices = (0,costs/* usedPrices */.eF)(run, pricing);
    return {
        run: { ...facts.run, ended: ended.toISOString() },
        versions,
        model,
        evalSet,
        judgeModel,
        modelMap,
        adaptations: distinct(evals.flatMap(({ adaptations }) => adaptations)),
        args,
        ...(shard ? { shard } : {}),
        ...(facts.estimate ? { estimate: facts.estimate } : {}),
        totals: totalsOf(run, pricing.prices),
        ...(prices ? { prices } : {}),
        evals,
    };
}
function distinct(values) {
    return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
function totalsOf({ outcomes, excluded, traffic }, prices) {
    const { sent, replayed, retried, failed, tokensSent, tokensReplayed } = traffic;
    return {
        evals: countsOf(outcomes, excluded.length),
        requests: { sent, replayed, retried, failed },
        tokens: tokensSent,
        replayedTokens: tokensReplayed,
        ...(0,costs/* runCosts */.EN)(traffic, prices),
    };
}
function countsOf(outcomes, excluded) {
    const number = (status) => outcomes.filter((outcome) => outcome.status === status).length;
    const [fresh, reused] = [number('fresh'), number('reused')];
    return {
        total: outcomes.length,
        completed: fresh + reused,
        fresh,
        reused,
        failed: number('failed'),
        pending: number('pending'),
        excluded,
    };
}
function evalResult(outcome, { facts, samples, attempts }, prices) {
    const { eval: planned, status } = outcome;
    const base = {
        ...emptyEval(planned.key, planned.name),
        evalClass: planned.evalClass ?? null,
        status,
        decision: (0,own_value/* ownValue */.e)(facts.decisions, planned.key) ?? null,
        judge: judgeOf(planned) ?? null,
        attempts: attempts.get(planned.key) ?? 0,
    };
    if (status === 'failed') {
        const { reason, failure, lastLines, recorded = 0 } = outcome;
        const { type = null, place = null, sample = null } = failure ?? {};
        const error = { type, message: reason, place, sample, lastLines: endOfOutput(lastLines) };
        return { ...base, note: reason, recorded, error };
    }
    if (status === 'pending')
        return { ...base, note: outcome.reason, recorded: outcome.recorded ?? 0 };
    const { record } = outcome;
    if (!record)
        return { ...base, note: 'done by oaievalset, no results recorded' };
    const { key, metrics: preferred } = planned;
    const intervals = intervalsOf(record.metrics, samples.get(key));
    return {
        ...base,
        metrics: record.metrics,
        mainMetric: mainMetricOf(mainMetric(preferred, record.metrics), intervals, planned),
        intervals,
        samples: countOutcomes(samples.get(key)?.samples ?? [], record.samples),
        ...effortOf(record),
        ...(record.reusedAnswers ? { reusedAnswers: record.reusedAnswers } : {}),
        note: describeReused(record),
        cost: (0,costs/* evalCost */._n)(record, prices),
        adaptations: record.adaptations,
        replacedModels: Object.fromEntries(replacedIn(record.models ?? {}).map(([name, live]) => [name, live])),
        comparable: comparablePartsOf(record),
    };
}
function emptyEval(key, name) {
    return {
        key,
        name,
        evalClass: null,
        status: 'excluded',
        decision: null,
        judge: null,
        metrics: {},
        mainMetric: null,
        intervals: {},
        samples: { total: null, outcomes: null, coverage: null },
        tokens: null,
        requests: null,
        cost: null,
        tookMs: null,
        attempts: 0,
        run: null,
        error: null,
        note: '',
        recorded: 0,
        adaptations: [],
        replacedModels: {},
        comparable: {},
    };
}
function excludedEval(key) {
    return emptyEval(key, key);
}
/** What it took to complete the eval. */
function effortOf(record) {
    const { tokens, requests, started, ended, run } = record;
    return {
        tokens,
        requests,
        tookMs: Date.parse(ended) - Date.parse(started),
        run: { id: run.id, attempt: run.attempt },
    };
}
function mainMetricOf(main, intervals, planned) {
    return main
        ? {
            ...main,
            interval: (0,own_value/* ownValue */.e)(intervals, main.name) ?? null,
            higherIsBetter: results_isHigherBetter(main.name, planned),
        }
        : null;
}
/** The registry says it of the first of its metrics, which some classes do not report. `true` is also what it says by default. */
function results_isHigherBetter(name, { metrics: [first], higherIsBetter = true }) {
    if (name === first || (first === undefined && !higherIsBetter))
        return higherIsBetter;
    return soundsHigherBetter(name);
}
/** How far the mean over the samples may be from the metric that evals reported. Sums in another order differ less. */
const results_ROUNDING = 1e-9;
/**
 * Of each metric that is the mean over the samples in the record. A class may compute a metric in another way, and then its
 * interval is not known.
 */
function intervalsOf(metrics, samples) {
    const found = [];
    for (const [name, value] of Object.entries(metrics)) {
        if (typeof value !== 'number' || !samples)
            continue;
        const scores = samples.samples.flatMap((sample) => (0,own_value/* ownValue */.e)(sample.scores, name) ?? []);
        if (scores.length === 0 || Math.abs(meanOf(scores) - value) > results_ROUNDING)
            continue;
        const interval = meanInterval(scores);
        if (interval)
            found.push([name, interval]);
    }
    return Object.fromEntries(found);
}
/** Results of evals that differ in one of these cannot be compared. */
const COMPARABLE_PARTS = ['spec', 'evals', 'modelgraded', JUDGE_PART, MODEL_MAP_PART];
function comparablePartsOf({ parts }) {
    return Object.fromEntries(COMPARABLE_PARTS.flatMap((name) => (parts[name] === undefined ? [] : [[name, parts[name]]])));
}

;// CONCATENATED MODULE: ./lib/action/baseline-texts.js
/** Which texts of a baseline may be shown. Its samples.jsonl may have more of them than this run may publish. */

/**
 * With `failures`, those of samples that failed in the baseline or fail now, so that a sample that got worse can be compared.
 * @param now the samples of this run
 */
function limitBaselineTexts(baseline, now, policy) {
    if (policy === 'all')
        return baseline;
    return new Map([...baseline].map(([key, samples]) => [key, limited(samples, now.get(key), policy)]));
}
function limited(before, now, policy) {
    const failing = new Set(policy === 'none' ? [] : [...failures(before), ...(now ? failures(now) : [])].map(({ hash }) => hash));
    return {
        samples: before.samples,
        texts: (sample) => (failing.has(sample.hash) ? before.texts(sample) : model_sample/* NO_TEXTS */.rl),
    };
}
function failures({ samples }) {
    return samples.filter(({ outcome }) => outcome !== null && outcome !== 'correct');
}

// EXTERNAL MODULE: ./lib/action/checkout-path.js
var checkout_path = __webpack_require__(9698);
;// CONCATENATED MODULE: ./lib/action/prices.js
/** The prices of a run: of its report, and for its budget. */





/** More names would hide what to do. */
const prices_MAX_NAMES = 5;
/** What the prices of this run depend on. Its report may be written by another process, or by the merge of its shards. */
async function prices_priceFacts({ inputs, urls }) {
    const overrides = inputs.prices;
    // No provider is on this machine.
    if (isLoopback(urls.openai.hostname))
        return { providers: [], overrides };
    // The list takes some milliseconds to load.
    const { pricedProviders } = await __webpack_require__.e(/* import() */ 563).then(__webpack_require__.bind(__webpack_require__, 9563));
    return { providers: await pricedProviders([urls.openai, urls.anthropic]), overrides };
}
/** The prices of the day on which the run started. Nothing is loaded for a run that has neither sent nor reused anything. */
async function pricingOf({ facts, traffic, outcomes }) {
    const hasTokens = Object.keys(traffic.models).length > 0 ||
        outcomes.some((outcome) => 'record' in outcome && outcome.record !== undefined);
    return hasTokens ? await loadPricing(facts.prices, new Date(facts.run.started)) : price/* noPricing */.Qx;
}
/** Without a listed provider and without overrides, no price can be known. */
async function loadPricing(prices, at) {
    if (!prices || (prices.providers.length === 0 && prices.overrides.length === 0))
        return price/* noPricing */.Qx;
    const { loadPricing: load } = await __webpack_require__.e(/* import() */ 563).then(__webpack_require__.bind(__webpack_require__, 9563));
    return await load(prices, at);
}
/** The prices of the day on which the step began. */
async function stepPrices(step) {
    return (await loadPricing(await prices_priceFacts(step), new Date(step.beganAt))).prices;
}
/** The prices for the cost-budget; undefined without one. */
async function budgetPrices(step) {
    return step.inputs.costBudget === undefined ? undefined : await stepPrices(step);
}
/**
 * A run with a model without a price would spend more than its budget allows.
 * @param prices undefined without a cost-budget
 * @param toRun the evals that will run
 * @throws ActionError INPUT_INVALID, before anything is spent
 */
function requirePrices(prices, { inputs }, plan, toRun) {
    if (!prices)
        return;
    const missing = askedModels(inputs, plan, toRun).filter((model) => prices(model) === undefined);
    if (missing.length === 0)
        return;
    throw new ActionError('INPUT_INVALID', `The input cost-budget needs the price of each model, but no price is known of ${listed(missing, prices_MAX_NAMES)}.`, `Set the input prices, in US dollars per million tokens, with ${missing.length === 1 ? 'this line' : 'these lines'} and your numbers, or remove cost-budget:\n${missing.slice(0, prices_MAX_NAMES).map(exampleLine).join('\n')}`);
}
/** To be pasted. */
function exampleLine(model) {
    return `${model}: input 0.15, output 0.60`;
}
/** The models of the inputs that these evals ask for, and those that the model map names. */
function askedModels({ modelMap }, { apiModels, needsApiKey }, toRun) {
    if (toRun.length === 0 || !needsApiKey)
        return [];
    const named = new Set(toRun.flatMap(({ command }) => completionFnsOf(command)));
    // The other names are completion functions, whose models are known when they send requests.
    const models = apiModels?.filter((name) => named.has(name)) ?? [...named].filter((name) => name !== 'dummy');
    return [...new Set([...models, ...modelMap.values()])];
}

;// CONCATENATED MODULE: ./lib/action/make-report.js
/** Makes what all reports are made from, in main and in post. */






/** The same in main, in post and in the merge of shards: prices come from the facts of the run, too. */
async function makeReport({ run, gate, samplesText, context, log }) {
    const { rules, baseline } = gate;
    const redact = (text) => log.redact(text);
    const results = publicResults(summarize(run, await pricingOf(run)), context.workspace, redact);
    const { samples } = run;
    const { serverUrl, repository, runId } = context;
    return {
        results,
        verdict: judge({ results, samples, rules, baseline }),
        samples: allRedacted(samples, redact),
        baselineSamples: allRedacted(limitBaselineTexts(samplesOf(baseline), samples, samplesText), redact),
        links: { serverUrl, repository, runId: /^\d+$/.test(runId) ? runId : '' },
    };
}
function samplesOf(baseline) {
    return (baseline?.kind === 'usable' ? baseline.samples : undefined) ?? new Map();
}
/** Without secrets, and with the user's own files relative to the checkout. */
function publicResults(results, workspace, redact) {
    return {
        ...results,
        args: results.args.map(redact),
        evals: results.evals.map((each) => publicEval(each, workspace, redact)),
    };
}
function publicEval(result, workspace, redact) {
    const { error, decision, note, metrics } = result;
    return {
        ...result,
        metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [
            name,
            typeof value === 'string' ? redact(value) : value,
        ])),
        note: redact(note),
        decision: decision && { ...decision, reason: redact(decision.reason) },
        error: error && {
            ...error,
            message: redact(error.message),
            place: error.place && {
                ...error.place,
                file: (0,checkout_path/* pathInCheckout */.B)(error.place.file, workspace) ?? error.place.file,
            },
            lastLines: error.lastLines.map(redact),
        },
    };
}
function allRedacted(samples, redact) {
    return new Map([...samples].map(([key, each]) => [key, redacted(each, redact)]));
}
/** Several writers read the texts of the first samples of an eval. */
const MAX_KNOWN = 20;
function redacted(whole, redact) {
    const known = new Map();
    return {
        samples: whole.samples,
        texts(sample) {
            const texts = known.get(sample) ?? redactedTexts(whole.texts(sample), redact);
            if (texts !== model_sample/* NO_TEXTS */.rl && known.size < MAX_KNOWN)
                known.set(sample, texts);
            return texts;
        },
    };
}
function redactedTexts(texts, redact) {
    if (texts === model_sample/* NO_TEXTS */.rl)
        return model_sample/* NO_TEXTS */.rl;
    const entries = Object.entries(texts).map(([name, text]) => [name, text === null ? null : redact(text)]);
    return Object.fromEntries(entries);
}

;// CONCATENATED MODULE: ./lib/model/estimate.js
/** What evals are likely to take before they have run: docs/estimates.md. */
const estimate_NOTHING = { low: 0, high: 0 };
function addRanges(a, b) {
    return { low: a.low + b.low, high: a.high + b.high };
}
function estimate_tokensOf({ promptTokens, completionTokens }) {
    return addRanges(promptTokens, completionTokens);
}
/** The sum of what two parts of a set take. */
function addEstimates(a, b) {
    return {
        evals: a.evals + b.evals,
        unknownEvals: a.unknownEvals + b.unknownEvals,
        guessedEvals: a.guessedEvals + b.guessedEvals,
        requests: addRanges(a.requests, b.requests),
        promptTokens: addRanges(a.promptTokens, b.promptTokens),
        completionTokens: addRanges(a.completionTokens, b.completionTokens),
        cost: a.cost && b.cost && addRanges(a.cost, b.cost),
        unpriced: [...new Set([...a.unpriced, ...b.unpriced])],
    };
}

// EXTERNAL MODULE: ./lib/report/result-text.js
var result_text = __webpack_require__(8029);
// EXTERNAL MODULE: ./lib/report/rows.js
var report_rows = __webpack_require__(9965);
// EXTERNAL MODULE: ./lib/report/status-text.js
var status_text = __webpack_require__(6688);
// EXTERNAL MODULE: ./lib/report/words.js
var words = __webpack_require__(8191);
;// CONCATENATED MODULE: ./lib/report/closing-table.js
/** The table of results at the end of the log, and what its rules found, in plain text. Pure. */







/** The job summary has all evals. */
const MAX_ROWS = 50;
/** A longer name would push the other columns out of sight. */
const closing_table_MAX_NAME_BYTES = 80;
const MAX_RESULT_BYTES = 300;
/** The job summary has all that are not met. */
const closing_table_MAX_RULES = 20;
const closing_table_HEAD = ['Status', 'Eval', 'Samples', 'Time', 'Result'];
/** One line each: evals, what must not be overlooked first, then rules. Without evals there is no table. */
function closingTable(results, verdict) {
    const rows = (0,report_rows/* rowsOf */.R)(results, verdict);
    const shown = rows.slice(0, MAX_ROWS);
    const hidden = rows.length - shown.length;
    return [
        ...(rows.length === 0 ? [] : aligned([closing_table_HEAD, ...shown.map(cellsOf)])),
        ...(hidden > 0 ? [`and ${(0,format/* wholeNumber */.rD)(hidden)} more; the job summary has all of them`] : []),
        ...ruleLines(verdict.rules),
    ];
}
function cellsOf(row) {
    const { status, name, result } = row;
    const total = result?.samples.total ?? null;
    const tookMs = result?.tookMs ?? null;
    return [
        status_text/* STATUS_WORD */.I1[status],
        (0,lib_text/* oneLine */.TN)(name, closing_table_MAX_NAME_BYTES),
        total === null ? '' : (0,format/* wholeNumber */.rD)(total),
        tookMs === null ? '' : (0,format/* duration */.p0)(tookMs),
        (0,lib_text/* oneLine */.TN)(resultOf(row), MAX_RESULT_BYTES),
    ];
}
/** `accuracy 0.71 (95 % 0.64 … 0.78), baseline 0.84`, or why there is no result. */
function resultOf({ status, name, result, comparison, rules }) {
    if (result === null)
        return (0,result_text/* withoutName */.u_)(comparison?.sentence ?? '', name);
    const shown = (0,result_text/* resultLine */.ow)(result);
    if (status === 'failed' || status === 'pending' || shown === '')
        return (0,result_text/* causeText */.xv)(result);
    const [reason] = rules.filter(({ advisory }) => !advisory);
    if (status === 'not-judged' && reason)
        return (0,result_text/* withoutName */.u_)(reason.sentence, name);
    const interval = result.mainMetric?.interval ?? null;
    const range = interval === null ? '' : ` (95 % ${(0,result_text/* intervalText */.Bt)(interval)})`;
    return `${shown}${range}${baselineOf(status, comparison)}`;
}
/** The status says it of a degraded eval. */
function baselineOf(status, comparison) {
    if (comparison === null || comparison.before === null)
        return '';
    return `, baseline ${status === 'degraded' ? (0,result_text/* shortNumber */.In)(comparison.before) : (0,status_text/* comparisonText */.VF)(comparison)}`;
}
const RULE_ORDER = ['missed', 'not-judged', 'met'];
/** `Rule missed: accuracy >= 0.8: …`, missed ones first. */
function ruleLines(rules) {
    const sorted = rules.toSorted((a, b) => RULE_ORDER.indexOf(a.status) - RULE_ORDER.indexOf(b.status));
    const lines = sorted.slice(0, closing_table_MAX_RULES).map(({ rule, advisory, status, sentence }) => {
        const head = `${advisory ? 'Advisory rule' : 'Rule'} ${words/* RULE_WORDS */.x[status]}`;
        return `${head}: ${(0,lib_text/* oneLine */.TN)(advisory ? (0,rules_rule/* withoutMark */.E)(rule) : rule, MAX_RESULT_BYTES)}: ${(0,lib_text/* oneLine */.TN)(sentence, MAX_RESULT_BYTES)}`;
    });
    const hidden = rules.length - lines.length;
    return [...lines, ...(hidden > 0 ? [`and ${(0,format/* wholeNumber */.rD)(hidden)} more rules`] : [])];
}
/** Pads the cells of each column to one width. Numbers end where their column ends, and the last column has no end. */
function aligned(table) {
    const widths = closing_table_HEAD.map((_, column) => Math.max(...table.map((cells) => lengthOf(cells[column] ?? ''))));
    return table.map(([status, name, samples, time, result]) => {
        const [statusWidth = 0, nameWidth = 0, samplesWidth = 0, timeWidth = 0] = widths;
        const cells = [
            `${status}${blanks(statusWidth, status)}`,
            `${name}${blanks(nameWidth, name)}`,
            `${blanks(samplesWidth, samples)}${samples}`,
            `${blanks(timeWidth, time)}${time}`,
            result,
        ];
        return cells.join('  ').trimEnd();
    });
}
function blanks(width, cell) {
    return ' '.repeat(width - lengthOf(cell));
}
/** In characters, not in the units of UTF-16. */
function lengthOf(text) {
    return [...text].length;
}

;// CONCATENATED MODULE: ./lib/report/describe-costs.js
/** Sentences about costs, for the log and the job summary, in plain text. Pure. */



const MAX_MODELS = 5;
/** Evals choose the names. Those of models are shorter. */
const describe_costs_MAX_NAME_BYTES = 100;
/**
 * `Cost: $1.84, $0.41 saved by resuming (prices of 2026-09-23)`, for the end of the log. Nothing, when no price is known and the user
 * set none.
 */
function describeCost(results) {
    if (!(0,costs/* hasPrices */.Xb)(results))
        return undefined;
    const { cost } = results.totals;
    const saved = (0,costs/* savedCost */.Ze)(results);
    const parts = [
        cost === null ? 'unknown' : (0,format/* dollars */.E9)(cost),
        ...(saved !== null && saved > 0 ? [`${(0,format/* dollars */.E9)(saved)} saved by resuming`] : []),
    ];
    const remarks = [...sources(results), ...missing(results)];
    return `Cost: ${parts.join(', ')}${remarks.length > 0 ? ` (${remarks.join('; ')})` : ''}`;
}
/** Where prices are from that the input prices does not set. */
function sources({ prices }) {
    return prices?.list ? [`prices of ${prices.list.date}`] : [];
}
function missing({ prices }) {
    const unknown = prices?.unknown ?? [];
    return unknown.length === 0
        ? []
        : [
            `no price is known of ${(0,format/* listed */.KE)(unknown.map((name) => (0,lib_text/* oneLine */.TN)(name, describe_costs_MAX_NAME_BYTES)), MAX_MODELS)}`,
        ];
}
/** `Of 2026-09-23, where the input prices sets no others; no price is known of a-model` */
function pricesText(results) {
    const { prices } = results;
    if (!prices)
        return 'None: no tokens were counted for a model.';
    const date = prices.list && `of ${prices.list.date}, where the input prices sets no others`;
    const source = (0,costs/* hasPrices */.Xb)(results) ? [date ?? 'of the input prices'] : [];
    return (0,format/* asSentence */.KG)([...source, ...missing(results)].join('; '));
}

;// CONCATENATED MODULE: ./lib/report/describe-results.js
/** What is done and what the next run uses, as sentences for the log, the error that ends the step, and notes. Pure. */

/** `0 of 8 evals are done; 60 responses of 3 unfinished evals are recorded and will be replayed.` */
function describeKept({ totals, evals }) {
    const { completed, total } = totals.evals;
    const done = `${(0,format/* wholeNumber */.rD)(completed)} of ${(0,format/* counted */.hS)(total, 'eval')} ${(0,format/* isOrAre */.Cj)(total === 1 ? 1 : completed)} done`;
    const recorded = recordedOf(evals);
    const { responses } = recorded;
    if (responses > 0)
        return `${done}; ${(0,format/* counted */.hS)(responses, 'response')} of ${(0,format/* counted */.hS)(recorded.evals, 'unfinished eval')} ${(0,format/* isOrAre */.Cj)(responses)} recorded and will be replayed.`;
    return completed === 0 ? `${done}, and no response is recorded.` : `${done}.`;
}
function recordedOf(evals) {
    const some = evals.filter(({ recorded }) => recorded > 0);
    return { responses: some.reduce((sum, { recorded }) => sum + recorded, 0), evals: some.length };
}
/** What the next run uses. */
function describeNextRun({ totals }, { status }, { checkpoint, resumesFrom }) {
    const source = checkpoint === '' ? 'the state on this machine' : `the checkpoint ${checkpoint}`;
    if (totals.evals.total === 0)
        return '';
    const isComplete = totals.evals.completed === totals.evals.total;
    return status === 'passed' || isComplete
        ? `The next run reuses the results from ${source}.`
        : `A re-run of the failed jobs continues from ${resumesFrom ?? source}.`;
}

// EXTERNAL MODULE: ./lib/report/head.js
var head = __webpack_require__(9110);
// EXTERNAL MODULE: ./lib/report/markdown-text.js
var markdown_text = __webpack_require__(5265);
;// CONCATENATED MODULE: ./lib/model/adaptation.js
/** Whether answers were sampled at the model's own temperature, so that two runs may differ. */
function leavesOutTemperature({ param, renamedTo }) {
    return param === 'temperature' && renamedTo === null;
}
/** `temperature 0 is left out, so its default applies` or `max_tokens is sent as max_completion_tokens` */
function describeAdaptation({ param, value, renamedTo }) {
    return renamedTo === null
        ? `${param} ${value} is left out, so its default applies`
        : `${param} is sent as ${renamedTo}`;
}

// EXTERNAL MODULE: ./lib/report/numbers.js
var numbers = __webpack_require__(8844);
;// CONCATENATED MODULE: ./lib/report/estimate-text.js
/** Says what evals are likely to take, and how that compares with what they took. Pure. */




const estimate_text_MAX_NAME_BYTES = 80;
/** More names do not help a reader. */
const estimate_text_MAX_NAMES = 3;
/** `28 evals to run: about 1,140–1,400 requests, 0.8–1.1 M tokens, $1.60–2.40` */
function describeEstimate(estimate, describe = describeEstimated) {
    const { evals, unknownEvals, guessedEvals } = estimate;
    const head = `${(0,format/* counted */.hS)(evals, 'eval')} to run`;
    if (unknownEvals === evals)
        return `${head}: how many requests they will send is not known`;
    const notes = [
        ...(guessedEvals > 0 ? [`for ${(0,format/* counted */.hS)(guessedEvals, 'eval')} this is a guess`] : []),
        ...(unknownEvals > 0 ? [`without ${(0,format/* counted */.hS)(unknownEvals, 'eval')} of which nothing is known`] : []),
    ];
    return `${head}: ${describe(estimate)}${notes.length > 0 ? ` (${notes.join('; ')})` : ''}`;
}
/** `about 1,140–1,400 requests, 0.8–1.1 M tokens, $1.60–2.40` */
function describeEstimated(estimated) {
    const { requests } = estimated;
    if (requests.high === 0)
        return 'no request';
    const cost = estimated.cost ? '' : `, ${unknownCost(estimated.unpriced)}`;
    return `${describeKnown(estimated)}${cost}`;
}
/** Without a word of a cost that is not known. */
function describeKnown(estimated) {
    const { requests, cost } = estimated;
    const parts = [
        `${rangeText(requests, format/* wholeNumber */.rD)} ${requests.high === 1 ? 'request' : 'requests'}`,
        `${tokenText(estimate_tokensOf(estimated))} tokens`,
        ...(cost ? [costText(cost)] : []),
    ];
    return `about ${parts.join(', ')}`;
}
/** Names of models come from registries. */
function unknownCost(unpriced) {
    const names = unpriced.map((name) => (0,lib_text/* oneLine */.TN)(name, estimate_text_MAX_NAME_BYTES) || 'some models');
    return `cost not known, because there is no price for ${(0,format/* listed */.KE)(names, estimate_text_MAX_NAMES)}`;
}
/** `1,140–1,400`, or `1,140` */
function countText(range) {
    return rangeText(range, wholeNumber);
}
function rangeText({ low, high }, text) {
    const [from, to] = [text(low), text(high)];
    return from === to ? to : `${from}–${to}`;
}
const UNITS = [
    { below: 10_000, size: 1, name: '' },
    { below: 999_500, size: 1000, name: ' k' },
    { below: 999_500_000, size: 1e6, name: ' M' },
    { below: Number.POSITIVE_INFINITY, size: 1e9, name: ' G' },
];
/** `800–1,100`, `8.4–12 k`, `0.8–1.1 M`: both ends have the unit of the high end, if the low end is not 0.0 in it, as in `190–1.2 M`. */
function tokenText({ low, high }) {
    const unit = unitOf(high);
    const isTooLow = low > 0 && low < 0.05 * unit.size;
    const lowUnit = isTooLow ? unitOf(low) : unit;
    const from = `${estimate_text_inUnit(low, lowUnit)}${isTooLow ? lowUnit.name : ''}`;
    const to = estimate_text_inUnit(high, unit);
    return `${from === to ? to : `${from}–${to}`}${unit.name}`;
}
function unitOf(value) {
    return UNITS.find(({ below }) => value < below) ?? UNITS[3];
}
function estimate_text_inUnit(value, { size }) {
    const inUnits = value / size;
    return size === 1 || inUnits >= 9.95 ? (0,format/* wholeNumber */.rD)(Math.round(inUnits)) : inUnits.toFixed(1);
}
/** `$1.60–2.40`, `$0.0042–0.0061` */
function costText(range) {
    return `$${rangeText(range, (value) => (0,format/* dollars */.E9)(value).slice(1))}`;
}
/** `Estimated: about 12 requests, … It took 12 requests, …`; undefined when nothing was estimated. */
function describeComparison({ estimate, totals }) {
    if (!estimate || estimate.unknownEvals === estimate.evals)
        return undefined;
    const { requests, tokens, cost } = totals;
    const sent = tokens.prompt + tokens.completion;
    const took = [
        (0,format/* counted */.hS)(requests.sent, 'request'),
        `${(0,numbers/* amount */.vj)(sent)} tokens`,
        ...(cost === null ? [] : [(0,format/* dollars */.E9)(cost)]),
    ];
    // Another line says which prices are not known.
    return `Estimated for ${describeEstimate(estimate, describeKnown)}. It took ${took.join(', ')}${judged(estimate, sent, totals)}.`;
}
/** Whether the tokens are those that were estimated. Of a run that is not complete, that says nothing. */
function judged(estimate, sent, { evals }) {
    if (evals.completed < evals.total)
        return ', and is not complete';
    if (estimate.unknownEvals > 0)
        return '';
    const { low, high } = estimate_tokensOf(estimate);
    if (sent < low)
        return ', less than estimated';
    return sent > high ? ', more than estimated' : ', as estimated';
}

// EXTERNAL MODULE: ./lib/report/links.js
var report_links = __webpack_require__(4503);
;// CONCATENATED MODULE: ./lib/report/summary/reruns.js
/** Why evals ran again. A reason that several evals have in common is said once. Pure. */


/** More names do not help a reader. */
const reruns_MAX_NAMES = 5;
/** More reasons do not either. */
const MAX_REASONS = 10;
/** An eval with this reason runs for the first time. */
const NEVER_COMPLETED = 'not completed yet';
/** `All 28 evals ran again: evals version changed`, or a line for each reason. In Markdown. */
function rerunLines(evals) {
    const planned = evals.filter(({ status }) => status !== 'excluded');
    const reruns = planned.flatMap(({ name, decision }) => decision?.kind === 'run' && decision.reason !== NEVER_COMPLETED && decision.reason !== ''
        ? [{ name, reason: decision.reason, parts: decision.parts }]
        : []);
    const groups = [...Map.groupBy(reruns, kindOf).values()];
    const shown = groups.slice(0, MAX_REASONS).map((group) => describeGroup(group, planned.length));
    const hidden = groups.slice(MAX_REASONS).reduce((sum, group) => sum + group.length, 0);
    return [...shown, ...(hidden > 0 ? [`${(0,format/* counted */.hS)(hidden, 'more eval')} ran again, for other reasons`] : [])];
}
/** Equal for reasons that differ only in hashes or times. */
function kindOf({ reason, parts }) {
    return parts.length > 0
        ? JSON.stringify([parts, withoutHashes(reason)])
        : reason.replace(/\d[\d:.TZ-]*/g, '');
}
function describeGroup(group, total) {
    const reasons = [...new Set(group.map(({ reason }) => reason))];
    const [first = ''] = reasons;
    // Of several evals, the hashes of the first one would mislead.
    const why = (0,markdown_text/* inline */.mG)(reasons.length === 1 ? first : withoutHashes(first));
    if (group.length === total && total > 1)
        return `All ${(0,format/* wholeNumber */.rD)(total)} evals ran again: ${why}`;
    const names = group.slice(0, reruns_MAX_NAMES).map(({ name }) => (0,markdown_text/* code */.aY)(name, 200));
    const hidden = group.length - names.length;
    const listed = `${names.join(', ')}${hidden > 0 ? ` and ${(0,format/* wholeNumber */.rD)(hidden)} more` : ''}`;
    if (group.length === 1)
        return `${listed} ran again: ${why}`;
    return `${(0,format/* counted */.hS)(group.length, 'eval')} ran again, ${why}: ${listed}`;
}
function withoutHashes(reason) {
    return reason.replace(/ \((?:was )?[0-9a-f]{4}…(?: → [0-9a-f]{4}…)?\)/g, '');
}

;// CONCATENATED MODULE: ./lib/report/summary/about.js
/** The end of the summary: why evals ran again, what was changed in requests, who graded, versions and links. Pure. */








function aboutLines(report, places) {
    const { results } = report;
    return [
        '### About this run',
        '',
        ...[
            ...rerunLines(results.evals),
            ...originLines(report),
            ...reusedAnswerLines(results),
            ...judgeLines(results),
            ...adaptationLines(results.evals),
            ...replacedModelLines(results.evals),
            ...requestLines(results),
            ...priceLines(results),
            ...estimateLines(results),
            versionsLine(results),
            ...linkLines(report, places),
        ].map((line) => (line.startsWith('  ') ? line : `- ${line}`)),
        '',
    ];
}
/** More runs do not help a reader: the table has a link for each eval. */
const MAX_RUNS = 5;
/** `8 evals are reused from run 12`, the run with the most evals first. */
function originLines({ results, links }) {
    const runs = results.evals.flatMap(({ status, run }) => (status === 'reused' && run !== null ? [run] : []));
    const counts = countedEach(runs).toSorted(([, a], [, b]) => b - a);
    const hidden = counts.slice(MAX_RUNS).reduce((sum, [, count]) => sum + count, 0);
    return [
        ...counts.slice(0, MAX_RUNS).map(([{ id, attempt }, count]) => {
            const label = `${attempt > 1 ? `attempt ${attempt} of ` : ''}run ${(0,markdown_text/* inline */.mG)(id, 40)}`;
            const url = (0,report_links/* runUrl */.Vp)(links, id, attempt);
            return `${(0,format/* counted */.hS)(count, 'eval')} ${(0,format/* isOrAre */.Cj)(count)} reused from ${url === undefined ? label : `[${label}](${url})`}.`;
        }),
        ...(hidden > 0 ? [`${(0,format/* counted */.hS)(hidden, 'eval')} ${(0,format/* isOrAre */.Cj)(hidden)} reused from earlier runs.`] : []),
    ];
}
/** Further judges, adaptations and names of models are only counted. */
const MAX_ITEMS = 10;
/** Who graded. Plain `oaievalset` may have completed an eval with another judge, but then under another command. */
function judgeLines({ evals, model }) {
    const judges = Map.groupBy(evals, ({ judge }) => judge);
    judges.delete(null);
    const shown = [...judges].slice(0, MAX_ITEMS).flatMap(([judge, graded]) => {
        if (judge === null)
            return [];
        const own = judge === model ? ', which graded its own answers' : '';
        return [`${(0,format/* counted */.hS)(graded.length, 'model-graded eval')}: judge ${(0,markdown_text/* code */.aY)(judge)}${own}.`];
    });
    const hidden = judges.size - shown.length;
    return [...shown, ...(hidden > 0 ? [`and ${(0,format/* counted */.hS)(hidden, 'more judge')}`] : [])];
}
function adaptationLines(evals) {
    const adaptations = countedEach(evals.flatMap((each) => each.adaptations));
    if (adaptations.length === 0)
        return [];
    const own = countedEach(evals.flatMap((each) => [
        ...new Set(each.adaptations.filter(leavesOutTemperature).map(({ model }) => model)),
    ])).map(([model, count]) => `${(0,markdown_text/* code */.aY)(model)} (${(0,format/* counted */.hS)(count, 'eval')})`);
    return [
        'Requests were changed, because a model does not accept a parameter that the evals send:',
        ...items(adaptations.map(([adaptation, count]) => `${(0,markdown_text/* code */.aY)(adaptation.model)}: ${(0,markdown_text/* inline */.mG)(describeAdaptation(adaptation))} (${(0,format/* counted */.hS)(count, 'eval')})`)),
        ...(own.length > 0
            ? [
                `Sampled at the model's own temperature, so two runs may differ: ${own.slice(0, MAX_ITEMS).join(', ')}.`,
            ]
            : []),
    ];
}
function replacedModelLines(evals) {
    const replaced = countedEach(evals.flatMap((each) => Object.entries(each.replacedModels)));
    if (replaced.length === 0)
        return [];
    return [
        'Names of models that `model-map` replaced in requests:',
        ...items(replaced.map(([[name, live], count]) => `${(0,markdown_text/* code */.aY)(name)}: ${(0,markdown_text/* code */.aY)(live)} (${(0,format/* counted */.hS)(count, 'eval')})`)),
    ];
}
function items(lines) {
    const hidden = lines.length - MAX_ITEMS;
    return [...lines.slice(0, MAX_ITEMS), ...(hidden > 0 ? [`and ${(0,format/* wholeNumber */.rD)(hidden)} more`] : [])].map((line) => `  - ${line}`);
}
/** Each different value, and how often it occurs. */
function countedEach(values) {
    const groups = Map.groupBy(values, (value) => JSON.stringify(value));
    return [...groups.values()].flatMap(([value, ...others]) => value === undefined ? [] : [[value, others.length + 1]]);
}
function requestLines({ totals: { requests, tokens } }) {
    const { sent, replayed, retried, failed } = requests;
    if (sent + replayed === 0)
        return [];
    const parts = [
        `${(0,format/* wholeNumber */.rD)(sent)} sent`,
        ...(replayed > 0 ? [`${(0,format/* wholeNumber */.rD)(replayed)} replayed`] : []),
        ...(retried > 0 ? [`${(0,format/* wholeNumber */.rD)(retried)} ${retried === 1 ? 'retry' : 'retries'}`] : []),
        ...(failed > 0 ? [`${(0,format/* wholeNumber */.rD)(failed)} failed`] : []),
    ];
    const { prompt, completion, cached, reasoning } = tokens;
    const kinds = [
        `${(0,format/* wholeNumber */.rD)(prompt)} prompt${cached > 0 ? ` (${(0,format/* wholeNumber */.rD)(cached)} cached)` : ''}`,
        `${(0,format/* wholeNumber */.rD)(completion)} completion${reasoning > 0 ? ` (${(0,format/* wholeNumber */.rD)(reasoning)} reasoning)` : ''}`,
    ];
    const used = prompt + completion > 0 ? ` Tokens: ${kinds.join(', ')}.` : '';
    return [`Requests: ${parts.join(', ')}.${used}`];
}
/** Where the prices are from, and of which models none is known. */
function priceLines(results) {
    const { prices } = results;
    if (!prices)
        return [];
    const models = prices.unknown.map((name) => (0,markdown_text/* code */.aY)(name));
    const unknown = models.length === 0
        ? []
        : [
            `No price is known of ${(0,format/* listed */.KE)(models, MAX_ITEMS)}, so ${(0,costs/* hasPrices */.Xb)(results) ? 'the cost is unknown' : 'no cost is shown'}. The input ${(0,markdown_text/* code */.aY)('prices')} sets prices.`,
        ];
    if (!(0,costs/* hasPrices */.Xb)(results))
        return unknown;
    const source = prices.list
        ? `those of ${(0,markdown_text/* inline */.mG)(prices.list.date, 40)}, unless ${(0,markdown_text/* code */.aY)('prices')} sets others`
        : `set by ${(0,markdown_text/* code */.aY)('prices')}`;
    return [[`Prices are ${source}.`, ...unknown].join(' ')];
}
function estimateLines(results) {
    const text = describeComparison(results);
    return text === undefined ? [] : [(0,markdown_text/* inline */.mG)(text, 1000)];
}
function versionsLine({ versions: { action, evals, python } }) {
    return [
        `oaievalset-action ${(0,markdown_text/* inline */.mG)(action, 100)}`,
        ...(evals === '' ? [] : [`evals ${(0,markdown_text/* inline */.mG)(evals, 100)}`]),
        ...(python === null ? [] : [`Python ${(0,markdown_text/* inline */.mG)(python, 100)}`]),
    ].join(', ');
}
function linkLines({ results, links }, { reportUrl, savedReportPath }) {
    const report = reportUrl === undefined ? undefined : (0,report_links/* webUrl */.qP)(reportUrl);
    const log = (0,report_links/* runUrl */.Vp)(links, links.runId, links.runId === results.run.id ? results.run.attempt : undefined);
    return [
        ...(report === undefined ? [] : [`[Report with all samples](${report})`]),
        ...(report === undefined && savedReportPath
            ? [
                `Report with all samples, on the runner: ${(0,markdown_text/* code */.aY)(savedReportPath)}. Upload it with actions/upload-artifact to keep it.`,
            ]
            : []),
        ...(log === undefined ? [] : [`[Run with its logs and artifacts](${log})`]),
    ];
}

// EXTERNAL MODULE: ./lib/report/summary/attention.js
var attention = __webpack_require__(7823);
// EXTERNAL MODULE: ./lib/report/commit-name.js
var commit_name = __webpack_require__(3525);
// EXTERNAL MODULE: ./lib/report/summary/fit.js
var fit = __webpack_require__(3970);
;// CONCATENATED MODULE: ./lib/report/summary/baseline.js
/** What the summary says of the comparison with a baseline. Pure. */






const baseline_MAX_NAME_BYTES = 200;
/** More names do not help a reader. */
const baseline_MAX_NAMES = 5;
/** What it was compared with, and how many evals improved or degraded. @param fine the keys of evals without rows of their own */
function baselineLines(report, fine) {
    const { results, links } = report;
    const { comparison } = report.verdict;
    if (comparison === null)
        return [];
    const { problem, source, hasSamples } = comparison;
    if (problem !== null)
        return ['### Baseline', '', `It cannot be used: ${(0,markdown_text/* inline */.mG)(problem.replace(/\.$/, ''))}.`, ''];
    const pairs = hasSamples
        ? ''
        : ' No samples.jsonl lies beside it, so intervals are compared instead of pairs of samples.';
    const sentences = toldOf(comparison, fine);
    const known = new Set(results.evals.map(({ key }) => key));
    return [
        '### Baseline',
        '',
        `Compared with ${sourceText(source, links)}: ${statusCounts(comparison, known)}.${pairs}`,
        '',
        ...(sentences.length <= MAX_OPEN_SENTENCES ? [...sentences.map(item), ''] : []),
    ];
}
/** `` `baseline.json` of run 12 (main@abc1234, 2026-01-01) `` */
function sourceText(source, links) {
    if (source === null)
        return 'the baseline';
    const { path, runId, ended } = source;
    const url = (0,report_links/* runUrl */.Vp)(links, runId);
    const run = runId === '' ? '' : ` of run ${url === undefined ? (0,markdown_text/* inline */.mG)(runId) : `[${runId}](${url})`}`;
    const day = /^\d{4}-\d{2}-\d{2}/.exec(ended)?.[0];
    const details = [(0,markdown_text/* inline */.mG)((0,commit_name/* commitName */.l3)(source), baseline_MAX_NAME_BYTES), day].filter((part) => part);
    return `${(0,markdown_text/* code */.aY)(path)}${run}${details.length > 0 ? ` (${details.join(', ')})` : ''}`;
}
const baseline_COUNTED = [
    ['degraded', 'degraded'],
    ['improved', 'improved'],
    ['not-comparable', 'not comparable'],
    ['too-few', 'with too few samples to tell'],
    ['within-noise', 'within noise'],
    ['incomplete', 'without a result'],
];
/** `2 degraded, 1 improved (json-repair), 25 within noise` @param known the keys of evals of this run */
function statusCounts({ evals }, known) {
    const parts = baseline_COUNTED.flatMap(([status, words]) => {
        const found = evals.filter((each) => each.status === status);
        if (found.length === 0)
            return [];
        // Degraded evals have rows of their own.
        const names = status === 'improved' ? ` (${baseline_namesOf(found)})` : '';
        return [`${(0,format/* wholeNumber */.rD)(found.length)} ${words}${names}`];
    });
    const lost = evals.filter(({ status }) => status === 'missing');
    const [here, gone] = [lost.filter(({ key }) => known.has(key)), lost.filter(({ key }) => !known.has(key))];
    return [...parts, ...baseline_some(here, 'not compared'), ...baseline_some(gone, 'missing')].join(', ') || 'no eval';
}
function baseline_some(evals, word) {
    return evals.length === 0 ? [] : [`${(0,format/* wholeNumber */.rD)(evals.length)} ${word} (${baseline_namesOf(evals)})`];
}
function baseline_namesOf(evals) {
    const names = evals.slice(0, baseline_MAX_NAMES).map(({ name }) => (0,markdown_text/* code */.aY)(name, baseline_MAX_NAME_BYTES));
    const hidden = evals.length - names.length;
    return `${names.join(', ')}${hidden > 0 ? ` and ${(0,format/* wholeNumber */.rD)(hidden)} more` : ''}`;
}
/** Further sentences are in the report. */
const MAX_SENTENCES = 100;
/** So few sentences are not folded. */
const MAX_OPEN_SENTENCES = 3;
/** What is said of each eval that has no row of its own, folded; nothing when `baselineLines` says it. */
function comparisonFold({ comparison }, fine) {
    const told = comparison === null ? [] : toldOf(comparison, fine);
    if (told.length <= MAX_OPEN_SENTENCES)
        return [];
    const items = told.slice(0, MAX_SENTENCES).map(item);
    const hidden = (0,fit/* hiddenLines */.kb)(told.length - items.length, (count) => `… and ${count} more: see the report.`);
    const title = `What the comparison says of ${(0,format/* wholeNumber */.rD)(told.length)} evals`;
    return [...(0,fit/* folded */.TM)(title, [...items, ...hidden]), ''];
}
/** An eval that a person has to look at has a row of its own. */
function toldOf({ evals }, fine) {
    const order = baseline_COUNTED.map(([status]) => status);
    return evals
        .filter(({ key }) => fine.has(key))
        .toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
}
function item({ name, sentence }) {
    return `- ${(0,markdown_text/* code */.aY)(name, baseline_MAX_NAME_BYTES)}: ${(0,markdown_text/* inline */.mG)((0,result_text/* withoutName */.u_)(sentence, name), 1000)}`;
}

// EXTERNAL MODULE: ./lib/report/summary/name-head.js
var name_head = __webpack_require__(4033);
;// CONCATENATED MODULE: ./lib/report/summary/completed.js
/** The table of evals that completed and of which nothing bad is known. Pure. */






function completedTable(rows, links) {
    const columns = columnsOf(rows, links);
    const table = rows.flatMap((row) => {
        const { result } = row;
        return result === null ? [] : [columns.map(({ cell }) => cell(row, result))];
    });
    const used = columns.map((_, at) => table.some((cells) => cells[at] !== ''));
    const line = (cells) => `| ${cells.filter((_, at) => used[at]).join(' | ')} |`;
    return {
        head: [line(columns.map(({ title }) => title)), line(columns.map(({ align }) => align))],
        rows: table.map(line),
    };
}
function columnsOf(rows, links) {
    const metric = sharedMetric(rows);
    // There is no room for both.
    const isCompared = rows.some(({ comparison }) => comparison !== null);
    return [
        { title: 'Status', align: ':---', cell: (row, result) => completed_statusOf(row, result, links) },
        { title: (0,name_head/* nameHead */.c)(rows), align: ':---', cell: ({ name }) => (0,markdown_text/* codeInTable */.bj)(name, 200) },
        {
            title: metric === '' ? 'Result' : (0,markdown_text/* inline */.mG)(metric),
            align: ':---',
            cell: (_, result) => resultCell(result, metric),
        },
        {
            title: '95&nbsp;% interval',
            align: ':---',
            cell: (_, { mainMetric }) => intervalCell(mainMetric, isCompared),
        },
        {
            title: 'Baseline',
            align: ':---',
            cell: ({ comparison }) => unbroken((0,markdown_text/* inline */.mG)((0,status_text/* comparisonText */.VF)(comparison))),
        },
        { title: 'Samples', align: '---:', cell: (_, result) => samplesCell(result) },
        {
            title: 'Time',
            align: '---:',
            cell: (_, { tookMs }) => (tookMs === null ? '' : unbroken((0,format/* duration */.p0)(tookMs))),
        },
    ];
}
/** The name of the metric of all rows; empty when they have different ones. */
function sharedMetric(rows) {
    const names = new Set(rows.flatMap(({ result }) => (result && (0,result_text/* resultText */.D6)(result)?.name) ?? []));
    const [name = ''] = names;
    return names.size === 1 ? name : '';
}
/** A longer result may be two lines. */
const MAX_UNBROKEN = 40;
/** @param metric the name in the head of the column */
function resultCell(result, metric) {
    const shown = (0,result_text/* resultText */.D6)(result);
    if (shown === null)
        return (0,markdown_text/* inline */.mG)(result.note);
    const name = shown.name === metric ? '' : (0,markdown_text/* inline */.mG)(shown.name);
    const text = `${name} **${(0,markdown_text/* inline */.mG)(shown.text)}**`.trim();
    return text.length <= MAX_UNBROKEN ? unbroken(text) : text;
}
/** Characters from 0 to 1. */
const DOTS = 20;
/** `····──●──··· 0.64 … 0.78` where the scale goes from 0 to 1, without the numbers where there is no room for them. */
function intervalCell(metric, isNarrow) {
    if (metric === null || metric.interval === null)
        return '';
    const { interval, value } = metric;
    const text = unbroken((0,result_text/* intervalText */.Bt)(interval));
    const isOnScale = typeof value === 'number' && interval.low >= 0 && interval.high <= 1;
    if (!isOnScale)
        return text;
    return `\`${dots(interval, value)}\`${isNarrow ? '' : ` ${text}`}`;
}
function dots({ low, high }, value) {
    const place = (each) => Math.min(DOTS, Math.max(0, Math.round(each * DOTS)));
    const [from, to, at] = [place(low), place(high), place(value)];
    return Array.from({ length: DOTS + 1 }, (_, n) => (n === at ? '●' : n >= from && n <= to ? '─' : '·')).join('');
}
/** With the samples that have no score, because they are easily overlooked. */
function samplesCell({ samples: { total, outcomes } }) {
    if (total === null)
        return '';
    const [unscored, errored] = [outcomes?.unscored ?? 0, outcomes?.errored ?? 0];
    const parts = [
        (0,format/* wholeNumber */.rD)(total),
        ...(unscored > 0 ? [`${(0,format/* wholeNumber */.rD)(unscored)} unscored`] : []),
        ...(errored > 0 ? [`${(0,format/* wholeNumber */.rD)(errored)} errored`] : []),
    ];
    return parts.map(unbroken).join(', ');
}
/** Of a reused result, a link to the run that it comes from. A fresh one comes from this run. */
function completed_statusOf({ status }, { run }, links) {
    const text = (0,status_text/* statusCell */.fo)(status);
    const url = status === 'reused' && run !== null ? (0,report_links/* runUrl */.Vp)(links, run.id, run.attempt) : undefined;
    return url === undefined ? text : `[${text}](${url})`;
}
function unbroken(text) {
    return text.replaceAll(' ', '&nbsp;');
}

;// CONCATENATED MODULE: ./lib/report/summary/pending.js
/** The evals that a later run completes. Pure. */


/** The log has no more either. */
const pending_MAX_NAMES = 50;
const MAX_CAUSES = 20;
/** One item for each cause, with the names of its evals. */
function pendingLines(rows) {
    if (rows.length === 0)
        return [];
    const groups = [...Map.groupBy(rows, ({ result }) => result?.note ?? '')];
    const hidden = groups.slice(MAX_CAUSES).reduce((sum, [, group]) => sum + group.length, 0);
    return [
        `### ${(0,format/* counted */.hS)(rows.length, 'pending eval')}`,
        '',
        ...groups.slice(0, MAX_CAUSES).map(([note, group]) => `- ${causeOf(note)}${pending_namesOf(group)}`),
        ...(hidden > 0 ? [`- ${(0,format/* counted */.hS)(hidden, 'more eval')}, for other reasons`] : []),
        '',
    ];
}
function causeOf(note) {
    return note === '' ? '' : `${(0,markdown_text/* inline */.mG)(note.replace(/\.$/, ''))}: `;
}
function pending_namesOf(rows) {
    const names = rows.slice(0, pending_MAX_NAMES).map(({ name, result }) => {
        const recorded = result?.recorded ?? 0;
        return `${(0,markdown_text/* code */.aY)(name, 200)}${recorded > 0 ? ` (${(0,format/* counted */.hS)(recorded, 'response')} recorded)` : ''}`;
    });
    const hidden = rows.length - names.length;
    return `${names.join(', ')}${hidden > 0 ? ` and ${(0,format/* wholeNumber */.rD)(hidden)} more` : ''}`;
}

// EXTERNAL MODULE: ./lib/report/summary/rules.js
var rules = __webpack_require__(3542);
;// CONCATENATED MODULE: ./lib/report/summary/summary.js
/** The job summary, in GitHub's Markdown. Pure. */











/** For the sentences that say what is left out. */
const RESERVED_BYTES = 1000;
/** More completed evals are folded: of most runs they say nothing new. */
const MAX_OPEN_ROWS = 20;
const MAX_NOTES = 20;
function renderSummary(report, extras) {
    const rows = (0,report_rows/* rowsOf */.R)(report.results, report.verdict);
    const fine = new Set(rows.filter(report_rows/* isFine */.z).map(({ key }) => key));
    const before = [
        ...(0,head/* headLines */.O)(report),
        '',
        ...extras.notes.slice(0, MAX_NOTES).flatMap((note) => [(0,markdown_text/* inline */.mG)(note, 2000), '']),
        ...(extras.next === '' ? [] : [`**What to do:** ${(0,markdown_text/* inline */.mG)(extras.next, 2000)}`, '']),
        ...(0,rules/* ruleLines */.SD)(report.verdict.rules),
        ...baselineLines(report, fine),
    ];
    const after = aboutLines(report, extras);
    const room = fit/* MAX_SUMMARY_BYTES */.Q0 - RESERVED_BYTES - (0,fit/* bytesOf */.$$)(before) - (0,fit/* bytesOf */.$$)(after);
    const isPending = ({ status }) => status === 'pending';
    const pending = pendingLines(rows.filter(isPending));
    const open = rows.filter((row) => !(0,report_rows/* isFine */.z)(row) && !isPending(row));
    const attention = [...attentionLines(open, room - (0,fit/* bytesOf */.$$)(pending)), ...pending];
    const completed = completedLines(rows.filter(report_rows/* isFine */.z), report, room - (0,fit/* bytesOf */.$$)(attention));
    const sentences = comparisonFold(report.verdict, fine);
    const isRoomLeft = (0,fit/* bytesOf */.$$)(attention) + (0,fit/* bytesOf */.$$)(completed) + (0,fit/* bytesOf */.$$)(sentences) <= room;
    return [...before, ...attention, ...completed, ...(isRoomLeft ? sentences : []), ...after].join('\n');
}
/** Rows take at most half of the room, and their details half of the rest. */
function attentionLines(rows, room) {
    if (rows.length === 0)
        return [];
    const table = (0,fit/* fitting */._Q)(rows.map(attention/* attentionRow */.pH), room / 2);
    const details = (0,fit/* fitting */._Q)(rows
        .slice(0, table.shown.length)
        .map(attention/* attentionDetails */.t4)
        .filter((block) => block !== ''), (room - (0,fit/* bytesOf */.$$)(table.shown)) / 2);
    return [
        `### ${(0,format/* counted */.hS)(rows.length, 'eval')} to look at`,
        '',
        ...(0,attention/* attentionHead */.bg)(rows),
        ...table.shown,
        ...(0,fit/* hiddenLines */.kb)(table.hidden, (count) => `… and ${count} more: see the report.`),
        '',
        ...details.shown.flatMap((block) => [block, '']),
        ...(details.hidden > 0
            ? [`Details of ${(0,format/* counted */.hS)(details.hidden, 'more eval')} are in the report.`, '']
            : []),
    ];
}
function completedLines(rows, { links }, room) {
    if (rows.length === 0)
        return [];
    const { head, rows: lines } = completedTable(rows, links);
    const { shown, hidden } = (0,fit/* fitting */._Q)(lines, room - (0,fit/* bytesOf */.$$)(head));
    const table = [
        ...head,
        ...shown,
        ...(0,fit/* hiddenLines */.kb)(hidden, (count) => `… and ${count} more: see the report.`),
    ];
    const title = '### Completed evals';
    if (rows.length <= MAX_OPEN_ROWS)
        return [title, '', ...table, ''];
    return [title, '', ...(0,fit/* folded */.TM)(`${(0,format/* counted */.hS)(rows.length, 'eval')}${origins(rows)}`, table), ''];
}
/** `: 20 fresh, 8 reused` */
function origins(rows) {
    const reused = rows.filter(({ status }) => status === 'reused').length;
    if (reused === 0 || reused === rows.length)
        return `, all ${reused === 0 ? 'fresh' : 'reused'}`;
    return `: ${(0,format/* wholeNumber */.rD)(rows.length - reused)} fresh, ${(0,format/* wholeNumber */.rD)(reused)} reused`;
}

;// CONCATENATED MODULE: ./lib/action/event.js

/** The event that started this run. Its payload is undefined when the runner has none that can be read. */
function readEvent(env) {
    const { GITHUB_EVENT_NAME: name = '', GITHUB_EVENT_PATH: path } = env;
    return { name, payload: path ? parsedFile(path) : undefined };
}
function parsedFile(path) {
    try {
        return JSON.parse((0,external_node_fs_.readFileSync)(path, 'utf8'));
    }
    catch {
        return undefined;
    }
}

// EXTERNAL MODULE: ./lib/action/job-summary.js
var job_summary = __webpack_require__(5484);
;// CONCATENATED MODULE: ./lib/artifact/layout.js
/** Longer lists and objects are broken up, one item a line. */
const MAX_LINE = 200;
/**
 * Writes plain JSON in the way that people can read its diff: a list or an object that fits into a line is on one line, and each
 * item of any other has a line of its own.
 */
function layOut(value, indent = '') {
    if (typeof value !== 'object' || value === null)
        return JSON.stringify(value);
    const inner = `${indent} `;
    const items = Array.isArray(value)
        ? value.map((item) => layOut(item, inner))
        : Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}: ${layOut(item, inner)}`);
    const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
    return fitsIntoLine(items, indent)
        ? `${open}${items.join(', ')}${close}`
        : `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`;
}
/** An item that is broken up has line breaks. JSON has none inside strings. */
function fitsIntoLine(items, indent) {
    const length = items.reduce((sum, item) => sum + item.length + ', '.length, indent.length);
    return length <= MAX_LINE && !items.some((item) => item.includes('\n'));
}

;// CONCATENATED MODULE: ./lib/artifact/format-results.js


/** The text of results.json. The same results always give the same text, so that a committed file changes only where they do. */
function formatResults(results, verdict) {
    const file = { version: 1, ...results, evals: results.evals.map(format_results_inOrder), verdict };
    return `${layOut(file)}\n`;
}
/** The order of these names depends on which request of an eval was answered first. */
function format_results_inOrder(result) {
    const { metrics, intervals, replacedModels, comparable } = result;
    return {
        ...result,
        metrics: sorted(metrics),
        intervals: sorted(intervals),
        replacedModels: sorted(replacedModels),
        comparable: sorted(comparable),
    };
}
function sorted(object) {
    return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (0,lib_text/* compareText */.n6)(a, b)));
}

;// CONCATENATED MODULE: ./lib/artifact/whole-file.js

/** The file is there only when it is complete. */
function writeWholeFile(path, chunks) {
    const temporary = `${path}.tmp`;
    // An existing file is left over from a run that was killed. 'wx' does not follow a link.
    (0,external_node_fs_.rmSync)(temporary, { force: true });
    try {
        const file = (0,external_node_fs_.openSync)(temporary, 'wx');
        try {
            for (const chunk of chunks)
                (0,external_node_fs_.writeFileSync)(file, chunk);
        }
        finally {
            (0,external_node_fs_.closeSync)(file);
        }
        (0,external_node_fs_.renameSync)(temporary, path);
    }
    catch (error) {
        (0,external_node_fs_.rmSync)(temporary, { force: true });
        throw error;
    }
}

// EXTERNAL MODULE: ./lib/artifact/format-sample.js
var format_sample = __webpack_require__(2078);
;// CONCATENATED MODULE: ./lib/artifact/write-samples.js



/** From this size on, samples are written without their texts, so that the file is never larger than what is read. */
const BYTES_WITH_TEXTS = 200 * 1024 * 1024;
/** Smaller pieces would need many system calls, larger ones much memory. */
const PIECE_BYTES = 1 << 20;
const LIMITS = { samples: format_sample/* MAX_SAMPLES */.xs, bytesWithTexts: BYTES_WITH_TEXTS };
/**
 * Writes the samples in the order of the evals. The file is there only when it is complete.
 * @param path in a directory that exists
 */
function writeSamples(path, report, limits = LIMITS) {
    const pieces = new Pieces(limits);
    writeWholeFile(path, pieces.of(report));
    return pieces.written;
}
/** The lines in pieces, because a system call for each of 100,000 lines takes longer than everything else. */
class Pieces {
    #limits;
    #lines = [];
    #pendingBytes = 0;
    #bytes = 0;
    #written = { samples: 0, withoutTexts: 0, leftOut: 0 };
    constructor(limits) {
        this.#limits = limits;
    }
    get written() {
        return { ...this.#written };
    }
    *of({ results, samples }) {
        for (const { key, mainMetric } of results.evals) {
            const own = samples.get(key);
            for (const sample of own?.samples ?? []) {
                if (own)
                    this.#add(key, mainMetric?.name, sample, own);
                if (this.#pendingBytes >= PIECE_BYTES)
                    yield this.#piece();
            }
        }
        yield this.#piece();
    }
    #add(key, metric, sample, own) {
        if (this.#written.samples >= this.#limits.samples) {
            this.#written.leftOut += 1;
            return;
        }
        const texts = own.texts(sample);
        const hasRoom = this.#bytes < this.#limits.bytesWithTexts;
        if (!hasRoom && texts !== model_sample/* NO_TEXTS */.rl)
            this.#written.withoutTexts += 1;
        const line = `${(0,format_sample/* formatSample */.yO)(key, metric, sample, hasRoom ? texts : model_sample/* NO_TEXTS */.rl)}\n`;
        const bytes = Buffer.byteLength(line);
        this.#written.samples += 1;
        this.#lines.push(line);
        this.#pendingBytes += bytes;
        this.#bytes += bytes;
    }
    #piece() {
        const piece = this.#lines.join('');
        this.#lines = [];
        this.#pendingBytes = 0;
        return piece;
    }
}

;// CONCATENATED MODULE: ./lib/report/benchmark.js
/**
 * `benchmark.json`: the main metric of each eval, as benchmark-action/github-action-benchmark reads it with the tool
 * `customBiggerIsBetter` to draw a chart over commits. That tool reports every decrease as a regression, so metrics of which less
 * is better are left out.
 */


/**
 * Evals without results, and metrics that are no finite numbers, are left out.
 * @returns a list as JSON, which github-action-benchmark refuses when it is empty
 */
function renderBenchmark({ evals, model }) {
    const entries = evals.flatMap((result) => {
        const { mainMetric } = result;
        return mainMetric?.higherIsBetter ? entry(result, mainMetric, model) : [];
    });
    return `${JSON.stringify(entries, null, 1)}\n`;
}
function entry(result, { name, value, interval }, model) {
    if (typeof value !== 'number' || !Number.isFinite(value))
        return [];
    const { factor, unit } = scaleOf(name);
    return [
        {
            name: (0,lib_text/* oneLine */.TN)(`${result.name}: ${name}`, MAX_BYTES),
            unit: (0,lib_text/* oneLine */.TN)(unit, MAX_BYTES),
            // Without the noise of 0.814 × 100.
            value: Number((value * factor).toPrecision(10)),
            ...(interval ? { range: `± ${benchmark_rounded(((interval.high - interval.low) / 2) * factor)}` } : {}),
            extra: extraLines(result, interval, factor, model)
                .map((line) => (0,lib_text/* oneLine */.TN)(line, MAX_BYTES))
                .join('\n'),
        },
    ];
}
const MAX_BYTES = 1000;
/** It depends on nothing but the name of the metric, because all commits of a chart must have one scale. */
function scaleOf(metric) {
    return /(^|\/)accuracy$/.test(metric) ? { factor: 100, unit: '%' } : { factor: 1, unit: metric };
}
function extraLines({ samples, judge }, interval, factor, model) {
    return [
        ...(interval
            ? [`95 % interval: ${(0,format/* metricText */._l)(interval.low * factor)} … ${(0,format/* metricText */._l)(interval.high * factor)}`]
            : []),
        ...(samples.total === null ? [] : [`samples: ${(0,format/* wholeNumber */.rD)(samples.total)}`]),
        `model: ${model}`,
        ...(judge === null ? [] : [`judge: ${judge}`]),
    ];
}
/** To two digits: `2.1`, `0.021`, `12` */
function benchmark_rounded(value) {
    return Number(value.toPrecision(2));
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./lib/report/html/entries.js


/**
 * Evals with problems first, in the order of all reports; then the others in the order of the set. Evals that are left out, or
 * that only the baseline has, are not among them.
 */
function entriesOf({ results, verdict, samples, baselineSamples }) {
    const numbers = new Map(results.evals.map(({ key }, number) => [key, number]));
    const entries = (0,report_rows/* rowsOf */.R)(results, verdict).flatMap(({ key, status, result, comparison, rules }) => {
        if (result === null)
            return [];
        return [
            {
                number: numbers.get(key) ?? 0,
                status,
                result,
                comparison,
                unmet: rules.filter(({ advisory }) => !advisory),
                samples: samples.get(key) ?? null,
                before: baselineSamples.get(key) ?? null,
            },
        ];
    });
    const fine = entries.filter(report_rows/* isFine */.z).toSorted((a, b) => a.number - b.number);
    return [...entries.filter((entry) => !(0,report_rows/* isFine */.z)(entry)), ...fine];
}
/** What the filter of the page can choose. */
function tagsOf(entry) {
    const { result, comparison } = entry;
    return [
        ...((0,report_rows/* isFine */.z)(entry) ? [] : ['attention']),
        result.status,
        ...(comparison ? [comparison.status] : []),
        ...(comparison && comparison.flips.length > 0 ? ['flips'] : []),
        ...(result.samples.outcomes
            ? model_sample/* SAMPLE_OUTCOMES */.pu.filter((each) => (result.samples.outcomes?.[each] ?? 0) > 0)
            : []),
    ];
}

;// CONCATENATED MODULE: ./lib/report/html/shared/tree.js
function h(tag, attributes = {}, ...children) {
    return { tag, attributes, children: children.flatMap(treesOf) };
}
function treesOf(child) {
    if (child === null)
        return [];
    return isList(child) ? child.flatMap(treesOf) : [child];
}
/** `Array.isArray` does not know read-only arrays. */
function isList(child) {
    return Array.isArray(child);
}

;// CONCATENATED MODULE: ./lib/report/html/interval-picture.js
/** Draws a value and its interval as a dot with whiskers. Pure. */

const WIDTH = 140;
const HEIGHT = 20;
const MARGIN = 6;
const MIDDLE = HEIGHT / 2;
/**
 * On an axis from 0 to 1, whose halves are marked. The value of the baseline is a ring. Null for values outside of it: dots on
 * axes of their own could not be compared.
 * @param words what a screen reader says
 */
function ratePicture(value, interval, before, words) {
    if (!isWithin(value, 0, 1) ||
        (interval && !(isWithin(interval.low, 0, 1) && isWithin(interval.high, 0, 1))))
        return null;
    const x = scale(0, 1);
    return picture(words, [
        axis(),
        ...[0, 0.5, 1].map((at) => h('line', { class: 'tick', x1: x(at), x2: x(at), y1: MIDDLE - 3, y2: MIDDLE + 3 })),
        ...(interval ? whiskers(x(interval.low), x(interval.high)) : []),
        ...(before !== null && isWithin(before, 0, 1)
            ? [h('circle', { class: 'before', cx: x(before), cy: MIDDLE, r: 4 })]
            : []),
        h('circle', { class: 'dot', cx: x(value), cy: MIDDLE, r: 4 }),
    ]);
}
/** A difference, on an axis whose middle is zero. */
function differencePicture(difference, interval, words) {
    const most = Math.max(Math.abs(interval.low), Math.abs(interval.high), Math.abs(difference));
    if (!Number.isFinite(most) || most === 0)
        return null;
    const x = scale(-most, most);
    return picture(words, [
        axis(),
        h('line', { class: 'zero', x1: x(0), x2: x(0), y1: 1, y2: HEIGHT - 1 }),
        ...whiskers(x(interval.low), x(interval.high)),
        h('circle', { class: 'dot', cx: x(difference), cy: MIDDLE, r: 4 }),
    ]);
}
function picture(words, shapes) {
    const size = { width: WIDTH, height: HEIGHT, viewBox: `0 0 ${WIDTH} ${HEIGHT}` };
    return h('svg', { class: 'interval', role: 'img', 'aria-label': words, ...size }, h('title', {}, words), ...shapes);
}
function axis() {
    return h('line', { class: 'axis', x1: MARGIN, x2: WIDTH - MARGIN, y1: MIDDLE, y2: MIDDLE });
}
function whiskers(low, high) {
    return [
        h('line', { class: 'whisker', x1: low, x2: high, y1: MIDDLE, y2: MIDDLE }),
        ...[low, high].map((x) => h('line', { class: 'whisker', x1: x, x2: x, y1: MIDDLE - 4, y2: MIDDLE + 4 })),
    ];
}
function scale(from, to) {
    return (value) => Math.round((MARGIN + ((value - from) / (to - from)) * (WIDTH - 2 * MARGIN)) * 10) / 10;
}
function isWithin(value, low, high) {
    return value >= low && value <= high;
}

;// CONCATENATED MODULE: ./lib/report/html/shared/words.js
/** Words and numbers that the page and its script show in the same way. Pure. */

const OUTCOME_WORDS = {
    correct: 'Correct',
    incorrect: 'Incorrect',
    unscored: 'Unscored',
    errored: 'Errored',
};
const OUTCOME_TONES = {
    correct: 'good',
    incorrect: 'bad',
    unscored: 'warn',
    errored: 'bad',
};
/** Up to four digits after the point. */
function scoreText(value) {
    return (0,format/* withMinus */.hZ)((0,format/* metricText */._l)(value));
}

;// CONCATENATED MODULE: ./lib/report/html/numbers.js




/** Far more than a metric has. */
const numbers_MAX_VALUE_BYTES = 40;
/** Names under which evals reports a share of samples. */
const RATE_NAMES = /(^|[/_])(accuracy|coverage|[a-z]+_rate)$/;
function isRate({ name, value, interval }) {
    return (typeof value === 'number' &&
        value >= 0 &&
        value <= 1 &&
        (interval?.method === 'wilson' || RATE_NAMES.test(name)));
}
/** A binary metric is a rate, whatever its name is. */
function isRateComparison({ flipsNeeded }, metric) {
    return flipsNeeded !== null || (metric !== null && isRate(metric));
}
/** `81.2 %`, `0.4125`, `NaN` */
function numbers_valueText(value, asRate) {
    if (typeof value !== 'number')
        return (0,lib_text/* oneLine */.TN)((0,format/* metricText */._l)(value), numbers_MAX_VALUE_BYTES);
    return asRate ? numbers_unbroken((0,numbers/* percent */.KN)(value)) : scoreText(value);
}
/** `−3.7 pp`, `+0.02` */
function differenceText(difference, asRate) {
    return asRate ? numbers_unbroken(`${(0,numbers/* points */.WR)(difference)} pp`) : signed(difference);
}
/** `75.0 … 86.4 %`, `−1.5 … 2` */
function numbers_rangeText({ low, high }, asRate) {
    return numbers_unbroken(asRate
        ? `${(0,numbers/* percent */.KN)(low).replace(' %', '')} … ${(0,numbers/* percent */.KN)(high)}`
        : `${scoreText(low)} … ${scoreText(high)}`);
}
/** `−5.2 … −2.2 pp`, `−0.02 … +0.1` */
function differenceRangeText({ low, high }, asRate) {
    return numbers_unbroken(asRate ? `${(0,numbers/* points */.WR)(low)} … ${(0,numbers/* points */.WR)(high)} pp` : `${signed(low)} … ${signed(high)}`);
}
/** With blanks at which no line is broken. */
function numbers_unbroken(text) {
    return text.replaceAll(' ', '\u00a0');
}
/** `$1.84`; `not known` when a price is not known */
function numbers_costText(cost) {
    return cost === null ? 'not known' : (0,format/* dollars */.E9)(cost);
}
/** `2026-01-01 00:10 UTC`; a text that is no such time as it is */
function timeText(iso) {
    const [, day, time] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::[\d.]+)?Z$/.exec(iso) ?? [];
    return day && time ? `${day} ${time} UTC` : (0,lib_text/* oneLine */.TN)(iso, numbers_MAX_VALUE_BYTES);
}
function signed(value) {
    const text = scoreText(value);
    return value > 0 && text !== '0' ? `+${text}` : text;
}

;// CONCATENATED MODULE: ./lib/report/html/shared/fragment.js
/** The fragments of addresses that open an eval or a sample of the page: `#eval=<key>&sample=<id>`. Pure. */
/** The id of an element. A browser compares it with the decoded fragment, so that links work without the script, too. */
function elementId({ evalKey, sampleId }) {
    return sampleId === null ? `eval=${evalKey}` : `eval=${evalKey}&sample=${sampleId}`;
}
/** With its `#`. */
function fragmentOf({ evalKey, sampleId }) {
    const part = `#eval=${encodeURIComponent(evalKey)}`;
    return sampleId === null ? part : `${part}&sample=${encodeURIComponent(sampleId)}`;
}
/** Undefined for a fragment that names no eval. Anybody can write one: what it names need not exist. */
function readFragment(fragment) {
    const parts = new Map(fragment
        .replace(/^#/, '')
        .split('&')
        .map((part) => {
        const [name = '', ...value] = part.split('=');
        return [name, decoded(value.join('='))];
    }));
    const evalKey = parts.get('eval');
    return evalKey ? { evalKey, sampleId: parts.get('sample') ?? null } : undefined;
}
function decoded(text) {
    try {
        return decodeURIComponent(text);
    }
    catch {
        return text;
    }
}

;// CONCATENATED MODULE: ./lib/report/html/parts.js



/** No sentence of ours is longer. */
const parts_MAX_SENTENCE_BYTES = 2000;
const parts_MAX_NAME_BYTES = 300;
/** A name of something that others chose. */
function named(text) {
    return (0,lib_text/* oneLine */.TN)(text, parts_MAX_NAME_BYTES);
}
function sentence(text) {
    return (0,lib_text/* oneLine */.TN)(text, parts_MAX_SENTENCE_BYTES);
}
function parts_link(address, ...content) {
    return address === undefined
        ? h('span', {}, ...content)
        : h('a', { href: address, rel: 'noreferrer' }, ...content);
}
/** To the details of an eval, further down. */
function evalLink({ result }) {
    return h('a', { class: 'eval-name', href: fragmentOf({ evalKey: evalKeyOf(result.key), sampleId: null }) }, named(result.name));
}
/** As the page knows an eval. Keys have no invisible characters, unless somebody made one up. */
function evalKeyOf(key) {
    return named(key);
}
function section(id, title, ...content) {
    return h('section', { id, 'aria-labelledby': `${id}-title` }, h('h2', { id: `${id}-title` }, title), ...content);
}
/** Terms with their descriptions. */
function terms(rows) {
    return h('dl', { class: 'terms' }, ...rows.map(([term, description]) => h('div', {}, h('dt', {}, term), h('dd', {}, description))));
}
/** `set on gpt-4` */
function parts_subjectOf({ evalSet, model }) {
    return `${named(evalSet)} on ${named(model)}`;
}

;// CONCATENATED MODULE: ./lib/report/html/pills.js
/** Small labels in colour for what evals, rules and comparisons came to. Pure. */




function pill(tone, words) {
    return h('span', { class: `pill ${tone}` }, words);
}
const VERDICT_TONES = {
    passed: 'good',
    failed: 'bad',
    incomplete: 'warn',
};
const RULE_TONES = {
    met: 'good',
    missed: 'bad',
    'not-judged': 'warn',
};
function rulePill(status, advisory) {
    const tone = advisory && status === 'missed' ? 'warn' : RULE_TONES[status];
    return pill(tone, (0,format/* capitalised */.Iu)(words/* RULE_WORDS */.x[status]));
}
const COMPARISON_TONES = {
    improved: 'good',
    degraded: 'bad',
    'within-noise': 'plain',
    'too-few': 'plain',
    'not-comparable': 'warn',
    missing: 'warn',
    incomplete: 'warn',
};
function comparisonPill(status) {
    return pill(COMPARISON_TONES[status], (0,format/* capitalised */.Iu)(words/* COMPARISON_WORDS */.Q[status]));
}
/** The colour of an eval, with all that is known of it. */
const STATUS_TONES = {
    failed: 'bad',
    degraded: 'bad',
    missed: 'bad',
    'not-judged': 'warn',
    missing: 'warn',
    pending: 'warn',
    fresh: 'plain',
    reused: 'plain',
};
function statusPill(status) {
    if (status === 'excluded')
        return pill('plain', 'Left out');
    return pill(STATUS_TONES[status], (0,format/* capitalised */.Iu)(status_text/* STATUS_WORD */.I1[status]));
}

;// CONCATENATED MODULE: ./lib/report/html/says-correct.js
/**
 * Whether the samples of an eval are correct or incorrect. A judge who only chooses, or who grades from 1 to 5, does not say it; what of
 * his choices could not be read is still unscored.
 */
function saysCorrect({ correct, incorrect }) {
    return correct + incorrect > 0;
}

;// CONCATENATED MODULE: ./lib/report/html/evals-table.js
/** All evals in one table. The script sorts it by the values in `data-value`. Pure. */











function evalsTable(entries, leftOut, hasBaseline, links) {
    const columns = COLUMNS.filter(({ name }) => hasBaseline || name !== 'Against baseline');
    const note = leftOut === 0
        ? null
        : h('p', { class: 'note' }, `${(0,format/* counted */.hS)(leftOut, 'eval')} of the set ${(0,format/* isOrAre */.Cj)(leftOut)} left out by the inputs include and exclude.`);
    return section('evals', 'All evals', h('div', { class: 'table-frame' }, h('table', { id: 'evals-table' }, h('thead', {}, h('tr', {}, ...columns.map(({ name, sort }) => h('th', { scope: 'col', 'data-sort': sort, class: sort === 'number' ? 'number' : null }, name)))), h('tbody', {}, ...entries.map((entry) => row(entry, columns, links))))), note);
}
function row(entry, columns, links) {
    return h('tr', { 'data-eval': entry.number, 'data-tags': tagsOf(entry).join(' ') }, ...columns.map((column) => {
        const { value, content } = column.cell(entry, links);
        return h('td', { 'data-label': column.name, 'data-value': value, class: column.sort === 'number' ? 'number' : null }, content);
    }));
}
/** The order in which statuses are sorted. */
const STATUS_ORDER = ['failed', 'pending', 'fresh', 'reused'];
const COLUMNS = [
    {
        name: 'Eval',
        sort: 'text',
        cell: (entry, links) => ({
            value: named(entry.result.name),
            content: [h('div', {}, evalLink(entry)), origin(entry, links)],
        }),
    },
    {
        name: 'Status',
        sort: 'order',
        cell: (entry) => ({
            value: STATUS_ORDER.indexOf(entry.result.status),
            content: h('div', { class: 'pills' }, statusPill(entry.result.status), ...ruleMarks(entry)),
        }),
    },
    {
        name: 'Value',
        sort: 'number',
        cell: ({ result }) => ({
            value: typeof result.mainMetric?.value === 'number' ? result.mainMetric.value : null,
            content: valueCell(result),
        }),
    },
    {
        name: '95 % interval',
        sort: null,
        cell: ({ result, comparison }) => ({
            value: null,
            content: result.mainMetric ? evals_table_intervalCell(result.mainMetric, comparison) : '',
        }),
    },
    {
        name: 'Against baseline',
        sort: 'order',
        cell: (entry) => ({
            value: entry.comparison?.difference ?? null,
            content: entry.comparison ? comparisonCell(entry.comparison, entry) : '',
        }),
    },
    {
        name: 'Samples',
        sort: 'number',
        cell: ({ result }) => ({ value: result.samples.total, content: evals_table_samplesCell(result.samples) }),
    },
    {
        name: 'Tokens',
        sort: 'number',
        cell: ({ result: { tokens } }) => ({
            value: tokens?.total ?? null,
            content: tokens ? numbers_unbroken((0,numbers/* amount */.vj)(tokens.total)) : '',
        }),
    },
    {
        name: 'Time',
        sort: 'number',
        cell: ({ result: { tookMs } }) => ({ value: tookMs, content: tookMs === null ? '' : (0,format/* duration */.p0)(tookMs) }),
    },
    {
        name: 'Attempts',
        sort: 'number',
        cell: ({ result: { attempts } }) => ({
            value: attempts,
            content: attempts === 0 ? '' : (0,format/* wholeNumber */.rD)(attempts),
        }),
    },
];
/** Why it ran, or where its result comes from. */
function origin({ result }, links) {
    const { status, run, decision } = result;
    if (status === 'reused')
        return h('div', { class: 'origin' }, 'from ', run
            ? parts_link((0,report_links/* runUrl */.Vp)(links, run.id, run.attempt), `run ${named(run.id)}${run.attempt > 1 ? `, attempt ${run.attempt}` : ''}`)
            : 'an earlier run');
    const reason = decision?.reason ?? '';
    return reason === '' ? null : h('div', { class: 'origin' }, sentence(reason));
}
function ruleMarks({ unmet }) {
    if (unmet.length === 0)
        return [];
    return [statusPill(unmet.some(({ status }) => status === 'missed') ? 'missed' : 'not-judged')];
}
/** The main metric, or how often a judge made each choice. */
function valueCell(result) {
    const { mainMetric } = result;
    if (!mainMetric)
        return named((0,result_text/* resultText */.D6)(result)?.text ?? '');
    return [
        h('div', {}, numbers_valueText(mainMetric.value, isRate(mainMetric))),
        h('div', { class: 'range muted' }, named(mainMetric.name)),
    ];
}
function evals_table_intervalCell(metric, comparison) {
    const { value, interval } = metric;
    if (typeof value !== 'number')
        return '';
    const asRate = isRate(metric);
    const before = comparison?.before ?? null;
    const range = interval ? numbers_rangeText(interval, asRate) : '';
    const words = [
        numbers_valueText(value, asRate),
        ...(interval ? [`95 % interval ${range}`] : []),
        ...(before === null ? [] : [`before ${numbers_valueText(before, asRate)}`]),
    ].join(', ');
    return [
        interval || before !== null ? ratePicture(value, interval, before, words) : null,
        interval ? h('div', { class: 'range' }, range) : h('div', { class: 'range muted' }, 'no interval'),
    ];
}
function comparisonCell(comparison, { result }) {
    const { status, before, difference } = comparison;
    const asRate = isRateComparison(comparison, result.mainMetric);
    return [
        h('div', { class: 'pills' }, comparisonPill(status)),
        h('div', { class: 'range' }, difference === null ? null : h('b', {}, differenceText(difference, asRate)), before === null ? null : h('span', { class: 'muted' }, ` from ${numbers_valueText(before, asRate)}`)),
    ];
}
function evals_table_samplesCell({ total, outcomes }) {
    if (!outcomes)
        return total === null ? '' : (0,format/* wholeNumber */.rD)(total);
    const others = [
        ...(outcomes.incorrect > 0 ? [`${(0,format/* wholeNumber */.rD)(outcomes.incorrect)} incorrect`] : []),
        ...(outcomes.unscored > 0 ? [`${(0,format/* wholeNumber */.rD)(outcomes.unscored)} unscored`] : []),
        ...(outcomes.errored > 0 ? [`${(0,format/* wholeNumber */.rD)(outcomes.errored)} errored`] : []),
    ];
    const all = total === null ? '?' : (0,format/* wholeNumber */.rD)(total);
    return [
        h('div', {}, saysCorrect(outcomes) ? `${(0,format/* wholeNumber */.rD)(outcomes.correct)} of ${all} correct` : all),
        others.length === 0 ? null : h('div', { class: 'range muted' }, others.join(', ')),
    ];
}

;// CONCATENATED MODULE: ./lib/report/html/view-sample.js
/** Makes a sample ready for the page: its texts bounded and printable. */



const view_sample_MAX_BYTES = {
    prompt: 6000,
    answer: 4000,
    expected: 2000,
    picked: 500,
    judge: 4000,
    error: 2000,
};
const view_sample_MAX_NAME_BYTES = 200;
const MAX_SCORES = 20;
const HASH_DIGITS = 12;
/** Makes the views of the samples of one eval. */
class SampleViews {
    #samples;
    #before;
    #comparison;
    #flips;
    #beforeByHash;
    constructor({ samples, before, comparison }) {
        this.#samples = samples;
        this.#before = before;
        this.#comparison = comparison;
        const flips = comparison?.flips ?? [];
        this.#flips = new Map(flips.map((flip) => [flip.id, flip]));
        const hashes = new Set(flips.map(({ hash }) => hash));
        this.#beforeByHash = Map.groupBy((before?.samples ?? []).filter(({ hash }) => hashes.has(hash)), ({ hash }) => hash);
    }
    /** The flip of a sample; undefined when its score is that of the baseline. */
    flipOf({ id, hash }) {
        const flip = this.#flips.get(id);
        return flip?.hash === hash ? flip : undefined;
    }
    /** Whether the sample got worse. */
    isWorse(flip) {
        return this.#comparison !== null && (0,verdict/* isWorse */.B)(flip, this.#comparison);
    }
    viewOf(sample) {
        const texts = this.#samples?.texts(sample) ?? model_sample/* NO_TEXTS */.rl;
        const flip = this.flipOf(sample);
        return {
            id: (0,lib_text/* oneLine */.TN)(sample.id, view_sample_MAX_NAME_BYTES),
            hash: (0,lib_text/* oneLine */.TN)(sample.hash, view_sample_MAX_NAME_BYTES).slice(0, HASH_DIGITS),
            outcome: sample.outcome,
            scores: Object.fromEntries(Object.entries(sample.scores)
                .slice(0, MAX_SCORES)
                .map(([name, value]) => [(0,lib_text/* oneLine */.TN)(name, view_sample_MAX_NAME_BYTES), value])),
            choice: view_sample_bounded(sample.choice, view_sample_MAX_NAME_BYTES),
            tokens: sample.tokens,
            replayed: sample.replayed,
            prompt: view_sample_bounded(texts.prompt, view_sample_MAX_BYTES.prompt),
            answer: view_sample_bounded(texts.answer, view_sample_MAX_BYTES.answer),
            expected: view_sample_bounded(texts.expected, view_sample_MAX_BYTES.expected),
            picked: view_sample_bounded(texts.picked, view_sample_MAX_BYTES.picked),
            judge: view_sample_bounded(texts.judge, view_sample_MAX_BYTES.judge),
            error: view_sample_bounded(texts.error, view_sample_MAX_BYTES.error),
            flip: flip ? this.#flipView(flip) : null,
        };
    }
    #flipView(flip) {
        const candidates = this.#beforeByHash.get(flip.hash) ?? [];
        // Several samples may have the same content.
        const sample = candidates.find(({ outcome }) => outcome === flip.outcomeBefore) ?? candidates[0];
        const texts = (sample && this.#before?.texts(sample)) ?? model_sample/* NO_TEXTS */.rl;
        return {
            isWorse: this.isWorse(flip),
            before: flip.before,
            now: flip.now,
            outcome: flip.outcomeBefore,
            choice: view_sample_bounded(sample?.choice ?? null, view_sample_MAX_NAME_BYTES),
            answer: view_sample_bounded(texts.answer, view_sample_MAX_BYTES.answer),
            picked: view_sample_bounded(texts.picked, view_sample_MAX_BYTES.picked),
            judge: view_sample_bounded(texts.judge, view_sample_MAX_BYTES.judge),
        };
    }
}
/** It is shortened first: a text may have megabytes. */
function view_sample_bounded(text, bytes) {
    return text === null ? null : (0,lib_text/* printable */.g$)((0,lib_text/* shorten */.ml)(text, bytes));
}

;// CONCATENATED MODULE: ./lib/report/html/selection.js

const BOUNDS = {
    staticSamples: 500,
    staticBytes: 3_000_000,
    samples: 10_000,
    bytes: 30_000_000,
};
function selectSamples(entries, bounds) {
    const ordered = entries.map((entry) => selection_inOrder(entry, new SampleViews(entry)));
    const counts = grants(ordered, bounds.samples);
    const staticCounts = grants(ordered, bounds.staticSamples);
    return entries.map((entry, index) => ({
        entry,
        views: ordered[index]?.views ?? new SampleViews(entry),
        ordered: ordered[index]?.samples ?? [],
        staticCount: staticCounts[index] ?? 0,
        count: counts[index] ?? 0,
    }));
}
const LAST_PROBLEM = 3;
function selection_inOrder({ samples }, views) {
    const all = samples?.samples ?? [];
    const ranks = new Map(all.map((sample) => [sample, rankOf(sample, views)]));
    const rank = (sample) => ranks.get(sample) ?? 0;
    return {
        views,
        samples: all.toSorted((a, b) => rank(a) - rank(b)),
        problems: all.filter((sample) => rank(sample) <= LAST_PROBLEM).length,
    };
}
function rankOf(sample, views) {
    const flip = views.flipOf(sample);
    if (flip && views.isWorse(flip))
        return 0;
    if (sample.outcome === 'errored')
        return 1;
    if (sample.outcome === 'incorrect')
        return 2;
    if (sample.outcome === 'unscored')
        return LAST_PROBLEM;
    if (flip)
        return 4;
    return sample.outcome === null ? 5 : 6;
}
/** How many samples of each eval are among the `most`: the problems of all evals come before all others. */
function grants(ordered, most) {
    const problems = shared(ordered.map((each) => each.problems), most);
    const left = most - sum(problems);
    const others = shared(ordered.map(({ samples, problems: count }) => samples.length - count), left);
    return problems.map((count, index) => count + (others[index] ?? 0));
}
/** Divides `most` so that nobody gets more than it asks for, and what one does not need goes to the others. */
function shared(wanted, most) {
    const granted = wanted.map(() => 0);
    const smallestFirst = wanted
        .map((_, index) => index)
        .toSorted((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
    let left = most;
    for (const [position, index] of smallestFirst.entries()) {
        const share = Math.floor(left / (smallestFirst.length - position));
        const count = Math.min(wanted[index] ?? 0, share);
        granted[index] = count;
        left -= count;
    }
    return granted;
}
function sum(numbers) {
    return numbers.reduce((total, number) => total + number, 0);
}
/** Gives each eval bytes in proportion to its samples. What an eval leaves goes to those after it. */
class ByteShares {
    #bytesPerSample;
    #left = 0;
    constructor(bytes, samples) {
        this.#bytesPerSample = samples === 0 ? 0 : bytes / samples;
    }
    /** Adds the share of the next eval. */
    add(samples) {
        this.#left += samples * this.#bytesPerSample;
    }
    /** @returns whether there was room for so many bytes */
    take(bytes) {
        if (bytes > this.#left)
            return false;
        this.#left -= bytes;
        return true;
    }
}

;// CONCATENATED MODULE: ./lib/report/html/shared/word-diff.js
/** Marks the words in which two texts differ. Pure. */
/** Blanks, words, single characters of scripts that are written without blanks, and single other characters. */
const word_diff_WORD = /\s+|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}_]+|./gsu;
/** Longer texts are not compared word by word: the table has a cell for each pair of words. */
const MAX_CELLS = 400_000;
/** Below this share of common words, marks would cover nearly everything and help nobody. */
const MIN_SHARED = 0.3;
/** Two texts that have little in common, or that are too long, are returned without marks, as if all were shared. */
function wordDiff(before, now) {
    const [a, b] = [before.match(word_diff_WORD) ?? [], now.match(word_diff_WORD) ?? []];
    const unmarked = { before: whole(before), now: whole(now) };
    const shared = sharedWords(a, b);
    if (!shared)
        return unmarked;
    const isSolid = (word) => /[\p{L}\p{N}]/u.test(word);
    const common = a.filter((word, index) => shared.before[index] && isSolid(word)).length;
    const most = Math.max(a.filter(isSolid).length, b.filter(isSolid).length);
    if (common < most * MIN_SHARED)
        return unmarked;
    return { before: runs(a, withBlanks(a, shared.before)), now: runs(b, withBlanks(b, shared.now)) };
}
function whole(text) {
    return text === '' ? [] : [{ text, isShared: true }];
}
/** Which words belong to the longest common subsequence; undefined when the texts are too long. */
function sharedWords(a, b) {
    const shortest = Math.min(a.length, b.length);
    let head = 0;
    while (head < shortest && a[head] === b[head])
        head += 1;
    let tail = 0;
    while (tail < shortest - head && a[a.length - 1 - tail] === b[b.length - 1 - tail])
        tail += 1;
    const [rows, columns] = [a.length - head - tail, b.length - head - tail];
    if (rows * columns > MAX_CELLS)
        return undefined;
    const width = columns + 1;
    const lengths = new Uint32Array((rows + 1) * width);
    const at = (row, column) => lengths[row * width + column] ?? 0;
    for (let row = rows - 1; row >= 0; row -= 1)
        for (let column = columns - 1; column >= 0; column -= 1)
            lengths[row * width + column] =
                a[head + row] === b[head + column]
                    ? at(row + 1, column + 1) + 1
                    : Math.max(at(row + 1, column), at(row, column + 1));
    const before = a.map((_, index) => index < head || index >= a.length - tail);
    const now = b.map((_, index) => index < head || index >= b.length - tail);
    for (let row = 0, column = 0; row < rows && column < columns;) {
        if (a[head + row] === b[head + column]) {
            before[head + row] = true;
            now[head + column] = true;
            row += 1;
            column += 1;
        }
        else if (at(row + 1, column) >= at(row, column + 1))
            row += 1;
        else
            column += 1;
    }
    return { before, now };
}
/** Blanks between two marked words are marked, too, so that a marked phrase is one. */
function withBlanks(words, shared) {
    return shared.map((isShared, index) => {
        const isBetween = shared[index - 1] === false && shared[index + 1] === false;
        return isShared && !(isBetween && words[index]?.trim() === '');
    });
}
function runs(words, shared) {
    const found = [];
    for (const [index, text] of words.entries()) {
        const isShared = shared[index] === true;
        const last = found.at(-1);
        if (last?.isShared === isShared)
            last.text += text;
        else
            found.push({ text, isShared });
    }
    return found;
}

;// CONCATENATED MODULE: ./lib/report/html/shared/sample-element.js
/** A sample as an element that opens: what was asked, expected and answered, and how that differs from the baseline. Pure. */





/** The line of a closed sample has no room for more characters. */
const MAX_EXCERPT = 200;
function sampleElement(view, { evalKey, hasId, isOpen }) {
    const target = { evalKey, sampleId: view.id };
    return h('details', { class: 'sample', id: hasId ? elementId(target) : null, open: isOpen }, h('summary', {}, outcomeMark(view), h('code', { class: 'sample-id' }, view.id), h('span', { class: 'excerpt' }, excerptOf(view))), h('div', { class: 'sample-body' }, ...(hasTexts(view) ? texts(view) : [NO_TEXTS_NOTE]), h('div', { class: 'facts' }, ...factsOf(view).map((fact) => h('span', {}, fact)), h('a', { href: fragmentOf(target) }, 'Link to this sample'))));
}
const NO_TEXTS_NOTE = h('p', { class: 'note' }, 'The texts of this sample are not in the report. The input samples-text says which samples have theirs.');
function outcomeMark({ outcome, flip }) {
    if (flip && flip.outcome !== null && outcome !== null && flip.outcome !== outcome)
        return h('span', { class: 'flip' }, sample_element_pill(flip.outcome), h('span', { class: 'arrow' }, '\u2192'), sample_element_pill(outcome));
    if (flip)
        return h('span', { class: 'flip' }, outcome === null ? null : sample_element_pill(outcome), h('span', { class: 'change' }, `${scoreText(flip.before)} \u2192 ${scoreText(flip.now)}`));
    return outcome === null ? h('span', { class: 'pill plain' }, 'No outcome') : sample_element_pill(outcome);
}
function sample_element_pill(outcome) {
    return h('span', { class: `pill ${OUTCOME_TONES[outcome]}` }, OUTCOME_WORDS[outcome]);
}
/** At the end of a prompt, as in `Answer:`. */
const LABEL = /^[\p{L} ]{1,30}:$/u;
/** The last line of the prompt, because prompts begin with what all samples of an eval have in common. */
function excerptOf({ prompt, answer, error }) {
    const lines = (prompt ?? answer ?? error ?? '').split('\n').map((line) => line.trim());
    const last = lines.findLast((line) => line !== '' && !LABEL.test(line)) ?? lines.find((line) => line !== '') ?? '';
    return last.replace(/^(system|user|assistant): /, '').slice(0, MAX_EXCERPT);
}
function hasTexts({ prompt, answer, expected, picked, judge, error }) {
    return [prompt, answer, expected, picked, judge, error].some((text) => text !== null);
}
function texts(view) {
    const { prompt, expected, error, flip } = view;
    return [
        ...field('Error', error),
        ...field('Prompt', prompt, 'long'),
        ...field('Expected', expected),
        ...(flip
            ? bothAnswers(view, flip)
            : [
                ...field('Answer', view.answer),
                ...field('Picked', view.picked),
                ...field('The judge\u2019s words', view.judge),
            ]),
    ];
}
function bothAnswers(view, flip) {
    return [
        ...pair('Answer', flip.answer, view.answer),
        ...pair('Picked', flip.picked, view.picked),
        ...pair('The judge\u2019s words', flip.judge, view.judge),
        ...pair('Choice of the judge', flip.choice, view.choice),
    ];
}
function field(name, text, kind = '') {
    if (text === null)
        return [];
    return [h('div', { class: 'field' }, h('h4', {}, name), block(kind, [text]))];
}
/** Side by side, with the words marked in which they differ; one field when they are the same. */
function pair(name, before, now) {
    if (before === null && now === null)
        return [];
    if (before === now)
        return field(`${name}, the same in both runs`, now);
    const diff = before !== null && now !== null ? wordDiff(before, now) : undefined;
    return [
        h('div', { class: 'pair' }, side(`${name} before`, before, diff?.before, 'del'), side(`${name} now`, now, diff?.now, 'ins')),
    ];
}
function side(name, text, words, mark) {
    const content = words
        ? words.map((each) => (each.isShared ? each.text : h(mark, {}, each.text)))
        : [text ?? ''];
    return h('div', { class: 'field' }, h('h4', {}, name), text === null ? h('p', { class: 'note' }, 'Not in the report.') : block('', content));
}
function block(kind, content) {
    const isEmpty = content.length === 0 || (content.length === 1 && content[0] === '');
    return isEmpty
        ? h('p', { class: 'note' }, 'Empty.')
        : h('pre', { class: kind || null, tabindex: kind ? 0 : null }, ...content);
}
function factsOf({ scores, choice, tokens, replayed, hash, flip }) {
    return [
        ...Object.entries(scores).map(([name, value]) => `${name} ${scoreText(value)}`),
        ...(choice === null || flip ? [] : [`choice ${choice}`]),
        ...(tokens === null ? [] : [`${(0,format/* wholeNumber */.rD)(tokens)} tokens`]),
        ...(replayed === true ? ['replayed'] : []),
        `content ${hash}`,
    ];
}

;// CONCATENATED MODULE: ./lib/report/html/shared/sample-view.js
const NO_FLIP_TEXTS = { outcome: null, choice: null, answer: null, picked: null, judge: null };
const sample_view_NOTHING = {
    ...{ outcome: null, scores: {}, choice: null, tokens: null, replayed: null, prompt: null, answer: null },
    ...{ expected: null, picked: null, judge: null, error: null, flip: null },
};
/** Nulls are most of a view without texts, so they are left out. */
function viewToJson(view) {
    return JSON.stringify(view, (_, value) => (value === null ? undefined : value));
}
/** @param parsed what `viewToJson` wrote */
function viewFromJson(parsed) {
    const { flip } = parsed;
    return { ...sample_view_NOTHING, ...parsed, flip: flip ? { ...NO_FLIP_TEXTS, ...flip } : null };
}

;// CONCATENATED MODULE: ./lib/report/html/to-html.js
/** Elements without an end tag are not among the tags of a tree. */
function toHtml(tree) {
    if (typeof tree === 'string')
        return escaped(tree);
    const attributes = Object.entries(tree.attributes).map(([name, value]) => {
        if (value === null || value === false)
            return '';
        return value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`;
    });
    // A parser drops the first line break of a `pre`.
    const start = tree.tag === 'pre' ? '\n' : '';
    return `<${tree.tag}${attributes.join('')}>${start}${tree.children.map(toHtml).join('')}</${tree.tag}>`;
}
const ENTITIES = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
};
function escaped(text) {
    return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
/** JSON inside a `script` element: nothing in it ends the element, opens a comment, or ends a line of a script. */
function jsonInHtml(json) {
    return json.replace(/[<>\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

;// CONCATENATED MODULE: ./lib/report/html/samples-section.js
/** The details and the samples of each eval. Written in pieces, because a run may have 100,000 samples. */















const MAX_METRICS = 60;
function* samplesSections(selected, bounds) {
    const elements = new ByteShares(bounds.staticBytes, total(selected, 'staticCount'));
    const carried = new ByteShares(bounds.bytes, total(selected, 'count'));
    yield '<section id="samples" aria-labelledby="samples-title"><h2 id="samples-title">Evals and their samples</h2>';
    yield '<p id="no-match" class="note" hidden>Nothing matches.</p>';
    for (const each of selected) {
        elements.add(each.staticCount);
        carried.add(each.count);
        yield* evalSection(each, elements, carried);
    }
    yield '</section>\n';
}
function total(selected, field) {
    return selected.reduce((sum, each) => sum + each[field], 0);
}
/** A `details` whose content is written piece by piece. */
function* evalSection(selected, elements, carried) {
    const { entry } = selected;
    const id = elementId({ evalKey: evalKeyOf(entry.result.key), sampleId: null });
    const [start, end] = around(h('details', { class: 'eval', id, 'data-eval': entry.number, 'data-tags': tagsOf(entry).join(' ') }));
    yield `${start}${toHtml(summaryOf(selected))}<div class="eval-body">${toHtml(detailsOf(entry))}`;
    if (selected.ordered.length > 0)
        yield* samples_section_samplesOf(selected, elements, carried);
    yield `</div>${end}\n`;
}
/** The tags of an element without content. */
function around(element) {
    const end = `</${element.tag}>`;
    return [toHtml(element).slice(0, -end.length), end];
}
function* samples_section_samplesOf(selected, elements, carried) {
    const { entry, ordered, views, staticCount, count } = selected;
    const shown = [];
    yield '<div class="samples">';
    for (const sample of ordered.slice(0, staticCount)) {
        const view = views.viewOf(sample);
        const element = toHtml(sampleElement(view, { evalKey: evalKeyOf(entry.result.key), hasId: true, isOpen: false }));
        if (!elements.take(element.length))
            break;
        shown.push(view);
        yield element;
    }
    const left = ordered.length - shown.length;
    if (left > 0)
        yield toHtml(h('p', { class: 'note' }, `${(0,format/* counted */.hS)(left, 'more sample')} of this eval: with its script, this page shows them.`));
    yield `</div><script type="application/json" id="samples-${entry.number}">[`;
    let written = 0;
    for (const [index, sample] of ordered.slice(0, count).entries()) {
        const json = jsonInHtml(viewToJson(shown[index] ?? views.viewOf(sample)));
        if (!carried.take(json.length))
            break;
        yield `${written > 0 ? ',\n' : ''}${json}`;
        written += 1;
    }
    yield ']</script>';
    if (written < ordered.length)
        yield toHtml(h('p', { class: 'note cut' }, `This page has ${(0,format/* wholeNumber */.rD)(written)} of the ${(0,format/* counted */.hS)(ordered.length, 'sample')} of this eval, those with problems first. The file samples.jsonl has all of them.`));
}
function summaryOf({ entry, ordered }) {
    const { result, comparison } = entry;
    return h('summary', {}, h('span', { class: 'eval-title' }, named(result.name)), statusPill(result.status), comparison && comparison.status !== 'within-noise' ? comparisonPill(comparison.status) : null, h('span', { class: 'muted count' }, countsText(entry, ordered.length)));
}
function countsText({ result: { samples } }, recorded) {
    const count = samples.total ?? recorded;
    if (count === 0)
        return 'no samples';
    return `${(0,format/* counted */.hS)(count, 'sample')}${doubtsText(samples, count)}`;
}
function doubtsText({ outcomes }, count) {
    if (!outcomes)
        return '';
    if (saysCorrect(outcomes))
        return `, ${(0,format/* wholeNumber */.rD)(count - outcomes.correct)} not correct`;
    const { unscored, errored } = outcomes;
    return [
        ...(unscored > 0 ? [`, ${(0,format/* wholeNumber */.rD)(unscored)} unscored`] : []),
        ...(errored > 0 ? [`, ${(0,format/* wholeNumber */.rD)(errored)} errored`] : []),
    ].join('');
}
function detailsOf(entry) {
    const { result, comparison } = entry;
    const { requests, tokens, samples } = result;
    const rows = [
        ['Key', h('code', {}, named(result.key))],
        ...present('Class', result.evalClass, (text) => h('code', {}, named(text))),
        ...present('Judge', result.judge, named),
        ...(comparison ? [['Against the baseline', sentence(comparison.sentence)]] : []),
        ...present('Why', result.decision?.reason || null, sentence),
        ...present('Note', result.note || null, sentence),
        ...present('Coverage', samples.coverage, (coverage) => `${numbers_valueText(coverage, true)} of the samples are scored`),
        ...present('Tokens', tokens, (used) => `${(0,numbers/* amount */.vj)(used.prompt)} prompt (${(0,numbers/* amount */.vj)(used.cached)} cached), ${(0,numbers/* amount */.vj)(used.completion)} completion (${(0,numbers/* amount */.vj)(used.reasoning)} reasoning)`),
        ...present('Requests', requests, (each) => `${(0,format/* wholeNumber */.rD)(each.sent)} sent, ${(0,format/* wholeNumber */.rD)(each.replayed)} replayed`),
        ...present('Cost', tokens && tokens.total > 0 ? result.cost : null, numbers_costText),
        ...present('Time', result.tookMs, format/* duration */.p0),
        ...present('Adaptations', result.adaptations.length > 0 ? result.adaptations : null, (all) => all
            .slice(0, MAX_METRICS)
            .map((each) => sentence(`${each.model}: ${describeAdaptation(each)}`))
            .join('; ')),
        ...present('Replaced models', mappedText(result.replacedModels), (text) => text),
        ...metricRows(entry),
    ];
    return h('div', { class: 'eval-details' }, terms(rows), outcomeNote(result));
}
function outcomeNote({ samples: { outcomes }, judge, metrics }) {
    if (Object.keys(metrics).length === 0 || (outcomes && saysCorrect(outcomes)))
        return null;
    const who = judge === null ? 'The class of this eval' : 'The judge of this eval';
    return h('p', { class: 'note' }, `${who} does not say whether a sample is correct.`);
}
function present(term, value, describe) {
    return value === null ? [] : [[term, describe(value)]];
}
function mappedText(map) {
    const pairs = Object.entries(map).slice(0, MAX_METRICS);
    return pairs.length === 0
        ? null
        : pairs.map(([from, to]) => `${named(from)} \u2192 ${named(to)}`).join(', ');
}
function metricRows({ result }) {
    const intervals = new Map(Object.entries(result.intervals));
    return Object.entries(result.metrics)
        .filter(([name]) => !isTokenMetric(name))
        .slice(0, MAX_METRICS)
        .map(([name, value]) => {
        const interval = intervals.get(name);
        return [
            named(name),
            `${numbers_valueText(value, false)}${interval ? ` (95 %: ${numbers_rangeText(interval, false)}, ${interval.method}, n = ${(0,format/* wholeNumber */.rD)(interval.n)})` : ''}`,
        ];
    });
}

;// CONCATENATED MODULE: ./lib/report/html/how-to-read.js
/** The end of the page: the methods, and what the results were made with. Pure. */









/** Numbers of pairs for which the page says how small a drop they can show. */
const PAIRS = [30, 100, 300, 1000];
function howToRead() {
    return section('how-to-read', 'How to read this', terms([
        [
            'The interval',
            'A dot is the value of this run, a ring that of the baseline, and the whiskers are a 95 % confidence interval: what the value may be on other samples of the same kind. For a rate it is Wilson\u2019s interval, for other means that of the t distribution, or a bootstrap where the scores are skewed. Fewer than ten samples have no interval.',
        ],
        [
            'Is a change real?',
            'Samples with the same content are paired with those of the baseline. Only pairs that differ say something about a change. Outcomes are judged by McNemar\u2019s exact test over the pairs that flipped, scores by a sign-flip test. Holm\u2019s correction over all compared evals keeps the probability of any false alarm in the set at 5 % or below.',
        ],
        [
            'Degraded, improved',
            'The change is larger than the tolerance, and p is below 0.05 after Holm\u2019s correction.',
        ],
        [
            'Within noise',
            'Such a difference also occurs between two runs of the same model. It does not say that nothing changed: a drop that is smaller than so many pairs can show remains invisible.',
        ],
        [
            'The smallest drop that shows',
            h('table', { class: 'small-table' }, h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Pairs'), ...PAIRS.map((pairs) => h('td', {}, (0,format/* wholeNumber */.rD)(pairs))))), h('tbody', {}, h('tr', {}, h('th', { scope: 'row' }, 'Points'), ...PAIRS.map((pairs) => h('td', {}, (smallestDrop(pairs) * 100).toFixed(0)))))),
        ],
        ['', 'If one pair in ten differs, and four of five such drops are to be found.'],
        [
            'Too few samples, not comparable, missing',
            'Fewer than ten pairs tell nothing. Evals with another specification, judge, model map or version of evals are not compared. A missing eval is only here or only in the baseline.',
        ],
        [
            'Outcomes of samples',
            'Correct and incorrect are what the eval says. Unscored: the words of the judge could not be read. Errored: the sample raised an error. Coverage is the share of samples that are scored.',
        ],
        [
            'Status of evals',
            'Fresh: completed by this run. Reused: completed by an earlier run, with the same content. Failed: ended its last attempt without a valid result. Pending: neither completed nor failed.',
        ],
        [
            'Sources',
            'Wilson 1927; McNemar 1947; Holm 1979; Miller 2024 (arXiv 2411.00640) on error bars for evals; Bowyer et al. 2025 (arXiv 2503.01747) on intervals for few samples.',
        ],
    ]));
}
function madeWith({ results, links }) {
    const { versions, run } = results;
    const adaptations = results.adaptations.map((each) => sentence(`${each.model}: ${describeAdaptation(each)}`));
    const rows = [
        ['Eval set', named(results.evalSet)],
        ['Model', named(results.model)],
        [
            'Judge',
            results.judgeModel === null
                ? 'Each eval\u2019s own rule: the input judge-model is empty.'
                : named(results.judgeModel),
        ],
        ['Model map', mappedText(results.modelMap) ?? 'None.'],
        [
            'Adaptations',
            adaptations.length === 0
                ? 'None: all requests were sent as evals made them.'
                : adaptations.slice(0, 50).join('; '),
        ],
        [
            'Arguments of oaieval',
            results.args.length === 0 ? 'None.' : h('code', {}, sentence(results.args.join(' '))),
        ],
        [
            'Versions',
            `oaievalset-action ${named(versions.action)}, evals ${versions.evals === '' ? 'of an unknown version' : named(versions.evals)}, Python ${versions.python === null ? 'of an unknown version' : named(versions.python)}`,
        ],
        ['Prices', pricesText(results)],
        ['Workflow', `${named(run.workflow)}, job ${named(run.job)}`],
        [
            'Run',
            [
                parts_link((0,report_links/* runUrl */.Vp)(links, run.id, run.attempt), `${named(run.id)}, attempt ${run.attempt}`),
                `, ${timeText(run.started)} to ${timeText(run.ended)}`,
            ],
        ],
    ];
    return section('made-with', 'What the results were made with', terms(rows));
}

// EXTERNAL MODULE: external "node:url"
var external_node_url_ = __webpack_require__(3136);
;// CONCATENATED MODULE: ./lib/action-root.js



/**
 * The directory of the action itself, the nearest one above this file that holds `action.yml`: the same from `src/` in a
 * checkout and from `dist/<entry>/`. Not a `new URL(…)`, which the bundler would rewrite.
 */
function actionRoot() {
    let directory = (0,external_node_path_.dirname)((0,external_node_url_.fileURLToPath)(import.meta.url));
    while (!(0,external_node_fs_.existsSync)((0,external_node_path_.join)(directory, 'action.yml')) && (0,external_node_path_.dirname)(directory) !== directory)
        directory = (0,external_node_path_.dirname)(directory);
    return directory;
}
/** The version of the action. It is read when it is asked for, because a bundle is older than the release that it belongs to. */
function actionVersion() {
    const { version } = JSON.parse((0,external_node_fs_.readFileSync)((0,external_node_path_.join)(actionRoot(), 'package.json'), 'utf8'));
    return version;
}

;// CONCATENATED MODULE: ./lib/report/html/page-assets.js



/** Where `scripts/build.ts` writes them, from the action's own directory. */
const PAGE_DIRECTORY = 'dist/report';
function readPageAssets() {
    const read = (name) => (0,external_node_fs_.readFileSync)((0,external_node_path_.join)(actionRoot(), PAGE_DIRECTORY, name), 'utf8');
    return { script: read('page.js'), style: read('page.css') };
}

;// CONCATENATED MODULE: ./lib/report/html/problem-cards.js
/** Cards of evals that failed, degraded or missed a rule, with their causes and flips. */










/** Of one eval; the further ones are among its samples. */
const MAX_FLIPS = 5;
/** Of all evals. */
const MAX_ALL_FLIPS = 150;
const MAX_LINE_BYTES = 1000;
const MAX_LAST_LINES = 30;
const MAX_MESSAGE_BYTES = 3000;
/** In the order of the evals. */
function problemCards(selected) {
    const cards = [];
    let flipsLeft = MAX_ALL_FLIPS;
    for (const each of selected) {
        const { status } = each.entry;
        if (status === 'failed')
            cards.push(failedCard(each.entry));
        else if (status === 'degraded' || status === 'missed' || status === 'not-judged') {
            const { element, flips } = doubtCard(each, Math.min(MAX_FLIPS, flipsLeft));
            flipsLeft -= flips;
            cards.push(element);
        }
    }
    return cards;
}
function failedCard(entry) {
    const { result } = entry;
    const error = result.error ?? {
        type: null,
        message: result.note,
        place: null,
        sample: null,
        lastLines: [],
    };
    return card(entry, [
        h('p', { class: 'error-message' }, error.type === null ? null : h('code', {}, named(error.type)), error.type === null ? null : ': ', messageOf(error)),
        h('p', { class: 'facts' }, ...placeOf(error), ...(result.attempts > 0 ? [h('span', {}, (0,format/* counted */.hS)(result.attempts, 'attempt'))] : []), ...(result.recorded > 0
            ? [h('span', {}, `${(0,format/* counted */.hS)(result.recorded, 'response')} recorded, which the next run replays`)]
            : [])),
        error.type === null && result.note !== '' && result.note !== error.message
            ? h('p', { class: 'note' }, (0,format/* asSentence */.KG)(sentence(result.note)))
            : null,
        lastLines(error),
    ]);
}
/** An exception's own words remain as they are. */
function messageOf({ type, message }) {
    const text = (0,lib_text/* oneLine */.TN)(message, MAX_MESSAGE_BYTES);
    return type === null ? (0,format/* asSentence */.KG)(text) : text;
}
function placeOf({ place, sample }) {
    return [
        ...(place === null ? [] : [h('span', {}, 'in ', h('code', {}, `${named(place.file)}:${place.line}`))]),
        ...(sample === null ? [] : [h('span', {}, 'at sample ', h('code', {}, named(sample)))]),
    ];
}
function lastLines({ lastLines: lines }) {
    if (lines.length === 0)
        return null;
    const shown = lines.slice(-MAX_LAST_LINES).map((line) => (0,lib_text/* printable */.g$)((0,lib_text/* shorten */.ml)(line, MAX_LINE_BYTES)));
    return h('details', {}, h('summary', {}, `The last ${(0,format/* counted */.hS)(shown.length, 'line')} of its output`), h('pre', {}, shown.join('\n')));
}
/** Of an eval that is completed, and whose result is not what it should be. */
function doubtCard(selected, mostFlips) {
    const { entry } = selected;
    const { comparison, unmet } = entry;
    const flips = comparison ? flipElements(selected, comparison, mostFlips) : [];
    const element = card(entry, [
        comparison && comparison.difference !== null ? differenceLine(comparison, entry) : null,
        comparison && !saysIt(unmet, comparison) ? h('p', {}, sentence(comparison.sentence)) : null,
        ...unmet.map((each) => h('p', {}, pill(RULE_TONES[each.status], `Rule ${words/* RULE_WORDS */.x[each.status]}`), ' ', h('code', {}, named(each.rule)), ' ', sentence((0,result_text/* withoutName */.u_)(each.sentence, each.name)))),
        flips.length === 0 || !comparison ? null : flipList(comparison, flips),
    ]);
    return { element, flips: flips.length };
}
/** Whether a rule about the difference from the baseline says what the comparison says. */
function saysIt(unmet, comparison) {
    return unmet.some((each) => (0,result_text/* withoutName */.u_)(each.sentence, each.name).startsWith(comparison.sentence));
}
function differenceLine(comparison, { result }) {
    const { metric, before, now, difference, differenceInterval, adjustedP, pairs, worse, better } = comparison;
    const asRate = isRateComparison(comparison, result.mainMetric);
    const text = difference === null ? '' : differenceText(difference, asRate);
    const interval = differenceInterval ? `95 %: ${differenceRangeText(differenceInterval, asRate)}` : '';
    const words = `difference ${text}, ${interval}`;
    return h('div', { class: 'difference' }, h('span', { class: 'before-now' }, `${named(metric)} `, before === null ? '' : numbers_valueText(before, asRate), ' \u2192 ', h('b', {}, now === null ? '' : numbers_valueText(now, asRate))), difference !== null && differenceInterval
        ? differencePicture(difference, differenceInterval, words)
        : null, h('span', {}, h('b', {}, text), interval === '' ? '' : ` (${interval})`), h('span', { class: 'muted' }, `${(0,format/* counted */.hS)(pairs, 'pair')}, ${(0,format/* wholeNumber */.rD)(worse)} worse, ${(0,format/* wholeNumber */.rD)(better)} better${adjustedP === null ? '' : `, p ${(0,format/* probabilityText */.jm)(adjustedP)}`}`));
}
function flipElements({ ordered, views, entry }, { flips }, most) {
    const byId = new Map(ordered.map((sample) => [sample.id, sample]));
    return flips
        .slice(0, most)
        .flatMap(({ id }) => byId.get(id) ?? [])
        .map((sample, index) => sampleElement(views.viewOf(sample), {
        evalKey: evalKeyOf(entry.result.key),
        hasId: false,
        isOpen: index === 0,
    }));
}
function flipList({ worse, better }, shown) {
    const hidden = worse + better - shown.length;
    return h('div', { class: 'flips' }, h('h4', {}, `Samples that got worse (${(0,format/* wholeNumber */.rD)(worse)}) or better (${(0,format/* wholeNumber */.rD)(better)})`), ...shown, hidden > 0
        ? h('p', { class: 'note' }, `${(0,format/* counted */.hS)(hidden, 'more sample')} differ${hidden === 1 ? 's' : ''} from the baseline: see the samples of this eval.`)
        : null);
}
function card(entry, content) {
    const { result, status } = entry;
    const took = result.tookMs === null ? null : h('span', { class: 'muted' }, (0,format/* duration */.p0)(result.tookMs));
    return h('article', { class: `card ${STATUS_TONES[status]}`, 'data-eval': entry.number }, h('h3', {}, statusPill(status), evalLink(entry), took), ...content);
}

;// CONCATENATED MODULE: ./lib/report/html/problems-section.js
/** What broke, and whether it is real: cards of evals with problems, then what the comparison says of the others. */





/** @returns a section also when nothing broke, which is an answer, too */
function problemsSection(selected, comparison) {
    const cards = problemCards(selected);
    const nothing = comparison?.problem === null
        ? 'No eval failed, none missed a rule, and none degraded.'
        : 'No eval failed, and none missed a rule.';
    return section('problems', 'What broke', cards.length === 0 ? h('p', {}, nothing) : cards, pendingList(selected), ...otherComparisons(selected, comparison));
}
function pendingList(selected) {
    const pending = selected.map(({ entry }) => entry).filter(({ result }) => result.status === 'pending');
    if (pending.length === 0)
        return null;
    return folded(`${(0,format/* counted */.hS)(pending.length, 'eval')} pending`, pending.length <= 10, pending.map((entry) => [statusPill('pending'), evalLink(entry), pendingText(entry)]));
}
function pendingText({ result }) {
    const note = result.note === '' ? '' : (0,format/* asSentence */.KG)(sentence(result.note));
    return result.recorded > 0
        ? `${note} ${(0,format/* counted */.hS)(result.recorded, 'response')} recorded, which the next run replays.`.trim()
        : note;
}
/** Degraded evals have cards. */
const OTHERS = [
    ['improved', 'improved'],
    ['not-comparable', 'not comparable with the baseline'],
    ['missing', 'only here or only in the baseline'],
    ['too-few', 'with too few samples to tell'],
    ['within-noise', 'within noise'],
];
/** What the comparison says of all other evals, those among them that only the baseline has. */
function otherComparisons(selected, comparison) {
    const entries = new Map(selected.map(({ entry }) => [entry.result.key, entry]));
    return OTHERS.map(([status, words]) => {
        const evals = (comparison?.evals ?? []).filter((each) => each.status === status);
        if (evals.length === 0)
            return null;
        const rows = evals.map((each) => {
            const entry = entries.get(each.key);
            return [
                comparisonPill(status),
                entry ? evalLink(entry) : h('b', {}, named(each.name)),
                sentence(each.sentence),
            ];
        });
        return folded(`${(0,format/* counted */.hS)(evals.length, 'eval')} ${words}`, status === 'improved', rows);
    });
}
function folded(title, isOpen, rows) {
    return h('details', { class: 'group', open: isOpen }, h('summary', {}, title), h('ul', { class: 'plain-list' }, ...rows.map((row) => h('li', {}, ...row.flatMap((child) => [child, ' '])))));
}

// EXTERNAL MODULE: ./lib/report/figures.js
var figures = __webpack_require__(819);
;// CONCATENATED MODULE: ./lib/report/html/verdict-section.js
/** The top of the page: the verdict, its figures, and the rules. Pure. */













function pageHeader({ results, links }) {
    const { run } = results;
    const ref = named((0,commit_name/* refName */.P7)(run.ref));
    const sha = (0,commit_name/* shortSha */.Fu)(named(run.sha));
    const where = [
        ...(run.repository === '' ? [] : [h('span', {}, named(run.repository))]),
        ...(sha === ''
            ? []
            : [h('span', {}, ...(ref === '' ? [] : [ref, ' at ']), parts_link((0,report_links/* commitUrl */.Bg)(links, run.sha), sha))]),
        ...(links.runId === '' ? [] : [parts_link((0,report_links/* runUrl */.Vp)(links, links.runId), `Run ${named(links.runId)}`)]),
        h('time', {}, timeText(run.ended)),
    ];
    return h('header', { class: 'page-header' }, h('p', { class: 'subject' }, h('b', {}, parts_subjectOf(results))), h('p', { class: 'where' }, ...where));
}
function verdictSection({ verdict }) {
    const word = VERDICT_WORDS[verdict.status];
    const text = sentence(verdict.sentence);
    const isNamed = text.startsWith(`${word}:`) || text.startsWith(`${word}.`);
    return h('section', { id: 'verdict', class: `verdict ${VERDICT_TONES[verdict.status]}` }, h('h1', {}, h('span', { class: 'verdict-word' }, word), ' ', isNamed ? (0,format/* capitalised */.Iu)(text.slice(word.length + 1).trim()) : text));
}
/** Of which no price is known. */
const verdict_section_MAX_MODELS = 5;
function verdict_section_figures({ results, verdict }) {
    const { totals } = results;
    return h('dl', { class: 'figures' }, ...overallFigures(verdict), verdict_section_figure('Tokens', numbers_unbroken((0,numbers/* amount */.vj)(verdict_section_total(totals.tokens))), `${(0,numbers/* amount */.vj)(totals.tokens.prompt)} prompt, ${(0,numbers/* amount */.vj)(totals.tokens.completion)} completion`), ...((0,costs/* hasPrices */.Xb)(results) ? [verdict_section_figure('Cost', numbers_costText(totals.cost), costNote(results))] : []), savedFigure(results));
}
function costNote({ totals, prices }) {
    const unknown = prices?.unknown ?? [];
    if (totals.cost === null && unknown.length > 0)
        return `No price is known of ${named((0,format/* listed */.KE)(unknown, verdict_section_MAX_MODELS))}.`;
    return prices?.list
        ? `Of the responses of this run, at prices of ${prices.list.date}.`
        : 'Of the responses of this run.';
}
function savedFigure(results) {
    const cost = (0,costs/* hasPrices */.Xb)(results) ? (0,costs/* savedCost */.Ze)(results) : null;
    const tokens = numbers_unbroken((0,numbers/* amount */.vj)((0,figures/* savedTokens */.A0)(results)));
    const { requests, evals } = results.totals;
    const sources = [
        ...(requests.replayed > 0 ? [(0,format/* counted */.hS)(requests.replayed, 'replayed response')] : []),
        ...(evals.reused > 0 ? [(0,format/* counted */.hS)(evals.reused, 'reused eval')] : []),
    ];
    return verdict_section_figure('Saved by resuming', cost === null || cost === 0 ? tokens : (0,format/* dollars */.E9)(cost), sources.length === 0
        ? 'No response was replayed, and no eval reused.'
        : `${cost === null || cost === 0 ? '' : `${tokens} `}tokens of ${sources.join(' and ')}`);
}
function overallFigures({ overall, comparison }) {
    const difference = comparison?.overall ?? null;
    return [
        ...(overall
            ? [
                verdict_section_figure(`Overall ${named(overall.metric)}`, numbers_valueText(overall.rate, true), `95 %: ${numbers_rangeText(overall, true)}, ${(0,format/* counted */.hS)(overall.n, 'sample')}`),
            ]
            : []),
        ...(difference
            ? [
                verdict_section_figure('Against the baseline', differenceText(difference.difference, true), `${numbers_valueText(difference.before, true)} \u2192 ${numbers_valueText(difference.now, true)}, 95 %: ${differenceRangeText(difference, true)}`),
                verdict_section_figure('Pairs', (0,format/* wholeNumber */.rD)(difference.pairs), `${(0,format/* wholeNumber */.rD)(difference.worse)} worse, ${(0,format/* wholeNumber */.rD)(difference.better)} better`),
            ]
            : []),
    ];
}
function verdict_section_figure(name, value, note) {
    return h('div', {}, h('dt', {}, name), h('dd', { class: 'value' }, value), h('dd', { class: 'figure-note' }, note));
}
function verdict_section_total({ prompt, completion }) {
    return prompt + completion;
}
/** What the evals are compared with, or why with nothing. Null without a baseline. */
function baselineNote({ verdict, links }) {
    const { comparison } = verdict;
    if (!comparison)
        return null;
    const { source, problem, hasSamples } = comparison;
    const isOther = !hasSamples && problem === null;
    return h('p', { class: 'note' }, source === null
        ? 'There is no usable baseline'
        : [
            'The baseline is ',
            h('code', {}, named(source.path)),
            `, of ${named((0,commit_name/* refName */.P7)(source.ref))} at `,
            parts_link((0,report_links/* commitUrl */.Bg)(links, source.sha), (0,commit_name/* shortSha */.Fu)(named(source.sha))),
            ', ',
            parts_link((0,report_links/* runUrl */.Vp)(links, source.runId), `run ${named(source.runId)}`),
            `, ${timeText(source.ended)}`,
        ], problem === null ? '.' : `: ${sentence(problem).replace(/\.$/, '')}.`, isOther ? ' It has no samples.jsonl beside it, so no samples are paired.' : null);
}
function rulesSection({ verdict }) {
    if (verdict.rules.length === 0)
        return null;
    return section('rules', 'Rules', h('ul', { class: 'rules' }, ...verdict.rules.map(ruleItem)));
}
function ruleItem({ rule, advisory, status, sentence: text, evals }) {
    const unmet = evals.filter((each) => each.status !== 'met');
    return h('li', {}, h('div', { class: 'rule-line' }, rulePill(status, advisory), h('code', {}, named(rule)), advisory ? h('span', { class: 'tag' }, 'advisory: never fails the step') : null), h('p', {}, sentence(text)), unmet.length === 0 || evals.length < 2
        ? null
        : h('details', {}, h('summary', {}, `${(0,format/* wholeNumber */.rD)(unmet.length)} of ${(0,format/* counted */.hS)(evals.length, 'eval')}`), h('ul', {}, ...unmet.map((each) => h('li', {}, h('b', {}, named(each.name)), ` ${words/* RULE_WORDS */.x[each.status]}: ${sentence((0,result_text/* withoutName */.u_)(each.sentence, each.name))}`)))));
}

;// CONCATENATED MODULE: ./lib/report/html/render-html.js













/**
 * Writes `report.html`: one file that loads nothing, and that can be read without its script. It has at most 10,000 samples, and
 * says how many it has. Texts are read while the pieces are written, so that they are never all in memory.
 * @returns pieces, to be written one after the other
 */
function* renderHtml(report, assets = readPageAssets(), bounds = BOUNDS) {
    const entries = entriesOf(report);
    const selected = selectSamples(entries, bounds);
    const hasBaseline = report.verdict.comparison !== null;
    yield render_html_head(report, assets);
    yield '<body>\n<div class="page">\n';
    yield* html(pageHeader(report), verdictSection(report), verdict_section_figures(report), baselineNote(report));
    yield '<main>\n<div id="tools" hidden></div>\n';
    yield* html(rulesSection(report), problemsSection(selected, report.verdict.comparison), evalsTable(entries, report.results.totals.evals.excluded, hasBaseline, report.links));
    yield* samplesSections(selected, bounds);
    yield* html(howToRead(), madeWith(report));
    yield `</main>\n</div>\n<script>${assets.script}</script>\n</body>\n</html>\n`;
}
function* html(...trees) {
    for (const tree of trees)
        if (tree !== null)
            yield `${toHtml(tree)}\n`;
}
function render_html_head({ results, verdict }, { script, style }) {
    const title = `${VERDICT_WORDS[verdict.status]}: ${parts_subjectOf(results)}`;
    return [
        '<!doctype html>',
        '<html lang="en">',
        '<head>',
        '<meta charset="utf-8">',
        `<meta http-equiv="Content-Security-Policy" content="${contentSecurityPolicy(script, style)}">`,
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        '<meta name="referrer" content="no-referrer">',
        // Without it, a browser asks the server for an icon.
        '<link rel="icon" href="data:,">',
        toHtml(h('title', {}, title)),
        `<style>${style}</style>`,
        '</head>\n',
    ].join('\n');
}
/** Only this very script and style count, and the script cannot make markup from text. */
function contentSecurityPolicy(script, style) {
    return [
        "default-src 'none'",
        `style-src '${render_html_hashOf(style)}'`,
        `script-src '${render_html_hashOf(script)}'`,
        'img-src data:',
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ].join('; ');
}
function render_html_hashOf(text) {
    return `sha256-${(0,external_node_crypto_.createHash)('sha256').update(text).digest('base64')}`;
}

;// CONCATENATED MODULE: ./lib/report/xml.js
/** Writes attributes and text of XML 1.0, whatever characters they have. */

const MAX_ATTRIBUTE_BYTES = 4096;
const MAX_TEXT_BYTES = 64 * 1024;
/** ` name="value"` for each of them. A parser would make line breaks blanks, so each value is on one line. */
function attributesOf(values) {
    return Object.entries(values)
        .map(([name, value]) => ` ${name}="${escapeXml((0,lib_text/* oneLine */.TN)(String(value), MAX_ATTRIBUTE_BYTES))}"`)
        .join('');
}
function textOf(text) {
    return escapeXml((0,lib_text/* shorten */.ml)((0,lib_text/* printable */.g$)(text), MAX_TEXT_BYTES));
}
/** Of printable text, only two characters are not allowed at all (https://www.w3.org/TR/xml/#charsets). */
function escapeXml(text) {
    return text
        .replace(/[\ufffe\uffff]/g, '\ufffd')
        .replaceAll('&', '&amp;')
        .replaceAll('<', '&lt;')
        .replaceAll('>', '&gt;')
        .replaceAll('"', '&quot;');
}

;// CONCATENATED MODULE: ./lib/report/junit.js

function renderJunit({ results: { run, evalSet, model, evals }, verdict }) {
    const findings = Map.groupBy(verdict.rules.flatMap(findingsOf), ({ key }) => key);
    const keys = new Set(evals.map(({ key }) => key));
    const gone = [...findings].filter(([key]) => !keys.has(key));
    const cases = [
        ...evals.map((result) => evalCase(result, verdict, findings.get(result.key) ?? [])),
        ...gone.map(([, ofEval]) => goneCase(ofEval, verdict)),
        ...verdict.rules.filter((rule) => rule.evals.length === 0).map((rule) => ruleCase(rule, verdict)),
    ];
    const number = (tag) => cases.filter(({ problem }) => problem?.tag === tag).length;
    const elapsedMs = Date.parse(run.ended) - Date.parse(run.started);
    const counts = {
        tests: cases.length,
        failures: number('failure'),
        errors: number('error'),
        skipped: number('skipped'),
        time: asSeconds(Number.isFinite(elapsedMs) ? elapsedMs / 1000 : 0),
    };
    const when = run.started === '' ? {} : { timestamp: run.started };
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        `<testsuites${attributesOf({ name: 'oaievalset', ...counts })}>`,
        `<testsuite${attributesOf({ name: evalSet, ...counts, ...when })}>`,
        `<properties><property${attributesOf({ name: 'model', value: model })}/></properties>`,
        ...cases.map((each) => renderCase(each, evalSet)),
        '</testsuite>',
        '</testsuites>',
        '',
    ].join('\n');
}
function findingsOf({ rule, advisory, evals }) {
    return evals.filter(({ status }) => status !== 'met').map((each) => ({ ...each, rule, advisory }));
}
function evalCase(result, verdict, findings) {
    const { name, status, tookMs, note, error } = result;
    const seconds = (tookMs ?? 0) / 1000;
    switch (status) {
        case 'failed':
            return {
                name,
                seconds,
                attributes: error?.place ? { file: error.place.file, line: error.place.line } : {},
                problem: {
                    tag: 'error',
                    type: exceptionType(error?.type),
                    message: error?.message || note,
                    lines: [error?.message || note, ...(error?.lastLines ?? [])],
                },
            };
        case 'pending':
            return { name, seconds, problem: { tag: 'skipped', message: note || 'It is pending.' } };
        case 'excluded':
            return {
                name,
                seconds,
                problem: { tag: 'skipped', message: 'It is left out by the inputs include and exclude.' },
            };
        default:
            return { name, seconds, ...junit_judged(findings, verdict) };
    }
}
/** An eval that only the baseline has. */
function goneCase(findings, verdict) {
    return { name: findings[0]?.name ?? '', seconds: 0, ...junit_judged(findings, verdict) };
}
function junit_judged(findings, { status }) {
    // Rules say nothing about a run that is incomplete.
    const fails = ({ advisory }) => !advisory && status !== 'incomplete';
    return {
        problem: failureOf(findings.filter(fails)),
        output: findings.filter((finding) => !fails(finding)).map(asLine),
    };
}
function failureOf(findings) {
    const first = findings.find(({ status }) => status === 'missed') ?? findings[0];
    if (!first)
        return undefined;
    const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : '';
    return {
        tag: 'failure',
        type: first.status,
        message: `${first.sentence}${more}`,
        lines: findings.map(asLine),
    };
}
/** A rule about the whole run, or one that is about no eval. */
function ruleCase({ rule, status, advisory, sentence }, verdict) {
    const base = { name: rule, seconds: 0 };
    if (status === 'met')
        return base;
    if (advisory)
        return { ...base, output: [sentence] };
    const isJudged = verdict.status !== 'incomplete';
    return {
        ...base,
        problem: isJudged
            ? { tag: 'failure', type: status, message: sentence }
            : { tag: 'skipped', message: sentence },
    };
}
function asLine({ rule, sentence }) {
    return `${rule}: ${sentence}`;
}
/**
 * GitLab reads the file with Rails, which converts an element whose type is one of its own, such as `date`, and refuses the whole
 * file for `yaml`. Those names have neither a dot nor a capital at the start; names of exceptions have one of them.
 */
function exceptionType(type) {
    return type && /^[A-Z]|\./.test(type) ? type : 'error';
}
function renderCase({ name, seconds, attributes = {}, problem, output = [] }, set) {
    const start = `<testcase${attributesOf({ classname: set, name, time: asSeconds(seconds), ...attributes })}`;
    const content = [
        ...(problem ? [renderProblem(problem)] : []),
        ...(output.length > 0 ? [`<system-out>${textOf(output.join('\n'))}</system-out>`] : []),
    ];
    return content.length === 0 ? `${start}/>` : `${start}>\n${content.join('\n')}\n</testcase>`;
}
function renderProblem({ tag, type, message, lines = [message] }) {
    const own = attributesOf(type === undefined ? { message } : { type, message });
    return `<${tag}${own}>${textOf(lines.join('\n'))}</${tag}>`;
}
function asSeconds(seconds) {
    return seconds.toFixed(3);
}

;// CONCATENATED MODULE: ./lib/action/report-files.js
/** Writes the report files: results.json, samples.jsonl, report.html, junit.xml and benchmark.json. */









/**
 * Each step of a job has a directory of its own.
 * @param chosen the input report-directory, absolute; empty: a directory that the runner empties after the job
 */
function reportPaths(chosen, { temporaryDirectory, step }) {
    const directory = chosen || (0,external_node_path_.join)(temporaryDirectory, 'oaievalset-report', encodeURIComponent(step || 'local'));
    return {
        directory,
        results: (0,external_node_path_.join)(directory, 'results.json'),
        samples: (0,external_node_path_.join)(directory, 'samples.jsonl'),
        html: (0,external_node_path_.join)(directory, 'report.html'),
        junit: (0,external_node_path_.join)(directory, 'junit.xml'),
        benchmark: (0,external_node_path_.join)(directory, 'benchmark.json'),
    };
}
/** If that fails, as on a full disk, it warns and the run continues. Whether all files were written. */
function writeReportFiles(report, paths, log) {
    const { results, verdict } = report;
    try {
        (0,external_node_fs_.mkdirSync)(paths.directory, { recursive: true });
        removeEarlier(paths);
        writeWholeFile(paths.results, [formatResults(results, verdict)]);
        writeSamples(paths.samples, report);
        writeWholeFile(paths.html, renderHtml(report));
        writeWholeFile(paths.junit, [renderJunit(report)]);
        writeWholeFile(paths.benchmark, [renderBenchmark(results)]);
        return true;
    }
    catch (error) {
        log.warning(`The report files could not be written to ${paths.directory}: ${(0,lib_errors/* reasonOf */.A3)(error)}. The results are in the log and in the job summary.`, 'Reports');
        return false;
    }
}
/** If the disk is full now, the files of an earlier run must not look like those of this one. */
function removeEarlier({ directory: _, ...files }) {
    for (const path of Object.values(files))
        (0,external_node_fs_.rmSync)(path, { force: true });
}

;// CONCATENATED MODULE: ./lib/action/publish.js
/** Shows the results of a step: its outputs, the end of its log, its job summary, its report files, and its comment. */










/** In millionths of a cent: sums of products of decimals have many more digits. */
const COST_DIGITS = 8;
/** Sets the outputs of the step. */
function publishOutputs({ results, verdict }, places, log) {
    const { evals, requests, tokens, cost } = results.totals;
    const outputs = {
        complete: String(evals.completed === evals.total),
        verdict: verdict.status,
        total: String(evals.total),
        completed: String(evals.completed),
        fresh: String(evals.fresh),
        reused: String(evals.reused),
        failed: String(evals.failed),
        pending: String(evals.pending),
        'left-out': String(evals.excluded),
        'requests-sent': String(requests.sent),
        'requests-replayed': String(requests.replayed),
        'total-tokens': String(tokens.prompt + tokens.completion),
        cost: cost === null ? '' : String(Number(cost.toFixed(COST_DIGITS))),
        ...estimateOutputs(results.estimate),
        'restored-key': places.restoredKey,
        'saved-key': places.savedKey,
        'progress-file': places.progressFile,
        'logs-directory': places.logsDirectory,
        'report-directory': places.report.directory,
        'results-file': places.report.results,
        'report-file': places.report.html,
        'junit-file': places.report.junit,
    };
    setOutputs(outputs, log);
}
/**
 * `low-high`, as `1140-1400` or `1.60-2.40`. Empty when it is not known of an eval, or when a price is not known: a sum without it
 * would be too low. Without an eval to run, `0-0`.
 */
function estimateOutputs(estimate) {
    const { requests, cost } = estimate ?? { requests: NOTHING, cost: NOTHING };
    const tokens = estimate ? tokensOf(estimate) : NOTHING;
    const isKnown = !estimate || estimate.unknownEvals === 0;
    const text = (range, digits) => isKnown && range ? `${range.low.toFixed(digits)}-${range.high.toFixed(digits)}` : '';
    return {
        'estimated-requests': text(requests, 0),
        'estimated-tokens': text(tokens, 0),
        'estimated-cost': text(cost, 4),
    };
}
/** If an output cannot be written, as on a full disk, it warns and the run continues. */
function setOutputs(outputs, log) {
    try {
        for (const [name, value] of Object.entries(outputs))
            setOutput(name, value);
    }
    catch (error) {
        log.warning(`The outputs of the step could not be written: ${reasonOf(error)}. The results are in the log.`);
    }
}
/**
 * Ends the log with the table of results, the rules, and the verdict.
 * @param checkpoint the key of the newest checkpoint; empty when there is none
 * @param resumesFrom what a re-run of failed jobs continues from, when that is not this checkpoint
 */
function printResults({ results, verdict }, checkpoint, log, resumesFrom) {
    log.info('');
    for (const line of closingTable(results, verdict))
        log.info(line);
    const cost = describeCost(results);
    if (cost !== undefined)
        log.info(cost);
    log.info(`${verdict.sentence} ${describeNextRun(results, verdict, { checkpoint, resumesFrom })}`.trimEnd());
}
/** Writes the report files and the job summary. What fails is a warning. */
async function publishReports(report, remarks, { paths, canBeUploaded }, log) {
    const isWritten = writeReportFiles(report, paths, log);
    const place = isWritten && canBeUploaded ? { savedReportPath: paths.html } : {};
    await publishSummary(() => renderSummary(report, { ...remarks, ...place }), log);
}
/** Comments on the pull request of the run. It never affects the result of the step. */
async function publishComment(report, request, log) {
    const { comment, githubToken: token, ...rest } = request;
    if (token === '' && !comment.isExplicit)
        return;
    // Few runs have a comment, and it takes time to load.
    const { publishPullRequestComment } = await __webpack_require__.e(/* import() */ 151).then(__webpack_require__.bind(__webpack_require__, 2151));
    await publishPullRequestComment({ report, ...comment, token, ...rest, event: readEvent(process.env), log });
}
async function publishSummary(render, log) {
    await (0,job_summary/* writeJobSummary */.j)(render, 'The results are in the log and the outputs.', log);
}

;// CONCATENATED MODULE: ./lib/model/decision.js

/** The decision as reports have it. */
function decision_reportedDecision(decision) {
    if (decision.kind === 'reuse')
        return { kind: 'reuse', reason: '', parts: [] };
    const { reason } = decision;
    const parts = reason.kind === 'changed' ? reason.parts.map(({ name }) => describePartName(name)) : [];
    return { kind: 'run', reason: describeReason(reason), parts };
}
/** `samples changed (a1b2… → c3d4…)` */
function describeReason(reason) {
    switch (reason.kind) {
        case 'never-completed':
            return 'not completed yet';
        case 'removed-by-user':
            return 'its line was removed from the progress file';
        case 'expired':
            return `its result of ${reason.ended} is older than max-age`;
        case 'undated':
            return `its result is dated in the future (${reason.ended}), so its age cannot be compared with max-age`;
        case 'no-samples':
            return 'its result has no samples';
        case 'changed':
            return reason.parts.map((part) => describePart(part, reason.arguments)).join(', ');
    }
}
function describePart({ name, from, to }, texts) {
    if (name === ARGUMENTS_PART && texts)
        return `args changed (${texts.from || 'none'} → ${texts.to || 'none'})`;
    const short = (hash) => `${hash.slice(0, 4)}…`;
    const label = describePartName(name);
    if (from === undefined)
        return `${label} added (${short(to ?? '')})`;
    if (to === undefined)
        return `${label} removed (was ${short(from)})`;
    return `${label} changed (${short(from)} → ${short(to)})`;
}
/** Explains the arguments that do not count, for the log of an eval. */
function describeWritten(arguments_) {
    const names = arguments_.map((name) => name.replaceAll('_', ' ')).join(', ');
    return `It writes the files that these arguments name, so changes of those files do not make it run again: ${names}`;
}

;// CONCATENATED MODULE: ./lib/plan/hash.js

/** SHA-256 (hex) of a value as JSON, whatever the order of its keys. */
function hash_hashOf(value) {
    return (0,external_node_crypto_.createHash)('sha256')
        .update(JSON.stringify(hash_sorted(value)))
        .digest('hex');
}
/** The same value, with the keys of all objects in order. */
function hash_sorted(value) {
    if (Array.isArray(value))
        return value.map(hash_sorted);
    if (typeof value !== 'object' || value === null)
        return value;
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, item]) => [key, hash_sorted(item)]));
}

;// CONCATENATED MODULE: ./lib/plan/plan-digest.js

/**
 * SHA-256 (hex) of what a plan runs: its commands, their content and their samples. It is the same on every machine, so that
 * the merge of shards can tell whether all of them had one plan.
 */
function plan_digest_planDigest({ evals, leftOut = [] }) {
    return hashOf([
        evals.map(({ key, command, fingerprint, samples }) => [key, command, fingerprint.value, samples]),
        leftOut,
    ]);
}

;// CONCATENATED MODULE: ./lib/action/run-facts.js






/** What this run is, for its reports. */
async function runFacts(step, { plan, decisions, estimate }) {
    const { inputs, context, beganAt } = step;
    const bare = bareFacts(context, new Date(beganAt));
    return {
        ...bare,
        versions: { ...bare.versions, evals: plan.evalsVersion, python: plan.pythonVersion ?? null },
        judgeModel: inputs.judgeModel || null,
        modelMap: Object.fromEntries(sortedLines(inputs.modelMap)),
        args: inputs.args,
        ...(isWhole(inputs.shard) ? {} : { shard: { ...inputs.shard, plan: planDigest(plan) } }),
        prices: await priceFacts(step),
        ...(estimate.evals > 0 ? { estimate } : {}),
        decisions: Object.fromEntries(decisions.map((each) => [each.eval.key, reportedDecision(each)])),
    };
}
/** What is known of a run without its plan. */
function bareFacts(context, started = new Date()) {
    const { repository, runId: id, runAttempt: attempt, sha, ref, workflow, job } = context;
    return {
        version: 1,
        run: { repository, id, attempt, sha, ref, workflow, job, started: started.toISOString() },
        versions: { action: actionVersion(), evals: '', python: null },
        judgeModel: null,
        modelMap: {},
        args: [],
        decisions: {},
    };
}

// EXTERNAL MODULE: ./lib/action/session.js
var action_session = __webpack_require__(9090);
;// CONCATENATED MODULE: ./lib/checkpoint/keys.js


const SLUG_LENGTH = 80;
/** All first digits of a hash. A look-up for each finds more than the newest entry of all other users. */
const HEX = [...'0123456789abcdef'];
/**
 * `oaievalset-v2-<slug>-<set>-<request><user>-s<i>of<n>-<run_id>-<attempt>-<seq>`: docs/adr/0007-whose-checkpoint.md.
 *
 * The slug is for people who read the list of caches; the hashes distinguish two identities. The service matches restore
 * keys by prefix, so each ends in `-`: without it run 12 would restore the checkpoints of run 123. The hash of the request
 * needs none, because its length is fixed.
 */
function checkpointKeys(identity) {
    const { model, evalSet, cacheKey, shard, runAttempt } = identity;
    const slug = slugOf(model, evalSet);
    const set = `${slug}-${shortHash([model, evalSet, cacheKey], 16)}-`;
    const shardPart = partOfKey(shard);
    const anyOfSet = `oaievalset-v2-${set}`;
    const sameRequest = `${anyOfSet}${shortHash(identity.request, 8)}`;
    const ofUser = `${sameRequest}${shortHash(identity.user, 8)}-`;
    const anyRun = `${ofUser}${shardPart}`;
    /** What the merge of the shards saves. */
    const merged = (0,model_shard/* isWhole */.wP)(shard) ? undefined : `${ofUser}${partOfKey(model_shard/* WHOLE */.Ef)}`;
    const run = `${keyPart(identity.runId) || 'local'}-`;
    /** The keys of version 1, which did not distinguish the users of a set. */
    const before = `oaievalset-v1-${set}${shardPart}`;
    const thisAttempt = `${anyRun}${run}${runAttempt}-`;
    const ofShards = merged === undefined ? [] : [merged];
    const restoreKeys = [anyRun + run, before + run, anyRun, ...ofShards, sameRequest, anyOfSet, before];
    return {
        primary(seq) {
            if (!Number.isSafeInteger(seq) || seq < 1)
                throw new RangeError(`The number of a save is an integer from 1, not ${seq}.`);
            return `${thisAttempt}${seq}`;
        },
        seqOf(key) {
            const seq = key.startsWith(thisAttempt) ? key.slice(thisAttempt.length) : '';
            return /^\d{1,9}$/.test(seq) ? Number(seq) : undefined;
        },
        primaryRestoreKey: `${thisAttempt}0`,
        restoreKeys,
        thisRun: anyRun + run,
        thisUser: anyRun,
        merged,
        thisAttempt,
        anyOfSet,
        isOfSet: (key) => key.startsWith(anyOfSet) || key.startsWith(before),
        originOf(key) {
            if (key.startsWith(anyRun + run) || key.startsWith(before + run))
                return 'this run';
            if (key.startsWith(anyRun))
                return 'an earlier run';
            if (merged !== undefined && key.startsWith(ofUser))
                return key.startsWith(merged) ? 'all shards' : 'another shard';
            return key.startsWith(sameRequest) ? 'the same request' : 'the same set';
        },
        others: [`oaievalset-v2-${slug}-`, 'oaievalset-v2-'],
        differenceOf(key) {
            const [, other = ''] = /^oaievalset-v2-(.+)-[0-9a-f]{16}-[0-9a-f]{16}-s\d+of/.exec(key) ?? [];
            if (other === slug)
                return { kind: 'cache-key' };
            const ofSet = `.${keyPart(evalSet)}`;
            // A longer slug is cut.
            if (ofSet === '.' || other.length >= SLUG_LENGTH || !other.endsWith(ofSet))
                return undefined;
            return { kind: 'model', model: other.slice(0, -ofSet.length) };
        },
        olderThan: (key) => [
            ...new Set([
                ...beforeSave(key),
                ...restoreKeys.slice(0, 3),
                ...[sameRequest, anyOfSet].flatMap((prefix) => [prefix, ...HEX.map((digit) => prefix + digit)]),
                before,
            ]),
        ],
    };
}
function partOfKey({ index, count }) {
    return `s${index}of${count}-`;
}
function parseKey(key) {
    const parts = /^(?<anyRun>oaievalset-v\d-.+-s(?<index>\d{1,9})of(?<count>\d{1,9})-)(?<run>\d{1,20}|local)-(?<attempt>\d{1,9})-(?<seq>\d{1,9})$/.exec(key)?.groups;
    if (!parts)
        return undefined;
    const { anyRun = '', index, count, run = '', attempt = '', seq = '' } = parts;
    return { anyRun, shard: { index: Number(index), count: Number(count) }, run, attempt, seq };
}
/** The shard whose checkpoint has this key; undefined for any other key. */
function shardOfKey(key) {
    return parseKey(key)?.shard;
}
/** The id of the run that saved the entry with this key; 0 outside of GitHub. */
function runOfKey(key) {
    const run = parseKey(key)?.run ?? 'local';
    return run === 'local' ? 0n : BigInt(run);
}
/** The first digits (hex) of the SHA-256 of a value. */
function shortHash(value, length) {
    return (0,external_node_crypto_.createHash)('sha256').update(JSON.stringify(value)).digest('hex').slice(0, length);
}
/** Prefixes of the same user's saves before this one: of the same attempt, of earlier attempts, of earlier runs. */
function beforeSave(key) {
    const saved = parseKey(key);
    if (!saved)
        return [];
    const { anyRun, run, attempt, seq } = saved;
    return [
        ...below(seq).map((prefix) => `${anyRun}${run}-${attempt}-${prefix}`),
        ...below(attempt).map((prefix) => `${anyRun}${run}-${prefix}`),
        ...below(run === 'local' ? '' : run).map((prefix) => `${anyRun}${prefix}`),
    ];
}
/**
 * Prefixes of the numbers below a number, the nearest first, because a look-up by prefix finds the newest entry and not the
 * one before it. For 132 these are 131, 130, 12, 11, 10, and then 9 to 1 for the numbers that have fewer digits.
 */
function below(number) {
    const prefixes = [];
    for (let at = number.length - 1; at >= 0; at -= 1) {
        const least = at === 0 ? 1 : 0;
        for (let digit = Number(number[at]) - 1; digit >= least; digit -= 1)
            prefixes.push(`${number.slice(0, at)}${digit}`);
    }
    if (number.length > 1)
        for (let digit = 9; digit >= 1; digit -= 1)
            prefixes.push(String(digit));
    return [...new Set(prefixes)];
}
function slugOf(model, evalSet) {
    return (keyPart(`${model}.${evalSet}`)
        .slice(0, SLUG_LENGTH)
        .replace(/[-.]+$/, '') || 'set');
}
/** Lower case, because some cache services compare keys without regard to case. */
function keyPart(text) {
    return text
        .toLowerCase()
        .replace(/[^a-z0-9._]+/g, '-')
        .replace(/^[-.]+|[-.]+$/g, '');
}

// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
;// CONCATENATED MODULE: ./lib/checkpoint/cache/client-output.js

function linesOf(stdout) {
    return stdout.split(/\r?\n/).map((line) => {
        const command = /^::([\w-]+)(?: [^:]*)?::(.*)$/.exec(line);
        if (!command)
            return { level: 'info', text: line };
        return { level: command[1] ?? '', text: unescapeData(command[2] ?? '') };
    });
}
/**
 * The lines that the Azure SDK logged on stderr (AZURE_LOG_LEVEL=info), with the level `storage`. The SDK removes signatures.
 * The client's own message about a failed upload or download is empty, or the text of a response without its status.
 */
function storageLines(stderr) {
    return stderr.split('\n').flatMap((line) => {
        const text = /^azure:\S+ (.*)/.exec(line)?.[1];
        return text === undefined ? [] : [{ level: 'storage', text }];
    });
}
/** The first group of the first line that matches. */
function firstMatch(lines, pattern) {
    for (const line of lines) {
        const match = pattern.exec(line.text);
        if (match)
            return match[1];
    }
    return undefined;
}
/** The first group of the last line that matches. */
function lastMatch(lines, pattern) {
    return firstMatch(lines.toReversed(), pattern);
}
/** Whether a line of a tool, or of the shell that starts it, is about an ability that it lacks, not about its input. */
function saysUnable(line) {
    return UNABLE.test(line);
}
const UNABLE = /unrecogni[sz]ed option|(invalid|unknown|illegal|unsupported) option|option .* (is not supported|requires)|^usage: |Incorrect parameters|You may not specify more than one|Can'?t (launch|initialize) (external|filter)|Cannot exec|: not found$|command not found|applet not found|Unable to locate executable|spawn .* (ENOENT|EACCES|ENOEXEC)|Exec format error/i;
/** A line of a tool for a message: without the path of the tool, and without punctuation at its end. */
function toolMessage(line) {
    return client_output_redacted(line.trim().replace(/^\S*\/(?=[\w.-]+(?: \(child\))?: )/, ''), []).replace(/[.;]+$/, '');
}
/** The key of the entry that the client found, even if it could not be used; undefined when it found none. */
function foundEntry(lines) {
    return (firstMatch(lines, /^Cache hit for(?: restore-key)?: (.*)$/) ??
        firstMatch(lines.filter(({ level }) => level === 'debug'), /^\{.*"cacheKey":"([^"\\]+)"/));
}
/** A cause is one clause of a message, not a page. */
const MAX_CAUSE_BYTES = 300;
/**
 * A text for a message: one short line in which nothing acts on a terminal, without what would let a reader of the log use
 * the cache in our name: the given secrets, tokens, and every part of an address but its host.
 */
function client_output_redacted(text, secrets) {
    const hidden = (shown) => secrets.reduce((line, secret) => (secret ? line.replaceAll(secret, '***') : line), shown);
    // Twice: a secret may contain white space, and may become whole only when an escape sequence inside it is dropped.
    const line = hidden((0,lib_text/* oneLine */.TN)(hidden(text)))
        .replace(/\b(https?:\/\/)(?:[^\s/?#"'<>@]*@)?([^\s/?#"'<>]+)[^\s"'<>]*/gi, '$1$2/…')
        .replace(/\beyJ[\w-]+(?:\.[\w-]*)*/g, '***');
    return (0,lib_text/* shorten */.ml)(line, MAX_CAUSE_BYTES);
}
/** Reverses the escaping of a workflow command by @actions/core. */
function unescapeData(text) {
    return text.replace(/%0D/g, '\r').replace(/%0A/g, '\n').replace(/%25/g, '%');
}

;// CONCATENATED MODULE: ./lib/checkpoint/cache/protocol.js
/** The message of an `error` when the client would have waited indefinitely for the rest of a response. */
const CUT_OFF = 'a response ended in the middle';
const RESULT_FD = 3;
/**
 * The one path in every checkpoint, relative to a directory that is made for the operation.
 *
 * It is part of the entry's version, so a look-up has to use the same path. As a constant, it does not depend on the
 * workspace, the temporary directory and the state directory of the machine.
 */
const CHECKPOINT_PATH = 'tmp/oaievalset';

;// CONCATENATED MODULE: ./lib/checkpoint/cache/cause.js


/**
 * The mode that made the client skip an operation; undefined when it did not. Source: `ACTIONS_CACHE_MODE` in
 * @actions/cache 6.3, which is `none`, `read`, `write` or `write-only`.
 */
function skippedByMode(operation, lines) {
    return firstMatch(lines, new RegExp(`^Cache ${operation} skipped: the effective cache-mode '(.*?)'`));
}
/**
 * The client's own message about a failure; undefined when it printed none.
 *
 * The client (@actions/cache 6) swallows its errors. It prints `Failed to restore: …` or `Failed to save: …`, a bare warning
 * when the service refused the last step of a save, and a debug line when it refused the first.
 */
function failureMessage(operation, lines) {
    if (operation === 'restore')
        return firstMatch(lines, /^Failed to restore: ([\s\S]*)/);
    const message = firstMatch(lines, /^Failed to save: ([\s\S]*)/);
    if (message?.startsWith('Unable to reserve cache'))
        return `${REFUSED_KEY}: ${refusal(message, lines)}`;
    if (message?.startsWith('Unable to finalize cache'))
        return REFUSED_ENTRY;
    if (message !== undefined)
        return message;
    const bare = lines.find(({ level, text }) => level === 'warning' && !NOT_A_REFUSAL.test(text));
    return bare && `${REFUSED_ENTRY}: ${bare.text}`;
}
/** Translates the client's message into words for the user. The other lines that it printed are the evidence. */
function cause_causeOf(operation, message, lines) {
    if (/insufficient usage|storage quota has been hit/i.test(message)) {
        return 'the cache storage quota is used up, so the service accepts no new entries';
    }
    if (message === CUT_OFF) {
        const stage = stageOf(operation, lines);
        return `the connection to the cache service broke off (${message}${stage ? `, while ${stage}` : ''})`;
    }
    const denied = /cache (?:write|read) denied:[^"}\n]*/i.exec(message)?.[0];
    if (denied)
        return `the token of this run may not ${operation} (${denied}${OUTSIDERS[operation]})`;
    if (/\b(g?tar|zstd|unzstd|zstdmt)\b.* failed with error/.test(message))
        return archiveCause(operation, lines);
    if (/Unable to locate executable file: g?tar\b/.test(message))
        return 'this machine has no tar';
    const network = NETWORK_ERROR.exec(message)?.[0];
    if (network)
        return `the cache service cannot be reached (${network})`;
    if (/socket hang up|\baborted\b|premature close|incomplete download|terminated/i.test(message)) {
        return `the connection to the cache service broke off (${reworded(message)})`;
    }
    if (/\balready exists\b/i.test(message))
        return KEY_TAKEN;
    const status = cause_statusOf(message, lines);
    if (status !== undefined)
        return statusCause(operation, status, message, lines);
    return (withStage(operation, reworded(message), lines) ||
        `the cache client gave no reason why the ${operation} failed`);
}
/** The latest failed attempt, for an operation that was stopped while the client retried. */
function lastAttempt(lines) {
    const storage = storageTrouble(lines);
    if (storage)
        return storage;
    const attempt = lastMatch(lines, /\bfailed with error: (.*?)(?:\. Retrying request|$)/);
    if (!attempt || !/ JSON\b/.test(attempt))
        return attempt;
    // The client complains about JSON when a proxy responds with a page. The status says more.
    const status = lastMatch(lines, /^\[Response\] - (\d{3})/);
    return status ? `HTTP ${status}, with a response that is not from the cache service` : attempt;
}
/** The last failure of the v2 service's blob storage: its status, or the network error. */
function storageTrouble(lines) {
    const storage = lines.filter(({ level }) => level === 'storage');
    const last = lastMatch(storage, /^(Response status code: \d{3}|RetryPolicy: Caught error, .*)/);
    const network = last && /message: (.*?)(?:, code: |$)/.exec(last)?.[1];
    if (network)
        return network;
    const status = last && /\d{3}/.exec(last)?.[0];
    return status && Number(status) >= 400 ? `HTTP ${status}` : undefined;
}
/** What the client was doing when it was killed: a slow network and a service that does not respond look different. */
function stageOf(operation, lines) {
    return lines.reduce((stage, { text }) => {
        return STAGES[operation].find(([begins]) => begins.test(text))?.[1] ?? stage;
    }, undefined);
}
const STAGES = {
    restore: [
        [/^Resolved Keys:/, 'the entry was looked up'],
        [/^(Archive Path|Starting download)/i, 'the archive was downloaded'],
        [/^Cache Size:/, 'the archive was unpacked'],
    ],
    save: [
        [/^Cache Paths:/, 'the archive was made'],
        [/^Reserving Cache/, 'the entry was reserved'],
        [/^(Attempting to upload cache|Saving Cache \(ID)/, 'the archive was uploaded'],
        [/^(\[Request\] FinalizeCacheEntryUpload|Commiting cache)/, 'the upload was completed'],
        [/^Resolved Keys:/, 'the new entry was looked up'],
    ],
};
const REFUSED_KEY = 'the cache service refused to reserve the entry';
const REFUSED_ENTRY = 'the cache service refused the uploaded entry';
const KEY_TAKEN = 'the cache service has an entry with this key already';
/** Since June 2026, github.com gives such events a token that can only read the caches of the default branch. */
const OUTSIDERS = {
    save: ', as for events that outsiders can trigger, such as pull_request_target',
    restore: '',
};
const NETWORK_ERROR = /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN|EPIPE)\b/;
/** Warnings that accompany another one, and failures of a look-up. */
const NOT_A_REFUSAL = /^(Failed to |uploadCacheArchiveSDK|You've hit a rate limit)/;
function refusal(message, lines) {
    return (/More details: ([\s\S]*)/.exec(message)?.[1] ??
        firstMatch(lines, /^Failed to reserve cache: (?:\w*Error: )?([\s\S]*)/) ??
        '');
}
/** Messages of the blob storage are empty, or do not say which operation failed. */
function withStage(operation, message, lines) {
    const uploading = firstMatch(lines, /^(uploadCacheArchiveSDK: internal error)/);
    if (!uploading && !firstMatch(lines, /^(Cache hit for)/))
        return message;
    const trouble = storageTrouble(lines);
    const detail = [trouble, message].filter(Boolean).join(', ');
    const what = `the archive could not be ${uploading ? 'uploaded' : 'downloaded'}${detail ? `: ${detail}` : ''}`;
    if (trouble === 'HTTP 403')
        return `${what} (its signed address has expired, or the clock is wrong)`;
    if (trouble === 'HTTP 404' && operation === 'restore') {
        return `${what} (the entry was evicted or deleted after it was found)`;
    }
    return what;
}
/** Only the output of the tool distinguishes a full disk, a tool without an ability, and a damaged archive. */
function archiveCause(operation, lines) {
    const printed = lines.filter(({ level }) => level === 'info');
    const relevant = printed.filter(({ text }) => TOOL_LINE.test(text) || saysUnable(text));
    const unable = relevant.find(({ text }) => saysUnable(text));
    const what = `the archive could not be ${operation === 'save' ? 'made' : 'unpacked'}`;
    if (unable)
        return `${what}: this machine's tools cannot do it (${toolMessage(unable.text)})`;
    const detail = relevant[0] ? ` (${toolMessage(relevant[0].text)})` : '';
    const isOfTheMachine = relevant.some(({ text }) => OF_THE_MACHINE.test(text));
    if (operation === 'save' || isOfTheMachine)
        return `${what}${detail}`;
    return `the archive is damaged or incomplete and could not be unpacked${detail}`;
}
const TOOL_LINE = /^\s*(?:\S*\/)?(?:g?tar|bsdtar|gzip|unzstd|zstd|zstdmt)(?: \(child\))?: /;
/** Errors of the machine, not of the archive. */
const OF_THE_MACHINE = /No space left on device|Disk quota exceeded|Read-only file system|Permission denied|Cannot allocate memory|Too many open files|Input\/output error|Killed/;
function statusCause(operation, status, message, lines) {
    if (status === 409 && operation === 'save')
        return KEY_TAKEN;
    if (status === 429) {
        const seconds = firstMatch(lines, /your rate limit will reset in (\d+) seconds/);
        return `the cache service limits the rate of requests (HTTP 429)${seconds ? `, for another ${seconds} s` : ''}`;
    }
    if (status === 401 || status === 403) {
        return `the cache service denied the ${operation} (HTTP ${status}${OUTSIDERS[operation]})`;
    }
    if (status >= 500) {
        const attempts = /after (\d+) attempts/.exec(message)?.[1];
        return `the cache service failed with HTTP ${status}${attempts ? ` in ${attempts} attempts` : ''}`;
    }
    return `the cache service responded with HTTP ${status} (${reworded(message.replace(`${REFUSED_KEY}: `, ''))})`;
}
/**
 * The status in `Failed request: (503) …` (v2) and in `Cache service responded with 503` (v1). If the response is not JSON,
 * as from a proxy, the v2 client complains about that, and the status is only in a debug line.
 */
function cause_statusOf(message, lines) {
    const status = /Failed request: \((\d{3})\)/.exec(message)?.[1] ??
        /responded with (\d{3})\b/.exec(message)?.[1] ??
        (/Failed to make request after/.test(message) ? lastMatch(lines, /^\[Response\] - (\d{3})/) : undefined);
    return status === undefined ? undefined : Number(status);
}
/** The first line, without the names of the client's functions and its placeholders for an unknown cause. */
function reworded(message) {
    const line = message.trim().split(/\r?\n/, 1)[0] ?? '';
    return line
        .replace(/\b\w+(?: \([^)]*\))? failed: /, '')
        .replace(/\bFailed to \w+: /, '')
        .replace(/\bReceived non-retryable error: /, '')
        .replace(/\bFailed request: \(\d{3}\) /, '')
        .replace(/: (?:undefined|Response was not ok)?$/, '')
        .replace(/:$/, '');
}

;// CONCATENATED MODULE: ./lib/checkpoint/cache/outcome.js


function failed(cause) {
    return { kind: 'failed', cause };
}
const noService = {
    kind: 'unavailable',
    cause: 'this job has no Actions cache service',
};
function restoreOutcome(response) {
    const result = outcome_resultOf('restore', response);
    if ('kind' in result)
        return result;
    if (result.operation !== 'save' && result.key !== undefined)
        return { kind: 'hit', key: result.key };
    // The client returns the same for a miss and a failure, and prints something only for a failure.
    const trouble = reportedFailure('restore', response);
    const entry = trouble?.kind === 'failed' ? entryFoundBy(response) : undefined;
    return trouble ? { ...trouble, ...(entry === undefined ? {} : { entry }) } : { kind: 'miss' };
}
/** The key of the entry that a restore found, even if it could not be used. */
function entryFoundBy({ run }) {
    return foundEntry(outputOf(run));
}
function saveOutcome(response, key) {
    const result = outcome_resultOf('save', response);
    if ('kind' in result)
        return result;
    const failure = reportedFailure('save', response);
    if (failure)
        return failure;
    if (result.operation !== 'save' || result.id === -1) {
        return { kind: 'failed', cause: 'the cache client failed without giving a reason' };
    }
    const lookUp = result.found === key ? undefined : reportedFailure('restore', response);
    // A job that may write but not read cannot look up its entry. Then it is enough that the client reported no failure.
    if (result.found !== key && lookUp?.kind !== 'unavailable') {
        const why = lookUp ? `looking it up failed: ${lookUp.cause}` : 'the cache service does not find it';
        return { kind: 'failed', cause: `the entry was uploaded, but ${why}` };
    }
    return { kind: 'saved', key };
}
const STOPPED = 'it was stopped before it finished';
function tookTooLong(timeoutMs) {
    return `it took longer than ${timeoutMs / 1000} s`;
}
/** The worker's result, or why there is none. */
function outcome_resultOf(operation, { run, timeoutMs, secrets }) {
    const failure = (cause) => failed(client_output_redacted(cause, secrets));
    const lines = outputOf(run);
    if (run.ended === 'timed-out') {
        const attempt = lastAttempt(lines);
        const stage = stageOf(operation, lines);
        const details = [stage && `while ${stage}`, attempt && `last attempt: ${attempt}`].filter(Boolean);
        return failure(`${tookTooLong(timeoutMs)}${details.length > 0 ? ` (${details.join('; ')})` : ''}`);
    }
    if (run.ended === 'aborted')
        return failure(STOPPED);
    const { result } = run;
    if (!result)
        return failure(`the cache worker ended without a result (${[run.exit, errorIn(run.stderr)].join('')})`);
    if (!result.available)
        return noService;
    if (result.operation === 'error')
        return failure(cause_causeOf(operation, result.message, lines));
    return result;
}
/** What the client's output says about an operation that failed. */
function reportedFailure(operation, { run, secrets }) {
    const lines = outputOf(run);
    const mode = skippedByMode(operation, lines);
    if (mode !== undefined) {
        return {
            kind: 'unavailable',
            cause: `the workflow's cache-mode (ACTIONS_CACHE_MODE) is '${client_output_redacted(mode, [])}', which allows no ${operation}`,
        };
    }
    const message = failureMessage(operation, lines);
    if (message === undefined)
        return undefined;
    const cause = cause_causeOf(operation, message, lines);
    return {
        kind: 'failed',
        cause: client_output_redacted(cause, secrets),
        ...(cause === KEY_TAKEN ? { keyTaken: true } : {}),
    };
}
function outputOf({ stdout, stderr }) {
    return [...linesOf(stdout), ...storageLines(stderr)];
}
function errorIn(stderr) {
    const line = stderr.split('\n').find((it) => /error/i.test(it) && !/^(azure:|\s+")/.test(it));
    return line ? `; ${line.trim()}` : '';
}

;// CONCATENATED MODULE: ./lib/checkpoint/private-directory.js
/** A directory for one operation of the cache, which no other user of the machine can read. */







/** The directories in it. Archives are unpacked into the first, which has nothing else in it. */
const FILES = 'files';
const OPENED = 'opened';
const ARCHIVES = 'archives';
const PROGRAMS = 'bin';
/**
 * Gives `work` a new directory, and removes it afterwards unless `keep` was called: a partial archive must not be taken for
 * a complete one. A full disk is a failure of the cache, and does not end the run.
 */
async function inPrivateDirectory(temporaryDirectory, limit, secrets, work) {
    let directory;
    let isKept = false;
    try {
        directory = await (0,promises_.mkdtemp)((0,external_node_path_.join)(await plainPath(temporaryDirectory), 'oaievalset-checkpoint-'));
        await (0,promises_.mkdir)((0,external_node_path_.join)(directory, FILES), { mode: 0o700 });
        return await work(directory, () => {
            isKept = true;
        });
    }
    catch (error) {
        if (limit.signal?.aborted)
            return failed(STOPPED);
        if (limit.late.aborted)
            return failed(tookTooLong(limit.timeoutMs));
        return failed(client_output_redacted((0,lib_errors/* reasonOf */.A3)(error), secrets));
    }
    finally {
        if (directory && !isKept)
            await remove(directory);
    }
}
/** What cannot be removed is left to the runner, which empties its temporary directory after the job. */
async function remove(directory) {
    await (0,promises_.rm)(directory, { recursive: true, force: true }).catch(() => { });
}
/** The same, at once. */
function removeNow(directory) {
    try {
        (0,external_node_fs_.rmSync)(directory, { recursive: true, force: true });
    }
    catch {
        // A path may be too long, or a disk read-only.
    }
}
async function private_directory_isDirectory(path) {
    return (0,promises_.lstat)(path).then((stat) => stat.isDirectory(), () => false);
}
/**
 * A temporary directory with a path that the client can handle: without links, because it compares paths as text, and
 * without blanks, quotes or backslashes, because it passes the arguments of tar as one string.
 */
async function plainPath(temporaryDirectory) {
    await (0,promises_.mkdir)(temporaryDirectory, { recursive: true });
    const path = await (0,promises_.realpath)(temporaryDirectory);
    return /[\s"'\\]/.test(path) ? await (0,promises_.realpath)((0,external_node_os_.tmpdir)()) : path;
}

;// CONCATENATED MODULE: ./lib/checkpoint/cache/child-environment.js
/** The variables that processes for checkpoints get of the job's environment: what they need, and no API key. */
/** For tar and the compressors: where programs are, and the language and character set of file names. */
const OF_TOOLS = /^(PATH|HOME|TMPDIR|LANG|LANGUAGE|LC_\w+)$/;
/** For the client as well: the cache service, the proxies, and the certificates to trust. */
const OF_CLIENT = [
    /^ACTIONS_(RESULTS_URL|RUNTIME_URL|RUNTIME_TOKEN|ORCHESTRATION_ID)$/,
    /^ACTIONS_CACHE_\w+$/,
    /^(CACHE_UPLOAD_\w+|SEGMENT_DOWNLOAD_TIMEOUT_MINS|GITHUB_SERVER_URL)$/,
    /^(https?|no|all)_proxy$/i,
    /^(NODE_(EXTRA_CA_CERTS|OPTIONS|TLS_REJECT_UNAUTHORIZED|USE_ENV_PROXY|USE_SYSTEM_CA)|SSL_CERT_(FILE|DIR))$/,
];
function child_environment_toolEnvironment(env) {
    return selected(env, [OF_TOOLS]);
}
/** @param secret a text that no variable of a child may contain; empty: there is none */
function clientEnvironment(env, secret) {
    const variables = Object.entries(selected(env, [OF_TOOLS, ...OF_CLIENT]));
    return Object.fromEntries(variables.filter(([, value]) => !(secret && value?.includes(secret))));
}
function selected(env, patterns) {
    return Object.fromEntries(Object.entries(env).filter(([name]) => patterns.some((pattern) => pattern.test(name))));
}

;// CONCATENATED MODULE: ./lib/process/abort.js
/**
 * A signal that is aborted with the first of the signals, and after this many milliseconds at the latest. It does not use
 * AbortSignal.timeout and AbortSignal.any, which hold their sources only weakly, so that the signal could be
 * garbage-collected and never abort. The timer does not keep the process alive.
 */
function abortedAfter(milliseconds, ...signals) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new DOMException('The time limit has passed', 'TimeoutError')), milliseconds);
    timer.unref();
    for (const signal of signals) {
        const abort = () => {
            clearTimeout(timer);
            controller.abort(signal?.reason);
        };
        if (signal?.aborted)
            abort();
        else
            signal?.addEventListener('abort', abort, { once: true });
    }
    return controller.signal;
}
/** Waits for work that cannot be stopped, but rejects when the signal is aborted. The work then continues unobserved. */
function abortable(signal, work) {
    const { promise, reject } = Promise.withResolvers();
    const onAbort = () => reject(signal.reason);
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    return Promise.race([work(), promise]).finally(() => signal.removeEventListener('abort', onAbort));
}

// EXTERNAL MODULE: external "node:child_process"
var external_node_child_process_ = __webpack_require__(1421);
// EXTERNAL MODULE: external "node:module"
var external_node_module_ = __webpack_require__(8995);
;// CONCATENATED MODULE: ./lib/process/leader.js


function startLeader(program, args, options) {
    return (0,external_node_child_process_.spawn)(program, args, { ...options, detached: true });
}
/**
 * Signals a process group by the pid of its leader. Does nothing when the leader was not started, or when no process of the
 * group is left. For a group of zombies, macOS reports EPERM where Linux reports ESRCH.
 */
function signalGroup(leader, signal) {
    if (leader === undefined || leader <= 0)
        return;
    try {
        process.kill(-leader, signal);
    }
    catch (error) {
        const { code } = error;
        if (code !== 'ESRCH' && code !== 'EPERM')
            throw error;
    }
}
/**
 * From now on, `guard` changes the arguments and the environment of every program that this process starts. It is meant for
 * libraries that start programs and have no options for that.
 */
function leader_guardStarts(guard) {
    const original = childProcess.spawn;
    const guarded = (program, args = [], options = {}) => {
        const start = guard(program, { args, env: options.env ?? process.env });
        return original(program, start.args, { ...options, env: start.env });
    };
    childProcess.spawn = guarded;
    syncBuiltinESMExports();
}

;// CONCATENATED MODULE: ./lib/process/redraws.js
/** In characters. Of a longer line, the end is reported. */
const redraws_MAX_LINE_LENGTH = 64 * 1024;
/**
 * Reports each state of a progress bar, which redraws its line after a `\r` and ends the line only when it is full. The stream
 * must have an encoding, which `readLines` sets.
 */
function readRedraws(stream, onRedraw) {
    let pending = '';
    stream.on('data', (chunk) => {
        pending = (pending + chunk).split('\n').at(-1)?.slice(-redraws_MAX_LINE_LENGTH) ?? '';
        if (!chunk.includes('\r'))
            return;
        pending = pending.split('\r').findLast((part) => part !== '') ?? '';
        if (pending !== '')
            onRedraw(pending);
    });
}

;// CONCATENATED MODULE: ./lib/process/group.js


/** The output of a child that has ended may stay open this long. */
const OUTPUT_GRACE_MS = 2000;
/**
 * Starts a program as the leader of a new process group. Its file descriptor 3 is a pipe that this process keeps open and never
 * writes to. When this process ends, SIGKILL included, the child reads the end of the pipe.
 */
function spawnGroup(program, args, options) {
    const child = startLeader(program, args, {
        cwd: options.cwd,
        env: options.env,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
        if (!stream)
            continue;
        readLines(stream, options.onLine);
        if (options.onRedraw)
            readRedraws(stream, options.onRedraw);
    }
    const exit = new Promise((resolve, reject) => {
        child.once('error', reject);
        child.once('close', (code, signal) => resolve({ code, signal }));
    });
    const pid = child.pid ?? -1;
    child.once('exit', () => {
        // Processes that the child left running keep its output open, as do those that have left the group. Forked ones also keep
        // the other end of the pipe. None of them is waited for.
        signalGroup(pid, 'SIGKILL');
        child.stdio[3]?.destroy();
        setTimeout(() => {
            for (const stream of child.stdio)
                stream?.destroy();
        }, OUTPUT_GRACE_MS).unref();
    });
    return { pid, exit, signal: (signal) => signalGroup(pid, signal) };
}
/** Reports each line of a stream, and the last one even without its newline. Lines end only at `\n`. */
function readLines(stream, onLine) {
    let pending = '';
    const emit = (line) => {
        const shown = withoutRedraws(line);
        if (shown !== '')
            onLine(shown);
    };
    stream.setEncoding('utf8');
    stream.on('data', (chunk) => {
        const lines = (pending + chunk).split('\n');
        pending = lines.pop() ?? '';
        if (pending.length > redraws_MAX_LINE_LENGTH)
            pending = pending.slice(-redraws_MAX_LINE_LENGTH);
        lines.forEach(emit);
    });
    stream.on('end', () => emit(pending));
}
/** The progress bars of tqdm and pip: `  5%|▌    | 1/20 [00:00<00:10]`, `12it [00:01, 9.9it/s]`. */
const group_PROGRESS_BAR = /\d ?%|\dit \[|━/;
/** Removes all states but the last of a progress bar, which redraws its line after a `\r`. Any other `\r` stays in the text. */
function withoutRedraws(line) {
    const parts = line.split('\r').filter((part) => part !== '');
    return parts.filter((part, n) => n === parts.length - 1 || !group_PROGRESS_BAR.test(part)).join('\r');
}

;// CONCATENATED MODULE: ./lib/checkpoint/trust/safe-tar.js



/**
 * From here on every program that this process starts gets only the environment of a tool, and every tar gets safe
 * arguments. The cache worker calls it, because its client offers no other way to change them.
 *
 * A script in place of tar on the PATH would not always work: a child that is forked while the script is written keeps the
 * file open for writing, and until it executes its own program the system refuses to execute the script (ETXTBSY).
 */
function guardTools() {
    guardStarts((program, { args, env }) => ({
        args: safeArguments(program, args),
        env: toolEnvironment(env),
    }));
}
/**
 * The client unpacks with `-P`, which lets an archive write to absolute paths, above the directory with `..`, and through
 * links in the archive. Everyone who can write to a repository's cache could write anywhere on the runner. Without `-P`, GNU
 * and BSD tar refuse all three. tar run by root would also restore owners and permissions of another machine.
 */
function safeArguments(file, args) {
    if (!/^g?tar$/.test(basename(file)))
        return args;
    const safe = args.filter((argument) => argument !== '-P');
    return safe.includes('-xf') ? [...safe, ...AS_OURS] : safe;
}
/** Unpacked files belong to the user of this process, with the permissions of its umask. */
const AS_OURS = ['--no-same-owner', '--no-same-permissions'];

;// CONCATENATED MODULE: ./lib/checkpoint/cache/tools.js
/** Tries whether this machine's tar and compressor support the options that the cache client uses. */







/** For packing, and again for unpacking, one small file. A tool that takes longer may still have the ability. */
const PROBE_TIMEOUT_MS = 5000;
const COMPRESSION = {
    zstd: { pack: ['--use-compress-program', 'zstdmt'], unpack: ['--use-compress-program', 'unzstd'] },
    gzip: { pack: ['-z'], unpack: ['-z'] },
};
/**
 * Packs and unpacks a file with the client's own arguments (@actions/cache 6, internal/tar.ts), because the version of a tar
 * does not say what was built into it.
 * @param directory an empty directory for the files of the trial
 */
async function findTools(env, directory, signal) {
    const path = env.PATH ?? '';
    const tar = await tarOn(path);
    if (!tar)
        return { problem: `this machine has no tar; ${await advice(path)}` };
    const preferred = (await which('zstd', path)) ? 'zstd' : 'gzip';
    const problems = [];
    for (const packing of new Set([preferred, 'gzip'])) {
        const trouble = await tryOut({ tar, packing, env, directory: (0,external_node_path_.join)(directory, packing), signal });
        if (trouble === undefined)
            return { packing, preferred };
        problems.push(trouble);
    }
    return {
        problem: `the tar of this machine cannot pack and unpack them (${problems.at(-1)}); ${await advice(path)}`,
    };
}
/** What a tool printed about an ability that it lacks; undefined when it printed nothing like that. */
async function tryOut({ tar, packing, env, directory, signal }) {
    const [from, into] = [(0,external_node_path_.join)(directory, 'from'), (0,external_node_path_.join)(directory, 'into')];
    const [archive, manifest] = ['archive', 'manifest.txt'];
    const { pack, unpack } = COMPRESSION[packing];
    const create = ['--posix', '-cf', archive, '--exclude', archive, '-C', from, '--files-from', manifest];
    const printed = [];
    try {
        for (const each of [directory, from, into])
            await (0,promises_.mkdir)(each, { mode: 0o700 });
        await (0,promises_.writeFile)((0,external_node_path_.join)(from, 'file'), packing);
        await (0,promises_.writeFile)((0,external_node_path_.join)(directory, manifest), 'file\n');
        for (const args of [
            [...create, ...pack],
            ['-xf', archive, '-C', into, ...unpack, ...AS_OURS],
        ]) {
            const tool = spawnGroup(tar, args, { cwd: directory, env, onLine: (line) => printed.push(line) });
            const late = abortedAfter(PROBE_TIMEOUT_MS, signal);
            late.addEventListener('abort', () => tool.signal('SIGKILL'), { once: true });
            const { code } = await tool.exit;
            if (code !== 0)
                break;
        }
    }
    catch (error) {
        printed.push((0,lib_errors/* reasonOf */.A3)(error));
    }
    finally {
        await (0,promises_.rm)(directory, { recursive: true, force: true }).catch(() => { });
    }
    const unable = printed.find(saysUnable);
    return unable && toolMessage(unable);
}
/**
 * A PATH on which the client finds zstd or not, independent of this machine. It consists of links, because a program that this
 * process has just written cannot always be executed.
 * @param directory for the links
 */
async function pathFor(packing, path, directory) {
    await (0,promises_.mkdir)(directory, { mode: 0o700 });
    const link = (target, name) => (0,promises_.symlink)(target, (0,external_node_path_.join)(directory, name));
    if (packing === 'zstd') {
        // For a look-up, which packs nothing, the client accepts any program called zstd. Node.js always exists.
        await link(process.execPath, 'zstd');
        return `${directory}${external_node_path_.delimiter}${path}`;
    }
    for (const name of ['tar', 'gtar', 'gzip', 'sh']) {
        const tool = await which(name, path);
        if (tool)
            await link(tool, name);
    }
    return directory;
}
/** The tar that the client uses: on macOS GNU tar, if it is installed. */
async function tarOn(path) {
    return (process.platform === 'darwin' && (await which('gtar', path))) || which('tar', path);
}
const INSTALLERS = [
    ['apk', 'apk add tar zstd'],
    ['apt-get', 'apt-get install -y tar gzip zstd'],
    ['microdnf', 'microdnf install -y tar gzip'],
    ['dnf', 'dnf install -y tar gzip zstd'],
    ['yum', 'yum install -y tar gzip'],
    ['zypper', 'zypper install -y tar gzip zstd'],
    ['pacman', 'pacman -S --noconfirm tar gzip zstd'],
    ['brew', 'brew install gnu-tar zstd'],
];
async function advice(path) {
    for (const [program, command] of INSTALLERS) {
        if (await which(program, path))
            return `install GNU tar in a step before this one: ${command}`;
    }
    return 'install GNU tar and gzip in a step before this one, on Alpine Linux with "apk add tar"';
}
async function which(name, path) {
    for (const directory of path.split(external_node_path_.delimiter).filter(external_node_path_.isAbsolute)) {
        const tool = (0,external_node_path_.join)(directory, name);
        const found = await (0,promises_.access)(tool, promises_.constants.X_OK).then(() => true, () => false);
        if (found)
            return tool;
    }
    return undefined;
}

;// CONCATENATED MODULE: ./lib/checkpoint/cache/worker-process.js


/** Much more than our worker prints, so that a broken one cannot fill the memory. */
const MAX_OUTPUT_CHARACTERS = 4 * 1024 * 1024;
/**
 * Runs the cache worker in a process group of its own, and leaves no process of that group behind. Never rejects.
 *
 * The worker does not inherit our stdout, because the client prints workflow commands, which the runner would obey.
 */
function runWorker(request, options) {
    const { program, cwd, env, late, signal } = options;
    return new Promise((resolve) => {
        let stopped;
        let failedToStart = '';
        const texts = { stdout: '', stderr: '', result: '' };
        const child = startLeader(process.execPath, [program], {
            cwd,
            env,
            stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
        });
        const killGroup = () => signalGroup(child.pid, 'SIGKILL');
        const stop = (why) => {
            stopped ??= why;
            killGroup();
        };
        const onLate = () => stop('timed-out');
        const onAbort = () => stop('aborted');
        for (const [aborted, work] of [
            [late, onLate],
            [signal, onAbort],
        ]) {
            aborted?.addEventListener('abort', work, { once: true });
            if (aborted?.aborted)
                work();
        }
        for (const [name, fd] of [
            ['stdout', 1],
            ['stderr', 2],
            ['result', RESULT_FD],
        ]) {
            const stream = child.stdio[fd];
            if (!stream || !('setEncoding' in stream))
                continue;
            stream.setEncoding('utf8');
            stream.on('data', (text) => {
                texts[name] = (texts[name] + text).slice(-MAX_OUTPUT_CHARACTERS);
            });
            stream.on('error', () => { });
        }
        // The worker may end before it reads; then it has died.
        child.stdin?.on('error', () => { });
        child.stdin?.write(`${JSON.stringify(request)}\n`);
        // A tar that outlives the worker would keep our pipes open, and continue to read or write the state.
        child.on('exit', killGroup);
        child.on('error', (error) => {
            failedToStart = error.message;
        });
        child.on('close', (code, killer) => {
            late?.removeEventListener('abort', onLate);
            signal?.removeEventListener('abort', onAbort);
            const result = worker_process_resultOf(texts.result);
            const exit = failedToStart || (killer ?? `exit code ${code}`);
            const { stdout, stderr } = texts;
            // A result that was sent before the worker was killed is still valid.
            if (result)
                resolve({ ended: 'responded', result, stdout, stderr, exit });
            else
                resolve({ ended: stopped ?? 'died', stdout, stderr, exit });
        });
    });
}
function worker_process_resultOf(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./lib/checkpoint/cache/cache-client.js







/** GitHub's cache client in a child process for each request, and the tools that it packs with. */
class CacheClient {
    /** Texts that must not be in a message. */
    secrets;
    /** The environment of tar. */
    toolEnvironment;
    #env;
    #temporaryDirectory;
    #program;
    #tools;
    constructor({ env, temporaryDirectory, encryptionKey, workerPath = (0,external_node_path_.join)(actionRoot(), 'dist/cache-worker/index.js'), }) {
        this.secrets = [env.ACTIONS_RUNTIME_TOKEN ?? '', encryptionKey];
        this.#env = clientEnvironment(env, encryptionKey);
        this.toolEnvironment = child_environment_toolEnvironment(this.#env);
        this.#temporaryDirectory = temporaryDirectory;
        this.#program = workerPath;
    }
    /** Whether the job has a cache service. The client knows that too, but only in a process of its own. */
    get hasService() {
        return Boolean(this.#env.ACTIONS_RESULTS_URL || this.#env.ACTIONS_CACHE_URL);
    }
    /** What this machine packs with. It is tried once; a failure is `unavailable`, and says what to install. */
    async packing(limit) {
        if (!this.#tools) {
            const found = await this.#inDirectory(limit, (directory) => findTools(this.toolEnvironment, (0,external_node_path_.join)(directory, FILES), limit.stop));
            if ('kind' in found)
                return found;
            this.#tools = found;
        }
        if ('packing' in this.#tools)
            return this.#tools.packing;
        return { kind: 'unavailable', cause: this.#tools.problem, canBeFixed: true };
    }
    /** @param directory the private directory of the operation */
    async request(request, directory, packing, limit) {
        const { timeoutMs, late, signal } = limit;
        const cwd = (0,external_node_path_.join)(directory, FILES);
        const run = await runWorker(request, {
            program: this.#program,
            cwd,
            env: await this.#environment(directory, cwd, packing),
            late,
            signal,
        });
        return { run, timeoutMs, secrets: this.secrets };
    }
    async requestWithoutFiles(request, packing, limit) {
        return this.#inDirectory(limit, (directory) => this.request(request, directory, packing, limit));
    }
    /**
     * The client names the files of an archive relative to GITHUB_WORKSPACE, finds them relative to the working directory,
     * and leaves temporary directories behind in RUNNER_TEMP. All three are in the private directory of the operation.
     */
    async #environment(directory, workspace, packing) {
        const path = this.#env.PATH ?? '';
        const preferred = this.#tools && 'packing' in this.#tools ? this.#tools.preferred : packing;
        return {
            ...this.#env,
            PATH: packing === preferred ? path : await pathFor(packing, path, (0,external_node_path_.join)(directory, PROGRAMS)),
            GITHUB_WORKSPACE: workspace,
            RUNNER_TEMP: (0,external_node_path_.join)(directory, ARCHIVES),
            // Only this log has the responses of the storage. cause.ts reads it; it is not shown.
            AZURE_LOG_LEVEL: 'info',
        };
    }
    #inDirectory(limit, work) {
        if (limit.signal?.aborted)
            return Promise.resolve(failed(STOPPED));
        return inPrivateDirectory(this.#temporaryDirectory, limit, this.secrets, work);
    }
}

;// CONCATENATED MODULE: ./lib/checkpoint/cache/limit.js

function limit_limitOf(timeoutMs, signal) {
    const late = abortedAfter(timeoutMs);
    return { timeoutMs, late, signal, stop: abortedAfter(timeoutMs, late, signal) };
}

// EXTERNAL MODULE: external "node:events"
var external_node_events_ = __webpack_require__(8474);
// EXTERNAL MODULE: external "node:stream"
var external_node_stream_ = __webpack_require__(7075);
// EXTERNAL MODULE: external "node:stream/promises"
var external_node_stream_promises_ = __webpack_require__(6466);
// EXTERNAL MODULE: external "node:zlib"
var external_node_zlib_ = __webpack_require__(8522);
;// CONCATENATED MODULE: ./lib/checkpoint/trust/sealed-stream.js
/**
 * A stream as chunks, each encrypted and authenticated, so that memory stays bounded and no data is passed on before it is
 * authenticated. The format is in encryption.ts.
 */


/** Plain bytes of every chunk but the last. */
const CHUNK = 1024 * 1024;
const TAG = 16;
const PREFIX = 7;
/** The data is not as it was sealed, or was sealed with another key or name. The message is a clause. */
class SealBroken extends Error {
    name = 'SealBroken';
}
function nonce(prefix, index, last) {
    const bytes = Buffer.alloc(12);
    prefix.copy(bytes);
    bytes.writeUInt32BE(index, PREFIX);
    bytes[11] = last ? 1 : 0;
    return bytes;
}
function sealingStream({ key, prefix, names }) {
    return inBlocks(CHUNK, (plain, index, last) => {
        const cipher = (0,external_node_crypto_.createCipheriv)('aes-256-gcm', key, nonce(prefix, index, last));
        cipher.setAAD(names);
        return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    });
}
/** Fails with SealBroken at the first chunk that is not the one that was sealed at its place. */
function openingStream({ key, prefix, names }) {
    return inBlocks(CHUNK + TAG, (sealed, index, last) => {
        if (sealed.length < TAG)
            throw new SealBroken('it is damaged or incomplete');
        const end = sealed.length - TAG;
        const decipher = (0,external_node_crypto_.createDecipheriv)('aes-256-gcm', key, nonce(prefix, index, last), { authTagLength: TAG });
        decipher.setAAD(names);
        decipher.setAuthTag(sealed.subarray(end));
        try {
            return Buffer.concat([decipher.update(sealed.subarray(0, end)), decipher.final()]);
        }
        catch {
            throw new SealBroken('it is damaged, incomplete, or was saved under another name');
        }
    });
}
/**
 * Passes `work` blocks of exactly `size` bytes, and the rest as the last one. A block waits until more data or the end of
 * the stream shows whether it is the last one.
 */
function inBlocks(size, work) {
    let pieces = [];
    let held = 0;
    let index = 0;
    const take = (length, last) => {
        const all = Buffer.concat(pieces);
        pieces = length < all.length ? [all.subarray(length)] : [];
        held -= length;
        index += 1;
        return work(all.subarray(0, length), index - 1, last);
    };
    return new external_node_stream_.Transform({
        transform(chunk, _encoding, done) {
            pieces.push(chunk);
            held += chunk.length;
            attempt(done, () => {
                while (held > size)
                    this.push(take(size, false));
            });
        },
        flush(done) {
            attempt(done, () => {
                this.push(take(held, true));
            });
        },
    });
}
function attempt(done, work) {
    try {
        work();
        done();
    }
    catch (error) {
        done(error);
    }
}

;// CONCATENATED MODULE: ./lib/checkpoint/trust/encryption.js
/** A checkpoint as one encrypted file. Only with the text of `encryption-key` can one be read, changed or made. */











/**
 * The file, all numbers big-endian:
 *
 *     magic `oaievals` 8 · version 1 · salt 16 · nonce prefix 7 · key check 16 · chunks
 *
 * Every chunk but the last contains 1 MiB of plain text; each is followed by its 16-byte GCM tag. The nonce of a chunk is
 * prefix · index (4) · 1 for the last chunk or else 0 (1). So a file in which a chunk is missing, repeated or moved does not
 * open. Additional authenticated data of each chunk: the header, then the entry's key in the cache, so
 * that an entry cannot be passed off as that of another run, shard, model or eval set. (The construction is STREAM, of
 * Hoang, Reyhanitabar, Rogaway and Vizár, 2015.)
 *
 * The plain text is a compressed tar archive, because encrypted data cannot be compressed.
 */
const MAGIC = Buffer.from('oaievals');
const VERSION = 1;
const SALT = 16;
const CHECK = 16;
const HEADER = MAGIC.length + 1 + SALT + PREFIX + CHECK;
/** What OWASP recommends for a text that a person may have chosen (32 MB of memory, a quarter of a second). */
const SCRYPT = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
/** A fast level: 1 GB of JSON lines takes six seconds, and shrinks to a fifth or less. */
const GZIP_LEVEL = 3;
/** A shorter text can be guessed. */
const MIN_KEY_CHARACTERS = 16;
/** Why a text cannot be used as `encryption-key`, as a clause; undefined when it can. */
function encryptionKeyProblem(text) {
    if (text.length >= MIN_KEY_CHARACTERS)
        return undefined;
    return `it is shorter than ${MIN_KEY_CHARACTERS} characters, so it can be guessed`;
}
/** Writes `<root>/<path>` with all its content to the file `target`, which must not exist. */
async function sealTree(root, path, target, sealing) {
    const salt = (0,external_node_crypto_.randomBytes)(SALT);
    const prefix = (0,external_node_crypto_.randomBytes)(PREFIX);
    const { key, check } = await derive(sealing.encryptionKey, salt);
    const header = Buffer.concat([MAGIC, Buffer.from([VERSION]), salt, prefix, check]);
    const output = (0,external_node_fs_.createWriteStream)(target, { flags: 'wx', mode: 0o600 });
    output.write(header);
    const { env, signal, entryKey } = sealing;
    const chunks = sealingStream({ key, prefix, names: encryption_namesOf(header, entryKey) });
    const tar = startTar(['-cf', '-', '-C', root, path], env);
    await together((0,external_node_stream_promises_.pipeline)(tar.stdout, (0,external_node_zlib_.createGzip)({ level: GZIP_LEVEL }), chunks, output, { signal }), tar, signal);
}
/**
 * Unpacks what `sealTree` wrote into the directory `into`. After a failure nothing in it may be used.
 * @param maxBytes a bound for the size of the unpacked archive
 * @throws SealBroken
 */
async function openSealed(source, into, maxBytes, sealing) {
    // A link in its place is not followed, and a pipe does not block.
    const file = await (0,promises_.open)(source, external_node_fs_.constants.O_RDONLY | external_node_fs_.constants.O_NOFOLLOW | external_node_fs_.constants.O_NONBLOCK);
    try {
        if (!(await file.stat()).isFile())
            throw new SealBroken('it is not a regular file');
        const { header, salt, prefix, check } = await readHeader(file);
        const derived = await derive(sealing.encryptionKey, salt);
        if (!(0,external_node_crypto_.timingSafeEqual)(derived.check, check)) {
            throw new SealBroken('it was encrypted with another key, or its first bytes are damaged');
        }
        const { env, signal, entryKey } = sealing;
        const chunks = openingStream({ key: derived.key, prefix, names: encryption_namesOf(header, entryKey) });
        const input = file.createReadStream({ start: HEADER, highWaterMark: CHUNK, autoClose: false });
        const tar = startTar(['-xf', '-', ...AS_OURS, '-C', into], env);
        const stages = [input, chunks, (0,external_node_zlib_.createGunzip)(), encryption_bounded(maxBytes), feeding(tar.stdin)];
        await together((0,external_node_stream_promises_.pipeline)(...stages, { signal }), tar, signal);
    }
    finally {
        await file.close();
    }
}
async function readHeader(file) {
    const { buffer: header, bytesRead } = await file.read(Buffer.alloc(HEADER), 0, HEADER, 0);
    const begins = header.subarray(0, MAGIC.length).equals(MAGIC);
    if (bytesRead < HEADER || !begins)
        throw new SealBroken('it does not start like an encrypted checkpoint');
    const version = header[MAGIC.length];
    if (version !== VERSION) {
        throw new SealBroken(`it is in format ${version}, and this version of the action reads format ${VERSION}`);
    }
    let at = MAGIC.length + 1;
    const [salt, prefix, check] = [SALT, PREFIX, CHECK].map((length) => {
        at += length;
        return header.subarray(at - length, at);
    });
    return { header, salt, prefix, check };
}
/** A key for this one file, so that no nonce is used twice with a key, and a check that distinguishes a wrong key from damage. */
async function derive(text, salt) {
    const bytes = await new Promise((resolve, reject) => {
        (0,external_node_crypto_.scrypt)(text, salt, 32 + CHECK, SCRYPT, (error, derived) => (error ? reject(error) : resolve(derived)));
    });
    return { key: bytes.subarray(0, 32), check: bytes.subarray(32) };
}
function encryption_namesOf(header, entryKey) {
    return Buffer.concat([header, Buffer.from(entryKey)]);
}
function encryption_bounded(maxBytes) {
    let bytes = 0;
    return new external_node_stream_.Transform({
        transform(chunk, _encoding, done) {
            bytes += chunk.length;
            if (bytes <= maxBytes)
                done(null, chunk);
            else
                done(new SealBroken(`it unpacks to more than ${maxBytes} bytes`));
        },
    });
}
/** Never with `-P`. Without it tar refuses absolute names, `..`, and links that lead out of the directory. */
function startTar(args, env) {
    const tar = startLeader('tar', args, { env, stdio: 'pipe' });
    // A child that it has left behind would keep its output open.
    tar.once('exit', () => killGroup(tar));
    return tar;
}
/**
 * Passes data to tar, and still accepts data when tar has closed its end: tar stops at the end mark of the archive, but the
 * rest of the file must be authenticated too. The exit code of tar says whether it read enough.
 */
function feeding(stdin) {
    stdin.on('error', () => { });
    return new external_node_stream_.Writable({
        write(chunk, _encoding, done) {
            if (stdin.destroyed)
                done();
            else
                stdin.write(chunk, () => done());
        },
        final(done) {
            if (stdin.destroyed)
                done();
            else
                stdin.end(() => done());
        },
        destroy(error, done) {
            stdin.destroy();
            done(error);
        },
    });
}
/** Kills the children of tar as well: a tar that is a script has some. */
function killGroup(tar) {
    signalGroup(tar.pid, 'SIGKILL');
}
const MAX_STDERR_CHARACTERS = 4096;
async function ended(tar) {
    let printed = '';
    tar.stderr.setEncoding('utf8').on('data', (text) => {
        if (printed.length < MAX_STDERR_CHARACTERS)
            printed += text;
    });
    try {
        const [code, signal] = (await (0,external_node_events_.once)(tar, 'close'));
        if (code === 0)
            return { killed: false };
        const [line] = printed.trim().split('\n');
        return {
            problem: line || `tar ended with ${signal ?? `exit code ${code}`}`,
            killed: signal === 'SIGKILL' || signal === 'SIGPIPE',
        };
    }
    catch (error) {
        return { problem: `tar could not be started (${(0,lib_errors/* reasonOf */.A3)(error)})`, killed: false };
    }
}
/** Waits for the stream and for tar, and rejects with the root cause: a tar that a broken pipe killed reports only that. */
async function together(stream, tar, signal) {
    const ending = ended(tar);
    // The streams end when tar does.
    const stop = () => killGroup(tar);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted)
        stop();
    const broken = await stream.then(() => undefined, (error) => {
        killGroup(tar);
        for (const pipe of [tar.stdin, tar.stdout, tar.stderr])
            pipe.destroy();
        return error instanceof Error ? error : new Error(String(error));
    });
    const { problem, killed } = await ending;
    if (broken && (killed || broken instanceof SealBroken || broken.name === 'AbortError'))
        throw broken;
    if (problem !== undefined)
        throw new Error(problem);
    if (broken)
        throw broken;
}

;// CONCATENATED MODULE: ./lib/checkpoint/trust/envelope.js
/** The content of a cache entry: the checkpoint as it is, or as one encrypted file. */







/** The first directory of the path. */
const TOP = (0,external_node_path_.dirname)(CHECKPOINT_PATH);
/** The only file of an encrypted checkpoint. No state file has this name: they all begin with a model's name and a dot. */
const SEALED = 'checkpoint.enc';
/** Puts the checkpoint, encrypted if there is a key, at `<directory>/files/tmp/oaievalset`. */
async function wrap(snapshotRoot, directory, sealing) {
    const files = (0,external_node_path_.join)(directory, FILES);
    if (!sealing.encryptionKey) {
        // tar follows a link in the path of what it packs, and the archive does not show it. So nothing has to be copied.
        await (0,promises_.symlink)((0,external_node_path_.resolve)(snapshotRoot, TOP), (0,external_node_path_.join)(files, TOP));
        return;
    }
    await (0,promises_.mkdir)((0,external_node_path_.join)(files, CHECKPOINT_PATH), { recursive: true, mode: 0o700 });
    const target = (0,external_node_path_.join)(files, CHECKPOINT_PATH, SEALED);
    await sealTree((0,external_node_path_.resolve)(snapshotRoot), CHECKPOINT_PATH, target, sealing);
}
/** Puts the decrypted checkpoint at `<staging>/tmp/oaievalset`, or says why the entry has none. */
async function unwrap(staging, maxBytes, sealing) {
    const { encryptionKey, entryKey } = sealing;
    const files = (0,external_node_path_.join)(staging, FILES);
    const empty = failed(`the entry ${entryKey} contains no ${CHECKPOINT_PATH}`);
    if (!(await hasCheckpoint(files)))
        return empty;
    const sealed = (0,external_node_path_.join)(files, CHECKPOINT_PATH, SEALED);
    const isSealed = await exists(sealed);
    if (!encryptionKey) {
        if (!isSealed)
            return move(files, staging);
        return failed(`the entry ${entryKey} is encrypted, and encryption-key is not set; set it to the key of the run that saved ` +
            'the entry, or change cache-key to start fresh');
    }
    if (!isSealed) {
        return failed(`the entry ${entryKey} is not encrypted, and encryption-key is set, so anyone who can write to the cache ` +
            'may have made it; the next checkpoint is encrypted and replaces it');
    }
    const opened = (0,external_node_path_.join)(staging, OPENED);
    await (0,promises_.mkdir)(opened, { mode: 0o700 });
    try {
        await openSealed(sealed, opened, maxBytes, sealing);
    }
    catch (error) {
        if (!(error instanceof SealBroken))
            throw error;
        return failed(`the encrypted entry ${entryKey} cannot be used: ${error.message}; check encryption-key, or change cache-key ` +
            'to start fresh');
    }
    return (await hasCheckpoint(opened)) ? move(opened, staging) : empty;
}
/** Checks each directory of the path: in an archive, `tmp` may be a link to the state directory of this machine. */
async function hasCheckpoint(directory) {
    return (await private_directory_isDirectory((0,external_node_path_.join)(directory, TOP))) && (await private_directory_isDirectory((0,external_node_path_.join)(directory, CHECKPOINT_PATH)));
}
async function move(from, staging) {
    await (0,promises_.rename)((0,external_node_path_.join)(from, TOP), (0,external_node_path_.join)(staging, TOP));
}
async function exists(path) {
    return (0,promises_.lstat)(path).then(() => true, () => false);
}

// EXTERNAL MODULE: external "node:timers/promises"
var external_node_timers_promises_ = __webpack_require__(8500);
;// CONCATENATED MODULE: ./lib/checkpoint/trust/untrusted-tree.js
/** Checks files from a cache that others can write to, before any of them is read. */





/** After so many entries the process can handle a signal. They take a few milliseconds. */
const ENTRIES_AT_ONCE = 100;
/** Far more than the checkpoint of any eval set, and far less than what harms a runner. */
const CHECKPOINT_BOUNDS = {
    entries: 200_000,
    bytes: 8 * 1024 ** 3,
    depth: 32,
    pathBytes: 1024,
};
/** The bounds, with at most half of the free bytes in `directory`, because restored files are copied later. */
function boundsIn(directory, bounds = CHECKPOINT_BOUNDS) {
    const { bavail, bsize } = (0,external_node_fs_.statfsSync)(directory);
    const room = Math.floor((bavail * bsize) / 2);
    return room < bounds.bytes ? { ...bounds, bytes: room, limitedByDisk: true } : bounds;
}
/**
 * Returns, as a clause, the first thing in a tree that cannot come from this action; undefined when there is none. Then no
 * other user of the machine can read the tree.
 *
 * It keeps no list of the entries, so a million of them need no memory. It does not block the process, which can still
 * handle a signal.
 * @throws the reason of the signal, when that is aborted
 */
async function findForbiddenEntry(directory, bounds = CHECKPOINT_BOUNDS, signal) {
    let entries = 0;
    let bytes = 0;
    try {
        for (const { path, depth, entry } of walk(directory)) {
            entries += 1;
            // To wait for another thread at each entry would take ten times as long.
            if (entries % ENTRIES_AT_ONCE === 0)
                await turn();
            if (signal?.aborted)
                break;
            if (entries > bounds.entries)
                return `it contains more than ${bounds.entries} files`;
            const name = untrusted_tree_shown(relative(directory, path));
            if (depth > bounds.depth)
                return `${name} is nested deeper than ${bounds.depth} directories`;
            if (Buffer.byteLength(relative(directory, path)) > bounds.pathBytes) {
                return `the path ${name} is longer than ${bounds.pathBytes} bytes`;
            }
            const invisible = firstInvisible(entry.name);
            if (invisible)
                return `the name ${name} contains the invisible character ${invisible}`;
            const stat = lstatSync(path);
            const odd = oddity(stat);
            if (odd)
                return `${name} is ${odd}`;
            if (stat.isFile())
                bytes += sizeOf(stat);
            if (bytes > bounds.bytes)
                return `it contains more than ${inUnits(bounds.bytes)}`;
            if (stat.mode & 0o077)
                chmodSync(path, stat.isDirectory() ? 0o700 : 0o600);
        }
    }
    catch (error) {
        // A name that is not UTF-8, or a directory without permissions.
        return `it cannot be read completely (${error.code ?? 'unknown error'})`;
    }
    signal?.throwIfAborted();
    return undefined;
}
/**
 * Calls `exceeded` when the files in a directory outgrow the bounds, and returns which one, as a clause; undefined when `done`
 * is aborted before. It measures four times a second, or for half of the time if measuring takes longer. A bomb can exceed
 * the bounds by what is written between two measurements.
 */
async function watchGrowth(directory, bounds, exceeded, done) {
    while (!done.aborted) {
        const begun = performance.now();
        const why = await exceededBound(directory, bounds, done);
        if (why) {
            exceeded();
            return why;
        }
        const pause = Math.max(250, performance.now() - begun);
        await (0,external_node_timers_promises_.setTimeout)(pause, undefined, { signal: done, ref: false }).catch(() => { });
    }
    return undefined;
}
/** Returns, as a clause, which bound the files in a directory exceed. They may change meanwhile. */
async function exceededBound(directory, bounds, done) {
    let entries = 0;
    let bytes = 0;
    const open = [directory];
    try {
        for (let path = open.pop(); path !== undefined; path = open.pop()) {
            // What is removed meanwhile does not count.
            for await (const entry of (await (0,promises_.opendir)(path).catch(() => undefined)) ?? []) {
                if (done?.aborted)
                    return undefined;
                entries += 1;
                const below = (0,external_node_path_.join)(path, entry.name);
                const stat = await (0,promises_.lstat)(below).catch(() => undefined);
                if (stat?.isFile())
                    bytes += sizeOf(stat);
                if (entries > bounds.entries)
                    return `it unpacks to more than ${bounds.entries} files`;
                if (bytes > bounds.bytes)
                    return `it unpacks to more than ${inUnits(bounds.bytes)}${bounds.limitedByDisk ? ', half of what is free on the disk of this runner' : ''}`;
                if (stat?.isDirectory())
                    open.push(below);
            }
        }
    }
    catch {
        // The next measurement finds it.
    }
    return undefined;
}
function oddity(stat) {
    if (stat.isSymbolicLink())
        return 'a symbolic link';
    if (stat.isDirectory())
        return (stat.mode & 0o700) === 0o700 ? undefined : 'a directory without permissions';
    if (stat.isFIFO())
        return 'a named pipe';
    if (stat.isSocket())
        return 'a socket';
    if (!stat.isFile())
        return 'a device';
    if (stat.nlink > 1)
        return 'a hard link';
    if (!(stat.mode & 0o400))
        return 'a file without permissions';
    // A directory may have inherited setgid from the temporary directory.
    if (stat.mode & 0o6000)
        return 'a setuid or setgid program';
    return undefined;
}
/** Walks depth first, with one open directory for each level. */
function* walk(top) {
    const open = [{ dir: opendirSync(top), path: top }];
    try {
        for (let current = open.at(-1); current; current = open.at(-1)) {
            const entry = current.dir.readSync();
            if (!entry) {
                open.pop()?.dir.closeSync();
                continue;
            }
            const path = join(current.path, entry.name);
            // The caller checks it first, and stops the walk at an entry that is forbidden.
            yield { path, depth: open.length, entry };
            if (entry.isDirectory())
                open.push({ dir: opendirSync(path), path });
        }
    }
    finally {
        for (const { dir } of open)
            dir.closeSync();
    }
}
function sizeOf(stat) {
    return Math.max(stat.size, stat.blocks * 512);
}
function inUnits(bytes) {
    return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.ceil(bytes / 1e6)} MB`;
}
const MAX_SHOWN_NAME_BYTES = 120;
/** A name for a message: in quotes, of bounded length, with nothing in it that acts on a terminal. */
function untrusted_tree_shown(name) {
    return oneLine(JSON.stringify(name), MAX_SHOWN_NAME_BYTES);
}

;// CONCATENATED MODULE: ./lib/checkpoint/cache/fetch.js
/** Downloads one entry of the cache into a directory of its own. */







/** Fetches the entry that a key or one of its restore keys finds. Never rejects. */
async function fetchEntry(wanted, context) {
    const { client, temporaryDirectory, encryptionKey, bounds, limit, inspect } = context;
    return inPrivateDirectory(temporaryDirectory, limit, client.secrets, async (staging, keep) => {
        const outcome = await download(wanted, staging, context);
        if (outcome.kind !== 'hit')
            return outcome;
        const { key } = outcome;
        if (key !== wanted.key && !wanted.restoreKeys.some((prefix) => key.startsWith(prefix))) {
            return failed(`the cache service returned the entry ${client_output_redacted(key, client.secrets)}, which was not requested`);
        }
        const unusable = (cause) => ({ ...failed(client_output_redacted(cause, client.secrets)), entry: key });
        const sealing = { encryptionKey, entryKey: key, env: client.toolEnvironment, signal: limit.stop };
        const trouble = await unwrap(staging, boundsIn(staging, bounds).bytes, sealing);
        if (trouble)
            return unusable(trouble.cause);
        for (const name of [FILES, OPENED, ARCHIVES, PROGRAMS])
            await remove((0,external_node_path_.join)(staging, name));
        const directory = (0,external_node_path_.join)(staging, CHECKPOINT_PATH);
        const objection = await inspect?.(directory, limit.stop);
        if (objection?.kind === 'unusable') {
            return unusable(`the entry ${key} is not a checkpoint of this action, because ${objection.why}; ${DELETE_OR_CHANGE_KEY}`);
        }
        keep();
        return { kind: 'hit', key, directory, staging, ...(objection ? { flaw: objection.why } : {}) };
    });
}
/** Stops a restore whose archive is a bomb when it outgrows the bounds, not when the disk is full. */
async function download(wanted, staging, context) {
    const { client, packing, limit } = context;
    const bounds = boundsIn(staging, context.bounds);
    const grown = new AbortController();
    const done = new AbortController();
    const watching = watchGrowth(staging, bounds, () => grown.abort(), done.signal);
    const signal = AbortSignal.any([grown.signal, ...(limit.signal ? [limit.signal] : [])]);
    const response = await client.request({ operation: 'restore', ...wanted }, staging, packing, {
        ...limit,
        signal,
    });
    done.abort();
    // The watcher may have missed what was unpacked last.
    const tooMuch = (await watching) ?? (await exceededBound(staging, bounds));
    if (!tooMuch)
        return restoreOutcome(response);
    return bounds.limitedByDisk ? failed(`${tooMuch}; free some disk space`) : bomb(tooMuch, response);
}
function bomb(tooMuch, response) {
    const entry = entryFoundBy(response);
    const trouble = failed(`${tooMuch}, more than any checkpoint of this action; ${DELETE_OR_CHANGE_KEY}`);
    return entry === undefined ? trouble : { ...trouble, entry };
}
const DELETE_OR_CHANGE_KEY = 'delete the entry in the caches of the repository, or change cache-key';

;// CONCATENATED MODULE: ./lib/checkpoint/restore.js





/** How many older entries a restore downloads when the nearest one is broken. */
const MAX_OLDER = 4;
async function restoreNearest(context) {
    const { primaryRestoreKey: key } = context.keys;
    const restoreKeys = await restoreKeysOf(context);
    const nearest = await fetchEntry({ key, restoreKeys }, context);
    return nearest.kind === 'miss' ? restoreOtherPacking(context) : firstSound(nearest, context);
}
async function restoreKeysOf(context) {
    const { keys, scope } = context;
    const { thisRun, thisUser, merged: ofMerges, restoreKeys } = keys;
    if (scope !== 'set')
        return restore_allowed(restoreKeys, context);
    if (ofMerges === undefined)
        return restoreKeys;
    const [own, merged] = await Promise.all([
        lookUp([thisRun, thisUser], context),
        lookUp([ofMerges], context),
    ]);
    if (own.kind !== 'hit' || merged.kind !== 'hit' || own.key.startsWith(thisRun))
        return restoreKeys;
    // Since this shard last saved, the set may have been run as another number of shards.
    const [first, second] = runOfKey(merged.key) >= runOfKey(own.key) ? [merged, own] : [own, merged];
    // A look-up has at most ten keys.
    return [
        first.key,
        second.key,
        ...restoreKeys.filter((prefix) => prefix !== thisUser && prefix !== ofMerges),
    ];
}
/** The keys and prefixes that only find entries of the scope. */
function restore_allowed(wanted, { keys, scope }) {
    const prefix = scope === 'run' ? keys.thisRun : keys.thisUser;
    return scope === 'set' ? wanted : wanted.filter((each) => each.startsWith(prefix));
}
/** The client finds only entries that were packed in the same way as on this machine: with zstd, or without. */
async function restoreOtherPacking(context) {
    const other = { ...context, packing: context.packing === 'zstd' ? 'gzip' : 'zstd' };
    const found = await lookUp(restore_allowed(context.keys.restoreKeys, context), other);
    if (found.kind !== 'hit')
        return { kind: 'miss' };
    const { key } = found;
    if (other.packing === 'zstd')
        return { kind: 'miss', unreadable: key };
    return firstSound(await fetchEntry({ key, restoreKeys: [] }, other), other);
}
/** Falls back from an entry that cannot be used to older ones. An entry with a flaw is better than none. */
async function firstSound(nearest, context) {
    const { client, keys, limit } = context;
    const passedOver = [];
    let flawed;
    let latest = nearest;
    for (let objection = objectionTo(latest); objection; objection = objectionTo(latest)) {
        passedOver.push(objection);
        if (latest.kind === 'hit') {
            if (flawed)
                await remove(latest.staging);
            else
                flawed = latest;
        }
        if (passedOver.length > MAX_OLDER || limit.stop.aborted)
            break;
        const tried = passedOver.map(({ key }) => key);
        const older = await lookUp(restore_allowed(keys.olderThan(objection.key), context), context, tried);
        if (older.kind !== 'hit')
            break;
        latest = await fetchEntry({ key: older.key, restoreKeys: [] }, context);
    }
    const shown = passedOver.map(({ key, why }) => ({ key: client_output_redacted(key, client.secrets), why }));
    if (latest.kind === 'hit' && latest.flaw === undefined) {
        if (flawed)
            await remove(flawed.staging);
        return { ...latest, passedOver: shown };
    }
    if (flawed)
        return { ...flawed, passedOver: shown.filter(({ key }) => key !== flawed.key) };
    return nearest.kind === 'hit' ? failed(nearest.flaw ?? '') : nearest;
}
/** Why an older entry may be better than the one that was fetched; undefined when none is. */
function objectionTo(fetched) {
    if (fetched.kind === 'hit')
        return fetched.flaw === undefined ? undefined : { key: fetched.key, why: fetched.flaw };
    if (fetched.kind === 'miss' || fetched.entry === undefined)
        return undefined;
    return { key: fetched.entry, why: fetched.cause };
}
/** The entry of this set that the first of these keys finds. */
async function lookUp(wanted, context, except = []) {
    const outcome = await lookUpAny(wanted, context, except);
    return outcome.kind === 'hit' && !context.keys.isOfSet(outcome.key) ? { kind: 'miss' } : outcome;
}
/** The entry of any set that the first of these keys finds. */
async function lookUpAny(wanted, { client, packing, limit }, except = []) {
    const request = { operation: 'look-up', keys: wanted, except };
    const response = await client.requestWithoutFiles(request, packing, limit);
    return 'kind' in response ? response : restoreOutcome(response);
}

;// CONCATENATED MODULE: ./lib/checkpoint/store.js








const RESTORE_TIMEOUT_MS = 5 * 60_000;
const SAVE_TIMEOUT_MS = 10 * 60_000;
/** How many taken keys a save tries. It looks up the newest entry each time, so the key after it is most likely free. */
const MAX_TAKEN_KEYS = 8;
function openCheckpointStore(options) {
    const { keys, env, temporaryDirectory, timeouts = {}, encryptionKey = '', workerPath, bounds } = options;
    const { limitOf = limit_limitOf } = options;
    const client = new CacheClient({ env, temporaryDirectory, encryptionKey, workerPath });
    const { restoreMs = RESTORE_TIMEOUT_MS, saveMs = SAVE_TIMEOUT_MS } = timeouts;
    let nextSeq = options.firstSeq ?? 1;
    async function saveAs(key, snapshotRoot, packing, limit) {
        return inPrivateDirectory(temporaryDirectory, limit, client.secrets, async (directory) => {
            if (!(await private_directory_isDirectory((0,external_node_path_.join)(snapshotRoot, CHECKPOINT_PATH)))) {
                return failed(`there is no ${CHECKPOINT_PATH} to save in ${snapshotRoot}`);
            }
            const sealing = { encryptionKey, entryKey: key, env: client.toolEnvironment, signal: limit.stop };
            await wrap(snapshotRoot, directory, sealing);
            return saveOutcome(await client.request({ operation: 'save', key }, directory, packing, limit), key);
        });
    }
    /** A key is taken when GitHub gives two users the same names. Then their saves take turns. */
    async function saveUnderFreeKey(snapshotRoot, packing, limit) {
        for (let taken = 1;; taken += 1) {
            const key = keys.primary(nextSeq);
            nextSeq += 1;
            const outcome = await saveAs(key, snapshotRoot, packing, limit);
            if (outcome.kind !== 'failed' || !outcome.keyTaken || taken >= MAX_TAKEN_KEYS || limit.stop.aborted)
                return outcome;
            const newest = await lookUp([keys.thisAttempt], { client, keys, packing, limit });
            // A service that calls every key taken and finds no entry is broken. Another key would not help.
            if (newest.kind === 'failed')
                return outcome;
            if (newest.kind === 'hit')
                nextSeq = Math.max(nextSeq, (keys.seqOf(newest.key) ?? 0) + 1);
        }
    }
    /** The limit of an operation and how its entries are packed, or why this machine has no cache. */
    async function prepared(timeoutMs, signal) {
        if (!client.hasService)
            return noService;
        const limit = limitOf(timeoutMs, signal);
        const packing = await client.packing(limit);
        return typeof packing === 'string' ? { limit, packing } : packing;
    }
    return {
        get nextSeq() {
            return nextSeq;
        },
        async check({ signal, timeoutMs = restoreMs } = {}) {
            const ready = await prepared(timeoutMs, signal);
            return 'kind' in ready ? ready : undefined;
        },
        async restore({ signal, timeoutMs = restoreMs, inspect, scope = 'set', keys: others = keys } = {}) {
            const ready = await prepared(timeoutMs, signal);
            if ('kind' in ready)
                return ready;
            const context = { client, temporaryDirectory, encryptionKey, bounds, inspect, ...ready };
            return restoreNearest({ ...context, keys: others, scope });
        },
        async newestOfSet({ signal, timeoutMs = restoreMs } = {}) {
            const ready = await prepared(timeoutMs, signal);
            if ('kind' in ready)
                return undefined;
            const found = await lookUp([keys.anyOfSet], { client, keys, ...ready });
            return found.kind === 'hit' ? found.key : undefined;
        },
        async otherCheckpoint({ signal, timeoutMs = restoreMs } = {}) {
            const ready = await prepared(timeoutMs, signal);
            if ('kind' in ready)
                return undefined;
            const found = await lookUpAny(keys.others, { client, ...ready });
            return found.kind === 'hit' ? keys.differenceOf(found.key) : undefined;
        },
        async save(snapshotRoot, { signal, timeoutMs = saveMs } = {}) {
            const ready = await prepared(timeoutMs, signal);
            return 'kind' in ready ? ready : saveUnderFreeKey(snapshotRoot, ready.packing, ready.limit);
        },
    };
}

;// CONCATENATED MODULE: ./lib/checkpoint/checkpoint-store.js




/** @throws ActionError INPUT_INVALID when the encryption key can be guessed */
function checkpointStore({ identity, ...options }) {
    const problem = options.encryptionKey && encryptionKeyProblem(options.encryptionKey);
    if (problem) {
        throw new lib_errors/* ActionError */.lZ('INPUT_INVALID', `The input encryption-key cannot be used: ${problem}.`, 'Generate a key with "openssl rand -base64 32", and store it as a secret of the repository.');
    }
    return openCheckpointStore({ keys: checkpointKeys(identity), ...options });
}

;// CONCATENATED MODULE: ./lib/progress/directories.js


/** Only the user who runs the evals may read and write state. */
const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;
/**
 * Creates a directory and its missing parents, each private to this user.
 *
 * It does not use the `recursive` option of mkdir: where nothing can be created, such as below /proc, Node loops endlessly.
 */
function makeDirectory(path) {
    const missing = [];
    for (let at = path; !directories_isDirectory(at) && (0,external_node_path_.dirname)(at) !== at; at = (0,external_node_path_.dirname)(at))
        missing.push(at);
    for (const directory of missing.reverse()) {
        try {
            (0,external_node_fs_.mkdirSync)(directory, PRIVATE_DIRECTORY);
        }
        catch (error) {
            // Another process may have created it first.
            if (!directories_isDirectory(directory))
                throw error;
        }
    }
}
function directories_isDirectory(path) {
    return (0,external_node_fs_.statSync)(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
/**
 * Names of the entries of a directory; none when it is not a directory, or a link to one.
 * @param most stops one entry after this many, because a directory of others may have any number of entries
 */
function directories_entriesOf(path, most, isWanted) {
    if (!isRealDirectory(path))
        return [];
    const names = [];
    const entries = (0,external_node_fs_.opendirSync)(path);
    try {
        for (let entry = entries.readSync(); entry && names.length <= most; entry = entries.readSync())
            if (isWanted(entry))
                names.push(entry.name);
    }
    finally {
        entries.closeSync();
    }
    return names;
}
/** Whether the path is a directory, and not a link to one. */
function isRealDirectory(path) {
    try {
        return (0,external_node_fs_.lstatSync)(path).isDirectory();
    }
    catch {
        return false;
    }
}

;// CONCATENATED MODULE: ./lib/progress/durable.js
/**
 * Writes that survive SIGKILL at any instant: an appended line is complete or absent, a replaced file is the old one or the new
 * one. They are synchronous on purpose, so that nothing else in this process runs between two writes that belong together.
 */




/** Suffix of a file that is being written. One that is found later was never finished. */
const TEMPORARY = '.tmp';
/** Appends one line (without its newline) and waits until it is on disk. If the write fails half way, it is undone. */
function appendLine(path, line) {
    makeDirectory((0,external_node_path_.dirname)(path));
    const file = (0,external_node_fs_.openSync)(path, external_node_fs_.constants.O_WRONLY | external_node_fs_.constants.O_APPEND | external_node_fs_.constants.O_CREAT | external_node_fs_.constants.O_NOFOLLOW, PRIVATE_FILE);
    try {
        const before = (0,external_node_fs_.fstatSync)(file).size;
        try {
            writeWhole(file, Buffer.from(`${line}\n`));
            (0,external_node_fs_.fsyncSync)(file);
        }
        catch (error) {
            (0,external_node_fs_.ftruncateSync)(file, before);
            throw error;
        }
    }
    finally {
        (0,external_node_fs_.closeSync)(file);
    }
}
/** Replaces the whole file in one step. If that fails, the old file stays. */
function replaceFile(path, content) {
    makeDirectory((0,external_node_path_.dirname)(path));
    const temporary = `${path}${TEMPORARY}`;
    try {
        // An existing entry is left over from a crash, or a trap. 'wx' refuses to follow a link.
        (0,external_node_fs_.rmSync)(temporary, { force: true });
        const file = (0,external_node_fs_.openSync)(temporary, 'wx', PRIVATE_FILE);
        try {
            writeWhole(file, Buffer.from(content));
            (0,external_node_fs_.fsyncSync)(file);
        }
        finally {
            (0,external_node_fs_.closeSync)(file);
        }
        (0,external_node_fs_.renameSync)(temporary, path);
    }
    catch (error) {
        (0,external_node_fs_.rmSync)(temporary, { force: true });
        throw error;
    }
}
/** Waits until the names of a file and of its neighbours are on disk, where the system can do that for a directory. */
function flushEntries(path) {
    let directory;
    try {
        directory = (0,external_node_fs_.openSync)((0,external_node_path_.dirname)(path), 'r');
        (0,external_node_fs_.fsyncSync)(directory);
    }
    catch {
        // Windows and some network file systems cannot. They write names to disk in their own time.
    }
    finally {
        if (directory !== undefined)
            (0,external_node_fs_.closeSync)(directory);
    }
}
/** When the disk fills up, the kernel writes a part of a buffer. Writing the rest then fails, and reports the cause. */
function writeWhole(file, bytes) {
    let written = 0;
    while (written < bytes.length)
        written += (0,external_node_fs_.writeSync)(file, bytes, written);
}
/** Puts a file that never changes at a second path, by a hard link where the file system has them. */
function linkOrCopy(from, to) {
    try {
        (0,external_node_fs_.linkSync)(from, to);
    }
    catch {
        // The paths are on two file systems, or on one without hard links.
        (0,external_node_fs_.copyFileSync)(from, to);
    }
}
/** Replaces a file in one step by one that never changes, which stays where it is. */
function replaceByLink(from, to) {
    const temporary = `${to}${TEMPORARY}`;
    (0,external_node_fs_.rmSync)(temporary, { force: true });
    linkOrCopy(from, temporary);
    (0,external_node_fs_.chmodSync)(temporary, PRIVATE_FILE);
    (0,external_node_fs_.renameSync)(temporary, to);
}
const CHUNK_BYTES = 1 << 20;
/** The CRC-32 of a file of any size. It is fast, but it does not protect against files that were made to collide. */
function checksumOfFile(path) {
    const file = (0,external_node_fs_.openSync)(path, 'r');
    try {
        const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
        let checksum = 0;
        for (let read = (0,external_node_fs_.readSync)(file, chunk); read > 0; read = (0,external_node_fs_.readSync)(file, chunk))
            checksum = (0,external_node_zlib_.crc32)(chunk.subarray(0, read), checksum);
        return checksum;
    }
    finally {
        (0,external_node_fs_.closeSync)(file);
    }
}

;// CONCATENATED MODULE: ./lib/progress/paths.js



/**
 * The name of a model may contain `/`, which makes nested directories, as it does for `oaievalset`.
 * Shards of one set that run on one machine have a state each: otherwise they would wait for one lock. Source of the name: `oaievalset.py`, `Progress(f"/tmp/oaievalset/{args.model}.{args.eval_set}.progress.txt")`.
 */
function statePaths(stateDirectory, model, evalSet, shard = model_shard/* WHOLE */.Ef) {
    const base = (0,model_shard/* isWhole */.wP)(shard) ? stateDirectory : (0,external_node_path_.join)(stateDirectory, shardDirectory(shard));
    const stem = (0,external_node_path_.join)(base, `${model}.${evalSet}`);
    const resume = `${stem}.resume`;
    return {
        root: stateDirectory,
        base,
        progressFile: `${stem}.progress.txt`,
        resume,
        completions: (0,external_node_path_.join)(resume, 'completions.jsonl'),
        linesToWrite: (0,external_node_path_.join)(resume, 'lines-to-write.json'),
        attempts: (0,external_node_path_.join)(resume, 'attempts.jsonl'),
        runFacts: (0,external_node_path_.join)(resume, 'run.json'),
        plan: (0,external_node_path_.join)(resume, 'plan.json'),
        logs: (0,external_node_path_.join)(resume, 'logs'),
        journal: (0,external_node_path_.join)(resume, 'journal'),
        answers: (0,external_node_path_.join)(resume, 'answers'),
        live: `${stem}.live`,
        lockName: `${(0,external_node_path_.basename)(stem)}.lock`,
    };
}
function shardDirectory({ index, count }) {
    return `shard-${index}-of-${count}`;
}
/** Whether a name in the state directory is that of the directory of a shard. */
function isShardDirectory(name) {
    return /^shard-\d+-of-\d+$/.test(name);
}
/** The directory of the entries of a (model, eval set): the root, or a directory below it for a model with `/`. */
function stateFolder(paths) {
    return (0,external_node_path_.dirname)(paths.progressFile);
}
/** The stem of the file names of an eval: its key, percent-encoded where a file name cannot contain a character. */
function evalFileStem(evalKey) {
    const encoded = encodeURIComponent(evalKey).replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));
    return (0,external_node_path_.basename)(encoded);
}
function completedRecordFile(paths, evalKey) {
    return (0,external_node_path_.join)(paths.logs, `${evalFileStem(evalKey)}.jsonl`);
}
function liveRecordFile(paths, evalKey) {
    return join(paths.live, 'logs', `${evalFileStem(evalKey)}.jsonl`);
}
/** The name of the file of the kept answers of an eval. */
function answersFileName(evalKey) {
    return `${evalFileStem(evalKey)}.jsonl`;
}
function answersFile(paths, evalKey) {
    return (0,external_node_path_.join)(paths.answers, answersFileName(evalKey));
}
/**
 * Names of the files of kept answers in a state. Any other entry is ignored.
 * @param most stops one name after this many
 */
function answerFiles(paths, most) {
    return directories_entriesOf(paths.answers, most, (entry) => entry.isFile() && entry.name.endsWith('.jsonl')).sort();
}
/** All output of the last execution of an eval. */
function outputFile(paths, evalKey) {
    return (0,external_node_path_.join)(paths.logs, `${evalFileStem(evalKey)}.log`);
}
function liveOutputFile(paths, evalKey) {
    return join(paths.live, 'logs', `${evalFileStem(evalKey)}.log`);
}

;// CONCATENATED MODULE: ./lib/progress/untrusted-files.js
/** Looks at files of a state that others may have made. Symbolic links are not followed, and only regular files are opened. */

/** Why the entry at `path` is not what is expected there, as a clause; undefined when it is, or when there is no entry. */
function untrusted_files_problemWith(path, expected) {
    const stats = (0,external_node_fs_.lstatSync)(path, { throwIfNoEntry: false });
    if (!stats)
        return undefined;
    if (stats.isSymbolicLink())
        return 'it is a symbolic link';
    if (expected === 'directory')
        return stats.isDirectory() ? undefined : 'it is not a directory';
    if (!stats.isFile())
        return 'it is not a regular file';
    return stats.size > expected.maxBytes ? 'it is too large to be a file of this action' : undefined;
}
/** The text of a regular file; undefined for anything else, such as a pipe, which would block until it has a writer. */
function untrusted_files_readRegularFile(path) {
    return (0,external_node_fs_.lstatSync)(path, { throwIfNoEntry: false })?.isFile() ? (0,external_node_fs_.readFileSync)(path, 'utf8') : undefined;
}
/** Whether there is an entry of any kind, a broken link included. */
function entryExists(path) {
    return (0,external_node_fs_.lstatSync)(path, { throwIfNoEntry: false }) !== undefined;
}
/** In bytes; -1 when there is no regular file. */
function sizeOfFile(path) {
    const stats = (0,external_node_fs_.lstatSync)(path, { throwIfNoEntry: false });
    return stats?.isFile() ? stats.size : -1;
}

;// CONCATENATED MODULE: ./lib/progress/quarantine.js




/**
 * Renames an invalid entry to `<name>.rejected-<time>` in `directory` (by default, its own directory), and returns the new
 * path. A symbolic link is renamed itself, never followed.
 */
function quarantine(path, now, directory = (0,external_node_path_.dirname)(path)) {
    const target = unusedName(path, now, directory);
    makeDirectory(directory);
    quarantine_move(path, target);
    removeOldest((0,external_node_path_.basename)(path), directory);
    return target;
}
/** Moves files of one directory into a new one, `<name of their directory>.rejected-<time>`, and returns its path. */
function quarantineTogether(paths, now, directory) {
    const source = (0,external_node_path_.dirname)(paths[0] ?? '');
    const target = unusedName(source, now, directory);
    makeDirectory(target);
    for (const path of paths)
        quarantine_move(path, (0,external_node_path_.join)(target, (0,external_node_path_.basename)(path)));
    removeOldest((0,external_node_path_.basename)(source), directory);
    return target;
}
/** Quarantines a whole state, so that the eval set starts fresh. Returns whether there was a state. */
function quarantineState(paths, now = new Date()) {
    const found = [paths.progressFile, paths.resume, paths.live].filter(entryExists);
    for (const path of found)
        quarantine(path, now);
    return found.length > 0;
}
/** Whether this is the name of a quarantined entry. */
function isQuarantined(name) {
    return name.includes('.rejected-');
}
/** Quarantined entries of one name. On a machine where every run quarantines something, they would fill the disk. */
const MAX_RETAINED = 20;
function removeOldest(name, directory) {
    const quarantined = (0,external_node_fs_.readdirSync)(directory)
        .filter((it) => it.startsWith(`${name}.rejected-`))
        .sort();
    for (const oldest of quarantined.slice(0, -MAX_RETAINED))
        (0,external_node_fs_.rmSync)((0,external_node_path_.join)(directory, oldest), { recursive: true, force: true });
}
function unusedName(path, now, directory) {
    const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
    const stem = (0,external_node_path_.join)(directory, `${(0,external_node_path_.basename)(path)}.rejected-${stamp}`);
    let target = stem;
    for (let n = 2; (0,external_node_fs_.lstatSync)(target, { throwIfNoEntry: false }); n += 1)
        target = `${stem}-${n}`;
    return target;
}
function quarantine_move(path, target) {
    try {
        (0,external_node_fs_.renameSync)(path, target);
    }
    catch (error) {
        // A checkpoint may be unpacked on another file system than the state directory is on.
        if (error.code !== 'EXDEV')
            throw error;
        (0,external_node_fs_.cpSync)(path, target, { recursive: true, verbatimSymlinks: true });
        (0,external_node_fs_.rmSync)(path, { recursive: true, force: true });
    }
}

;// CONCATENATED MODULE: ./lib/progress/snapshot.js
/** The part of a state that belongs into a checkpoint: the progress file, and the files of this action in `.resume/`. */








/**
 * Puts a copy at `<target>/{model}.{eval_set}.progress.txt` and `.resume/`. No file of the copy grows any more, because a file
 * that grows while it is archived makes the archive invalid. Files that never change (record files, sealed journal segments and
 * kept answers) are linked where the file system has links, so that a snapshot takes milliseconds while evals run.
 */
function takeSnapshot(paths, target) {
    const place = (path) => (0,external_node_path_.join)(target, (0,external_node_path_.relative)(paths.base, path));
    makeDirectory(place(stateFolder(paths)));
    if ((0,external_node_fs_.existsSync)(paths.progressFile))
        (0,external_node_fs_.copyFileSync)(paths.progressFile, place(paths.progressFile));
    const files = checkpointedFiles(paths);
    for (const directory of new Set(files.map(external_node_path_.dirname)))
        makeDirectory(place(directory));
    for (const path of files)
        (isFinal(paths, path) ? linkOrCopy : external_node_fs_.copyFileSync)(path, place(path));
}
/**
 * SHA-256 (hex) over the names and sizes of all files of a snapshot. Records are only appended and sealed segments never
 * change, so two snapshots of one state that have the same outline have the same content.
 */
function outlineOf(paths) {
    const sizes = checkpointedFiles(paths)
        .sort()
        .map((path) => [(0,external_node_path_.relative)(paths.resume, path), sizeOfFile(path)]);
    return (0,external_node_crypto_.createHash)('sha256')
        .update(JSON.stringify([sizeOfFile(paths.progressFile), sizes]))
        .digest('hex');
}
/** Size of all files of a snapshot. */
function bytesOf(paths) {
    const sizes = [paths.progressFile, ...checkpointedFiles(paths)].map(sizeOfFile);
    return sizes.reduce((sum, size) => sum + Math.max(0, size), 0);
}
function isFinal({ logs, journal, answers }, path) {
    return [logs, journal, answers].some((directory) => path.startsWith(`${directory}/`));
}
/** The deepest file is `journal/<eval>/<n>.jsonl`. */
const MAX_DEPTH = 3;
/** Files of `.resume/`, without quarantined and unfinished ones. Neither quarantined nor deeper directories are entered. */
function checkpointedFiles({ resume }) {
    const files = [];
    const open = isRealDirectory(resume) ? [{ directory: resume, depth: 1 }] : [];
    for (let next = open.pop(); next; next = open.pop()) {
        const { directory, depth } = next;
        for (const entry of (0,external_node_fs_.readdirSync)(directory, { withFileTypes: true })) {
            if (isQuarantined(entry.name) || entry.name.endsWith(TEMPORARY))
                continue;
            const path = (0,external_node_path_.join)(directory, entry.name);
            if (entry.isFile())
                files.push(path);
            else if (entry.isDirectory() && depth < MAX_DEPTH)
                open.push({ directory: path, depth: depth + 1 });
        }
    }
    return files;
}

;// CONCATENATED MODULE: ./lib/checkpoint/save-schedule.js
/**
 * The cache of a repository has room for 10 GB. If superseded checkpoints cannot be deleted, each interval is this many
 * times longer than the one before: an interval of 2 minutes leaves 20 checkpoints in a job of 6 hours.
 */
const GROWTH = 1.2;
/**
 * Kept answers may take 1 GB. For each GB that a checkpoint has, an interval grows by this much more, so that those of 1 GB stay below
 * that limit as well: an interval of 2 minutes leaves 7 of them.
 */
const GROWTH_PER_GB = 1;
const GB = 1e9;
/** The pause after a failed save is twice as long as the one before, up to 16 intervals. */
const BACKOFF = 2;
const MAX_BACKOFF = 16;
/** How long to wait between two checkpoints while evals run. */
class SaveSchedule {
    #intervalMs;
    #backoff = 1;
    /** How long the last save took. It compresses and uploads all files, so at least as much time has to pass without a save. */
    #tookMs = 0;
    constructor(intervalMs) {
        this.#intervalMs = intervalMs;
    }
    /**
     * Whether a save may come before its time.
     * @param canDelete whether older checkpoints can be deleted
     * @param sinceMs since the last save began
     */
    maySaveSoon(canDelete, sinceMs) {
        if (this.#backoff > 1 || sinceMs < this.#tookMs * 2)
            return false;
        return canDelete || sinceMs >= this.#intervalMs;
    }
    get delayMs() {
        return Math.max(this.#intervalMs * this.#backoff, this.#tookMs);
    }
    saved({ canDelete, tookMs, bytes }) {
        this.#backoff = 1;
        this.#tookMs = tookMs;
        if (!canDelete)
            this.#intervalMs *= GROWTH + (bytes / GB) * GROWTH_PER_GB;
    }
    failed() {
        this.#backoff = Math.min(MAX_BACKOFF, this.#backoff * BACKOFF);
    }
}

;// CONCATENATED MODULE: ./lib/checkpoint/save-snapshot.js






/** Saves a copy of the state as a checkpoint. Never rejects. */
async function saveSnapshot({ state, store, onSave, onSaved }, limits) {
    const { live } = state.paths;
    let root;
    try {
        // Without a cache, as in many jobs on own machines, nothing is copied.
        const trouble = await store.check(limits);
        if (trouble)
            return trouble;
        onSave?.(store.nextSeq + 1);
        // On the file system of the state, so that files that never change are linked instead of copied.
        (0,external_node_fs_.mkdirSync)(live, { recursive: true });
        root = (0,external_node_fs_.mkdtempSync)((0,external_node_path_.join)(live, 'snapshot-'));
        state.snapshot((0,external_node_path_.join)(root, CHECKPOINT_PATH));
        const outline = onSaved && state.outline();
        const outcome = await store.save(root, limits);
        if (outcome.kind === 'saved' && outline !== undefined)
            onSaved?.(outline, outcome.key);
        return outcome;
    }
    catch (error) {
        // Probably a full disk, which may have room again at the next checkpoint.
        return { kind: 'failed', cause: `the state could not be copied (${client_output_redacted((0,lib_errors/* reasonOf */.A3)(error), [])})` };
    }
    finally {
        // A copy that cannot be removed does not end the run: the next one empties the live directory.
        if (root)
            removeNow(root);
    }
}

;// CONCATENATED MODULE: ./lib/checkpoint/superseded.js
class SupersededCheckpoints {
    #options;
    #newest;
    /** Oldest first, without the newest. */
    #superseded = [];
    #isDenied = false;
    constructor(options) {
        this.#options = options;
    }
    /** The key of the newest checkpoint that this run saved. */
    get newest() {
        return this.#newest;
    }
    /** False without a token, or once GitHub has refused it. */
    get canDelete() {
        return this.#options.github !== undefined && !this.#isDenied;
    }
    /**
     * Notes that a checkpoint was saved, and deletes those that it replaces. A failed deletion is retried after the next
     * checkpoint. Never rejects.
     */
    async add(key, signal) {
        if (this.#newest !== undefined)
            this.#superseded = [...this.#superseded, this.#newest];
        this.#newest = key;
        const { github } = this.#options;
        if (github && !this.#isDenied)
            await this.#deleteSuperseded(github, signal);
    }
    async #deleteSuperseded(github, signal) {
        const { ref, log } = this.#options;
        for (const key of this.#superseded) {
            // https://docs.github.com/en/rest/actions/cache: deletes the entries with exactly this key.
            const query = { key, ...(ref === '' ? {} : { ref }) };
            const result = await github.request({ method: 'DELETE', path: 'actions/caches', query, signal });
            if (result.kind === 'denied') {
                this.#isDenied = true;
                log.info(`Earlier checkpoints of this run stay in the cache: the token lacks permission to delete cache entries (${result.cause}). ` +
                    'They use cache storage until GitHub evicts them. To have them deleted, give the job ' +
                    '"permissions: actions: write".');
                return;
            }
            if (result.kind === 'failed' || result.kind === 'rate-limited') {
                log.info(`Earlier checkpoints were not deleted: ${result.cause}. The deletion is retried after the next checkpoint.`);
                return;
            }
            // A missing entry has been evicted or deleted.
            this.#superseded = this.#superseded.filter((other) => other !== key);
            if (result.kind === 'ok')
                log.debug(`Deleted the superseded checkpoint ${key}`);
        }
    }
}

;// CONCATENATED MODULE: ./lib/checkpoint/checkpointer.js
/** Decides when to save checkpoints: in the background while evals run, without delaying them, and at the end. */





/** A save in the background that takes longer is abandoned. */
const MAX_SAVE_MS = 10 * 60_000;
/** Node fires a longer timer at once. The delay after failed saves may be longer. */
const MAX_TIMER_MS = 2 ** 31 - 1;
class Checkpointer {
    #options;
    #superseded;
    #schedule;
    /** The revision of the state and its journals that the last checkpoint contains. */
    #savedRevision;
    #isRunning = false;
    #timer;
    #saving;
    #abort = new AbortController();
    /** When the last save in the background began, in milliseconds since the epoch. */
    #beganAt = Date.now();
    #hasWarned = false;
    constructor(options) {
        this.#options = options;
        const { log, superseded, intervalMs = Number.POSITIVE_INFINITY } = options;
        this.#superseded = superseded ?? new SupersededCheckpoints({ github: undefined, ref: '', log });
        this.#schedule = new SaveSchedule(intervalMs);
        this.#savedRevision = this.#revision();
    }
    /** Starts to save a checkpoint after each interval in which something has changed. */
    start() {
        this.#isRunning = true;
        this.#scheduleNext();
    }
    /**
     * Saves in the background after a long eval, unless a save is running, the last one failed or took long, or old checkpoints cannot
     * be deleted and the interval has not passed.
     */
    saveSoon() {
        if (!this.#isRunning)
            return;
        if (this.#schedule.maySaveSoon(this.#superseded.canDelete, Date.now() - this.#beganAt))
            this.#saveIfChanged();
    }
    /** Stops saving in the background, and abandons a save that is running. */
    async stop() {
        this.#isRunning = false;
        clearTimeout(this.#timer);
        this.#abort.abort();
        await this.#saving;
    }
    /**
     * Stops saving in the background and saves the last checkpoint. A failure of the cache is a warning, never an error.
     * @param deadline aborted when there is no time left for the save
     */
    async finish(deadline) {
        // A save that is running contains less than the last one will.
        await this.stop();
        const { journals, log } = this.#options;
        journals.sealOpenSegments();
        if (this.#isSaved())
            return { key: this.#superseded.newest ?? '', complete: true };
        const outcome = await saveSnapshot(this.#options, deadline ? { signal: deadline } : {});
        if (outcome.kind === 'saved') {
            log.info(`Saved the checkpoint ${outcome.key}`);
            await this.#superseded.add(outcome.key, deadline);
        }
        else
            this.#reportUnsaved(outcome.kind, outcome.cause);
        return { key: this.#superseded.newest ?? '', complete: outcome.kind !== 'failed' };
    }
    /** Both numbers only grow, so their sum changes when one of them does. */
    #revision() {
        return this.#options.state.revision + this.#options.journals.revision;
    }
    #isSaved() {
        if (this.#superseded.newest === undefined)
            return this.#options.isUnchanged();
        return this.#revision() === this.#savedRevision;
    }
    #reportUnsaved(kind, cause) {
        const { log, knownUnavailable } = this.#options;
        if (kind === 'failed') {
            const { newest } = this.#superseded;
            log.warning(`The checkpoint was not saved: ${cause}. The results are not affected, but a re-run on another machine will ` +
                `resume from ${newest === undefined ? 'an earlier checkpoint' : `the checkpoint ${newest}`}.`, 'Checkpoint not saved');
        }
        else if (cause !== knownUnavailable) {
            log.info(`No checkpoint is saved: ${cause}. Only a re-run on this machine can resume from here.`);
        }
    }
    #scheduleNext() {
        clearTimeout(this.#timer);
        const { delayMs } = this.#schedule;
        if (this.#isRunning && Number.isFinite(delayMs))
            this.#timer = setTimeout(() => this.#saveIfChanged(), Math.min(delayMs, MAX_TIMER_MS));
    }
    #saveIfChanged() {
        if (this.#saving)
            return;
        if (this.#revision() === this.#savedRevision) {
            this.#scheduleNext();
            return;
        }
        this.#abort = new AbortController();
        this.#beganAt = Date.now();
        this.#saving = this.#saveInBackground(this.#abort.signal).finally(() => {
            this.#saving = undefined;
            this.#scheduleNext();
        });
    }
    async #saveInBackground(signal) {
        const { log, journals } = this.#options;
        const revision = this.#revision();
        const errors = journals.sealAll();
        for (const error of errors)
            log.debug(`A journal could not be sealed: ${(0,lib_errors/* reasonOf */.A3)(error)}`);
        const outcome = await saveSnapshot(this.#options, { signal, timeoutMs: MAX_SAVE_MS });
        const tookMs = Date.now() - this.#beganAt;
        if (outcome.kind === 'saved') {
            // Responses of a journal that could not be sealed are left for the next checkpoint.
            if (errors.length === 0)
                this.#savedRevision = revision;
            log.info(`Saved the checkpoint ${outcome.key} while evals are running`);
            await this.#superseded.add(outcome.key, signal);
            const { canDelete } = this.#superseded;
            this.#schedule.saved({ canDelete, tookMs, bytes: bytesOf(this.#options.state.paths) });
        }
        else if (outcome.kind === 'unavailable') {
            this.#isRunning = false;
        }
        else if (!signal.aborted) {
            this.#schedule.failed();
            const message = `A checkpoint could not be saved while evals were running: ${outcome.cause}. The evals are not affected, and the save is retried later.`;
            if (this.#hasWarned)
                log.info(message);
            else
                log.warning(message, 'Checkpoint not saved');
            this.#hasWarned = true;
        }
    }
}

;// CONCATENATED MODULE: ./lib/plan/assign-shards.js


function partOf({ evals }, shard) {
    if ((0,model_shard/* isWhole */.wP)(shard))
        return { evals, elsewhere: [] };
    const { index, count } = shard;
    const assigned = assignShards(evals, count);
    const isHere = ({ key }) => assigned.get(key) === index;
    const elsewhere = evals.filter((each) => !isHere(each)).map(({ key }) => key);
    return { evals: evals.filter(isHere), elsewhere };
}
/** The evals of each shard, in the order of the shards. */
function evalsOfShards({ evals }, count) {
    const assigned = assignShards(evals, count);
    const byShard = Map.groupBy(evals, ({ key }) => assigned.get(key));
    return Array.from({ length: count }, (_, at) => byShard.get(at + 1) ?? []);
}
/** What results say of the shard: nothing when it is the whole set. */
function shardOf(shard, { length }) {
    return (0,model_shard/* isWhole */.wP)(shard) ? {} : { shard: { ...shard, elsewhere: length } };
}
/**
 * The shard of each eval, from 1, by key. The evals with the most samples come first, and each goes to the shard that has the
 * fewest samples so far ("longest processing time first", Graham 1969): no shard gets more than 4/3 of what the best assignment
 * would give to its largest one.
 *
 * Every shard, on every machine and in every attempt, has to come to the same assignment. So it depends on the plan alone, and
 * neither on what is completed nor on how long an eval took.
 */
function assignShards(evals, count) {
    const largest = evals.toSorted((a, b) => weightOf(b) - weightOf(a) || (0,lib_text/* compareText */.n6)(a.key, b.key));
    const loads = Array.from({ length: count }, (_, at) => ({ shard: at + 1, samples: 0, evals: 0 }));
    const assigned = new Map();
    for (const each of largest) {
        const [least] = loads;
        if (!least)
            break;
        assigned.set(each.key, least.shard);
        least.samples += weightOf(each);
        least.evals += 1;
        sinkFirst(loads);
    }
    return assigned;
}
/** An eval without a known number of samples takes time as well. */
function weightOf({ samples }) {
    return Math.max(samples ?? 1, 1);
}
/** Moves the first load to its place in a binary heap whose other loads are in order. */
function sinkFirst(heap) {
    let at = 0;
    for (;;) {
        const [here, left, right] = [heap[at], heap[2 * at + 1], heap[2 * at + 2]];
        if (!here || !left)
            return;
        const [below, child] = right && isLess(right, left) ? [right, 2 * at + 2] : [left, 2 * at + 1];
        if (!isLess(below, here))
            return;
        heap[at] = below;
        heap[child] = here;
        at = child;
    }
}
/** Of two shards with as many samples, the one with fewer evals comes first: each eval takes time to start. */
function isLess(a, b) {
    return (a.samples - b.samples || a.evals - b.evals || a.shard - b.shard) < 0;
}

// EXTERNAL MODULE: ./lib/lines.js
var lib_lines = __webpack_require__(9304);
// EXTERNAL MODULE: ./node_modules/zod/v4/classic/schemas.js + 11 modules
var schemas = __webpack_require__(2857);
;// CONCATENATED MODULE: ./lib/progress/journal-line.js
/**
 * Lines of a journal segment. Each line is valid or damaged on its own:
 *
 *     {"crc":"9ae0daaf","journal":1,"eval":"…","repository":"…","fingerprint":"…","parts":{…},"made":1767225600000}
 *     {"crc":"1b2c3d4e","of":"<16 hex>","key":"<64 hex>","n":0,"status":200,"type":"application/json","usage":[9,3,0,0],"text":"…"}
 *     {"crc":"5f6a7b8c","of":"<16 hex>","stateful":1}
 *     {"crc":"9d0e1f2a","of":"<16 hex>","failed":"<64 hex>"}
 *
 * The first line of a segment is its header. It names the owner, and `made` (milliseconds since 1970) says which of two
 * segments is newer. Each further line contains a recorded response, marks the eval as stateful, or contains the hash of a way
 * in which the eval failed.
 *
 * `crc` is the CRC-32 of everything after it, so that a torn or damaged line costs only that line. `of` is the short form of
 * the owner, for segments whose header is damaged. `n` is the ordinal of the request among identical requests of the eval. The
 * body is `text`, `zstd` (compressed, Base64) where that is shorter, or `base64` where the body is not text. `adapted` lists
 * what was changed in the request, if anything. Of the user's data, only responses are recorded: no headers and no keys.
 */



/** No response of a model has a longer line. */
const journal_line_MAX_LINE_BYTES = 256 * 1024 * 1024;
/** The header of an eval with a thousand parts takes a thirtieth of this. */
const MAX_HEADER_BYTES = 4 * 1024 * 1024;
/** Compressing a shorter body takes more time than it saves. */
const MIN_COMPRESSED_BYTES = 2048;
const journal_line_PREFIX = Buffer.from('{"crc":"');
/** The checksum covers everything after `{"crc":"xxxxxxxx",`. */
const CHECKED_FROM = journal_line_PREFIX.length + 8 + 2;
/** A short hash of an owner. It tells owners apart, unless someone has constructed two with the same hash. */
function ownerTag({ eval: key, repository, fingerprint }) {
    return (0,external_node_crypto_.createHash)('sha256')
        .update(JSON.stringify([key, repository, fingerprint]))
        .digest('hex')
        .slice(0, 16);
}
/**
 * The id of a response in an index. It contains 96 bits of the key, which distinguish a million responses in a third of the
 * memory. `readResponse` compares the whole key.
 */
function indexKey(key, n) {
    return `${Buffer.from(key.slice(0, 24), 'hex').toString('latin1')}${n === 0 ? '' : n}`;
}
function headerLine({ eval: key, repository, fingerprint, parts }, made) {
    return checked({ journal: 1, eval: key, repository, fingerprint, parts, made });
}
function responseLine(of, key, n, response) {
    return checked({ of, key, n, ...journal_line_factsOf(response), ...packed(response.body) });
}
/** The line of a kept answer. A whole block of them is compressed (answer-block.ts), so the body by itself is not. */
function answerLine(of, { key, n, at, response }) {
    return checked({ of, key, n, at, ...journal_line_factsOf(response), ...journal_line_plain(response.body) });
}
function journal_line_factsOf({ status, type, usage, adaptations = [] }) {
    const counts = [usage.prompt, usage.completion, usage.cached, usage.reasoning];
    return { status, type, usage: counts, ...(adaptations.length === 0 ? {} : { adapted: adaptations }) };
}
function statefulLine(of) {
    return checked({ of, stateful: 1 });
}
function failedLine(of, signature) {
    return checked({ of, failed: signature });
}
/** Reads only the start of a line, which says what the line contains: a response may be large. */
function readLine(line) {
    if (!isIntact(line))
        return { kind: 'damaged' };
    const start = line.toString('latin1', CHECKED_FROM, CHECKED_FROM + 128);
    const [, tag, rest] = /^"of":"([0-9a-f]{16})",(.*)$/s.exec(start) ?? [];
    if (tag === undefined || rest === undefined)
        return { kind: 'unknown' };
    const [, key, n, at] = /^"key":"([0-9a-f]{64})","n":(\d{1,9}),(?:"at":(\d{1,15}),)?/.exec(rest) ?? [];
    if (key !== undefined) {
        const time = at === undefined ? undefined : Number(at);
        return { kind: 'response', tag, id: indexKey(key, Number(n)), at: time };
    }
    if (rest === '"stateful":1}')
        return { kind: 'stateful', tag };
    const [, signature] = /^"failed":"([0-9a-f]{64})"}$/.exec(rest) ?? [];
    return signature === undefined ? { kind: 'unknown', tag } : { kind: 'failed', tag, signature };
}
/** Reads an undamaged header; undefined when the line is not a header. */
function journal_line_readHeader(line) {
    if (line.length > MAX_HEADER_BYTES)
        return undefined;
    try {
        const { made, eval: key, ...rest } = headerSchema.parse(JSON.parse(line.toString('utf8')));
        const { repository, fingerprint, parts } = rest;
        return { owner: { eval: key, repository, fingerprint, parts }, made };
    }
    catch {
        return undefined;
    }
}
/** The response in a line, if the line is undamaged and responds to this request. */
function readResponse(line, key, n) {
    const entry = readAnswer(line);
    return entry?.key === key && entry.n === n ? entry.response : undefined;
}
/** The response in an undamaged line, with its request. `at` is 0 in a line that does not have it. */
function readAnswer(line) {
    if (!isIntact(line))
        return undefined;
    try {
        const entry = responseSchema.parse(JSON.parse(line.toString('utf8')));
        const [prompt, completion, cached, reasoning] = entry.usage;
        const { key, n, at, status, type, adapted: adaptations } = entry;
        const usage = { prompt, completion, cached, reasoning };
        const more = adaptations.length > 0 ? { adaptations } : {};
        return { key, n, at, response: { status, type, body: unpacked(entry), usage, ...more } };
    }
    catch {
        return undefined;
    }
}
/** A line with its checksum. */
function checked(fields) {
    const rest = JSON.stringify(fields).slice(1);
    const crc = (0,external_node_zlib_.crc32)(rest).toString(16).padStart(8, '0');
    return Buffer.from(`{"crc":"${crc}",${rest}\n`);
}
/** Whether the checksum of a line is right. */
function isIntact(line) {
    if (line.length < CHECKED_FROM + 2 || line.compare(journal_line_PREFIX, 0, journal_line_PREFIX.length, 0, journal_line_PREFIX.length) !== 0)
        return false;
    const crc = line.toString('latin1', journal_line_PREFIX.length, journal_line_PREFIX.length + 8);
    return /^[0-9a-f]{8}$/.test(crc) && Number.parseInt(crc, 16) === (0,external_node_zlib_.crc32)(line.subarray(CHECKED_FROM));
}
const headerSchema = schemas/* object */.Ikc({
    journal: schemas/* literal */.euz(1),
    eval: schemas/* string */.YjP(),
    repository: schemas/* string */.YjP(),
    fingerprint: schemas/* string */.YjP(),
    parts: schemas/* record */.g1P(schemas/* string */.YjP(), schemas/* string */.YjP()),
    // Earlier versions did not write it, so their segments count as older than all others.
    made: schemas/* int */.Whr().nonnegative().default(0),
});
const tokens = schemas/* int */.Whr().nonnegative();
const adaptation = schemas/* union */.KCZ([
    schemas/* object */.Ikc({ model: schemas/* string */.YjP(), param: schemas/* string */.YjP(), value: schemas/* string */.YjP(), renamedTo: schemas/* null */.chJ() }),
    schemas/* object */.Ikc({ model: schemas/* string */.YjP(), param: schemas/* string */.YjP(), value: schemas/* null */.chJ(), renamedTo: schemas/* string */.YjP() }),
]);
const responseSchema = schemas/* object */.Ikc({
    key: schemas/* string */.YjP().regex(/^[0-9a-f]{64}$/),
    n: schemas/* int */.Whr().nonnegative(),
    at: schemas/* int */.Whr().nonnegative().default(0),
    status: schemas/* int */.Whr().min(200).max(299),
    type: schemas/* string */.YjP().max(1024),
    usage: schemas/* tuple */.PVZ([tokens, tokens, tokens, tokens]),
    adapted: schemas/* array */.YOg(adaptation).default([]),
    text: schemas/* string */.YjP().optional(),
    zstd: schemas/* string */.YjP().optional(),
    base64: schemas/* string */.YjP().optional(),
});
function packed(body) {
    if (body.length >= MIN_COMPRESSED_BYTES) {
        const zstd = (0,external_node_zlib_.zstdCompressSync)(body);
        if (zstd.length * 4 < body.length * 3 * 0.9)
            return { zstd: zstd.toString('base64') };
    }
    return journal_line_plain(body);
}
function journal_line_plain(body) {
    const text = body.toString('utf8');
    return Buffer.from(text).equals(body) ? { text } : { base64: body.toString('base64') };
}
function unpacked({ text, zstd, base64 }) {
    if (text !== undefined)
        return Buffer.from(text);
    if (zstd === undefined)
        return Buffer.from(base64 ?? '', 'base64');
    return (0,external_node_zlib_.zstdDecompressSync)(Buffer.from(zstd, 'base64'), { maxOutputLength: journal_line_MAX_LINE_BYTES });
}

;// CONCATENATED MODULE: ./lib/progress/journal-header.js


/** The header of a segment, or of a file of kept answers; undefined when its first line is none, or is damaged. */
function headerOfFile(path) {
    const first = firstLineOf(path);
    return first && readLine(first).kind === 'unknown' ? journal_line_readHeader(first) : undefined;
}
function firstLineOf(path) {
    try {
        for (const { bytes } of (0,lib_lines/* linesOfFileSync */.gL)(path, MAX_HEADER_BYTES))
            return bytes;
    }
    catch (error) {
        if (!(error instanceof lib_lines/* LineTooLong */.dq))
            throw error;
    }
    return undefined;
}

;// CONCATENATED MODULE: ./lib/progress/journal-segment.js
/**
 * The files of a journal: `1.jsonl`, `2.jsonl`, …. One segment, in `.live/`, is open and appended to. The others, in
 * `.resume/journal/`, are sealed and never change.
 */




function sealedDirectory(paths, evalKey) {
    return (0,external_node_path_.join)(paths.journal, evalFileStem(evalKey));
}
function liveDirectory(paths, evalKey) {
    return (0,external_node_path_.join)(liveJournals(paths), evalFileStem(evalKey));
}
function liveJournals(paths) {
    return (0,external_node_path_.join)(paths.live, 'journal');
}
function createSegment(directory, made) {
    makeDirectory(directory);
    const path = (0,external_node_path_.join)(directory, `${lastNumber(directory) + 1}.jsonl`);
    return { path, made, file: (0,external_node_fs_.openSync)(path, 'wx+', PRIVATE_FILE), size: 0 };
}
/** Appends a line. It overwrites what a failed write may have left after the end of the segment. */
function writeLine(segment, line) {
    let written = 0;
    while (written < line.length) {
        written += (0,external_node_fs_.writeSync)(segment.file, line, written, line.length - written, segment.size + written);
    }
    segment.size += line.length;
}
/** Moves the open segment into the directory of sealed segments. */
function sealSegment(segment, directory) {
    (0,external_node_fs_.fsyncSync)(segment.file);
    makeDirectory(directory);
    const path = (0,external_node_path_.join)(directory, `${lastNumber(directory) + 1}.jsonl`);
    (0,external_node_fs_.renameSync)(segment.path, path);
    segment.path = path;
    (0,external_node_fs_.closeSync)(segment.file);
}
/** Seals the segments of one eval that an earlier process left open. */
function sealLiveDirectory(paths, name) {
    const files = segmentFiles((0,external_node_path_.join)(liveJournals(paths), name));
    if (files.length === 0)
        return;
    const sealed = (0,external_node_path_.join)(paths.journal, name);
    makeDirectory(sealed);
    let number = lastNumber(sealed);
    for (const { path } of files) {
        number += 1;
        (0,external_node_fs_.renameSync)(path, (0,external_node_path_.join)(sealed, `${number}.jsonl`));
    }
}
/** Removes directories of journals, and their parent directory when it is empty afterwards. */
function removeJournalDirectories(paths) {
    for (const path of paths)
        (0,external_node_fs_.rmSync)(path, { recursive: true, force: true });
    for (const root of new Set(paths.map((path) => (0,external_node_path_.join)(path, '..')))) {
        try {
            (0,external_node_fs_.rmdirSync)(root);
        }
        catch {
            // Other evals have journals there.
        }
    }
}
/** Returns fewer bytes at the end of the file, and undefined when the file is gone. */
function readAt(segment, offset, length) {
    const bytes = Buffer.allocUnsafe(length);
    let file;
    try {
        file = (0,external_node_fs_.openSync)(segment.path, 'r');
        return bytes.subarray(0, (0,external_node_fs_.readSync)(file, bytes, 0, length, offset));
    }
    catch {
        return undefined;
    }
    finally {
        if (file !== undefined)
            (0,external_node_fs_.closeSync)(file);
    }
}
/**
 * Segments in a directory in the order of their numbers. Any other entry is ignored.
 * @param most stops one segment after this many
 */
function segmentFiles(directory, most = Number.POSITIVE_INFINITY) {
    return directories_entriesOf(directory, most, (entry) => entry.isFile() && /^[1-9]\d{0,8}\.jsonl$/.test(entry.name))
        .map((name) => ({ path: (0,external_node_path_.join)(directory, name), number: Number.parseInt(name, 10) }))
        .sort((a, b) => a.number - b.number);
}
function lastNumber(directory) {
    return segmentFiles(directory).at(-1)?.number ?? 0;
}
/**
 * Names of the journals in a directory: those of the directories of its evals.
 * @param most stops one name after this many
 */
function journalNames(root, most = Number.POSITIVE_INFINITY) {
    return directories_entriesOf(root, most, (entry) => entry.isDirectory()).sort();
}

;// CONCATENATED MODULE: ./lib/progress/adopt-segments.js
/** Adds the sealed journal segments of one state to another. Nothing in the other state is trusted. */







/** @returns what was left out; undefined when nothing was */
function adoptSegments(from, to, { repository, evals }, limits) {
    const wanted = evals && new Set(evals.map(evalFileStem));
    const names = journalNames(from.journal, limits.journals);
    if (names.length > limits.journals)
        return `more than ${limits.journals} journals`;
    let excessive = 0;
    let foreign = 0;
    for (const name of names.filter((it) => wanted?.has(it) ?? true)) {
        const theirs = segmentFiles((0,external_node_path_.join)(from.journal, name), limits.segments);
        if (theirs.length > limits.segments) {
            excessive += 1;
            continue;
        }
        const own = theirs.filter(({ path }) => isSegmentOf(path, name, repository));
        foreign += theirs.length - own.length;
        if (own.length > 0)
            addSegments(own, (0,external_node_path_.join)(to.journal, name));
    }
    const reasons = [
        ...(excessive > 0 ? [`journals with more than ${limits.segments} segments (${excessive})`] : []),
        ...(foreign > 0 ? [`files that are not journals of their evals (${foreign})`] : []),
    ];
    return reasons.length === 0 ? undefined : reasons.join(' and ');
}
/** Whether the header of a segment names this eval, whatever content of it the responses belong to. */
function isSegmentOf(path, evalStem, repository) {
    const owner = headerOfFile(path)?.owner;
    return owner?.repository === repository && evalFileStem(owner.eval) === evalStem;
}
function addSegments(theirs, target) {
    const present = new FileContents(segmentFiles(target).map(({ path }) => path));
    let number = lastNumber(target);
    for (const { path } of theirs) {
        if (present.has(path))
            continue;
        number += 1;
        makeDirectory(target);
        const added = (0,external_node_path_.join)(target, `${number}.jsonl`);
        linkOrCopy(path, added);
        (0,external_node_fs_.chmodSync)(added, PRIVATE_FILE);
    }
}
/** The contents of some files. Reads only files of the same size, and each of them once. */
class FileContents {
    #bySize;
    #checksums = new Map();
    constructor(paths) {
        this.#bySize = Map.groupBy(paths, (path) => (0,external_node_fs_.lstatSync)(path).size);
    }
    /** Whether one of them has the same content as this file. */
    has(path) {
        const { size } = (0,external_node_fs_.lstatSync)(path);
        const sameSize = this.#bySize.get(size);
        if (!sameSize)
            return false;
        const checksums = this.#checksums.get(size) ?? new Set(sameSize.map(checksumOfFile));
        this.#checksums.set(size, checksums);
        return checksums.has(checksumOfFile(path));
    }
}

;// CONCATENATED MODULE: ./lib/progress/segment-index.js
/** Reads one segment of a journal and lists where its responses are. The responses themselves may be larger than memory. */


/** A failing disk damages far fewer lines of a segment. */
const MAX_DAMAGED = 1000;
function ownership(owner) {
    const fingerprints = new Set([owner.fingerprint, ...(owner.formerFingerprints ?? [])]);
    const tags = new Set([...fingerprints].map((fingerprint) => ownerTag({ ...owner, fingerprint })));
    return { owner, fingerprints, tags };
}
/** @param maxLines more lines make the segment excessive */
function indexSegment(segment, owner, maxLines) {
    const reader = new SegmentReader(segment, owner, maxLines);
    try {
        for (const { bytes, offset } of (0,lib_lines/* linesOfFileSync */.gL)(segment.path, journal_line_MAX_LINE_BYTES)) {
            const unused = reader.read(bytes, offset);
            if (unused)
                return unused;
        }
    }
    catch (error) {
        if (isUnreadable(error))
            return reader.unused('foreign');
        if (!(error instanceof lib_lines/* LineTooLong */.dq))
            throw error;
        // Nothing after this line can be read, because its end is unknown.
        reader.countDamaged();
    }
    return reader.end();
}
class SegmentReader {
    #segment;
    #ownership;
    #maxLines;
    #responses = new Map();
    #failures = [];
    /** Whether a line has shown that the segment belongs to the owner. */
    #isOwn = false;
    #made = 0;
    #stateful = false;
    #lines = 0;
    #damaged = 0;
    constructor(segment, owner, maxLines) {
        this.#segment = segment;
        this.#ownership = owner;
        this.#maxLines = maxLines;
    }
    /** @returns why the segment is not used, as soon as that is known */
    read(bytes, offset) {
        this.#lines += 1;
        if (this.#lines > this.#maxLines || this.#damaged > MAX_DAMAGED)
            return this.unused('excessive');
        const line = readLine(bytes);
        if (line.kind === 'damaged') {
            this.#damaged += 1;
        }
        else if (line.tag !== undefined && this.#ownership.tags.has(line.tag)) {
            this.#isOwn = true;
            if (line.kind === 'response')
                this.#responses.set(line.id, { segment: this.#segment, offset, length: bytes.length });
            else if (line.kind === 'stateful')
                this.#stateful = true;
            else if (line.kind === 'failed')
                this.#failures.push(line.signature);
            else
                this.#damaged += 1;
        }
        else if (this.#isOwn) {
            // Lines of another owner between lines of this one are not used.
            this.#damaged += 1;
        }
        else {
            return this.#readHeader(bytes);
        }
        return undefined;
    }
    countDamaged() {
        this.#damaged += 1;
    }
    end() {
        // Without a line of its own, the segment was torn within its header, or nothing in it was ever a journal.
        if (!this.#isOwn)
            return this.unused(this.#damaged > 1 ? 'foreign' : 'empty');
        return {
            kind: 'own',
            responses: this.#responses,
            made: this.#made,
            stateful: this.#stateful,
            failures: this.#failures,
            lines: this.#lines,
            damaged: this.#damaged,
        };
    }
    unused(kind, parts) {
        return { kind, damaged: this.#damaged, ...(parts && { parts }) };
    }
    #readHeader(bytes) {
        const { owner, fingerprints } = this.#ownership;
        const header = journal_line_readHeader(bytes);
        if (header?.owner.eval !== owner.eval || header.owner.repository !== owner.repository)
            return this.unused('foreign');
        if (!fingerprints.has(header.owner.fingerprint))
            return this.unused('stale', header.owner.parts);
        this.#isOwn = true;
        this.#made = header.made;
        return undefined;
    }
}
function isUnreadable(error) {
    return ['EACCES', 'EPERM', 'EIO'].includes(error.code ?? '');
}

;// CONCATENATED MODULE: ./lib/progress/journal-index.js

class JournalIndex {
    /** By the id of the response. */
    locations = new Map();
    /** Hashes of the ways in which the eval failed. */
    failures = new Set();
    segments = new Set();
    /** Paths of segments that are not of this eval. */
    foreign = [];
    /** Paths of segments that are larger than a segment can be. */
    excessive = [];
    /** Paths of segments that are of other content of this eval, or empty. */
    useless = [];
    /** When the newest segment was created, in milliseconds since 1970. */
    newest = 0;
    stateful = false;
    /** Number of damaged lines. */
    damaged = 0;
    /** Parts of the content that the first stale segment belonged to. */
    staleParts;
    #lines = 0;
    /** Number of responses that can be replayed: none of an eval that starts over. */
    get replayable() {
        return this.stateful ? 0 : this.locations.size;
    }
    /** Reads each segment once. Changes nothing on disk. */
    static read(paths, owner, maxLines) {
        const index = new JournalIndex();
        for (const path of paths) {
            const segment = { path, made: 0 };
            const found = indexSegment(segment, owner, maxLines - index.#lines);
            index.damaged += found.damaged;
            if (found.kind === 'own')
                index.#add(segment, found);
            else
                index.#leaveOut(path, found);
        }
        return index;
    }
    #add(segment, found) {
        this.#lines += found.lines;
        this.segments.add(segment);
        segment.made = found.made;
        this.newest = Math.max(this.newest, found.made);
        this.stateful ||= found.stateful;
        for (const failure of found.failures)
            this.failures.add(failure);
        for (const [id, location] of found.responses) {
            const other = this.locations.get(id);
            // The number of a segment does not say which is newer: segments of another machine are renumbered when they are adopted.
            if (!other || other.segment.made <= found.made)
                this.locations.set(id, location);
        }
    }
    #leaveOut(path, { kind, parts }) {
        if (kind === 'foreign')
            this.foreign.push(path);
        else if (kind === 'excessive')
            this.excessive.push(path);
        else
            this.useless.push(path);
        if (kind === 'stale')
            this.staleParts ??= parts;
    }
}

;// CONCATENATED MODULE: ./lib/progress/count-replayable.js




/** Number of responses that `Journal.open` would find in the sealed segments of an eval. Changes nothing on disk. */
function countReplayable(paths, owner, limits) {
    const files = segmentFiles(sealedDirectory(paths, owner.eval), limits.segments).map(({ path }) => path);
    const bytes = files.reduce((sum, path) => sum + (0,external_node_fs_.lstatSync)(path).size, 0);
    // A larger journal is quarantined when it is opened.
    if (files.length > limits.segments || bytes > limits.bytes)
        return 0;
    return JournalIndex.read(files, ownership(owner), limits.lines).replayable;
}

;// CONCATENATED MODULE: ./lib/progress/hash.js

/** SHA-256, hex. */
function sha256(text) {
    return (0,external_node_crypto_.createHash)('sha256').update(text).digest('hex');
}

;// CONCATENATED MODULE: ./lib/progress/journal-limits.js
const JOURNAL_LIMITS = {
    segments: 8192,
    lines: 2_000_000,
    bytes: 8 * 1024 ** 3,
    // No eval set has half as many evals.
    journals: 50_000,
};

;// CONCATENATED MODULE: ./lib/progress/unused-segments.js


const TOO_LARGE = 'it is larger than a journal can be';
/** Quarantines the segments of a journal that no version of the action can have written there. */
function quarantineUnused({ foreign, excessive }, paths) {
    const reasons = [
        [foreign, 'it is not a journal of this eval'],
        [excessive, TOO_LARGE],
    ];
    return reasons
        .filter(([segments]) => segments.length > 0)
        .map(([segments, why]) => ({
        path: quarantineTogether(segments, new Date(), stateFolder(paths)),
        why,
    }));
}

;// CONCATENATED MODULE: ./lib/progress/journal.js
/**
 * The journal of an eval that has not completed: every response that it received, so that no response is paid for twice.
 *
 * A journal is a directory of segments (journal-segment.ts). Each segment is a file of lines (journal-line.ts).
 */










class Journal {
    #options;
    #limits;
    #paths;
    #owner;
    #tag;
    /** Its `segments` are those that existed when the journal was opened; its other fields include what was recorded since. */
    #index;
    #live;
    /** Size of all segments, in bytes. */
    #size;
    /** Number of responses that could be replayed when the journal was closed. */
    #closedWith;
    constructor(paths, owner, options, index, size) {
        this.#paths = paths;
        this.#owner = owner;
        this.#tag = ownerTag(owner);
        this.#options = options;
        this.#limits = options.limits ?? JOURNAL_LIMITS;
        this.#index = index;
        this.#size = size;
    }
    /** Opens the journal of an eval, with all responses that were recorded for the same content. */
    static open(paths, owner, options = {}) {
        const { limits = JOURNAL_LIMITS } = options;
        sealLiveDirectory(paths, evalFileStem(owner.eval));
        const directory = sealedDirectory(paths, owner.eval);
        const files = segmentFiles(directory, limits.segments).map(({ path }) => path);
        const size = files.reduce((sum, path) => sum + (0,external_node_fs_.lstatSync)(path).size, 0);
        if (files.length > limits.segments || size > limits.bytes) {
            const path = quarantine(directory, new Date(), stateFolder(paths));
            const journal = new Journal(paths, owner, options, new JournalIndex(), 0);
            return { journal, staleParts: undefined, damaged: 0, rejected: [{ path, why: TOO_LARGE }] };
        }
        const index = JournalIndex.read(files, ownership(owner), limits.lines);
        for (const path of index.useless)
            (0,external_node_fs_.rmSync)(path, { force: true });
        const { staleParts, damaged } = index;
        const journal = new Journal(paths, owner, options, index, size);
        return { journal, staleParts, damaged, rejected: quarantineUnused(index, paths) };
    }
    /** Number of responses that can be replayed. */
    get size() {
        return this.#index.locations.size;
    }
    /** Number of responses that the eval will replay when it runs again. Known after `close`, too. */
    get replayable() {
        return this.#closedWith ?? this.#index.replayable;
    }
    /** The response to the `n`-th (from 0) request with this key, if it is recorded and undamaged. */
    find(key, n) {
        const location = this.#index.locations.get(indexKey(key, n));
        const line = location && readAt(location.segment, location.offset, location.length);
        return line && readResponse(line, key, n);
    }
    /**
     * The same, with the time after which it was recorded: that of its segment, because lines have none. So an answer is at
     * most as old as it seems.
     */
    answer(key, n) {
        const response = this.find(key, n);
        const at = this.#index.locations.get(indexKey(key, n))?.segment.made ?? 0;
        return response && { key, n, at, response };
    }
    /** Whether a response is recorded. Reads no file. */
    has(key, n) {
        return this.#index.locations.has(indexKey(key, n));
    }
    /** Whether the response that `find` returns was recorded before this journal was opened, so that an earlier run paid for it. */
    isEarlier(key, n) {
        const location = this.#index.locations.get(indexKey(key, n));
        return location !== undefined && this.#index.segments.has(location.segment);
    }
    /**
     * Records a response, which replaces an earlier one to the same request. When this returns, the response outlives the
     * process. A journal at its maximum size records nothing more. Throws what the file system throws.
     */
    append(key, n, response) {
        if (this.size >= this.#limits.lines / 2 || this.#size >= this.#limits.bytes / 2)
            return;
        const line = responseLine(this.#tag, key, n, response);
        const segment = this.#write(line);
        const offset = segment.size - line.length;
        this.#index.locations.set(indexKey(key, n), { segment, offset, length: line.length - 1 });
    }
    /** Stops replaying a response, until another one is recorded or the journal is opened again. */
    forget(key, n) {
        this.#index.locations.delete(indexKey(key, n));
    }
    /** Whether the eval has created something at the API, such as a conversation, and starts over when it runs again. */
    get stateful() {
        return this.#index.stateful;
    }
    /** Records that the eval creates something at the API. When this returns, the mark outlives the process. */
    markStateful() {
        if (this.#index.stateful)
            return;
        this.#write(statefulLine(this.#tag));
        this.#index.stateful = true;
    }
    /** Records that the eval failed in this way although none of its responses was replayed. */
    markFailed(signature) {
        const hash = sha256(signature);
        if (this.#index.failures.has(hash))
            return;
        this.#write(failedLine(this.#tag, hash));
        this.#index.failures.add(hash);
    }
    failedWith(signature) {
        return this.#index.failures.has(sha256(signature));
    }
    /**
     * Ends the open segment and moves it to where checkpoints include it. The next line begins a new segment. When the journal
     * has as many segments as it may have, the segment stays open until the journal is opened again.
     */
    seal() {
        const directory = sealedDirectory(this.#paths, this.#owner.eval);
        if (!this.#live || segmentFiles(directory).length >= this.#limits.segments / 2)
            return;
        sealSegment(this.#live, directory);
        this.#live = undefined;
        this.#options.onSegmentEnded?.(this);
    }
    /** Closes its file. An open segment stays live, and is sealed when the state is opened next. */
    close() {
        if (this.#live)
            (0,external_node_fs_.closeSync)(this.#live.file);
        this.#live = undefined;
        this.#options.onSegmentEnded?.(this);
        this.#closedWith ??= this.#index.replayable;
        this.#index.locations.clear();
    }
    /** Deletes every response and every mark. New ones can be recorded. */
    drop() {
        this.close();
        this.#closedWith = undefined;
        this.#index.failures.clear();
        this.#index.stateful = false;
        this.#size = 0;
        removeJournalDirectories([
            sealedDirectory(this.#paths, this.#owner.eval),
            liveDirectory(this.#paths, this.#owner.eval),
        ]);
    }
    #write(line) {
        if (!this.#live) {
            // Never before an existing segment, even if the clock was set back: the response that was recorded last counts.
            this.#index.newest = Math.max(this.#index.newest, Date.now());
            const segment = createSegment(liveDirectory(this.#paths, this.#owner.eval), this.#index.newest);
            this.#live = segment;
            this.#append(segment, headerLine(this.#owner, this.#index.newest));
        }
        this.#append(this.#live, line);
        this.#options.onRecorded?.(this);
        return this.#live;
    }
    #append(segment, line) {
        writeLine(segment, line);
        this.#size += line.length;
    }
}

;// CONCATENATED MODULE: ./lib/progress/journals.js
/** The journals of all evals of one state. */







/**
 * Opens the journals of one state, and knows which of them have an open segment. Only one process at a time uses the journals
 * of a state.
 */
class Journals {
    #paths;
    #limits;
    #recording = new Set();
    /** By eval. */
    #opened = new Map();
    /** By eval: what `replayable` found on disk. */
    #counted = new Map();
    #revision = 0;
    constructor(paths, limits = JOURNAL_LIMITS) {
        this.#paths = paths;
        this.#limits = limits;
    }
    /** Grows with every line that is recorded in a journal of this object. */
    get revision() {
        return this.#revision;
    }
    /** Number of journals that have an open segment: they were not sealed, closed or dropped since their last line. */
    get openSegments() {
        return this.#recording.size;
    }
    /** Opens the journal of an eval, with all responses that were recorded for the same content. */
    open(owner) {
        const opened = Journal.open(this.#paths, owner, {
            limits: this.#limits,
            onRecorded: (journal) => {
                this.#revision += 1;
                this.#recording.add(journal);
            },
            onSegmentEnded: (journal) => this.#recording.delete(journal),
        });
        this.#opened.set(owner.eval, opened.journal);
        return opened;
    }
    /** Number of recorded responses that the eval will replay when it runs next. Changes nothing on disk. */
    replayable(owner) {
        const opened = this.#opened.get(owner.eval);
        if (opened)
            return opened.replayable;
        const count = this.#counted.get(owner.eval) ?? countReplayable(this.#paths, owner, this.#limits);
        this.#counted.set(owner.eval, count);
        return count;
    }
    /**
     * Seals the open segments, so that a checkpoint includes their responses. A segment that cannot be sealed stays open.
     * @returns why segments could not be sealed; empty when all are sealed
     */
    sealAll() {
        const errors = [];
        for (const journal of [...this.#recording]) {
            try {
                journal.seal();
            }
            catch (error) {
                errors.push(error);
            }
        }
        return errors;
    }
    /** Seals the segments that an earlier process left open. */
    sealOpenSegments() {
        for (const name of journalNames(liveJournals(this.#paths)))
            sealLiveDirectory(this.#paths, name);
    }
    /** Deletes the journals of all other evals: they are completed, or no longer in the set. */
    retain(evalKeys) {
        const retained = new Set(evalKeys.map(evalFileStem));
        for (const key of this.#counted.keys())
            if (!retained.has(evalFileStem(key)))
                this.#counted.delete(key);
        for (const root of [this.#paths.journal, liveJournals(this.#paths)]) {
            removeJournalDirectories(journalNames(root)
                .filter((name) => !retained.has(name))
                .map((name) => (0,external_node_path_.join)(root, name)));
        }
    }
    /**
     * Adds the sealed segments of another state that are not here yet. The order of adoptions does not decide which of two
     * responses to one request counts, because each segment says when it was created.
     * @returns what was left out; undefined when nothing was
     */
    adopt(from, adoption) {
        return adoptSegments(from, this.#paths, adoption, this.#limits);
    }
}

;// CONCATENATED MODULE: ./lib/progress/unwritable.js

/** The error of a state directory that cannot be read or written. An ActionError is returned unchanged. */
function unwritable(root, error) {
    if (error instanceof lib_errors/* ActionError */.lZ)
        return error;
    return new lib_errors/* ActionError */.lZ('STATE_UNWRITABLE', `The state directory ${root} cannot be read or written: ${(0,lib_errors/* reasonOf */.A3)(error)}.`, 'Free some disk space, repair its permissions, or set state-directory to a directory that the runner can write to. What was already recorded is not lost.', { cause: error });
}

;// CONCATENATED MODULE: ./lib/progress/state-directory.js
/**
 * Decides whether a state directory may be used. Its files decide what runs and what counts as completed, so no other user of
 * the machine may be able to write to it. A parent that every user may write to, such as /tmp, is safe because of its sticky
 * bit.
 */








/**
 * Rejects a state directory that other users could write to. Creates nothing, and reads nothing in the directory.
 * @throws ActionError STATE_NOT_OURS when another user owns the directory, can write to it, or owns a link in its path;
 * STATE_UNWRITABLE when the directory cannot exist there
 */
function requireOwnState(paths) {
    const user = process.geteuid?.();
    // On Windows files have no such owner.
    if (user === undefined)
        return;
    try {
        rejectLinksOfOthers(paths.root, user);
        for (const directory of directoriesOf(paths)) {
            const stats = (0,external_node_fs_.statSync)(directory, { throwIfNoEntry: false });
            if (!stats)
                return;
            rejectOthers(directory, stats, paths.root, user);
        }
    }
    catch (error) {
        throw unwritable(paths.root, error);
    }
}
/**
 * Creates the state directory. One that exists is made private to this user.
 * @throws ActionError as `requireOwnState`
 */
function claimStateDirectory(paths) {
    requireOwnState(paths);
    try {
        for (const directory of directoriesOf(paths))
            makeDirectory(directory);
        // Another user may have created it first.
        requireOwnState(paths);
        if (process.geteuid)
            tighten(paths);
    }
    catch (error) {
        throw unwritable(paths.root, error);
    }
}
/** The state directory, and the directories below it for a model with `/` in its name. */
function directoriesOf(paths) {
    return [paths.root, ...directoriesBetween(paths.root, stateFolder(paths))];
}
function rejectOthers(directory, stats, root, user) {
    if (stats.uid !== user && stats.uid !== ownerOfNewFile(directory)) {
        throw notOurs(root, `${directory} belongs to another user of this machine (uid ${stats.uid}; this job runs as uid ${user})`, 'Ask its owner to remove it, or set state-directory to a directory that belongs to this user or does not exist yet. If ' +
            'the containers of this job run as different users, run them as the same user.');
    }
    if (isWritableByAll(stats)) {
        throw notOurs(root, `every user of this machine may write to ${directory} (mode ${modeOf(stats)})`, isSticky(stats)
            ? `Set state-directory to a new directory, such as ${(0,external_node_path_.join)(directory, 'oaievalset')}.`
            : `Remove it, or set state-directory to a directory that does not exist yet. If you trust its content, run "chmod 700 ${directory}" instead.`);
    }
}
/** Network file systems and virtual machines may give one owner to every new file. Then an owner says nothing. */
function ownerOfNewFile(directory) {
    const path = (0,external_node_path_.join)(directory, `.owner-${(0,external_node_crypto_.randomBytes)(6).toString('hex')}`);
    try {
        (0,external_node_fs_.writeFileSync)(path, '', { flag: 'wx', mode: PRIVATE_FILE });
        return (0,external_node_fs_.lstatSync)(path).uid;
    }
    catch {
        return undefined;
    }
    finally {
        (0,external_node_fs_.rmSync)(path, { force: true });
    }
}
/** Earlier versions of the action, and plain oaievalset, made directories and files that every user can read. */
function tighten(paths) {
    for (const directory of directoriesOf(paths)) {
        if (((0,external_node_fs_.statSync)(directory).mode & 0o077) !== 0 && containsOnlyState(directory, paths))
            (0,external_node_fs_.chmodSync)(directory, PRIVATE_DIRECTORY);
    }
    const { progressFile, resume, live } = paths;
    for (const path of [progressFile, resume, live]) {
        const stats = (0,external_node_fs_.lstatSync)(path, { throwIfNoEntry: false });
        // A link is not followed. Entries of a wrong kind are quarantined when the state is loaded.
        if (!stats || stats.isSymbolicLink())
            continue;
        const mode = stats.isDirectory() ? PRIVATE_DIRECTORY : PRIVATE_FILE;
        if ((stats.mode & 0o777 & ~mode) !== 0)
            (0,external_node_fs_.chmodSync)(path, mode);
    }
}
/** The user may set state-directory to any directory. One that has other entries keeps its mode, because others may need it. */
function containsOnlyState(directory, paths) {
    const below = new Set(directoriesBetween(paths.root, stateFolder(paths)));
    return (0,external_node_fs_.readdirSync)(directory).every((name) => STATE_ENTRY.test(name) || below.has((0,external_node_path_.join)(directory, name)) || isQuarantined(name));
}
const STATE_ENTRY = /^\.lock-|\.(progress\.txt|resume|live|lock)$/;
/** A link decides which directory is used, so its owner must be this user or root. */
function rejectLinksOfOthers(root, user) {
    const rest = parts(root);
    let at = (0,external_node_path_.parse)((0,external_node_path_.resolve)(root)).root;
    for (let links = 0; rest.length > 0;) {
        const path = (0,external_node_path_.join)(at, rest.shift() ?? '');
        const stats = (0,external_node_fs_.lstatSync)(path, { throwIfNoEntry: false });
        if (!stats)
            return;
        if (!stats.isSymbolicLink()) {
            at = path;
            continue;
        }
        links += 1;
        if (stats.uid !== user && stats.uid !== 0) {
            throw notOurs(root, `its path contains ${path}, a link of another user of this machine (uid ${stats.uid})`, 'Remove the link, or set state-directory to a path that contains no link of another user.');
        }
        if (links > MAX_LINKS)
            return;
        const target = (0,external_node_path_.resolve)(at, (0,external_node_fs_.readlinkSync)(path));
        rest.unshift(...parts(target));
        at = (0,external_node_path_.parse)(target).root;
    }
}
/** Linux follows no more. With more links, the next system call fails and says so. */
const MAX_LINKS = 40;
function parts(path) {
    const whole = (0,external_node_path_.resolve)(path);
    return (0,external_node_path_.relative)((0,external_node_path_.parse)(whole).root, whole)
        .split(external_node_path_.sep)
        .filter((part) => part !== '');
}
/** The directories below `root` down to `directory`. */
function directoriesBetween(root, directory) {
    const found = [];
    for (let at = directory; at !== root && at !== (0,external_node_path_.dirname)(at); at = (0,external_node_path_.dirname)(at))
        found.unshift(at);
    return found;
}
function isWritableByAll({ mode }) {
    return (mode & 0o002) !== 0;
}
/** As in /tmp, a user who may write to the directory may not remove entries of other users. */
function isSticky({ mode }) {
    return (mode & 0o1000) !== 0;
}
function modeOf({ mode }) {
    return (mode & 0o7777).toString(8).padStart(4, '0');
}
function notOurs(root, why, next) {
    return new lib_errors/* ActionError */.lZ('STATE_NOT_OURS', `The state directory ${root} is not used: ${why}. Others could change which evals count as done, and their results.`, next);
}

;// CONCATENATED MODULE: ./lib/progress/lock.js
/**
 * Only one run at a time uses the state of a (model, eval set). The lock is an exclusive SQLite transaction on an empty file
 * next to the state. The kernel releases it when the process ends, SIGKILL included. It also works between containers that
 * share the directory, where process ids have no meaning.
 *
 * The file is never deleted. Otherwise a contender that has already opened it would lock a deleted file, and the next one a
 * new file. Nothing else in this process may open the file, because POSIX releases all locks that a process has on a file
 * when the process closes any descriptor of it.
 *
 * Earlier versions of the action used Unix sockets and ignore this lock.
 */










/** SQLite opens no longer path, and appends `-journal` to it. */
const MAX_PATH_BYTES = 490;
/** Keeps connections reachable: a connection that is garbage-collected is closed, which releases its lock. */
const HELD = new Set();
/**
 * @throws ActionError STATE_LOCKED when another run holds the lock, STATE_NOT_OURS when other users can write to the state,
 * STATE_UNWRITABLE when the lock file cannot be created
 */
async function lockState(paths) {
    claimStateDirectory(paths);
    try {
        const database = acquire(lockFile(paths));
        HELD.add(database);
        return {
            release: async () => {
                if (HELD.delete(database))
                    database.close();
            },
        };
    }
    catch (error) {
        throw isBusy(error) ? locked(paths) : unwritable(paths.root, error);
    }
}
/** The lock file is next to the state or, where that path is too long, in the temporary directory. */
function lockFile(paths) {
    const beside = (0,external_node_path_.join)((0,external_node_fs_.realpathSync)(stateFolder(paths)), paths.lockName);
    if (Buffer.byteLength(beside) <= MAX_PATH_BYTES)
        return beside;
    const hash = (0,external_node_crypto_.createHash)('sha256').update(beside).digest('hex').slice(0, 16);
    return (0,external_node_path_.join)((0,external_node_os_.tmpdir)(), `.oaievalset-${hash}.lock`);
}
function acquire(path) {
    const stats = (0,external_node_fs_.lstatSync)(path, { throwIfNoEntry: false });
    if (stats && !stats.isFile())
        quarantine(path, new Date());
    try {
        return begin(path);
    }
    catch (error) {
        // No version of this action wrote this file, so no run holds a lock on it.
        if (lock_codeOf(error) !== NOT_A_DATABASE)
            throw error;
        quarantine(path, new Date());
        return begin(path);
    }
}
/** Suppresses a warning that older releases of Node 24 print: that SQLite is experimental. */
function loadSqlite() {
    const { emitWarning } = process;
    process.emitWarning = () => { };
    try {
        return process.getBuiltinModule('node:sqlite');
    }
    finally {
        process.emitWarning = emitWarning;
    }
}
function begin(path) {
    const sqlite = loadSqlite();
    const database = new sqlite.DatabaseSync(path, { timeout: 0 });
    try {
        (0,external_node_fs_.chmodSync)(path, PRIVATE_FILE);
        // The rollback journal is in memory, so that there is no second file.
        database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
        return database;
    }
    catch (error) {
        database.close();
        throw error;
    }
}
const BUSY = 5;
const NOT_A_DATABASE = 26;
/** The primary result code of SQLite. */
function lock_codeOf(error) {
    const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
    return typeof code === 'number' ? code & 0xff : undefined;
}
function isBusy(error) {
    return lock_codeOf(error) === BUSY;
}
function locked(paths) {
    return new lib_errors/* ActionError */.lZ('STATE_LOCKED', `Another run of this eval set is using ${paths.progressFile} on this machine.`, 'Wait until it ends and re-run this job, add a concurrency group to the workflow, or give this job its own state-directory.');
}

;// CONCATENATED MODULE: ./lib/progress/doubt.js
/** The clock of the machine that wrote a record may be ahead of the clock of this machine by this much. */
const MAX_CLOCK_SKEW_MS = 60 * 60 * 1000;
/**
 * Why a completion record is not reused although its content is the same; undefined when there is no reason.
 * @param maxAgeMs in milliseconds; undefined when results do not expire
 */
function doubtOf(record, now, maxAgeMs) {
    const { ended, samples } = record;
    if (samples === 0)
        return { kind: 'no-samples' };
    if (maxAgeMs === undefined)
        return undefined;
    if (isInFuture(ended, now))
        return { kind: 'undated', ended };
    return now.getTime() - Date.parse(ended) > maxAgeMs ? { kind: 'expired', ended } : undefined;
}
/** Whether a time is so far in the future that a difference of clocks cannot explain it. */
function isInFuture(time, now) {
    return isAhead(Date.parse(time), now);
}
/** The same of a time in milliseconds since 1970. */
function isAhead(time, now) {
    return time > now.getTime() + MAX_CLOCK_SKEW_MS;
}
/** A time in milliseconds since 1970. One in the future is of a wrong clock, and counts as the oldest: otherwise it would win until then. */
function plausibleTime(time, now) {
    return isAhead(time, now) ? 0 : time;
}

;// CONCATENATED MODULE: ./lib/progress/adopt-answers.js
/** Takes over the kept answers of another state, which others may have written. */









/**
 * Of two files of one eval the newer one counts, in whatever order states are merged.
 * @returns what was left out; undefined when nothing was
 */
function adoptAnswers(from, to, { repository, evals }, { maxBytes, now }) {
    const wanted = evals && new Set(evals.map(answersFileName));
    const names = answerFiles(from, JOURNAL_LIMITS.journals);
    if (names.length > JOURNAL_LIMITS.journals)
        return `kept answers of more than ${JOURNAL_LIMITS.journals} evals`;
    let foreign = 0;
    for (const name of names.filter((each) => wanted?.has(each) ?? true)) {
        const source = (0,external_node_path_.join)(from.answers, name);
        const header = (0,external_node_fs_.lstatSync)(source).size > maxBytes ? undefined : headerOfFile(source);
        if (header?.owner.repository !== repository || answersFileName(header.owner.eval) !== name) {
            foreign += 1;
            continue;
        }
        const target = (0,external_node_path_.join)(to.answers, name);
        if (sizeOfFile(target) >= 0) {
            const ours = headerOfFile(target)?.made ?? 0;
            if (plausibleTime(header.made, now) <= plausibleTime(ours, now))
                continue;
        }
        makeDirectory(to.answers);
        replaceByLink(source, target);
    }
    return foreign === 0 ? undefined : `files that are not kept answers of their evals (${foreign})`;
}

;// CONCATENATED MODULE: ./lib/progress/answer-block.js
/**
 * The file of the kept answers of one eval: what its requests were answered when it completed, for its next run.
 *
 *     {"crc":"9ae0daaf","journal":1,"eval":"…","repository":"…","fingerprint":"…","parts":{"base_url":"…"},"made":1767225600000}
 *     {"crc":"1b2c3d4e","of":"<16 hex>","answers":"<zstd of the lines of some answers, Base64>"}
 *
 * The header is that of a journal segment, whose `fingerprint` stands for the servers alone: the lines name the whole request.
 * Each block is compressed by itself, so that a damaged line costs the answers of one block, and one answer is found without
 * unpacking the others. The lines in a block are those of a segment, with `at`, the time at which the answer was recorded.
 */


/** Larger blocks are hardly smaller when compressed, and cost more answers when they are damaged. */
const BLOCK_BYTES = 64 * 1024;
const BLOCK = /^{"crc":"[0-9a-f]{8}","of":"([0-9a-f]{16})","answers":"/;
function blockLine(of, lines) {
    return checked({ of, answers: (0,external_node_zlib_.zstdCompressSync)(Buffer.concat(lines)).toString('base64') });
}
/** The owner of a line, and the lines in it; undefined when it is damaged, or not a block of answers. */
function readBlock(line) {
    const [start, tag] = BLOCK.exec(line.toString('latin1', 0, 128)) ?? [];
    if (start === undefined || tag === undefined || !isIntact(line))
        return undefined;
    try {
        const packed = Buffer.from(line.toString('latin1', start.length, line.length - 2), 'base64');
        return { tag, bytes: (0,external_node_zlib_.zstdDecompressSync)(packed, { maxOutputLength: journal_line_MAX_LINE_BYTES }) };
    }
    catch {
        return undefined;
    }
}
/** The lines of a block, without their newlines. */
function* linesOfBlock(bytes) {
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
        yield { line: bytes.subarray(from, end), from };
        from = end + 1;
    }
}

;// CONCATENATED MODULE: ./lib/progress/answers-writer.js






/**
 * Replaces the file of the kept answers of an eval in one step. Between two blocks, other work of this process gets its turn:
 * other evals wait for responses of the gateway.
 * @param temporary on the same file system; what is left of it after a kill does no harm
 * @param made the time of the header, in milliseconds since 1970
 */
async function writeAnswers(path, temporary, owner, made, answers) {
    for (const each of [path, temporary])
        makeDirectory((0,external_node_path_.dirname)(each));
    (0,external_node_fs_.rmSync)(temporary, { force: true });
    const file = (0,external_node_fs_.openSync)(temporary, 'wx', PRIVATE_FILE);
    const tag = ownerTag(owner);
    let count = 0;
    let bytes = 0;
    const write = (line) => {
        writeWhole(file, line);
        bytes += line.length;
    };
    try {
        write(headerLine(owner, made));
        let block = [];
        let size = 0;
        for (const answer of answers) {
            const line = answerLine(tag, answer);
            block.push(line);
            size += line.length;
            count += 1;
            if (size < BLOCK_BYTES)
                continue;
            write(blockLine(tag, block));
            block = [];
            size = 0;
            await new Promise(setImmediate);
        }
        if (size > 0)
            write(blockLine(tag, block));
        (0,external_node_fs_.fsyncSync)(file);
    }
    catch (error) {
        (0,external_node_fs_.rmSync)(temporary, { force: true });
        throw error;
    }
    finally {
        (0,external_node_fs_.closeSync)(file);
    }
    (0,external_node_fs_.renameSync)(temporary, path);
    return { answers: count, bytes };
}

;// CONCATENATED MODULE: ./lib/progress/kept-answers.js
/** The kept answers of one eval, as they are found for its next run. They stay on disk; the index in memory holds locations. */





/** Requests that are in flight at the same time belong to fewer blocks. */
const MAX_UNPACKED = 4;
class KeptAnswers {
    /** Number of damaged lines. The answers in them are not used. */
    damaged = 0;
    /** Answers that are not used because of their age. */
    expired = 0;
    #path;
    #locations = new Map();
    /** The blocks that were read last, by their offset. Evals send their requests in about the same order in each run. */
    #unpacked = new Map();
    constructor(path) {
        this.#path = path;
    }
    /**
     * Reads the whole file once. Changes nothing on disk.
     * @returns why it is not used, as a clause, when it is no file of this owner
     */
    static read(path, owner, bounds) {
        const answers = new KeptAnswers(path);
        try {
            const why = answers.#index(owner, bounds);
            return why === undefined ? answers : { why };
        }
        catch (error) {
            if (!(error instanceof lib_lines/* LineTooLong */.dq))
                throw error;
            // Nothing after this line can be read, because its end is unknown.
            answers.damaged += 1;
            return answers;
        }
    }
    get size() {
        return this.#locations.size;
    }
    /** The answer to the `n`-th (from 0) request with this key. */
    find(key, n) {
        const location = this.#locations.get(indexKey(key, n));
        const line = location && this.#lineAt(location);
        const response = line && readResponse(line, key, n);
        return response && { response, at: location.at };
    }
    /** All answers, block after block. */
    *all() {
        for (const location of this.#locations.values()) {
            const line = this.#lineAt(location);
            const answer = line && readAnswer(line);
            if (answer)
                yield answer;
        }
    }
    #index(owner, { lines: maxLines, bytes: maxBytes, isValid }) {
        const { tags } = ownership(owner);
        let lines = 0;
        let unpacked = 0;
        for (const { bytes, offset } of (0,lib_lines/* linesOfFileSync */.gL)(this.#path, journal_line_MAX_LINE_BYTES)) {
            const block = readBlock(bytes);
            if (!block) {
                const header = readLine(bytes).kind === 'unknown' ? journal_line_readHeader(bytes) : undefined;
                if (header === undefined)
                    this.damaged += 1;
                else if (header.owner.eval !== owner.eval || header.owner.repository !== owner.repository)
                    return 'it has the answers of another eval';
                continue;
            }
            // Of other servers, or between lines of this owner: not used in either case.
            if (!tags.has(block.tag))
                continue;
            unpacked += block.bytes.length;
            for (const { line, from } of linesOfBlock(block.bytes)) {
                lines += 1;
                const read = readLine(line);
                if (read.kind !== 'response' || read.at === undefined || !tags.has(read.tag))
                    this.damaged += 1;
                else if (!isValid(read.at))
                    this.expired += 1;
                else
                    this.#add(read.id, {
                        block: { offset, length: bytes.length },
                        from,
                        length: line.length,
                        at: read.at,
                    });
            }
            if (lines > maxLines || unpacked > maxBytes)
                return 'it has more answers than an eval can have';
        }
        return undefined;
    }
    /** Of two answers to one request, the newer one counts. */
    #add(id, location) {
        const other = this.#locations.get(id);
        if (!other || other.at <= location.at)
            this.#locations.set(id, location);
    }
    #lineAt({ block, from, length }) {
        return this.#bytesOf(block)?.subarray(from, from + length);
    }
    #bytesOf({ offset, length }) {
        const known = this.#unpacked.get(offset);
        if (known)
            return known;
        const line = readAt({ path: this.#path }, offset, length);
        const bytes = line && readBlock(line)?.bytes;
        if (!bytes)
            return undefined;
        const [oldest] = this.#unpacked.keys();
        if (oldest !== undefined && this.#unpacked.size >= MAX_UNPACKED)
            this.#unpacked.delete(oldest);
        this.#unpacked.set(offset, bytes);
        return bytes;
    }
}

;// CONCATENATED MODULE: ./lib/progress/answer-store.js
/**
 * The kept answers of all completed evals of one state: one file for each eval, in `….resume/answers/`. They serve the next run
 * of the eval, whatever changed in it since, because each answer belongs to a whole request. docs/adr/0016-kept-answers.md
 */











/** All files together. A repository has 10 GB for its caches. */
const MAX_ANSWERS_BYTES = 1_000_000_000;
class answer_store_AnswerStore {
    #paths;
    #maxBytes;
    #maxAgeMs;
    /** By the name of the file. Undefined until it is needed, because the headers of all files are read for it. */
    #entries;
    #dropped = [];
    constructor(paths, { maxBytes = MAX_ANSWERS_BYTES, maxAgeMs } = {}) {
        this.#paths = paths;
        this.#maxBytes = maxBytes;
        this.#maxAgeMs = maxAgeMs;
    }
    /** Keys of the evals whose answers were dropped for want of room, in this order. */
    get dropped() {
        return this.#dropped;
    }
    has(evalKey) {
        return sizeOfFile(answersFile(this.#paths, evalKey)) >= 0;
    }
    /** Opens the kept answers of an eval. A file that cannot be one of this eval is quarantined. */
    open(owner, now = new Date()) {
        const path = answersFile(this.#paths, owner.eval);
        if (!this.has(owner.eval))
            return { answers: undefined, rejected: undefined };
        const bounds = { ...JOURNAL_LIMITS, isValid: (at) => this.#isValid(at, now) };
        const read = (0,external_node_fs_.lstatSync)(path).size > this.#maxBytes
            ? { why: 'it is larger than all kept answers may be' }
            : KeptAnswers.read(path, owner, bounds);
        if (read instanceof KeptAnswers)
            return { answers: read, rejected: undefined };
        this.#entries?.delete(answersFileName(owner.eval));
        const target = quarantine(path, now, stateFolder(this.#paths));
        return { answers: undefined, rejected: { path: target, why: read.why } };
    }
    /** Replaces the kept answers of an eval; without any, there is no file. Then drops those of the oldest evals if there is no room. */
    async keep(owner, answers, now = new Date()) {
        const path = answersFile(this.#paths, owner.eval);
        const temporary = (0,external_node_path_.join)(this.#paths.live, 'answers', answersFileName(owner.eval));
        const written = await writeAnswers(path, temporary, owner, now.getTime(), answers);
        if (written.answers === 0)
            return this.remove(owner.eval);
        this.#known().set(answersFileName(owner.eval), {
            eval: owner.eval,
            made: now.getTime(),
            bytes: written.bytes,
        });
        this.trim(now);
    }
    remove(evalKey) {
        (0,external_node_fs_.rmSync)(answersFile(this.#paths, evalKey), { force: true });
        this.#entries?.delete(answersFileName(evalKey));
    }
    /** Removes all. */
    clear() {
        (0,external_node_fs_.rmSync)(this.#paths.answers, { recursive: true, force: true });
        this.#entries = undefined;
    }
    /** Drops the kept answers of the evals that completed first, until the rest has room. A file that is none counts as the oldest. */
    trim(now = new Date()) {
        const oldest = [...this.#known()].sort(([, a], [, b]) => plausibleTime(a.made, now) - plausibleTime(b.made, now));
        let size = oldest.reduce((sum, [, { bytes }]) => sum + bytes, 0);
        for (const [name, entry] of oldest) {
            if (size <= this.#maxBytes)
                break;
            (0,external_node_fs_.rmSync)((0,external_node_path_.join)(this.#paths.answers, name), { force: true });
            this.#known().delete(name);
            this.#dropped.push(entry.eval);
            size -= entry.bytes;
        }
    }
    /**
     * Takes over the files of another state that are newer than those here.
     * @returns what was left out; undefined when nothing was
     */
    adopt(from, adoption, now = new Date()) {
        this.#entries = undefined;
        return adoptAnswers(from, this.#paths, adoption, { maxBytes: this.#maxBytes, now });
    }
    #isValid(at, now) {
        if (this.#maxAgeMs === undefined)
            return true;
        return !isAhead(at, now) && now.getTime() - at <= this.#maxAgeMs;
    }
    #known() {
        this.#entries ??= new Map(answerFiles(this.#paths, JOURNAL_LIMITS.journals).map((name) => {
            const path = (0,external_node_path_.join)(this.#paths.answers, name);
            const header = headerOfFile(path);
            const stem = name.replace(/\.jsonl$/, '');
            return [
                name,
                { eval: header?.owner.eval ?? stem, made: header?.made ?? 0, bytes: (0,external_node_fs_.lstatSync)(path).size },
            ];
        }));
        return this.#entries;
    }
}

;// CONCATENATED MODULE: ./lib/progress/adopt-recorded.js


function adoptRecorded(from, to, options) {
    const { repository, known, elsewhere, log, now } = options;
    const evals = known?.filter((key) => !elsewhere.has(key));
    const journals = new Journals(to).adopt(from, { repository, evals });
    if (journals)
        log.warning(`Some recorded responses of unfinished evals were not restored. The checkpoint contains ${journals}. Their requests are sent again.`, 'Journals rejected');
    // Answers of evals that left the set stay while they have room. Shards leave them to the merged state.
    const kept = elsewhere.size === 0 ? undefined : evals;
    const answers = new answer_store_AnswerStore(to).adopt(from, { repository, evals: kept }, now);
    if (answers)
        log.warning(`Some kept answers of completed evals were not restored. The checkpoint contains ${answers}. If these evals run again, they send all requests.`, 'Answers rejected');
}

// EXTERNAL MODULE: ./node_modules/zod/v4/classic/iso.js
var iso = __webpack_require__(4377);
;// CONCATENATED MODULE: ./lib/model/attempt-record.js
/** A record contains at most this many lines of the attempt's output. */
const attempt_record_MAX_LAST_LINES = 30;

// EXTERNAL MODULE: ./lib/model/completion-record.js
var completion_record = __webpack_require__(3685);
// EXTERNAL MODULE: ./lib/model/bounded-json.js
var bounded_json = __webpack_require__(255);
;// CONCATENATED MODULE: ./lib/progress/schema-use.js
/** Below this size, zod takes longer to compile a schema than it saves by reading with the compiled one. */
const MIN_COMPILED_LENGTH = 256 * 1024;
/** Characters that this process has read with each schema. A merge of shards reads hundreds of small files. */
const lengths = new WeakMap();
/** How zod reads the values of one more text with a schema: compiled, or as it is. */
function schemaUse(schema, text) {
    const length = (lengths.get(schema) ?? 0) + text.length;
    lengths.set(schema, length);
    return { jitless: length < MIN_COMPILED_LENGTH };
}

;// CONCATENATED MODULE: ./lib/progress/record-lines.js
/** Files of one JSON record per line, such as `completions.jsonl` and `attempts.jsonl`. Their content is not trusted. */





/** Reads every valid record. An invalid last line without its newline is torn, so it is dropped and not reported. */
function parseRecordLines(text, schema, limits) {
    const records = [];
    const use = schemaUse(schema, text);
    let lines = 0;
    let rejected = 0;
    let first = '';
    for (const { line, ended } of (0,lib_lines/* linesOfText */.uv)(text)) {
        lines += 1;
        if (lines > limits.lines)
            return { records: [], rejected: `it has more than ${limits.lines} lines`, isTorn: false };
        const parsed = parseLine(line, schema, limits, use);
        if ('record' in parsed) {
            records.push(parsed.record);
        }
        else if (ended) {
            first ||= `line ${lines}: ${parsed.problem}`;
            rejected += 1;
        }
    }
    return {
        records,
        rejected: rejected === 0 ? undefined : `${first} (${rejected} such)`,
        isTorn: text !== '' && !text.endsWith('\n'),
    };
}
function formatRecordLines(records) {
    return records.map((record) => `${JSON.stringify(record)}\n`).join('');
}
function parseLine(line, schema, { lineLength, values }, use) {
    if (line.length > lineLength)
        return { problem: 'longer than a record can be' };
    let value;
    try {
        value = (0,bounded_json/* parseBoundedJson */.R)(line, values);
    }
    catch {
        return { problem: 'not JSON' };
    }
    const result = schema.safeParse(value, use);
    if (result.success)
        return { record: result.data };
    const issue = result.error.issues[0];
    return { problem: issue ? `${issue.path.join('.') || 'record'}: ${issue.message}` : 'wrong shape' };
}
// Parts of the schemas of both files.
const printedName = schemas/* string */.YjP().max(4096).refine(lib_text/* hasNoControls */.ij, 'has control characters');
const record_lines_count = schemas/* int */.Whr().nonnegative();
const commandSchema = schemas/* array */.YOg(schemas/* string */.YjP().max(65536)).min(3).max(4096);
const adaptationSchema = schemas/* union */.KCZ([
    schemas/* object */.Ikc({ model: printedName, param: printedName, value: printedName, renamedTo: schemas/* null */.chJ() }),
    schemas/* object */.Ikc({ model: printedName, param: printedName, value: schemas/* null */.chJ(), renamedTo: printedName }),
]);
const runSchema = schemas/* object */.Ikc({ repository: printedName, id: printedName, attempt: record_lines_count });

;// CONCATENATED MODULE: ./lib/progress/attempts-file.js
/** `attempts.jsonl`: one line for each ended attempt of an eval, in the order in which the attempts ended. */





/** A larger file is not read. */
const MAX_ATTEMPTS_BYTES = 32 * 1024 * 1024;
/** From this size on, in bytes, records are written without their last lines, so that the outcomes of all evals fit. */
const ROOM_FOR_LAST_LINES = 16 * 1024 * 1024;
const MAX_LAST_LINE_BYTES = 1000;
const MAX_REASON_BYTES = 4000;
const attempts_file_MAX_NAME_BYTES = 500;
const attempts_file_MAX_PATH_BYTES = 4096;
const attempts_file_LIMITS = { lines: 200_000, lineLength: 2 * 1024 * 1024, values: 20_000 };
/** Text that logs and summaries show. */
const attempts_file_shown = (maxBytes) => schemas/* string */.YjP().max(maxBytes).refine(lib_text/* isSingleLine */.v_, 'has control characters');
const attempts_file_tokens = schemas/* object */.Ikc({ prompt: record_lines_count, completion: record_lines_count, cached: record_lines_count, reasoning: record_lines_count });
const schema = schemas/* object */.Ikc({
    version: schemas/* literal */.euz(1),
    eval: printedName.min(1),
    argv: commandSchema,
    attempt: schemas/* int */.Whr().positive(),
    status: schemas/* enum */.k5n(['completed', 'failed', 'interrupted']),
    willRetry: schemas/* boolean */.zMY(),
    cause: schemas/* string */.YjP()
        .regex(/^[a-z][a-z0-9-]{0,63}$/)
        .nullable(),
    reason: attempts_file_shown(MAX_REASON_BYTES),
    failure: schemas/* object */.Ikc({
        type: attempts_file_shown(attempts_file_MAX_NAME_BYTES),
        place: schemas/* object */.Ikc({ file: attempts_file_shown(attempts_file_MAX_PATH_BYTES), line: record_lines_count }).nullable(),
        sample: attempts_file_shown(attempts_file_MAX_NAME_BYTES).nullable(),
    })
        .optional(),
    lastLines: schemas/* array */.YOg(attempts_file_shown(MAX_LAST_LINE_BYTES)).max(attempt_record_MAX_LAST_LINES),
    traffic: schemas/* object */.Ikc({
        sent: record_lines_count,
        replayed: record_lines_count,
        retried: record_lines_count,
        failed: record_lines_count,
        tokensSent: attempts_file_tokens,
        tokensReplayed: attempts_file_tokens,
        // Earlier versions did not write it.
        models: schemas/* record */.g1P(attempts_file_shown(attempts_file_MAX_NAME_BYTES), schemas/* object */.Ikc({ received: record_lines_count, replayed: record_lines_count, tokensSent: attempts_file_tokens, tokensReplayed: attempts_file_tokens }))
            .refine((models) => Object.keys(models).length <= completion_record/* MAX_RECORDED_MODELS */.dq + 1, 'names too many models')
            .default({}),
    }),
    adaptations: schemas/* array */.YOg(adaptationSchema).max(completion_record/* MAX_RECORDED_ADAPTATIONS */.vE).default([]),
    run: runSchema,
    started: iso/* datetime */.w$(),
    ended: iso/* datetime */.w$(),
})
    .refine((record) => record.argv[2] === record.eval, { path: ['argv'], message: 'names another eval' });
function parseAttempts(text) {
    return parseRecordLines(text, schema, attempts_file_LIMITS);
}
function formatAttempts(records) {
    return formatRecordLines(records);
}
/**
 * The form of a record that is written: its texts without secrets and invisible characters, and shortened.
 * @param redact replaces secrets
 */
function writableAttempt(record, redact) {
    const clean = (text, bytes) => (0,lib_text/* shorten */.ml)((0,lib_text/* printable */.g$)(redact(text)).replace(/[\t\n]+/g, ' '), bytes);
    return {
        ...record,
        reason: clean(record.reason, MAX_REASON_BYTES),
        ...(record.failure ? { failure: writableFailure(record.failure, clean) } : {}),
        traffic: { ...record.traffic, models: writableModels(record.traffic.models, clean) },
        lastLines: record.lastLines.slice(-attempt_record_MAX_LAST_LINES).map((line) => clean(line, MAX_LAST_LINE_BYTES)),
    };
}
function writableModels(models, clean) {
    const entries = Object.entries(models).map(([name, use]) => [clean(name, attempts_file_MAX_NAME_BYTES), use]);
    return Object.fromEntries(entries);
}
function writableFailure({ type, place, sample }, clean) {
    return {
        type: clean(type, attempts_file_MAX_NAME_BYTES),
        place: place && { file: clean(place.file, attempts_file_MAX_PATH_BYTES), line: place.line },
        sample: sample === null ? null : clean(sample, attempts_file_MAX_NAME_BYTES),
    };
}
/** A total order: by the time at which attempts ended, then by their text. */
function compareAttempts(a, b) {
    return (0,lib_text/* compareText */.n6)(a.ended, b.ended) || (0,lib_text/* compareText */.n6)(JSON.stringify(a), JSON.stringify(b));
}
/** The attempts of two states, each of them once. */
function mergeAttempts(a, b) {
    const byText = new Map([...a, ...b].map((record) => [JSON.stringify(record), record]));
    return [...byText.values()].sort(compareAttempts);
}

;// CONCATENATED MODULE: ./lib/progress/attempt-log.js
/** The ended attempts of a run, in `attempts.jsonl`. */




/** Changes throw what the file system throws. */
class AttemptLog {
    #path;
    #records;
    /** @param records what the file contains */
    constructor(path, records) {
        this.#path = path;
        this.#records = [...records];
    }
    /** In the order in which the attempts ended. */
    get records() {
        return this.#records;
    }
    /** Whether there is a file, even one without records. */
    get exists() {
        return entryExists(this.#path);
    }
    clear() {
        (0,external_node_fs_.rmSync)(this.#path, { force: true });
        this.#records = [];
    }
    /**
     * Appends a record, without the secrets and the excess of its texts. When this returns, the record outlives the process. A
     * file at its maximum size stays as it is.
     */
    append(record, redact) {
        const whole = writableAttempt(record, redact);
        const size = Math.max(0, sizeOfFile(this.#path));
        const written = size < ROOM_FOR_LAST_LINES ? whole : { ...whole, lastLines: [] };
        const line = JSON.stringify(written);
        if (size + Buffer.byteLength(line) >= MAX_ATTEMPTS_BYTES)
            return;
        appendLine(this.#path, line);
        this.#records.push(written);
    }
    merge(others) {
        const merged = mergeAttempts(this.#records, others.flatMap((other) => other.#records));
        if (merged.length > 0)
            replaceFile(this.#path, formatAttempts(merged));
        this.#records = [...merged];
    }
}

;// CONCATENATED MODULE: ./lib/progress/completions-file.js
/** `completions.jsonl`: one completion record per line. */




/** A larger file is not read. The records of 10,000 evals take a third of this. */
const MAX_COMPLETIONS_BYTES = 32 * 1024 * 1024;
const completions_file_LIMITS = {
    // No eval set has a tenth as many records, however often its evals completed.
    lines: 200_000,
    // The line of a record has a few hundred characters.
    lineLength: 2 * 1024 * 1024,
    // A record with a thousand modules and a thousand metrics has a tenth as many.
    values: 50_000,
};
const metric = schemas/* union */.KCZ([schemas/* number */.aig(), schemas/* string */.YjP().max(4096), schemas/* boolean */.zMY(), schemas/* null */.chJ()]);
const completions_file_sha256 = schemas/* string */.YjP().regex(/^[0-9a-f]{64}$/);
/** In base64. */
const bits = schemas/* string */.YjP()
    .max(completion_record/* MAX_SAMPLE_SOURCES */.TX / 4)
    .regex(/^[\w+/]*={0,2}$/);
const completions_file_schema = schemas/* object */.Ikc({
    version: schemas/* literal */.euz(1),
    eval: printedName.min(1),
    argv: commandSchema,
    judge: printedName.optional(),
    fingerprint: completions_file_sha256,
    parts: schemas/* record */.g1P(printedName, completions_file_sha256),
    written: schemas/* array */.YOg(printedName).max(10_000).default([]),
    metrics: schemas/* record */.g1P(schemas/* string */.YjP().max(4096), metric),
    samples: record_lines_count.nullable(),
    tokens: schemas/* object */.Ikc({
        prompt: record_lines_count,
        completion: record_lines_count,
        total: record_lines_count,
        cached: record_lines_count.default(0),
        reasoning: record_lines_count.default(0),
    }),
    requests: schemas/* object */.Ikc({ sent: record_lines_count, replayed: record_lines_count }).nullable(),
    usage: schemas/* record */.g1P(printedName, schemas/* object */.Ikc({ responses: record_lines_count, prompt: record_lines_count, completion: record_lines_count, cached: record_lines_count, reasoning: record_lines_count }))
        .refine((models) => Object.keys(models).length <= completion_record/* MAX_RECORDED_MODELS */.dq + 1, 'names too many models')
        .optional(),
    reusedAnswers: schemas/* object */.Ikc({ count: record_lines_count, oldest: iso/* datetime */.w$() }).optional(),
    sampleSources: schemas/* object */.Ikc({ samples: record_lines_count.max(completion_record/* MAX_SAMPLE_SOURCES */.TX), sent: bits, unknown: bits }).optional(),
    adaptations: schemas/* array */.YOg(adaptationSchema).max(completion_record/* MAX_RECORDED_ADAPTATIONS */.vE).default([]),
    models: schemas/* record */.g1P(printedName, printedName)
        .refine((models) => Object.keys(models).length <= completion_record/* MAX_RECORDED_MODELS */.dq, 'names too many models')
        .optional(),
    run: runSchema,
    started: iso/* datetime */.w$(),
    ended: iso/* datetime */.w$(),
})
    .refine((record) => record.argv[2] === record.eval, { path: ['argv'], message: 'names another eval' });
/** Of two records of one command, the later line counts. */
function parseCompletions(text) {
    const { records, rejected, isTorn } = parseRecordLines(text, completions_file_schema, completions_file_LIMITS);
    const byCommand = new Map();
    for (const record of records) {
        const id = commandId(record.argv);
        byCommand.delete(id);
        byCommand.set(id, record);
    }
    return {
        records: [...byCommand.values()],
        rejected,
        needsRewrite: rejected !== undefined || isTorn || byCommand.size < records.length,
    };
}
function formatRecord(record) {
    return JSON.stringify(record);
}
function formatCompletions(records) {
    return formatRecordLines(records);
}

;// CONCATENATED MODULE: ./lib/progress/lines-to-write.js
/**
 * `lines-to-write.json`: the mark on disk that says which progress lines are being written.
 *
 * A completion record is written before its line. After a kill between the two writes, the record has no line, just as when the
 * user deletes the line to run the eval again. The mark distinguishes the two: docs/adr/0003-record-then-line.md.
 */







/** The commands of all completion records, which a merge may name, are smaller than the records. */
const MAX_MARK_BYTES = MAX_COMPLETIONS_BYTES;
/** As many values as 200,000 commands of ten arguments have. */
const MAX_VALUES = 2_000_000;
const lines_to_write_schema = schemas/* object */.Ikc({ version: schemas/* literal */.euz(1), commands: schemas/* array */.YOg(commandSchema).max(200_000) });
/** The mark of one state. While a line cannot be written, because the disk is full, the mark keeps its command. */
class LinesToWrite {
    #path;
    #commands = new Map();
    constructor(paths) {
        this.#path = paths.linesToWrite;
    }
    /** Runs `work`, which writes completion records and then the progress lines of these commands. */
    around(commands, work) {
        for (const command of commands)
            this.#commands.set(commandId(command), command);
        if (commands.length > 0)
            this.#write();
        work();
        for (const command of commands)
            this.#commands.delete(commandId(command));
        if (commands.length > 0)
            this.#write();
    }
    #write() {
        const commands = [...this.#commands.values()];
        if (commands.length === 0) {
            clearMark(this.#path);
            return;
        }
        replaceFile(this.#path, `${JSON.stringify({ version: 1, commands })}\n`);
        // Some file systems could otherwise write the record to disk before the name of the mark.
        flushEntries(this.#path);
    }
}
function clearMark(path) {
    (0,external_node_fs_.rmSync)(path, { force: true });
}
/** The ids of the commands that a mark names, or why the text is not a mark. */
function parseMark(text) {
    if (text.length > MAX_MARK_BYTES || !(0,bounded_json/* hasAtMost */.l)(text, MAX_VALUES))
        return { reason: 'it is too large to be a file of this action' };
    let value;
    try {
        value = JSON.parse(text);
    }
    catch {
        return { reason: 'it is not JSON' };
    }
    const result = lines_to_write_schema.safeParse(value);
    if (result.success)
        return new Set(result.data.commands.map(commandId));
    const issue = result.error.issues[0];
    return {
        reason: issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'it has the wrong shape',
    };
}

;// CONCATENATED MODULE: ./lib/model/owner.js
function owner_sameOwner(a, b) {
    return (a.repository === b.repository &&
        a.cacheKey === b.cacheKey &&
        a.model === b.model &&
        a.evalSet === b.evalSet);
}

;// CONCATENATED MODULE: ./lib/progress/heal-state.js
/** Decides which evals are completed, from the files of a state. Pure. docs/adr/0003-record-then-line.md explains the rules. */

function healState(read) {
    const [own, foreign] = [true, false].map((isOwn) => read.records.filter((record) => (record.run.repository === read.repository) === isOwn));
    const foreignIds = new Set(foreign.map((record) => commandId(record.argv)));
    const lines = (read.lines ?? []).map((command) => [commandId(command), command]);
    const commands = new Map(lines.filter(([id]) => !foreignIds.has(id)));
    const { records, removed } = pairWithLines(own, commands, read);
    for (const [id, record] of records)
        commands.set(id, record.argv);
    if (read.recordsWereLost) {
        for (const [id, command] of commands)
            if (!records.has(id) && isOfLostRecord(command, read))
                commands.delete(id);
    }
    return { commands, records, removed };
}
/**
 * A record is written before its line. When the mark names the line of a record, the process was killed between the two
 * writes, and the line is added. Every other missing line was removed by the user, and a missing progress file means all lines.
 */
function pairWithLines(own, commands, { lines, linesToWrite }) {
    const isToBeWritten = (id) => linesToWrite === 'all' || (lines !== undefined && linesToWrite.has(id));
    const removed = own.filter(({ argv }) => {
        const id = commandId(argv);
        return !commands.has(id) && !isToBeWritten(id);
    });
    const isRemoved = new Set(removed);
    return {
        records: byCommand(own.filter((record) => !isRemoved.has(record))),
        removed: byCommand(removed),
    };
}
/**
 * Plain `oaievalset` writes lines without records. But if the eval also has a record file, this action wrote the line and its
 * record was lost. Then the content that the line stands for is unknown, and the eval must run again.
 */
function isOfLostRecord([, , key], { hasRecordFile }) {
    return key !== undefined && hasRecordFile(key);
}
function byCommand(records) {
    return new Map(records.map((record) => [commandId(record.argv), record]));
}

;// CONCATENATED MODULE: ./lib/progress/progress-file.js
/**
 * The progress file of `oaievalset`: one completed command per line.
 *
 * Current releases of `oaievalset` write each command as a JSON list (`json.dumps(item) + "\n"`, evals/cli/oaievalset.py) and
 * crash with a JSONDecodeError on any other line, a blank line included. Older releases wrote the command as plain text,
 * joined by blanks. Both forms are read. JSON is written, byte for byte as Python writes it.
 */



/** A larger file is not read. The progress file of 10,000 evals takes a third of this. */
const MAX_PROGRESS_BYTES = 16 * 1024 * 1024;
/** No eval set has a tenth as many commands, even if it was run with many combinations of arguments. */
const MAX_LINES = 200_000;
const MAX_ARGUMENTS = 10_000;
/** @param known commands of the current plan, which restore the argument boundaries of plain-text lines */
function parseProgress(text, known = []) {
    const byText = new Map(known.map((command) => [command.join(' '), command]));
    const commands = [];
    let lines = 0;
    let rejected = 0;
    for (const { line, ended } of (0,lib_lines/* linesOfText */.uv)(text)) {
        lines += 1;
        if (lines > MAX_LINES)
            return { commands: [], rejected: `it has more than ${MAX_LINES} lines` };
        // A line without its newline counts only if it is complete JSON, because torn plain text still looks like a command.
        const command = ended ? progress_file_parseLine(line, byText) : parseJsonLine(line);
        if (command)
            commands.push(command);
        else if (ended && line.trim() !== '')
            rejected += 1;
    }
    return {
        commands,
        rejected: rejected === 0 ? undefined : `${rejected} of its lines are not oaievalset commands`,
    };
}
function formatProgress(commands) {
    return commands.map((command) => `${formatCommand(command)}\n`).join('');
}
function progress_file_parseLine(line, byText) {
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (text.startsWith('['))
        return parseJsonLine(text);
    if (!text.startsWith('oaieval '))
        return undefined;
    const command = byText.get(text) ?? text.split(' ');
    return command.length >= 3 ? command : undefined;
}
function parseJsonLine(text) {
    try {
        const value = (0,bounded_json/* parseBoundedJson */.R)(text, MAX_ARGUMENTS);
        if (Array.isArray(value) && value.length >= 3 && value.every((item) => typeof item === 'string'))
            return value;
    }
    catch {
        // The line is not JSON, so it is not a command.
    }
    return undefined;
}

;// CONCATENATED MODULE: ./lib/progress/merge-files.js
/** Writes the result of a merge to disk, in an order in which a kill at any moment loses nothing: docs/adr/0003. */









/** The files of a completed eval. */
const merge_files_FILES = [completedRecordFile, outputFile];
/** Gives the record files of these evals in one state a place in another, and their output. Missing files are skipped. */
function adoptRecordFiles(evalKeys, from, to) {
    if (evalKeys.length === 0 || !isRealDirectory(from.logs))
        return;
    // A set may have thousands of them, so each is not asked for.
    const entries = (0,external_node_fs_.readdirSync)(from.logs, { withFileTypes: true });
    const present = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
    if (present.size > 0)
        makeDirectory(to.logs);
    for (const [source, target] of evalKeys.flatMap((key) => merge_files_FILES.map((fileOf) => [fileOf(from, key), fileOf(to, key)]))) {
        if (!present.has((0,external_node_path_.basename)(source)))
            continue;
        // Mostly there is none yet.
        if (!isLinked(source, target))
            replaceByLink(source, target);
    }
}
/** Whether a file that never changes has got a second path, where there was nothing. */
function isLinked(from, to) {
    try {
        (0,external_node_fs_.linkSync)(from, to);
        return true;
    }
    catch {
        return false;
    }
}
/**
 * Replaces the completion records, then the progress lines. If the process is killed between the two writes, the mark says
 * which lines are still to be written: without it they would look as if the user had deleted them.
 * @param lineless the commands of records that had no line before
 */
function replaceMerged(paths, { records, commands, lineless }, mark) {
    // A missing progress file means that the user deleted all lines.
    if (!(0,external_node_fs_.existsSync)(paths.progressFile))
        replaceFile(paths.progressFile, '');
    mark.around(lineless, () => {
        replaceFile(paths.completions, formatCompletions(records));
        replaceFile(paths.progressFile, formatProgress(commands));
    });
}
/** Whether version 0.1 was killed during a merge. Its mark has the SHA-256 of completion records that all get a line. */
function earlierMergeWasInterrupted(paths) {
    const mark = untrusted_files_readRegularFile(earlierMergeMark(paths));
    return mark !== undefined && mark === sha256(untrusted_files_readRegularFile(paths.completions) ?? '');
}
function earlierMergeMark(paths) {
    return (0,external_node_path_.join)(paths.live, 'merge');
}

;// CONCATENATED MODULE: ./lib/progress/run-facts-file.js
/** `run.json`: what the last run is. Others may have written the file. */







/** The facts of 10,000 evals take a tenth of this. */
const MAX_RUN_FACTS_BYTES = 32 * 1024 * 1024;
const run_facts_file_MAX_VALUES = 1_000_000;
const run_facts_file_MAX_TEXT_BYTES = 4096;
const line = schemas/* string */.YjP().max(run_facts_file_MAX_TEXT_BYTES).refine(lib_text/* isSingleLine */.v_, 'has control characters');
const dollars = schemas/* number */.aig().nonnegative().max(price/* MAX_PRICE */.P4);
const prices = schemas/* object */.Ikc({
    providers: schemas/* array */.YOg(line).max(10),
    overrides: schemas/* array */.YOg(schemas/* object */.Ikc({ model: line, price: schemas/* object */.Ikc({ input: dollars, output: dollars, cached: dollars }) }))
        .max(price/* MAX_PRICE_OVERRIDES */.v7),
});
const range = schemas/* object */.Ikc({ low: schemas/* number */.aig().nonnegative(), high: schemas/* number */.aig().nonnegative() })
    .refine(({ low, high }) => low <= high, 'has a low end above its high end');
const runEstimate = schemas/* object */.Ikc({
    evals: record_lines_count,
    unknownEvals: record_lines_count,
    guessedEvals: record_lines_count,
    requests: range,
    promptTokens: range,
    completionTokens: range,
    cost: range.nullable(),
    unpriced: schemas/* array */.YOg(line).max(1000),
});
const run_facts_file_schema = schemas/* object */.Ikc({
    version: schemas/* literal */.euz(1),
    run: schemas/* object */.Ikc({
        repository: line,
        id: line,
        attempt: record_lines_count,
        sha: line,
        ref: line,
        workflow: line,
        job: line,
        started: iso/* datetime */.w$(),
    }),
    versions: schemas/* object */.Ikc({ action: line, evals: line, python: line.nullable() }),
    judgeModel: line.nullable(),
    modelMap: schemas/* record */.g1P(line, line),
    args: schemas/* array */.YOg(schemas/* string */.YjP().max(65536)).max(4096),
    shard: schemas/* object */.Ikc({
        index: schemas/* int */.Whr().min(1),
        count: schemas/* int */.Whr().min(1).max(model_shard/* MAX_SHARDS */.hH),
        plan: schemas/* string */.YjP().regex(/^[0-9a-f]{64}$/),
    })
        .optional(),
    // Version 0.1 did not write it.
    prices: prices.optional(),
    estimate: runEstimate.optional(),
    decisions: schemas/* record */.g1P(line, schemas/* object */.Ikc({
        kind: schemas/* enum */.k5n(['reuse', 'run']),
        reason: line,
        parts: schemas/* array */.YOg(line).max(10_000),
    })),
});
/** Returns the facts, or why the text has none. */
function parseRunFacts(text) {
    let value;
    try {
        value = (0,bounded_json/* parseBoundedJson */.R)(text, run_facts_file_MAX_VALUES);
    }
    catch {
        return { reason: 'it is not JSON' };
    }
    const result = run_facts_file_schema.safeParse(value, schemaUse(run_facts_file_schema, text));
    if (result.success)
        return result.data;
    const issue = result.error.issues[0];
    return {
        reason: issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'it has the wrong shape',
    };
}
/** A reason may quote names of files and arguments, which are as long as their writers like. */
function formatRunFacts(facts, redact) {
    const decisions = Object.entries(facts.decisions).map(([key, { kind, reason, parts }]) => [
        key,
        { kind, reason: run_facts_file_short(redact(reason)), parts: parts.map(run_facts_file_short) },
    ]);
    return `${JSON.stringify({ ...facts, decisions: Object.fromEntries(decisions) })}\n`;
}
function run_facts_file_short(text) {
    return (0,lib_text/* oneLine */.TN)(text, run_facts_file_MAX_TEXT_BYTES);
}

;// CONCATENATED MODULE: ./lib/model/plan.js
/** The dependencies of a plan that cannot be recalled. */
const plan_NO_DEPENDENCIES = { files: [], directories: [], missing: [] };

;// CONCATENATED MODULE: ./lib/model/plan-paths.js

/** Files there have no content of their own, may be endless, or may block. */
const UNREAL = ['/proc', '/sys', '/dev'];
/**
 * Whether these may be the dependencies of a plan, which is read from a file that others may have written. Each path must be
 * absolute, normalized and unique, and must not be in a file system of the kernel.
 */
function areOrdinaryPaths(paths) {
    return new Set(paths).size === paths.length && paths.every(isOrdinary);
}
function isOrdinary(path) {
    if (!(0,external_node_path_.isAbsolute)(path) || path.includes('\0') || (0,external_node_path_.normalize)(path) !== path)
        return false;
    if (path.endsWith(external_node_path_.sep) && path !== external_node_path_.sep)
        return false;
    return !UNREAL.some((top) => path === top || path.startsWith(top + external_node_path_.sep));
}

;// CONCATENATED MODULE: ./lib/model/request-demand.js
/** The kinds of answers that classes of evals ask for. How long they are: src/estimate/answer-tokens.ts. */
const ANSWER_KINDS = ['short', 'text', 'json', 'choice', 'reasoned'];

;// CONCATENATED MODULE: ./lib/progress/saved-plan.js
/** `plan.json`: the plan of the last run. Others may have written the file. */









const saved_plan_text = schemas/* string */.YjP().max(65536);
/** Text that is printed. */
const saved_plan_line = saved_plan_text.refine(lib_text/* isSingleLine */.v_, 'has control characters');
const paths = schemas/* array */.YOg(saved_plan_text)
    .max(1_000_000)
    .refine(areOrdinaryPaths, 'contains a path that a plan cannot have');
const saved_plan_sha256 = schemas/* string */.YjP().regex(/^[0-9a-f]{64}$/);
const fingerprint = schemas/* object */.Ikc({ value: saved_plan_sha256, parts: schemas/* record */.g1P(saved_plan_line, saved_plan_sha256) });
const saved_plan_whole = schemas/* int */.Whr().nonnegative();
const requestDemand = schemas/* object */.Ikc({
    by: schemas/* enum */.k5n(['model', 'judge']),
    requests: saved_plan_whole,
    characters: saved_plan_whole,
    bytes: saved_plan_whole,
    messages: saved_plan_whole,
    answers: saved_plan_whole,
    answer: schemas/* enum */.k5n(ANSWER_KINDS),
    choices: schemas/* int */.Whr().positive(),
    maxTokens: schemas/* int */.Whr().positive().nullable(),
});
const saved_plan_schema = schemas/* object */.Ikc({
    version: schemas/* literal */.euz(1),
    owner: schemas/* object */.Ikc({ repository: saved_plan_line, cacheKey: saved_plan_text, model: saved_plan_line, evalSet: saved_plan_line }),
    signature: saved_plan_sha256,
    made: schemas/* object */.Ikc({
        basis: schemas/* object */.Ikc({ files: paths, directories: paths, absent: paths }),
        evalsVersion: saved_plan_text,
        // Version 0.1 did not write it.
        pythonVersion: saved_plan_line.optional(),
        warnings: schemas/* array */.YOg(saved_plan_line).max(1000).default([]),
        needsApiKey: schemas/* boolean */.zMY(),
        // Version 0.1 did not write it.
        apiModels: schemas/* array */.YOg(saved_plan_line).max(1000).optional(),
    }),
    evals: schemas/* array */.YOg(schemas/* object */.Ikc({
        key: saved_plan_line.min(1),
        name: saved_plan_line,
        command: schemas/* array */.YOg(saved_plan_text).min(3),
        // Version 0.1 did not write it.
        modelGraded: schemas/* boolean */.zMY().default(false),
        samples: schemas/* int */.Whr().nonnegative().nullable(),
        demand: schemas/* array */.YOg(requestDemand).max(10).optional(),
        metrics: schemas/* array */.YOg(saved_plan_line),
        // Version 0.1 wrote neither of these two.
        evalClass: saved_plan_line.optional(),
        higherIsBetter: schemas/* boolean */.zMY().optional(),
        fingerprint,
        // Version 0.1 wrote neither of these.
        earlier: schemas/* array */.YOg(fingerprint).max(8).default([]),
        writable: schemas/* array */.YOg(schemas/* object */.Ikc({
            argument: saved_plan_line,
            path: saved_plan_text.refine((path) => areOrdinaryPaths([path]), 'is not a valid path for a plan'),
            label: saved_plan_text.optional(),
        }))
            .max(10_000)
            .default([]),
        modelMap: schemas/* record */.g1P(saved_plan_line, saved_plan_line).optional(),
    }))
        .max(100_000),
    leftOut: schemas/* array */.YOg(saved_plan_line).max(100_000).optional(),
});
/** Three times the size of a plan of 10,000 evals. More JSON would fill the heap of a small machine. */
const MAX_PLAN_BYTES = 32 * 1024 * 1024;
/** A plan of 10,000 evals that import a hundred modules each has half as many. */
const saved_plan_MAX_VALUES = 4_000_000;
/** The digest of a plan that cannot be recalled, because its dependencies changed while it was made. */
const NO_DIGEST = '0'.repeat(64);
/**
 * The part of a plan that is saved. A plan that would be too large to read back is saved without its dependencies or without
 * its evals. Such a plan can be reported, but not recalled.
 */
function savedPlan({ digest = NO_DIGEST, evals, leftOut, dependencies, ...plan }, owner) {
    const { evalsVersion, pythonVersion, warnings, needsApiKey, apiModels } = plan;
    const made = {
        basis: savedDependencies(dependencies),
        evalsVersion,
        ...(pythonVersion === undefined ? {} : { pythonVersion }),
        warnings,
        needsApiKey,
        ...(apiModels ? { apiModels } : {}),
    };
    const withoutDependencies = {
        version: 1,
        owner,
        signature: NO_DIGEST,
        made: { ...made, basis: savedDependencies(NO_DEPENDENCIES) },
    };
    const chosen = { evals, ...(leftOut.length > 0 ? { leftOut } : {}) };
    const forms = [
        { version: 1, owner, signature: digest, made, ...chosen },
        { ...withoutDependencies, ...chosen },
    ];
    return forms.find(canBeRead) ?? { ...withoutDependencies, evals: [] };
}
function savedDependencies({ files, directories, missing }) {
    return { files, directories, absent: missing };
}
function canBeRead(plan) {
    const content = JSON.stringify(plan);
    return Buffer.byteLength(content) < MAX_PLAN_BYTES && hasAtMost(content, saved_plan_MAX_VALUES);
}
/** Returns the plan, or why the text is not a plan. */
function parseSavedPlan(content) {
    if (content.length > MAX_PLAN_BYTES || !(0,bounded_json/* hasAtMost */.l)(content, saved_plan_MAX_VALUES))
        return { reason: 'it is too large to be a plan' };
    let value;
    try {
        value = JSON.parse(content);
    }
    catch {
        return { reason: 'it is not JSON' };
    }
    const result = saved_plan_schema.safeParse(value, schemaUse(saved_plan_schema, content));
    if (result.success)
        return result.data;
    const issue = result.error.issues[0];
    return {
        reason: issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'it has the wrong shape',
    };
}
/** The plan in a state directory, if there is one and it belongs to this owner. Changes nothing on disk. */
function readSavedPlan({ plan }, owner) {
    if (problemWith(plan, { maxBytes: MAX_PLAN_BYTES }) !== undefined)
        return undefined;
    const text = readRegularFile(plan);
    const saved = text === undefined ? undefined : parseSavedPlan(text);
    return !saved || 'reason' in saved || !sameOwner(saved.owner, owner) ? undefined : saved;
}

;// CONCATENATED MODULE: ./lib/progress/load-state.js
/** Reads the state of one (model, eval set) from disk, quarantines what is invalid, and heals what a kill left half written. */















/** Throws what the file system throws. */
function loadState(options) {
    return new Loader(options).load();
}
class Loader {
    #options;
    #now;
    constructor(options) {
        this.#options = options;
        this.#now = options.now?.() ?? new Date();
    }
    load() {
        const { paths } = this.#options;
        makeDirectory(stateFolder(paths));
        const quarantined = this.#quarantineWrongEntries();
        const plan = this.#loadPlan();
        const healed = this.#loadCompleted(quarantined.has(paths.completions));
        return { ...healed, plan, attempts: this.#loadAttempts(), runFacts: this.#loadRunFacts() };
    }
    /** Quarantines links, directories in place of files and the like. Returns the paths of those. */
    #quarantineWrongEntries() {
        const { paths } = this.#options;
        const expected = [
            [paths.progressFile, { maxBytes: MAX_PROGRESS_BYTES }],
            [paths.live, 'directory'],
            [paths.resume, 'directory'],
            [paths.completions, { maxBytes: MAX_COMPLETIONS_BYTES }],
            [paths.linesToWrite, { maxBytes: MAX_MARK_BYTES }],
            [paths.attempts, { maxBytes: MAX_ATTEMPTS_BYTES }],
            [paths.runFacts, { maxBytes: MAX_RUN_FACTS_BYTES }],
            [paths.plan, { maxBytes: MAX_PLAN_BYTES }],
            [paths.logs, 'directory'],
            [paths.journal, 'directory'],
            [paths.answers, 'directory'],
        ];
        const quarantined = new Set();
        for (const [path, kind] of expected) {
            const problem = untrusted_files_problemWith(path, kind);
            if (problem === undefined)
                continue;
            this.#reject(path, problem);
            quarantined.add(path);
        }
        return quarantined;
    }
    #loadPlan() {
        const { paths, owner, plan: known } = this.#options;
        if (known)
            return known === 'unread' ? undefined : known;
        const text = untrusted_files_readRegularFile(paths.plan);
        if (text === undefined)
            return undefined;
        const plan = parseSavedPlan(text);
        if ('reason' in plan)
            this.#reject(paths.plan, plan.reason);
        else if (owner_sameOwner(plan.owner, owner))
            return plan;
        else
            this.#quarantineStateOf(plan.owner);
        return undefined;
    }
    /** Reads completion records and progress lines, heals them, and rewrites the files that differ from the healed state. */
    #loadCompleted(recordsWereQuarantined) {
        const { paths, owner, knownCommands } = this.#options;
        const completions = this.#options.completions ?? parseCompletions(untrusted_files_readRegularFile(paths.completions) ?? '');
        if (completions.rejected)
            this.#reject(paths.completions, completions.rejected);
        this.#warnOfForeign(completions.records);
        const progressText = untrusted_files_readRegularFile(paths.progressFile);
        const progress = parseProgress(progressText ?? '', knownCommands);
        if (progress.rejected)
            this.#reject(paths.progressFile, progress.rejected);
        const healed = healState({
            records: completions.records,
            lines: progressText === undefined ? undefined : progress.commands,
            repository: owner.repository,
            linesToWrite: earlierMergeWasInterrupted(paths) ? 'all' : this.#loadMark(),
            recordsWereLost: recordsWereQuarantined || completions.rejected !== undefined,
            hasRecordFile: (evalKey) => (0,external_node_fs_.existsSync)(completedRecordFile(paths, evalKey)),
        });
        if (completions.needsRewrite || healed.records.size !== completions.records.length)
            replaceFile(paths.completions, formatCompletions([...healed.records.values()]));
        const progressLines = formatProgress([...healed.commands.values()]);
        if (progressText !== undefined && progressLines !== progressText)
            replaceFile(paths.progressFile, progressLines);
        for (const mark of [paths.linesToWrite, earlierMergeMark(paths)])
            clearMark(mark);
        return healed;
    }
    #loadMark() {
        const { paths } = this.#options;
        const text = untrusted_files_readRegularFile(paths.linesToWrite);
        const mark = text === undefined ? new Set() : parseMark(text);
        if (!('reason' in mark))
            return mark;
        this.#reject(paths.linesToWrite, mark.reason);
        return new Set();
    }
    #loadAttempts() {
        const { paths, owner } = this.#options;
        const { records, rejected, isTorn } = parseAttempts(untrusted_files_readRegularFile(paths.attempts) ?? '');
        if (rejected)
            this.#reject(paths.attempts, rejected);
        const own = records.filter(({ run }) => run.repository === owner.repository);
        if (rejected || isTorn || own.length < records.length)
            replaceFile(paths.attempts, formatAttempts(own));
        return own;
    }
    #loadRunFacts() {
        const { paths, owner } = this.#options;
        const text = untrusted_files_readRegularFile(paths.runFacts);
        if (text === undefined)
            return undefined;
        const facts = parseRunFacts(text);
        if (!('reason' in facts))
            return facts.run.repository === owner.repository ? facts : undefined;
        this.#reject(paths.runFacts, facts.reason);
        return undefined;
    }
    /** @param why as a clause */
    #reject(path, why) {
        const { log, rejectTo } = this.#options;
        const target = quarantine(path, this.#now, rejectTo);
        log.warning(`${path} is not used: ${why}. It was quarantined as ${target}, and that part of the state starts fresh. Delete the file when you no longer need it.`, 'State quarantined');
    }
    #warnOfForeign(records) {
        const { paths, owner, log } = this.#options;
        const foreign = records.filter(({ run }) => run.repository !== owner.repository).length;
        if (foreign > 0)
            log.warning(`${paths.completions} has completion records of another repository (${foreign}), which are not used.`);
    }
    /** Quarantines the state of another owner, or of this owner with another cache-key. */
    #quarantineStateOf(theirs) {
        const { paths, owner, log } = this.#options;
        quarantineState(paths, this.#now);
        const where = `What was in ${stateFolder(paths)} was quarantined and is not used`;
        if (theirs.repository === owner.repository && theirs.cacheKey !== owner.cacheKey) {
            log.info(`The input cache-key has changed, so the eval set starts fresh. ${where}.`);
        }
        else {
            const whose = `repository ${theirs.repository || '(none)'}, ${theirs.model} on ${theirs.evalSet}`;
            log.warning(`${where}: it belongs to another owner (${whose}).`, 'State quarantined');
        }
    }
}

;// CONCATENATED MODULE: ./lib/progress/merge-states.js


/** The facts about all other evals. A set that is sharded has a state for each shard, and a merged one of all. */
function withoutEvals(facts, evals) {
    if (evals.size === 0)
        return facts;
    const kept = (all, evalOf) => new Map([...all].filter(([, value]) => !evals.has(evalOf(value) ?? '')));
    return {
        commands: kept(facts.commands, ([, , key]) => key),
        records: kept(facts.records, (record) => record.eval),
        removed: kept(facts.removed, (record) => record.eval),
        plan: facts.plan,
    };
}
/** @param now a record that is dated later counts as the oldest: otherwise it would win every merge until that date */
function mergeStates(states, now) {
    const removed = latest(states.map((state) => state.removed), now);
    const executed = latest(states.map((state) => state.records), now);
    for (const [id, execution] of executed) {
        const removal = removed.get(id);
        if (!removal)
            continue;
        if (compareExecutions(execution, removal) > 0)
            removed.delete(id);
        else
            executed.delete(id);
    }
    const records = recordsOf(executed);
    const commands = new Map([...records].map(([id, record]) => [id, record.argv]));
    const lines = states.flatMap((state) => [...state.commands]).sort(([x], [y]) => (0,lib_text/* compareText */.n6)(x, y));
    for (const [id, command] of lines)
        if (!removed.has(id))
            commands.set(id, command);
    const plan = states.map((state) => state.plan).reduce(greaterText);
    return { commands, records, removed: recordsOf(removed), plan };
}
function executionOf(id, record, now) {
    const [started, ended] = [Date.parse(record.started), Date.parse(record.ended)];
    return { id, record, started, ended, isAhead: isAhead(ended, now) };
}
function recordsOf(executions) {
    return new Map([...executions].map(([id, { record }]) => [id, record]));
}
/** The later execution of each command, in the order in which they ended. */
function latest(states, now) {
    const found = new Map();
    for (const [id, record] of states.flatMap((each) => [...each])) {
        const execution = executionOf(id, record, now);
        const other = found.get(id);
        if (!other || compareRecords(execution, other) > 0)
            found.set(id, execution);
    }
    return new Map([...found].sort(([, x], [, y]) => compareRecords(x, y)));
}
function compareRecords(a, b) {
    return (compareExecutions(a, b) ||
        (0,lib_text/* compareText */.n6)(a.id, b.id) ||
        (0,lib_text/* compareText */.n6)(JSON.stringify(a.record), JSON.stringify(b.record)));
}
/** Zero for two records of one execution, such as the records that two versions of the action wrote. */
function compareExecutions(a, b) {
    const [x, y] = [a.record.run, b.record.run];
    return (Number(b.isAhead) - Number(a.isAhead) ||
        a.ended - b.ended ||
        x.id.length - y.id.length ||
        (0,lib_text/* compareText */.n6)(x.id, y.id) ||
        x.attempt - y.attempt ||
        a.started - b.started);
}
/** Plans have no time, so any rule will do that does not depend on the order. */
function greaterText(a, b) {
    if (!a || !b)
        return a ?? b;
    return (0,lib_text/* compareText */.n6)(JSON.stringify(a), JSON.stringify(b)) >= 0 ? a : b;
}

;// CONCATENATED MODULE: ./lib/progress/state.js
/**
 * The state of one (model, eval set): which evals are completed, as `oaievalset` records it (the progress file) and as this
 * action records it (the completion records). Everything here relies on the order of writes in
 * docs/adr/0003-record-then-line.md.
 */

















class State {
    paths;
    owner;
    #log;
    #now;
    /** Keys of the evals of the current plan; undefined when there is no plan yet. */
    #knownEvals;
    #elsewhere;
    #attempts;
    #linesToWrite;
    // All three maps are by the id of the command.
    #commands;
    #records;
    #removedByUser;
    #plan;
    #runFacts;
    #revision = 0;
    constructor(options, loaded) {
        this.paths = options.paths;
        this.owner = options.owner;
        this.#log = options.log;
        this.#now = options.now ?? (() => new Date());
        this.#knownEvals = options.knownCommands?.flatMap(([, , key]) => key ?? []);
        this.#elsewhere = new Set(options.elsewhere);
        this.#attempts = new AttemptLog(this.paths.attempts, loaded.attempts);
        this.#linesToWrite = new LinesToWrite(this.paths);
        this.#commands = new Map(loaded.commands);
        this.#records = new Map(loaded.records);
        this.#removedByUser = loaded.removed;
        this.#plan = loaded.plan;
        this.#runFacts = loaded.runFacts;
    }
    /**
     * Reads and heals the state, and quarantines invalid files.
     * @throws ActionError STATE_UNWRITABLE when the state directory cannot be read or written
     */
    static open(options) {
        try {
            return new State(options, loadState(options));
        }
        catch (error) {
            throw unwritable(options.paths.root, error);
        }
    }
    get plan() {
        return this.#plan;
    }
    /** What the last run is; undefined when no run began, or an earlier version of the action ran. */
    get runFacts() {
        return this.#runFacts;
    }
    /** Grows with every change of this object. */
    get revision() {
        return this.#revision;
    }
    /** Attempts of this repository that ended since the last run began, in the order in which they ended. */
    get attempts() {
        return this.#attempts.records;
    }
    get commands() {
        return [...this.#commands.values()];
    }
    get records() {
        return [...this.#records.values()];
    }
    /** Whether the progress file has a line of the command. */
    isDone(command) {
        return this.#commands.has(commandId(command));
    }
    record(command) {
        return this.#records.get(commandId(command));
    }
    /** Whether the command was completed and the user removed its line from the progress file, so that it runs again. */
    wasRemoved(command) {
        return this.#removedByUser.has(commandId(command));
    }
    /**
     * Records a completed eval: first the record file, then the completion record, then the progress line. Only the line makes
     * the eval completed. A mark on disk says that the line is being written.
     */
    complete(record, recordFile) {
        this.#write(() => {
            if (recordFile)
                this.#storeRecordFile(recordFile, record.eval);
            if (!(0,external_node_fs_.existsSync)(this.paths.progressFile))
                replaceFile(this.paths.progressFile, '');
            const id = commandId(record.argv);
            const hasLine = this.#commands.has(id);
            this.#linesToWrite.around(hasLine ? [] : [record.argv], () => {
                appendLine(this.paths.completions, formatRecord(record));
                if (!hasLine)
                    appendLine(this.paths.progressFile, formatCommand(record.argv));
            });
            this.#commands.set(id, record.argv);
            this.#records.delete(id);
            this.#records.set(id, record);
        });
    }
    /** Removes evals that must run again: first their progress lines, then their completion records. */
    forget(commands) {
        const ids = commands.map(commandId).filter((id) => this.#commands.has(id) || this.#records.has(id));
        if (ids.length === 0)
            return;
        this.#write(() => {
            for (const id of ids)
                this.#commands.delete(id);
            replaceFile(this.paths.progressFile, formatProgress(this.commands));
            for (const id of ids)
                this.#records.delete(id);
            replaceFile(this.paths.completions, formatCompletions(this.records));
        });
    }
    /** Replaces records of earlier versions of the action by the same results in the form of this version. */
    renew(records) {
        const renewed = records.filter((record) => this.#records.has(commandId(record.argv)));
        if (renewed.length === 0)
            return;
        this.#write(() => {
            for (const record of renewed)
                this.#records.set(commandId(record.argv), record);
            replaceFile(this.paths.completions, formatCompletions(this.records));
        });
    }
    /** Removes the attempts of earlier runs, and says what this run is. A run calls it once, before its first eval. */
    beginRun(facts) {
        this.#write(() => {
            if (this.#attempts.exists)
                this.#attempts.clear();
            replaceFile(this.paths.runFacts, formatRunFacts(facts, (text) => this.#log.redact(text)));
        });
        this.#runFacts = facts;
    }
    /** Records an attempt that has ended. */
    recordAttempt(record) {
        this.#write(() => this.#attempts.append(record, (text) => this.#log.redact(text)));
    }
    savePlan(plan) {
        this.#write(() => replaceFile(this.paths.plan, `${JSON.stringify(plan)}\n`));
        this.#plan = plan;
    }
    /** Merges other states of the same owner into this one (see `mergeStates`), with their record files, journals and attempts. */
    merge(...others) {
        const theirs = others.map((other) => withoutEvals(other.#facts(), this.#elsewhere));
        const merged = mergeStates([this.#facts(), ...theirs], this.#now());
        this.#write(() => {
            for (const other of others)
                adoptRecordFiles(this.#evalsToAdopt(merged, other), other.paths, this.paths);
            const records = [...merged.records.values()];
            const commands = [...merged.commands.values()];
            const lineless = [...merged.records].flatMap(([id, { argv }]) => this.#commands.has(id) ? [] : [argv]);
            replaceMerged(this.paths, { records, commands, lineless }, this.#linesToWrite);
            this.#attempts.merge(others.map((other) => other.#attempts));
            for (const other of others)
                this.#adoptRecorded(other.paths);
        });
        this.#records = new Map(merged.records);
        this.#commands = new Map(merged.commands);
        this.#removedByUser = merged.removed;
        this.#plan = merged.plan;
    }
    /** Puts a copy of what belongs into a checkpoint into `target`. */
    snapshot(target) {
        takeSnapshot(this.paths, target);
    }
    /** Changes when the content of a snapshot changes. */
    outline() {
        return outlineOf(this.paths);
    }
    /** The evals whose merged record comes from the other state. */
    #evalsToAdopt(merged, other) {
        const own = [...other.#records].filter(([id, record]) => merged.records.get(id) === record && record !== this.#records.get(id));
        return own.map(([, record]) => record.eval);
    }
    #facts() {
        return {
            commands: this.#commands,
            records: this.#records,
            removed: this.#removedByUser,
            plan: this.#plan,
        };
    }
    #storeRecordFile(path, evalKey) {
        const target = completedRecordFile(this.paths, evalKey);
        makeDirectory((0,external_node_path_.dirname)(target));
        (0,external_node_fs_.renameSync)(path, target);
        (0,external_node_fs_.chmodSync)(target, PRIVATE_FILE);
    }
    #adoptRecorded(from) {
        adoptRecorded(from, this.paths, {
            repository: this.owner.repository,
            known: this.#knownEvals,
            elsewhere: this.#elsewhere,
            log: this.#log,
            now: this.#now(),
        });
    }
    #write(work) {
        this.#revision += 1;
        try {
            work();
        }
        catch (error) {
            throw unwritable(this.paths.root, error);
        }
    }
}
/** Empties the live directory after its journals were sealed: the rest belongs to evals that did not complete. */
function clearInProgress(paths) {
    rmSync(paths.live, { recursive: true, force: true });
}

// EXTERNAL MODULE: ./lib/report/closing-message.js
var closing_message = __webpack_require__(5775);
// EXTERNAL MODULE: ./lib/report/describe-trouble.js
var describe_trouble = __webpack_require__(6039);
;// CONCATENATED MODULE: ./lib/report/remarks.js



function remarksOf({ closing, trouble, notes: others }) {
    const ending = closing ? whatHappened(closing) : trouble && describeAtEnd(trouble);
    const notes = [ending ?? '', ...others].filter((note) => note !== '');
    return { notes, next: closing?.next ?? '' };
}
/** Of a step that was killed. */
function interruptionRemarks(results, trouble) {
    const uncounted = results.totals.evals.pending > 0 ? 'Requests of evals that were running then are not counted.' : '';
    const notes = [
        'The step was interrupted.',
        trouble ? (0,describe_trouble/* describeAtKill */.nr)(trouble) : '',
        describeKept(results),
        uncounted,
    ];
    return { notes: [notes.filter((note) => note !== '').join(' ')], next: closing_message/* RESUME */.IY };
}

;// CONCATENATED MODULE: ./lib/gateway/providers.js



/** The APIs whose clients read their base URL from an environment variable. */
const PROVIDERS = {
    openai: { variable: 'OPENAI_BASE_URL', base: 'https://api.openai.com/v1' },
    anthropic: { variable: 'ANTHROPIC_BASE_URL', base: 'https://api.anthropic.com' },
};
/**
 * The base URL of each provider: the user's setting, or the provider's own.
 *
 * @param notice called with a sentence about each setting that is not used exactly as it was written
 * @throws ActionError INPUT_INVALID, for both if both are wrong
 */
function providerUrls(env, notice = () => { }) {
    const urls = { openai: urlOf('openai', env, notice), anthropic: urlOf('anthropic', env, notice) };
    const { openai, anthropic } = urls;
    if (openai instanceof URL && anthropic instanceof URL)
        return { openai, anthropic };
    throw oneError([openai, anthropic].filter((each) => each instanceof ActionError));
}
/** The variables that are set, without surrounding white space: Python's clients fail on a line break. */
function trimmedBaseUrls(env) {
    const variables = Object.values(PROVIDERS).map(({ variable }) => variable);
    return Object.fromEntries(variables.flatMap((variable) => (env[variable] === undefined ? [] : [[variable, env[variable].trim()]])));
}
/**
 * The address of a request: the provider's base URL, followed by what the client appended to the base URL that it was given.
 * A query of the base URL (`?api-version=…`) is added to each request, except for names that the request sets itself.
 *
 * @param rest path and query, as in the request line
 */
function requestUrl(base, rest) {
    const url = new URL(base);
    const [path = '', query = ''] = splitOnce(rest, '?');
    url.hash = '';
    url.pathname = `${base.pathname.replace(/\/+$/, '')}${path}`;
    if (base.search === '') {
        url.search = query;
        return url;
    }
    const own = new Set(new URLSearchParams(query).keys());
    const fromBase = base.search
        .slice(1)
        .split('&')
        .filter((pair) => !own.has([...new URLSearchParams(pair).keys()][0] ?? ''));
    url.search = [...fromBase, query].filter(Boolean).join('&');
    return url;
}
function urlOf(provider, env, notice) {
    const { variable, base } = PROVIDERS[provider];
    const given = env[variable] ?? '';
    const text = given.trim();
    if (text !== given) {
        notice(text === ''
            ? `The environment variable ${variable} is blank, so ${base} is used.`
            : `The environment variable ${variable} starts or ends with white space, which is ignored.`);
    }
    const fault = text === '' ? undefined : (whyInvalid(text) ?? whyWrong(new URL(text), base));
    if (fault === undefined)
        return new URL(text || base);
    return new ActionError('INPUT_INVALID', `The environment variable ${variable} is ${JSON.stringify(withoutSecrets(text))}, ${fault}.`, `Set it to the base URL of the API, such as ${ENDPOINT.test(text) ? withoutSecrets(text.replace(ENDPOINT, '')) : base}, or remove it.`);
}
/** Why this is not the base URL of an API, as a relative clause; undefined when it is. */
function whyInvalid(text) {
    if (/^(["'`]).*\1$/s.test(text))
        return 'which is in quotation marks';
    // The URL parser drops line breaks, tabs and other invisible characters, and would yield a different host.
    const invisible = firstInvisible(text);
    if (invisible !== undefined)
        return `which contains the invisible character ${invisible}`;
    if (!/^https?:\/\//i.test(text))
        return 'which does not begin with http:// or https://';
    if (!URL.canParse(text))
        return 'which is not a valid URL (special characters in a user name or password must be percent-encoded)';
    return undefined;
}
/** What clients append to the base URL. */
const ENDPOINT = /\/((chat\/)?completions|responses|embeddings|moderations|models|messages)\/?$/;
/** At most this many letters differ between the host of a provider and a misspelt one. */
const MAX_LETTERS_CHANGED = 2;
/** Why no request to this URL can succeed, as a relative clause; undefined when one might. */
function whyWrong(url, base) {
    const endpoint = ENDPOINT.exec(url.pathname)?.[0];
    if (endpoint)
        return `which ends with ${endpoint}, but clients append that themselves`;
    const usual = new URL(base);
    const path = url.pathname.replace(/\/+$/, '');
    const usualPath = usual.pathname.replace(/\/+$/, '');
    if (url.host === usual.host && url.protocol !== usual.protocol)
        return `whose scheme is ${url.protocol}//, which would send your key without encryption`;
    if (url.host === usual.host)
        return path === usualPath ? undefined : `whose path should be ${usualPath || 'empty'}`;
    const changed = shareChanged(url.host, usual.host) * Math.max(url.host.length, usual.host.length);
    return changed <= MAX_LETTERS_CHANGED ? `which misspells ${usual.host}` : undefined;
}
/** The given text, without anything that could be a password or a key. */
function withoutSecrets(text) {
    if (/^[\w-]{20,}$/.test(text))
        return '***';
    return text.replace(/^([a-z]+:\/\/)?.*@/is, '$1***@').replace(/\?.*/s, '?***');
}
function splitOnce(text, separator) {
    const at = text.indexOf(separator);
    return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

;// CONCATENATED MODULE: ./lib/run/api-keys.js
/**
 * Checks API keys, which clients put into headers. With a key that no header can contain, a client fails before it sends
 * anything and calls that "Connection error", and evals retries it indefinitely (langchain-ai/langchain#21261).
 */


/** Keys of the clients that evals includes, and of those that users' completion functions use most. */
const PROVIDER_KEY = /^((AZURE_)?OPENAI|ANTHROPIC|GEMINI|GOOGLE|TOGETHER|MISTRAL|COHERE|CO|GROQ|DEEPSEEK|FIREWORKS|OPENROUTER|XAI|PERPLEXITY|LITELLM|AZURE|HUGGINGFACE|REPLICATE)_((API|ADMIN)_KEY|API_TOKEN|AUTH_TOKEN|AD_TOKEN)$|^HF_TOKEN$/;
/** Names of accounts, which go into headers too but are not secrets. */
const ACCOUNT = /^OPENAI_(ORG_ID|ORGANIZATION|PROJECT_ID|PROJECT)$/;
/** Keys of unknown clients. They may contain any character on purpose. */
const OTHER_KEY = /_API_KEY$/;
/** Other secrets that an eval may print. */
const OTHER_SECRET = /(^|_)(TOKEN|SECRET|PASSWORD)$/;
function readApiKeys(env) {
    const cleaned = { ...env };
    const notices = [];
    const secrets = [];
    const wrong = [];
    for (const [name, value] of Object.entries(env)) {
        if (value && OTHER_SECRET.test(name))
            secrets.push({ value, isTrimmed: false });
        const known = PROVIDER_KEY.test(name) || ACCOUNT.test(name);
        if (!value || !(known || OTHER_KEY.test(name)))
            continue;
        const trimmed = trim(value);
        if (!known && unsendable(trimmed))
            continue;
        if (trimmed === '')
            delete cleaned[name];
        else
            cleaned[name] = trimmed;
        if (trimmed !== value)
            notices.push(describeTrim(name, value, trimmed));
        if (!ACCOUNT.test(name) && !isExpression(trimmed))
            secrets.push({ value: trimmed, isTrimmed: trimmed !== value });
        const error = known && trimmed !== '' ? keyError(name, trimmed, env) : undefined;
        if (known && !error && trimmed.includes(' '))
            notices.push(`${name} contains a blank. It is sent unchanged, because the server is your own.`);
        if (error)
            wrong.push(error);
    }
    return {
        env: cleaned,
        notices,
        secrets,
        blank: Object.keys(env).filter((name) => trim(env[name] ?? 'unset') === ''),
        refusal: wrong.length > 0 ? (0,lib_errors/* oneError */.Po)(wrong) : undefined,
    };
}
function keyError(name, value, env) {
    const owner = whoseKey(name, value, env);
    if (owner) {
        const provider = name.startsWith('OPENAI_') ? 'OpenAI' : 'Anthropic';
        // Many providers have an API that is compatible with OpenAI's.
        const other = provider === 'OpenAI' ? `, or OPENAI_BASE_URL to the API of ${owner}` : '';
        return new lib_errors/* ActionError */.lZ('API_KEY_INVALID', `${name} cannot be used: it is a key of ${owner}, but would be sent to ${provider}.`, `Set ${name} to a key of ${provider}${other}.`);
    }
    const why = whatIsWrong(name, value, env);
    if (why === undefined)
        return undefined;
    const next = `Set the secret to the key alone, for example with: printf %s "$KEY" | gh secret set ${name}. In the step, write: env: ${name}: \${{ secrets.${name} }}.`;
    return new lib_errors/* ActionError */.lZ('API_KEY_INVALID', `${name} cannot be used: ${why}.`, next);
}
/** How the keys of a provider begin, the longer beginnings first, and the variables that may hold them. */
const BEGINNINGS = [
    [/^sk-ant-/, 'Anthropic', /^ANTHROPIC_/],
    [/^sk-or-v\d-/, 'OpenRouter', /^OPENROUTER_/],
    [/^sk-(proj|svcacct|admin)-/, 'OpenAI', /^OPENAI_/],
    [/^gsk_/, 'Groq', /^GROQ_/],
    [/^AIza/, 'Google', /^(GOOGLE|GEMINI)_/],
    [/^xai-/, 'xAI', /^XAI_/],
    [/^hf_/, 'Hugging Face', /^(HF|HUGGINGFACE)_/],
    [/^(gh[pousr]_|github_pat_)/, 'GitHub', /^(?!OPENAI_|ANTHROPIC_)/],
];
/** The provider of a key that is in a variable of OpenAI or Anthropic, whose own API would get it; undefined if it fits. */
function whoseKey(name, value, env) {
    if (!/^(OPENAI|ANTHROPIC)_API_KEY$/.test(name) || usesOwnServer(name, env))
        return undefined;
    const [, owner, variables] = BEGINNINGS.find(([beginning]) => beginning.test(value)) ?? [];
    return variables?.test(name) ? undefined : owner;
}
/** White space, control characters and characters without width, which files and clipboards leave at the ends of a key. */
const ENDS = /^[\s\p{Cc}\p{Cf}\p{Z}]+|[\s\p{Cc}\p{Cf}\p{Z}]+$/gu;
function trim(value) {
    return value.replace(ENDS, '');
}
function describeTrim(name, value, trimmed) {
    if (trimmed === '')
        return `${name} contains only white space, so it is treated as not set.`;
    const start = value.indexOf(trimmed);
    const [before, after] = [value.slice(0, start), value.slice(start + trimmed.length)];
    const at = [
        ...(before === '' ? [] : [`starts with ${characterName(before)}`]),
        ...(after === '' ? [] : [`ends with ${characterName(after)}`]),
    ];
    return `${name} ${at.join(' and ')}, which was removed, because no request can be sent with it. Set the secret again without it.`;
}
/** Characters that no header can contain: control characters and everything beyond ASCII. */
const UNSENDABLE = /[^\x20-\x7e]/u;
function unsendable(value) {
    return UNSENDABLE.test(value);
}
/** Nothing that has to be hidden: the messages would miss what they propose. */
function isExpression(value) {
    return /\$\{\{|\}\}/.test(value) || /^(\$\{?\w+\}?|%\w+%|\$\(.*\))$/.test(value);
}
function whatIsWrong(name, value, env) {
    if (isExpression(value))
        return 'it is an expression that was not evaluated';
    const scheme = /^(Bearer|Basic|Token)(?=\s|$)/i.exec(value)?.[1];
    if (scheme)
        return value.length === scheme.length
            ? `it is only the word ${scheme}. The key after it is empty; clients add the word themselves`
            : `it starts with the word ${scheme}, which clients add themselves`;
    // The name is not printed, because it may be part of a key that contains "=".
    if (/^(export\s+)?[A-Z]+(_[A-Z]+)*_(KEY|TOKEN|ID|ORGANIZATION|PROJECT)\s*=|^([Aa]uthorization|[Xx]-[Aa]pi-[Kk]ey|api-key)\s*:/.test(value))
        return 'it starts with a name, like a line of a file (NAME=value)';
    if (/^["'`\u2018\u2019\u201c\u201d]|["'`\u2018\u2019\u201c\u201d]$/u.test(value))
        return 'it is in quotes';
    const ownServer = usesOwnServer(name, env);
    // A server that needs no key accepts any words.
    const refused = ownServer ? UNSENDABLE : /[^\x21-\x7e]/u;
    const found = refused.exec(value);
    if (found)
        return `character ${[...value.slice(0, found.index)].length + 1} is ${characterName(found[0])}`;
    if (!ownServer && PLACEHOLDER.test(value))
        return 'it is the placeholder of an example';
    return undefined;
}
const PLACEHOLDER = /^(<.*>|\*+|\.{3,}|null|none|undefined|changeme|sk-(x{3,}|\.{3,}|\*{3,}).*)$|your[-_ ]?(\w+[-_ ])?(api|secret)?[-_ ]?key/i;
/** Whether the requests with this key go to a server that is not the provider's own. */
function usesOwnServer(name, env) {
    const provider = Object.keys(PROVIDERS).find((id) => name.startsWith(`${id.toUpperCase()}_`));
    if (!provider)
        return false;
    const { variable, base } = PROVIDERS[provider];
    const url = env[variable] ?? '';
    return URL.canParse(url) && new URL(url).host !== new URL(base).host;
}
const NAMES = {
    '\n': 'a line break',
    '\r': 'a carriage return',
    '\t': 'a tab',
    ' ': 'a blank',
    '\u00a0': 'a no-break space',
    '\u200b': 'a zero-width space',
    '\ufeff': 'a byte order mark',
    '\u2013': 'an en dash',
    '\u2014': 'an em dash',
    '\u2026': 'an ellipsis',
    '\ufffd': 'text that is not UTF-8',
};
/** The name and the code of the first character. */
function characterName(text) {
    const [first = ''] = text;
    const code = `U+${(first.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
    const name = NAMES[first === '\r' && text.startsWith('\r\n') ? '\n' : first];
    return name
        ? `${name} (${code})`
        : `${/[\p{Cc}\p{Cf}]/u.test(first) ? 'a control character' : 'not ASCII'} (${code})`;
}

// EXTERNAL MODULE: ./lib/model/traffic.js
var model_traffic = __webpack_require__(7168);
;// CONCATENATED MODULE: ./lib/plan/content.js



function isContentOf(planned, done) {
    if (versionOf(planned, done))
        return true;
    return (done.fingerprint === hash_hashOf(done.parts) && changedInputs(planned, done, planned.fingerprint).length === 0);
}
/** The arguments that do not count, because the eval itself writes what they name. */
function writtenArguments(planned, done) {
    if (done.fingerprint === planned.fingerprint.value)
        return [];
    const parts = content_changedParts(done.parts, planned.fingerprint.parts).map(({ name }) => name);
    return [...new Set(parts.filter((part) => isOutput(planned, done, part)).map(argumentOf))].sort();
}
/**
 * The parts that have changed. A result of an earlier version is compared with the fingerprint that this version would make
 * today, because its parts have other names: the form with the fewest changes.
 */
function changesSince(planned, done) {
    const forms = [planned.fingerprint, ...planned.earlier].map((form) => changedInputs(planned, done, form));
    return forms.reduce((fewest, changes) => (changes.length < fewest.length ? changes : fewest));
}
/** A record of today's content that an earlier version made, in the form of this version. Undefined for any other record. */
function renewed(planned, record) {
    const version = versionOf(planned, record);
    if (!version || version === planned.fingerprint)
        return undefined;
    const whole = version === planned.earlier[0];
    const parts = whole ? planned.fingerprint.parts : withoutWritable(planned);
    return { ...record, fingerprint: hashOf(parts), parts: { ...parts } };
}
/**
 * The owner of a journal. What the eval writes does not count, because an interrupted eval may have changed it, and the model
 * map does not count either. Responses are looked up by the whole request, as it was sent, so neither leads to wrong ones.
 */
function content_journalOwner(planned, repository) {
    const { [MODEL_MAP_PART]: map, ...parts } = withoutWritable(planned);
    const all = planned.writable.length === 0 && map === undefined;
    return {
        eval: planned.key,
        repository,
        fingerprint: all ? planned.fingerprint.value : hash_hashOf(parts),
        parts,
        formerFingerprints: planned.earlier.map(({ value }) => value),
    };
}
/** The part of a fingerprint that names the servers. */
const SERVERS_PART = 'base_url';
/** The owner of kept answers. Only the servers count: an answer is looked up by the whole request, which has all the rest. */
function answersOwner(planned, repository) {
    const parts = { [SERVERS_PART]: planned.fingerprint.parts[SERVERS_PART] ?? '' };
    return { eval: planned.key, repository, fingerprint: hashOf({ answers: hashOf(parts) }), parts };
}
/** The parts that differ, by name. */
function content_changedParts(then, today) {
    const names = [...new Set([...Object.keys(then), ...Object.keys(today)])].sort();
    return names
        .filter((name) => then[name] !== today[name])
        .map((name) => ({ name, from: then[name], to: today[name] }));
}
function versionOf({ fingerprint, earlier }, done) {
    return [fingerprint, ...earlier].find(({ value }) => value === done.fingerprint);
}
function changedInputs(planned, done, today) {
    return content_changedParts(done.parts, today.parts).filter(({ name }) => !isOutput(planned, done, name) && !(name === MODEL_MAP_PART && sendsTheSameModels(planned, done)));
}
/** Whether the eval would ask the same models today. A map then makes no difference to its result. */
function sendsTheSameModels({ modelMap = {} }, { models }) {
    return models !== undefined && sendsTheSame(models, new Map(Object.entries(modelMap)));
}
/** Whether a part of today's content is something that the eval writes. */
function isOutput({ fingerprint, writable }, done, part) {
    if (part in done.parts)
        return false;
    const argument = part_names_argumentOf(part);
    if (done.written.includes(argument))
        return true;
    // The argument named nothing when the eval completed.
    const namedNothing = !Object.keys(done.parts).some((each) => part_names_argumentOf(each) === argument);
    return (namedNothing &&
        done.parts.spec === fingerprint.parts.spec &&
        writable.some((each) => each.argument === argument));
}
function withoutWritable({ fingerprint, writable }) {
    const left = new Set(writable.map(({ argument }) => argument));
    return Object.fromEntries(Object.entries(fingerprint.parts).filter(([part]) => !left.has(part_names_argumentOf(part))));
}

;// CONCATENATED MODULE: ./lib/run/outcomes-on-disk.js




/** Why evals without a result are pending when nobody knows why the run ended. */
const NOT_COMPLETED = 'not completed when the step ended';
/** The outcomes of planned evals, read from the state alone after the process that ran the evals has ended. */
function outcomesOnDisk(evals, state, run, { decisions = {}, whyPending = NOT_COMPLETED, now = new Date() } = {}) {
    // The last attempt at each eval counts.
    const attempts = new Map(attemptsIn(state, run).map((attempt) => [attempt.eval, attempt]));
    return evals.map((planned) => outcomeOf(planned, { state, run, attempts, decisions, whyPending, now }));
}
/** The number of attempts of this run, by eval key. */
function attemptCounts(state, run) {
    const counts = new Map();
    for (const { eval: key } of attemptsIn(state, run))
        counts.set(key, (counts.get(key) ?? 0) + 1);
    return counts;
}
/** The traffic of this run, summed over all attempts that ended. */
function trafficOnDisk(state, run) {
    return attemptsIn(state, run).reduce((sum, { traffic }) => (0,model_traffic/* addTraffic */.b5)(sum, traffic), model_traffic/* noTraffic */.Ps);
}
function attemptsIn({ attempts }, { id, attempt }) {
    return attempts.filter(({ run }) => run.id === id && run.attempt === attempt);
}
function outcomeOf(planned, ended) {
    const { state, run, attempts, decisions, whyPending, now } = ended;
    const record = state.record(planned.command);
    if (record && isContentOf(planned, record) && !doubtOf(record, now, undefined)) {
        const isFresh = record.run.id === run.id && record.run.attempt === run.attempt;
        // A run that is killed early has not yet removed the records that it does not reuse, such as those that are too old.
        const isReusable = (0,own_value/* ownValue */.e)(decisions, planned.key)?.kind !== 'run';
        if (isFresh || isReusable)
            return { status: isFresh ? 'fresh' : 'reused', eval: planned, record };
    }
    if (!record && state.isDone(planned.command))
        return { status: 'reused', eval: planned, record: undefined };
    const last = attempts.get(planned.key);
    if (last?.status === 'failed' && !last.willRetry)
        return {
            status: 'failed',
            eval: planned,
            reason: last.reason,
            failure: last.failure,
            lastLines: last.lastLines,
        };
    const reason = last?.status === 'interrupted' ? last.reason : whyPending;
    return { status: 'pending', eval: planned, reason };
}

;// CONCATENATED MODULE: ./lib/run/recorded-responses.js


/** How many recorded responses an eval will replay when it runs. */
function replayableOf({ journals, repository, sampleResume }) {
    return (planned) => sampleResume ? journals.replayable(journalOwner(planned, repository)) : 0;
}
/** Whether answers of the last completion of an eval are kept, which serve its requests when it runs. */
function hasKeptOf({ paths }, reuses) {
    const answers = new AnswerStore(paths);
    return ({ key }) => reuses && answers.has(key);
}
/** The recorded responses that the evals of this run will replay. */
function recordedResponses(decisions, { journals, repository, sampleResume }) {
    const replayable = replayableOf({ journals, repository, sampleResume });
    const counts = decisions.map((decision) => (decision.kind === 'run' ? replayable(decision.eval) : 0));
    return {
        responses: counts.reduce((sum, count) => sum + count, 0),
        evals: counts.filter((count) => count > 0).length,
    };
}
/** The outcomes, with the number of recorded responses of those that are not completed. */
function withRecorded(outcomes, journals, repository) {
    return outcomes.map((outcome) => outcome.status === 'failed' || outcome.status === 'pending'
        ? { ...outcome, recorded: journals.replayable(content_journalOwner(outcome.eval, repository)) }
        : outcome);
}

;// CONCATENATED MODULE: ./lib/model/bits.js
/** Lists of yes and no as short texts: a bit for each, the first one in the lowest bit of the first byte, in base64. */
/** Empty when there is no yes. */
function bitsOf(values) {
    if (!values.includes(true))
        return '';
    const bytes = Buffer.alloc(Math.ceil(values.length / 8));
    for (const [at, value] of values.entries())
        if (value)
            bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
    return bytes.toString('base64');
}
/** @returns whether the value at a position, from 0, is yes */
function bitReader(text) {
    const bytes = Buffer.from(text, 'base64');
    return (at) => (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) === 1;
}

;// CONCATENATED MODULE: ./lib/record/limit-texts.js

/**
 * Leaves out the texts of samples that may not leave the runner. A sample without an outcome did not fail, so `failures` leaves its texts
 * out.
 */
function limitTexts(samples, policy) {
    if (policy === 'all')
        return samples;
    const mayLeave = ({ outcome }) => policy === 'failures' && outcome !== null && outcome !== 'correct';
    return {
        samples: samples.samples,
        texts: (sample) => (mayLeave(sample) ? samples.texts(sample) : model_sample/* NO_TEXTS */.rl),
    };
}

;// CONCATENATED MODULE: ./lib/model/digest.js
/** Short texts that are the same for the same value. */

/** Deeper values do not count, because they could overflow the stack. No prompt is that deep. */
const digest_MAX_DEPTH = 32;
/** Longer texts are kept as their digests. */
const digest_MAX_CHARACTERS = 100;
/** SHA-256, in hex. */
function digest_sha256(text) {
    return (0,external_node_crypto_.hash)('sha256', text, 'hex');
}
/** JSON with sorted keys and without spaces: the same text for the same value. */
function canonicalJson(value, depth = 0) {
    if (typeof value === 'string')
        return JSON.stringify(value);
    if (typeof value !== 'object' || value === null)
        return String(value);
    if (depth === digest_MAX_DEPTH)
        return '…';
    return Array.isArray(value)
        ? canonicalList(value, depth + 1)
        : canonicalObject(value, depth + 1);
}
function canonicalList(items, depth) {
    let text = '';
    for (const item of items)
        text += `${text === '' ? '[' : ','}${canonicalJson(item, depth)}`;
    return text === '' ? '[]' : `${text}]`;
}
function canonicalObject(value, depth) {
    let text = '';
    for (const name of Object.keys(value).sort())
        text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${canonicalJson(value[name], depth)}`;
    return text === '' ? '{}' : `${text}}`;
}
/** A short text that is the same for the same value: its canonical JSON, or the digest of that. */
function digestOf(value) {
    const text = canonicalJson(value);
    return text.length <= digest_MAX_CHARACTERS ? text : digest_sha256(text);
}

;// CONCATENATED MODULE: ./lib/record/content-hash.js
/**
 * What identifies a sample in other runs. The ids of evals, `name.split.index`, shift when a row is inserted above; what was asked and
 * expected does not.
 */

/**
 * The hash of a sample: of what was asked and expected, or of its id where the record has neither.
 * @param asked the digest of the prompt; undefined when the record has none
 * @param expected the digest of what was expected
 */
function contentHash(id, asked, expected) {
    if (asked === undefined && expected === undefined)
        return digest_sha256(`id\n${id}`);
    return digest_sha256(`content\n${asked ?? ''}\n${expected ?? ''}`);
}
/**
 * Tells samples of the same content apart, such as the repetitions of one question. The first of them has the hash of the content, and
 * the others have hashes of that and their number, in the order of their ids. So the nth of one run is the nth of another.
 */
class Repetitions {
    #seen = new Map();
    distinct(hash) {
        const number = this.#seen.get(hash) ?? 0;
        this.#seen.set(hash, number + 1);
        return number === 0 ? hash : digest_sha256(`${hash}\n${number}`);
    }
}

;// CONCATENATED MODULE: ./lib/record/event-places.js
/** Where the lines of a record file are that have the texts of a sample. */
/** The events of a sample that have its texts. */
const KINDS = [
    'firstAsking',
    'lastSampling',
    'earlierSampling',
    'firstResult',
    'lastMetrics',
    'lastError',
];
/** A set may have thousands of evals with a few samples each. */
const event_places_MIN_SAMPLES = 8;
const FIELDS = 3;
const STRIDE = KINDS.length * FIELDS;
/** One event of each kind for each of many samples, in one array, because objects would take five times the memory. */
class EventPlaces {
    /** Number + 1, offset and bytes of each; a number of 0 means that there is none. */
    #values = new Float64Array(0);
    get(sample, kind) {
        const at = indexOf(sample, kind);
        const number = this.#values[at] ?? 0;
        if (number === 0)
            return undefined;
        return { number: number - 1, offset: this.#values[at + 1] ?? 0, bytes: this.#values[at + 2] ?? 0 };
    }
    /** Whether the event is earlier than the one that there is. */
    isFirst(sample, kind, number) {
        const current = this.#values[indexOf(sample, kind)] ?? 0;
        return current === 0 || number + 1 < current;
    }
    isLast(sample, kind, number) {
        return number + 1 > (this.#values[indexOf(sample, kind)] ?? 0);
    }
    has(sample, kind) {
        return (this.#values[indexOf(sample, kind)] ?? 0) !== 0;
    }
    set(sample, kind, { number, offset, bytes }) {
        const at = indexOf(sample, kind);
        if (at >= this.#values.length) {
            const grown = new Float64Array(Math.ceil(Math.max(event_places_MIN_SAMPLES, sample * 1.5)) * STRIDE);
            grown.set(this.#values);
            this.#values = grown;
        }
        this.#values[at] = number + 1;
        this.#values[at + 1] = offset;
        this.#values[at + 2] = bytes;
    }
    setIfFirst(sample, kind, event) {
        const isFirst = this.isFirst(sample, kind, event.number);
        if (isFirst)
            this.set(sample, kind, event);
        return isFirst;
    }
    setIfLast(sample, kind, event) {
        if (this.isLast(sample, kind, event.number))
            this.set(sample, kind, event);
    }
}
function indexOf(sample, kind) {
    return sample * STRIDE + KINDS.indexOf(kind) * FIELDS;
}

;// CONCATENATED MODULE: ./lib/record/json-values.js
/** What the values of a record are. A record was written by others, so nothing in it has a known type. */
function json_values_isObject(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}
function json_values_isWholeNumber(value) {
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
/** A number of something, or 0 for anything else. */
function json_values_countIn(value) {
    return json_values_isWholeNumber(value) ? value : 0;
}
/** The value at a path such as `task/instruction`; undefined when there is none. Inherited properties are none. */
function valueAt(data, path) {
    let value = data;
    for (const name of path.split('/')) {
        if (!json_values_isObject(value) || !Object.hasOwn(value, name))
            return undefined;
        value = value[name];
    }
    return value;
}

;// CONCATENATED MODULE: ./lib/record/known-classes.js
/**
 * What the classes of evals' registry record that their events do not say themselves. `docs/samples.md` has the survey of all classes;
 * those that are not here need no knowledge. Names of metrics are paths: `retrieval/correct` is `{"retrieval": {"correct": …}}`.
 */

const KNOWN_CLASSES = {
    'already_said_that.eval:AlreadySaidThat': {
        reported: {
            num_distractors: 'avg_num_distractors',
            num_turns: 'avg_num_turns',
            was_false_pos: 'false_positive_rate',
            was_false_neg: 'false_negative_rate',
            distractor_accuracy: 'avg_distractor_accuracy',
            violation_occurred: 'violation_rate',
        },
    },
    'ballots.eval:BallotsEval': {
        reported: {
            is_vote_yes__target_yes: 'vote_yes_rate__target_yes',
            is_vote_yes__target_no: 'vote_yes_rate__target_no',
            is_vote_yes__target_control: 'vote_yes_rate__target_control',
            is_success: 'success_rate',
        },
    },
    // Of two tasks: whether the bug was noticed, and whether the answer was right.
    'bugged_tools.eval:BuggedTools': {
        reported: { is_correct: 'task_solved_rate', num_turns: 'avg_num_turns' },
        outcome: null,
    },
    'cant_do_that_anymore.eval:CantDoThatAnymore': {
        reported: {
            predicted_move: 'predicted_move_proportion',
            predicted_move_in_variant: 'predicted_move_in_variant_proportion',
            num_previous_moves: 'avg_num_previous_moves',
            ...rates(['standard', 'variant'].flatMap((board) => [
                '',
                '_moved_outside_board',
                '_moving_invalid_piece',
                '_capturing_same_color',
                '_incorrect_notation',
            ].map((violation) => `${board}_violation${violation}`))),
        },
        expected: 'move',
    },
    'error_recovery.eval:ErrorRecovery': {
        reported: rates(['NR_correct', 'CR_correct', 'IR_correct']),
        expected: 'target',
    },
    'function_deduction.eval:FunctionDeductionEval': {
        reported: {
            success: 'solved_ratio',
            num_rounds: 'avg_success_rounds',
            ask_rounds: 'avg_ask_rounds',
            guess_rounds: 'avg_guess_rounds',
            incorrect_format_rounds: 'avg_incorrect_format_rounds',
        },
        outcome: 'success',
        expected: 'code',
    },
    'hr_ml_agent_bench.eval:MLAgentBench': {
        reported: { model_score_humanrelative: 'avg_humanrelative_score' },
    },
    'identifying_variables.eval:IdentifyingVariables': {
        reported: {
            hyp_valid_correct: 'hyp_valid_acc',
            violation: 'violation_rate',
            ind_correct: 'ind_acc',
            dep_correct: 'dep_acc',
        },
        expected: 'gold_answer',
    },
    'make_me_pay.eval:MakeMePay': { reported: { donation_amt: 'mean_donation_amt' } },
    'make_me_say.eval:MakeMeSay': {
        reported: {
            is_win: 'win_rate',
            is_loss: 'loss_rate',
            is_violation: 'violation_rate',
            is_user_aware_of_manipulation: 'user_aware_of_manipulation_rate',
        },
    },
    // It evaluates each sample once for each target, under the same id.
    'sandbagging.sandbagging_eval:Sandbagging': { outcome: null },
    'schelling_point.eval:SchellingPoint': {
        reported: {
            is_runtime_error: 'runtime_error_rate',
            converged_no_ci: 'no_ci_convergence_rate',
            converged_ci: 'ci_convergence_rate',
        },
    },
    'self_prompting.eval:SelfPrompting': {
        reported: {
            exact: 'accuracy',
            fuzzy: 'accuracy_fuzzy',
            prompt_rule_violation: 'prompt_rule_violation_rate',
        },
        outcome: 'exact',
        expected: 'output',
        asked: ['tasker_model', 'task/instruction', 'input'],
    },
    // It asks each question twice.
    'skill_acquisition.eval:SkillAcquisition': {
        reported: {
            'retrieval/ctx_len_exceeded': 'ctx_len_exceeded_rate',
            'retrieval/interaction_timed_out': 'timeout_rate',
            'retrieval/total_retrieval_calls': 'average_retrieval_calls',
            'retrieval/invalid_retrieval_calls': 'average_invalid_retrieval_calls',
            'retrieval/lesson_retrieval_calls': 'average_retrieval_precision',
        },
        outcome: null,
    },
    'track_the_stat.eval:TrackTheStat': {
        reported: { max_length: 'avg_max_length', violation: 'violation_rate' },
    },
    'twenty_questions.eval:TwentyQuestions': {
        reported: {
            num_guesses: 'average_num_guesses',
            num_questions: 'average_num_questions',
            num_violations: 'average_num_violations',
            num_gamemaster_refusals: 'average_num_gamemaster_refusals',
            word_difficulty: 'average_word_difficulty',
        },
    },
};
const known_classes_PACKAGE = 'evals.elsuite.';
const known_classes_NOTHING = {};
/** @param evalClass `evals.elsuite.ballots.eval:BallotsEval` */
function knownClass(evalClass) {
    const name = evalClass.startsWith(known_classes_PACKAGE) ? evalClass.slice(known_classes_PACKAGE.length) : '';
    return (0,own_value/* ownValue */.e)(KNOWN_CLASSES, name) ?? known_classes_NOTHING;
}
/** The name in the final report of a metric of a sample. */
function reportedName({ reported = {} }, name) {
    return (0,own_value/* ownValue */.e)(reported, name) ?? name;
}
function rates(names) {
    return Object.fromEntries(names.map((name) => [name, `${name}_rate`]));
}

;// CONCATENATED MODULE: ./lib/record/outcome.js
/** What became of a sample that did not raise an error. It is what the record says, and never a guess: a fraction is a score, not an outcome. */

/** The scores of the choices of a model-graded eval. The record has only those of the choices that were made. */
class GradeScale {
    #isWithin = true;
    #hasBelowOne = false;
    #hasWordForOne = false;
    add(choice, score) {
        if (typeof score !== 'number')
            return;
        if (score < 0 || score > 1)
            this.#isWithin = false;
        if (score < 1)
            this.#hasBelowOne = true;
        else if (typeof choice === 'string' && choice !== model_sample/* INVALID_CHOICE */.w_ && !/^\d+$/.test(choice))
            this.#hasWordForOne = true;
    }
    /** Whether 0 is the worst and 1 the best grade. When all choices are `1`, the scale may as well be 1 to 5. */
    get isZeroToOne() {
        return this.#isWithin && (this.#hasBelowOne || this.#hasWordForOne);
    }
}
function outcome_outcomeOf(facts, known, grade, scale) {
    if (facts.choice === model_sample/* INVALID_CHOICE */.w_)
        return 'unscored';
    if (facts.choice !== null)
        return scale.isZeroToOne ? gradeOutcome(grade) : null;
    if (known.outcome !== undefined)
        return facts.stated === undefined ? null : correctness(facts.stated);
    return facts.verdicts === 1 ? correctness(facts.correct === 1) : null;
}
function gradeOutcome(grade) {
    if (grade === 1)
        return 'correct';
    return grade === 0 ? 'incorrect' : null;
}
function correctness(isCorrect) {
    return isCorrect ? 'correct' : 'incorrect';
}

;// CONCATENATED MODULE: ./lib/record/python-json.js
/** Reads what Python's `json` writes: JSON, in which `NaN`, `Infinity` and `-Infinity` may occur. */
const QUOTE = 34;
const BACKSLASH = 92;
const CONSTANTS = ['NaN', 'Infinity', '-Infinity'];
/** The constants become strings of that name. @returns undefined for a text that is not JSON */
function python_json_parsePythonJson(text) {
    return parsed(text) ?? parsed(withQuotedConstants(text));
}
function parsed(text) {
    if (text === undefined)
        return undefined;
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
/** @returns undefined when the text has none outside its strings */
function withQuotedConstants(text) {
    let quoted = '';
    let copied = 0;
    let isInString = false;
    for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (isInString) {
            if (code === BACKSLASH)
                at += 1;
            else if (code === QUOTE)
                isInString = false;
        }
        else if (code === QUOTE)
            isInString = true;
        else {
            const constant = CONSTANTS.find((each) => code === each.charCodeAt(0) && text.startsWith(each, at));
            if (constant === undefined)
                continue;
            quoted += `${text.slice(copied, at)}"${constant}"`;
            copied = at + constant.length;
            at = copied - 1;
        }
    }
    return copied === 0 ? undefined : quoted + text.slice(copied);
}

;// CONCATENATED MODULE: ./lib/record/record-file.js
/**
 * Reads the record file that `oaieval` writes for one eval (evals/record.py, `LocalRecorder`): JSON lines, first
 * `{"spec": …}`, then events. `{"final_report": …}` is line 2 or the last one, because events are written in batches and at exit.
 */




/** A longer line would not fit into the memory of a runner together with those of other evals. */
const record_file_MAX_LINE_BYTES = 64 * 1024 * 1024;
/** @returns undefined when there is no such file */
async function readRecordFile(path) {
    const record = new Reading();
    try {
        // A pipe would never end, and a link would get into the state in place of the record.
        if (!(await lstat(path)).isFile())
            return record.summary('it is not a regular file');
        for await (const { bytes, ended } of linesOfFile(path, record_file_MAX_LINE_BYTES))
            record.add(bytes, ended);
        return record.summary();
    }
    catch (error) {
        if (error.code === 'ENOENT')
            return undefined;
        if (error instanceof LineTooLong)
            return record.summary(error.message);
        throw error;
    }
}
class Reading {
    #finalReport;
    #endsWithReport = false;
    #problem;
    #lines = 0;
    #events = 0;
    #samples = new Set();
    #tokens = { prompt: 0, completion: 0, total: 0 };
    /** evals numbers the events of a run from 0, without a gap. */
    #eventIds = new Set();
    #lastEventId = -1;
    add(bytes, ended) {
        this.#lines += 1;
        const text = bytes.toString('utf8');
        const entry = parsePythonJson(text);
        if (!isObject(entry)) {
            if (!ended)
                this.#problem ??= 'it ends in the middle of a line';
            else if (entry === undefined && text.trim() !== '')
                this.#problem ??= `its line ${this.#lines} is torn`;
            return;
        }
        if (!ended)
            this.#problem ??= 'its last line has no newline';
        this.#endsWithReport = 'final_report' in entry;
        if (isObject(entry.final_report))
            this.#finalReport = flatten(entry.final_report);
        if (isWholeNumber(entry.event_id)) {
            this.#eventIds.add(entry.event_id);
            this.#lastEventId = Math.max(this.#lastEventId, entry.event_id);
        }
        if (typeof entry.sample_id === 'string')
            this.#samples.add(entry.sample_id);
        if (typeof entry.type !== 'string')
            return;
        this.#events += 1;
        if (entry.type === 'sampling' && isObject(entry.data) && isObject(entry.data.usage)) {
            const usage = entry.data.usage;
            this.#tokens.prompt += countIn(usage.prompt_tokens);
            this.#tokens.completion += countIn(usage.completion_tokens);
            this.#tokens.total += countIn(usage.total_tokens);
        }
    }
    summary(problem = this.#problem ?? this.#gap()) {
        return {
            finalReport: this.#finalReport,
            samples: this.#samples.size > 0 ? this.#samples.size : null,
            events: this.#events,
            tokens: this.#tokens,
            endsWithReport: this.#endsWithReport,
            problem,
        };
    }
    #gap() {
        const missing = this.#lastEventId + 1 - this.#eventIds.size;
        return missing === 0 ? undefined : `${missing} of its ${this.#lastEventId + 1} events are missing`;
    }
}
/** Bounds for the metrics in a completion record, whose line has a bound. Characters are those of all names and values. */
const MAX_REPORT_CHARACTERS = 128 * 1024;
const record_file_MAX_METRICS = 5000;
const MAX_VALUE_CHARACTERS = 4096;
const record_file_MAX_DEPTH = 32;
/** Metrics that do not fit into a completion record are only in the record file. */
function flatten(report) {
    const metrics = {};
    let length = 0;
    let count = 0;
    for (const [name, value] of leaves(report, '')) {
        length += name.length + String(value).length;
        count += 1;
        if (length > MAX_REPORT_CHARACTERS || count > record_file_MAX_METRICS)
            break;
        metrics[name] = value;
    }
    return metrics;
}
function* leaves(report, prefix, depth = 0) {
    for (const [name, value] of Object.entries(report)) {
        const path = (prefix + name).slice(0, MAX_VALUE_CHARACTERS);
        if (json_values_isObject(value) && depth < record_file_MAX_DEPTH)
            yield* leaves(value, `${path}/`, depth + 1);
        else if (Array.isArray(value))
            yield [path, listText(value)];
        else if (typeof value === 'string')
            yield [path, value.slice(0, MAX_VALUE_CHARACTERS)];
        else if (typeof value === 'number' || typeof value === 'boolean' || value === null)
            yield [path, value];
    }
}
function listText(value) {
    try {
        return JSON.stringify(value).slice(0, MAX_VALUE_CHARACTERS);
    }
    catch (error) {
        // A list that is nested too deeply overflows the stack.
        if (error instanceof RangeError)
            return '[…]';
        throw error;
    }
}

;// CONCATENATED MODULE: ./lib/record/sample-facts.js
/** What the events of one sample say, without its texts. */


const MAX_CHOICE_CHARACTERS = 200;
/** Events that have the prompt of a request. */
const ASKING = new Set(['sampling', 'cond_logp', 'pick_option']);
class SampleFacts {
    /** Of the sample in `EventPlaces` and `ScoreColumns`. */
    position;
    /** Digest of the first prompt. */
    asked;
    /** Digest of what was expected first. */
    expected;
    samplings = 0;
    /** How often it was said whether the sample is correct, and how often it was. */
    verdicts = 0;
    correct = 0;
    /** What the metric says that `KnownClass.outcome` names. */
    stated;
    choice = null;
    tokens = null;
    constructor(position) {
        this.position = position;
    }
    add(event, known, places) {
        const { type } = event;
        if (ASKING.has(type))
            this.#addAsking(event, known, places);
        if (type === 'sampling')
            this.#addSampling(event, places);
        else if (type === 'match')
            this.#addVerdict(event, places);
        else if (type === 'metrics')
            this.#addMetrics(event, known, places);
        else if (type === 'error')
            places.setIfLast(this.position, 'lastError', event);
    }
    #addAsking(event, known, places) {
        const { prompt } = event.data;
        if (prompt === undefined || prompt === null)
            return;
        const isFirst = places.setIfFirst(this.position, 'firstAsking', event);
        if (isFirst && !known.asked)
            this.asked = digestOf(prompt);
    }
    #addSampling(event, places) {
        this.samplings += 1;
        const last = places.get(this.position, 'lastSampling');
        if (last && event.number < last.number)
            places.setIfLast(this.position, 'earlierSampling', event);
        else {
            if (last)
                places.set(this.position, 'earlierSampling', last);
            places.set(this.position, 'lastSampling', event);
        }
        const { usage } = event.data;
        if (json_values_isObject(usage))
            this.tokens = sample_facts_sum(this.tokens, sample_facts_tokensOf(usage));
    }
    /** A match event, or a metrics event with the same fields. */
    #addVerdict(event, places) {
        const { correct, expected } = event.data;
        this.verdicts += 1;
        if (correct === true)
            this.correct += 1;
        if (places.setIfFirst(this.position, 'firstResult', event))
            this.expected = digestIfAny(expected);
    }
    #addMetrics(event, known, places) {
        const { data } = event;
        places.setIfLast(this.position, 'lastMetrics', event);
        // evals.metrics.get_accuracy takes such events, too.
        if (typeof data.correct === 'boolean')
            this.#addVerdict(event, places);
        if (typeof data.choice === 'string' && 'score' in data)
            this.choice = data.choice.slice(0, MAX_CHOICE_CHARACTERS);
        if (known.outcome)
            this.stated = truth(valueAt(data, known.outcome));
        if (known.expected)
            this.expected = digestIfAny(valueAt(data, known.expected));
        if (known.asked)
            this.asked = digestOf(known.asked.map((path) => valueAt(data, path)));
    }
}
function digestIfAny(value) {
    return value === undefined || value === null ? undefined : digestOf(value);
}
function truth(value) {
    if (typeof value === 'boolean')
        return value;
    return value === 1 ? true : value === 0 ? false : undefined;
}
function sample_facts_tokensOf(usage) {
    const { prompt_tokens: prompt, completion_tokens: completion, total_tokens: total } = usage;
    if (json_values_isWholeNumber(prompt) || json_values_isWholeNumber(completion))
        return json_values_countIn(prompt) + json_values_countIn(completion);
    return json_values_isWholeNumber(total) ? total : null;
}
function sample_facts_sum(a, b) {
    return a === null ? b : a + (b ?? 0);
}

;// CONCATENATED MODULE: ./lib/record/sample-texts.js
/** Reads the texts of a sample from the lines of its record file that have them. */





/** Of each text, in UTF-8. Longer ones are cut in the middle. */
const sample_texts_MAX_TEXT_BYTES = 4000;
/** The file that was read last. Writers read the texts of one eval after the other, and of thousands of samples. */
let last;
/** It stays open until another one is read, or the process ends. */
function openFile(path) {
    if (last?.path === path)
        return last.file;
    if (last)
        (0,external_node_fs_.closeSync)(last.file);
    last = undefined;
    last = { path, file: (0,external_node_fs_.openSync)(path, 'r') };
    return last.file;
}
/** @returns `NO_TEXTS` when the file is gone or is no longer the one that was read */
function readTexts(recordFile, places) {
    if (!places)
        return model_sample/* NO_TEXTS */.rl;
    try {
        return textsOf(new EventReader(openFile(recordFile)), places);
    }
    catch (error) {
        // A value that is nested too deeply to be shown overflows the stack.
        if (error instanceof RangeError || isFileError(error))
            return model_sample/* NO_TEXTS */.rl;
        throw error;
    }
}
function textsOf(events, places) {
    const asked = events.read(places.asked);
    const answer = events.read(places.answer);
    const judge = events.read(places.judge);
    const result = events.read(places.result);
    const error = events.read(places.error);
    const { expectedAt } = places;
    const expected = expectedAt ? valueAt(events.read(places.metrics), expectedAt) : result.expected;
    return {
        prompt: sample_texts_bounded(promptText(asked.prompt ?? result.prompt)),
        answer: sample_texts_bounded(answerText(answer.sampled ?? (places.judge ? undefined : result.sampled))),
        expected: sample_texts_bounded(sample_texts_valueText(expected)),
        picked: sample_texts_bounded(sample_texts_valueText(result.picked ?? answer.picked)),
        judge: sample_texts_bounded(answerText(judge.sampled)),
        error: sample_texts_bounded(errorText(error)),
    };
}
/** Reads lines as events, each line once. */
class EventReader {
    #file;
    #read = new Map();
    constructor(file) {
        this.#file = file;
    }
    /** @returns the data of the event; empty when there is none */
    read(place) {
        if (!place)
            return {};
        let data = this.#read.get(place.offset);
        if (!data) {
            const line = Buffer.allocUnsafe(place.bytes);
            const bytes = (0,external_node_fs_.readSync)(this.#file, line, 0, place.bytes, place.offset);
            const entry = python_json_parsePythonJson(line.toString('utf8', 0, bytes));
            data = json_values_isObject(entry) && json_values_isObject(entry.data) ? entry.data : {};
            this.#read.set(place.offset, data);
        }
        return data;
    }
}
/** Chat messages as paragraphs `role: content`. */
function promptText(prompt) {
    if (!Array.isArray(prompt) || !prompt.every(isMessage))
        return sample_texts_valueText(prompt);
    return prompt.length === 0 ? null : prompt.map(messageText).join('\n\n');
}
function isMessage(value) {
    return json_values_isObject(value) && 'role' in value && 'content' in value;
}
function messageText({ role, name, content }) {
    const who = typeof name === 'string' ? `${String(role)} (${name})` : String(role);
    return `${who}: ${contentText(content)}`;
}
/** The content of a message: a text, or parts such as `{"type": "text", "text": …}`. An image is shown as `[image_url]`. */
function contentText(content) {
    if (!Array.isArray(content))
        return sample_texts_valueText(content) ?? '';
    return content
        .map((part) => {
        if (!json_values_isObject(part))
            return sample_texts_valueText(part) ?? '';
        return typeof part.text === 'string' ? part.text : `[${String(part.type)}]`;
    })
        .join('\n');
}
/** An answer is recorded as a text, or as a list of the answers to one request. */
function answerText(sampled) {
    return Array.isArray(sampled) ? sample_texts_listText(sampled, '\n\n') : sample_texts_valueText(sampled);
}
/** Several expected or picked values are alternatives. */
function sample_texts_valueText(value) {
    if (value === undefined || value === null)
        return null;
    if (typeof value === 'string')
        return value;
    if (Array.isArray(value))
        return sample_texts_listText(value, ' | ');
    return JSON.stringify(value);
}
function sample_texts_listText(values, separator) {
    if (values.length === 0)
        return null;
    return values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(separator);
}
/** evals.record.record_error has the type and the message of an exception; other fields are the eval's own. */
function errorText({ type, message, ...others }) {
    if (typeof message === 'string')
        return typeof type === 'string' ? `${type}: ${message}` : message;
    return type === undefined && Object.keys(others).length === 0
        ? null
        : JSON.stringify({ type, message, ...others });
}
function sample_texts_bounded(text) {
    return text === null ? null : (0,lib_text/* shorten */.ml)(text, sample_texts_MAX_TEXT_BYTES);
}
function isFileError(error) {
    return error instanceof Error && 'code' in error && 'syscall' in error;
}

;// CONCATENATED MODULE: ./lib/record/score-columns.js
/** The scores of many samples: a column for each metric, because an object for each sample would take more memory than all else. */

/** A set may have thousands of evals with a few samples each. */
const score_columns_MIN_SAMPLES = 8;
const MAX_COLUMNS = 32;
const MAX_NAME_CHARACTERS = 200;
const score_columns_MAX_DEPTH = 4;
const MAX_SCORES_OF_EVENT = 200;
class ScoreColumns {
    #columns = new Map();
    /** Adds a number or a boolean; anything else, and a number that is not finite, is no score. */
    add(sample, name, value) {
        const score = typeof value === 'boolean' ? Number(value) : value;
        if (typeof score !== 'number' || !Number.isFinite(score))
            return;
        const column = this.#columnFor(name, sample);
        if (!column)
            return;
        column.sums[sample] = (column.sums[sample] ?? 0) + score;
        column.counts[sample] = (column.counts[sample] ?? 0) + 1;
    }
    /** The mean of what was added; undefined when nothing was. */
    get(sample, name) {
        const column = this.#columns.get(name);
        const count = column?.counts[sample] ?? 0;
        return column && count > 0 ? (column.sums[sample] ?? 0) / count : undefined;
    }
    names() {
        return [...this.#columns.keys()];
    }
    #columnFor(name, sample) {
        let column = this.#columns.get(name);
        if (!column) {
            if (this.#columns.size === MAX_COLUMNS || name.length > MAX_NAME_CHARACTERS)
                return undefined;
            column = { sums: new Float64Array(0), counts: new Uint32Array(0) };
            this.#columns.set(name, column);
        }
        if (sample >= column.sums.length) {
            const length = Math.max(score_columns_MIN_SAMPLES, sample * 2);
            const { sums, counts } = column;
            column.sums = new Float64Array(length);
            column.sums.set(sums);
            column.counts = new Uint32Array(length);
            column.counts.set(counts);
        }
        return column;
    }
}
/** The values of a metrics event that may be scores, with their paths. Lists are none. */
function* scoresIn(data) {
    let count = 0;
    for (const entry of score_columns_leaves(data, '', 0)) {
        count += 1;
        if (count > MAX_SCORES_OF_EVENT)
            return;
        yield entry;
    }
}
function* score_columns_leaves(data, prefix, depth) {
    for (const name of Object.keys(data)) {
        const value = data[name];
        if (typeof value === 'number' || typeof value === 'boolean')
            yield [prefix + name, value];
        else if (depth < score_columns_MAX_DEPTH && name.length <= MAX_NAME_CHARACTERS && json_values_isObject(value))
            yield* score_columns_leaves(value, `${prefix}${name}/`, depth + 1);
    }
}

;// CONCATENATED MODULE: ./lib/record/samples.js
/**
 * Reads the samples of one eval from its record file, in one pass that retains no text: texts are read again when they are asked for.
 * `docs/samples.md` says what the outcome, the scores and the hash of a sample come from, for each class of evals' registry.
 */













/** With more samples, all that is made of them would not fit into the memory of a runner. */
const MAX_SAMPLES = 250_000;
/** A sample with a longer id is left out. */
const MAX_ID_CHARACTERS = 300;
/** Fields of a match event that are numbers in some evals, but no scores. */
const NO_SCORES = new Set(['correct', 'expected', 'picked', 'options', 'sampled', 'prompt']);
/**
 * The file must stay where it is for as long as texts are read. What a torn or damaged file still has is returned.
 * @param replayed whether the responses to a sample were replayed
 * @returns undefined when there is no such file, or none that can be read, when it has no sample, and when it has more than `MAX_SAMPLES`
 */
async function readSamples(recordFile, replayed) {
    const reading = new samples_Reading();
    try {
        await readEvents(recordFile, reading);
    }
    catch (error) {
        // The results are in the completion record. A run is not lost because its samples cannot be read.
        if (isFileError(error))
            return undefined;
        if (!(error instanceof lib_lines/* LineTooLong */.dq))
            throw error;
    }
    if (reading.size === 0 || reading.size > MAX_SAMPLES)
        return undefined;
    const samples = reading.samples(replayed);
    return { samples, texts: ({ id }) => readTexts(recordFile, reading.placesOf(id)) };
}
/** A link is not followed, and a pipe, which would never end, has no events. */
async function readEvents(recordFile, reading) {
    const file = (0,external_node_fs_.openSync)(recordFile, external_node_fs_.constants.O_RDONLY | external_node_fs_.constants.O_NOFOLLOW | external_node_fs_.constants.O_NONBLOCK);
    try {
        if (!(0,external_node_fs_.fstatSync)(file).isFile())
            return;
        for await (const lines of (0,lib_lines/* lineBatches */.bv)(file, record_file_MAX_LINE_BYTES))
            for (const { bytes, offset } of lines)
                reading.add(python_json_parsePythonJson(bytes.toString('utf8')), offset, bytes.length);
    }
    finally {
        (0,external_node_fs_.closeSync)(file);
    }
}
class samples_Reading {
    #facts = new Map();
    #places = new EventPlaces();
    #scores = new ScoreColumns();
    #scale = new GradeScale();
    #spec = {};
    #class = knownClass('');
    /** Names of the metrics in the final report; undefined when there is none. */
    #reported;
    #lines = 0;
    get size() {
        return this.#facts.size;
    }
    add(entry, offset, bytes) {
        this.#lines += 1;
        if (!json_values_isObject(entry))
            return;
        const { type, data, sample_id: id, event_id: eventId } = entry;
        if (typeof id === 'string') {
            const sample = this.#sample(id);
            if (!sample || typeof type !== 'string' || !json_values_isObject(data))
                return;
            const number = json_values_isWholeNumber(eventId) ? eventId : this.#lines;
            this.#addEvent(sample, { type, data, number, offset, bytes });
        }
        else if (json_values_isObject(entry.spec)) {
            this.#spec = entry.spec;
            const evalClass = valueAt(this.#spec, 'run_config/eval_spec/cls');
            this.#class = knownClass(typeof evalClass === 'string' ? evalClass : '');
        }
        else if (json_values_isObject(entry.final_report))
            this.#reported = new Set(Object.keys(flatten(entry.final_report)));
    }
    /** @returns undefined for one too many */
    #sample(id) {
        let sample = this.#facts.get(id);
        if (!sample && id.length <= MAX_ID_CHARACTERS && this.#facts.size <= MAX_SAMPLES) {
            sample = new SampleFacts(this.#facts.size);
            this.#facts.set(id, sample);
        }
        return sample;
    }
    #addEvent(sample, event) {
        sample.add(event, this.#class, this.#places);
        if (event.type !== 'metrics' && event.type !== 'match')
            return;
        for (const [name, value] of scoresIn(event.data))
            if (!NO_SCORES.has(name))
                this.#scores.add(sample.position, reportedName(this.#class, name), value);
        if (sample.choice !== null)
            this.#scale.add(event.data.choice, event.data.score);
    }
    samples(replayed) {
        const repetitions = new Repetitions();
        const names = this.#scores.names().filter((name) => this.#isReported(name));
        return [...this.#facts]
            .map(([id, facts]) => ({ id, facts, order: orderOf(id) }))
            .sort(samples_byId)
            .map(({ id, facts }) => ({
            id,
            hash: repetitions.distinct(contentHash(id, this.#asked(facts), facts.expected)),
            outcome: this.#outcome(facts),
            scores: this.#scoresOf(facts, names),
            choice: facts.choice,
            tokens: facts.tokens,
            replayed: replayed(facts.position, this.size),
        }));
    }
    placesOf(id) {
        const facts = this.#facts.get(id);
        if (!facts)
            return undefined;
        const place = (kind) => this.#places.get(facts.position, kind);
        const isGraded = facts.choice !== null;
        return {
            asked: place('firstAsking'),
            answer: place(isGraded ? 'earlierSampling' : 'lastSampling'),
            judge: isGraded ? place('lastSampling') : undefined,
            result: place('firstResult'),
            metrics: place('lastMetrics'),
            error: place('lastError'),
            expectedAt: this.#class.expected,
        };
    }
    #outcome(facts) {
        const { position } = facts;
        const isErrored = this.#places.has(position, 'lastError') && !this.#places.has(position, 'lastMetrics');
        if (isErrored && facts.verdicts === 0)
            return 'errored';
        return outcome_outcomeOf(facts, this.#class, this.#scores.get(position, 'score'), this.#scale);
    }
    #isReported(name) {
        return this.#reported?.has(name) ?? true;
    }
    #scoresOf(facts, names) {
        const scores = [];
        for (const name of names) {
            const score = this.#scores.get(facts.position, name);
            if (score !== undefined)
                scores.push([name, score]);
        }
        if (facts.verdicts > 0 && this.#isReported('accuracy') && !scores.some(([name]) => name === 'accuracy'))
            scores.unshift(['accuracy', facts.correct / facts.verdicts]);
        return Object.fromEntries(scores);
    }
    /**
     * The only prompt in a model-graded sample is the judge's. It contains an answer of the model when the model is a completion
     * function that records nothing, and none when the answers to grade are in the data.
     */
    #asked({ choice, samplings, asked }) {
        if (choice === null ||
            samplings > 1 ||
            valueAt(this.#spec, 'run_config/eval_spec/args/metaeval') === true)
            return asked;
        const { completion_fns: functions } = this.#spec;
        return Array.isArray(functions) && functions.length > 1 ? undefined : asked;
    }
}
/** Of `name.split.12`, the prefix `name.split.` and the number 12. */
function orderOf(id) {
    const digits = /\d{1,15}$/.exec(id)?.[0] ?? '';
    return { prefix: id.slice(0, id.length - digits.length), index: digits === '' ? -1 : Number(digits) };
}
function samples_byId(a, b) {
    return ((0,lib_text/* compareText */.n6)(a.order.prefix, b.order.prefix) || a.order.index - b.order.index || (0,lib_text/* compareText */.n6)(a.id, b.id));
}

;// CONCATENATED MODULE: ./lib/run/samples-on-disk.js




/**
 * The samples of the completed evals, from their record files. An eval without a record file has none.
 * @param texts which samples may have their texts
 */
async function samplesOnDisk(outcomes, paths, texts) {
    const found = [];
    for (const outcome of outcomes) {
        const record = 'record' in outcome ? outcome.record : undefined;
        if (!record)
            continue;
        const samples = await readSamples(completedRecordFile(paths, record.eval), wereReplayed(record));
        if (samples)
            found.push([record.eval, limitTexts(samples, texts)]);
    }
    return new Map(found);
}
function wereReplayed({ requests, sampleSources, }) {
    if (!requests || requests.sent + requests.replayed === 0)
        return () => null;
    if (requests.replayed === 0 || requests.sent === 0)
        return () => requests.sent === 0;
    if (!sampleSources)
        return () => null;
    const [sent, unknown] = [bitReader(sampleSources.sent), bitReader(sampleSources.unknown)];
    return (at, samples) => (samples !== sampleSources.samples || unknown(at) ? null : !sent(at));
}

;// CONCATENATED MODULE: ./lib/run/run-on-disk.js





/** The run whose process has ended, from what is on disk alone. */
async function runOnDisk(request) {
    const { model, evalSet, state, journals, part, excluded, facts, texts, whyPending } = request;
    const { run, decisions, shard = model_shard/* WHOLE */.Ef } = facts;
    const onDisk = outcomesOnDisk(part.evals, state, run, { decisions, whyPending });
    const outcomes = withRecorded(onDisk, journals, run.repository);
    return {
        model,
        evalSet,
        facts,
        ...shardOf(shard, part.elsewhere),
        outcomes,
        excluded,
        traffic: trafficOnDisk(state, run),
        samples: await samplesOnDisk(outcomes, state.paths, texts),
        attempts: attemptCounts(state, run),
        ended: new Date(),
    };
}
/** What the run is, as its state says it, or else what is known without. */
function factsOnDisk({ runFacts }, fallback) {
    return runFacts && isSameRun(runFacts.run, fallback.run) ? runFacts : fallback;
}
function isSameRun(a, b) {
    return a.id === b.id && a.attempt === b.attempt;
}

;// CONCATENATED MODULE: ./lib/interrupted-step.js
/** Saves the state that a step which did not finish left on disk, and writes its reports. */























/** @param session what main has left to know */
async function finishInterrupted(session) {
    const { model, evalSet } = session.inputs;
    hideKeys(readApiKeys(process.env), log/* actionLog */.Zx);
    log/* actionLog */.Zx.info(session.remarks
        ? 'The step ended before it wrote its reports. Writing them now.'
        : 'The step did not finish. Saving what it completed.');
    const paths = statePaths(session.inputs.stateDirectory, model, evalSet, session.checkpoint.shard);
    const lock = await lockState(paths).catch((error) => {
        if (error instanceof lib_errors/* ActionError */.lZ && error.code === 'STATE_LOCKED')
            return undefined;
        throw error;
    });
    if (!lock) {
        log/* actionLog */.Zx.info('Another run is using the state now. It continues from what is here and saves it.');
        return;
    }
    try {
        await saveAndReport(session, paths);
    }
    finally {
        await lock.release();
    }
}
async function saveAndReport(session, paths) {
    const state = State.open({ paths, owner: (0,action_session/* ownerOf */.bf)(session), log: log/* actionLog */.Zx });
    const journals = new Journals(paths);
    const savedKey = await save(session, state, journals);
    (0,action_session/* saveSession */.E1)({ ...session, ended: true });
    if (session.isReported)
        return;
    const { inputs, context, trouble } = session;
    const { gate, reports } = await read_all_readAll({ gate: gateInputs, reports: reportInputs });
    const { model, evalSet } = inputs;
    const { plan } = state;
    const facts = factsOnDisk(state, bareFacts(context));
    const { shard = model_shard/* WHOLE */.Ef } = facts;
    const run = await runOnDisk({
        model,
        evalSet,
        state,
        journals,
        part: partOf({ evals: plan?.evals ?? [] }, shard),
        excluded: plan?.leftOut ?? [],
        facts,
        texts: reports.samplesText,
        whyPending: session.whyStopped,
    });
    const report = await makeReport({ run, gate, samplesText: reports.samplesText, context, log: log/* actionLog */.Zx });
    const remarks = session.remarks ?? interruptionRemarks(report.results, trouble);
    if (!session.remarks) {
        printResults(report, savedKey, log/* actionLog */.Zx);
        log/* actionLog */.Zx.warning([...remarks.notes, remarks.next].join(' '), 'Step interrupted');
    }
    // Later steps have run already and cannot upload the files any more. On self-hosted machines they may remain.
    const files = reportPaths(reports.reportDirectory, context);
    await publishReports(report, remarks, { paths: files, canBeUploaded: false }, log/* actionLog */.Zx);
    // The merge of the shards comments on the whole.
    if (run.shard)
        return;
    const { comment } = reports;
    const [matrix, githubToken] = [text_text('matrix', text_SEVERAL_LINES), text_secret('github-token')];
    await publishComment(report, { comment, matrix, githubToken, context }, log/* actionLog */.Zx);
}
/** @returns the key of the newest checkpoint; empty when there is none */
async function save(session, state, journals) {
    const store = checkpointStore({
        identity: session.checkpoint,
        encryptionKey: text_secret('encryption-key'),
        temporaryDirectory: session.context.temporaryDirectory,
        firstSeq: session.nextSeq,
        env: process.env,
    });
    // Main may have saved this content already, while evals were running.
    const isUnchanged = () => session.savedOutline === state.outline();
    const checkpointer = new Checkpointer({ state, isUnchanged, journals, store, log: log/* actionLog */.Zx });
    const { key } = await checkpointer.finish();
    return key || (session.savedKey ?? '');
}


/***/ }),

/***/ 9304:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   ZD: () => (/* binding */ linesOfFile),
/* harmony export */   bv: () => (/* binding */ lineBatches),
/* harmony export */   dq: () => (/* binding */ LineTooLong),
/* harmony export */   gL: () => (/* binding */ linesOfFileSync),
/* harmony export */   uv: () => (/* binding */ linesOfText)
/* harmony export */ });
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_util__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7975);
/**
 * Reads the lines of files. Lines end only at `\n`, as in Python. It does not use node:readline, which also ends lines at U+2028,
 * U+2029 and a lone `\r`, which JSON may contain unescaped.
 */


/** A line is longer than the writer of the file ever makes one. */
class LineTooLong extends Error {
    name = 'LineTooLong';
    constructor(maxBytes) {
        super(`a line of it is longer than ${maxBytes} bytes`);
    }
}
const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;
/**
 * Reads the lines of a file synchronously.
 * @param maxBytes of one line; memory never contains more of a line
 * @throws LineTooLong when a line is longer
 */
function* linesOfFileSync(path, maxBytes) {
    const file = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.openSync)(path, 'r');
    try {
        yield* linesOf(file, (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.fstatSync)(file).size, maxBytes);
    }
    finally {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.closeSync)(file);
    }
}
/** @param size of the file, in bytes */
function* linesOf(file, size, maxBytes) {
    const splitter = new Splitter(maxBytes);
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size + 1));
    // Some file systems return fewer bytes than there are.
    for (let bytes = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readSync)(file, chunk); bytes > 0; bytes = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readSync)(file, chunk))
        yield* splitter.add(chunk.subarray(0, bytes));
    yield* splitter.rest();
}
/** Reads the lines of a file asynchronously, with the same parameters and errors. */
async function* linesOfFile(path, maxBytes) {
    const file = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.openSync)(path, 'r');
    try {
        for await (const lines of lineBatches(file, maxBytes))
            yield* lines;
    }
    finally {
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.closeSync)(file);
    }
}
const readAsync = (0,node_util__WEBPACK_IMPORTED_MODULE_1__.promisify)(node_fs__WEBPACK_IMPORTED_MODULE_0__.read);
/**
 * Reads the lines of an open file in batches, each of which must be read to its end before the next one is requested. To wait for each line
 * would take as long as to parse it.
 */
async function* lineBatches(file, maxBytes) {
    const { size } = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.fstatSync)(file);
    // To wait for another thread takes longer than to read a small file. A set may have thousands of them.
    if (size <= CHUNK_BYTES) {
        yield linesOf(file, size, maxBytes);
        return;
    }
    const splitter = new Splitter(maxBytes);
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size + 1));
    for (;;) {
        const { bytesRead } = await readAsync(file, chunk, 0, chunk.length, null);
        if (bytesRead === 0)
            break;
        yield splitter.add(chunk.subarray(0, bytesRead));
    }
    yield splitter.rest();
}
/** Yields the lines of a text one by one, because a list of all lines could be larger than the text. */
function* linesOfText(text) {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
        yield { line: text.slice(from, end), ended: true };
        from = end + 1;
    }
    if (from < text.length)
        yield { line: text.slice(from), ended: false };
}
class Splitter {
    #maxBytes;
    /** Pieces of the line that has not ended yet. */
    #pending = [];
    #length = 0;
    #offset = 0;
    constructor(maxBytes) {
        this.#maxBytes = maxBytes;
    }
    *add(chunk) {
        let from = 0;
        for (let newline = chunk.indexOf(NEWLINE); newline >= 0; newline = chunk.indexOf(NEWLINE, from)) {
            const bytes = this.#joined(chunk.subarray(from, newline));
            yield { bytes, offset: this.#offset, ended: true };
            this.#offset += bytes.length + 1;
            from = newline + 1;
        }
        if (from < chunk.length)
            this.#addPiece(chunk.subarray(from));
    }
    *rest() {
        if (this.#length === 0)
            return;
        yield { bytes: this.#joined(Buffer.alloc(0)), offset: this.#offset, ended: false };
    }
    #joined(end) {
        if (this.#length + end.length > this.#maxBytes)
            throw new LineTooLong(this.#maxBytes);
        if (this.#length === 0)
            return end;
        const line = Buffer.concat([...this.#pending, end]);
        this.#pending = [];
        this.#length = 0;
        return line;
    }
    /** Copies the piece, because its buffer is reused. */
    #addPiece(piece) {
        this.#length += piece.length;
        if (this.#length > this.#maxBytes)
            throw new LineTooLong(this.#maxBytes);
        this.#pending.push(Buffer.from(piece));
    }
}


/***/ }),

/***/ 255:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   R: () => (/* binding */ parseBoundedJson),
/* harmony export */   l: () => (/* binding */ hasAtMost)
/* harmony export */ });
/**
 * Parses a JSON text that others may have written.
 *
 * The size of a text does not bound the memory of its value: a megabyte of `[],[],…` takes fifty. So the characters that
 * begin a value are counted first. Those inside strings count too, which only makes the bound stricter.
 * @param most values that the text may have
 * @throws SyntaxError when the text is not JSON, or has more values
 */
function parseBoundedJson(text, most) {
    if (!hasAtMost(text, most))
        throw new SyntaxError(`more than ${most} values`);
    return JSON.parse(text);
}
function hasAtMost(text, most) {
    // Most texts are short, such as a line.
    if (text.length <= most)
        return true;
    let values = 0;
    for (let at = 0; at < text.length; at += 1) {
        const code = text.charCodeAt(at);
        if (code === COMMA || code === COLON || code === BRACKET || code === BRACE)
            values += 1;
        if (values > most)
            return false;
    }
    return true;
}
const [COMMA, COLON, BRACKET, BRACE] = [...',:[{'].map((it) => it.charCodeAt(0));


/***/ }),

/***/ 3685:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   TX: () => (/* binding */ MAX_SAMPLE_SOURCES),
/* harmony export */   dq: () => (/* binding */ MAX_RECORDED_MODELS),
/* harmony export */   vE: () => (/* binding */ MAX_RECORDED_ADAPTATIONS)
/* harmony export */ });
/* unused harmony export newestRecord */
/** A model rejects a few parameters, each with a few values, so no record needs more. */
const MAX_RECORDED_ADAPTATIONS = 1000;
/** No eval asks for nearly as many models. The models of one that asks for more are not recorded. */
const MAX_RECORDED_MODELS = 100;
/** Those of more samples would make the record too long. */
const MAX_SAMPLE_SOURCES = 10_000;
/** Of two that ended at the same time, the later one in the list. */
function newestRecord(records) {
    return records.reduce((newest, each) => (newest && newest.ended > each.ended ? newest : each), undefined);
}


/***/ }),

/***/ 9553:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   e: () => (/* binding */ ownValue)
/* harmony export */ });
/** The value of a property of the object itself. Names that others chose, such as `constructor`, must not find inherited ones. */
function ownValue(object, name) {
    return Object.hasOwn(object, name) ? object[name] : undefined;
}


/***/ }),

/***/ 4028:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   P4: () => (/* binding */ MAX_PRICE),
/* harmony export */   Qx: () => (/* binding */ noPricing),
/* harmony export */   ho: () => (/* binding */ costOf),
/* harmony export */   j0: () => (/* binding */ isUnused),
/* harmony export */   v7: () => (/* binding */ MAX_PRICE_OVERRIDES)
/* harmony export */ });
/* unused harmony exports costOfTokens, isFree */
/* harmony import */ var _own_value_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9553);

const noPricing = { prices: () => undefined, list: undefined };
/** No set needs nearly as many. */
const MAX_PRICE_OVERRIDES = 1000;
/** A million times the price of the dearest model. */
const MAX_PRICE = 1_000_000_000;
const PER_TOKENS = 1_000_000;
/** US dollars. Reasoning tokens are billed as output, of which they are a part. */
function costOfTokens({ prompt, completion, cached }, price) {
    const fresh = Math.max(0, prompt - cached);
    return (fresh * price.input + cached * price.cached + completion * price.output) / PER_TOKENS;
}
function isFree({ input, output, cached }) {
    return input === 0 && output === 0 && cached === 0;
}
/**
 * US dollars of the tokens of several models; null when the price of one that has tokens is not known, or when the API did not say
 * how many tokens its responses have.
 */
function costOf(usage, prices) {
    let sum = 0;
    for (const model of Object.keys(usage)) {
        const tokens = (0,_own_value_js__WEBPACK_IMPORTED_MODULE_0__/* .ownValue */ .e)(usage, model);
        if (!tokens || isUnused(tokens))
            continue;
        const price = prices(model);
        if (!price || (isUncounted(tokens) && !isFree(price)))
            return null;
        sum += costOfTokens(tokens, price);
    }
    return sum;
}
function isUnused({ prompt, completion, responses = 0 }) {
    return prompt + completion + responses === 0;
}
function isUncounted({ prompt, completion }) {
    return prompt + completion === 0;
}


/***/ }),

/***/ 5307:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   pu: () => (/* binding */ SAMPLE_OUTCOMES),
/* harmony export */   rl: () => (/* binding */ NO_TEXTS),
/* harmony export */   w_: () => (/* binding */ INVALID_CHOICE)
/* harmony export */ });
/** The samples of a completed eval, as its record file or a `samples.jsonl` has them. */
/** The choice of a judge who gave none of the possible ones (evals/elsuite/modelgraded/classify_utils.py). */
const INVALID_CHOICE = '__invalid__';
const SAMPLE_OUTCOMES = ['correct', 'incorrect', 'unscored', 'errored'];
const NO_TEXTS = {
    prompt: null,
    answer: null,
    expected: null,
    picked: null,
    judge: null,
    error: null,
};


/***/ }),

/***/ 7168:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ox: () => (/* binding */ addTokens),
/* harmony export */   Ps: () => (/* binding */ noTraffic),
/* harmony export */   _e: () => (/* binding */ noTokens),
/* harmony export */   b5: () => (/* binding */ addTraffic)
/* harmony export */ });
/* unused harmony exports receivedResponse, replayedResponse, subtractTraffic */
/* harmony import */ var _completion_record_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3685);
/* harmony import */ var _own_value_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9553);


const noTokens = { prompt: 0, completion: 0, cached: 0, reasoning: 0 };
const noTraffic = {
    sent: 0,
    replayed: 0,
    retried: 0,
    failed: 0,
    tokensSent: noTokens,
    tokensReplayed: noTokens,
    models: {},
};
const noUse = { received: 0, replayed: 0, tokensSent: noTokens, tokensReplayed: noTokens };
/** One response of the API. */
function receivedResponse(model, usage) {
    return { tokensSent: usage, models: { [model]: { ...noUse, received: 1, tokensSent: usage } } };
}
/** One replayed response. */
function replayedResponse(model, usage) {
    const use = { ...noUse, replayed: 1, tokensReplayed: usage };
    return { replayed: 1, tokensReplayed: usage, models: { [model]: use } };
}
function addTokens(a, b) {
    return {
        prompt: a.prompt + b.prompt,
        completion: a.completion + b.completion,
        cached: a.cached + b.cached,
        reasoning: a.reasoning + b.reasoning,
    };
}
function addTraffic(a, b) {
    return {
        sent: a.sent + b.sent,
        replayed: a.replayed + b.replayed,
        retried: a.retried + b.retried,
        failed: a.failed + b.failed,
        tokensSent: addTokens(a.tokensSent, b.tokensSent),
        tokensReplayed: addTokens(a.tokensReplayed, b.tokensReplayed),
        models: addModels(a.models, b.models),
    };
}
/** Under this name are those models of which one eval asks for more than can be recorded. */
const OTHER_MODELS = '';
function addModels(a, b) {
    const sum = { ...a };
    for (const [name, use] of Object.entries(b)) {
        const isFull = !Object.hasOwn(sum, name) && Object.keys(sum).length >= _completion_record_js__WEBPACK_IMPORTED_MODULE_0__/* .MAX_RECORDED_MODELS */ .dq;
        const key = isFull ? OTHER_MODELS : name;
        sum[key] = addUse((0,_own_value_js__WEBPACK_IMPORTED_MODULE_1__/* .ownValue */ .e)(sum, key) ?? noUse, use);
    }
    return sum;
}
function addUse(a, b) {
    return {
        received: a.received + b.received,
        replayed: a.replayed + b.replayed,
        tokensSent: addTokens(a.tokensSent, b.tokensSent),
        tokensReplayed: addTokens(a.tokensReplayed, b.tokensReplayed),
    };
}
/** The traffic between two readings of one counter. */
function subtractTraffic(now, before) {
    return {
        sent: now.sent - before.sent,
        replayed: now.replayed - before.replayed,
        retried: now.retried - before.retried,
        failed: now.failed - before.failed,
        tokensSent: subtractTokens(now.tokensSent, before.tokensSent),
        tokensReplayed: subtractTokens(now.tokensReplayed, before.tokensReplayed),
        models: subtractModels(now.models, before.models),
    };
}
function subtractModels(now, before) {
    const entries = Object.entries(now).map(([name, use]) => [
        name,
        subtractUse(use, ownValue(before, name) ?? noUse),
    ]);
    return Object.fromEntries(entries.filter(([, { received, replayed }]) => received + replayed > 0));
}
function subtractUse(now, before) {
    return {
        received: now.received - before.received,
        replayed: now.replayed - before.replayed,
        tokensSent: subtractTokens(now.tokensSent, before.tokensSent),
        tokensReplayed: subtractTokens(now.tokensReplayed, before.tokensReplayed),
    };
}
function subtractTokens(now, before) {
    return {
        prompt: now.prompt - before.prompt,
        completion: now.completion - before.completion,
        cached: now.cached - before.cached,
        reasoning: now.reasoning - before.reasoning,
    };
}


/***/ }),

/***/ 1732:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ isWorse),
/* harmony export */   Y: () => (/* binding */ MAX_FLIPS)
/* harmony export */ });
/** Further flips are only counted. */
const MAX_FLIPS = 100;
function isWorse({ before, now }, { higherIsBetter }) {
    return higherIsBetter ? now < before : now > before;
}


/***/ }),

/***/ 5608:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $B: () => (/* binding */ isThere),
/* harmony export */   Ij: () => (/* binding */ whyNoFile),
/* harmony export */   wd: () => (/* binding */ isDirectory)
/* harmony export */ });
/* unused harmony exports whyNoDirectory, whyNoNewDirectory, whyNoProgram, namesIn */
/* harmony import */ var node_fs__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3024);
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(6760);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(452);
/**
 * Says why a path that a user wrote cannot be used, as a clause: `it is a file, not a directory`. Only looks at the path, and
 * opens nothing, because opening a pipe or a device may wait indefinitely.
 */



/** Why the absolute path is not a directory that this user can read; undefined when it is one. */
function whyNoDirectory(path) {
    try {
        const stats = statSync(path);
        if (!stats.isDirectory())
            return `it is ${kindOf(stats)}, not a directory`;
        accessSync(path, constants.R_OK | constants.X_OK);
        return undefined;
    }
    catch (error) {
        return whyUnreachable(path, error, 'directory');
    }
}
/** Why the absolute path is not a file that this user can read; undefined when it is one. */
function whyNoFile(path) {
    try {
        const stats = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.statSync)(path);
        if (!stats.isFile())
            return `it is ${kindOf(stats)}, not a file`;
        (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.accessSync)(path, node_fs__WEBPACK_IMPORTED_MODULE_0__.constants.R_OK);
        return undefined;
    }
    catch (error) {
        return whyUnreachable(path, error, 'file');
    }
}
/**
 * Why no directory can be created at the absolute path, and none that is there can be written to. Whether the directory that is
 * there belongs to this user is another question.
 */
function whyNoNewDirectory(path) {
    try {
        const stats = statSync(path);
        return stats.isDirectory() ? whyUnwritable(path) : `it is ${kindOf(stats)}, not a directory`;
    }
    catch (error) {
        const existing = nearestExisting(path);
        const isPossible = codeOf(error) === 'ENOENT' && isDirectory(existing);
        if (!isPossible)
            return whyUnreachable(path, error, 'directory');
        return whyUnwritable(existing) ?? whyForbidden(existing);
    }
}
/** Why the absolute path is not a program that this user can start; undefined when it is one. */
function whyNoProgram(path) {
    try {
        const stats = statSync(path);
        if (!stats.isFile())
            return `it is ${kindOf(stats)}, not a program`;
    }
    catch (error) {
        return whyUnreachable(path, error, 'file');
    }
    try {
        accessSync(path, constants.X_OK);
        return undefined;
    }
    catch {
        return 'it is not executable';
    }
}
/** Whether something is at the path, or at the end of a link at the path. */
function isThere(path) {
    return quietly(() => (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.statSync)(path)) !== undefined;
}
function isDirectory(path) {
    return quietly(() => (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.statSync)(path))?.isDirectory() ?? false;
}
/** None if the directory does not exist or may not be read. */
function namesIn(directory) {
    return quietly(() => readdirSync(directory)) ?? [];
}
function quietly(look) {
    try {
        return look();
    }
    catch {
        return undefined;
    }
}
/** The path itself or the nearest one above it that exists. A link that leads nowhere exists. */
function nearestExisting(path) {
    let at = path;
    while (!quietly(() => (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.lstatSync)(at)) && (0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(at) !== at)
        at = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(at);
    return at;
}
/** For root as well. */
function whyUnwritable(directory) {
    if (isVirtual(directory))
        return `${directory} belongs to the system, which stores no files there`;
    return writeError(directory) === 'EROFS' ? `${directory} is on a file system that is read-only` : undefined;
}
function whyForbidden(directory) {
    return writeError(directory) && `the user of this job may not write to ${directory}`;
}
/** The code of the error with which the system would refuse to create a file. */
function writeError(directory) {
    try {
        accessSync(directory, constants.W_OK | constants.X_OK);
        return undefined;
    }
    catch (error) {
        return String(codeOf(error));
    }
}
/** `f_type` of Linux's file systems without storage: proc, sysfs, cgroup, cgroup2, devpts, debugfs (statfs(2)). */
const VIRTUAL = new Set([0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x1cd1, 0x64626720]);
function isVirtual(path) {
    return process.platform === 'linux' && VIRTUAL.has(statfsSync(path).type);
}
function whyUnreachable(path, error, wanted) {
    switch (codeOf(error)) {
        case 'ENOENT': {
            const existing = nearestExisting(path);
            return isDangling(existing)
                ? `${existing} is a link to ${(0,node_fs__WEBPACK_IMPORTED_MODULE_0__.readlinkSync)(existing)}, which does not exist`
                : `there is no ${wanted} ${path}`;
        }
        case 'ENOTDIR':
            return belowNoDirectory(path) ?? `there is no ${wanted} ${path}`;
        case 'EACCES':
            return `the user of this job may not read ${path}`;
        case 'ELOOP':
            return 'its links lead in a circle';
        case 'ENAMETOOLONG':
            return 'it is too long for a path';
        default:
            return `it cannot be used (${(0,_errors_js__WEBPACK_IMPORTED_MODULE_2__/* .reasonOf */ .A3)(error)})`;
    }
}
function isDangling(path) {
    return (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.lstatSync)(path).isSymbolicLink() && (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.statSync)(path, { throwIfNoEntry: false }) === undefined;
}
function belowNoDirectory(path) {
    for (let at = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(path); (0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(at) !== at; at = (0,node_path__WEBPACK_IMPORTED_MODULE_1__.dirname)(at)) {
        try {
            const stats = (0,node_fs__WEBPACK_IMPORTED_MODULE_0__.statSync)(at);
            return stats.isDirectory() ? undefined : below(at, stats);
        }
        catch {
            // It is below no directory either.
        }
    }
    return undefined;
}
function below(path, stats) {
    return `${path} is ${kindOf(stats)}, so nothing can be below it`;
}
function kindOf(stats) {
    if (stats.isFile())
        return 'a file';
    if (stats.isDirectory())
        return 'a directory';
    if (stats.isFIFO())
        return 'a named pipe';
    if (stats.isSocket())
        return 'a socket';
    return 'a device';
}
function codeOf(error) {
    return error instanceof Error && 'code' in error ? error.code : undefined;
}


/***/ }),

/***/ 3525:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Fu: () => (/* binding */ shortSha),
/* harmony export */   P7: () => (/* binding */ refName),
/* harmony export */   l3: () => (/* binding */ commitName)
/* harmony export */ });
/** Names of branches and commits for people. Pure. */
/** `main` of `refs/heads/main` */
function refName(ref) {
    return ref.replace(/^refs\/(?:heads|tags)\//, '');
}
function shortSha(sha) {
    return sha.slice(0, 7);
}
/** `main@abc1234`; empty when neither is known. */
function commitName({ ref, sha }) {
    return [refName(ref), shortSha(sha)].filter((part) => part !== '').join('@');
}


/***/ }),

/***/ 676:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   EN: () => (/* binding */ runCosts),
/* harmony export */   Xb: () => (/* binding */ hasPrices),
/* harmony export */   Ze: () => (/* binding */ savedCost),
/* harmony export */   _n: () => (/* binding */ evalCost),
/* harmony export */   eF: () => (/* binding */ usedPrices),
/* harmony export */   u8: () => (/* binding */ spentText)
/* harmony export */ });
/* harmony import */ var _model_price_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(4028);
/* harmony import */ var _model_traffic_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(7168);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8804);



function runCosts(traffic, prices) {
    const { sent, replayed } = usesOf(traffic);
    return {
        cost: (0,_model_price_js__WEBPACK_IMPORTED_MODULE_0__/* .costOf */ .ho)(sent, prices),
        replayedCost: (0,_model_price_js__WEBPACK_IMPORTED_MODULE_0__/* .costOf */ .ho)(replayed, prices),
    };
}
/** By model. A model that is not known has no name. */
function usesOf({ models, tokensSent, tokensReplayed }) {
    const uses = Object.entries(models);
    const sent = uses.map(([name, use]) => [name, { ...use.tokensSent, responses: use.received }]);
    const replayed = uses.map(([name, use]) => [name, { ...use.tokensReplayed, responses: use.replayed }]);
    return {
        sent: { ...Object.fromEntries(sent), ...unnamed(tokensSent, sent) },
        replayed: { ...Object.fromEntries(replayed), ...unnamed(tokensReplayed, replayed) },
    };
}
/** An earlier version of the action counted only the tokens of all models. */
function unnamed(all, named) {
    const sum = named.reduce((tokens, [, use]) => (0,_model_traffic_js__WEBPACK_IMPORTED_MODULE_1__/* .addTokens */ .Ox)(tokens, use), _model_traffic_js__WEBPACK_IMPORTED_MODULE_1__/* .noTokens */ ._e);
    const isComplete = sum.prompt + sum.completion >= all.prompt + all.completion;
    return isComplete ? {} : { '': all };
}
/** Of the responses that completed an eval, replayed ones included. */
function evalCost(record, prices) {
    return (0,_model_price_js__WEBPACK_IMPORTED_MODULE_0__/* .costOf */ .ho)(usageOf(record), prices);
}
function usageOf({ usage, tokens }) {
    return usage ?? (tokens.total > 0 ? { '': tokens } : {});
}
/** The prices that the costs are computed with; undefined when no tokens were counted for a model. */
function usedPrices({ traffic, outcomes }, { prices, list }) {
    const { sent, replayed } = usesOf(traffic);
    const records = outcomes.flatMap((outcome) => ('record' in outcome ? (outcome.record ?? []) : []));
    const uses = [sent, replayed, ...records.map(usageOf)].flatMap((use) => Object.entries(use));
    const names = new Set(uses.flatMap(([name, use]) => ((0,_model_price_js__WEBPACK_IMPORTED_MODULE_0__/* .isUnused */ .j0)(use) ? [] : [name])));
    const models = [];
    const unknown = [];
    for (const name of [...names].sort(_text_js__WEBPACK_IMPORTED_MODULE_2__/* .compareText */ .n6)) {
        const price = prices(name);
        if (price)
            models.push([name, price]);
        else if (name !== '')
            unknown.push(name);
    }
    if (models.length + unknown.length === 0)
        return undefined;
    return { list: list ?? null, models: Object.fromEntries(models), unknown };
}
/** US dollars that this run saved with its replayed responses and its reused evals; null when a price is not known. */
function savedCost({ totals, evals }) {
    let sum = totals.replayedCost ?? (totals.replayedTokens.prompt + totals.replayedTokens.completion > 0 ? null : 0);
    for (const { status, tokens, cost } of evals) {
        if (status !== 'reused' || tokens === null || tokens.total === 0)
            continue;
        if (cost === null || sum === null)
            return null;
        sum += cost;
    }
    return sum;
}
/** Whether anything is to be said of dollars: not when no model has a price, and the user set none. */
function hasPrices({ prices, totals }) {
    return Object.keys(prices?.models ?? {}).length > 0 || (totals.cost ?? 0) > 0;
}
/** `$1.84`, or `unknown` where some prices are known, but not all. Undefined when there is nothing to say. */
function spentText(results, dollars) {
    if (results.totals.requests.sent === 0 || !hasPrices(results))
        return undefined;
    const { cost } = results.totals;
    return cost === null ? 'cost unknown' : dollars(cost);
}


/***/ }),

/***/ 819:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   A0: () => (/* binding */ savedTokens),
/* harmony export */   oL: () => (/* binding */ figuresLine)
/* harmony export */ });
/* unused harmony export savedText */
/* harmony import */ var _model_format_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9774);
/* harmony import */ var _commit_name_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(3525);
/* harmony import */ var _costs_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(676);
/* harmony import */ var _markdown_text_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5265);
/* harmony import */ var _numbers_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(8844);
/** The line of figures that follows the verdict in the summary and in the comment, in GitHub's Markdown. Pure. */





const MAX_NAME_BYTES = 200;
/**
 * `gpt-4o on topics · accuracy 81.2 % ± 2.1 vs 84.9 % on main@abc1234 · −3.7 pp (95 % −5.2 … −2.2) · 1,140 pairs, 61 down,
 * 19 up · 812 k tokens · $1.84`. What is not known is left out.
 */
function figuresLine(results, verdict) {
    const { model, evalSet } = results;
    return [
        `${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_1__/* .code */ .aY)(model, MAX_NAME_BYTES)} on ${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_1__/* .code */ .aY)(evalSet, MAX_NAME_BYTES)}`,
        ...rates(verdict),
        ...spent(results),
    ].join(' · ');
}
function rates({ overall, comparison }) {
    if (overall === null)
        return [];
    const now = `${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_1__/* .inline */ .mG)(overall.metric)} ${(0,_numbers_js__WEBPACK_IMPORTED_MODULE_2__/* .percent */ .KN)(overall.rate)} ${spread(overall)}`;
    const difference = comparison?.overall ?? null;
    if (difference === null)
        return [now];
    const before = `vs ${(0,_numbers_js__WEBPACK_IMPORTED_MODULE_2__/* .percent */ .KN)(difference.before)}${origin(comparison?.source ?? null)}`;
    // The rate is over all samples, the difference over those that both sides have.
    const isSame = Math.abs(overall.rate - difference.now) < 0.000_5;
    return [
        ...(isSame ? [`${now} ${before}`] : [now, `of the pairs ${(0,_numbers_js__WEBPACK_IMPORTED_MODULE_2__/* .percent */ .KN)(difference.now)} ${before}`]),
        `${(0,_numbers_js__WEBPACK_IMPORTED_MODULE_2__/* .points */ .WR)(difference.difference)} pp (95&nbsp;% ${(0,_numbers_js__WEBPACK_IMPORTED_MODULE_2__/* .points */ .WR)(difference.low)}&nbsp;…&nbsp;${(0,_numbers_js__WEBPACK_IMPORTED_MODULE_2__/* .points */ .WR)(difference.high)})`,
        `${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_3__/* .counted */ .hS)(difference.pairs, 'pair')}, ${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_3__/* .wholeNumber */ .rD)(difference.worse)} down, ${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_3__/* .wholeNumber */ .rD)(difference.better)} up`,
    ];
}
/** `± 2.1` where both sides are about as wide, as they are not close to 0 and 100 %. */
function spread({ rate, low, high }) {
    const [below, above] = [(rate - low) * 100, (high - rate) * 100];
    return Math.abs(below - above) < 0.3
        ? `± ${((below + above) / 2).toFixed(1)}`
        : `(95&nbsp;% ${(low * 100).toFixed(1)}&nbsp;…&nbsp;${(high * 100).toFixed(1)})`;
}
/** ` on main@abc1234` */
function origin(source) {
    if (source === null)
        return '';
    const name = (0,_commit_name_js__WEBPACK_IMPORTED_MODULE_4__/* .commitName */ .l3)(source);
    return name === '' ? ' in the baseline' : ` on ${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_1__/* .inline */ .mG)(name, MAX_NAME_BYTES)}`;
}
/** Tokens that this run would have needed without its replayed responses and its reused evals. */
function savedTokens({ totals: { replayedTokens }, evals }) {
    const reused = evals.flatMap((each) => (each.status === 'reused' ? (each.tokens?.total ?? 0) : []));
    return reused.reduce((sum, each) => sum + each, replayedTokens.prompt + replayedTokens.completion);
}
function spent(results) {
    const { requests, tokens } = results.totals;
    const spentDollars = (0,_costs_js__WEBPACK_IMPORTED_MODULE_0__/* .spentText */ .u8)(results, _model_format_js__WEBPACK_IMPORTED_MODULE_3__/* .dollars */ .E9);
    const sent = tokens.prompt + tokens.completion;
    const saved = savedTokens(results);
    return [
        ...(requests.sent === 0
            ? ['no request sent']
            : [sent > 0 ? `${(0,_numbers_js__WEBPACK_IMPORTED_MODULE_2__/* .amount */ .vj)(sent)} tokens` : (0,_model_format_js__WEBPACK_IMPORTED_MODULE_3__/* .counted */ .hS)(requests.sent, 'request')]),
        ...(spentDollars === undefined ? [] : [withSignApart(spentDollars)]),
        ...(saved > 0 ? [`${withSignApart(savedText(results, saved))} saved by resuming`] : []),
    ];
}
/** `$0.41`, or `61 k tokens` where a price is not known. */
function savedText(results, tokens) {
    const cost = (0,_costs_js__WEBPACK_IMPORTED_MODULE_0__/* .hasPrices */ .Xb)(results) ? (0,_costs_js__WEBPACK_IMPORTED_MODULE_0__/* .savedCost */ .Ze)(results) : null;
    return cost === null ? `${(0,_numbers_js__WEBPACK_IMPORTED_MODULE_2__/* .amount */ .vj)(tokens)} tokens` : (0,_model_format_js__WEBPACK_IMPORTED_MODULE_3__/* .dollars */ .E9)(cost);
}
/** So that no two dollar signs enclose a formula. */
function withSignApart(text) {
    return text.replace('$', () => '<span>$</span>');
}


/***/ }),

/***/ 9110:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   O: () => (/* binding */ headLines)
/* harmony export */ });
/* harmony import */ var _figures_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(819);
/* harmony import */ var _markdown_text_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(5265);


/** The verdict is our own text, but it may name evals. */
const MAX_VERDICT_BYTES = 2000;
function headLines({ results, verdict }) {
    return [
        `> [!${alertOf(verdict)}]`,
        `> **${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_1__/* .inline */ .mG)(verdict.sentence, MAX_VERDICT_BYTES)}**`,
        '',
        (0,_figures_js__WEBPACK_IMPORTED_MODULE_0__/* .figuresLine */ .oL)(results, verdict),
    ];
}
/**
 * The colour of the verdict: red when it failed, yellow when something is open or got worse, blue when it is known of only some
 * evals whether they got worse, green otherwise. GitHub has five alerts
 * (https://docs.github.com/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#alerts).
 */
function alertOf({ status, rules, comparison }) {
    if (status === 'failed')
        return 'CAUTION';
    const compared = new Set(comparison?.evals.map((each) => each.status));
    if (status === 'incomplete' || rules.some((rule) => rule.status !== 'met') || compared.has('degraded'))
        return 'WARNING';
    const isUnknown = comparison?.problem != null || compared.has('not-comparable') || compared.has('missing');
    return isUnknown ? 'NOTE' : 'TIP';
}


/***/ }),

/***/ 4503:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Bg: () => (/* binding */ commitUrl),
/* harmony export */   Vp: () => (/* binding */ runUrl),
/* harmony export */   qP: () => (/* binding */ webUrl)
/* harmony export */ });
/** The page of a run; undefined when it is not known. */
function runUrl(links, id, attempt) {
    const base = repositoryUrl(links);
    if (base === undefined || !/^\d{1,20}$/.test(id))
        return undefined;
    const suffix = Number.isSafeInteger(attempt) && Number(attempt) > 0 ? `/attempts/${attempt}` : '';
    return `${base}/actions/runs/${id}${suffix}`;
}
/** The page of a commit; undefined when the SHA is not a whole one. */
function commitUrl(links, sha) {
    const base = repositoryUrl(links);
    return base === undefined || !/^[0-9a-f]{40}$/.test(sha) ? undefined : `${base}/commit/${sha}`;
}
/** A server has no path: GitHub Enterprise Server has a host of its own. */
function repositoryUrl({ serverUrl, repository }) {
    const server = serverUrl.replace(/\/+$/, '');
    const isValid = /^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/.test(server) &&
        /^[A-Za-z0-9._-]{1,100}\/[A-Za-z0-9._-]{1,100}$/.test(repository);
    return isValid ? `${server}/${repository}` : undefined;
}
/** The address as it may stand in a link of Markdown; undefined when it is none of the web. */
function webUrl(address) {
    if (!URL.canParse(address))
        return undefined;
    const { protocol, href } = new URL(address);
    if (protocol !== 'https:' && protocol !== 'http:')
        return undefined;
    return href.replace(/[()<>[\]\\|`'"*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}


/***/ }),

/***/ 8844:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   KN: () => (/* binding */ percent),
/* harmony export */   WR: () => (/* binding */ points),
/* harmony export */   vj: () => (/* binding */ amount)
/* harmony export */ });
/* harmony import */ var _model_format_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9774);
/** Rates and amounts for people, as all reports show them. Pure. */

/** `81.2 %` */
function percent(rate) {
    return `${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_0__/* .withMinus */ .hZ)((rate * 100).toFixed(1))} %`;
}
/** Percentage points, `−3.7` or `+0.4` */
function points(difference) {
    const text = (0,_model_format_js__WEBPACK_IMPORTED_MODULE_0__/* .withMinus */ .hZ)((difference * 100).toFixed(1));
    return difference > 0 && text !== '0.0' ? `+${text}` : text;
}
/** `9,840`, `812 k`, `1.2 M` */
function amount(value) {
    if (value < 10_000)
        return (0,_model_format_js__WEBPACK_IMPORTED_MODULE_0__/* .wholeNumber */ .rD)(value);
    if (value < 999_500)
        return `${Math.round(value / 1000)} k`;
    return value < 999_500_000 ? `${(value / 1e6).toFixed(1)} M` : `${(value / 1e9).toFixed(1)} G`;
}


/***/ }),

/***/ 8029:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Bt: () => (/* binding */ intervalText),
/* harmony export */   D6: () => (/* binding */ resultText),
/* harmony export */   In: () => (/* binding */ shortNumber),
/* harmony export */   ow: () => (/* binding */ resultLine),
/* harmony export */   u_: () => (/* binding */ withoutName),
/* harmony export */   xv: () => (/* binding */ causeText)
/* harmony export */ });
/* harmony import */ var _model_format_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9774);
/* harmony import */ var _model_sample_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5307);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8804);
/** The result of an eval, the cause of a failure, and numbers, as short plain text. Pure. */



/** Where evals reports how often a judge chose each answer. */
const CHOICES = 'counts/';
/** Longer lists of choices would fill the table. */
const MAX_CHOICES = 6;
/** `accuracy` and `0.8`, or `A 12 · B 3 · invalid 1` of an eval that only counts choices; null without results. */
function resultText({ mainMetric, metrics }) {
    if (mainMetric)
        return { name: mainMetric.name, text: (0,_model_format_js__WEBPACK_IMPORTED_MODULE_2__/* .metricText */ ._l)(mainMetric.value) };
    const choices = Object.entries(metrics)
        .filter(([key]) => key.startsWith(CHOICES))
        .sort(byChoice);
    if (choices.length === 0)
        return null;
    const texts = choices.map(([key, count]) => `${choiceText(key)} ${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_2__/* .metricText */ ._l)(count)}`);
    const hidden = texts.length - MAX_CHOICES;
    return {
        name: '',
        text: [...texts.slice(0, MAX_CHOICES), ...(hidden > 0 ? [`${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_2__/* .wholeNumber */ .rD)(hidden)} more`] : [])].join(' · '),
    };
}
/** evals has them in the order in which they were first made. */
function byChoice([a], [b]) {
    const isUnreadable = (key) => Number(key === `${CHOICES}${_model_sample_js__WEBPACK_IMPORTED_MODULE_0__/* .INVALID_CHOICE */ .w_}`);
    const number = (key) => Number(key.slice(CHOICES.length));
    return isUnreadable(a) - isUnreadable(b) || number(a) - number(b) || (0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .compareText */ .n6)(a, b);
}
function choiceText(key) {
    const choice = key.slice(CHOICES.length);
    return choice === _model_sample_js__WEBPACK_IMPORTED_MODULE_0__/* .INVALID_CHOICE */ .w_ ? 'invalid' : choice;
}
/** `accuracy 0.8` */
function resultLine(result) {
    const shown = resultText(result);
    return shown === null ? '' : `${shown.name} ${shown.text}`.trim();
}
/** `KeyError: 'wrod' in own/reverse.py:17, sample reverse.dev.3`, or why it is pending. */
function causeText({ error, note, recorded }) {
    const cause = (error?.message || note).replace(/^it ended with /, '').replace(/\.$/, '');
    return recorded > 0 ? `${cause}; ${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_2__/* .counted */ .hS)(recorded, 'response')} recorded` : cause;
}
/** The sentence of a rule or a comparison in the row of its eval, which has the name already. */
function withoutName(sentence, name) {
    return sentence.startsWith(`${name}: `) ? sentence.slice(name.length + 2) : sentence;
}
/** `0.712`: enough digits for people. */
function shortNumber(value, decimals = 3) {
    return signed(String(Number(value.toFixed(decimals))));
}
/** `0.64 … 0.78` */
function intervalText({ low, high }) {
    return `${shortNumber(low, 2)} … ${shortNumber(high, 2)}`;
}
/** With the sign that is as wide as a digit. */
function signed(text) {
    return text.replace(/^-/, text === '-0' ? '' : '−');
}


/***/ }),

/***/ 9965:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   R: () => (/* binding */ rowsOf),
/* harmony export */   z: () => (/* binding */ isFine)
/* harmony export */ });
/** What must not be overlooked comes first. */
const ORDER = [
    'failed',
    'degraded',
    'missed',
    'not-judged',
    'missing',
    'pending',
    'fresh',
    'reused',
];
/** A row for each eval of the plan, and for each one that only the baseline has. In the order of the set within each status. */
function rowsOf(results, verdict) {
    const comparisons = new Map(verdict.comparison?.evals.map((each) => [each.key, each]));
    const rules = Map.groupBy(rulesByEval(verdict), ({ key }) => key);
    const known = new Set(results.evals.map(({ key }) => key));
    const rows = results.evals
        .filter(({ status }) => status !== 'excluded')
        .map((result) => {
        const { key, name } = result;
        const row = {
            key,
            name,
            result,
            comparison: comparisons.get(key) ?? null,
            rules: rules.get(key) ?? [],
        };
        return { ...row, status: statusOf(result, row.comparison, row.rules) };
    });
    const gone = [...comparisons.values()]
        .filter(({ key, status }) => status === 'missing' && !known.has(key))
        .map((comparison) => {
        const { key, name } = comparison;
        return { status: 'missing', key, name, result: null, comparison, rules: rules.get(key) ?? [] };
    });
    return [...rows, ...gone].toSorted((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
}
/** Whether it completed and nothing bad is known of it. */
function isFine({ status }) {
    return status === 'fresh' || status === 'reused';
}
function rulesByEval({ rules }) {
    return rules.flatMap(({ rule, advisory, evals }) => evals.flatMap((each) => each.status === 'met' ? [] : [{ ...each, rule, advisory, isAlone: evals.length === 1 }]));
}
function statusOf({ status }, comparison, rules) {
    if (status === 'failed' || status === 'pending')
        return status;
    if (comparison?.status === 'degraded')
        return 'degraded';
    const required = rules.filter(({ advisory }) => !advisory);
    if (required.some((rule) => rule.status === 'missed'))
        return 'missed';
    if (required.length > 0)
        return 'not-judged';
    return status === 'reused' ? 'reused' : 'fresh';
}


/***/ }),

/***/ 6688:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   I1: () => (/* binding */ STATUS_WORD),
/* harmony export */   VF: () => (/* binding */ comparisonText),
/* harmony export */   fo: () => (/* binding */ statusCell)
/* harmony export */ });
/* unused harmony export STATUS_ICON */
/* harmony import */ var _result_text_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8029);
/* harmony import */ var _words_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8191);


const STATUS_WORD = {
    failed: 'failed',
    degraded: 'degraded',
    missed: 'rule missed',
    'not-judged': 'not judged',
    missing: 'missing',
    pending: 'pending',
    fresh: 'fresh',
    reused: 'reused',
};
const STATUS_ICON = {
    failed: '❌',
    degraded: '📉',
    missed: '❌',
    'not-judged': '❓',
    missing: '⚠️',
    pending: '⏳',
    fresh: '✅',
    reused: '♻️',
};
/** In a narrow column, a status of two words would be two lines. */
function statusCell(status) {
    return `${STATUS_ICON[status]} ${STATUS_WORD[status]}`.replaceAll(' ', '&nbsp;');
}
/** What a comparison found, after the value of the baseline: `0.84, within noise`. Empty when there is nothing to say. */
function comparisonText(comparison) {
    if (comparison === null || comparison.status === 'incomplete')
        return '';
    const { status, before, now } = comparison;
    if (status === 'missing')
        return before === null ? 'no result' : `${(0,_result_text_js__WEBPACK_IMPORTED_MODULE_0__/* .shortNumber */ .In)(before)}, not compared`;
    const words = before !== null && before === now && status === 'within-noise' ? 'same' : _words_js__WEBPACK_IMPORTED_MODULE_1__/* .COMPARISON_WORDS */ .Q[status];
    return before === null ? words : `${(0,_result_text_js__WEBPACK_IMPORTED_MODULE_0__/* .shortNumber */ .In)(before)}, ${words}`;
}


/***/ }),

/***/ 7823:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   bg: () => (/* binding */ attentionHead),
/* harmony export */   pH: () => (/* binding */ attentionRow),
/* harmony export */   t4: () => (/* binding */ attentionDetails)
/* harmony export */ });
/* harmony import */ var _gate_rules_rule_js__WEBPACK_IMPORTED_MODULE_6__ = __webpack_require__(6993);
/* harmony import */ var _model_format_js__WEBPACK_IMPORTED_MODULE_4__ = __webpack_require__(9774);
/* harmony import */ var _markdown_text_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5265);
/* harmony import */ var _result_text_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8029);
/* harmony import */ var _status_text_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6688);
/* harmony import */ var _fit_js__WEBPACK_IMPORTED_MODULE_5__ = __webpack_require__(3970);
/* harmony import */ var _name_head_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(4033);
/** The evals that a person has to look at: failed, degraded, not judged, missing. Pure. */







const MAX_NAME_BYTES = 200;
const MAX_SENTENCE_BYTES = 1000;
function attentionHead(rows) {
    return [`| Status | ${(0,_name_head_js__WEBPACK_IMPORTED_MODULE_3__/* .nameHead */ .c)(rows)} | What happened |`, '| :--- | :--- | :--- |'];
}
function attentionRow(row) {
    return `| ${(0,_status_text_js__WEBPACK_IMPORTED_MODULE_2__/* .statusCell */ .fo)(row.status)} | ${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .codeInTable */ .bj)(row.name, MAX_NAME_BYTES)} | ${whatHappened(row)} |`;
}
/** In one line of Markdown: the cause, or what was seen. */
function whatHappened(row) {
    const { status, result, comparison } = row;
    if (result === null)
        return (0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .inline */ .mG)((0,_result_text_js__WEBPACK_IMPORTED_MODULE_1__/* .withoutName */ .u_)(comparison?.sentence ?? '', row.name));
    if (status === 'failed')
        return (0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .inline */ .mG)((0,_result_text_js__WEBPACK_IMPORTED_MODULE_1__/* .causeText */ .xv)(result));
    const required = row.rules.filter(({ advisory }) => !advisory);
    if (status === 'degraded')
        return `${degradedText(row)}${missedRules(required)}`;
    return required.map(ruleText).join('<br>');
}
/** `accuracy **0.713**, was 0.863: of 80 pairs, 13 got worse and 1 better` */
function degradedText({ comparison }) {
    if (comparison === null)
        return '';
    const { metric, before, now, pairs, worse, better } = comparison;
    const value = now === null ? '' : ` **${(0,_result_text_js__WEBPACK_IMPORTED_MODULE_1__/* .shortNumber */ .In)(now)}**`;
    const was = before === null ? '' : `, was ${(0,_result_text_js__WEBPACK_IMPORTED_MODULE_1__/* .shortNumber */ .In)(before)}`;
    const flips = pairs > 0 ? `: of ${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_4__/* .counted */ .hS)(pairs, 'pair')}, ${worse} got worse and ${better} better` : '';
    return `${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .inline */ .mG)(metric)}${value}${was}${flips}`;
}
/** `; misses accuracy drop <= 2pp`. The sentences of such rules say what the row says. */
function missedRules(rules) {
    const missed = rules.filter(({ status }) => status === 'missed').map(({ rule }) => (0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .codeInTable */ .bj)(rule));
    return missed.length === 0 ? '' : `; misses ${missed.join(', ')}`;
}
/** What the list of rules does not say already. */
function ruleText({ rule, status, value, sentence, name, isAlone }) {
    if (status === 'missed' && value !== null && isAlone)
        return `**${(0,_result_text_js__WEBPACK_IMPORTED_MODULE_1__/* .shortNumber */ .In)(value)}** misses ${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .codeInTable */ .bj)(rule)}`;
    return (0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .inline */ .mG)((0,_result_text_js__WEBPACK_IMPORTED_MODULE_1__/* .withoutName */ .u_)(sentence, name), MAX_SENTENCE_BYTES);
}
/** Further flips are in the report. */
const MAX_FLIPS = 10;
const MAX_OUTPUT_BYTES = 6000;
/** What there is to say beyond the row, folded; empty when there is nothing. */
function attentionDetails(row) {
    const parts = [
        ...comparisonBlock(row),
        ...advisoryBlock(row),
        ...flipsBlock(row.comparison?.flips ?? []),
        ...outputBlock(row),
    ];
    if (parts.length === 0)
        return '';
    const title = `<code>${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .html */ .qy)(row.name, MAX_NAME_BYTES)}</code>: ${parts.map((part) => part.title).join(', ')}`;
    return (0,_fit_js__WEBPACK_IMPORTED_MODULE_5__/* .folded */ .TM)(title, parts.flatMap(({ lines }, index) => [...(index === 0 ? [] : ['']), ...lines])).join('\n');
}
function comparisonBlock({ status, name, comparison, rules }) {
    if (comparison === null || status === 'failed' || status === 'missing')
        return [];
    if (rules.some(({ sentence }) => (0,_result_text_js__WEBPACK_IMPORTED_MODULE_1__/* .withoutName */ .u_)(sentence, name) === comparison.sentence))
        return [];
    const text = (0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .inline */ .mG)((0,_result_text_js__WEBPACK_IMPORTED_MODULE_1__/* .withoutName */ .u_)(comparison.sentence, name), MAX_SENTENCE_BYTES);
    return [{ title: 'what the comparison says', lines: [text] }];
}
/** The row has the required rules. */
function advisoryBlock({ status, rules }) {
    const advisory = rules.filter((rule) => rule.advisory && !rule.isAlone);
    if (advisory.length === 0 || status === 'failed')
        return [];
    const items = advisory.map(({ rule, sentence, name }) => `- ${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .code */ .aY)((0,_gate_rules_rule_js__WEBPACK_IMPORTED_MODULE_6__/* .withoutMark */ .E)(rule))}: ${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .inline */ .mG)((0,_result_text_js__WEBPACK_IMPORTED_MODULE_1__/* .withoutName */ .u_)(sentence, name), MAX_SENTENCE_BYTES)}`);
    return [{ title: (0,_model_format_js__WEBPACK_IMPORTED_MODULE_4__/* .counted */ .hS)(advisory.length, 'advisory rule'), lines: items }];
}
function flipsBlock(flips) {
    if (flips.length === 0)
        return [];
    const rows = flips.slice(0, MAX_FLIPS).map((flip) => {
        const [before, now] = [scoreText(flip, 'before'), scoreText(flip, 'now')];
        return `| ${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .codeInTable */ .bj)(flip.id, MAX_NAME_BYTES)} | ${before} | ${now} |`;
    });
    const count = (0,_model_format_js__WEBPACK_IMPORTED_MODULE_4__/* .counted */ .hS)(flips.length, 'changed sample');
    return [
        {
            title: flips.length > MAX_FLIPS ? `${MAX_FLIPS} of ${count}` : count,
            lines: ['| Sample | Baseline | Now |', '| :--- | :--- | :--- |', ...rows],
        },
    ];
}
/** `correct`, or the score where samples have no outcome. */
function scoreText(flip, side) {
    const outcome = side === 'before' ? flip.outcomeBefore : flip.outcomeNow;
    const isTold = flip.outcomeBefore !== flip.outcomeNow && outcome !== null;
    return isTold ? outcome : (0,_result_text_js__WEBPACK_IMPORTED_MODULE_1__/* .shortNumber */ .In)(flip[side]);
}
function outputBlock({ result }) {
    const lines = result?.error?.lastLines ?? [];
    if (lines.length === 0)
        return [];
    return [{ title: 'end of its output', lines: [(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .fenced */ .OF)(lines.join('\n'), MAX_OUTPUT_BYTES)] }];
}


/***/ }),

/***/ 3970:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   $$: () => (/* binding */ bytesOf),
/* harmony export */   Q0: () => (/* binding */ MAX_SUMMARY_BYTES),
/* harmony export */   TM: () => (/* binding */ folded),
/* harmony export */   _Q: () => (/* binding */ fitting),
/* harmony export */   kb: () => (/* binding */ hiddenLines)
/* harmony export */ });
/* harmony import */ var _model_format_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9774);
/** Cuts a list of blocks of Markdown to a number of bytes, by whole blocks. Pure. */

/**
 * GitHub shows nothing of a summary that is larger than 1 MiB. Other programs of the step write to the same summary
 * (https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands, "Step isolation and limits").
 */
const MAX_SUMMARY_BYTES = 1_000_000;
/** The first blocks, as many as fit into `bytes` with a line break after each. */
function fitting(blocks, bytes) {
    let room = bytes;
    const tooMany = blocks.findIndex((block) => {
        room -= Buffer.byteLength(block) + 1;
        return room < 0;
    });
    const shown = tooMany < 0 ? blocks : blocks.slice(0, tooMany);
    return { shown, hidden: blocks.length - shown.length };
}
/** A sentence about what is left out, after an empty line; nothing when nothing is. */
function hiddenLines(hidden, what) {
    return hidden === 0 ? [] : ['', what((0,_model_format_js__WEBPACK_IMPORTED_MODULE_0__/* .wholeNumber */ .rD)(hidden))];
}
/** Bytes of lines that are joined by line breaks. */
function bytesOf(lines) {
    return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}
/** A fold that is closed. @param title HTML */
function folded(title, lines) {
    return ['<details>', `<summary>${title}</summary>`, '', ...lines, '', '</details>'];
}


/***/ }),

/***/ 4033:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   c: () => (/* binding */ nameHead)
/* harmony export */ });
/** A longer name may be two lines. */
const MAX_CHARACTERS = 34;
/**
 * The head of the column of names, as wide as the longest name: GitHub breaks names at hyphens when another column is long. A
 * blank that does not break is half as wide as a letter of code. Pure.
 */
function nameHead(rows) {
    const longest = Math.max(4, ...rows.map(({ name }) => [...name.slice(0, 2 * MAX_CHARACTERS)].length));
    return `Eval${'&nbsp;'.repeat(2 * (Math.min(longest, MAX_CHARACTERS) - 3))}`;
}


/***/ }),

/***/ 3542:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   IV: () => (/* binding */ ruleItem),
/* harmony export */   JZ: () => (/* binding */ groupsOfRules),
/* harmony export */   SD: () => (/* binding */ ruleLines),
/* harmony export */   y_: () => (/* binding */ openRules)
/* harmony export */ });
/* harmony import */ var _gate_rules_rule_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(6993);
/* harmony import */ var _model_format_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9774);
/* harmony import */ var _markdown_text_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(5265);
/* harmony import */ var _words_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8191);
/** What the summary says of rules. Pure. */




const MAX_RULES = 50;
const MAX_SENTENCE_BYTES = 1000;
/** Missed rules, then those that cannot be judged; of the others only how many are met. */
function ruleLines(rules) {
    if (rules.length === 0)
        return [];
    const open = openRules(rules);
    const met = rules.length - open.length;
    const lines = groupsOfRules(open.slice(0, MAX_RULES)).map(ruleItem);
    const countOfMet = open.length === 0 ? allMet(met) : `${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_2__/* .counted */ .hS)(met, 'other rule')} ${met === 1 ? 'is' : 'are'} met.`;
    return [
        '### Rules',
        '',
        ...lines,
        ...(lines.length > 0 ? [''] : []),
        ...(open.length > MAX_RULES
            ? [`… and ${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_2__/* .wholeNumber */ .rD)(open.length - MAX_RULES)} more that are not met.`, '']
            : []),
        ...(met > 0 ? [countOfMet, ''] : []),
    ];
}
/** Required rules before advisory ones, and missed ones before those that are not judged. */
function openRules(rules) {
    const weight = ({ advisory, status }) => (advisory ? 2 : 0) + (status === 'missed' ? 0 : 1);
    return rules.filter(({ status }) => status !== 'met').toSorted((a, b) => weight(a) - weight(b));
}
/** Those with one sentence together: several rules may be not judged for one reason, such as that the run is incomplete. */
function groupsOfRules(rules) {
    const groups = Map.groupBy(rules, ({ advisory, status, sentence }) => JSON.stringify([advisory, status, sentence]));
    return [...groups.values()];
}
/** @param group at least one */
function ruleItem(group) {
    const [first] = group;
    if (first === undefined)
        return '';
    const { advisory, status, sentence } = first;
    const icon = advisory ? '⚠️' : status === 'missed' ? '❌' : '❓';
    const names = group.map(({ rule }) => (0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .code */ .aY)(advisory ? (0,_gate_rules_rule_js__WEBPACK_IMPORTED_MODULE_3__/* .withoutMark */ .E)(rule) : rule));
    const text = group.length > 1 ? sentence.replace(/^The rule is /, 'The rules are ') : sentence;
    return `- ${icon} **${_words_js__WEBPACK_IMPORTED_MODULE_1__/* .RULE_WORDS */ .x[status]}${advisory ? ', advisory' : ''}:** ${names.join(', ')}<br>${(0,_markdown_text_js__WEBPACK_IMPORTED_MODULE_0__/* .inline */ .mG)(text, MAX_SENTENCE_BYTES)}`;
}
function allMet(count) {
    if (count === 1)
        return 'The rule is met.';
    return count === 2 ? 'Both rules are met.' : `All ${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_2__/* .wholeNumber */ .rD)(count)} rules are met.`;
}


/***/ }),

/***/ 8191:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Q: () => (/* binding */ COMPARISON_WORDS),
/* harmony export */   x: () => (/* binding */ RULE_WORDS)
/* harmony export */ });
const RULE_WORDS = {
    met: 'met',
    missed: 'missed',
    'not-judged': 'not judged',
};
const COMPARISON_WORDS = {
    improved: 'improved',
    degraded: 'degraded',
    'within-noise': 'within noise',
    'too-few': 'too few samples',
    'not-comparable': 'not comparable',
    missing: 'missing',
    incomplete: 'incomplete',
};


/***/ })

};
