/** Whether a time in unix seconds, as text, is within the tolerance of now, before or after. */
export function isRecent(time: string, toleranceS: number, nowMs: number): boolean {
  return /^\d{1,12}$/.test(time) && Math.abs(nowMs / 1000 - Number(time)) <= toleranceS;
}
