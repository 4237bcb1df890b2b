/** The result of an eval, the cause of a failure, and numbers, as short plain text. Pure. */
import { counted, metricText, wholeNumber } from '../model/format.ts';
import type { EvalResult, Interval } from '../model/results.ts';
import { INVALID_CHOICE } from '../model/sample.ts';
import { compareText } from '../text.ts';

/** Where evals reports how often a judge chose each answer. */
const CHOICES = 'counts/';

/** Longer lists of choices would fill the table. */
const MAX_CHOICES = 6;

export interface NamedText {
  /** Empty when the text says it. */
  readonly name: string;
  readonly text: string;
}

/** `accuracy` and `0.8`, or `A 12 · B 3 · invalid 1` of an eval that only counts choices; null without results. */
export function resultText({ mainMetric, metrics }: EvalResult): NamedText | null {
  if (mainMetric) return { name: mainMetric.name, text: metricText(mainMetric.value) };
  const choices = Object.entries(metrics)
    .filter(([key]) => key.startsWith(CHOICES))
    .sort(byChoice);
  if (choices.length === 0) return null;
  const texts = choices.map(([key, count]) => `${choiceText(key)} ${metricText(count)}`);
  const hidden = texts.length - MAX_CHOICES;
  return {
    name: '',
    text: [...texts.slice(0, MAX_CHOICES), ...(hidden > 0 ? [`${wholeNumber(hidden)} more`] : [])].join(
      ' · ',
    ),
  };
}

/** evals has them in the order in which they were first made. */
function byChoice([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  const isUnreadable = (key: string) => Number(key === `${CHOICES}${INVALID_CHOICE}`);
  const number = (key: string) => Number(key.slice(CHOICES.length));
  return isUnreadable(a) - isUnreadable(b) || number(a) - number(b) || compareText(a, b);
}

function choiceText(key: string): string {
  const choice = key.slice(CHOICES.length);
  return choice === INVALID_CHOICE ? 'invalid' : choice;
}

/** `accuracy 0.8` */
export function resultLine(result: EvalResult): string {
  const shown = resultText(result);
  return shown === null ? '' : `${shown.name} ${shown.text}`.trim();
}

/** `KeyError: 'wrod' in own/reverse.py:17, sample reverse.dev.3`, or why it is pending. */
export function causeText({ error, note, recorded }: EvalResult): string {
  const cause = (error?.message || note).replace(/^it ended with /, '').replace(/\.$/, '');
  return recorded > 0 ? `${cause}; ${counted(recorded, 'response')} recorded` : cause;
}

/** The sentence of a rule or a comparison in the row of its eval, which has the name already. */
export function withoutName(sentence: string, name: string): string {
  return sentence.startsWith(`${name}: `) ? sentence.slice(name.length + 2) : sentence;
}

/** `0.712`: enough digits for people. */
export function shortNumber(value: number, decimals = 3): string {
  return signed(String(Number(value.toFixed(decimals))));
}

/** `0.64 … 0.78` */
export function intervalText({ low, high }: Pick<Interval, 'low' | 'high'>): string {
  return `${shortNumber(low, 2)} … ${shortNumber(high, 2)}`;
}

/** With the sign that is as wide as a digit. */
function signed(text: string): string {
  return text.replace(/^-/, text === '-0' ? '' : '−');
}
