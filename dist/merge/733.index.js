export const id = 733;
export const ids = [733];
export const modules = {

/***/ 3733:
/***/ ((__unused_webpack___webpack_module__, __webpack_exports__, __webpack_require__) => {


// EXPORTS
__webpack_require__.d(__webpack_exports__, {
  publishPullRequestComment: () => (/* binding */ publishPullRequestComment)
});

// UNUSED EXPORTS: publishToPullRequest

// EXTERNAL MODULE: ./lib/errors.js
var errors = __webpack_require__(452);
;// CONCATENATED MODULE: ./lib/github/comment-failure.js
const PERMISSION = 'Give the job "permissions: pull-requests: write".';
const NEXT_RUN = 'The next run publishes it.';
function commentFailure(failure, circumstances) {
    const { kind, cause, message = '' } = failure;
    if (circumstances.isStopped)
        return { cause: 'GitHub did not respond in the time that was left', next: NEXT_RUN };
    const known = KNOWN.find(({ pattern }) => pattern.test(message));
    if (known)
        return { cause: `${known.cause} (${message.replace(/\.$/, '')})`, next: known.next };
    switch (kind) {
        case 'rate-limited':
            return { cause, next: NEXT_RUN };
        case 'missing':
            return {
                cause: `GitHub cannot find ${named(circumstances)} with this token${message && ` (${message})`}`,
                next: PERMISSION,
            };
        case 'denied':
            return { cause: `the token may not write comments (${cause})`, next: grant(message, circumstances) };
        case 'failed':
            return { cause, next: NEXT_RUN };
    }
}
function named({ pullRequest }) {
    return pullRequest === undefined ? 'the pull request' : `pull request ${pullRequest}`;
}
function grant(message, { isForkRun }) {
    if (/personal access token/i.test(message))
        return 'Give the token the permission "Pull requests: Read and write" for this repository.';
    if (isForkRun && /by integration/i.test(message))
        return ('GitHub gives a run of a pull request from a fork a token that only reads. A second workflow can write the comment: ' +
            'see docs/comments.md of this action.');
    return PERMISSION;
}
/** What GitHub says, from its responses. None of it depends on permissions of the job. */
const KNOWN = [
    {
        pattern: /\bbad credentials\b/i,
        cause: 'GitHub does not accept the token',
        next: 'Set github-token to ${{ github.token }}, or to a token that has not expired.',
    },
    {
        pattern: /\bissue is locked\b/i,
        cause: 'the conversation of the pull request is locked',
        next: 'Unlock it to get a comment.',
    },
    {
        pattern: /\bmore than 2,?500 comments\b/i,
        cause: 'the pull request has as many comments as GitHub allows',
        next: 'Open a new pull request to get a comment.',
    },
    {
        pattern: /\barchived\b/i,
        cause: 'the repository is archived',
        next: 'Nothing can be written to it.',
    },
    {
        pattern: /\bSAML\b/i,
        cause: 'the organization requires single sign-on for this token',
        next: 'Authorize the token for the organization, or use ${{ github.token }}.',
    },
    {
        pattern: /\bbody is too long\b/i,
        cause: 'the comment is too long for GitHub',
        next: 'This is an error of the action. Please report it.',
    },
];

// EXTERNAL MODULE: ./node_modules/zod/v4/classic/schemas.js + 11 modules
var schemas = __webpack_require__(2857);
;// CONCATENATED MODULE: ./lib/github/event.js
/**
 * What the event that started this run says about a pull request
 * (https://docs.github.com/en/webhooks/webhook-events-and-payloads). GitHub wrote the payload, so it is believed, unlike
 * anything that a run of a fork left behind. Pure.
 */

const repositorySchema = schemas/* looseObject */._H3({ id: schemas/* int */.Whr() });
const number = schemas/* int */.Whr().positive();
const event_text = schemas/* string */.YjP()
    .nullish()
    .transform((value) => value ?? '');
/** Of `pull_request`, `pull_request_target`, `pull_request_review` and others of a pull request. */
const pullRequestSchema = schemas/* looseObject */._H3({
    repository: repositorySchema,
    pull_request: schemas/* looseObject */._H3({
        number,
        head: schemas/* looseObject */._H3({ repo: repositorySchema.nullish() }),
    }),
});
/** A pull request is an issue, too: `issue_comment` has it as one. */
const issueSchema = schemas/* looseObject */._H3({
    issue: schemas/* looseObject */._H3({ number, pull_request: schemas/* looseObject */._H3({}) }),
});
const workflowRunSchema = schemas/* looseObject */._H3({
    repository: repositorySchema,
    workflow_run: schemas/* looseObject */._H3({
        id: schemas/* int */.Whr(),
        run_attempt: number.catch(1),
        run_number: number.catch(1),
        event: event_text,
        path: event_text,
        head_sha: event_text,
        head_branch: event_text,
        head_repository: schemas/* looseObject */._H3({ id: schemas/* int */.Whr(), owner: schemas/* looseObject */._H3({ login: schemas/* string */.YjP() }) }).nullish(),
        pull_requests: schemas/* array */.YOg(schemas/* looseObject */._H3({
            number,
            head: schemas/* looseObject */._H3({ sha: schemas/* string */.YjP() }),
            base: schemas/* looseObject */._H3({ repo: repositorySchema }),
        }))
            .nullish()
            .transform((list) => list ?? []),
    }),
});
function eventPullRequest({ name, payload }) {
    if (name === 'workflow_run') {
        const event = workflowRunSchema.safeParse(payload).data;
        return event
            ? { kind: 'source-run', run: sourceRun(event) }
            : { kind: 'none', why: 'the event workflow_run does not say which run ended' };
    }
    const event = pullRequestSchema.safeParse(payload).data;
    if (event) {
        const { number, head } = event.pull_request;
        const isForkRun = name !== 'pull_request_target' && head.repo?.id !== event.repository.id;
        return { kind: 'pull-request', number, isForkRun };
    }
    const issue = issueSchema.safeParse(payload).data?.issue;
    // Runs of issue_comment belong to the default branch, and their token may write.
    if (issue)
        return { kind: 'pull-request', number: issue.number, isForkRun: false };
    return { kind: 'none', why: `the event ${name || 'that started this run'} belongs to no pull request` };
}
function sourceRun({ repository, workflow_run: run }) {
    const head = run.head_repository;
    return {
        id: String(run.id),
        attempt: run.run_attempt,
        number: run.run_number,
        event: run.event,
        workflow: run.path.split('@', 1)[0] ?? '',
        headSha: run.head_sha,
        headBranch: run.head_branch,
        headRepository: head ? { id: head.id, owner: head.owner.login } : null,
        isFork: head?.id !== repository.id,
        // A run in a fork names the pull request that its branch has in the repository above, too.
        pullRequests: run.pull_requests
            .filter(({ base }) => base.repo.id === repository.id)
            .map(({ number, head: { sha } }) => ({ number, headSha: sha })),
    };
}

// EXTERNAL MODULE: ./lib/model/format.js
var format = __webpack_require__(9774);
// EXTERNAL MODULE: ./lib/github/github-api.js
var github_api = __webpack_require__(3029);
;// CONCATENATED MODULE: ./lib/github/find-pull-request.js



const pullSchema = schemas/* looseObject */._H3({
    number: schemas/* int */.Whr().positive(),
    head: schemas/* looseObject */._H3({ sha: schemas/* string */.YjP(), repo: schemas/* looseObject */._H3({ id: schemas/* int */.Whr() }).nullish() }),
});
/**
 * Finds the pull request that a comment belongs to. After a run of another workflow it is the open one whose newest commit
 * that run had. Never rejects.
 */
async function findPullRequest(search) {
    const { event, given } = search;
    if (event.kind === 'source-run')
        return given === undefined ? ofRun(search, event.run) : checked(search, event.run, given);
    if (given !== undefined)
        return { kind: 'found', number: given };
    return event.kind === 'none' ? event : { kind: 'found', number: event.number };
}
/**
 * A number that a workflow takes from an artifact was chosen by code of the fork. It must not lead to the pull request of
 * somebody else.
 */
async function checked(search, run, given) {
    const { api, signal } = search;
    const result = await api.request({ method: 'GET', path: `pulls/${given}`, signal });
    if (result.kind !== 'ok')
        return result;
    const sha = pullSchema.safeParse(result.body).data?.head.sha;
    return sha === run.headSha && sha !== ''
        ? { kind: 'found', number: given }
        : { kind: 'none', why: `the newest commit of pull request ${given} is not that of run ${run.id}` };
}
async function ofRun(search, run) {
    if (!/^pull_request(_target)?$/.test(run.event))
        return {
            kind: 'none',
            why: `run ${run.id} was started by ${run.event || 'an unknown event'}, not by a pull request`,
        };
    const named = run.pullRequests.filter(({ headSha }) => headSha === run.headSha);
    if (named.length > 0)
        return only(named, run);
    return byBranch(search, run);
}
/** GitHub names no pull request of a fork. Its open ones are those with its branch. */
async function byBranch({ api, signal }, run) {
    const { headRepository, headBranch, headSha } = run;
    if (!headRepository || headBranch === '')
        return { kind: 'none', why: `the branch of run ${run.id} was deleted` };
    const query = { state: 'open', head: `${headRepository.owner}:${headBranch}`, per_page: String(github_api/* PAGE_SIZE */.m) };
    const result = await api.request({ method: 'GET', path: 'pulls', query, signal });
    if (result.kind !== 'ok')
        return result;
    const items = Array.isArray(result.body) ? result.body : [];
    // GitHub ignores a filter that it does not understand, and one owner may have several forks.
    const pulls = items
        .flatMap((item) => pullSchema.safeParse(item).data ?? [])
        .filter(({ head }) => head.repo?.id === headRepository.id);
    const current = pulls.filter(({ head }) => head.sha === headSha);
    return only(current, run);
}
function only(pulls, run) {
    const [first] = pulls;
    if (first && pulls.length === 1)
        return { kind: 'found', number: first.number };
    if (!first)
        return { kind: 'none', why: `no open pull request has the commit of run ${run.id} as its newest` };
    return {
        kind: 'none',
        why: `${(0,format/* counted */.hS)(pulls.length, 'pull request')} have the commit of run ${run.id}: ${pulls.map(({ number }) => number).join(', ')}`,
    };
}

;// CONCATENATED MODULE: ./lib/github/comments.js
/** The comments of a pull request, through GitHub's REST API (https://docs.github.com/en/rest/issues/comments). */


/** GitHub closes a conversation at 2,500 comments, so these are all that one can have. */
const MAX_PAGES = 30;
const commentSchema = schemas/* looseObject */._H3({
    id: schemas/* int */.Whr(),
    body: schemas/* string */.YjP().nullish(),
    html_url: schemas/* string */.YjP().optional(),
    /** Null for a user who was deleted. */
    user: schemas/* looseObject */._H3({ login: schemas/* string */.YjP(), type: schemas/* string */.YjP().optional() }).nullish(),
});
/**
 * Finds the oldest comment that begins with the marker and that the user of our token wrote. Everybody can read the marker
 * and put it into a comment of their own, and a token that may write comments may also change those of others.
 */
async function findComment(place, marker) {
    const { api, pullRequest, signal } = place;
    const author = new OwnUser(api, signal);
    for (let page = 1; page <= MAX_PAGES; page += 1) {
        const query = { per_page: String(github_api/* PAGE_SIZE */.m), page: String(page) };
        const path = `issues/${pullRequest}/comments`;
        const result = await api.request({ method: 'GET', path, query, signal });
        if (result.kind !== 'ok')
            return result;
        for (const comment of listOf(result.body)) {
            if (!comment.body?.startsWith(marker))
                continue;
            const isOwn = await author.wrote(comment);
            if (typeof isOwn !== 'boolean')
                return isOwn;
            if (isOwn)
                return { kind: 'found', comment: shown(comment) };
        }
        if (!result.hasNextPage)
            return { kind: 'none' };
    }
    return { kind: 'none' };
}
async function postComment(place, body) {
    const { api, pullRequest, signal } = place;
    const path = `issues/${pullRequest}/comments`;
    return written(await api.request({ method: 'POST', path, body: { body }, signal }));
}
async function updateComment({ api, signal }, id, body) {
    return written(await api.request({ method: 'PATCH', path: `issues/comments/${id}`, body: { body }, signal }));
}
/** The user of the token, who is looked up when the first comment may be theirs. */
class OwnUser {
    #api;
    #signal;
    #login;
    constructor(api, signal) {
        this.#api = api;
        this.#signal = signal;
    }
    async wrote({ user }) {
        this.#login ??= this.#api.login(this.#signal);
        const login = await this.#login;
        if (typeof login === 'string')
            return user?.login === login;
        // A server without GraphQL cannot tell. The token of a job is that of a bot, and no stranger is one.
        if (login.kind === 'missing' || login.kind === 'denied')
            return user?.type === 'Bot';
        return login;
    }
}
/** What is not a comment is left out. */
function listOf(body) {
    const items = Array.isArray(body) ? body : [];
    return items.flatMap((item) => commentSchema.safeParse(item).data ?? []);
}
function shown({ id, body, html_url }) {
    return { id, body: body ?? '', url: html_url ?? '' };
}
function written(result) {
    if (result.kind !== 'ok')
        return result;
    return { kind: 'written', url: commentSchema.safeParse(result.body).data?.html_url ?? '' };
}

;// CONCATENATED MODULE: ./lib/github/publish-comment.js


/** Posts the comment, or updates it in place where it is there already. Never rejects, and does not retry. */
async function publishComment(request) {
    const { marker, mode, body } = request;
    const found = await findComment(request, marker);
    if (found.kind === 'found') {
        const { id, body: current, url } = found.comment;
        if (asStored(current) === asStored(body))
            return { kind: 'unchanged', url };
        const updated = await updateComment(request, id, body);
        // Somebody deleted it meanwhile.
        if (updated.kind !== 'missing')
            return outcomeOf(updated, 'updated', request);
    }
    else if (found.kind !== 'none') {
        return failed(found, request);
    }
    return mode === 'update-only'
        ? { kind: 'nothing' }
        : outcomeOf(await postComment(request, body), 'posted', request);
}
/** GitHub may return other line ends than it was given. */
function asStored(body) {
    return body.replaceAll('\r\n', '\n').trim();
}
function outcomeOf(result, kind, request) {
    return result.kind === 'written' ? { kind, url: result.url } : failed(result, request);
}
function failed(failure, { pullRequest, isForkRun, signal }) {
    return {
        kind: 'failed',
        ...commentFailure(failure, { pullRequest, isForkRun, isStopped: signal?.aborted ?? false }),
    };
}

;// CONCATENATED MODULE: ./lib/report/comment/at-stake.js
/**
 * Whether a new comment is worth a reader's time. `failures`: the step fails. `changes`: it fails, or a rule is not met (advisory
 * ones too), or an eval degraded, improved, or is gone from the set. Pure.
 */
function isAtStake({ results, verdict }, mode) {
    if (mode === 'always' || verdict.status !== 'passed')
        return true;
    if (mode === 'failures')
        return false;
    const known = new Set(results.evals.map(({ key }) => key));
    return (verdict.rules.some(({ status }) => status !== 'met') ||
        (verdict.comparison?.evals ?? []).some(({ status, key }) => status === 'degraded' || status === 'improved' || (status === 'missing' && !known.has(key))));
}

// EXTERNAL MODULE: ./lib/report/head.js
var head = __webpack_require__(9110);
// EXTERNAL MODULE: ./lib/report/links.js
var report_links = __webpack_require__(4503);
// EXTERNAL MODULE: ./lib/report/rows.js
var report_rows = __webpack_require__(9965);
// EXTERNAL MODULE: ./lib/report/summary/attention.js
var attention = __webpack_require__(7823);
// EXTERNAL MODULE: ./lib/report/summary/fit.js
var fit = __webpack_require__(3970);
// EXTERNAL MODULE: ./lib/report/summary/rules.js
var rules = __webpack_require__(3542);
// EXTERNAL MODULE: ./lib/model/sample.js
var model_sample = __webpack_require__(5307);
// EXTERNAL MODULE: ./lib/model/verdict.js
var model_verdict = __webpack_require__(1732);
// EXTERNAL MODULE: ./lib/text.js
var lib_text = __webpack_require__(8804);
// EXTERNAL MODULE: ./lib/report/markdown-text.js
var markdown_text = __webpack_require__(5265);
// EXTERNAL MODULE: ./lib/report/result-text.js
var result_text = __webpack_require__(8029);
;// CONCATENATED MODULE: ./lib/report/comment/wrap.js
/** Breaks lines at blanks, where they are longer than so many characters. No other character is changed. Pure. */
function wrapped(text, characters) {
    return text
        .split('\n')
        .map((line) => wrappedLine(line, characters))
        .join('\n');
}
function wrappedLine(line, characters) {
    const lines = [];
    let rest = line;
    while (rest.length > characters) {
        const before = rest.lastIndexOf(' ', characters);
        const at = before > 0 ? before : rest.indexOf(' ', characters);
        if (at < 0)
            break;
        lines.push(rest.slice(0, at));
        rest = rest.slice(at + 1);
    }
    return [...lines, rest].join('\n');
}

;// CONCATENATED MODULE: ./lib/report/comment/flips.js







/** Of the evals that degraded; when there are none, of those that improved. Other changes may be noise. */
function changedSamples({ verdict }) {
    const evals = verdict.comparison?.evals ?? [];
    const of = evals.some(({ status }) => status === 'degraded') ? 'degraded' : 'improved';
    const chosen = evals.filter(({ status }) => status === of);
    const all = chosen.map((comparison) => comparison.flips.map((flip) => ({ comparison, flip })));
    const isTelling = ({ flip, comparison }) => (0,model_verdict/* isWorse */.B)(flip, comparison) === (of === 'degraded');
    return {
        of,
        samples: [
            ...inTurn(all.map((changes) => changes.filter(isTelling))),
            ...inTurn(all.map((changes) => changes.filter((change) => !isTelling(change)))),
        ],
        total: chosen.reduce((sum, { worse, better, flips }) => sum + Math.max(worse + better, flips.length), 0),
    };
}
/** The first of each list, then the second of each. */
function inTurn(lists) {
    const longest = Math.max(0, ...lists.map(({ length }) => length));
    return Array.from({ length: longest }, (_, at) => lists.flatMap((list) => list.slice(at, at + 1))).flat();
}
/** A fold with the texts of the sample, or an item of a list when its texts may not be shown. */
function changedSample({ comparison, flip }, report) {
    const { key, name } = comparison;
    const now = textsOf(report.samples, key, flip.hash);
    const before = textsOf(report.baselineSamples, key, flip.hash);
    const title = `<code>${(0,markdown_text/* html */.qy)(name, 200)}</code>, sample <code>${(0,markdown_text/* html */.qy)(flip.id, 200)}</code>: ${change(flip)}`;
    const item = `- ${(0,markdown_text/* code */.aY)(name, 200)}, sample ${(0,markdown_text/* code */.aY)(flip.id, 200)}: ${change(flip)}`;
    const answers = [
        part('Expected', now.expected ?? before.expected),
        part('Before', before.answer ?? before.picked ?? before.error),
        part('Now', now.answer ?? now.picked ?? now.error),
    ].filter((text) => text !== '');
    const parts = [
        part('Prompt', now.prompt ?? before.prompt),
        // Short answers are easily compared in one line.
        ...(answers.some((text) => text.includes('\n')) ? answers : [answers.join(' · ')]),
        part('The judge before', before.judge, MAX_JUDGE_BYTES),
        part('The judge now', now.judge, MAX_JUDGE_BYTES),
    ].filter((text) => text !== '');
    return parts.length === 0 ? item : (0,fit/* folded */.TM)(title, [parts.join('\n\n')]).join('\n');
}
/** `correct → incorrect` */
function change({ outcomeBefore, outcomeNow, before, now }) {
    return outcomeBefore !== null && outcomeNow !== null && outcomeBefore !== outcomeNow
        ? `${outcomeBefore} → ${outcomeNow}`
        : `${(0,result_text/* shortNumber */.In)(before)} → ${(0,result_text/* shortNumber */.In)(now)}`;
}
function textsOf(samples, key, hash) {
    const ofEval = samples.get(key);
    const sample = ofEval?.samples.find((each) => each.hash === hash);
    return ofEval && sample ? ofEval.texts(sample) : model_sample/* NO_TEXTS */.rl;
}
const MAX_TEXT_BYTES = 3000;
/** No text of a sample is longer, because those who read records bound them. */
const MAX_JUDGE_BYTES = 60_000;
/** A text up to this length is shown in a line. */
const MAX_SHORT = 80;
/** GitHub does not break long lines of code: a reader would have to move each text. */
const LINE_CHARACTERS = 90;
function part(title, text, maxBytes = MAX_TEXT_BYTES) {
    if (text === null)
        return '';
    const isShort = text.length <= MAX_SHORT && text.trim() !== '' && !/[`\n\r]/.test(text);
    return isShort
        ? `**${title}:** ${(0,markdown_text/* code */.aY)(text)}`
        : `**${title}:**\n\n${(0,markdown_text/* fenced */.OF)(wrapped((0,lib_text/* shorten */.ml)(text, maxBytes), LINE_CHARACTERS), maxBytes)}`;
}

;// CONCATENATED MODULE: ./lib/report/comment/marker.js
/** The hidden mark by which the comment of a job and a set is found again. Pure. */
/** Longer names with the same beginning share a marker. */
const MAX_CHARACTERS = 300;
/** The first line of a comment. Jobs and sets with other names have other markers, and no name can end the HTML comment. */
function commentMarker({ job, set }) {
    return `<!-- oaievalset-action: job=${encoded(job)} set=${encoded(set)} -->`;
}
/** Only letters, digits and characters that have no meaning in HTML. HTML comments end at `-->`. */
function encoded(name) {
    return encodeURIComponent(name.slice(0, MAX_CHARACTERS).toWellFormed()).replace(/--|[!'()*~]/g, (found) => [...found].map((c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).join(''));
}

;// CONCATENATED MODULE: ./lib/report/comment/comment.js
/** The comment on a pull request, in GitHub's Markdown. Pure. */









/**
 * GitHub refuses a longer one: "Body is too long (maximum is 65536 characters)". It counts code points, of which a text has no
 * more than it has units of UTF-16, which `length` counts.
 */
const MAX_COMMENT_CHARACTERS = 65_535;
/** For the sentences that say what is left out. */
const RESERVED_CHARACTERS = 500;
/** Evals without a problem are in the summary, pending ones in its sentence. */
const SHOWN = new Set(['failed', 'degraded', 'missed', 'missing']);
const MAX_ROWS = 40;
const MAX_RULES = 20;
/** Rows and samples need some room too. */
const MAX_RULES_BYTES = 20_000;
const MAX_SAMPLES = 10;
function renderComment(report, { marker, reportUrl }) {
    const before = [commentMarker(marker), '', ...(0,head/* headLines */.O)(report), '', ...ruleLines(report)];
    const after = linkLines(report, reportUrl);
    const room = MAX_COMMENT_CHARACTERS - RESERVED_CHARACTERS - lengthOf(before) - lengthOf(after);
    const rows = (0,report_rows/* rowsOf */.R)(report.results, report.verdict).filter(({ status }) => SHOWN.has(status));
    const table = tableLines(rows, Math.floor(room / 2));
    const samples = sampleLines(report, room - lengthOf(table));
    return [...before, ...table, ...samples, ...after].join('\n');
}
function ruleLines({ verdict }) {
    const open = (0,rules/* openRules */.y_)(verdict.rules);
    if (open.length === 0)
        return [];
    const groups = (0,rules/* groupsOfRules */.JZ)(open).slice(0, MAX_RULES);
    const { shown } = (0,fit/* fitting */._Q)(groups.map(rules/* ruleItem */.IV), MAX_RULES_BYTES);
    const hidden = open.length - groups.slice(0, shown.length).flat().length;
    return [...shown, ...(hidden > 0 ? [`- and ${(0,format/* wholeNumber */.rD)(hidden)} more that are not met`] : []), ''];
}
function tableLines(rows, room) {
    if (rows.length === 0)
        return [];
    const shown = allFitting(rows.slice(0, MAX_ROWS).map(attention/* attentionRow */.pH), room);
    const hidden = rows.length - shown.length;
    const more = hidden > 0 ? ['', `… and ${(0,format/* counted */.hS)(hidden, 'more eval')}: see the job summary.`] : [];
    return [...(shown.length > 0 ? [...(0,attention/* attentionHead */.bg)(rows), ...shown] : []), ...more, ''];
}
function sampleLines(report, room) {
    const { of, samples, total } = changedSamples(report);
    if (total === 0)
        return [];
    const blocks = samples.slice(0, MAX_SAMPLES).map((each) => changedSample(each, report));
    const shown = allFitting(blocks, room);
    const isAll = shown.length === total;
    return [
        `**${isAll ? '' : `${(0,format/* wholeNumber */.rD)(shown.length)} of `}${(0,format/* counted */.hS)(total, 'changed sample')} of ${of} evals**`,
        '',
        ...shown.filter((block) => !isItem(block)).flatMap((block) => [block, '']),
        ...shown.filter(isItem),
        ...(shown.some(isItem) ? ['', NO_TEXT, ''] : []),
    ];
}
/** A sample without texts. */
function isItem(block) {
    return block.startsWith('- ');
}
const NO_TEXT = 'Samples without their texts: the input `samples-text` says which may leave the runner.';
/** The blocks that fit. A later one may be shorter than one that does not. */
function allFitting(blocks, room) {
    let left = room;
    return blocks.filter((block) => {
        const isFitting = block.length + 2 <= left;
        if (isFitting)
            left -= block.length + 2;
        return isFitting;
    });
}
function linkLines({ links }, reportUrl) {
    const report = reportUrl === undefined ? undefined : (0,report_links/* webUrl */.qP)(reportUrl);
    const run = (0,report_links/* runUrl */.Vp)(links, links.runId);
    const shown = [
        ...(report === undefined ? [] : [`[Report with all samples](${report})`]),
        ...(run === undefined ? [] : [`[Run with its summary, logs and artifacts](${run})`]),
    ];
    return shown.length === 0 ? [] : [shown.join(' · '), ''];
}
function lengthOf(lines) {
    return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

// EXTERNAL MODULE: external "node:crypto"
var external_node_crypto_ = __webpack_require__(7598);
;// CONCATENATED MODULE: ./lib/action/comment-owner.js


const MAX_NAME_BYTES = 60;
/** Two jobs of one name, and two steps of a job with one set, have other owners because of the hash of everything. */
function commentOwner(user) {
    const { workflow, job, step, matrix, model, evalSet } = user;
    const all = JSON.stringify([workflow, job, step, matrix, model, evalSet]);
    const hash = (0,external_node_crypto_.createHash)('sha256').update(all).digest('hex').slice(0, 16);
    return { job: `${(0,lib_text/* oneLine */.TN)(job, MAX_NAME_BYTES)} ${hash}`, set: (0,lib_text/* oneLine */.TN)(evalSet, MAX_NAME_BYTES) };
}

;// CONCATENATED MODULE: ./lib/action/comment-publish.js
/** Publishes a comment on the pull request of this run, and says in the log what came of it. */










async function publishToPullRequest(publication) {
    const { report, mode, owner, token, context, event, given, signal } = publication;
    const { apiUrl, repository } = context;
    const api = new github_api/* GitHubApi */.y({ apiUrl, repository, token });
    const found = await findPullRequest({ api, event, given, signal });
    if (found.kind === 'none')
        return { kind: 'done', sentence: `No comment: ${found.why}.` };
    if (found.kind !== 'found') {
        const circumstances = { pullRequest: given, isForkRun: false, isStopped: signal.aborted };
        return { kind: 'failed', ...commentFailure(found, circumstances) };
    }
    const published = await publishComment({
        api,
        pullRequest: found.number,
        isForkRun: event.kind === 'pull-request' && event.isForkRun,
        marker: commentMarker(owner),
        body: bodyOf(publication),
        mode: isAtStake(report, mode) ? 'post-or-update' : 'update-only',
        signal,
    });
    if (published.kind === 'failed')
        return published;
    return { kind: 'done', sentence: sentenceOf(published, found.number, mode) };
}
/** The source is above everything that the results say of themselves. */
function bodyOf({ report, owner, source, reportUrl, log }) {
    const rendered = renderComment(report, { marker: owner, reportUrl });
    const marker = commentMarker(owner);
    const body = source === undefined ? rendered : `${marker}\n\n${source}${rendered.slice(marker.length)}`;
    return log.redact(body);
}
function sentenceOf(published, pullRequest, mode) {
    switch (published.kind) {
        case 'posted':
            return `Posted a comment on pull request ${pullRequest}: ${published.url}`;
        case 'updated':
            return `Updated the comment on pull request ${pullRequest}: ${published.url}`;
        case 'unchanged':
            return `The comment on pull request ${pullRequest} is up to date: ${published.url}`;
        case 'nothing':
            return `No comment on pull request ${pullRequest}: there are no ${mode} to report (comment: ${mode}).`;
    }
}
/** No step waits longer for its comment. */
const MAX_MS = 60_000;
const TITLE = 'Pull request comment';
/**
 * Publishes the comment of a step that ran evals. It never affects the result of the step: a failure is a warning if the user has
 * set the input, or else a line of the log. Without a token and outside a pull request it does nothing. Never rejects.
 */
async function publishPullRequestComment(comment) {
    const { report, isExplicit, token, matrix, context, signal, log } = comment;
    const event = eventPullRequest(comment.event);
    if (event.kind === 'none') {
        if (isExplicit)
            log.info(`No comment: ${event.why}.`);
        return;
    }
    if (token === '') {
        if (isExplicit)
            log.warning(WITHOUT_TOKEN, TITLE);
        return;
    }
    const { model, evalSet } = report.results;
    const owner = commentOwner({ ...context, matrix, model, evalSet });
    const limit = AbortSignal.timeout(MAX_MS);
    const bounded = signal ? AbortSignal.any([signal, limit]) : limit;
    const outcome = await publishToPullRequest({ ...comment, event, owner, signal: bounded }).catch(unexpected);
    if (outcome.kind === 'done')
        return log.info(outcome.sentence);
    const sentence = `The comment was not published: ${outcome.cause}. ${outcome.next}`;
    if (isExplicit)
        log.warning(sentence, TITLE);
    else
        log.info(sentence);
}
const WITHOUT_TOKEN = 'No comment was published, because the input github-token is empty. Set github-token: ${{ github.token }}, and give the ' +
    'job "permissions: pull-requests: write".';
function unexpected(error) {
    return {
        kind: 'failed',
        cause: (0,errors/* reasonOf */.A3)(error),
        next: 'This is an error of the action. Please report it.',
    };
}


/***/ })

};
