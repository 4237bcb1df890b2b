/** `oaievalset-action stopped retrying after 12 attempts in 90 s: the connection was refused` */
export function describeGivingUp(why: string, attempts: number, elapsedMs: number): string {
  const decision =
    attempts === 1
      ? 'does not retry this request'
      : `stopped retrying after ${attempts} attempts in ${Math.round(elapsedMs / 1000)} s`;
  return `oaievalset-action ${decision}: ${why}`;
}
