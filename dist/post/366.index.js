export const id = 366;
export const ids = [366];
export const modules = {

/***/ 366:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  fail: () => (/* binding */ fail)
});

// UNUSED EXPORTS: finish, requireCheckpoints, requireSaved

// EXTERNAL MODULE: ./lib/errors.js
var errors = __webpack_require__(452);
// EXTERNAL MODULE: ./lib/model/shard.js
var shard = __webpack_require__(8165);
// EXTERNAL MODULE: ./lib/report/closing-message.js
var closing_message = __webpack_require__(5775);
// EXTERNAL MODULE: ./lib/text.js
var lib_text = __webpack_require__(8804);
// EXTERNAL MODULE: ./lib/report/markdown-text.js
var markdown_text = __webpack_require__(5265);
;// CONCATENATED MODULE: ./lib/report/error-summary.js
/** The job summary of a step that could not run: what is wrong, and what to do, in GitHub's Markdown. Pure. */



/** Errors of a run, whose summary says more. Post writes that of an interrupted run. */
const REPORTED_WITH_RESULTS = new Set([
    'API_REFUSED',
    'API_UNREACHABLE',
    'EVALS_FAILED',
    'INCOMPLETE',
    'SHARD_NOT_SAVED',
    'THRESHOLDS_MISSED',
]);
/** A longer error is in the log. */
const MAX_BYTES = 60_000;
/** @returns undefined for an error that the summary of the results has already */
function renderError(error) {
    if (error instanceof errors/* ActionError */.lZ && REPORTED_WITH_RESULTS.has(error.code))
        return undefined;
    const blocks = error instanceof errors/* ActionError */.lZ ? blocksOf(error) : unexpected(error);
    const lines = ['[!CAUTION]', ...blocks.flatMap((block, index) => [...(index === 0 ? [] : ['']), ...block])];
    return [`## ❌ ${headline(error)}`, '', ...lines.map((line) => (line === '' ? '>' : `> ${line}`)), ''].join('\n');
}
function headline(error) {
    if (!(error instanceof errors/* ActionError */.lZ))
        return 'The action failed';
    if (error.code.startsWith('SHARDS_'))
        return 'The shards were not merged';
    return error.code.startsWith('STATE_') ? 'The state directory cannot be used' : 'No eval was run';
}
/** Paragraphs, lists and code, each as lines. */
function blocksOf(error) {
    const code = `Code: \`${error.code}\``;
    if (error instanceof errors/* ActionErrors */.o9) {
        const items = error.errors.flatMap(itemOf);
        const [first = ''] = error.message.split('\n', 1);
        return [[escaped(first)], items, [`${escaped(error.next)} ${code}`]];
    }
    return [
        ...messageBlocks((0,lib_text/* printable */.g$)((0,lib_text/* shorten */.ml)(error.message, MAX_BYTES))),
        [`**What to do:** ${escaped(error.next)}`],
        [code],
    ];
}
/** The further lines of a message are a list in the item. */
function itemOf({ message, next }) {
    const [first = '', ...more] = message.split('\n');
    const whatToDo = `  **What to do:** ${escaped(next)}`;
    if (more.length === 0)
        return [`- ${escaped(first)}<br>`, whatToDo];
    return [`- ${escaped(first)}`, ...listOf(more).map((line) => `  ${line}`), '', whatToDo];
}
/** A list, whose items may be followed by indented lines: a place in a text, with a caret below it. */
function listOf(lines) {
    const shown = [];
    let code = [];
    const endCode = () => {
        if (code.length > 0)
            shown.push('', ...codeBlock(code, 'text').map((line) => `  ${line}`), '');
        code = [];
    };
    for (const line of lines) {
        if (CODE.test(line)) {
            code.push(line.replace(CODE, ''));
            continue;
        }
        endCode();
        shown.push(`- ${escaped(line.replace(/^- /, ''))}`);
    }
    endCode();
    return shown.at(-1) === '' ? shown.slice(0, -1) : shown;
}
const CODE = /^ {4}/;
/** Lines that begin with `- ` are a list. A line such as `exclude: |`, with what follows it, is YAML to copy. */
function messageBlocks(message) {
    const lines = message.split('\n');
    const yaml = lines.findIndex((line) => /^[a-z][a-z-]*:( |$)/.test(line));
    const groups = [];
    for (const line of yaml < 0 ? lines : lines.slice(0, yaml)) {
        const isList = line.startsWith('- ') || CODE.test(line);
        const last = groups.at(-1);
        if (last?.isList === isList)
            last.lines.push(line);
        else
            groups.push({ isList, lines: [line] });
    }
    const blocks = groups.map((group) => (group.isList ? listOf(group.lines) : textOf(group.lines)));
    return yaml < 0 ? blocks : [...blocks, codeBlock(lines.slice(yaml), 'yaml')];
}
function textOf(lines) {
    return lines.map((line, index) => `${escaped(line)}${index < lines.length - 1 ? '<br>' : ''}`);
}
function unexpected(error) {
    const text = (0,lib_text/* printable */.g$)((0,lib_text/* shorten */.ml)((0,errors/* describeError */.Uc)(error), MAX_BYTES));
    const [first = '', ...stack] = text.split('\n');
    return [[escaped(first)], ...(stack.length > 0 ? [codeBlock(stack, 'text')] : [])];
}
function codeBlock(lines, language) {
    return (0,markdown_text/* fenced */.OF)(lines.join('\n'), MAX_BYTES, language).split('\n');
}
/** The whole of a text that others wrote parts of. */
function escaped(text) {
    return (0,markdown_text/* inline */.mG)(text, MAX_BYTES);
}

