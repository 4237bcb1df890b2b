export const id = 890;
export const ids = [890];
export const modules = {

/***/ 6890:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  readBaseline: () => (/* binding */ readBaseline)
});

// EXTERNAL MODULE: external "node:path"
var external_node_path_ = __webpack_require__(6760);
// EXTERNAL MODULE: ./lib/model/format.js
var format = __webpack_require__(9774);
// EXTERNAL MODULE: ./lib/model/shard.js
var shard = __webpack_require__(8165);
// EXTERNAL MODULE: ./lib/path-faults.js
var path_faults = __webpack_require__(5608);
// EXTERNAL MODULE: external "node:fs/promises"
var promises_ = __webpack_require__(1455);
// EXTERNAL MODULE: ./lib/errors.js
var errors = __webpack_require__(452);
// EXTERNAL MODULE: ./lib/text.js
var lib_text = __webpack_require__(8804);
// EXTERNAL MODULE: ./lib/model/bounded-json.js
var bounded_json = __webpack_require__(255);
// EXTERNAL MODULE: ./node_modules/zod/v4/classic/schemas.js + 11 modules
var schemas = __webpack_require__(2857);
// EXTERNAL MODULE: ./lib/model/completion-record.js
var completion_record = __webpack_require__(3685);
// EXTERNAL MODULE: ./node_modules/zod/v4/classic/iso.js
var iso = __webpack_require__(4377);
// EXTERNAL MODULE: ./lib/model/sample.js
var sample = __webpack_require__(5307);
;// CONCATENATED MODULE: ./lib/artifact/fields.js
/** Schemas of small values in results.json. Others may have written the file, so every text and every list has a bound. */



/** In characters. */
const MAX_NAME = 4096;
const MAX_TEXT = 64 * 1024;
/** A text of any kind, in which line breaks and control characters may occur. */
const fields_text = schemas/* string */.YjP().max(MAX_TEXT);
/** Names that evals chooses, such as those of metrics. Like a text, but shorter. */
const label = schemas/* string */.YjP().max(MAX_NAME);
/** Names that a plan or the runner gives. They are printed in messages. */
const line = label.refine(lib_text/* isSingleLine */.v_, 'has control characters');
const sha256 = schemas/* string */.YjP().regex(/^[0-9a-f]{64}$/);
const count = schemas/* int */.Whr().nonnegative();
/** Of a signed number: JSON has no NaN and no infinity, and neither does this. */
const number = schemas/* number */.aig();
/** Empty when the time is not known. */
const time = schemas/* union */.KCZ([iso/* datetime */.w$(), schemas/* literal */.euz('')]);
const cost = schemas/* number */.aig().nonnegative().nullable();
const metricValue = schemas/* union */.KCZ([schemas/* number */.aig(), fields_text, schemas/* boolean */.zMY(), schemas/* null */.chJ()])
    .describe('A number, or the text NaN, Infinity or -Infinity, or what else the eval reported.');
/** An object with arbitrary names. */
function named(value, most, key = label) {
    return schemas/* record */.g1P(key, value)
        .refine((object) => Object.keys(object).length <= most, `has more than ${most} fields`);
}
const tokenUsage = schemas/* object */.Ikc({
    prompt: count.describe('Tokens of prompts.'),
    completion: count.describe('Tokens of completions.'),
    cached: count.describe('Part of prompt: tokens that the API read from its cache.'),
    reasoning: count.describe('Part of completion: tokens of reasoning.'),
});
const sampleOutcome = schemas/* enum */.k5n(sample/* SAMPLE_OUTCOMES */.pu);
/** What was changed in a request because a model does not accept it. */
const adaptation = schemas/* union */.KCZ([
    schemas/* object */.Ikc({ model: line, param: line, value: label, renamedTo: schemas/* null */.chJ() })
        .describe('The parameter was left out, because the model rejects this value (as JSON).'),
    schemas/* object */.Ikc({ model: line, param: line, value: schemas/* null */.chJ(), renamedTo: line })
        .describe('The parameter was sent under another name.'),
]);

;// CONCATENATED MODULE: ./lib/artifact/run-schema.js
/** The schemas of what a run had to do. The descriptions are for users. */



const range = schemas/* object */.Ikc({ low: schemas/* number */.aig().nonnegative(), high: schemas/* number */.aig().nonnegative() });
const estimate = schemas/* object */.Ikc({
    evals: count.describe('Evals that were not reused.'),
    unknownEvals: count.describe('Of these, evals that are not in the numbers, because nothing was known.'),
    guessedEvals: count.describe('Of these, evals that are in the numbers with a guess.'),
    requests: range.describe('Requests to send, without retries and replayed ones.'),
    promptTokens: range.describe('Their prompt tokens.'),
    completionTokens: range.describe('Their completion tokens.'),
    cost: range.nullable().describe('US dollars; null when a price was not known.'),
    unpriced: schemas/* array */.YOg(line)
        .max(completion_record/* MAX_RECORDED_MODELS */.dq * 10)
        .describe('Models without a known price.'),
})
    .describe('What the evals that ran were likely to take, before they ran; missing when nothing ran.');
