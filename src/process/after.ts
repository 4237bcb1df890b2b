/** The most that a timer can count, some 24 days: a longer one would go off at once. */
const LONGEST = 2 ** 31 - 1;

/** Calls `work` after so many milliseconds, however many they are. Returns what calls it off. */
export function after(milliseconds: number, work: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number): void => {
    timer = setTimeout(() => (left > LONGEST ? wait(left - LONGEST) : work()), Math.min(left, LONGEST));
  };
  wait(milliseconds);
  return () => clearTimeout(timer);
}
