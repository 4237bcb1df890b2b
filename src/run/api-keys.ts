/**
 * Checks API keys, which clients put into headers. With a key that no header can contain, a client fails before it sends
 * anything and calls that "Connection error", and evals retries it indefinitely (langchain-ai/langchain#21261).
 */
import { ActionError, oneError } from '../errors.ts';
import { PROVIDERS, type Provider } from '../gateway/providers.ts';

export interface ApiKeys {
  /** The environment, with trimmed keys. */
  readonly env: NodeJS.ProcessEnv;
  /** Sentences for the log: what was trimmed, and which keys are unusual. */
  readonly notices: readonly string[];
  /** Keys and other secrets, which must be neither printed nor stored. The runner does not mask a value that was trimmed. */
  readonly secrets: readonly { readonly value: string; readonly isTrimmed: boolean }[];
  /** Variables that are set, but to nothing. */
  readonly blank: readonly string[];
  /** Names every key that cannot be used, and why; undefined when all keys can be used. */
  readonly refusal: ActionError | undefined;
}

/** Keys of the clients that evals includes, and of those that users' completion functions use most. */
const PROVIDER_KEY =
  /^((AZURE_)?OPENAI|ANTHROPIC|GEMINI|GOOGLE|TOGETHER|MISTRAL|COHERE|CO|GROQ|DEEPSEEK|FIREWORKS|OPENROUTER|XAI|PERPLEXITY|LITELLM|AZURE|HUGGINGFACE|REPLICATE)_((API|ADMIN)_KEY|API_TOKEN|AUTH_TOKEN|AD_TOKEN)$|^HF_TOKEN$/;

/** Names of accounts, which go into headers too but are not secrets. */
const ACCOUNT = /^OPENAI_(ORG_ID|ORGANIZATION|PROJECT_ID|PROJECT)$/;

/** Keys of unknown clients. They may contain any character on purpose. */
const OTHER_KEY = /_API_KEY$/;

/** Other secrets that an eval may print. */
const OTHER_SECRET = /(^|_)(TOKEN|SECRET|PASSWORD)$/;

export function readApiKeys(env: NodeJS.ProcessEnv): ApiKeys {
  const cleaned: NodeJS.ProcessEnv = { ...env };
  const notices: string[] = [];
  const secrets: { readonly value: string; readonly isTrimmed: boolean }[] = [];
  const wrong: ActionError[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (value && OTHER_SECRET.test(name)) secrets.push({ value, isTrimmed: false });
    const known = PROVIDER_KEY.test(name) || ACCOUNT.test(name);
    if (!value || !(known || OTHER_KEY.test(name))) continue;
    const trimmed = trim(value);
    if (!known && unsendable(trimmed)) continue;
    if (trimmed === '') delete cleaned[name];
    else cleaned[name] = trimmed;
    if (trimmed !== value) notices.push(describeTrim(name, value, trimmed));
    if (!ACCOUNT.test(name) && !isExpression(trimmed))
      secrets.push({ value: trimmed, isTrimmed: trimmed !== value });
    const error = known && trimmed !== '' ? keyError(name, trimmed, env) : undefined;
    if (known && !error && trimmed.includes(' '))
      notices.push(`${name} contains a blank. It is sent unchanged, because the server is your own.`);
    if (error) wrong.push(error);
  }
  return {
    env: cleaned,
    notices,
    secrets,
    blank: Object.keys(env).filter((name) => trim(env[name] ?? 'unset') === ''),
    refusal: wrong.length > 0 ? oneError(wrong) : undefined,
  };
}

function keyError(name: string, value: string, env: NodeJS.ProcessEnv): ActionError | undefined {
  const owner = whoseKey(name, value, env);
  if (owner) {
    const provider = name.startsWith('OPENAI_') ? 'OpenAI' : 'Anthropic';
    // Many providers have an API that is compatible with OpenAI's.
    const other = provider === 'OpenAI' ? `, or OPENAI_BASE_URL to the API of ${owner}` : '';
    return new ActionError(
      'API_KEY_INVALID',
      `${name} cannot be used: it is a key of ${owner}, but would be sent to ${provider}.`,
      `Set ${name} to a key of ${provider}${other}.`,
    );
  }
  const why = whatIsWrong(name, value, env);
  if (why === undefined) return undefined;
  const next = `Set the secret to the key alone, for example with: printf %s "$KEY" | gh secret set ${name}. In the step, write: env: ${name}: \${{ secrets.${name} }}.`;
  return new ActionError('API_KEY_INVALID', `${name} cannot be used: ${why}.`, next);
}