const run_schema_shard = schemas/* object */.Ikc({
    index: count.describe('From 1.'),
    count: count.describe('Shards of the set.'),
    elsewhere: count.describe('Evals of the plan that the other shards have.'),
})
    .describe('Which part of the set was run; missing when these are the results of the whole set.');

// EXTERNAL MODULE: ./lib/model/price.js
var price = __webpack_require__(4028);
;// CONCATENATED MODULE: ./lib/artifact/totals-schema.js
/** The schema of what results.json says of the whole run: its counts, tokens, costs and prices. */



const totals = schemas/* object */.Ikc({
    evals: schemas/* object */.Ikc({
        total: count.describe('Evals of the plan; of a shard, those that it has.'),
        completed: count.describe('Evals that are fresh or reused.'),
        fresh: count.describe('Evals that this run completed.'),
        reused: count.describe('Evals that an earlier run completed and that are still valid.'),
        failed: count.describe('Evals that ended their last attempt without a valid result.'),
        pending: count.describe('Evals that are neither completed nor failed.'),
        excluded: count.describe('Evals of the set that the inputs include and exclude leave out of the plan.'),
    })
        .describe('Numbers of evals.'),
    requests: schemas/* object */.Ikc({
        sent: count.describe('Requests that were sent to the API, without retries.'),
        replayed: count.describe('Requests whose response was replayed.'),
        retried: count.describe('Retries of requests.'),
        failed: count.describe('Requests that ended without a successful response.'),
    })
        .describe('Numbers of requests.'),
    tokens: tokenUsage.describe('Tokens of the responses that the API returned to this run.'),
    replayedTokens: tokenUsage.describe('Tokens of replayed responses, which were paid for earlier.'),
    cost: cost.describe('US dollars of tokens; null when a price is not known.'),
    replayedCost: cost
        .optional()
        .describe('US dollars of replayedTokens; null when a price is not known. Earlier versions did not write it.'),
})
    .describe('Of this run alone. What reused evals took is in their entries.');
const dollars = schemas/* number */.aig().nonnegative().max(price/* MAX_PRICE */.P4);
const prices = schemas/* object */.Ikc({
    list: schemas/* object */.Ikc({
        version: line.describe('Of @pydantic/genai-prices.'),
        date: line.describe('When it was published.'),
    })
        .nullable()
        .describe('The price list of the action; null when it was not used.'),
    models: named(schemas/* object */.Ikc({
        input: dollars,
        output: dollars,
        cached: dollars.describe('Of input tokens that the API read from its cache.'),
    }), 10_000).describe('US dollars per million tokens of the models with a known price.'),
    unknown: schemas/* array */.YOg(label).max(10_000).describe('Models without a known price.'),
})
    .describe('The prices that costs are computed with; missing when no model has tokens.');

// EXTERNAL MODULE: ./lib/model/verdict.js
var verdict = __webpack_require__(1732);
;// CONCATENATED MODULE: ./lib/artifact/verdict-schema.js
/** The part of results.json about rules and the baseline. */



const MAX_RULES = 10_000;
/** Of one rule, or of a comparison, which has the evals of two runs. */
const MAX_EVALS = 200_000;
const ruleStatus = schemas/* enum */.k5n(['met', 'missed', 'not-judged'])
    .describe('not-judged: there was nothing to compare, such as a metric that is missing or NaN.');
const rule = schemas/* object */.Ikc({
    rule: fields_text.describe('The rule, as it is written in the input thresholds.'),
    line: count.describe('Its line in the input thresholds, from 1.'),
    advisory: schemas/* boolean */.zMY().describe('An advisory rule never fails the step.'),
    status: ruleStatus,
    sentence: fields_text.describe('What was found, with values, or why the rule is not judged.'),
    evals: schemas/* array */.YOg(schemas/* object */.Ikc({
        key: line,
        name: line,
        status: ruleStatus,
        sentence: fields_text,
        value: number.nullable().describe('The value that was compared; null when there is none.'),
    }))
        .max(MAX_EVALS)
        .describe('Of each eval that the rule is about; empty for a rule about the whole run.'),
})
    .describe('A rule of the input thresholds.');
const flip = schemas/* object */.Ikc({
    id: label.describe('Id of the sample in this run.'),
    hash: sha256.describe('SHA-256 of what was asked and expected.'),
    before: number.describe('Its score in the baseline.'),
    now: number.describe('Its score in this run.'),
    outcomeBefore: sampleOutcome.nullable(),
    outcomeNow: sampleOutcome.nullable(),
})
    .describe('A sample whose score differs from the baseline.');
