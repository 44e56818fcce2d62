/** Exit codes of a program that a signal ended, as shells know them: 128 and the signal's number. */
const signalExitCodes = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Resolves at the first SIGINT or SIGTERM, so that its caller can stop in good order. A second signal means
 * that somebody is tired of waiting: it ends the process at once.
 */
export function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const [signal, exitCode] of Object.entries(signalExitCodes)) {
      process.on(signal, () => {
        if (asked) process.exit(exitCode);
        asked = true;
        resolve();
      });
    }
  });
}
