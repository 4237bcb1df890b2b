/**
 * The comments of pull requests, as GitHub's REST API lists, creates and changes them
 * (https://docs.github.com/en/rest/issues/comments): the part of the stand-in for GitHub's API that has them.
 */
export interface StoredComment {
  readonly id: number;
  /** The number of its pull request. */
  readonly pullRequest: number;
  /** Null for a user who was deleted. */
  readonly login: string | null;
  readonly body: string;
}

export interface StoredPull {
  readonly number: number;
  readonly sha: string;
  /** `owner:branch` */
  readonly head: string;
  /** The id of the repository of its branch; null when that was deleted. */
  readonly repositoryId: number | null;
}

/** A response with the header `Link`, if there is one. */
export type Answer = readonly [status: number, body: object, link?: string | undefined];

const MAX_BODY_CHARACTERS = 65_536;

export class Conversation {
  #comments: StoredComment[];
  readonly #login: string;
  readonly #isLocked: boolean;
  readonly #pulls: readonly StoredPull[];

  constructor(options: {
    readonly comments: readonly StoredComment[];
    readonly pulls: readonly StoredPull[];
    /** Whose token it is. */
    readonly login: string;
    readonly isLocked: boolean;
  }) {
    this.#comments = [...options.comments];
    this.#pulls = options.pulls;
    this.#login = options.login;
    this.#isLocked = options.isLocked;
  }

  get comments(): readonly StoredComment[] {
    return this.#comments;
  }

  delete(id: number): void {
    this.#comments = this.#comments.filter((comment) => comment.id !== id);
  }

  /** Undefined for a path that is none of these. `url` is relative to the repository. */
  answer(method: string, url: URL, body: unknown, mayWrite: boolean): Answer | undefined {
    const [, number] = /^\/issues\/(\d+)\/comments$/.exec(url.pathname) ?? [];
    if (number && method === 'GET') return this.#list(Number(number), url);
    if (number && method === 'POST') return mayWrite ? this.#create(Number(number), bodyOf(body)) : DENIED;
    const [, id] = /^\/issues\/comments\/(\d+)$/.exec(url.pathname) ?? [];
    if (id && method === 'PATCH') return mayWrite ? this.#change(Number(id), bodyOf(body)) : DENIED;
    if (method === 'GET' && url.pathname === '/pulls')
      return [200, this.#pullsOf(url.searchParams.get('head'))];
    const [, pull] = /^\/pulls\/(\d+)$/.exec(url.pathname) ?? [];
    const named = this.#pulls.find((each) => each.number === Number(pull));
    return method === 'GET' && named ? [200, shownPull(named)] : undefined;
  }

  #list(pullRequest: number, url: URL): Answer {
    const page = Number(url.searchParams.get('page') ?? 1);
    const size = Math.min(100, Number(url.searchParams.get('per_page') ?? 30));
    const all = this.#comments.filter((comment) => comment.pullRequest === pullRequest);
    const listed = all.slice((page - 1) * size, page * size).map(shown);
    const pages = Math.ceil(all.length / size);
    // GitHub's own form: with the id of the repository, and with the last page.
    const at = (to: number) =>
      `<https://api.github.com/repositories/1${url.pathname}?per_page=${size}&page=${to}>`;
    return [200, listed, page < pages ? `${at(page + 1)}; rel="next", ${at(pages)}; rel="last"` : undefined];
  }

  #create(pullRequest: number, body: string): Answer {
    if (this.#isLocked) return [403, { message: 'Unable to create comment because issue is locked.' }];
    if (body.length > MAX_BODY_CHARACTERS) return TOO_LONG;
    const id = 1 + Math.max(0, ...this.#comments.map((comment) => comment.id));
    const comment = { id, pullRequest, login: this.#login, body };
    this.#comments.push(comment);
    return [201, shown(comment)];
  }

  #change(id: number, body: string): Answer {
    const index = this.#comments.findIndex((comment) => comment.id === id);
    const comment = this.#comments[index];
    if (!comment) return [404, { message: 'Not Found' }];
    if (body.length > MAX_BODY_CHARACTERS) return TOO_LONG;
    const changed = { ...comment, body };
    this.#comments = this.#comments.with(index, changed);
    return [200, shown(changed)];
  }

  #pullsOf(head: string | null): object[] {
    // GitHub ignores a filter without an owner.
    return this.#pulls.filter((pull) => !head?.includes(':') || pull.head === head).map(shownPull);
  }
}

const DENIED: Answer = [403, { message: 'Resource not accessible by integration' }];

const TOO_LONG: Answer = [
  422,
  {
    message: 'Validation Failed',
    errors: [
      {
        resource: 'IssueComment',
        code: 'unprocessable',
        field: 'data',
        message: 'Body is too long (maximum is 65536 characters)',
      },
    ],
  },
];

function bodyOf(value: unknown): string {
  return String((value as { body?: unknown } | null)?.body ?? '');
}

function shown({ id, pullRequest, login, body }: StoredComment): object {
  return {
    id,
    node_id: `IC_${id}`,
    html_url: `https://github.com/octo-org/octo-repo/pull/${pullRequest}#issuecomment-${id}`,
    user: login === null ? null : { login, id: 1, type: login.endsWith('[bot]') ? 'Bot' : 'User' },
    body,
  };
}

function shownPull({ number, sha, head, repositoryId }: StoredPull): object {
  const [owner = '', ref = ''] = head.split(':');
  return {
    number,
    state: 'open',
    head: {
      label: head,
      ref,
      sha,
      repo: repositoryId === null ? null : { id: repositoryId, owner: { login: owner } },
    },
  };
}