const comparedEval = schemas/* object */.Ikc({
    key: line,
    name: line,
    status: schemas/* enum */.k5n(['improved', 'degraded', 'within-noise', 'too-few', 'not-comparable', 'missing', 'incomplete'])
        .describe('improved, degraded: the difference is beyond the tolerance and significant over the whole set. too-few: fewer than ten pairs. missing: only one run has the eval. incomplete: the eval has not completed.'),
    metric: label.describe('The metric that is compared; empty when there is none.'),
    higherIsBetter: schemas/* boolean */.zMY(),
    sentence: fields_text.describe('What was seen, and what would be needed to tell.'),
    before: number.nullable().describe('The metric in the baseline.'),
    now: number.nullable().describe('The metric in this run.'),
    difference: number.nullable().describe('Mean difference of the pairs, this run minus the baseline.'),
    differenceInterval: schemas/* object */.Ikc({ low: number, high: number })
        .nullable()
        .describe('The 95 % confidence interval of the difference.'),
    pairs: count.describe('Samples with the same content in both runs.'),
    onlyNow: count.describe('Samples that only this run has.'),
    onlyBefore: count.describe('Samples that only the baseline has.'),
    worse: count.describe('Pairs whose score got worse.'),
    better: count.describe('Pairs whose score got better.'),
    p: number.nullable().describe('Two-sided p-value; null when no test was made.'),
    adjustedP: number.nullable().describe("The p-value after Holm's correction over the evals of the set."),
    flipsNeeded: count.nullable().describe('How many samples would have to flip one way to tell.'),
    smallestDrop: number
        .nullable()
        .describe('The smallest drop that so many pairs can show with a power of 80 %.'),
    flips: schemas/* array */.YOg(flip)
        .max(verdict/* MAX_FLIPS */.Y)
        .describe(`The pairs that got worse, then those that got better, at most ${verdict/* MAX_FLIPS */.Y}.`),
})
    .describe('The comparison of one eval with the baseline, by its main metric.');
const comparison = schemas/* object */.Ikc({
    source: schemas/* object */.Ikc({
        path: fields_text.describe('The input baseline.'),
        runId: line.describe('GITHUB_RUN_ID of the run that was approved.'),
        sha: line,
        ref: line,
        model: line,
        ended: time.describe('When that run ended: ISO 8601, UTC.'),
    })
        .nullable()
        .describe('Where the baseline comes from; null when it cannot be used.'),
    problem: fields_text.nullable().describe('Why nothing is compared; null when evals are compared.'),
    hasSamples: schemas/* boolean */.zMY()
        .describe('Whether samples are paired, which needs samples.jsonl beside the baseline.'),
    evals: schemas/* array */.YOg(comparedEval).max(MAX_EVALS).describe('Of each eval of this run and of the baseline.'),
    overall: schemas/* object */.Ikc({
        before: number.describe('The rate of the baseline over the pairs, from 0 to 1.'),
        now: number.describe('The rate of this run over the pairs, from 0 to 1.'),
        difference: number,
        low: number,
        high: number,
        pairs: count,
        worse: count,
        better: count,
    })
        .nullable()
        .describe('The difference over all samples of all evals, with its 95 % confidence interval.'),
})
    .describe('The comparison with the baseline.');
const verdictSchema = schemas/* object */.Ikc({
    status: schemas/* enum */.k5n(['passed', 'failed', 'incomplete'])
        .describe('passed: every eval is completed, and every required rule is met. failed: an eval failed, or a required rule is missed or cannot be judged. incomplete: no eval failed, and some are pending.'),
    sentence: fields_text.describe('The verdict in one line, with all counts.'),
    rules: schemas/* array */.YOg(rule).max(MAX_RULES).describe('In the order of the input thresholds.'),
    comparison: comparison.nullable().describe('Null when there is no baseline.'),
    overall: schemas/* object */.Ikc({
        metric: label,
        rate: number.describe('From 0 to 1.'),
        low: number,
        high: number,
        n: count.describe('Samples.'),
    })
        .nullable()
        .describe('The rate over all samples of all evals, with its 95 % interval; null when their main metrics differ.'),
})
    .describe('What the run is worth.');

;// CONCATENATED MODULE: ./lib/artifact/results-schema.js
/**
 * The schema of results.json. It checks files that are read, and `docs/results.schema.json` is made from it, so the descriptions
 * are for users.
 */






/** No eval set has a hundredth as many. */
const results_schema_MAX_EVALS = 100_000;
const run = schemas/* object */.Ikc({
    repository: line.describe('owner/name; empty outside a runner.'),
    id: line.describe('GITHUB_RUN_ID.'),
    attempt: count.describe('GITHUB_RUN_ATTEMPT, from 1.'),
    sha: schemas/* string */.YjP()
        .regex(/^[0-9a-f]{0,64}$/)
        .describe('The commit; empty outside a runner.'),
    ref: line.describe('The branch or tag, such as refs/heads/main.'),
    workflow: line.describe('Path of the workflow file, or the name of the workflow.'),
    job: line.describe('Id of the job in its workflow.'),
    started: time.describe('When the run started: ISO 8601, UTC.'),
    ended: time.describe('When the run ended: ISO 8601, UTC.'),
})
    .describe('Where and when the run took place. Texts are empty outside a runner.');
const versions = schemas/* object */.Ikc({
    action: line.describe('The version of oaievalset-action that wrote this file.'),
    evals: line.describe('The version of OpenAI Evals; empty when it is not known.'),
    python: line.nullable().describe('The version of Python; null when it is not known.'),
})
    .describe('The programs that the results depend on.');
