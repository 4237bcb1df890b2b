/**
 * Why a run gets no secrets of the repository. `fork`: it belongs to a pull request from a fork. `dependabot`: Dependabot caused
 * it, so it gets Dependabot's secrets only. `own-fork`: the repository is a fork, to which GitHub copies no secrets.
 */
export type WithheldSecrets = 'fork' | 'dependabot' | 'own-fork';
