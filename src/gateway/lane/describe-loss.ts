import type { LostRequest } from '../../model/lost-request.ts';
import type { CallResult } from '../call/call-result.ts';
import type { ModelNames } from '../models/model-advice.ts';
import { describeRequest } from '../request/describe-request.ts';
import { describeProviderError } from '../response/provider-error.ts';
import type { LaneRequest } from './lane-request.ts';

/**
 * Why a request will never get its response, in the provider's words, with what a person needs to find the request; undefined
 * when it got one, or when nothing waits for it.
 *
 * @param advise what to do about a model that the API refuses
 */
export function describeLoss(
  { body, model }: LaneRequest,
  result: CallResult,
  advise: (model: ModelNames) => string,
): LostRequest | undefined {
  if (result.kind === 'unanswered')
    return { kind: 'unanswered', words: `${result.why}${describeRequest(body)}` };
  if (result.kind !== 'refused') return undefined;
  const words = `${describeProviderError(result.error)}${describeRequest(body)}`;
  const advised = result.refusal === 'model' && model.asked !== '' ? `${words}. ${advise(model)}` : words;
  return { kind: 'refused', words: advised };
}