const interval = schemas/* object */.Ikc({
    low: number,
    high: number,
    method: schemas/* enum */.k5n(['wilson', 't', 'bootstrap']).describe('How it is computed.'),
    n: count.describe('Samples that it is computed from.'),
})
    .describe('A 95 % confidence interval.');
const mainMetric = schemas/* object */.Ikc({
    name: label.describe('Its name in metrics.'),
    value: metricValue,
    interval: interval
        .nullable()
        .describe('Its 95 % confidence interval; null when it is no mean over samples, or when there are fewer than ten.'),
    higherIsBetter: schemas/* boolean */.zMY(),
})
    .describe('The metric that reports show and comparisons use.');
const samples = schemas/* object */.Ikc({
    total: count.nullable().describe('Evaluated samples; null when it is not known.'),
    outcomes: schemas/* object */.Ikc({
        correct: count,
        incorrect: count,
        unscored: count.describe("Samples whose score could not be read from the judge's words."),
        errored: count.describe('Samples that raised an error.'),
    })
        .nullable()
        .describe('Samples by outcome; null when the class of the eval reports no outcomes.'),
    coverage: number
        .nullable()
        .describe('Scored samples divided by all samples; null when the class of the eval reports nothing about samples.'),
})
    .describe('Numbers of samples.');
const error = schemas/* object */.Ikc({
    type: line
        .nullable()
        .describe('The type of the exception, such as KeyError; null when none was printed.'),
    message: fields_text.describe('What happened and why.'),
    place: schemas/* object */.Ikc({
        file: line.describe('The source file: relative to the checkout, or absolute when it is outside of it.'),
        line: count.describe('The line, from 1.'),
    })
        .nullable()
        .describe("The last frame in the user's own code, or else in a class of evals."),
    sample: label.nullable().describe('The id of the sample that raised it.'),
    lastLines: schemas/* array */.YOg(fields_text).max(1000).describe('The end of the output.'),
})
    .describe('Why an eval failed.');
/** Of all evals together. */
const MAX_ALL_ADAPTATIONS = 100_000;
const evalResult = schemas/* object */.Ikc({
    key: line.min(1).describe('The resolved key, such as test-match.s1.simple-v0.'),
    name: line.min(1).describe('The name, such as test-match.'),
    evalClass: line
        .nullable()
        .describe('The Python class, such as evals.elsuite.basic.match:Match; null when it is not known.'),
    status: schemas/* enum */.k5n(['fresh', 'reused', 'failed', 'pending', 'excluded'])
        .describe('fresh: completed by this run. reused: completed by an earlier run. failed: ended its last attempt without a valid result. pending: neither completed nor failed. excluded: left out by the inputs include and exclude.'),
    decision: schemas/* object */.Ikc({
        kind: schemas/* enum */.k5n(['reuse', 'run']),
        reason: fields_text.describe('Why it runs; empty when it is reused.'),
        parts: schemas/* array */.YOg(fields_text).max(10_000).describe('The parts of its fingerprint that changed.'),
    })
        .nullable()
        .describe('Whether the eval was reused or had to run; null when it is not known.'),
    judge: line.nullable().describe('The model that grades the answers; null when no model does.'),
    metrics: named(metricValue, 10_000).describe('As evals reported them. A nested value is named outer/inner.'),
    mainMetric: mainMetric.nullable().describe('Null for an eval without results.'),
    intervals: named(interval, 10_000).describe('Intervals of the metrics that have one.'),
    samples,
    tokens: tokenUsage
        .extend({ total: count.describe('All tokens.') })
        .nullable()
        .describe('Tokens of the responses that completed it; null when they are not known.'),
    requests: schemas/* object */.Ikc({ sent: count, replayed: count })
        .nullable()
        .describe('Requests that completed it; null when they were not counted.'),
    reusedAnswers: schemas/* object */.Ikc({
        count: count.describe('They are among the replayed requests.'),
        oldest: line.describe('When the oldest of them was recorded. ISO 8601, UTC.'),
    })
        .optional()
        .describe('Kept answers of earlier runs (reuse-answers). Missing when there was none.'),
    cost: cost.describe('US dollars of tokens, at the prices of the day of this run; null when a price is not known.'),
    tookMs: number
        .nullable()
        .describe('Milliseconds of the attempt that completed it; null when they are not known.'),
    attempts: count.describe('Attempts in this run; 0 when it did not run.'),
    run: schemas/* object */.Ikc({ id: line.describe('GITHUB_RUN_ID.'), attempt: count.describe('GITHUB_RUN_ATTEMPT.') })
        .nullable()
        .describe('The run that completed it.'),
    error: error.nullable().describe('Null unless it failed.'),
    note: fields_text.describe('Why it failed or is pending, or what is unusual about its completion; may be empty.'),
    recorded: count.describe('Responses that the next run replays, of an eval that is not completed.'),
    adaptations: schemas/* array */.YOg(adaptation)
        .max(completion_record/* MAX_RECORDED_ADAPTATIONS */.vE)
        .describe('What was changed in requests because a model does not accept it.'),
    replacedModels: named(line, completion_record/* MAX_RECORDED_MODELS */.dq, line).describe('Names that the model map replaced in its requests, and the live models.'),
    comparable: named(sha256, 10_000, line).describe('SHA-256 of each part that has to be the same in two runs if their results are to be compared.'),
})
    .describe('One eval.');
