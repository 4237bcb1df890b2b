/**
 * Keys as clients put them into headers. One that no header can hold never reaches the API: the client fails before it sends
 * anything, calls that "Connection error", and evals repeats it indefinitely (langchain-ai/langchain#21261).
 */
import { ActionError } from '../errors.ts';
import { PROVIDERS, type Provider } from '../gateway/providers.ts';

export interface ApiKeys {
  /** The environment, with keys as clients can send them. */
  readonly env: NodeJS.ProcessEnv;
  /** What was removed from the ends of keys, one sentence each. */
  readonly notices: readonly string[];
  /** Keys and other secrets, which are neither printed nor stored. The runner does not know those that were trimmed. */
  readonly secrets: readonly { readonly value: string; readonly isTrimmed: boolean }[];
  /** Why a key cannot be used; undefined when all can. */
  readonly refusal: ActionError | undefined;
}

/** Of the clients that evals brings, and of those that own completion functions use most. */
const PROVIDER_KEY =
  /^((AZURE_)?OPENAI|ANTHROPIC|GEMINI|GOOGLE|TOGETHER|MISTRAL|COHERE|CO|GROQ|DEEPSEEK|FIREWORKS|OPENROUTER|XAI|PERPLEXITY|LITELLM|AZURE|HUGGINGFACE|REPLICATE)_((API|ADMIN)_KEY|API_TOKEN|AUTH_TOKEN|AD_TOKEN)$|^HF_TOKEN$/;

/** They go into headers as well, but are no secrets. */
const ACCOUNT = /^OPENAI_(ORG_ID|ORGANIZATION|PROJECT_ID|PROJECT)$/;

/** Keys of clients that nothing is known about: what is inside them may be meant. */
const OTHER_KEY = /_API_KEY$/;

/** What else an eval may print, and what our files are not to keep. */
const OTHER_SECRET = /(^|_)(TOKEN|SECRET|PASSWORD)$/;

export function readApiKeys(env: NodeJS.ProcessEnv): ApiKeys {
  const cleaned: NodeJS.ProcessEnv = { ...env };
  const notices: string[] = [];
  const secrets: { readonly value: string; readonly isTrimmed: boolean }[] = [];
  const wrong: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (value && OTHER_SECRET.test(name)) secrets.push({ value, isTrimmed: false });
    const known = PROVIDER_KEY.test(name) || ACCOUNT.test(name);
    if (!value || !(known || OTHER_KEY.test(name))) continue;
    const trimmed = trim(value);
    if (!known && unsendable(trimmed)) continue;
    if (trimmed === '') delete cleaned[name];
    else cleaned[name] = trimmed;
    if (trimmed !== value) notices.push(describeTrim(name, value, trimmed));
    if (!ACCOUNT.test(name)) secrets.push({ value: trimmed, isTrimmed: trimmed !== value });
    const why = known && trimmed !== '' ? whatIsWrong(name, trimmed, env) : undefined;
    if (known && !why && trimmed.includes(' '))
      notices.push(`${name} holds a blank, and is sent as it is, because its server is one of your own.`);
    if (why) wrong.push(`${name} cannot be used: ${why}.`);
  }
  const next =
    'Set the secret again to the key alone, for example with: printf %s "$KEY" | gh secret set NAME. In the step write: env: NAME: ${{ secrets.NAME }}.';
  return {
    env: cleaned,
    notices,
    secrets,
    refusal: wrong.length > 0 ? new ActionError('API_KEY_INVALID', wrong.join('\n'), next) : undefined,
  };
}

/** White space, controls and characters without width: what files and clipboards leave at the ends. */
const ENDS = /^[\s\p{Cc}\p{Cf}\p{Z}]+|[\s\p{Cc}\p{Cf}\p{Z}]+$/gu;

function trim(value: string): string {
  return value.replace(ENDS, '');
}

function describeTrim(name: string, value: string, trimmed: string): string {
  if (trimmed === '') return `${name} holds only white space, and counts as not set.`;
  const start = value.indexOf(trimmed);
  const [before, after] = [value.slice(0, start), value.slice(start + trimmed.length)];
  const at = [
    ...(before === '' ? [] : [`begins with ${characterName(before)}`]),
    ...(after === '' ? [] : [`ends with ${characterName(after)}`]),
  ];
  return `${name} ${at.join(' and ')}, which is left out: no request could be sent with it. Set the secret again without it.`;
}

/** What no header takes: what is not ASCII, and controls. */
const UNSENDABLE = /[^\x20-\x7e]/u;

function unsendable(value: string): boolean {
  return UNSENDABLE.test(value);
}

function whatIsWrong(name: string, value: string, env: NodeJS.ProcessEnv): string | undefined {
  if (/\$\{\{|\}\}/.test(value) || /^(\$\{?\w+\}?|%\w+%|\$\(.*\))$/.test(value))
    return 'it is an expression that was not replaced by a value';
  const scheme = /^(Bearer|Basic|Token)(?=\s|$)/i.exec(value)?.[1];
  if (scheme)
    return value.length === scheme.length
      ? `it is only the word ${scheme}; what should follow is empty, and clients add the word themselves`
      : `it begins with the word ${scheme}, which clients add themselves`;
  // Not printed: a key may hold "=" as well.
  if (
    /^(export\s+)?[A-Z]+(_[A-Z]+)*_(KEY|TOKEN|ID|ORGANIZATION|PROJECT)\s*=|^([Aa]uthorization|[Xx]-[Aa]pi-[Kk]ey|api-key)\s*:/.test(
      value,
    )
  )
    return 'it begins with a name, as a line of a file does (NAME=value)';
  if (/^["'`\u2018\u2019\u201c\u201d]|["'`\u2018\u2019\u201c\u201d]$/u.test(value))
    return 'it stands in quotes';
  const ownServer = usesOwnServer(name, env);
  // Servers that need no key take any words.
  const refused = ownServer ? UNSENDABLE : /[^\x21-\x7e]/u;
  const found = refused.exec(value);
  if (found) return `character ${[...value.slice(0, found.index)].length + 1} is ${characterName(found[0])}`;
  if (!ownServer && PLACEHOLDER.test(value)) return 'it is the placeholder of an example';
  return undefined;
}

const PLACEHOLDER =
  /^(<.*>|\*+|\.{3,}|null|none|undefined|changeme|sk-(x{3,}|\.{3,}|\*{3,}).*)$|your[-_ ]?(\w+[-_ ])?(api|secret)?[-_ ]?key/i;

/** Whether a variable is for a server that is not the provider's own. */
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
  '\ufffd': 'no text in UTF-8',
};

/** The first character of a text, in words and by its code. */
function characterName(text: string): string {
  const [first = ''] = text;
  const code = `U+${(first.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  const name = NAMES[first === '\r' && text.startsWith('\r\n') ? '\n' : first];
  return name
    ? `${name} (${code})`
    : `${/[\p{Cc}\p{Cf}]/u.test(first) ? 'a control character' : 'not ASCII'} (${code})`;
}
