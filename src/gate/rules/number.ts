/** Reads the number at the end of a rule. */

export type Suffix = '' | '%' | 'pp' | 'k' | 'M';

export interface WrittenNumber {
  /** With its suffix applied: 0.9 for `90%`. It may be infinite. */
  readonly value: number;
  readonly suffix: Suffix;
  /** As it is written, without its suffix. */
  readonly digits: string;
}

const NUMBER =
  /^(?<sign>[-+]?)(?<digits>\d+(?:_\d+)*(?:\.\d+)?|\.\d+)(?:e(?<exponent>[-+]?\d+))? ?(?<suffix>%|pp|k|m)?$/i;

const EXPONENTS: Readonly<Record<Suffix, number>> = { '': 0, '%': -2, pp: -2, k: 3, M: 6 };

/** Undefined when the text is no number. */
export function writtenNumber(text: string): WrittenNumber | undefined {
  const groups = NUMBER.exec(text)?.groups;
  if (!groups) return undefined;
  const suffix = suffixOf(groups.suffix ?? '');
  const digits = (groups.digits ?? '').replaceAll('_', '');
  // A decimal is read once, with its exponent: 33.3 / 100 is not 0.333.
  const exponent = bounded(Number(groups.exponent ?? 0)) + EXPONENTS[suffix];
  const value = Number(`${groups.sign}${digits}e${exponent}`);
  // A minus zero is zero.
  return { value: value === 0 ? 0 : value, suffix, digits: text.replace(/ ?(?:%|pp|k|m)$/i, '') };
}

/** Of no effect on a number: everything beyond is zero or infinite. It keeps the exponent itself a plain whole number. */
function bounded(exponent: number): number {
  return Math.max(-9999, Math.min(9999, exponent));
}

function suffixOf(written: string): Suffix {
  const suffix = written.toLowerCase();
  if (suffix === '%' || suffix === 'pp' || suffix === 'k') return suffix;
  return suffix === 'm' ? 'M' : '';
}