const resultsSchema = schemas/* object */.Ikc({
    version: schemas/* literal */.euz(1).describe('The version of this format.'),
    run,
    versions,
    model: line.describe('The input model.'),
    evalSet: line.describe('The input eval-set.'),
    judgeModel: line.nullable().describe('The input judge-model; null when it is empty.'),
    modelMap: named(line, 10_000, line).describe('The input model-map: names and the live models that replace them.'),
    adaptations: schemas/* array */.YOg(adaptation)
        .max(MAX_ALL_ADAPTATIONS)
        .describe('Each different change of requests, in any eval, because a model does not accept a parameter.'),
    args: schemas/* array */.YOg(fields_text).max(10_000).describe('Further arguments of oaieval.'),
    shard: run_schema_shard.optional(),
    estimate: estimate.optional(),
    totals: totals,
    prices: prices.optional(),
    evals: schemas/* array */.YOg(evalResult).max(results_schema_MAX_EVALS).describe('In the order of the set; excluded evals last.'),
    verdict: verdictSchema,
})
    .meta({
    title: 'results.json of oaievalset-action',
    description: 'The results of one run of an OpenAI Evals eval set, with the verdict on its rules. Later versions of the action may add fields to version 1.',
});

;// CONCATENATED MODULE: ./lib/artifact/results-file.js



/** The size of a file that is read. Results of 1,000 evals with 100 samples each take a tenth, a third with all their flips. */
const MAX_RESULTS_BYTES = 64 * 1024 * 1024;
/** JSON values of a file that is read; a file of the maximal size that this action wrote has fewer. */
const MAX_VALUES = 8_000_000;
const NAME_IT = 'Name a results.json that this action wrote.';
const RESTORE_IT = 'Restore it as the action wrote it, or use the results.json of a new run.';
const MATCH_VERSIONS = 'Use the version of the action that wrote it, or the results.json of a new run with this version.';
function parseResults(text) {
    if (text.length > MAX_RESULTS_BYTES || !(0,bounded_json/* hasAtMost */.l)(text, MAX_VALUES))
        return { problem: 'it is too large for a results.json', next: NAME_IT };
    const parsed = parseJson(text);
    if ('problem' in parsed)
        return { ...parsed, next: RESTORE_IT };
    const strange = strangeVersion(parsed.value);
    if (strange)
        return strange;
    const checked = resultsSchema.safeParse(parsed.value);
    if (!checked.success)
        return { problem: fieldProblem(checked.error), next: RESTORE_IT };
    const { version: _, verdict, ...results } = checked.data;
    const twice = firstRepeated(results.evals.map(({ key }) => key));
    if (twice !== undefined)
        return { problem: `it has the eval ${(0,lib_text/* oneLine */.TN)(twice, 200)} twice`, next: RESTORE_IT };
    return { results, verdict };
}
/** Says where the JSON is invalid. V8 says it only in some messages, and quotes the text in others. */
function parseJson(text) {
    try {
        return { value: JSON.parse(text) };
    }
    catch (error) {
        const message = String(error);
        const [, position, line, column] = /at position (\d+) \(line (\d+) column (\d+)\)$/.exec(message) ?? [];
        if (message.includes('end of JSON input') || Number(position) >= text.trimEnd().length)
            return { problem: 'it is cut off: its JSON does not end' };
        return {
            problem: position === undefined ? 'it is not JSON' : `its JSON is invalid at line ${line}, column ${column}`,
        };
    }
}
function strangeVersion(value) {
    if (typeof value !== 'object' || value === null || !('version' in value) || !('evals' in value))
        return { problem: 'it is JSON, but not a results.json of this action', next: NAME_IT };
    const { version } = value;
    if (version === 1)
        return undefined;
    if (typeof version !== 'number' || !Number.isSafeInteger(version))
        return { problem: 'its version is not a number', next: RESTORE_IT };
    return {
        problem: `it has version ${version}, which this version of the action does not know`,
        next: MATCH_VERSIONS,
    };
}
function fieldProblem({ issues: [issue] }) {
    const path = issue?.path.join('.') || 'its content';
    return `${(0,lib_text/* oneLine */.TN)(path, 200)} is not valid (${(0,lib_text/* oneLine */.TN)(issue?.message ?? 'wrong shape', 200)})`;
}
function firstRepeated(names) {
    const seen = new Set();
    return names.find((name) => seen.size === seen.add(name).size);
}

