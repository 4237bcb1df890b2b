import type { Log } from '../log.ts';
import type { TokenUsage } from '../model/api-response.ts';
import type { ModelMap } from '../model/model-map.ts';
import type { BudgetedRequest, RequestBudget } from './call/request-budget.ts';
import type { RetryPolicy } from './call/retry-policy.ts';
import type { ProviderUrls } from './providers.ts';
import type { TroublePolicy, TroubleReport } from './trouble/trouble-tracker.ts';
import type { UpstreamTimeouts } from './upstream/upstream.ts';

export interface JobOptions {
  /** The environment of the job: proxies, certificates, keys. */
  readonly env: NodeJS.ProcessEnv;
  readonly urls: ProviderUrls;
  /** The models of the inputs: a model of them that the API does not know ends the job. */
  readonly models?: readonly string[];
  /** Names of models that are replaced in requests. */
  readonly modelMap?: ModelMap;
  /** Whether the list of the API's models is requested, for messages about models that are or will be shut down. */
  readonly listsModels?: boolean;
  readonly maxRequestsInFlight: number;
  readonly log: Log;
  /** Called after each response that was recorded, with the tokens that the API billed for it. */
  readonly onResponse?: (usage: TokenUsage, request: BudgetedRequest) => void;
  /** Limits what the requests may cost; undefined: no limit. */
  readonly budget?: RequestBudget | undefined;
  /** Called when most requests fail, and as that changes. */
  readonly onTrouble?: (report: TroubleReport) => void;
  readonly troublePolicy?: TroublePolicy;
  readonly retryPolicy?: RetryPolicy;
  readonly timeouts?: UpstreamTimeouts;
  /** A request with a larger body is refused. */
  readonly maxRequestBytes?: number;
  /** A response with more bytes, as received or decoded, is dropped. */
  readonly maxResponseBytes?: number;
}
