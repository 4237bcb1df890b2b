/** A correct registry with the eval set `own` and its only eval `fruit`, of which a row changes what its mistake is about. */

export const MATCH = '{ class: "evals.elsuite.basic.match:Match", args: { samples_jsonl: fruit.jsonl } }';
export const EVALS = { 'registry/evals/own.yaml': `fruit: { id: fruit.dev.v0 }\nfruit.dev.v0: ${MATCH}\n` };
export const SET = { 'registry/eval_sets/own.yaml': 'own: { evals: [fruit] }\n' };
export const DATA = { 'registry/data/fruit.jsonl': '{"input": "Say apple", "ideal": "apple"}\n' };

/** @param changed files below `registry/` */
export function registryOf(changed: Readonly<Record<string, string>>): Record<string, string> {
  const changes = Object.entries(changed).map(([name, text]): [string, string] => [`registry/${name}`, text]);
  return { ...EVALS, ...SET, ...DATA, ...Object.fromEntries(changes) };
}

/** The registry with this class of its eval, and these modules. */
export function withClass(
  reference: string,
  modules: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const evals = `fruit: { id: fruit.dev.v0 }\nfruit.dev.v0:\n  class: ${reference}\n  args: { samples_jsonl: fruit.jsonl }\n`;
  return { ...registryOf({ 'evals/own.yaml': evals }), ...modules };
}
