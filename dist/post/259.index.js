export const id = 259;
export const ids = [259];
export const modules = {

/***/ 9698:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   B: () => (/* binding */ pathInCheckout)
/* harmony export */ });
/* harmony import */ var node_path__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(6760);

/**
 * The path of a file relative to the checkout; undefined when it is not in it.
 * @param workspace absolute; empty outside a runner
 */
function pathInCheckout(file, workspace) {
    if (workspace === '')
        return undefined;
    const path = (0,node_path__WEBPACK_IMPORTED_MODULE_0__.relative)(workspace, file);
    return path.startsWith('..') || (0,node_path__WEBPACK_IMPORTED_MODULE_0__.isAbsolute)(path) ? undefined : path;
}


/***/ }),

/***/ 5484:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   j: () => (/* binding */ writeJobSummary)
/* harmony export */ });
/* harmony import */ var _actions_core__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3218);
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(452);


/**
 * Adds to the job summary. If that fails, as on a full disk, it warns and the run continues. Outside a runner it does nothing.
 * @param render makes the summary, in GitHub's Markdown
 * @param elsewhere where the reader finds the same, as a sentence
 */
async function writeJobSummary(render, elsewhere, log) {
    if (!process.env.GITHUB_STEP_SUMMARY)
        return;
    try {
        await _actions_core__WEBPACK_IMPORTED_MODULE_0__/* .summary */ .z.addRaw(log.redact(render()), true).write();
    }
    catch (error) {
        log.warning(`The job summary could not be written: ${(0,_errors_js__WEBPACK_IMPORTED_MODULE_1__/* .reasonOf */ .A3)(error)}. ${elsewhere}`);
    }
}


/***/ }),

/***/ 2988:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Zx: () => (/* binding */ actionLog)
/* harmony export */ });
/* unused harmony exports sanitizeMessage, quoteChildLine */
/* harmony import */ var _actions_core__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(3218);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8804);
/* harmony import */ var _checkout_path_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(9698);



/** The runner cuts an annotation after 4096 characters (actions/runner, `ExecutionContext.cs`, `_maxIssueMessageLength`). */
const MAX_ANNOTATION_BYTES = 4096;
/** GitHub accepts titles of up to 255 characters (https://docs.github.com/rest/checks/runs, `title` of an annotation). */
const MAX_TITLE_BYTES = 200;
const redactor = new _text_js__WEBPACK_IMPORTED_MODULE_1__/* .Redactor */ .pO();
/** Prints to the log of the step. */
const actionLog = {
    debug: (message) => _actions_core__WEBPACK_IMPORTED_MODULE_0__/* .debug */ .Yz(redactor.redact((0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .printable */ .g$)(message))),
    info: (message) => _actions_core__WEBPACK_IMPORTED_MODULE_0__/* .info */ .pq(redactor.redact(sanitizeMessage(message))),
    notice: (message, title) => annotate(_actions_core__WEBPACK_IMPORTED_MODULE_0__/* .notice */ .lm, message, title),
    warning: (message, title) => annotate(_actions_core__WEBPACK_IMPORTED_MODULE_0__/* .warning */ .$e, message, title),
    error: (message, title, place) => annotate(_actions_core__WEBPACK_IMPORTED_MODULE_0__/* .error */ .z3, message, title, place),
    group(title) {
        _actions_core__WEBPACK_IMPORTED_MODULE_0__/* .startGroup */ .Oh(redactor.redact((0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)(title)));
        return { [Symbol.dispose]: () => _actions_core__WEBPACK_IMPORTED_MODULE_0__/* .endGroup */ .N4() };
    },
    child: (line) => _actions_core__WEBPACK_IMPORTED_MODULE_0__/* .info */ .pq(redactor.redact(quoteChildLine(line))),
    hide(secret, { isMasked = false } = {}) {
        // Prints a command that makes the runner mask the value, in later steps too.
        if (redactor.hide(secret) && !isMasked)
            _actions_core__WEBPACK_IMPORTED_MODULE_0__/* .setSecret */ .Pq(secret);
    },
    redact: (text) => redactor.redact(text),
};
/** If the annotation would be too long, prints the whole message to the log first. */
function annotate(issue, message, title, place) {
    const whole = redactor.redact((0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .printable */ .g$)(message));
    const text = (0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .shorten */ .ml)(whole, MAX_ANNOTATION_BYTES);
    if (text !== whole)
        _actions_core__WEBPACK_IMPORTED_MODULE_0__/* .info */ .pq(sanitizeMessage(whole));
    issue(text, {
        ...(title === undefined ? {} : { title: redactor.redact((0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .oneLine */ .TN)(title, MAX_TITLE_BYTES)) }),
        ...inCheckout(place),
    });
}
/** GitHub shows an annotation at a file of the repository only, which it names relative to the checkout. */
function inCheckout(place) {
    if (!place)
        return {};
    const file = (0,_checkout_path_js__WEBPACK_IMPORTED_MODULE_2__/* .pathInCheckout */ .B)(place.file, process.env.GITHUB_WORKSPACE ?? '');
    return file === undefined ? {} : { file, startLine: place.line };
}
/** Prevents a message, which may quote text that others wrote, from acting as a workflow command. */
function sanitizeMessage(message) {
    return (0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .printable */ .g$)(message)
        .split('\n')
        .map((line) => line.replaceAll('##[', '## ['))
        .map((line) => (/^\s*::/.test(line) ? `│ ${line}` : line))
        .join('\n');
}
/**
 * Prevents a line of a child from acting as a workflow command. The runner reads a line as a command if `::` follows optional
 * white space at its start, or if it contains `##[` anywhere; `\r` ends a line too (actions/runner, `ActionCommand.cs`).
 */