/** How the keys of a provider begin, the longer beginnings first, and the variables that may hold them. */
const BEGINNINGS: readonly (readonly [RegExp, string, RegExp])[] = [
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
function whoseKey(name: string, value: string, env: NodeJS.ProcessEnv): string | undefined {
  if (!/^(OPENAI|ANTHROPIC)_API_KEY$/.test(name) || usesOwnServer(name, env)) return undefined;
  const [, owner, variables] = BEGINNINGS.find(([beginning]) => beginning.test(value)) ?? [];
  return variables?.test(name) ? undefined : owner;
}

/** White space, control characters and characters without width, which files and clipboards leave at the ends of a key. */
const ENDS = /^[\s\p{Cc}\p{Cf}\p{Z}]+|[\s\p{Cc}\p{Cf}\p{Z}]+$/gu;

function trim(value: string): string {
  return value.replace(ENDS, '');
}

function describeTrim(name: string, value: string, trimmed: string): string {
  if (trimmed === '') return `${name} contains only white space, so it is treated as not set.`;
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

function unsendable(value: string): boolean {
  return UNSENDABLE.test(value);
}

/** Nothing that has to be hidden: the messages would miss what they propose. */
function isExpression(value: string): boolean {
  return /\$\{\{|\}\}/.test(value) || /^(\$\{?\w+\}?|%\w+%|\$\(.*\))$/.test(value);
}

function whatIsWrong(name: string, value: string, env: NodeJS.ProcessEnv): string | undefined {
  if (isExpression(value)) return 'it is an expression that was not evaluated';
  const scheme = /^(Bearer|Basic|Token)(?=\s|$)/i.exec(value)?.[1];
  if (scheme)
    return value.length === scheme.length
      ? `it is only the word ${scheme}. The key after it is empty; clients add the word themselves`
      : `it starts with the word ${scheme}, which clients add themselves`;
  // The name is not printed, because it may be part of a key that contains "=".
  if (
    /^(export\s+)?[A-Z]+(_[A-Z]+)*_(KEY|TOKEN|ID|ORGANIZATION|PROJECT)\s*=|^([Aa]uthorization|[Xx]-[Aa]pi-[Kk]ey|api-key)\s*:/.test(
      value,
    )
  )
    return 'it starts with a name, like a line of a file (NAME=value)';
  if (/^["'`\u2018\u2019\u201c\u201d]|["'`\u2018\u2019\u201c\u201d]$/u.test(value)) return 'it is in quotes';
  const ownServer = usesOwnServer(name, env);
  // A server that needs no key accepts any words.
  const refused = ownServer ? UNSENDABLE : /[^\x21-\x7e]/u;
  const found = refused.exec(value);
  if (found) return `character ${[...value.slice(0, found.index)].length + 1} is ${characterName(found[0])}`;
  if (!ownServer && PLACEHOLDER.test(value)) return 'it is the placeholder of an example';
  return undefined;
}

const PLACEHOLDER =
  /^(<.*>|\*+|\.{3,}|null|none|undefined|changeme|sk-(x{3,}|\.{3,}|\*{3,}).*)$|your[-_ ]?(\w+[-_ ])?(api|secret)?[-_ ]?key/i;

/** Whether the requests with this key go to a server that is not the provider's own. */
function usesOwnServer(name: string, env: NodeJS.ProcessEnv): boolean {
  const provider = (Object.keys(PROVIDERS) as Provider[]).find((id) =>
    name.startsWith(`${id.toUpperCase()}_`),
  );
  if (!provider) return false;
  const { variable, base } = PROVIDERS[provider];
  const url = env[variable] ?? '';
  return URL.canParse(url) && new URL(url).host !== new URL(base).host;
}

const NAMES: Readonly<Record<string, string>> = {
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
function characterName(text: string): string {
  const [first = ''] = text;
  const code = `U+${(first.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const name = NAMES[first === '\r' && text.startsWith('\r\n') ? '\n' : first];
  return name
    ? `${name} (${code})`
    : `${/[\p{Cc}\p{Cf}]/u.test(first) ? 'a control character' : 'not ASCII'} (${code})`;
}
