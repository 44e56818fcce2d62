/** What a run of the benchmarks prints: Markdown, shown at once and kept for the document. Knows of failures. */
export class Printout {
  private readonly lines: string[] = [];
  private failures = 0;

  constructor(private readonly show: (line: string) => void = console.log) {}

  get text(): string {
    return this.lines.join('\n');
  }

  get hasFailed(): boolean {
    return this.failures > 0;
  }

  print(line: string): void {
    this.show(line);
    this.lines.push(line);
  }

  /** Prints a heading and what the body prints below it. A failure is said in its place. */
  async section(heading: string, body: () => Promise<void>): Promise<void> {
    this.print(`\n${heading}\n`);
    await this.attempt(body);
  }

  async attempt(body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      this.failures += 1;
      this.print(`\n**Failed:** ${error instanceof Error ? error.message : error}\n`);
    }
  }

  /** Begins a table; columns named with a leading `>` hold numbers. */
  header(...columns: readonly string[]): void {
    this.row(...columns.map((name) => name.replace(/^>/, '')));
    this.row(...columns.map((name) => (name.startsWith('>') ? '--:' : '---')));
  }

  row(...cells: readonly (string | number)[]): void {
    this.print(`| ${cells.join(' | ')} |`);
  }
}
