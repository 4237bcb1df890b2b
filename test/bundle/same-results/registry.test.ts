/** The warm engine and plain `oaievalset` agree on registry evals of every class. test/soak compares the engine oaieval. */
import { sameResults, useSameResults } from '../../helpers/same-results.ts';

useSameResults();

sameResults({ evalSet: 'same-results', model: 'gpt-3.5-turbo', evals: 55 }, ['warm']);
