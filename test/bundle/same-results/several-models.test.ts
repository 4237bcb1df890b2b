/** Both engines and plain `oaievalset` agree on sets with threads, with several models and with solvers. */
import { sameResults, useSameResults } from '../../helpers/same-results.ts';

useSameResults();

sameResults({ evalSet: 'same-results-threads', model: 'gpt-3.5-turbo', evals: 6, threads: true }, [
  'oaieval',
  'warm',
]);
sameResults({ evalSet: 'same-results-two', model: 'gpt-3.5-turbo,gpt-4', evals: 2 }, ['oaieval', 'warm']);
sameResults({ evalSet: 'same-results-three', model: 'gpt-3.5-turbo,gpt-4,gpt-3.5-turbo', evals: 3 }, [
  'oaieval',
  'warm',
]);
sameResults({ evalSet: 'same-results-solver', model: 'sandbagging/default/gpt-3.5-turbo', evals: 4 }, [
  'oaieval',
  'warm',
]);
