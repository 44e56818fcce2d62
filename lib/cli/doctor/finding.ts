/** One thing that was looked at. `note`: it works, and may surprise; `fault`: it does not work. */
export interface Finding {
  readonly level: 'ok' | 'note' | 'fault';
  readonly subject: string;
  /** What was found, with its figures. */
  readonly text: string;
  /** What to do about it; absent where there is nothing to do. */
  readonly remedy?: string;
}

export function ok(subject: string, text: string): Finding {
  return { level: 'ok', subject, text };
}

export function note(subject: string, text: string, remedy: string): Finding {
  return { level: 'note', subject, text, remedy };
}

export function fault(subject: string, text: string, remedy: string): Finding {
  return { level: 'fault', subject, text, remedy };
}