function quoteChildLine(line) {
    return line
        .split(/\r\n|\r|\n/)
        .map((part) => `│ ${(0,_text_js__WEBPACK_IMPORTED_MODULE_1__/* .printable */ .g$)(part).replaceAll('##[', '## [')}`)
        .join('\n');
}


/***/ }),

/***/ 9774:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Cj: () => (/* binding */ isOrAre),
/* harmony export */   E9: () => (/* binding */ dollars),
/* harmony export */   Iu: () => (/* binding */ capitalised),
/* harmony export */   KE: () => (/* binding */ listed),
/* harmony export */   KG: () => (/* binding */ asSentence),
/* harmony export */   Wn: () => (/* binding */ minuteText),
/* harmony export */   _l: () => (/* binding */ metricText),
/* harmony export */   hS: () => (/* binding */ counted),
/* harmony export */   hZ: () => (/* binding */ withMinus),
/* harmony export */   jm: () => (/* binding */ probabilityText),
/* harmony export */   p0: () => (/* binding */ duration),
/* harmony export */   rD: () => (/* binding */ wholeNumber)
/* harmony export */ });
/** Rounds a number to four decimal places. Text is returned unchanged. */
function metricText(value) {
    if (typeof value !== 'number')
        return String(value);
    return Number.isInteger(value) ? String(value) : String(Number(value.toFixed(4)));
}
/**
 * `= 0.01`, `= 0.42`, `< 0.001`: a p-value after its sign. It is rounded, but one below 0.05 never looks as if it were not.
 */
function probabilityText(p) {
    if (p < 0.001)
        return '< 0.001';
    const factor = p < 0.1 ? 1000 : 100;
    const rounded = Math.round(p * factor) / factor;
    return `= ${p < 0.05 && rounded >= 0.05 ? 0.049 : rounded}`;
}
/** `4.1 s`, `3 min 20 s`, `2 h 5 min` */
function duration(milliseconds) {
    const seconds = milliseconds / 1000;
    if (seconds < 60)
        return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds);
    const minutes = Math.floor(whole / 60);
    if (minutes < 60)
        return `${minutes} min ${whole % 60} s`;
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
/** `1,234,567`. By hand: the first use of `toLocaleString` takes 13 ms, a tenth of a run that has nothing to do. */
function wholeNumber(value) {
    return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}