;// CONCATENATED MODULE: ./lib/artifact/wrong-file.js
/** @param head of the file: a few kilobytes, or all of it */
function wrongFile(head) {
    return KINDS.find(({ starts }) => starts.some((start) => head.subarray(0, start.length).equals(start)))
        ?.wrong;
}
const KINDS = [
    {
        // https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
        starts: [Buffer.from('version https://git-lfs.github.com/spec/')],
        wrong: {
            problem: 'it is a Git LFS pointer, not the file itself',
            next: 'Add `lfs: true` to the step that runs actions/checkout.',
        },
    },
    {
        starts: [Buffer.from('PK\u0003\u0004')],
        wrong: {
            problem: 'it is a zip archive',
            next: 'Unpack it in an earlier step, and name the results.json inside.',
        },
    },
    {
        starts: [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])],
        wrong: {
            problem: 'it is text in UTF-16, as PowerShell writes it',
            next: 'Write it in UTF-8, such as with `Out-File -Encoding utf8`.',
        },
    },
];

;// CONCATENATED MODULE: ./lib/artifact/read-results.js
var __addDisposableResource = (undefined && undefined.__addDisposableResource) || function (env, value, async) {
    if (value !== null && value !== void 0) {
        if (typeof value !== "object" && typeof value !== "function") throw new TypeError("Object expected.");
        var dispose, inner;
        if (async) {
            if (!Symbol.asyncDispose) throw new TypeError("Symbol.asyncDispose is not defined.");
            dispose = value[Symbol.asyncDispose];
        }
        if (dispose === void 0) {
            if (!Symbol.dispose) throw new TypeError("Symbol.dispose is not defined.");
            dispose = value[Symbol.dispose];
            if (async) inner = dispose;
        }
        if (typeof dispose !== "function") throw new TypeError("Object not disposable.");
        if (inner) dispose = function() { try { inner.call(this); } catch (e) { return Promise.reject(e); } };
        env.stack.push({ value: value, dispose: dispose, async: async });
    }
    else if (async) {
        env.stack.push({ async: true });
    }
    return value;
};
var __disposeResources = (undefined && undefined.__disposeResources) || (function (SuppressedError) {
    return function (env) {
        function fail(e) {
            env.error = env.hasError ? new SuppressedError(e, env.error, "An error was suppressed during disposal.") : e;
            env.hasError = true;
        }
        var r, s = 0;
        function next() {
            while (r = env.stack.pop()) {
                try {
                    if (!r.async && s === 1) return s = 0, env.stack.push(r), Promise.resolve().then(next);
                    if (r.dispose) {
                        var result = r.dispose.call(r.value);
                        if (r.async) return s |= 2, Promise.resolve(result).then(next, function(e) { fail(e); return next(); });
                    }
                    else s |= 1;
                }
                catch (e) {
                    fail(e);
                }
            }
            if (s === 1) return env.hasError ? Promise.reject(env.error) : Promise.resolve();
            if (env.hasError) throw env.error;
        }
        return next();
    };
})(typeof SuppressedError === "function" ? SuppressedError : function (error, suppressed, message) {
    var e = new Error(message);
    return e.name = "SuppressedError", e.error = error, e.suppressed = suppressed, e;
});
/** Reads a file that should be a results.json. Anyone may have written it. */







/** What to do when there is no file. */
const PUT_IT_THERE = 'Put the results.json of an approved run there: commit it, or download it from the artifact of that run in an earlier step.';
/** @param path absolute */
async function readResults(path) {
    const why = (0,path_faults/* whyNoFile */.Ij)(path);
    if (why !== undefined)
        return { problem: why, next: PUT_IT_THERE };
    const bytes = await readBytes(path);
    if ('problem' in bytes)
        return bytes;
    const text = bytes.toString('utf8').replace(/^\ufeff/, '');
    if (text.trim() === '')
        return { problem: 'it is empty', next: PUT_IT_THERE };
    return wrongFile(bytes) ?? mergeConflict(text) ?? parseResults(text);
}
async function readBytes(path) {
    try {
        const env_1 = { stack: [], error: void 0, hasError: false };
        try {
            const file = __addDisposableResource(env_1, await (0,promises_.open)(path, 'r'), true);
            const { size } = await file.stat();
            if (size <= MAX_RESULTS_BYTES)
                return await file.readFile();
            return {
                problem: `it has ${(0,format/* wholeNumber */.rD)(size)} bytes, more than a results.json can have`,
                next: 'Name a results.json that this action wrote.',
            };
        }
        catch (e_1) {
            env_1.error = e_1;
            env_1.hasError = true;
        }
        finally {
            const result_1 = __disposeResources(env_1);
            if (result_1)
                await result_1;
        }
    }
    catch (error) {
        return { problem: `it cannot be read (${(0,lib_text/* oneLine */.TN)((0,errors/* reasonOf */.A3)(error), 200)})`, next: PUT_IT_THERE };
    }
}
/** A committed baseline is a file in which branches may conflict. */
function mergeConflict(text) {
    if (!/^<{7} /m.test(text))
        return undefined;
    return {
        problem: 'it contains the marks of a merge conflict',
        next: 'Commit the results.json of one approved run, whole.',
    };
}

// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
// EXTERNAL MODULE: ./lib/lines.js
var lines = __webpack_require__(9304);
// EXTERNAL MODULE: ./lib/artifact/format-sample.js
var format_sample = __webpack_require__(2078);
;// CONCATENATED MODULE: ./lib/artifact/sample-line.js
/** Reads one line of `samples.jsonl`. Anyone may have written it. */






