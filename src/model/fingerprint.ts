/** SHA-256 (hex) of each named input that decides an eval's result, and of all of them together. */
export interface Fingerprint {
  readonly value: string;
  readonly parts: Readonly<Record<string, string>>;
}

export interface ChangedPart {
  readonly name: string;
  /** SHA-256 (hex) before and now; undefined when the part did not exist. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}
