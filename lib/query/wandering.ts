import { normalBound } from './interval.js';

/**
 * How far the values of a gauge stand by themselves. A gauge that wanders, or climbs like an uptime, says with each value
 * almost what it said with the one before: many values then tell no more than a few that come by chance would.
 */
export class Wandering {
  private count = 0;
  private series = 0;
  /** Of the values from the mean of their series: sum of squares, of products of neighbours, and what lines explain. */
  private squares = 0;
  private neighbours = 0;
  private explained = 0;

  add({ count, squares, neighbours, explained }: Movement): void {
    if (count === 0) return;
    this.count += count;
    this.series += 1;
    this.squares += squares;
    this.neighbours += neighbours;
    this.explained += explained;
  }

  /**
   * As a share of their number, how many independent values tell as much; in (0, 1]. The lesser of two:
   *
   * - (1 - ρ) / (1 + ρ) for an autocorrelation ρ of neighbours, as for an autoregressive process of first order (Priestley,
   *   Spectral Analysis and Time Series, 5.3.2);
   * - what makes 1 / R² values of them, where straight lines over time explain a share R² of the variance beyond what
   *   they explain by chance. A line would lead as far in the time between two windows as it does within each.
   */
  get independentShare(): number {
    const { count, series, squares } = this;
    // Values that do not move do not wander; and a line always goes through two.
    if (squares === 0 || count <= 2 * series) return 1;
    const correlation = Math.min(1, Math.max(0, this.neighbours / squares));
    const unexplained = Math.max(0, 1 - this.explained / squares);
    const byChance = (normalBound * Math.sqrt(2 * series)) / count;
    const trend = 1 - (unexplained * (count - series)) / (count - 2 * series) - byChance;
    const least = 1 / count;
    return Math.max(least, Math.min((1 - correlation) / (1 + correlation), trend > 0 ? least / trend : 1));
  }
}

/** The values of one series in order of time. Sums are of distances from the first, lest great values swallow small ones. */
export class Movement {
  count = 0;
  private firstMs = 0;
  private first = 0;
  private latest = 0;
  private values = 0;
  private valueSquares = 0;
  private products = 0;
  private times = 0;
  private timeSquares = 0;
  private timedValues = 0;

  add(timeMs: number, value: number): void {
    if (this.count === 0) {
      this.firstMs = timeMs;
      this.first = value;
    }
    const x = value - this.first;
    const t = (timeMs - this.firstMs) / 1000;
    this.products += this.latest * x;
    this.values += x;
    this.valueSquares += x * x;
    this.times += t;
    this.timeSquares += t * t;
    this.timedValues += t * x;
    this.latest = x;
    this.count += 1;
  }

  get squares(): number {
    return Math.max(0, this.valueSquares - this.values ** 2 / this.count);
  }

  get neighbours(): number {
    const { count, values, latest, products } = this;
    const mean = values / count;
    // The first is no later value of a pair, the latest no earlier one; the first is 0.
    return products - mean * (2 * values - latest) + (count - 1) * mean * mean;
  }

  get explained(): number {
    const { count, values, times } = this;
    const spread = this.timeSquares - times ** 2 / count;
    return spread <= 0 ? 0 : (this.timedValues - (times * values) / count) ** 2 / spread;
  }
}
