/**
 * Which errors no retry will fix, and what they are about. Providers say so in their own words; the bodies that these words
 * were taken from are in test/unit/gateway/refusal/refusal-kinds.test.ts.
 */
import type { ProviderError } from '../response/provider-error.ts';

/**
 * What a refusal is about. `key`: the key is invalid. `money`: no credit, no quota, or a budget that is used up. `access`:
 * the key lacks permission. `model`: the model does not exist. `address`: the path does not exist, so the base URL may be
 * wrong. `content`: the content of this one request.
 */
export type RefusalKind = 'key' | 'money' | 'access' | 'model' | 'address' | 'content';

/** For codes and types. */
const MONEY_WORDS = new RegExp(
  [
    'insufficient_(quota|credits?|balance|funds)|exceeded_current_quota|quota_?exceeded|payment_required',
    'billing|budget_exceeded|token_?budget|(credit|spend(ing)?)_?limit|out_of_credits?|CREDITS_EXHAUSTED',
    'PerDay|PerMonth',
  ].join('|'),
  'i',
);

/** For messages. Not `billing` alone: the message of an ordinary rate limit may advise adding a payment method. */
const MONEY_MESSAGE = new RegExp(
  [
    'budget has been exceeded|exceeded(token)?budget|max budget',
    'credit balance is too low|insufficient (account )?(balance|credits?|funds|quota)|out of credits?',
    'requires (more|at least .{0,20}) ?credits|(no (more|remaining)|have no) credits|used all (available )?credits',
    "doesn't have any credits|exceeded your monthly (included )?credits|valid credit card",
    '(monthly|daily)? ?(spend|spending|usage|credit) limit|call volume quota|free-models-per-day',
    'limit: 0\\b|limited to [\\d,]+ api calls ?/ ?month|check your plan and billing|account is (not active|suspended)',
  ].join('|'),
  'i',
);

const KEY_WORDS =
  /api_?key_?(invalid|expired|service_blocked)|invalid_?(api_?)?key|invalid_authentication|CONSUMER_(INVALID|SUSPENDED)|unauthenticated/i;
const KEY_MESSAGE =
  /api[ -]?key (is )?(not valid|invalid|expired|missing|not found)|(incorrect|invalid|expired|missing|no|leaked) (api|subscription)[ -]?key|reported as leaked|unregistered callers|authentication error/i;

const CONTENT_WORDS = /content_?(filter|policy)|moderation|safety|guardrail|waf/i;
const CONTENT_MESSAGE =
  /\b(flagged|moderat(ed|ion)|self-harm|violates?|prohibited|unsafe|malicious)\b|content (filter|policy|management)|request (was )?blocked|guardrail/i;

const MODEL_WORDS =
  /model_?(not_found|not_available|not_exist|decommissioned|deprecated|terminated)|invalid_?model|unknown_?model|deploymentnotfound|no_such_model/i;
const MODEL_MESSAGE =
  /\b(model|deployment|models\/\S+)\b.{0,120}(not (found|exist|available|supported for)|does ?n[o']t exist|no longer|decommissioned|deprecated|shut ?down|retired|discontinued|unknown|is not a valid model)|(invalid|unknown|unsupported|no such) model\b|not a valid model|no endpoints found for/i;

/**
 * What a refusal is about; undefined when the error is not a refusal: it concerns this request alone, or a retry may
 * succeed.
 */
export function refusalKind(error: ProviderError): RefusalKind | undefined {
  const { status, words, message, webPage, flagged } = error;
  const saysMoney = MONEY_WORDS.test(words) || MONEY_MESSAGE.test(message);
  switch (status) {
    case 401:
      return saysMoney ? 'money' : 'key';
    case 402:
      return 'money';
    case 429:
      return isMoneyNotRateLimit(error, saysMoney) ? 'money' : undefined;
    case 412:
      return saysMoney ? 'money' : undefined;
    case 403:
      if (webPage || flagged || CONTENT_WORDS.test(words)) return 'content';
      if (saysMoney) return 'money';
      if (CONTENT_MESSAGE.test(message)) return 'content';
      if (KEY_WORDS.test(words) || KEY_MESSAGE.test(message)) return 'key';
      return isAboutModel(error) ? 'model' : 'access';
    case 404:
    case 410:
      return isAboutModel(error) || (!webPage && /\bmodel\b/i.test(`${words} ${message}`))
        ? 'model'
        : 'address';
    case 405:
      return 'address';
    case 400:
    case 422:
      if (flagged || CONTENT_WORDS.test(words)) return undefined;
      if (saysMoney) return 'money';
      if (KEY_WORDS.test(words) || KEY_MESSAGE.test(message)) return 'key';
      return isAboutModel(error) ? 'model' : undefined;
    default:
      return undefined;
  }
}

function isAboutModel({ words, message, param }: ProviderError): boolean {
  if (MODEL_WORDS.test(words)) return true;
  return (
    (param === '' || param === 'model') &&
    MODEL_MESSAGE.test(message) &&
    !/not supported with this model/i.test(message)
  );
}

/**
 * A limit per minute passes soon; a limit per day or month, or a quota that is used up, does not. Gemini writes "check your
 * plan and billing" for both, and distinguishes them by the id of the quota. OpenAI names a lack of money in the code.
 */
function isMoneyNotRateLimit({ words, message }: ProviderError, saysMoney: boolean): boolean {
  if (/insufficient_quota|billing|budget_exceeded/.test(words)) return true;
  if (/PerMinute/.test(words) && !/PerDay|PerMonth/.test(words)) return false;
  if (/retry in \d+(\.\d+)? ?s/i.test(message) && !/PerDay|PerMonth/.test(words)) return false;
  return saysMoney;
}
