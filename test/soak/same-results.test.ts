/** The engine oaieval and plain `oaievalset` agree on registry evals of every class: two Pythons for each eval. */
import { sameResults, useSameResults } from '../helpers/same-results.ts';

useSameResults();

sameResults({ evalSet: 'same-results', model: 'gpt-3.5-turbo', evals: 55 }, ['oaieval']);
