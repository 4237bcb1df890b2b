/** Breaks lines at blanks, where they are longer than so many characters. No other character is changed. Pure. */
export function wrapped(text: string, characters: number): string {
  return text
    .split('\n')
    .map((line) => wrappedLine(line, characters))
    .join('\n');
}

function wrappedLine(line: string, characters: number): string {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > characters) {
    const before = rest.lastIndexOf(' ', characters);
    const at = before > 0 ? before : rest.indexOf(' ', characters);
    if (at < 0) break;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...lines, rest].join('\n');
}