/** `$1.84`, `$1,234.50`, `$0.0042` */
function dollars(cost) {
    if (cost !== 0 && cost < 0.1) {
        const rounded = Number(cost.toPrecision(2));
        // Below a millionth, JavaScript would write an exponent.
        return `$${rounded < 1e-6 ? rounded.toFixed(Math.min(100, 1 - Math.floor(Math.log10(rounded)))) : rounded}`;
    }
    const [whole = '', cents = ''] = cost.toFixed(2).split('.');
    return `$${wholeNumber(Number(whole))}.${cents}`;
}
/** `a, b and 26 more` */
function listed(names, most) {
    const hidden = names.length - most;
    return `${names.slice(0, most).join(', ')}${hidden > 0 ? ` and ${wholeNumber(hidden)} more` : ''}`;
}
/** Makes a clause a sentence: with a capital, and with a full stop unless it ends in a mark of its own. */
function asSentence(clause) {
    return `${capitalised(clause)}${/[.!?]$/.test(clause) ? '' : '.'}`;
}
function capitalised(text) {
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
/** `1 request`, `1,200 requests` */
function counted(count, noun) {
    return `${wholeNumber(count)} ${noun}${count === 1 ? '' : 's'}`;
}
/** `2026-11-26 19:11 UTC`, of a time in ISO 8601. */
function minuteText(time) {
    return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}
function isOrAre(count) {
    return count === 1 ? 'is' : 'are';
}
/** A number with the minus sign that is as wide as a digit. One that was rounded to zero has no sign. */
function withMinus(text) {
    return /^-[0.]+$/.test(text) ? text.slice(1) : text.replace(/^-/, '−');
}


/***/ }),

/***/ 8165:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   Ef: () => (/* binding */ WHOLE),
/* harmony export */   hH: () => (/* binding */ MAX_SHARDS),
/* harmony export */   wP: () => (/* binding */ isWhole),
/* harmony export */   y0: () => (/* binding */ describeShard)
/* harmony export */ });
/** The whole set, as one shard. */
const WHOLE = { index: 1, count: 1 };
/** GitHub allows 256 jobs in a matrix. */
const MAX_SHARDS = 256;
function isWhole({ count }) {
    return count === 1;
}
/** `shard 2 of 5` */
function describeShard({ index, count }) {
    return `shard ${index} of ${count}`;
}


/***/ }),

/***/ 5775:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   IY: () => (/* binding */ RESUME)
/* harmony export */ });
/* unused harmony exports closingMessage, closingError, whatHappened */
/* harmony import */ var _errors_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(452);
/* harmony import */ var _model_format_js__WEBPACK_IMPORTED_MODULE_3__ = __webpack_require__(9774);
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(8804);
/* harmony import */ var _describe_trouble_js__WEBPACK_IMPORTED_MODULE_2__ = __webpack_require__(6039);
/** What ends a step that did not pass: what happened, why, what is kept, and what to do. Pure. */





