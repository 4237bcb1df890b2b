/** Reads the inputs `prices` and `cost-budget`. */
import { MAX_PRICE_OVERRIDES, type Price, type PriceOverride } from '../../model/price.ts';
import { firstInvisible } from '../../text.ts';
import { invalid, lines, text, wrongLines } from './text.ts';

const NAME = 'prices';

/** US dollars per million tokens. Nothing costs nearly as much. */
const MOST = 1_000_000;

/**
 * One `name: input 0.15, output 0.60, cached 0.075` a line, or `name: free`.
 * @throws ActionError INPUT_INVALID, which names every wrong line
 */
export function pricesInput(): PriceOverride[] {
  const overrides: PriceOverride[] = [];
  const problems: string[] = [];
  for (const line of lines(NAME)) {
    const read = readLine(line, overrides);
    if (typeof read === 'string') problems.push(`${JSON.stringify(line)}: ${read}`);
    else overrides.push(read);
  }
  if (overrides.length > MAX_PRICE_OVERRIDES) problems.push(`it has more than ${MAX_PRICE_OVERRIDES} lines`);
  if (problems.length === 0) return overrides;
  throw wrongLines(
    NAME,
    problems,
    'Write one "model: input 0.15, output 0.60" a line, in US dollars per million tokens, with "cached 0.075" if cached input has a price of its own, or "model: free".',
  );
}

/** The override, or why the line has none. */
function readLine(line: string, earlier: readonly PriceOverride[]): PriceOverride | string {
  // The name of a model may contain colons: ft:gpt-6-luna:own::id.
  const at = line.lastIndexOf(':');
  if (at < 0) return 'it has no ":" between the model and its prices';
  const model = line.slice(0, at).trim();
  if (model === '') return 'the model before ":" is missing';
  const invisible = firstInvisible(model);
  if (invisible !== undefined) return `it contains the invisible character ${invisible}`;
  if (/\s/.test(model)) return 'a model name cannot contain white space';
  if (earlier.some((each) => each.model === model)) return `${model} has a price in an earlier line`;
  const price = readPrice(line.slice(at + 1).trim());
  return typeof price === 'string' ? price : { model, price };
}

function readPrice(given: string): Price | string {
  if (/^free$/i.test(given)) return { input: 0, output: 0, cached: 0 };
  if (given === '') return 'the prices after ":" are missing';
  const found = new Map<string, number>();
  for (const part of given.split(',').map((each) => each.trim())) {
    const [, kind = '', digits = ''] =
      /^(input|output|cached) +\$?(\d{1,9}(?:\.\d{1,12})?)$/i.exec(part) ?? [];
    const name = kind.toLowerCase();
    if (name === '')
      return `${JSON.stringify(part)} is not "input", "output" or "cached" and a number, such as input 0.15`;
    if (found.has(name)) return `it has more than one price of ${name}`;
    if (Number(digits) > MOST) return `${part} is more than ${MOST} US dollars per million tokens`;
    found.set(name, Number(digits));
  }
  const [input, output] = [found.get('input'), found.get('output')];
  if (input === undefined) return 'the price of input is missing';
  if (output === undefined) return 'the price of output is missing (output 0 if nothing is billed for it)';
  return { input, output, cached: found.get('cached') ?? input };
}

/** US dollars. At any price, more than a job could use. */
const MAX_BUDGET = 1_000_000_000;

/** US dollars; undefined when the input is empty. */
export function costBudgetInput(): number | undefined {
  const name = 'cost-budget';
  const value = text(name);
  if (value === '') return undefined;
  const [, digits] =
    /^(?:\$ ?|USD ?)?(\d+(?:\.\d+)?|\d{1,3}(?:[,_]\d{3})+(?:\.\d+)?)(?: ?(?:\$|USD|dollars?))?$/i.exec(
      value,
    ) ?? [];
  const amount = digits === undefined ? undefined : Number(digits.replace(/[,_]/g, ''));
  if (amount !== undefined && amount > 0 && amount <= MAX_BUDGET) return amount;
  throw invalid(
    name,
    value,
    'it is not an amount of US dollars above 0',
    `Write ${name} as 5, 0.50, $5 or 5 USD, with a point before the cents. For no limit, leave it empty.`,
  );
}
