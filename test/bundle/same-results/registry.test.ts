/** The warm engine and plain `oaievalset` agree on a registry eval of every class. test/soak compares more evals of each. */
import { sameResults, useSameResults } from '../../helpers/same-results.ts';

useSameResults();

sameResults({ evalSet: 'same-results-classes', model: 'gpt-3.5-turbo', evals: 26 }, ['warm']);