/** No character of a written line takes more than three bytes. */
const MAX_LINE_BYTES = 3 * format_sample/* MAX_WRITTEN_CHARACTERS */.Y2;
/** JSON values in one line. Characters of texts count too. */
const sample_line_MAX_VALUES = format_sample/* MAX_WRITTEN_CHARACTERS */.Y2;
const MAX_TEXT_BYTES = 64 * 1024;
/** Of one sample. Records have as many at most, and ids, names of scores and choices that are a third as long. */
const MAX_SCORES = 32;
const shortLabel = schemas/* string */.YjP().max(1000);
const schema = schemas/* object */.Ikc({
    eval: line.min(1),
    id: shortLabel,
    hash: sha256,
    outcome: sampleOutcome.nullable(),
    scores: named(number, MAX_SCORES, shortLabel),
    choice: shortLabel.nullable(),
    tokens: count.nullable(),
    replayed: schemas/* boolean */.zMY().nullable(),
});
function parseSample(bytes) {
    const value = sample_line_parseJson(bytes);
    if (value === undefined)
        return { problem: 'it is not JSON' };
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
        const [issue] = parsed.error.issues;
        return { problem: issue ? `${issue.path.join('.') || 'it'}: ${issue.message}` : 'it has another shape' };
    }
    const { eval: key, ...sample } = parsed.data;
    return { key, sample };
}
/** The texts in a line, each of them shortened; `NO_TEXTS` when it is not the line of this sample. */
function parseTexts(bytes, key, id) {
    const value = sample_line_parseJson(bytes);
    if (typeof value !== 'object' || value === null)
        return sample/* NO_TEXTS */.rl;
    const fields = new Map(Object.entries(value));
    if (fields.get('eval') !== key || fields.get('id') !== id)
        return sample/* NO_TEXTS */.rl;
    const textOf = (name) => {
        const field = fields.get(name);
        return typeof field === 'string' ? (0,lib_text/* shorten */.ml)(field, MAX_TEXT_BYTES) : null;
    };
    return {
        prompt: textOf('prompt'),
        answer: textOf('answer'),
        expected: textOf('expected'),
        picked: textOf('picked'),
        judge: textOf('judge'),
        error: textOf('error'),
    };
}
function sample_line_parseJson(bytes) {
    const content = bytes.toString('utf8');
    if (!(0,bounded_json/* hasAtMost */.l)(content, sample_line_MAX_VALUES))
        return undefined;
    try {
        return JSON.parse(content);
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./lib/artifact/read-samples.js
/** Reads `samples.jsonl`. Anyone may have written it. */










/** A file that reaches them fits into the memory of a small runner, whatever it contains. */
const LIMITS = { bytes: 384 * 1024 * 1024, samples: format_sample/* MAX_SAMPLES */.xs, scores: 4 * format_sample/* MAX_SAMPLES */.xs };
/**
 * Reads samples without their texts, which are read from the file when they are asked for.
 * @returns the samples, or why the file cannot be used, as a clause
 */
async function readSamples(path, limits = LIMITS) {
    const problem = (0,path_faults/* whyNoFile */.Ij)(path);
    if (problem !== undefined)
        return { problem };
    const size = (0,external_node_fs_.statSync)(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > limits.bytes)
        return {
            problem: `it has ${(0,format/* wholeNumber */.rD)(size)} bytes, and at most ${(0,format/* wholeNumber */.rD)(limits.bytes)} are read`,
        };
    const byEval = new Map();
    let [number, scores] = [0, 0];
    try {
        for await (const { bytes, offset, ended } of (0,lines/* linesOfFile */.ZD)(path, MAX_LINE_BYTES)) {
            number += 1;
            if (number > limits.samples)
                return { problem: `it has more than ${(0,format/* wholeNumber */.rD)(limits.samples)} samples` };
            const parsed = parseSample(bytes);
            if ('problem' in parsed)
                return { problem: lineProblem(number, parsed.problem, bytes, ended) };
            const { key, sample } = parsed;
            scores += Object.keys(sample.scores).length;
            if (scores > limits.scores)
                return { problem: `it has more than ${(0,format/* wholeNumber */.rD)(limits.scores)} scores` };
            const samples = byEval.get(key) ?? new StoredSamples(path, key);
            byEval.set(key, samples);
            if (!samples.add(sample, { offset, bytes: bytes.length }))
                return { problem: `it has the sample ${(0,lib_text/* oneLine */.TN)(sample.id, 200)} of ${(0,lib_text/* oneLine */.TN)(key, 200)} twice` };
        }
    }
    catch (error) {
        if (error instanceof lines/* LineTooLong */.dq)
            return { problem: error.message };
        return { problem: `it cannot be read (${(0,lib_text/* oneLine */.TN)((0,errors/* reasonOf */.A3)(error), 200)})` };
    }
    return byEval;
}
function lineProblem(number, problem, bytes, ended) {
    const wrong = number === 1 ? wrongFile(bytes) : undefined;
    if (wrong)
        return wrong.problem;
    return ended
        ? `its line ${number} is not a sample (${(0,lib_text/* oneLine */.TN)(problem, 200)})`
        : 'it is cut off in its last line';
}
class StoredSamples {
    samples = [];
    #extents = new Map();
    #path;
    #key;
    constructor(path, key) {
        this.#path = path;
        this.#key = key;
    }
    /** @returns false when there is a sample with this id */
    add(sample, extent) {
        if (this.#extents.has(sample.id))
            return false;
        this.samples.push(sample);
        this.#extents.set(sample.id, extent);
        return true;
    }
    /** The texts are missing when the file has changed since. */
    texts({ id }) {
        const extent = this.#extents.get(id);
        if (!extent)
            return sample/* NO_TEXTS */.rl;
        try {
            return parseTexts(readExtent(this.#path, extent), this.#key, id);
        }
        catch {
            return sample/* NO_TEXTS */.rl;
        }
    }
}
function readExtent(path, { offset, bytes }) {
    const file = (0,external_node_fs_.openSync)(path, 'r');
    try {
        const buffer = Buffer.allocUnsafe(bytes);
        return buffer.subarray(0, (0,external_node_fs_.readSync)(file, buffer, 0, bytes, offset));
    }
    finally {
        (0,external_node_fs_.closeSync)(file);
    }
}

;// CONCATENATED MODULE: ./lib/artifact/baseline.js
/** Reads what the input `baseline` names. Anyone may have written it. */






/**
 * @param path absolute path of a results.json, or of a directory that contains one
 * @param shownPath the path as the user wrote it
 */
async function readBaseline(path, shownPath) {
    const unusable = ({ problem, next }) => ({ kind: 'unusable', path: shownPath, problem, next });
    const file = (0,path_faults/* isDirectory */.wd)(path) ? (0,external_node_path_.join)(path, 'results.json') : path;
    if (file !== path && !(0,path_faults/* isThere */.$B)(file))
        return unusable({ problem: 'it is a directory that contains no results.json', next: PUT_IT_THERE });
    const parsed = await readResults(file);
    if ('problem' in parsed)
        return unusable(parsed);
    const { results, verdict } = parsed;
    const fault = whyNotApprovable(results, verdict);
    if (fault)
        return unusable(fault);
    const { run, model } = results;
    const source = { path: shownPath, runId: run.id, sha: run.sha, ref: run.ref, model, ended: run.ended };
    return { kind: 'usable', source, results, ...(await samplesBeside(file, results)) };
}
/** A baseline says what is good enough, so a run that is not good enough itself cannot be one. */
function whyNotApprovable(results, verdict) {
    if (results.shard)
        return {
            problem: `it has the results of ${(0,shard/* describeShard */.y0)(results.shard)} alone`,
            next: 'Approve the results.json that the merge of the shards wrote.',
        };
    const number = (status) => results.evals.filter((each) => each.status === status).length;
    const [failed, pending] = [number('failed'), number('pending')];
    if (failed > 0)
        return {
            problem: `in its run ${(0,format/* counted */.hS)(failed, 'eval')} failed`,
            next: 'Re-run its job, which reuses completed evals, until no eval fails, and approve the results.json of that attempt.',
        };
    if (pending > 0 || verdict.status === 'incomplete')
        return {
            problem: `its run is incomplete: ${(0,format/* counted */.hS)(pending, 'eval')} ${(0,format/* isOrAre */.Cj)(pending)} pending`,
            next: 'Re-run its job, which reuses completed evals, until none is pending, and approve the results.json of that attempt.',
        };
    if (verdict.status === 'failed')
        return missedRules(verdict);
    if (number('fresh') + number('reused') === 0)
        return { problem: 'its run completed no eval', next: 'Approve the results.json of another run.' };
    return undefined;
}
function missedRules({ rules }) {
    const count = rules.filter(({ status, advisory }) => status !== 'met' && !advisory).length;
    const [it, those] = count === 1 ? ['it', 'that rule'] : ['them', 'those rules'];
    return {
        problem: `its run missed ${(0,format/* counted */.hS)(count, 'required rule')}, or could not judge ${it}`,
        next: `If its results are good enough, run the workflow without ${those} in \`thresholds\`, which reuses completed evals, and approve the results.json of that run.`,
    };
}
/** Only the samples of evals that the results have: the file may be left over from another run. */
async function samplesBeside(file, { evals }) {
    const path = (0,external_node_path_.join)((0,external_node_path_.dirname)(file), 'samples.jsonl');
    if (!(0,path_faults/* isThere */.$B)(path))
        return { samples: undefined };
    const read = await readSamples(path);
    if ('problem' in read)
        return { samples: undefined, samplesProblem: read.problem };
    const keys = new Set(evals.map(({ key }) => key));
    const samples = new Map([...read].filter(([key]) => keys.has(key)));
    if (samples.size > 0 || read.size === 0)
        return { samples };
    return { samples: undefined, samplesProblem: 'it has samples of other evals only' };
}


/***/ })

};
