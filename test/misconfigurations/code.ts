/** Mistakes in the classes that registries name, and in the modules that have them. */

import { registryOf, withClass } from './fruit-registry.ts';
import type { Misconfiguration } from './misconfiguration.ts';

const FRUIT = 'from evals.elsuite.basic.match import Match\n\n\nclass Fruit(Match):\n    pass\n';

export const codeMistakes: readonly Misconfiguration[] = [
  {
    title: 'a misspelt class of evals',
    files: withClass('evals.elsuite.basic.match:Macth'),
    says: `The eval set own cannot run. A problem was found:
- unknown-class: fruit.dev.v0: the module evals.elsuite.basic.match has no class Macth (did you mean evals.elsuite.basic.match:Match?)
What to do: Correct the class in the registry file. [PLAN_INVALID]`,
  },
  {
    title: 'a misspelt module of evals',
    files: withClass('evals.elsuite.basic.mach:Match'),
    says: `The eval set own cannot run. A problem was found:
- unknown-class: fruit.dev.v0: there is no module evals.elsuite.basic.mach (did you mean evals.elsuite.basic.match:Match?)
What to do: Correct the class in the registry file. [PLAN_INVALID]`,
  },
  {
    title: 'a class without a colon',
    files: withClass('evals.elsuite.basic.match.Match'),
    says: `The eval set own cannot run. A problem was found:
- unknown-class: fruit.dev.v0: the class evals.elsuite.basic.match.Match has no colon between its module and its name (did you mean evals.elsuite.basic.match:Match?)
What to do: Correct the class in the registry file. [PLAN_INVALID]`,
  },
  {
    title: 'a module in place of a class',
    files: withClass('evals.elsuite.basic.match'),
    says: `The eval set own cannot run. A problem was found:
- unknown-class: fruit.dev.v0: evals.elsuite.basic.match is a module, not a class (did you mean evals.elsuite.basic.match:Match?)
What to do: Correct the class in the registry file. [PLAN_INVALID]`,
  },
  {
    title: 'a value in place of a class',
    files: withClass('"evals.registry:DEFAULT_PATHS"'),
    says: `The eval set own cannot run. A problem was found:
- unknown-class: fruit.dev.v0: evals.registry:DEFAULT_PATHS is not a class (did you mean evals.registry:Registry?)
What to do: Correct the class in the registry file. [PLAN_INVALID]`,
  },
  {
    title: 'an eval without a class',
    files: registryOf({
      'evals/own.yaml':
        'fruit: { id: fruit.dev.v0 }\nfruit.dev.v0:\n  args: { samples_jsonl: fruit.jsonl }\n',
    }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: fruit: in registry/evals/own.yaml, the eval has no class, such as class: evals.elsuite.basic.match:Match
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval with an empty class',
    files: withClass(''),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: fruit: in registry/evals/own.yaml, the eval has no class, such as class: evals.elsuite.basic.match:Match
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval whose class is a list',
    files: withClass('[a, b]'),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: fruit: in registry/evals/own.yaml, the class of the eval is a list, but must be text, such as my_module:MyClass
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval whose class has a misspelt name',
    files: registryOf({
      'evals/own.yaml':
        'fruit: { id: fruit.dev.v0 }\nfruit.dev.v0:\n  clas: evals.elsuite.basic.match:Match\n',
    }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: fruit: in registry/evals/own.yaml, the eval has the field clas, which evals does not know (did you mean class?)
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval whose args are a list',
    files: registryOf({
      'evals/own.yaml':
        'fruit: { id: fruit.dev.v0 }\nfruit.dev.v0:\n  class: evals.elsuite.basic.match:Match\n  args:\n    - samples_jsonl: fruit.jsonl\n',
    }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: fruit: in registry/evals/own.yaml, the args of the eval are a list, but must be a mapping, such as samples_jsonl: my/samples.jsonl
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval whose args are text',
    files: registryOf({
      'evals/own.yaml':
        'fruit: { id: fruit.dev.v0 }\nfruit.dev.v0:\n  class: evals.elsuite.basic.match:Match\n  args: fruit.jsonl\n',
    }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: fruit: in registry/evals/own.yaml, the args of the eval are text, but must be a mapping, such as samples_jsonl: my/samples.jsonl
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'an eval whose args have a misspelt name',
    files: registryOf({
      'evals/own.yaml':
        'fruit: { id: fruit.dev.v0 }\nfruit.dev.v0:\n  class: evals.elsuite.basic.match:Match\n  arg: { samples_jsonl: fruit.jsonl }\n',
    }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: fruit: in registry/evals/own.yaml, the eval has the field arg, which evals does not know (did you mean args?)
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'a misspelt class of an own module',
    files: withClass('own.fruit:Friut', { 'modules/own/fruit.py': FRUIT }),
    says: `The eval set own cannot run. A problem was found:
- unknown-class: fruit.dev.v0: the module own.fruit has no class Friut (did you mean own.fruit:Fruit?)
What to do: Correct the class in the registry file. [PLAN_INVALID]`,
  },
  {
    title: 'a misspelt own module',
    files: withClass('own.friut:Fruit', { 'modules/own/__init__.py': '', 'modules/own/fruit.py': FRUIT }),
    says: `The eval set own cannot run. A problem was found:
- unknown-class: fruit.dev.v0: there is no module own.friut (did you mean own.fruit:Fruit?)
What to do: Correct the class in the registry file. [PLAN_INVALID]`,
  },
  {
    title: 'a misspelt own package',
    files: withClass('own_evlas.fruit:Fruit', {
      'modules/own_evals/__init__.py': '',
      'modules/own_evals/fruit.py': FRUIT,
    }),
    says: `The eval set own cannot run. A problem was found:
- unknown-class: fruit.dev.v0: there is no module own_evlas (did you mean own_evals.fruit:Fruit?)
What to do: Correct the class in the registry file. [PLAN_INVALID]`,
  },
  {
    title: 'an own module in the working directory, which is not on PYTHONPATH',
    files: withClass('fruit:Fruit', { 'fruit.py': FRUIT }),
    says: `The eval set own cannot run. A problem was found:
- module-not-on-path: fruit.dev.v0: the module fruit is in the working directory, which is not on PYTHONPATH
What to do: Add the directory to PYTHONPATH in the env of the step. oaieval does not search the working directory. [PLAN_INVALID]`,
  },
  {
    title: 'an own module in a directory that is not on PYTHONPATH',
    files: withClass('grocery.fruit:Fruit', { 'src/grocery/fruit.py': FRUIT }),
    says: `The eval set own cannot run. A problem was found:
- module-not-on-path: fruit.dev.v0: the module grocery is in src, which is not on PYTHONPATH
What to do: Add the directory to PYTHONPATH in the env of the step. oaieval does not search the working directory. [PLAN_INVALID]`,
  },
  {
    title: 'a class of a package that is not installed',
    files: withClass('not_installed_anywhere.fruit:Fruit'),
    says: `The eval set own cannot run. A problem was found:
- missing-package: fruit.dev.v0: there is no module not_installed_anywhere
What to do: If it is a package, add it to the input extra-packages. If it is your own module, add its directory to PYTHONPATH in the env of the step. [PLAN_INVALID]`,
  },
  {
    title: 'an own module that imports a package which is not installed',
    files: withClass('own.fruit:Fruit', {
      'modules/own/fruit.py': `import not_installed_anywhere\n${FRUIT}`,
    }),
    says: `The eval set own cannot run. A problem was found:
- missing-package: fruit.dev.v0: the class own.fruit:Fruit cannot be imported: not_installed_anywhere, which line 1 of modules/own/fruit.py imports, is not installed
What to do: If it is a package, add it to the input extra-packages. If it is your own module, add its directory to PYTHONPATH in the env of the step. [PLAN_INVALID]`,
  },
  {
    title: 'an own module with a syntax error',
    files: withClass('own.fruit:Fruit', { 'modules/own/fruit.py': 'class Fruit(:\n    pass\n' }),
    says: `The eval set own cannot run. A problem was found:
- class-error: fruit.dev.v0: the class own.fruit:Fruit cannot be imported: modules/own/fruit.py, line 1: invalid syntax
What to do: Correct the Python code named above. It must be possible to import it. [PLAN_INVALID]`,
  },
  {
    title: 'an own module that imports one with a wrong indentation',
    files: withClass('own.fruit:Fruit', {
      'modules/own/fruit.py': `from own.colours import RED\n${FRUIT}`,
      'modules/own/colours.py': 'RED = 1\n  BLUE = 2\n',
    }),
    says: `The eval set own cannot run. A problem was found:
- class-error: fruit.dev.v0: the class own.fruit:Fruit cannot be imported: modules/own/colours.py, line 2: unexpected indent
What to do: Correct the Python code named above. It must be possible to import it. [PLAN_INVALID]`,
  },
  {
    title: 'an own module that raises an error when it is imported',
    files: withClass('own.fruit:Fruit', {
      'modules/own/fruit.py': `${FRUIT}\nPRICES = {}\nAPPLE = PRICES['apple']\n`,
    }),
    says: `The eval set own cannot run. A problem was found:
- class-error: fruit.dev.v0: the class own.fruit:Fruit cannot be imported: modules/own/fruit.py, line 8: KeyError: 'apple'
What to do: Correct the Python code named above. It must be possible to import it. [PLAN_INVALID]`,
  },
  {
    title: 'an own module that ends the process when it is imported',
    files: withClass('own.fruit:Fruit', {
      'modules/own/fruit.py': `import sys\n${FRUIT}\nsys.exit('no fruit today')\n`,
    }),
    says: `The eval set own cannot run. A problem was found:
- class-error: fruit.dev.v0: the class own.fruit:Fruit cannot be imported: modules/own/fruit.py, line 8: its module ends the process: no fruit today
What to do: Correct the Python code named above. It must be possible to import it. [PLAN_INVALID]`,
  },
  {
    title: 'an own module that imports a name which another does not have',
    files: withClass('own.fruit:Fruit', {
      'modules/own/fruit.py': `from evals.elsuite.basic.match import Mtach\n`,
    }),
    says: `The eval set own cannot run. A problem was found:
- class-error: fruit.dev.v0: the class own.fruit:Fruit cannot be imported: modules/own/fruit.py, line 1: ImportError: cannot import name 'Mtach' from 'evals.elsuite.basic.match'
What to do: Correct the Python code named above. It must be possible to import it. [PLAN_INVALID]`,
  },
  {
    title: 'a completion function whose class is misspelt',
    inputs: { model: 'own-echo' },
    files: registryOf({ 'completion_fns/own.yaml': 'own-echo: { class: "evals.api:DummyCompletionFnn" }\n' }),
    says: `The eval set own cannot run. A problem was found:
- unknown-class: own-echo: the module evals.api has no class DummyCompletionFnn (did you mean evals.api:DummyCompletionFn, evals.api:CompletionFn, evals.api:DummyCompletionResult?)
What to do: Correct the class in the registry file. [PLAN_INVALID]`,
  },
  {
    title: 'a completion function whose args are a list',
    inputs: { model: 'own-echo' },
    files: registryOf({
      'completion_fns/own.yaml': 'own-echo: { class: "evals.api:DummyCompletionFn", args: [1] }\n',
    }),
    says: `The eval set own cannot run. A problem was found:
- bad-registry: own-echo: in registry/completion_fns/own.yaml, the args of the completion function are a list, but must be a mapping
What to do: Correct the registry files named above. [PLAN_INVALID]`,
  },
  {
    title: 'one of two evals whose class is misspelt',
    files: registryOf({
      'eval_sets/own.yaml': 'own: { evals: [fruit, other] }\n',
      'evals/other.yaml':
        'other: { id: other.dev.v0 }\nother.dev.v0: { class: "evals.elsuite.basic.match:Macth", args: { samples_jsonl: fruit.jsonl } }\n',
    }),
    says: `The eval set own cannot run. A problem was found:
- unknown-class: other.dev.v0: the module evals.elsuite.basic.match has no class Macth (did you mean evals.elsuite.basic.match:Match?)
To run the set without this eval, add to the inputs:
exclude: other
What to do: Correct the class in the registry file. [PLAN_INVALID]`,
  },
];
