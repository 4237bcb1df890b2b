/** The fragments of addresses that open an eval or a sample of the page: `#eval=<key>&sample=<id>`. Pure. */

export interface Target {
  readonly evalKey: string;
  readonly sampleId: string | null;
}

/** The id of an element. A browser compares it with the decoded fragment, so that links work without the script, too. */
export function elementId({ evalKey, sampleId }: Target): string {
  return sampleId === null ? `eval=${evalKey}` : `eval=${evalKey}&sample=${sampleId}`;
}

/** With its `#`. */
export function fragmentOf({ evalKey, sampleId }: Target): string {
  const part = `#eval=${encodeURIComponent(evalKey)}`;
  return sampleId === null ? part : `${part}&sample=${encodeURIComponent(sampleId)}`;
}

/** Undefined for a fragment that names no eval. Anybody can write one: what it names need not exist. */
export function readFragment(fragment: string): Target | undefined {
  const parts = new Map(
    fragment
      .replace(/^#/, '')
      .split('&')
      .map((part) => {
        const [name = '', ...value] = part.split('=');
        return [name, decoded(value.join('='))];
      }),
  );
  const evalKey = parts.get('eval');
  return evalKey ? { evalKey, sampleId: parts.get('sample') ?? null } : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
