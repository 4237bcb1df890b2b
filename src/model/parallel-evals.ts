/** How many evals run at the same time: a number, or as many as the API and the machine have room for. */
export type ParallelEvals = number | 'auto';

/** Why no further eval starts with `auto`. */
export type StartLimit = 'requests' | 'api' | 'cores' | 'memory';
