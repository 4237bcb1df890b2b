/**
 * What the event that started this run says about a pull request
 * (https://docs.github.com/en/webhooks/webhook-events-and-payloads). GitHub wrote the payload, so it is believed, unlike
 * anything that a run of a fork left behind. Pure.
 */
import { z } from 'zod';

export interface GitHubEvent {
  /** GITHUB_EVENT_NAME, such as `pull_request`. */
  readonly name: string;
  /** The parsed file at GITHUB_EVENT_PATH. */
  readonly payload: unknown;
}

/** The run whose end started this run (event `workflow_run`). What GitHub does not know is empty or null. */
export interface SourceRun {
  readonly id: string;
  readonly attempt: number;
  /** As the page of the workflow counts its runs. */
  readonly number: number;
  /** The event that started it, such as `pull_request`. */
  readonly event: string;
  /** The path of its workflow file, such as `.github/workflows/evals.yml`. */
  readonly workflow: string;
  readonly headSha: string;
  readonly headBranch: string;
  /** The repository of its branch; null when it was deleted. */
  readonly headRepository: { readonly id: number; readonly owner: string } | null;
  /** Whether its branch is in another repository. */
  readonly isFork: boolean;
  /** Open pull requests of this repository whose branch it is. GitHub names none for a fork. */
  readonly pullRequests: readonly { readonly number: number; readonly headSha: string }[];
}

export type EventPullRequest =
  /** `isForkRun`: the pull request comes from a fork, and GitHub gives the run a token that only reads. */
  | { readonly kind: 'pull-request'; readonly number: number; readonly isForkRun: boolean }
  | { readonly kind: 'source-run'; readonly run: SourceRun }
  /** `why`: a clause. */
  | { readonly kind: 'none'; readonly why: string };

const repositorySchema = z.looseObject({ id: z.int() });
const number = z.int().positive();
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** Of `pull_request`, `pull_request_target`, `pull_request_review` and others of a pull request. */
const pullRequestSchema = z.looseObject({
  repository: repositorySchema,
  pull_request: z.looseObject({
    number,
    head: z.looseObject({ repo: repositorySchema.nullish() }),
  }),
});

/** A pull request is an issue, too: `issue_comment` has it as one. */
const issueSchema = z.looseObject({
  issue: z.looseObject({ number, pull_request: z.looseObject({}) }),
});

const workflowRunSchema = z.looseObject({
  repository: repositorySchema,
  workflow_run: z.looseObject({
    id: z.int(),
    run_attempt: number.catch(1),
    run_number: number.catch(1),
    event: text,
    path: text,
    head_sha: text,
    head_branch: text,
    head_repository: z.looseObject({ id: z.int(), owner: z.looseObject({ login: z.string() }) }).nullish(),
    pull_requests: z
      .array(
        z.looseObject({
          number,
          head: z.looseObject({ sha: z.string() }),
          base: z.looseObject({ repo: repositorySchema }),
        }),
      )
      .nullish()
      .transform((list) => list ?? []),
  }),
});

export function eventPullRequest({ name, payload }: GitHubEvent): EventPullRequest {
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
  if (issue) return { kind: 'pull-request', number: issue.number, isForkRun: false };
  return { kind: 'none', why: `the event ${name || 'that started this run'} belongs to no pull request` };
}

function sourceRun({ repository, workflow_run: run }: z.output<typeof workflowRunSchema>): SourceRun {
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
