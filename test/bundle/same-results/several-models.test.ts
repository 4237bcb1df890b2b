/** The engines and plain `oaievalset` agree on sets with threads, with several models and with solvers. */
import { SETS, sameResults, useSameResults } from '../../helpers/same-results.ts';

useSameResults();

sameResults(SETS.threads, ['warm']);
sameResults(SETS.two, ['oaieval', 'warm']);
sameResults(SETS.three, ['warm']);
sameResults(SETS.solver, ['warm']);
