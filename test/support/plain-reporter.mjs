/** Ends a run with one line for programs: `N passed, N failed`. */
export default class PlainReporter {
  onRunComplete(_contexts, results) {
    // A file that could not even be loaded has no tests to count: it counts as one failure.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    this.line = `${results.numPassedTests} passed, ${failed} failed`;
    // After jest's own summary, which is written to standard error too.
    process.once('exit', () => process.stderr.write(`${this.line}\n`));
  }
}
