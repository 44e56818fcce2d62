/** How a report can be written. */
export const reportFormats = [
  'table',
  'json',
  'jsonl',
  'csv',
  'tsv',
  'markdown',
  'prometheus',
  'html',
] as const;
export type ReportFormat = (typeof reportFormats)[number];
