/** SHA-256 (hex) of each named part of what decides an eval's result, and of all parts together. */
export interface Fingerprint {
  readonly value: string;
  readonly parts: Readonly<Record<string, string>>;
}

export interface ChangedPart {
  readonly name: string;
  /** SHA-256 (hex) then and now; undefined when the part did not exist. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}
