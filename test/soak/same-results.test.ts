/** Both engines and plain `oaievalset` agree on 55 registry evals, and the engine oaieval on what `.ci/run` compares the other on. */
import { SETS, sameResults, useSameResults } from '../helpers/same-results.ts';

useSameResults();

sameResults({ evalSet: 'same-results', model: 'gpt-3.5-turbo', evals: 55 }, ['warm', 'oaieval']);
sameResults(SETS.threads, ['oaieval']);
sameResults(SETS.three, ['oaieval']);
sameResults(SETS.solver, ['oaieval']);
