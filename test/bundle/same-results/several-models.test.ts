/** The engines and plain `oaievalset` agree on sets with threads, with several models and with solvers. */
import { SETS, sameResults, useSameResults } from '../../helpers/same-results.ts';
import { SOAK } from '../../helpers/test-rows.ts';

useSameResults();

sameResults(SETS.threads, ['warm'], SOAK);
sameResults(SETS.two, ['oaieval', 'warm']);
sameResults(SETS.three, ['warm'], SOAK);
sameResults(SETS.solver, ['warm']);
