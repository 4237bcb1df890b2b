/** Mistakes that a user can make, each with the one error that the action prints for it. Tests run every row. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Misconfiguration {
  /** The mistake, as in `a sample without an ideal answer`. */
  readonly title: string;
  /** Beside `model: gpt-4o` and `eval-set: own`; an empty value is an input that is not set. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Of the step, beside a key and a base URL of the API. */
  readonly env?: Readonly<Record<string, string>>;
  /** In the checkout, by their path. `registry` is the registry-path if it is there, and `modules` is on PYTHONPATH. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  /** Makes what is no file: links, permissions, directories. */
  readonly prepare?: (checkout: string) => void;
  /** The whole error with its next step and its code. `<checkout>` and `<evals>` stand for directories. */
  readonly says: string;
  /** False: the error is found without Python, such as a wrong input. The default is true. */
  readonly needsPlan?: boolean;
}

export const USUAL_INPUTS: Readonly<Record<string, string>> = { model: 'gpt-4o', 'eval-set': 'own' };

/** The inputs that a request for a plan has. */
const PLAN_INPUTS = new Set([
  'model',
  'eval-set',
  'registry-path',
  'judge-model',
  'include',
  'exclude',
  'args',
]);

/** Whether the mistake is in what a plan is requested for, so that a plan in a forked process finds it. */
export function isMistakeInPlan({ needsPlan = true, inputs = {} }: Misconfiguration): boolean {
  return needsPlan && Object.keys(inputs).every((name) => PLAN_INPUTS.has(name));
}

/** Writes the checkout of a row, and returns its inputs. */
export function makeCheckout(checkout: string, row: Misconfiguration): Record<string, string> {
  const files = row.files ?? {};
  mkdirSync(checkout, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(checkout, name)), { recursive: true });
    writeFileSync(join(checkout, name), content);
  }
  row.prepare?.(checkout);
  const hasRegistry = Object.keys(files).some((name) => name.startsWith('registry/'));
  return { ...USUAL_INPUTS, ...(hasRegistry ? { 'registry-path': 'registry' } : {}), ...row.inputs };
}

/** The text of an error, with the names of directories that differ between machines replaced. */
export function comparable(message: string, directories: Readonly<Record<string, string>>): string {
  return Object.entries(directories)
    .toSorted(([, a], [, b]) => b.length - a.length)
    .reduce((text, [name, directory]) => text.replaceAll(directory, `<${name}>`), message);
}