/** The job summary has all names. */
const MAX_NAMES = 10;
/** The causes of more failed evals would make the message hard to read. The table of results has all of them. */
const MAX_CAUSES = 3;
const MAX_CAUSE_BYTES = 300;
const CONTINUE = 're-run the failed jobs; they continue from here.';
const RESUME = (0,_model_format_js__WEBPACK_IMPORTED_MODULE_3__/* .asSentence */ .KG)(CONTINUE);
const FIX_OR_CHANGE = 'Look at the samples in report.html, then fix the cause or change the input thresholds. Completed evals are reused, so only changed ones run again.';
/** A baseline that missed its rules is refused. */
const APPROVE = 'To accept a drop, remove the rule, run the workflow again, and commit results.json and samples.jsonl of that run as the baseline.';
const CORRECT = 'Correct the rules that cannot be judged, or what they compare with. A rule that begins with advisory: never fails the step.';
const PAIRS = 'A drop needs at least ten samples of an eval that the baseline has, too.';
function whatToDo({ rules, comparison }) {
    const isMissed = rules.some(({ advisory, status }) => !advisory && status === 'missed');
    if (!isMissed)
        return comparison === null ? CORRECT : `${CORRECT} ${PAIRS}`;
    return comparison === null ? FIX_OR_CHANGE : `${FIX_OR_CHANGE} ${APPROVE}`;
}
/** Undefined when the run passed. */
function closingMessage(results, verdict, { unusable, stopped, trouble: apiTrouble }) {
    const kept = describeKept(results);
    if (unusable) {
        const { code, message, next } = unusable;
        const final = code === 'API_REFUSED' ? ' Retrying will not help.' : '';
        return {
            code,
            what: `${asSentence(message)}${final}`,
            trouble: '',
            kept,
            pending: '',
            next: `${next} Then ${CONTINUE}`,
        };
    }
    const trouble = apiTrouble ? describeAtEnd(apiTrouble) : '';
    const pending = results.evals.filter(({ status }) => status === 'pending');
    const cause = causeOf(pending, stopped);
    const names = listed(pending.map(cause ? nameOf : nameWithNote), MAX_NAMES);
    if (results.totals.evals.failed > 0) {
        const because = cause ? `, because ${cause}` : '';
        return {
            code: 'EVALS_FAILED',
            what: describeFailed(results),
            trouble,
            kept,
            pending: pending.length > 0 ? `Pending${because}: ${names}.` : '',
            next: `Fix the cause of each failure, then ${CONTINUE}`,
        };
    }
    if (verdict.status === 'incomplete') {
        const what = `The set is incomplete${cause ? `, because ${cause}` : ''}.`;
        return {
            code: 'INCOMPLETE',
            what,
            trouble,
            kept,
            pending: `Pending: ${names}.`,
            next: RESUME,
        };
    }
    if (verdict.status === 'failed') {
        return {
            code: 'THRESHOLDS_MISSED',
            what: describeRules(verdict.rules),
            trouble,
            kept,
            pending: '',
            next: whatToDo(verdict),
        };
    }
    return undefined;
}
/** The error that ends the step. */
function closingError({ code, what, trouble, kept, pending, next }) {
    return new ActionError(code, joined(what, trouble, kept, pending), next);
}
/** For the job summary, which says by itself which evals failed, which are pending, and which rules are missed. */
function whatHappened({ code, what, trouble, kept }) {
    const isShown = code === 'EVALS_FAILED' || code === 'THRESHOLDS_MISSED';
    return joined(isShown ? '' : what, trouble, kept);
}
/** `2 of 28 evals failed: a (KeyError: 'x'), b (it timed out).` */
function describeFailed({ evals, totals }) {
    const failed = evals.filter(({ status }) => status === 'failed');
    const names = failed.map(failed.length <= MAX_CAUSES ? nameWithNote : nameOf);
    return `${wholeNumber(failed.length)} of ${counted(totals.evals.total, 'eval')} failed: ${listed(names, MAX_NAMES)}.`;
}
/** `1 of 3 required rules is missed, and 1 cannot be judged. accuracy >= 0.8: … drop <= 2pp: …` */
function describeRules(rules) {
    const required = rules.filter(({ advisory }) => !advisory);
    const missed = required.filter(({ status }) => status === 'missed');
    const notJudged = required.filter(({ status }) => status === 'not-judged');
    const of = `of ${counted(required.length, 'required rule')}`;
    const some = (count) => (required.length === 1 ? 'The required rule' : `${count} ${of}`);
    const counts = [
        ...(missed.length > 0 ? [`${some(missed.length)} ${isOrAre(missed.length)} missed`] : []),
        ...(notJudged.length > 0
            ? [`${missed.length > 0 ? notJudged.length : some(notJudged.length)} cannot be judged`]
            : []),
    ];
    const wrong = [...missed, ...notJudged];
    const causes = wrong
        .slice(0, MAX_CAUSES)
        .map(({ rule, sentence }) => `\n- ${oneLine(rule, MAX_CAUSE_BYTES)}: ${oneLine(sentence, MAX_CAUSE_BYTES)}`);
    const hidden = wrong.length - causes.length;
    return `${counts.join(', and ')}:${causes.join('')}${hidden > 0 ? `\n- and ${hidden} more` : ''}\n`;
}
/** The one reason, as a clause, for which all of them are pending; undefined when they have different ones. */
function causeOf(pending, stopped) {
    if (stopped.aborted)
        return reasonOf(stopped.reason);
    const causes = new Set(pending.map(({ note }) => note));
    return pending.length > 1 && causes.size === 1 ? pending[0]?.note : undefined;
}
function nameOf({ name }) {
    return name;
}
function nameWithNote({ name, note }) {
    return `${name} (${oneLine(note, MAX_CAUSE_BYTES)})`;
}
/** With a blank between sentences, unless the one before ends its line. */
function joined(...sentences) {
    const all = sentences.filter((sentence) => sentence !== '').join(' ');
    return all.replaceAll('\n ', '\n').trimEnd();
}


