/** Whether the nth failure in a row deserves a line of log: the 1st, 10th, 100th ... */
export function worthLogging(failures: number): boolean {
  return /^10*$/.test(String(failures));
}