// EXTERNAL MODULE: ./lib/action/job-summary.js
var job_summary = __webpack_require__(5484);
// EXTERNAL MODULE: ./lib/action/log.js
var log = __webpack_require__(2988);
// EXTERNAL MODULE: external "node:fs"
var external_node_fs_ = __webpack_require__(3024);
;// CONCATENATED MODULE: ./lib/process/descendants.js

/**
 * Kills every descendant of this process, on systems with /proc. It is used when this process exits, because @actions/exec
 * cannot signal the helpers that it started.
 */
function descendants_killDescendants() {
    const children = childrenByParent();
    const open = [process.pid];
    for (let parent = open.pop(); parent !== undefined; parent = open.pop()) {
        for (const pid of children.get(parent) ?? []) {
            open.push(pid);
            try {
                process.kill(pid, 'SIGKILL');
            }
            catch {
                // The process has already ended.
            }
        }
    }
}
function childrenByParent() {
    const children = new Map();
    for (const name of processNames()) {
        const parent = parentOf(name);
        if (parent !== undefined)
            children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    }
    return children;
}
function processNames() {
    try {
        return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    }
    catch {
        return [];
    }
}
/** proc_pid_stat(5): the parent is the fourth field, after a name in parentheses that may contain any character. */
function parentOf(pid) {
    try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./lib/action/signals.js

/** A runner cancels a step with SIGINT, SIGTERM after 7.5 s, and SIGKILL after another 2.5 s (actions/runner, `ProcessInvoker`). */
const CANCEL_GRACE_MS = 7500;
/** The reason of a cancelled run, as a clause. */
class Cancelled extends Error {
    name = 'Cancelled';
    constructor() {
        super('the job was cancelled');
    }
}
/**
 * The first signal starts an orderly shutdown. The second ends the process at once, and with it every eval, because children
 * are killed when the action is gone. Files on disk are valid at every moment, and post saves them.
 */
function cancellation(log) {
    const controller = new AbortController();
    let at = 0;
    for (const signal of ['SIGINT', 'SIGTERM']) {
        process.on(signal, () => {
            if (controller.signal.aborted) {
                log.info(`Received ${signal} as well: exiting at once. The post step saves what is on disk.`);
                process.exit(1);
            }
            at = Date.now();
            // Children that main no longer waits for, such as an installer or a probe.
            process.once('exit', killDescendants);
            log.info(`Received ${signal}: stopping the evals, then saving.`);
            controller.abort(new Cancelled());
        });
    }
    return {
        signal: controller.signal,
        after(milliseconds) {
            const later = new AbortController();
            const begin = () => {
                setTimeout(() => later.abort(), Math.max(0, at + milliseconds - Date.now())).unref();
            };
            if (controller.signal.aborted)
                begin();
            else
                controller.signal.addEventListener('abort', begin, { once: true });
            return later.signal;
        },
    };
}

;// CONCATENATED MODULE: ./lib/action/finish.js







/**
 * Ends a step whose results are published. Returns if the set is complete.
 * @throws ActionError that fails the step
 */
function finish(closing) {
    if (closing)
        throw closingError(closing);
}
/**
 * A shard whose results cannot reach the merge has to fail: otherwise "Re-run failed jobs" would not run it again, and the set would
 * stay incomplete.
 * @param isSaved whether its newest state is in a checkpoint of this run
 * @throws ActionError SHARD_NOT_SAVED
 */
function requireSaved(shard, isSaved) {
    if (isWhole(shard) || isSaved())
        return;
    throw new ActionError('SHARD_NOT_SAVED', `The evals of ${describeShard(shard)} are done, but its checkpoint was not saved, so the merge cannot use its results. The log says why.`, 'Re-run the failed jobs.');
}
/**
 * Before anything is paid for.
 * @param unavailable why this job has no checkpoints, as a clause; undefined when it has
 * @throws ActionError SHARD_NOT_SAVED
 */
function requireCheckpoints(shard, unavailable) {
    if (isWhole(shard) || unavailable === undefined)
        return;
    throw new ActionError('SHARD_NOT_SAVED', `This step is ${describeShard(shard)}, and the merge gets its results from a checkpoint, but it cannot save one: ${unavailable}.`, 'Run shards where the Actions cache can be used. To run the whole set without it, remove the input shard.');
}
/** Turns a failure into the error message, the job summary and the exit code of the step. */
async function fail(error) {
    process.exitCode = 1;
    const shown = error instanceof Cancelled ? CANCELLED_EARLY : error;
    log/* actionLog */.Zx.error((0,errors/* describeError */.Uc)(shown));
    const markdown = renderError(shown);
    if (markdown !== undefined)
        await (0,job_summary/* writeJobSummary */.j)(() => markdown, 'The error is in the log.', log/* actionLog */.Zx);
}
/** A run that is cancelled later ends with its results. */
const CANCELLED_EARLY = new errors/* ActionError */.lZ('INCOMPLETE', 'The job was cancelled before an eval was started. What earlier runs completed and recorded is still there.', 'Re-run the failed jobs.');


/***/ })

};