/***/ }),

/***/ 6039:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   nr: () => (/* binding */ describeAtKill)
/* harmony export */ });
/* unused harmony exports describeReport, describeWait, describeAtEnd */
/* harmony import */ var _model_format_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(9774);

/** Each follows "the API has". */
const WHAT = {
    'rate-limit': 'limited the rate of requests',
    'server-error': 'returned server errors',
    'refused-connection': 'refused connections',
    unreachable: 'been unreachable',
    timeout: 'not responded in time',
    'closed-connection': 'closed connections without a complete response',
    'invalid-response': 'sent invalid responses',
};
const CHECK = 'If this lasts, check the status of the API, and whether this runner can reach it.';
const ADVICE = {
    'rate-limit': 'If this lasts, lower max-requests-in-flight, or raise the rate limit of the API key.',
};
/** The line for the log. The first one also says what to do. */
function describeReport(change, trouble) {
    switch (change) {
        case 'began':
            return `${describeLasting(trouble)} Failed requests are retried. ${ADVICE[trouble.cause.kind] ?? CHECK}`;
        case 'other-cause':
        case 'lasts':
            return describeLasting(trouble);
        case 'ended':
            return `The API responds again. It had ${whatFor(trouble)}: ${counts(trouble)}. ${lastError(trouble)}`;
    }
}
/** What evals wait for: `the API, which has refused connections for 12 s` */
function describeWait(trouble) {
    return `the API, which has ${whatFor(trouble)}`;
}
/** For the end of a run. */
function describeAtEnd(trouble) {
    const when = trouble.isLasting ? 'When the run ended' : 'During the run';
    return `${when}, the API had ${whatFor(trouble)}: ${counts(trouble)}. ${lastError(trouble)}`;
}
/** For the end of a run that was killed: the last numbers that are known may be too low. */
function describeAtKill(trouble) {
    if (!trouble.isLasting)
        return describeAtEnd(trouble);
    const time = new Date(trouble.since).toISOString().slice(11, 19);
    return `The API had ${WHAT[trouble.cause.kind]} since ${time} UTC. ${lastError(trouble)}`;
}
function describeLasting(trouble) {
    return `The API has ${whatFor(trouble)}: ${counts(trouble)}. ${lastError(trouble)}`;
}
function whatFor({ cause: { kind }, since, until }) {
    return `${WHAT[kind]} for ${wholeDuration(until - since)}`;
}
function counts({ failed, succeeded }) {
    const others = succeeded === 0 ? 'none' : (0,_model_format_js__WEBPACK_IMPORTED_MODULE_0__/* .wholeNumber */ .rD)(succeeded);
    return `${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_0__/* .counted */ .hS)(failed, 'request')} failed, retries included, and ${others} succeeded`;
}
/** The words of the API or of the transport. */
function lastError({ cause: { detail } }) {
    return (0,_model_format_js__WEBPACK_IMPORTED_MODULE_0__/* .asSentence */ .KG)(`last error: ${detail}`);
}
/** `12 s`, `3 min 20 s` */
function wholeDuration(milliseconds) {
    const seconds = Math.round(milliseconds / 1000);
    return seconds < 60 ? `${seconds} s` : (0,_model_format_js__WEBPACK_IMPORTED_MODULE_0__/* .duration */ .p0)(seconds * 1000);
}


