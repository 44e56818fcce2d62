import Mocha from 'mocha';

const { EVENT_RUN_END } = Mocha.Runner.constants;

/** Mocha's `spec` or `dot` reporter with one closing line that a program can read: `N passed, N failed, N skipped`. */
class ClosingLineReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const Inner = process.env.GOODALL_TEST_VERBOSE === '1' ? Mocha.reporters.Spec : Mocha.reporters.Dot;
    const inner = new Inner(runner, options);
    runner.once(EVENT_RUN_END, () => {
      const { passes, failures, pending } = inner.stats ?? { passes: 0, failures: 1, pending: 0 };
      console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
    });
  }
}

// Mocha loads a reporter by the module's default export.
// biome-ignore lint/style/noDefaultExport: required by mocha
export default ClosingLineReporter;
