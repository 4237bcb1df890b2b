/** Mistakes in registries, in the input registry-path, and in the names of what registries have. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DATA, EVALS, MATCH, registryOf } from './fruit-registry.ts';
import type { Misconfiguration } from './misconfiguration.ts';

export const registryMistakes: readonly Misconfiguration[] = [
  {
    title: 'a misspelt eval set',
    inputs: { 'eval-set': 'test-basci' },
    says: `The eval set test-basci cannot run. A problem was found:
- unknown-set: test-basci: no registry has an eval set of this name (did you mean test-basic?)
What to do: Correct the names, or add the registry that has them to the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'a misspelt eval set of an own registry',
    inputs: { 'eval-set': 'onw' },
    files: registryOf({}),
    says: `The eval set onw cannot run. A problem was found:
- unknown-set: onw: no registry has an eval set of this name. The registries of registry-path have the eval sets own
What to do: Correct the names, or add the registry that has them to the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set that is an eval of evals',
    inputs: { 'eval-set': 'test-match' },
    says: `The eval set test-match cannot run. A problem was found:
- eval-as-set: test-match: it is an eval, not an eval set; to run it alone, write test-match: {evals: [test-match]} into a file eval_sets/test-match.yaml of your own registry, or set eval-set to test-basic and include to test-match
What to do: Name an eval set in the input eval-set. The registry that has it goes into the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set that is the resolved name of an own eval',
    inputs: { 'eval-set': 'fruit.dev.v0' },
    files: registryOf({ 'eval_sets/own.yaml': 'own: { evals: [other] }\n' }),
    says: `The eval set fruit.dev.v0 cannot run. A problem was found:
- eval-as-set: fruit.dev.v0: it is an eval, not an eval set; to run it alone, write fruit.dev.v0: {evals: [fruit.dev.v0]} into a file eval_sets/fruit.yaml of your own registry
What to do: Name an eval set in the input eval-set. The registry that has it goes into the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set that names an eval set',
    files: registryOf({ 'eval_sets/own.yaml': 'own: { evals: [test-basic] }\n' }),
    says: `The eval set own cannot run. A problem was found:
- unmatched-name: test-basic: the eval set own names an eval that no registry has: it is an eval set, and a set can only list evals; list the evals of test-basic instead (test-match, test-fuzzy-match, test-includes and 1 more)
What to do: Correct the names, or add the registry that has them to the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set that names a misspelt eval',
    files: registryOf({ 'eval_sets/own.yaml': 'own: { evals: [fruits] }\n' }),
    says: `The eval set own cannot run. A problem was found:
- unmatched-name: fruits: the eval set own names an eval that no registry has (did you mean fruit, joke-fruits?)
What to do: Correct the names, or add the registry that has them to the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'one of two evals that is misspelt',
    files: registryOf({ 'eval_sets/own.yaml': 'own: { evals: [fruit, banana] }\n' }),
    says: `The eval set own cannot run. A problem was found:
- unmatched-name: banana: the eval set own names an eval that no registry has
To run the set without this eval, add to the inputs:
exclude: banana
What to do: Correct the names, or add the registry that has them to the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'a pattern that is no regular expression',
    files: registryOf({ 'eval_sets/own.yaml': 'own: { evals: ["fruit("] }\n' }),
    says: `The eval set own cannot run. A problem was found:
- unmatched-name: fruit(: it is not a valid pattern: missing ), unterminated subpattern at position 6
What to do: Correct the names, or add the registry that has them to the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set whose evals are text',
    files: registryOf({ 'eval_sets/own.yaml': 'own:\n  evals: fruit, other\n' }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: own: in registry/eval_sets/own.yaml, its evals are text, but must be a list, such as evals: [fruit]
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set whose evals are a mapping',
    files: registryOf({ 'eval_sets/own.yaml': 'own:\n  evals:\n    fruit: 1\n' }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: own: in registry/eval_sets/own.yaml, its evals are a mapping, but must be a list of names
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set that lists an eval with a colon',
    files: registryOf({ 'eval_sets/own.yaml': 'own:\n  evals:\n    - fruit:\n' }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: own: in registry/eval_sets/own.yaml, it lists 'fruit:' with a colon; remove the colon
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set that lists a number',
    files: registryOf({ 'eval_sets/own.yaml': 'own:\n  evals:\n    - 2024\n' }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: own: in registry/eval_sets/own.yaml, it lists 2024, which is a number, but must list names of evals as text
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set with an empty item',
    files: registryOf({ 'eval_sets/own.yaml': 'own:\n  evals:\n    - fruit\n    -\n' }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: own: in registry/eval_sets/own.yaml, it lists nothing, but must list names of evals as text
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set without evals',
    files: registryOf({ 'eval_sets/own.yaml': 'own: { evals: [] }\n' }),
    says: `The eval set own cannot run. A problem was found:
- empty-set: own: the eval set lists no evals
What to do: Add evals to the eval set. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set whose list has a misspelt name',
    files: registryOf({ 'eval_sets/own.yaml': 'own: { eval: [fruit] }\n' }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: own: in registry/eval_sets/own.yaml, the eval set has the field eval, which evals does not know (did you mean evals?)
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set that is an item of a list',
    files: registryOf({ 'eval_sets/own.yaml': '- own:\n    evals: [fruit]\n' }),
    says: `The eval set own cannot run. A problem was found:
- unknown-set: own: no registry has an eval set of this name: it is in registry/eval_sets/own.yaml, but as an item of a list; remove the '- ' before it
What to do: Correct the names, or add the registry that has them to the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'an eval set in a .yml file',
    files: { ...EVALS, ...DATA, 'registry/eval_sets/own.yml': 'own: { evals: [fruit] }\n' },
    says: `The eval set own cannot run. A problem was found:
- unknown-set: own: no registry has an eval set of this name: it is in registry/eval_sets/own.yml, but only files whose name ends in .yaml are read; rename the file
What to do: Correct the names, or add the registry that has them to the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'a registry-path without any directory of a registry',
    inputs: { 'registry-path': 'empty', 'eval-set': 'own-set' },
    prepare: (checkout) => mkdirSync(join(checkout, 'empty')),
    says: `The eval set own-set cannot run. A problem was found:
- wrong-registry-path: empty: it has none of the directories evals, eval_sets, completion_fns, solvers and modelgraded
What to do: Correct the input registry-path. It is relative to the input working-directory. [PLAN_INVALID]`,
  },
  {
    title: 'a registry-path that contains two registries',
    inputs: { 'registry-path': '.' },
    files: { ...registryOf({}), 'more/evals/e.yaml': 'x: {}\n' },
    says: `The eval set own cannot run. A problem was found:
- wrong-registry-path: .: it is no registry, but contains one (did you mean more, registry?)
What to do: Correct the input registry-path. It is relative to the input working-directory. [PLAN_INVALID]`,
  },
  {
    title: 'a registry file that is not YAML',
    files: registryOf({ 'evals/own.yaml': `fruit: { id: fruit.dev.v0 }\nfruit.dev.v0: { class: [1\n` }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: registry/evals/own.yaml: line 3, column 1: expected ',' or ']', but got the end of the file (while parsing a flow sequence that begins in line 2)
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'a registry file with tabs',
    files: registryOf({ 'evals/own.yaml': 'fruit:\n\tid: fruit.dev.v0\n' }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: registry/evals/own.yaml: line 2, column 1: there is a tab, but YAML is indented with blanks
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'a registry file with a wrong indentation',
    files: registryOf({ 'evals/own.yaml': 'fruit:\n  id: fruit.dev.v0\n metrics: [accuracy]\n' }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: registry/evals/own.yaml: line 3, column 2: the line is not indented like those that it belongs to
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'a registry file that is not UTF-8',
    files: {
      ...registryOf({}),
      'registry/evals/own.yaml': Buffer.from(
        'fruit:\n  id: fruit.dev.v0\n  description: caf\xe9\n',
        'latin1',
      ),
    },
    says: `The eval set own cannot run. A problem was found:
- bad-registry: registry/evals/own.yaml: line 3: it is not UTF-8 (byte 0xe9)
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'a registry file with a control character',
    files: registryOf({ 'evals/own.yaml': 'fruit:\n  id: "fruit\u0007.dev.v0"\n' }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: registry/evals/own.yaml: line 2: the character U+0007 is not allowed in YAML
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an entry with the same key twice',
    files: registryOf({
      'evals/own.yaml': `fruit: { id: fruit.dev.v0 }\nfruit.dev.v0:\n  class: evals.elsuite.basic.match:Match\n  args:\n    samples_jsonl: fruit.jsonl\n    samples_jsonl: other.jsonl\n`,
    }),
    says: `The eval set own cannot run. 2 problems were found:
- missing-data: fruit.dev.v0: samples_jsonl: there is no file other.jsonl
- repeated-key: registry/evals/own.yaml: line 6: the key samples_jsonl is already in line 5, and YAML keeps only one of them
What to do: Add the data files to the registry's data directory, or correct their names. Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval that is registered twice in one file',
    files: registryOf({
      'evals/own.yaml': `fruit: { id: fruit.dev.v0 }\nfruit.dev.v0: ${MATCH}\nfruit.dev.v0: ${MATCH}\n`,
    }),
    says: `The eval set own cannot run. A problem was found:
- repeated-key: registry/evals/own.yaml: line 3: the key fruit.dev.v0 is already in line 2, and YAML keeps only one of them
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval that evals has already',
    files: registryOf({
      'evals/own.yaml': `test-match: { id: fruit.dev.v0 }\nfruit: { id: fruit.dev.v0 }\nfruit.dev.v0: ${MATCH}\n`,
      'eval_sets/own.yaml': 'own: { evals: [test-match] }\n',
    }),
    says: `The eval set own cannot run. A problem was found:
- duplicate-entry: test-match: registry/evals/own.yaml registers it again, but it is already in evals' own test-basic.yaml
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval whose id leads nowhere',
    files: registryOf({ 'evals/own.yaml': `fruit: { id: fruit.dev.v1 }\nfruit.dev.v0: ${MATCH}\n` }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: fruit: 'fruit' is an alias of 'fruit.dev.v1', which the registry does not have (did you mean fruit.dev.v0, joke-fruits.dev.v0?)
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'two evals whose ids name each other',
    files: registryOf({
      'evals/own.yaml': 'fruit: { id: other }\nother: { id: fruit }\n',
      'eval_sets/own.yaml': 'own: { evals: [fruit, other] }\n',
    }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: fruit: each id names the next, in a circle: fruit -> other -> fruit
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval whose name has no split',
    files: registryOf({ 'evals/own.yaml': `fruit: ${MATCH}\n` }),
    says: `The eval set own cannot run. A problem was found:
- bad-eval-name: fruit: the name of an eval needs a split after a dot, as in my-eval.dev.v0, and must have no control characters or repeated blanks
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an entry that is text',
    files: registryOf({ 'evals/own.yaml': 'fruit: fruit.dev.v0\n' }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: registry/evals/own.yaml: the entry 'fruit' of evals is text, but must be a mapping, such as fruit: {id: fruit.dev.v0}
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'a misspelt model-graded spec',
    files: registryOf({
      'evals/own.yaml':
        'fruit: { id: fruit.dev.v0 }\nfruit.dev.v0:\n  class: evals.elsuite.modelgraded.classify:ModelBasedClassify\n  args: { samples_jsonl: fruit.jsonl, modelgraded_spec: fatc }\n',
      'data/fruit.jsonl': '{"input": "Say apple", "ideal": "apple", "completion": "apple"}\n',
    }),
    says: `The eval set own cannot run. A problem was found:
- missing-modelgraded: fruit.dev.v0: no registry has the modelgraded spec fatc (did you mean fact?)
What to do: Correct the names, or add the registry that has them to the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'a completion function with another spelling',
    inputs: { model: 'Own_Echo' },
    files: registryOf({ 'completion_fns/own.yaml': 'own-echo: { class: "evals.api:DummyCompletionFn" }\n' }),
    says: `The eval set own cannot run. A problem was found:
- unknown-completion-fn: Own_Echo: no registry has a completion function of this name, and it does not look like a model of an API (did you mean own-echo?)
What to do: Correct the input model or judge-model, or add the registry that has the name to the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'a misspelt solver of evals',
    inputs: { model: 'generation/direct/gpt-3.5-trubo' },
    files: registryOf({}),
    says: `The eval set own cannot run. A problem was found:
- unknown-completion-fn: generation/direct/gpt-3.5-trubo: no registry has a completion function of this name, and it does not look like a model of an API (did you mean generation/direct/gpt-3.5-turbo?)
What to do: Correct the input model or judge-model, or add the registry that has the name to the input registry-path. [PLAN_INVALID]`,
  },
  {
    title: 'an include that matches nothing',
    inputs: { include: 'friut' },
    files: registryOf({}),
    says: `The eval set own cannot run. A problem was found:
- unmatched-glob: include: friut: it matches no eval of the set own (did you mean fruit?)
What to do: Correct the inputs include and exclude. Each line is one glob, which must match the name or the key of an eval. [PLAN_INVALID]`,
  },
  {
    title: 'an exclude that leaves out everything',
    inputs: { exclude: '*' },
    files: registryOf({}),
    says: `The eval set own cannot run. A problem was found:
- nothing-left: own: the inputs include and exclude leave out the only eval of the set
What to do: Correct the inputs include and exclude. Each line is one glob, which must match the name or the key of an eval. [PLAN_INVALID]`,
  },
];