/***/ }),

/***/ 5265:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   OF: () => (/* binding */ fenced),
/* harmony export */   aY: () => (/* binding */ code),
/* harmony export */   bj: () => (/* binding */ codeInTable),
/* harmony export */   mG: () => (/* binding */ inline),
/* harmony export */   qy: () => (/* binding */ html)
/* harmony export */ });
/* unused harmony export withoutMarkup */
/* harmony import */ var _text_js__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(8804);
/** Text that others wrote, in GitHub's Markdown and HTML: it acts neither as markup nor as a mention, link or formula. Pure. */

/** The text without markup: what others wrote must not act as HTML, as Markdown or as a mention. */
function withoutMarkup(text) {
    return text
        .replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c] ?? c)
        .replace(/[\\`*_{}[\]|~!#@]/g, (c) => `\\${c}`);
}
/** A longer name or message is shortened. The log contains all of it. */
const MAX_BYTES = 500;
/**
 * One line of text that others wrote, for a paragraph, a list item or a cell of a table, in at most `3 * maxBytes`.
 * GitHub looks for mentions, references, links and formulas in the text that Markdown leaves, where a backslash is gone. An
 * element between two characters separates them for good
 * (https://docs.github.com/get-started/writing-on-github/working-with-advanced-formatting/writing-mathematical-expressions).
 */
function inline(text, maxBytes = MAX_BYTES) {
    const shown = bounded(text, maxBytes, (line) => withoutReferences(withoutMarkup(line)));
    return STARTS_BLOCK.test(shown) ? shown.replace(/^(\d*)(.)/, '$1\\$2') : shown;
}
/** An item of a list, a rule, or the line below a heading. */
const STARTS_BLOCK = /^(?:\d+[.)]|[-+])(?:\s|$)|^[-=]+$/;
/** The same as HTML, for places where GitHub reads no Markdown, such as the first line of a fold. */
function html(text, maxBytes = MAX_BYTES) {
    return bounded(text, maxBytes, (line) => {
        const escaped = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
        return withoutLinks(escaped.replace(/[@#$]/g, apart));
    });
}
/** What is escaped may take so many times its bytes. A text that takes more is nothing that a person reads. */
const MAX_GROWTH = 3;
/** Fifteen bytes for one, where every character is escaped: such a text is shortened once more. */
function bounded(text, maxBytes, escaped) {
    const shown = escaped((0,_text_js__WEBPACK_IMPORTED_MODULE_0__/* .oneLine */ .TN)(text, maxBytes));
    if (Buffer.byteLength(shown) <= MAX_GROWTH * maxBytes)
        return shown;
    return escaped((0,_text_js__WEBPACK_IMPORTED_MODULE_0__/* .oneLine */ .TN)(text, Math.floor(maxBytes / 8)));
}
/** A name in a paragraph or a list item, as code. */
function code(text, maxBytes = MAX_BYTES) {
    return `\`${(0,_text_js__WEBPACK_IMPORTED_MODULE_0__/* .oneLine */ .TN)(text, maxBytes).replaceAll('`', "'") || ' '}\``;
}
/** A name in a cell of a table, as code. A backslash before a bar would end the cell, and code has no way to escape it. */
function codeInTable(text, maxBytes = MAX_BYTES) {
    return code(text, maxBytes)
        .replace(/\\+(?=\|)/g, '/')
        .replaceAll('|', '\\|');
}
/**
 * Text of several lines as it is, in a fence that is longer than any row of backticks inside.
 * @param maxBytes a longer text is shortened in the middle
 */
function fenced(text, maxBytes, language = 'text') {
    const shown = (0,_text_js__WEBPACK_IMPORTED_MODULE_0__/* .printable */ .g$)((0,_text_js__WEBPACK_IMPORTED_MODULE_0__/* .shorten */ .ml)(text, maxBytes));
    const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([ticks]) => ticks.length));
    const fence = '`'.repeat(longest + 1);
    return `${fence}${language}\n${shown}\n${fence}`;
}
function withoutReferences(text) {
    return withoutLinks(text.replace(/\\([@#])|\$/g, (found, mark) => apart(mark ?? found)));
}
function withoutLinks(text) {
    return text
        .replaceAll('://', `${apart(':')}//`)
        .replace(/\b(www)\./gi, `$1${apart('.')}`)
        .replace(/\b(GH)-(?=\d)/gi, `$1${apart('-')}`);
}
function apart(character) {
    return `<span>${character}</span>`;
}


/***/ }),

/***/ 8804:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {

/* harmony export */ __webpack_require__.d(__webpack_exports__, {
/* harmony export */   C2: () => (/* binding */ isPrintable),
/* harmony export */   TN: () => (/* binding */ oneLine),
/* harmony export */   g$: () => (/* binding */ printable),
/* harmony export */   ij: () => (/* binding */ hasNoControls),
/* harmony export */   k7: () => (/* binding */ firstInvisible),
/* harmony export */   ml: () => (/* binding */ shorten),
/* harmony export */   n6: () => (/* binding */ compareText),
/* harmony export */   pO: () => (/* binding */ Redactor),
/* harmony export */   v_: () => (/* binding */ isSingleLine)
/* harmony export */ });
/* harmony import */ var node_util__WEBPACK_IMPORTED_MODULE_0__ = __webpack_require__(7975);
/* harmony import */ var _model_format_js__WEBPACK_IMPORTED_MODULE_1__ = __webpack_require__(9774);
/** Makes text that others wrote safe to show: nothing in it controls a terminal or misleads a reader, and it contains no secret. */


/**
 * Invisible characters that have an effect: controls, line separators, halves of surrogate pairs, and format characters, such
 * as bidirectional overrides, zero-width characters and the byte order mark.
 */
const INVISIBLE = '\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}';
const ANY_INVISIBLE = new RegExp(`[${INVISIBLE}]`, 'u');
const ALL_INVISIBLE = new RegExp(`[${INVISIBLE}]`, 'gu');
const ALL_INVISIBLE_IN_LINES = new RegExp(`(?![\\t\\n])[${INVISIBLE}]`, 'gu');
/** Whether a text contains no control characters, line breaks among them. Weaker than `isSingleLine`. */
function hasNoControls(text) {
    return !/\p{Cc}/u.test(text);
}
/** Whether a text contains no control characters and no line or paragraph separators. Weaker than `isPrintable`. */
function isSingleLine(text) {
    return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}
/** Whether a text contains only visible characters and blanks. */
function isPrintable(text) {
    return !ANY_INVISIBLE.test(text);
}
/** The code of the first invisible character; undefined when there is none. */
function firstInvisible(text) {
    const found = ANY_INVISIBLE.exec(text);
    return found ? codeOf(found[0]) : undefined;
}
/** Shows invisible characters as their codes, such as `\u202e`. Drops colours and retains line breaks. */
function printable(text) {
    return (0,node_util__WEBPACK_IMPORTED_MODULE_0__.stripVTControlCharacters)(text).replaceAll('\r\n', '\n').replace(ALL_INVISIBLE_IN_LINES, codeOf);
}
/** The printable text as one line, shortened to `bytes`. */
function oneLine(text, bytes = Number.POSITIVE_INFINITY) {
    const line = (0,node_util__WEBPACK_IMPORTED_MODULE_0__.stripVTControlCharacters)(text).replace(/\s+/g, ' ').trim();
    return shorten(line.replace(ALL_INVISIBLE, codeOf), bytes);
}
/** Orders two texts by their code units, in the same way on every machine. */
function compareText(a, b) {
    return a < b ? -1 : a > b ? 1 : 0;
}
/** `\u202e`, `\u{e0001}` */
function codeOf(character) {
    const code = (character.codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    return code.length === 4 ? `\\u${code}` : `\\u{${code}}`;
}
/** Shortens a text to `bytes` of UTF-8. It cuts the middle, because a message begins with what failed and often ends with why. */
function shorten(text, bytes) {
    if (text.length * 3 <= bytes)
        return text;
    const encoded = Buffer.from(text);
    if (encoded.length <= bytes)
        return text;
    const note = ` … (shortened, ${(0,_model_format_js__WEBPACK_IMPORTED_MODULE_1__/* .wholeNumber */ .rD)(encoded.length)} bytes) … `;
    const room = Math.max(0, bytes - Buffer.byteLength(note));
    const tail = Math.floor(room / 3);
    return `${firstBytes(encoded, room - tail)}${note}${lastBytes(encoded, tail)}`;
}
/** Returns whole characters only, as does `lastBytes`. */
function firstBytes(text, bytes) {
    let end = bytes;
    while (end > 0 && continues(text[end]))
        end -= 1;
    return text.toString('utf8', 0, end);
}
function lastBytes(text, bytes) {
    let start = text.length - bytes;
    while (start < text.length && continues(text[start]))
        start += 1;
    return text.toString('utf8', start);
}
/** Whether a byte continues a character of UTF-8. */
function continues(byte) {
    return byte !== undefined && (byte & 0xc0) === 0x80;
}
/** A shorter value may be an ordinary word, such as `EMPTY` or `ollama`: a placeholder for servers that need no key. */
const MIN_SECRET_LENGTH = 16;
/** From this length on, parts of a value are hidden too, because a line may be wrapped or cut in the middle of the value. */
const LONG_SECRET_LENGTH = 32;
const MIN_PART_LENGTH = 16;
/** Every part contains a whole block of this length that begins at a multiple of it, wherever the part is in a text. */
const BLOCK_LENGTH = MIN_PART_LENGTH / 2;
/** Replaces secrets in text. */
class Redactor {
    #values = new Set();
    #parts = new Set();
    /** All pieces of long secrets that have the length of a block. */
    #blocks = new Set();
    /** @returns false for a value that is too short to be hidden, because ordinary words would be hidden too */
    hide(secret) {
        if (secret.length < MIN_SECRET_LENGTH)
            return false;
        for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
            if (form.length < LONG_SECRET_LENGTH)
                this.#values.add(form);
            else
                this.#hideParts(form);
        }
        return true;
    }
    /** Replaces each secret, and each part of a long secret, by `***`. */
    redact(text) {
        let shown = text;
        for (const value of this.#values)
            shown = shown.replaceAll(value, '***');
        return this.#mayContainParts(shown) ? this.#withoutParts(shown) : shown;
    }
    #hideParts(form) {
        for (let at = 0; at + BLOCK_LENGTH <= form.length; at += 1) {
            this.#blocks.add(form.slice(at, at + BLOCK_LENGTH));
            if (at + MIN_PART_LENGTH <= form.length)
                this.#parts.add(form.slice(at, at + MIN_PART_LENGTH));
        }
    }
    /** Looks at each block of the text once. Nearly all texts have none, and this is far faster than looking for parts. */
    #mayContainParts(text) {
        if (this.#blocks.size === 0)
            return false;
        for (let at = 0; at + BLOCK_LENGTH <= text.length; at += BLOCK_LENGTH)
            if (this.#blocks.has(text.slice(at, at + BLOCK_LENGTH)))
                return true;
        return false;
    }
    #withoutParts(text) {
        let shown = '';
        let copied = 0;
        for (let at = 0; at + MIN_PART_LENGTH <= text.length; at += 1) {
            if (!this.#parts.has(text.slice(at, at + MIN_PART_LENGTH)))
                continue;
            let end = at + MIN_PART_LENGTH;
            while (this.#parts.has(text.slice(end - MIN_PART_LENGTH + 1, end + 1)))
                end += 1;
            shown += `${text.slice(copied, at)}***`;
            copied = end;
            at = end - 1;
        }
        return shown + text.slice(copied);
    }
}


/***/ })

};
